"""Several workers grade at once: each submission goes to the next that is free, and what came of it comes back."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from typing import Self

from minigrad.grading.record import Graded, Job, Task, graded_from, to_json
from minigrad.grading.supervised import Broken, Lost, Supervised


@dataclass(frozen=True)
class Ready:
    """What workers tell once they are ready: what keeps students' code apart, and which cells cannot be run so, why."""

    isolation: str
    unfit: dict[str, str]


LOOK_EVERY = 5.0  # seconds, at how many jobs there should be under way


class Pool:
    """Workers on this machine, as many as `jobs`, which load meanwhile what they need."""

    def __init__(self, jobs: int, sandboxed: bool = True) -> None:
        self.workers = [Supervised(sandboxed) for _ in range(jobs)]
        self.free: SimpleQueue[Supervised] = SimpleQueue()
        for worker in self.workers:
            self.free.put(worker)
        self.threads = ThreadPoolExecutor(jobs)

    def prepare(self, task: Task) -> Ready:
        """Have them all get ready for an assignment, at the same time."""
        data = to_json(task)
        told = list(self.threads.map(lambda worker: worker.prepare(data), self.workers))
        return Ready(**told[0])

    def grade(self, jobs: Iterable[Job]) -> Iterator[Graded]:
        """In the order in which they are done. Jobs are taken as they are needed, one ahead for each worker."""
        return graded(jobs, lambda job: self.threads.submit(self.on_a_free_worker, job), lambda: 2 * len(self.workers))

    def on_a_free_worker(self, job: bytes) -> bytes:
        worker = self.free.get()
        try:
            return worker.grade(job)
        finally:
            self.free.put(worker)

    def close(self, within: float = 0.0) -> None:
        """End all workers, at once or within so many seconds."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        for worker in self.workers:
            worker.close(within)
        self.threads.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(within=0.0 if kind else 2.0)


def graded(jobs: Iterable[Job], submit: Callable[[bytes], Future[bytes]], width: Callable[[], int]) -> Iterator[Graded]:
    """Grade with `submit`, with `width()` jobs under way. Over which a worker was lost, that is tried again, alone."""
    waiting, again = iter(jobs), []
    running: dict[Future[bytes], Job] = {}
    while True:
        for job in islice(waiting, max(width() - len(running), 0)):
            running[submit(to_json(job))] = job
        if not running:
            break
        for future in wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED).done:
            job = running.pop(future)
            try:
                yield outcome(job, future)
            except Lost:
                again.append(job)
    for job in again:
        try:
            yield outcome(job, submit(to_json(job)))
        except Lost as error:
            yield Graded(job.student, problem=f"It could not be graded. {error}")


def outcome(job: Job, future: Future[bytes]) -> Graded:
    try:
        return graded_from(future.result())
    except (Lost, CancelledError):
        raise
    except Broken as error:
        return Graded(job.student, problem=f"It could not be graded because of a mistake in minigrad: {error}.")
    except Exception as error:  # of the engine that carried the job, such as Dask
        return Graded(job.student, problem=f"It could not be graded. {str(error).partition('. ')[0]}.")
