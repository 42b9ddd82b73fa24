"""Several workers grade at once: each submission goes to the next that is free, and what came of it comes back."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from itertools import islice
from queue import SimpleQueue
from typing import Self

from minigrad.grading.record import Graded, Job, Task, graded_from, to_json
from minigrad.grading.supervised import Broken, Lost, Supervised

LOOK_EVERY = 5.0  # seconds, at how many jobs there should be under way


class Pool:
    """Workers on this machine. `isolation` says what keeps students' code apart, `unfit` why cells cannot be run so."""

    def __init__(self, task: Task, jobs: int, sandboxed: bool = True) -> None:
        data = to_json(task)
        self.workers = [Supervised(data, sandboxed) for _ in range(jobs)]  # which get ready at the same time
        self.free: SimpleQueue[Supervised] = SimpleQueue()
        self.threads = ThreadPoolExecutor(jobs)
        try:
            for worker in self.workers:
                told = worker.ready()
                self.free.put(worker)
        except BaseException:
            self.close()
            raise
        self.isolation: str = told["isolation"]
        self.unfit: dict[str, str] = told["unfit"]

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
