"""One submission after the other, graded as the command does it."""

from typing import Self

from minigrad.grading.pool import Pool
from minigrad.grading.record import Graded, Job, Task


class OneByOne:
    def __init__(self, task: Task) -> None:
        self.pool = Pool(1)
        try:
            self.unfit = self.pool.prepare(task).unfit
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
