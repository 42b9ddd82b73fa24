"""One run of `minigrad grade`: what is graded where, what is told of it, and who needs the instructor."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import click

from minigrad.command.console import console
from minigrad.command.progress import progress
from minigrad.grading import marks_file
from minigrad.grading.cluster import Cluster
from minigrad.grading.course_folder import CourseFolder, Problem
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.pool import Pool
from minigrad.grading.record import BY_HAND, UNFIT, Graded, Task
from minigrad.grading.records import records


@dataclass(frozen=True)
class Workers:
    """Where to grade, and whether in sandboxes."""

    jobs: int
    scheduler: str | None
    sandboxed: bool

    def start(self, task: Task, most: int) -> Pool | Cluster:
        if self.scheduler is not None:
            return Cluster(task, self.scheduler, self.sandboxed)
        return Pool(task, min(self.jobs, most), self.sandboxed)


class Run:
    """`only` are the students asked for; if it is empty, all who handed in."""

    def __init__(self, course: CourseFolder, task: Task, only: Sequence[str]) -> None:
        self.task, self.only = task, only
        self.students = course.students(task.assignment, only)
        self.gradebook = Gradebook(course, task)
        self.graded = self.by_hand = 0
        self.problems: dict[str, str] = {}  # by student, what the instructor has to see to

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def grade(self, workers: Workers, force: bool) -> None:
        begun = time.monotonic()
        todo = self.gradebook.todo(self.students, force)
        try:
            if todo:
                with console.status("Starting, and grading your own answers ..."):
                    pool = workers.start(self.task, len(todo))
                with pool:
                    self.grade_on(pool, todo)
        except KeyboardInterrupt:
            raise click.ClickException(f"Stopped. What has been graded, {self.graded} submissions, is kept: "
                                       "run the same again to go on.") from None  # fmt: skip
        self.tell(len(todo), time.monotonic() - begun)

    def grade_on(self, pool: Pool | Cluster, todo: list[str]) -> None:
        console.print(f"Isolation: {pool.isolation}.", markup=False)
        for cell, why in pool.unfit.items():
            console.print(f"The test {cell} cannot be run apart from a student's code: your own answer fails it "
                          f"({why}). It gives no points: give them by hand.", markup=False)  # fmt: skip
        with progress(console, self.task.assignment, len(todo)) as advance:
            for graded in pool.grade(self.gradebook.jobs(todo, self.note)):
                self.put(graded)
                advance()

    def put(self, graded: Graded) -> None:
        try:
            self.gradebook.put(graded)
        except Problem as problem:
            if str(problem) in self.problems.values():
                raise  # it is about more than one submission
            graded = Graded(graded.student, problem=str(problem))
        self.note(graded)

    def note(self, graded: Graded) -> None:
        """Whether the instructor has to see to it."""
        verdicts = [each for marked in graded.notebooks for each in marked.verdicts]
        undecided = [each for each in verdicts if each.points is None and each.kind not in (BY_HAND, UNFIT)]
        if graded.problem or undecided:
            self.problems[graded.student] = graded.problem or f"{undecided[0].name}: {undecided[0].reason}"
        else:
            self.graded += 1
            self.by_hand += any(each.points is None for each in verdicts)

    def tell(self, todo: int, seconds: float) -> None:
        """At the end: a line for each submission that needs the instructor, and one for all."""
        for student, problem in sorted(self.problems.items()):
            console.print(f"{student}: {problem}", markup=False)
        parts = [f"{self.graded} graded"]
        if self.by_hand:
            parts.append(f"of which {self.by_hand} wait for marks by hand in `nbgrader formgrader`")
        if unchanged := len(self.students) - todo:
            again = "" if todo else " (--force grades them again)"
            parts.append(f"{unchanged} unchanged since they were graded{again}")
        parts.append(f"{len(self.problems)} need you" if self.problems else "none needs you")
        if todo:
            parts.append(f"{seconds:.1f} seconds, {60 * todo / seconds:.0f} a minute")
        console.print(f"{self.task.assignment}: {', '.join(parts)}.", markup=False)

    def write_marks(self, path: Path) -> None:
        with self.gradebook.book.engine.connect() as connection:
            found = records(connection, self.task.assignment, self.only)
        try:
            marks_file.write(marks_file.marks_of(self.task, self.students, found), path)
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None
