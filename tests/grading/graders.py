"""One submission after the other, graded as the command does it."""

from dataclasses import replace
from typing import Self

from minigrad.grading.course_folder import for_workers
from minigrad.grading.pool import Pool
from minigrad.grading.record import Graded, Job, Task


def given_out(task: Task) -> Task:
    """The task with what students were given, as the command has it."""
    return replace(task, given={name: for_workers(data, task.config) for name, data in task.masters.items()})


class OneByOne:
    def __init__(self, task: Task) -> None:
        self.pool = Pool(1)
        try:
            self.unfit = self.pool.prepare(given_out(task)).unfit
        except BaseException:
            self.pool.close()
            raise

    def grade(self, job: Job) -> Graded:
        [graded] = self.pool.grade([job])
        return graded

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.close()
