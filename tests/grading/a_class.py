"""A course folder with one assignment, and a class whose work has been marked: what feedback and report start from."""

from contextlib import contextmanager

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes
from nbgrader import api
from nbgrader_cells import marked
from sqlalchemy import create_engine, insert

from minigrad.grading import verdict_table
from minigrad.grading.record import FAILED, PASSED, Graded, MarkedNotebook, Verdict, to_json

CANARY = "secret-77001"
HIDDEN = f"assert mean([1]) == 1\n### BEGIN HIDDEN TESTS\nassert mean([2]) == 2, '{CANARY}'\n### END HIDDEN TESTS"
CELLS = (("test-mean", 2.0), ("test-mode", 3.0), ("essay", 5.0))  # with points, in the notebook's order


def notebook(printed="", outputs=()):
    """The notebook as it lies in autograded/ (or, without outputs, in source/)."""
    error = new_output("error", ename="AssertionError", evalue=CANARY, traceback=[f"AssertionError: {CANARY}"])
    hidden = [error] if printed else []
    outputs = [new_output("stream", name="stdout", text=printed), *outputs] if printed else []
    return new_notebook(cells=[
        marked(new_markdown_cell("# Numbers\n\n## The mean"), "intro", locked=True),
        marked(new_code_cell("def mean(numbers): ...", outputs=outputs), "mean", solution=True),
        marked(new_code_cell(HIDDEN, outputs=hidden), "test-mean", grade=True, locked=True, points=2),
        marked(new_code_cell("assert mode([1]) == 1"), "test-mode", grade=True, locked=True, points=3),
        marked(new_markdown_cell("Because."), "essay", grade=True, solution=True, points=5),
    ])  # fmt: skip


def course(folder):
    """The folder, with its gradebook; nbgrader's own way to make one takes seconds."""
    (folder / "source/ps1").mkdir(parents=True)
    (folder / "source/ps1/p1.ipynb").write_text(writes(notebook()))
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "numbers"\n')
    with opened(folder) as book:
        api.Base.metadata.create_all(book)
        verdict_table.TABLE.create(book)
        put(book, api.Course, id="numbers")
        put(book, api.Assignment, id="ps1", name="ps1", course_id="numbers")
        put(book, api.Notebook, id="p1", name="p1", assignment_id="ps1")
        for name, points in CELLS:
            put(book, api.BaseCell, id=name, name=name, notebook_id="p1", type="GradeCell")
            put(book, api.GradeCell, id=name, max_score=points, cell_type="code")
        put(book, api.BaseCell, id="mean", name="mean", notebook_id="p1", type="SolutionCell")
        put(book, api.SolutionCell, id="mean")


@contextmanager
def opened(folder):
    """A connection to the gradebook, and what was done with it is kept."""
    engine = create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def put(book, table, **values):
    book.execute(insert(table.__table__).values(**values))


def hand_in(folder, student, auto=(2.0, 3.0, None), manual=None, comment=None, penalty=0.0, text="all is well", **told):
    """A submission that has been marked: points by cell, a person's points by name, a comment on `mean`."""
    manual = manual or {}
    with opened(folder) as book:
        enrol(book, student)
        put(book, api.SubmittedAssignment, id=student, assignment_id="ps1", student_id=student)
        put(book, api.SubmittedNotebook, id=student, assignment_id=student, notebook_id="p1",
            late_submission_penalty=penalty)  # fmt: skip
        for (name, _), points in zip(CELLS, auto):
            put(book, api.Grade, id=f"{student} {name}", notebook_id=student, cell_id=name, auto_score=points,
                manual_score=manual.get(name), needs_manual_grade=points is None and name not in manual)  # fmt: skip
        put(book, api.Comment, id=student, notebook_id=student, cell_id="mean", manual_comment=comment)
        put_record(book, student, auto, told)
    place = folder / "autograded" / student / "ps1"
    place.mkdir(parents=True)
    (place / "p1.ipynb").write_text(writes(notebook(printed=text)))
    (place / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    (place / "submission_secret.txt").write_text(f"secret of {student}")


def enrol(book, student, first=None, last=None):
    put(book, api.Student, id=student, first_name=first, last_name=last)


def put_record(book, student, auto, told):
    """What the grader found out."""
    verdicts = tuple(verdict(name, points, most, told) for (name, most), points in zip(CELLS, auto))
    marked_notebook = MarkedNotebook("p1", verdicts, "", tuple(told.get("notes", ())))
    graded = Graded(student, (marked_notebook,), told.get("problem", ""))
    row = {"assignment": "ps1", "student": student, "digest": "1", "graded": to_json(graded).decode()}
    book.execute(insert(verdict_table.TABLE).values(row))


def verdict(name, points, most, told):
    if "kind" in told:
        return Verdict(name, points, most, told["kind"])
    if points is None and name != "essay" and "verdict" in told:
        return Verdict(name, None, most, told["verdict"], told["reason"])
    if points is None:
        return Verdict(name, None, most, "by hand")
    if points == most:
        return Verdict(name, points, most, PASSED)
    hidden = name == "test-mean"
    detail = CANARY if hidden else "AssertionError: mode"
    reason = told.get("reason", "It is not right yet.")
    return Verdict(name, points, most, FAILED, reason, detail, hidden, tuple(told.get("beliefs", ())))
