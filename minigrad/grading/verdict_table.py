"""What was found out about each submission: a table of our own, beside nbgrader's in the gradebook."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, inspect, select

from minigrad.grading.record import Graded, graded_from, to_json

# `digest` tells what was graded. It is empty where grading is to be tried again.
TABLE = Table(
    "minigrad_grading",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("graded", Text, nullable=False),
)


def read(connection: Connection, assignment: str, only: Collection[str] = ()) -> dict[str, Graded]:
    """What everybody who was graded got and why, or only these, in the order of their ids. Without the notebooks."""
    if not inspect(connection).has_table(TABLE.name):
        return {}  # nothing here was graded by minigrad yet
    query = select(TABLE.c.student, TABLE.c.graded).where(TABLE.c.assignment == assignment).order_by(TABLE.c.student)
    if only:
        query = query.where(TABLE.c.student.in_(only))
    return {student: graded_from(told.encode()) for student, told in connection.execute(query)}


def circumstances(connection: Connection, assignment: str, student: str = "") -> Iterator[tuple[str, dict]]:
    """What each submission was graded with, or only this student's (circumstances.py)."""
    query = select(TABLE.c.student, TABLE.c.graded).where(TABLE.c.assignment == assignment)
    if student:
        query = query.where(TABLE.c.student == student)
    for who, told in connection.execute(query):
        yield who, json.loads(told).get("circumstances", {})


def write(connection: Connection, assignment: str, digest: str, graded: Graded, circumstances: dict) -> None:
    """Put a submission's record in the place of the one before. The notebooks are not kept here: they are files."""
    of_this = (TABLE.c.assignment == assignment, TABLE.c.student == graded.student)
    connection.execute(delete(TABLE).where(*of_this))
    small = replace(graded, notebooks=tuple(replace(marked, notebook="") for marked in graded.notebooks))
    row = {"assignment": assignment, "student": graded.student, "digest": "" if graded.problem else digest}
    told = json.dumps({**json.loads(to_json(small)), "circumstances": circumstances})
    connection.execute(insert(TABLE), {**row, "graded": told})
