"""The gradebook: who is still to be graded, and each submission's marks, written as nbgrader would, all at once."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from typing import Self

from nbgrader.api import SubmittedAssignment
from sqlalchemy import Connection, Select, bindparam, select, update

from minigrad.grading import autograded, verdict_table
from minigrad.grading.alone import alone
from minigrad.grading.circumstances import circumstances, handed_in, unchanged, what_has_changed
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.database import as_problems, opened
from minigrad.grading.lateness import late_penalty
from minigrad.grading.overwritten import overwritten
from minigrad.grading.problem import Problem
from minigrad.grading.record import Graded, Job, Task, to_json
from minigrad.grading.registered import register
from minigrad.grading.submission_rows import SubmissionRows, notebook_of


class Gradebook:
    """The gradebook's part in grading one assignment. Close it at the end, or use it in a `with`.

    `todo` says who is to be graded, `jobs` reads what they handed in, and `put` writes what came of it.
    """

    def __init__(self, course: CourseFolder, task: Task) -> None:
        self.course, self.task = course, task
        with ExitStack() as open_:
            open_.enter_context(alone(course.masters(task.assignment)))
            self.book = open_.enter_context(opened(course))
            with as_problems(course):
                verdict_table.TABLE.create(self.book.engine, checkfirst=True)
                register(self.book, course, task)
                assignment = self.book.find_assignment(task.assignment)
                self.id = assignment.id
                self.notebooks = [notebook_of(notebook) for notebook in assignment.notebooks]
                self.book.db.remove()
            self.late_penalty = late_penalty(course)
            self.close = open_.pop_all().close
        self.task_digest = hashlib.sha256(to_json(task)).digest()
        self.overwritten: set[str] = set()
        self.by_hand: set[str] = set()  # who was graded, and has cells that a person is to mark or to look at again
        self.late: dict[str, float] = {}  # by student who was graded, the seconds, where there are any
        self.changes: Counter[str] = Counter()  # how many are graded again for what of the instructor's has changed
        self.circumstances = circumstances(task)
        self.at_work: dict[str, tuple[str, dict, dict]] = {}  # by student: digest, circumstances before and now

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def todo(self, students: Iterable[str], force: bool = False) -> list[str]:
        """Who is to be graded: those who have no marks yet for what they have handed in now; with `force`, all.

        A forced run that was broken off goes on where it was, forced or not. What needed the instructor is tried again,
        and so is what `nbgrader autograde` has graded since: who that is, `overwritten` says. What has changed for how
        many others, `changes` says.
        """
        students = list(students)
        if force and students:
            self._forget(students)
        with as_problems(self.course), self.book.engine.connect() as connection:
            done = dict(iter(connection.execute(self._done())))
            same = {student for student in students if self._is_done(student, done.get(student))}
            if same:
                self.overwritten = overwritten(connection, self.id, self.task.assignment, same)
            again = done.keys() & set(students) - same
            known = verdict_table.circumstances(connection, self.task.assignment) if again else ()
            changes = (what_has_changed(before, self.circumstances) for who, before in known if who in again)
            self.changes = Counter(filter(None, changes))
        return [student for student in students if student not in same or student in self.overwritten]

    def _forget(self, students: list[str]) -> None:
        table = verdict_table.TABLE
        query = update(table).where(table.c.assignment == self.task.assignment, table.c.student == bindparam("who"))
        with as_problems(self.course), self.book.engine.begin() as connection:
            connection.execute(query.values(digest=""), [{"who": who} for who in students if who.isprintable()])

    def _done(self) -> Select:
        """A query for who was graded, and the digest. Whom nbgrader was told to forget since then was not."""
        table = verdict_table.TABLE
        theirs = (SubmittedAssignment.assignment_id == self.id) & (SubmittedAssignment.student_id == table.c.student)
        query = select(table.c.student, table.c.digest).join(SubmittedAssignment, theirs)
        return query.where(table.c.assignment == self.task.assignment, table.c.digest != "")

    def _is_done(self, student: str, digest: str | None) -> bool:
        place = self.course.autograded(self.task.assignment, student)
        autograded.clear(place)
        if digest is None or not place.is_dir():
            return False
        try:
            return digest == self.digest(self.course.job(self.task.assignment, student))
        except Problem:
            return False

    def digest(self, job: Job) -> str:
        """Tells apart all that marks depend on: the instructor's files, the limits, the submission."""
        seen = hashlib.sha256(self.task_digest)
        for name, data in sorted(job.files.items()):
            for part in (os.fsencode(name), data):
                seen.update(len(part).to_bytes(8))
                seen.update(part)
        return seen.hexdigest()

    def jobs(self, students: Iterable[str], refuse: Callable[[Graded], None]) -> Iterator[Job]:
        """The submissions, each read when it is asked for. `refuse` is told of those that cannot even be read."""
        for student in students:
            try:
                job = self.course.job(self.task.assignment, student)
            except Problem as problem:
                refuse(Graded(student, problem=str(problem)))
            else:
                with as_problems(self.course), self.book.engine.connect() as connection:
                    known = dict(verdict_table.circumstances(connection, self.task.assignment, student))
                now = {**self.circumstances, "submission": handed_in(job)}
                self.at_work[student] = self.digest(job), known.get(student, {}), now
                yield job

    def put(self, graded: Graded) -> None:
        """Write the marks, comments, penalties, record and files of one submission: all of it, or nothing.

        The files take their place just before the transaction ends. Killed between the two, the gradebook says that
        the submission was not graded, and so it will be.
        """
        student = graded.student
        digest, before, now = self.at_work.pop(student, ("", {}, {}))
        with as_problems(self.course):
            staged = autograded.Staged(self.course.autograded(self.task.assignment, student))
            try:
                self._gather(staged, graded)
                with self.book.engine.begin() as connection:
                    # A write comes first: SQLite waits for another writer here, but not once it has read.
                    verdict_table.write(connection, self.task.assignment, digest, graded, now)
                    self._mark(connection, graded, unchanged(before, now))
                    staged.publish()
                    self.course.autograde.set_permissions(self.task.assignment, student)
            except BaseException:
                staged.withdraw()
                raise
            staged.finish()

    def _mark(self, connection: Connection, graded: Graded, unchanged: Collection[str]) -> None:
        student = graded.student
        rows = SubmissionRows(connection, self.id, self.notebooks, student, self.course.autograde.create_student)
        late = rows.handed_in(self.course.handed_in_at(self.task.assignment, student))
        if late:
            self.late[student] = late
        for notebook in self.notebooks:
            if notebook.name in self.task.masters:
                rows.mark(notebook, graded, unchanged,
                          lambda score: self.late_penalty(student, score, late) if late else None)  # fmt: skip
        rows.write()
        if any(row["needs_manual_grade"] for row in rows.grades.now.values()):
            self.by_hand.add(student)

    def _gather(self, staged: autograded.Staged, graded: Graded) -> None:
        """The notebooks as they were marked, the instructor's files, and those of the student's with other names."""
        for marked in graded.notebooks:
            if marked.name in self.task.masters and marked.notebook:
                staged.add(f"{marked.name}.ipynb", marked.notebook.encode(errors="replace"))
        for notebook in self.notebooks:  # those that CourseDirectory.notebook_id keeps out of this run stay
            before = staged.place / f"{notebook.name}.ipynb"
            if notebook.name not in self.task.masters and before.is_file():
                staged.add(before.name, before)
        for name, data in self.task.files.items():
            staged.add(name, data)
        for name, path in self.course.handed_in(self.task.assignment, graded.student, ignore=["*.ipynb"]):
            staged.add(name, path)
