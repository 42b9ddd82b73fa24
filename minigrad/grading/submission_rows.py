"""One submission in nbgrader's tables: the rows that nbgrader makes for it, with its points, comments and penalties."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import nbformat
from nbgrader import api, utils
from sqlalchemy import Connection, Table, bindparam, insert, select, update

from minigrad.grading.problem import Problem
from minigrad.grading.record import BY_HAND, Graded, MarkedNotebook
from minigrad.grading.scores import points_of

# The tables themselves: through nbgrader's classes the same takes three times as long.
ASSIGNMENT, STUDENT, SUBMISSION, SUBMITTED, GRADE, COMMENT = (
    model.__table__ for model in
    (api.Assignment, api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment)
)  # fmt: skip


@dataclass(frozen=True)
class Notebook:
    """What the gradebook has of one of an assignment's notebooks: the ids of its cells, by name."""

    name: str
    id: str
    graded: dict[str, str]  # with points that a test gives, or a person to a written answer
    tasks: dict[str, str]  # with points that only people give
    answers: dict[str, str]
    released: dict[str, str]  # the checksums of cells as students get them


def notebook_of(notebook: api.Notebook) -> Notebook:
    graded, tasks, answers = ({cell.name: cell.id for cell in cells} for cells in
                              (notebook.grade_cells, notebook.task_cells, notebook.solution_cells))  # fmt: skip
    released = {cell.name: cell.checksum for cell in notebook.source_cells}
    return Notebook(notebook.name, notebook.id, graded, tasks, answers, released)


class SubmissionRows:
    """The rows of one student's submission to an assignment, made where they are not there yet."""

    def __init__(self, connection: Connection, assignment: str, notebooks: Sequence[Notebook], student: str,
                 create_student: bool = True) -> None:  # fmt: skip
        self.connection, self.student, self.create_student = connection, student, create_student
        query = select(SUBMISSION.c.id).where(SUBMISSION.c.assignment_id == assignment)
        query = query.where(SUBMISSION.c.student_id == student)
        self.id: str = connection.scalar(query) or self._new_submission(assignment)
        self.own = self._submitted(notebooks)
        own = {self.own[each.id]: each for each in notebooks}
        graded = {id: [*each.graded.values(), *each.tasks.values()] for id, each in own.items()}
        told = {id: [*each.answers.values(), *each.tasks.values()] for id, each in own.items()}
        self.grades = Rows(connection, GRADE, graded, {"auto_score": None, "needs_manual_grade": True})
        self.comments = Rows(connection, COMMENT, told, {"auto_comment": None})

    def _new_submission(self, assignment: str) -> str:
        if self.connection.scalar(select(STUDENT.c.id).where(STUDENT.c.id == self.student)) is None:
            if not self.create_student:
                raise Problem(f"The gradebook has no {self.student}: run `nbgrader db student add {self.student}`.")
            self.connection.execute(insert(STUDENT), {"id": self.student})
        row = {"id": api.new_uuid(), "assignment_id": assignment, "student_id": self.student}
        self.connection.execute(insert(SUBMISSION), row)
        return row["id"]

    def _submitted(self, notebooks: Sequence[Notebook]) -> dict[str, str]:
        """The ids of the submitted notebooks, by those of the notebooks that they answer."""
        query = select(SUBMITTED.c.notebook_id, SUBMITTED.c.id).where(SUBMITTED.c.assignment_id == self.id)
        ids: dict[str, str] = dict(iter(self.connection.execute(query)))
        new = {notebook.id: api.new_uuid() for notebook in notebooks if notebook.id not in ids}
        if new:
            rows = [{"id": own, "notebook_id": notebook, "assignment_id": self.id} for notebook, own in new.items()]
            self.connection.execute(insert(SUBMITTED), rows)
        return ids | new

    def handed_in(self, at: datetime | None) -> float:
        """Note when that was, if it is known; by how many seconds it was too late."""
        this = SUBMISSION.c.id == self.id
        if at:
            self.connection.execute(update(SUBMISSION).where(this).values(timestamp=at))
        query = select(SUBMISSION.c.timestamp, ASSIGNMENT.c.duedate, SUBMISSION.c.extension)
        [(at, due, extension)] = self.connection.execute(query.join(ASSIGNMENT).where(this))
        return max(0.0, (at - due - (extension or timedelta())).total_seconds()) if at and due else 0.0

    def mark(self, notebook: Notebook, graded: Graded, unchanged: Collection[str],
             penalty: Callable[[float], float | None]) -> None:  # fmt: skip
        """What came of one notebook, with the penalty for its score.

        Points that people have given stay. They are to be looked at again, but for cells, as "notebook:grade_id", that
        are `unchanged` since. A notebook that was not handed in gets none, as nbgrader has it.
        """
        own = self.own[notebook.id]
        marked = next((each for each in graded.notebooks if each.name == notebook.name), None)
        missing = not (marked.notebook if marked else graded.problem)
        marked = None if missing else marked
        untouched = set(unanswered(marked, notebook)) if marked else set()
        for name, cell in notebook.answers.items():
            self.comments.now[own, cell]["auto_comment"] = "No response." if name in untouched else None
        given = dict(points(marked, untouched)) if marked else {}
        for name, cell in notebook.graded.items():
            row = self.grades.now[own, cell]
            auto = 0.0 if missing else given.get(name)
            settled = not row["needs_manual_grade"] and f"{notebook.name}:{name}" in unchanged
            by_hand = not missing and (auto is None if row["manual_score"] is None else not settled)
            row.update(auto_score=auto, needs_manual_grade=by_hand)
        for row in [self.grades.now[own, cell] for cell in notebook.tasks.values()]:
            if missing:
                row.update(auto_score=0.0, needs_manual_grade=False)
            elif row["auto_score"] is not None:  # it was missing before
                row.update(auto_score=None, needs_manual_grade=True)
        scores = (points_of(row["auto_score"], row["manual_score"], row["extra_credit"]) for row in self.grades.of(own))
        lost = penalty(sum(scores)) if marked else None
        self.connection.execute(update(SUBMITTED).where(SUBMITTED.c.id == own).values(late_submission_penalty=lost))

    def write(self) -> None:
        self.grades.write()
        self.comments.write()


class Rows:
    """The rows of one kind that a submission has or is to have: change them in `now`, and `write` what is different.

    `ours` are the columns that grading decides, with the values that nbgrader begins with. All others are people's.
    """

    def __init__(self, connection: Connection, table: Table, cells: dict[str, list[str]], ours: dict[str, Any]) -> None:
        self.connection, self.table, self.ours = connection, table, list(ours)
        query = select(table).where(table.c.notebook_id.in_(cells))
        self.before = {(row["notebook_id"], row["cell_id"]): row for row in connection.execute(query).mappings()}
        new = {name: None for name in table.c.keys()} | ours
        self.now = {(own, cell): dict(self.before.get((own, cell)) or
                                      {**new, "id": api.new_uuid(), "notebook_id": own, "cell_id": cell})
                    for own in cells for cell in cells[own]}  # fmt: skip

    def of(self, own: str) -> Iterator[dict]:
        return (row for (notebook, _), row in self.now.items() if notebook == own)

    def write(self) -> None:
        new = [row for key, row in self.now.items() if key not in self.before]
        if new:
            self.connection.execute(insert(self.table), new)
        changed = [{"this": row["id"], **{name: row[name] for name in self.ours}} for key, row in self.now.items()
                   if key in self.before and row != self.before[key]]  # fmt: skip
        if changed:
            query = update(self.table).where(self.table.c.id == bindparam("this"))
            self.connection.execute(query.values({name: bindparam(name) for name in self.ours}), changed)


def points(marked: MarkedNotebook, untouched: set[str]) -> Iterator[tuple[str, float | None]]:
    """By cell, the points; None where a person decides. A written answer that was left as it was released gets none."""
    for verdict in marked.verdicts:
        yield verdict.name, 0.0 if verdict.kind == BY_HAND and verdict.name in untouched else verdict.points


def unanswered(marked: MarkedNotebook, notebook: Notebook) -> Iterator[str]:
    """The answer cells of a notebook that are as they were released."""
    for cell in json.loads(marked.notebook)["cells"]:
        about = cell["metadata"].get("nbgrader")
        name = about.get("grade_id") if isinstance(about, dict) else None  # a student's own may be anything
        if isinstance(name, str) and name in notebook.answers:
            source = "".join(cell["source"]).encode(errors="replace").decode()
            if utils.compute_checksum(nbformat.from_dict({**cell, "source": source})) == notebook.released.get(name):
                yield name
