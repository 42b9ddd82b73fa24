"""The assignment's cells in the gradebook, put there as `nbgrader generate_assignment` puts them."""

from contextlib import chdir

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Assignment, Gradebook, MissingEntry, Notebook
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import SaveCells

from minigrad.grading.course_folder import CourseFolder, first_line
from minigrad.grading.problem import Problem
from minigrad.grading.record import Task


def register(book: Gradebook, course: CourseFolder, task: Task) -> None:
    """Bring the gradebook up to date with the instructor's notebooks, where it is not.

    Cells that have marks are never taken away: then this raises Problem. Killed at any moment, it may be run again.
    """
    prepared = {name: as_released(course, task, name, data) for name, data in task.masters.items()}
    try:
        assignment = book.find_assignment(task.assignment)
    except MissingEntry:
        assignment = book.add_assignment(task.assignment)
    refuse_to_lose_marks(assignment, course, prepared)
    for notebook in list(assignment.notebooks):
        if notebook.name not in prepared and not assignment.submissions and course.settings.notebook_id == "*":
            book.remove_notebook(notebook.name, task.assignment)
    known = {notebook.name: held_cells(notebook) for notebook in assignment.notebooks}
    book.db.rollback()  # what follows writes through a connection of its own
    for name, notebook in prepared.items():
        if known.get(name) != cells_of(notebook):
            SaveCells(parent=course.generate).preprocess(notebook, resources(course, task, name))
    book.db.expire_all()


def as_released(course: CourseFolder, task: Task, name: str, data: bytes) -> NotebookNode:
    """An instructor's notebook where nbgrader notes its cells: the answers are gone, hidden tests are still there."""
    steps = course.generate.preprocessors
    steps = steps[: steps.index(SaveCells)] if SaveCells in steps else steps
    notebook = nbformat.reads(data.decode(), as_version=4)
    try:
        with chdir(course.root):  # IncludeHeaderFooter reads files from there
            for step in steps:
                notebook, _ = step(parent=course.generate)(notebook, resources(course, task, name))
    except Exception as error:  # nbgrader raises all sorts, and the steps may be the course's own
        reason = error.__context__ if isinstance(error, ValidationError) and error.__context__ else error
        raise Problem(f"{name}.ipynb of {task.assignment} cannot be released: {first_line(reason)}. `nbgrader "
                      f"generate_assignment {task.assignment}` says more.") from None
    return notebook


def resources(course: CourseFolder, task: Task, name: str) -> dict:
    """What nbgrader's steps want to know of the notebook that they work on."""
    about = {"notebook": name, "assignment": task.assignment, "student": ".", "db_url": course.gradebook}
    place = {"name": name, "path": str(course.masters(task.assignment))}
    return {"nbgrader": about, "unique_key": name, "metadata": place}


def refuse_to_lose_marks(assignment: Assignment, course: CourseFolder, prepared: dict[str, NotebookNode]) -> None:
    if not assignment.submissions:
        return
    held = {notebook.name: set(held_cells(notebook)) for notebook in assignment.notebooks}
    wanted = {name: set(cells_of(notebook)) for name, notebook in prepared.items()}
    if course.settings.notebook_id != "*":
        held = {name: cells for name, cells in held.items() if name in wanted}
    flat = [{f"{cell} of {name}" for name, cells in side.items() for _, cell in cells} for side in (held, wanted)]
    changes = [f"{word} {', '.join(sorted(names))}" for word, names in
               (("without", flat[0] - flat[1]), ("with", flat[1] - flat[0])) if names]  # fmt: skip
    if held != wanted:
        told = " and ".join(changes) or "with other kinds of cells"
        raise Problem(f"{assignment.name} was graded before, and its notebooks are now {told}: marks would get lost. "
                      "Make them as they were, or forget all marks with `nbgrader db assignment remove "
                      f"{assignment.name} --force`.")  # fmt: skip


def held_cells(notebook: Notebook) -> dict[tuple[str, str], tuple]:
    """The cells that the gradebook has of a notebook, by kind and name, with all that it notes of them."""
    cells: dict[tuple[str, str], tuple] = {}
    for cell in notebook.source_cells:
        cells["source", cell.name] = (cell.cell_type, cell.locked, cell.source, cell.checksum)
    for kind, graded in (("grade", notebook.grade_cells), ("task", notebook.task_cells)):
        cells |= {(kind, cell.name): (cell.cell_type, cell.max_score) for cell in graded}
    return cells | {("solution", cell.name): () for cell in notebook.solution_cells}


def cells_of(notebook: NotebookNode) -> dict[tuple[str, str], tuple]:
    """The same of a notebook that is to be released."""
    cells: dict[tuple[str, str], tuple] = {}
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        kinds = {"grade": utils.is_grade(cell), "task": utils.is_task(cell), "solution": utils.is_solution(cell)}
        for kind in [kind for kind, holds in kinds.items() if holds]:
            cells[kind, marks.grade_id] = () if kind == "solution" else (cell.cell_type, float(marks.points))
        if any(kinds.values()) or utils.is_locked(cell):
            source = (cell.cell_type, utils.is_locked(cell), cell.source, marks.get("checksum"))
            cells["source", marks.grade_id] = source
    return cells
