"""One submission in nbgrader's tables: the rows that nbgrader makes for it, with its points, comments and penalties."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import nbformat
from nbgrader import api, utils
from nbgrader.api import Assignment, Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from minigrad.grading.record import BY_HAND, Graded, MarkedNotebook

# The penalty for a notebook: of whom, its score, how many seconds late.
LatePenalty = Callable[[str, float, float], float | None]


@dataclass(frozen=True)
class Notebook:
    """What the gradebook has of one of an assignment's notebooks: the ids of its cells, by name."""

    name: str
    id: str
    graded: dict[str, str]  # with points that a test gives, or a person to a written answer
    tasks: dict[str, str]
    answers: dict[str, str]
    released: dict[str, str]  # the checksums of cells as students get them


def notebook_of(notebook: api.Notebook) -> Notebook:
    graded, tasks, answers = ({cell.name: cell.id for cell in cells} for cells in
                              (notebook.grade_cells, notebook.task_cells, notebook.solution_cells))  # fmt: skip
    released = {cell.name: cell.checksum for cell in notebook.source_cells}
    return Notebook(notebook.name, notebook.id, graded, tasks, answers, released)


class SubmissionRows:
    """The rows of one student's submission to an assignment, by its id; those that are not there yet are made."""

    def __init__(self, session: Session, assignment: str, notebooks: Iterable[Notebook], student: str) -> None:
        self.session, self.student = session, student
        query = select(SubmittedAssignment.id).where(SubmittedAssignment.assignment_id == assignment)
        self.id = session.scalar(query.where(SubmittedAssignment.student_id == student)) or self._submission(assignment)
        query = select(SubmittedNotebook.notebook_id, SubmittedNotebook.id)
        there: dict[str, str] = dict(session.execute(query.where(SubmittedNotebook.assignment_id == self.id)).all())
        new = {notebook.id: api.new_uuid() for notebook in notebooks if notebook.id not in there}
        self._insert(SubmittedNotebook, ({"id": own, "notebook_id": notebook, "assignment_id": self.id}
                                         for notebook, own in new.items()))  # fmt: skip
        self.own = there | new  # the ids of the submitted notebooks, by those of the notebooks that they answer
        self._complete(Grade, [(self.own[each.id], cell) for each in notebooks
                               for cell in (*each.graded.values(), *each.tasks.values())])  # fmt: skip
        self._complete(Comment, [(self.own[each.id], cell) for each in notebooks
                                 for cell in (*each.answers.values(), *each.tasks.values())])  # fmt: skip

    def _submission(self, assignment: str) -> str:
        if self.session.scalar(select(Student.id).where(Student.id == self.student)) is None:
            self._insert(Student, [{"id": self.student}])
        id = api.new_uuid()
        self._insert(SubmittedAssignment, [{"id": id, "assignment_id": assignment, "student_id": self.student}])
        return id

    def _complete(self, model: type[Grade] | type[Comment], cells: Iterable[tuple[str, str]]) -> None:
        query = select(model.notebook_id, model.cell_id).where(model.notebook_id.in_(self.own.values()))
        there = set(self.session.execute(query))
        self._insert(model, ({"notebook_id": own, "cell_id": cell} for own, cell in cells if (own, cell) not in there))

    def _insert(self, model: type, rows: Iterable[dict]) -> None:
        if rows := list(rows):
            self.session.execute(insert(model), rows)

    def handed_in(self, at: datetime) -> None:
        self.session.execute(update(SubmittedAssignment).where(SubmittedAssignment.id == self.id).values(timestamp=at))

    def seconds_late(self) -> float:
        query = select(SubmittedAssignment.timestamp, Assignment.duedate, SubmittedAssignment.extension)
        query = query.join(Assignment).where(SubmittedAssignment.id == self.id)
        [(at, due, extension)] = self.session.execute(query)
        return max(0.0, (at - due - (extension or timedelta())).total_seconds()) if at and due else 0.0

    def mark(self, notebook: Notebook, graded: Graded, late: LatePenalty) -> None:
        """Write what came of one notebook. A notebook that was not handed in gets no points, as nbgrader has it."""
        marked = next((each for each in graded.notebooks if each.name == notebook.name), None)
        missing = marked is None and not graded.problem
        untouched = set(unanswered(marked, notebook)) if marked else set()
        self._comment(notebook, untouched)
        score = self._give(notebook, dict(points(marked, untouched)) if marked else {}, missing)
        seconds = self.seconds_late() if marked else 0.0
        penalty = late(self.student, score, seconds) if seconds else None
        own = SubmittedNotebook.id == self.own[notebook.id]
        self.session.execute(update(SubmittedNotebook).where(own).values(late_submission_penalty=penalty))

    def _give(self, notebook: Notebook, points: dict[str, float | None], missing: bool) -> float:
        """Write a notebook's points; its score. Points that people gave stay, but are to be looked at again."""
        names = {id: name for name, id in notebook.graded.items()}
        query = select(Grade.id, Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
        rows, score = [], 0.0
        query = query.where(Grade.notebook_id == self.own[notebook.id])
        for id, cell, auto, manual, extra in self.session.execute(query):
            if missing or cell in names:  # what is no graded cell is a task, which only people give points for
                auto = 0.0 if missing else points.get(names[cell])
                open_ = not missing and (auto is None or manual is not None)
                rows.append({"id": id, "auto_score": auto, "needs_manual_grade": open_})
            given = auto if manual is None else manual
            score += 0.0 if given is None else given + (extra or 0.0)
        if rows:
            self.session.execute(update(Grade), rows)
        return score

    def _comment(self, notebook: Notebook, untouched: set[str]) -> None:
        empty = {notebook.answers[name] for name in untouched}
        query = select(Comment.id, Comment.cell_id, Comment.auto_comment)
        query = query.where(Comment.notebook_id == self.own[notebook.id])
        rows = [{"id": id, "auto_comment": now} for id, cell, before in self.session.execute(query)
                if before != (now := "No response." if cell in empty else None)]  # fmt: skip
        if rows:
            self.session.execute(update(Comment), rows)


def points(marked: MarkedNotebook, untouched: set[str]) -> Iterator[tuple[str, float | None]]:
    """By cell, the points; None where a person decides. A written answer that was left as it was released gets none."""
    for verdict in marked.verdicts:
        yield verdict.name, 0.0 if verdict.kind == BY_HAND and verdict.name in untouched else verdict.points


def unanswered(marked: MarkedNotebook, notebook: Notebook) -> Iterator[str]:
    """The answer cells of a notebook that are as they were released."""
    for cell in json.loads(marked.notebook or '{"cells": []}')["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in notebook.answers:
            read = nbformat.from_dict({**cell, "source": "".join(cell["source"])})
            if utils.compute_checksum(read) == notebook.released.get(name):
                yield name
