"""A lesson's exercises as nbgrader's source notebook: with the right answers, and checks that learners do not see."""

import pkgutil
import random

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from minigrad.course import exercises as exercise_modules
from minigrad.course.built import notebook_text
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

# nbgrader's setting for these notebooks. What is left of an answer cell is the stub; nbgrader's own one would end the
# notebook's run at the first answer.
NO_STUB = 'c.ClearSolutions.code_stub = {"python": ""}'

PUBLIC = "hidden"  # the key to the hidden inputs of the notebooks that come with minigrad: no secret


def topics() -> dict[str, str]:
    """The lessons that have exercises, `{"01": "01_requires_grad"}`, by the names of their modules."""
    names = (module.name for module in pkgutil.iter_modules(exercise_modules.__path__))
    return {name[2:4]: name[2:] for name in sorted(names) if name.startswith("ex")}


def source_notebook(number: str, key: str = PUBLIC) -> str:
    """The text of a lesson's notebook; its hidden inputs depend on the key. No cell is run: none needs to be."""
    name = topics()[number]
    exercises = [exercise for exercise in registry().values() if exercise.lesson == number]
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
        cells += exercise_cells(exercise, key)
    for cell in cells:
        cell.id = cell.metadata.nbgrader.grade_id
    return notebook_text(new_notebook(cells=cells))


def exercise_cells(exercise: Exercise, key: str = PUBLIC) -> list[NotebookNode]:
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
    hidden = f"{check.removesuffix(')')}, seed={hidden_seed(exercise, key)})"
    return [
        *cells,
        marked(new_code_cell(answer), f"{name}answer", solution=True),
        graded(new_code_cell(check), f"{name}check", exercise.points),
        graded(new_code_cell(HIDDEN.format(check=hidden)), f"{name}hidden", exercise.points),
    ]


def hidden_seed(exercise: Exercise, key: str = PUBLIC) -> int:
    """The same on every build; who does not know the key cannot tell which inputs it leads to."""
    return random.Random(f"{key} {exercise.id}").randrange(10**9)


def marked(cell: NotebookNode, grade_id: str, **flags) -> NotebookNode:
    usual = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    cell.metadata["nbgrader"] = {"grade_id": grade_id} | usual | flags
    return cell


def read_only(cell: NotebookNode, grade_id: str) -> NotebookNode:
    return marked(cell, grade_id, locked=True)


def graded(cell: NotebookNode, grade_id: str, points: int) -> NotebookNode:
    return marked(cell, grade_id, grade=True, locked=True, points=points)
