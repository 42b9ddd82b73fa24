"""A lesson's exercises become nbgrader's source notebook, with the solutions, and the release that learners get."""

import os
import pkgutil
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from minigrad.course import exercises as exercise_modules
from minigrad.course.build_lesson import BuildError, notebook_text
from minigrad.course.exercise import SETUP, Exercise, registry
from minigrad.course.runner import namespace

INTRODUCTION = """\
# Exercises {number}: `{topic}`

Put your answer in place of each `...` or `raise NotImplementedError`, and run the cell with **Shift+Enter**. Then run
the cell below it, which checks it, with **Ctrl+Enter**: so the page stays where it is. You see at once what is right,
and where an answer is not, on which input. Check as often as you like. After a break, begin with the first cell.
The number below a card is its points once more: so many count when your work is marked. `hint("{number}.1")` gives a
hint, and `progress()` shows how far you are.
The lesson is [`{name}.ipynb`](../../notebooks/{name}.ipynb); about {minutes} minutes, {points} points."""

HIDDEN = """\
# Nothing to do here: when your work is collected, it is checked once more; where inputs are drawn, on others.
### BEGIN HIDDEN TESTS
from minigrad.course import check
{check}
### END HIDDEN TESTS"""

# What is left of an answer cell is the stub; nbgrader's own one would end the notebook's run at the first answer.
CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.ClearSolutions.code_stub = {"python": ""}
"""


def topics() -> dict[str, str]:
    """The lessons that have exercises, `{"01": "01_requires_grad"}`, by the names of their modules."""
    names = (module.name for module in pkgutil.iter_modules(exercise_modules.__path__))
    return {name[2:4]: name[2:] for name in sorted(names) if name.startswith("ex")}


def source_notebook(number: str, exercises: list[Exercise]) -> str:
    """The text of `solutions/NN_topic/NN_topic.ipynb`. Its cells are not run: nothing in it depends on a run."""
    name = topics()[number]
    introduction = INTRODUCTION.format(
        number=number,
        topic=name[3:],
        name=name,
        minutes=sum(exercise.minutes for exercise in exercises),
        points=sum(exercise.points for exercise in exercises),
    )
    cells = [
        read_only(new_markdown_cell(introduction), f"ex-{number}-introduction"),
        read_only(new_code_cell(SETUP), f"ex-{number}-setup"),
    ]
    for exercise in exercises:
        cells += exercise_cells(exercise)
    for cell in cells:
        cell.id = cell.metadata.nbgrader.grade_id
    return notebook_text(new_notebook(cells=cells))


def exercise_cells(exercise: Exercise) -> list[NotebookNode]:
    """One exercise: its text, what is given, the answer, the check that learners see, and the one they do not."""
    name = exercise.cell_prefix
    effort = f"{exercise.points} points, about {exercise.minutes} minutes, difficulty {exercise.difficulty} of 3"
    picture = f"{namespace(exercise.picture)['picture']._repr_html_()}\n\n" if exercise.picture else ""
    text = f"## {exercise.id} {exercise.title}\n\n{exercise.text.strip()}\n\n{picture}*{effort}*"
    cells = [read_only(new_markdown_cell(text), f"{name}text")]
    if exercise.given:
        cells.append(read_only(new_code_cell(exercise.given.rstrip()), f"{name}given"))
    answer = f"{exercise.stub}### BEGIN SOLUTION\n{exercise.reference}### END SOLUTION"
    check = exercise.check_source
    hidden = f"{check.removesuffix(')')}, seed={hidden_seed(exercise)})"
    return [
        *cells,
        marked(new_code_cell(answer), f"{name}answer", solution=True),
        graded(new_code_cell(check), f"{name}check", exercise.points),
        graded(new_code_cell(HIDDEN.format(check=hidden)), f"{name}hidden", exercise.points),
    ]


def hidden_seed(exercise: Exercise) -> int:
    """The same on every build. An instructor who wants another one edits the number in `solutions/`."""
    return random.Random(f"hidden {exercise.id}").randrange(10**9)


def marked(cell: NotebookNode, grade_id: str, **flags) -> NotebookNode:
    usual = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    cell.metadata["nbgrader"] = {"grade_id": grade_id} | usual | flags
    return cell


def read_only(cell: NotebookNode, grade_id: str) -> NotebookNode:
    return marked(cell, grade_id, locked=True)


def graded(cell: NotebookNode, grade_id: str, points: int) -> NotebookNode:
    return marked(cell, grade_id, grade=True, locked=True, points=points)


def build_sources(into: Path, lessons: Collection[str] = ()) -> list[str]:
    """Write `solutions/` below `into`, of all lessons or of these; the names of the assignments."""
    names = []
    for number, name in topics().items():
        if lessons and number not in lessons:
            continue
        exercises = [exercise for exercise in registry().values() if exercise.lesson == number]
        path = into / "solutions" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(source_notebook(number, exercises), encoding="utf-8", newline="\n")
        names.append(name)
    return names


def run_nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in the course folder `root`."""
    return run_in(root, "-m", "nbgrader", *arguments)


def run_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the course folder `root`, apart from the settings and the PATH of whoever runs it."""
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(root / ".jupyter"),
        "IPYTHONDIR": str(root / ".ipython"),
        # nbgrader calls `alembic`, which lies beside our Python, and an environment need not be activated to be used.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8")


def release(root: Path, names: Iterable[str]) -> None:
    """Let nbgrader make `exercises/` from `solutions/` below `root`, as an instructor would."""
    for name in names:
        result = run_nbgrader(root, "generate_assignment", name, "--create")
        if result.returncode:
            raise BuildError(f"nbgrader generate_assignment {name} failed.\n{result.stderr}")
    for path in root.glob("exercises/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        path.write_text(notebook_text(notebook), encoding="utf-8", newline="\n")


def build_exercises(into: Path, lessons: Collection[str] = ()) -> None:
    """Write `solutions/` and `exercises/` below `into`; nbgrader's gradebook stays in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = build_sources(root, lessons)
        release(root, names)
        for part in ("solutions", "exercises") if names else ():
            shutil.move(root / part, into / part)
