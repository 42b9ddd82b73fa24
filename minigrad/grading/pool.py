"""Several workers grade at once: each submission goes to the next that is free, and what came of it comes back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Self

from minigrad.grading.record import Graded, Job, Task, graded_from, packed, to_json
from minigrad.grading.supervised import Broken, Lost, Supervised

LOOK_EVERY = 5.0  # seconds, at how many jobs there should be under way


@dataclass(frozen=True)
class Ready:
    """What workers tell once they are ready."""

    isolation: str  # what keeps students' code apart
    unfit: dict[str, str]  # the tests that are not run, as "notebook:grade_id", and why
    remarks: Sequence[str] = ()  # what else the instructor is to know


class Pool:
    """Grades on this machine, as many submissions at the same time as `jobs`. What that needs is loaded meanwhile."""

    def __init__(self, jobs: int, sandboxed: bool = True) -> None:
        self.jobs, self.worker = jobs, Supervised(sandboxed)
        self.threads = ThreadPoolExecutor(jobs)

    def prepare(self, task: Task) -> Ready:
        return Ready(**self.worker.prepare(to_json(task)))

    def grade(self, jobs: Iterable[Job]) -> Iterator[Graded]:
        """In the order in which they are done. Jobs are taken as they are needed, one ahead for each at work."""
        return graded(jobs, lambda job: self.threads.submit(self.worker.grade, job), lambda: 2 * self.jobs)

    def close(self, within: float = 0.0) -> None:
        """End what grades, at once or within so many seconds."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.worker.close(within)
        self.threads.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(within=0.0 if kind else 2.0)


def graded(jobs: Iterable[Job], submit: Callable[[bytes], Future[bytes]], width: Callable[[], int]) -> Iterator[Graded]:
    """Grade with `submit`, with `width()` jobs under way. A job over which a worker was lost is tried again, alone."""
    waiting, again = ((job.student, packed(job)) for job in jobs), []
    running: dict[Future[bytes], tuple[str, bytes]] = {}
    while True:
        for student, job in islice(waiting, max(width() - len(running), 0)):
            running[submit(job)] = student, job
        if not running:
            break
        for future in wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED).done:
            student, job = running.pop(future)
            try:
                yield outcome(student, future)
            except Lost:
                again.append((student, job))
    for student, job in again:
        try:
            yield outcome(student, submit(job))
        except Lost as error:
            yield Graded(student, problem=f"It could not be graded. {error}")


def outcome(student: str, future: Future[bytes]) -> Graded:
    try:
        return graded_from(future.result())
    except (Lost, CancelledError):
        raise
    except Broken as error:
        return Graded(student, problem=f"It could not be graded because of a mistake in minigrad: {error}.")
    except Exception as error:  # of the engine that carried the job, such as Dask
        return Graded(student, problem=f"It could not be graded. {str(error).partition('. ')[0]}.")
