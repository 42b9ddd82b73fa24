"""Put one exercise's cells back to what they were when the course was shipped; everything else stays."""

from pathlib import Path

from minigrad.course.exercise import Exercise
from minigrad.course.files import course_folder
from minigrad.course.learner_copy import Notebook, back_up, for_the_learner, read, write


def reset(exercise: Exercise, path: Path) -> Path:
    """Restore the exercise in the learner's notebook at `path`; the backup that was made before."""
    topic = path.parent.name
    shipped = for_the_learner(read(course_folder() / "exercises" / topic / f"{topic}.ipynb"))
    notebook = read(path)
    restore(notebook, shipped, exercise)
    backup = back_up(path)
    write(path, notebook)
    return backup


def restore(notebook: Notebook, shipped: Notebook, exercise: Exercise) -> None:
    """Replace the exercise's cells, put deleted ones back in their places, drop copies of them."""
    cells = notebook["cells"]
    place = 0
    for fresh in shipped["cells"]:
        name = grade_id(fresh)
        places = [number for number, cell in enumerate(cells) if grade_id(cell) == name]
        if name.startswith(prefix(exercise)):
            place = places[0] if places else place
            for number in reversed(places):
                del cells[number]
            cells.insert(place, fresh)
            place += 1
        elif places:
            place = places[-1] + 1


def prefix(exercise: Exercise) -> str:
    """What the names of an exercise's cells begin with."""
    return f"ex-{exercise.id.replace('.', '-')}-"


def grade_id(cell: dict) -> str:
    """The name nbgrader knows a cell by; a cell that the learner added has none."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
