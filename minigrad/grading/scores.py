"""What the gradebook says of an assignment: who handed in, with which points, penalties and comments. Only read."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Connection, Select, create_engine, func, inspect, select
from sqlalchemy.engine import make_url

from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.database import as_problems
from minigrad.grading.problem import Problem

# The tables themselves: nbgrader's classes would ask the database once more for each cell of each student.
assignment, notebook, cell = Assignment.__table__, Notebook.__table__, BaseCell.__table__
graded_cell, task_cell = GradeCell.__table__, TaskCell.__table__
student, handed_in, handed_in_notebook = Student.__table__, SubmittedAssignment.__table__, SubmittedNotebook.__table__
grade, comment = Grade.__table__, Comment.__table__

Place = tuple[str, str]  # a notebook's name and a cell's


@dataclass(frozen=True, slots=True)
class Score:
    """The points of one cell, of how many. `open`: a person is still to decide; `by_hand`: a person has."""

    points: float
    most: float
    open: bool
    by_hand: bool
    auto: float | None = None  # those that came of the tests

    @property
    def decided(self) -> bool:
        """Whether the points say anything: a person's do, also where nbgrader asks for another look at them."""
        return not self.open or self.by_hand or self.auto is not None


@dataclass(slots=True)
class Submission:
    """What a student has for an assignment."""

    scores: dict[Place, Score] = field(default_factory=dict)
    comments: dict[Place, str] = field(default_factory=dict)  # of people
    unanswered: set[Place] = field(default_factory=set)  # what was left as it was given out
    penalties: dict[str, float] = field(default_factory=dict)  # by notebook, for being late

    @property
    def total(self) -> float:
        return max(0.0, sum(score.points for score in self.scores.values()) - sum(self.penalties.values()))


@contextmanager
def reading(course: CourseFolder, name: str) -> Iterator[Connection]:
    """The gradebook, open to read of an assignment that it knows. Raises Problem if that is not so."""
    url = make_url(course.gradebook)
    nothing_yet = Problem(f"The gradebook knows no assignment {name} yet: run `minigrad grade {name}` first.")
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise nothing_yet  # opening it would make one
    engine = create_engine(url)
    try:
        with as_problems(course), engine.connect() as connection:
            found = select(assignment.c.id).where(assignment.c.name == name)
            if not inspect(connection).has_table(assignment.name) or connection.execute(found).first() is None:
                raise nothing_yet
            yield connection
    finally:
        engine.dispose()


def cells(connection: Connection, name: str) -> dict[Place, float]:
    """The cells of an assignment that give points, and how many."""
    most = func.coalesce(graded_cell.c.max_score, task_cell.c.max_score)
    query = (
        select(notebook.c.name, cell.c.name, most)
        .join_from(cell, notebook, cell.c.notebook_id == notebook.c.id)
        .join(assignment, notebook.c.assignment_id == assignment.c.id)
        .outerjoin(graded_cell, graded_cell.c.id == cell.c.id)
        .outerjoin(task_cell, task_cell.c.id == cell.c.id)
        .where(assignment.c.name == name, most.is_not(None))
    )
    return {(in_notebook, called): points for in_notebook, called, points in connection.execute(query)}


def students(connection: Connection) -> dict[str, str]:
    """Everybody in the gradebook: their ids, and their names as far as they are known."""
    query = select(student.c.id, student.c.first_name, student.c.last_name).order_by(student.c.id)
    return {who: " ".join(filter(None, (first, last))) for who, first, last in connection.execute(query)}


def submissions(connection: Connection, name: str, only: Collection[str] = ()) -> dict[str, Submission]:
    """What everybody who handed in has, or only these, by student, in the order of their ids."""
    found: dict[str, Submission] = {}
    penalty = handed_in_notebook.c.late_submission_penalty
    for who, where, points in connection.execute(within(name, only, penalty).order_by(handed_in.c.student_id)):
        found.setdefault(who, Submission()).penalties[where] = points or 0.0
    add_scores(connection, name, only, found)
    add_comments(connection, name, only, found)
    return found


def add_scores(connection: Connection, name: str, only: Collection[str], found: dict[str, Submission]) -> None:
    columns = (cell.c.name, grade.c.auto_score, grade.c.manual_score, grade.c.extra_credit,
               grade.c.needs_manual_grade, func.coalesce(graded_cell.c.max_score, task_cell.c.max_score))  # fmt: skip
    query = (
        within(name, only, *columns)
        .join(grade, grade.c.notebook_id == handed_in_notebook.c.id)
        .join(cell, grade.c.cell_id == cell.c.id)
        .outerjoin(graded_cell, graded_cell.c.id == cell.c.id)
        .outerjoin(task_cell, task_cell.c.id == cell.c.id)
    )
    for who, where, called, auto, manual, extra, is_open, most in connection.execute(query):
        points = points_of(auto, manual, extra)
        found[who].scores[where, called] = Score(points, most or 0.0, bool(is_open), manual is not None, auto)


def add_comments(connection: Connection, name: str, only: Collection[str], found: dict[str, Submission]) -> None:
    query = (
        within(name, only, cell.c.name, comment.c.manual_comment, comment.c.auto_comment)
        .join(comment, comment.c.notebook_id == handed_in_notebook.c.id)
        .join(cell, comment.c.cell_id == cell.c.id)
    )
    for who, where, called, words, automatic in connection.execute(query):
        if words:
            found[who].comments[where, called] = words
        if automatic:  # nbgrader has but one, "No response."
            found[who].unanswered.add((where, called))


def points_of(auto: float | None, manual: float | None, extra: float | None) -> float:
    """A cell's points, as nbgrader adds them up: those of people count before those of tests."""
    given = auto if manual is None else manual
    return 0.0 if given is None else given + (extra or 0.0)


def within(name: str, only: Collection[str], *columns: Any) -> Select:
    """A query over the notebooks handed in for an assignment: the student, the notebook's name, and these columns."""
    query = (
        select(handed_in.c.student_id, notebook.c.name, *columns)
        .join_from(handed_in_notebook, handed_in, handed_in_notebook.c.assignment_id == handed_in.c.id)
        .join(notebook, handed_in_notebook.c.notebook_id == notebook.c.id)
        .join(assignment, handed_in.c.assignment_id == assignment.c.id)
        .where(assignment.c.name == name)
    )
    return query.where(handed_in.c.student_id.in_(only)) if only else query
