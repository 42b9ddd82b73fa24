"""Put one exercise's cells back to what they were when the course was shipped; everything else stays."""

from pathlib import Path

from minigrad.course.exercise import Exercise
from minigrad.course.files import course_folder
from minigrad.course.learner_copy import back_up, fingerprint, for_the_learner
from minigrad.course.notebook_file import Notebook, grade_id, read, write


def reset(exercise: Exercise, path: Path) -> Path | None:
    """Restore the exercise in the learner's notebook at `path`; the backup that was made before, if it was changed."""
    topic = path.parent.name
    shipped = for_the_learner(read(course_folder() / "exercises" / topic / f"{topic}.ipynb"))
    notebook = read(path)
    before = fingerprint(notebook)
    restore(notebook, shipped, exercise)
    backup = back_up(path) if fingerprint(notebook) != before else None
    write(path, notebook)
    return backup


def restore(notebook: Notebook, shipped: Notebook, exercise: Exercise) -> None:
    """Replace the exercise's cells, put deleted ones back in their places, drop copies of them.

    The notebook's setup cell comes back too if it is gone.
    """
    cells = notebook["cells"]
    place = 0
    for fresh in shipped["cells"]:
        name = grade_id(fresh)
        places = [number for number, cell in enumerate(cells) if grade_id(cell) == name]
        if name.startswith(exercise.cell_prefix) or name.endswith("-setup") and not places:
            place = places[0] if places else place
            for number in reversed(places):
                del cells[number]
            cells.insert(place, fresh)
            place += 1
        elif places:
            place = places[-1] + 1
