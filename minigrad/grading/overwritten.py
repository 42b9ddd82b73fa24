"""Whose marks are not those any more that were written here: `nbgrader autograde` has graded them since."""

from collections.abc import Collection

from nbgrader.api import BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Connection, select

from minigrad.grading import verdict_table


def overwritten(connection: Connection, assignment: str, name: str, students: Collection[str]) -> set[str]:
    """Who of these has other points of tests than those found out here. What people give does not count.

    Where nothing could be found out, another program may fill in what it likes.
    """
    query = (
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
        .join_from(Grade, SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .where(SubmittedAssignment.assignment_id == assignment)
    )
    points = {(student, *place): given for student, *place, given in connection.execute(query)}
    found = verdict_table.read(connection, name).items()
    return {student for student, graded in found if student in students
            for marked in graded.notebooks for verdict in marked.verdicts
            if verdict.points is not None
            and points.get((student, marked.name, verdict.name), verdict.points) != verdict.points}  # fmt: skip
