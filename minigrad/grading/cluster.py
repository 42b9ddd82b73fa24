"""The same work over a running Dask cluster, whose workers need neither the gradebook nor a disk that they share."""

import asyncio
import json
import logging
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from minigrad.grading.pool import Ready, graded
from minigrad.grading.record import Graded, Job, Task, to_json
from minigrad.grading.supervised import CannotGrade, Supervised

if TYPE_CHECKING:
    from distributed import Client

ANSWER_WITHIN = 10  # seconds, for the scheduler
WORKERS_WITHIN = 60  # seconds that a cluster may be without workers: some come and go
LOOK_EVERY = 5  # seconds, at how many workers there are
AS_HERE = ("python", "distributed", "minigrad-course", "numpy", "ipython")  # what marks and messages depend on


class Cluster:
    """Workers of a Dask cluster, as Pool has them. A job whose worker is lost is done by another: Dask sees to that."""

    def __init__(self, address: str, sandboxed: bool = True) -> None:
        self.address, self.sandboxed, self.run = address, sandboxed, uuid.uuid4().hex
        self.client = connected(address)
        self.threads, self.looked = 0, time.monotonic()
        try:
            check_versions(self.client)
        except BaseException:
            self.close()
            raise

    def prepare(self, task: Task) -> Ready:
        """Have one process on each worker get ready for an assignment, at the same time."""
        # The result of a task, for the scheduler can have that made again when all who held it are gone.
        self.task = self.client.submit(bytes, to_json(task), key=f"minigrad-assignment-{self.run}")
        ready = [self.client.submit(ready_here, self.run, self.task, self.sandboxed, workers=[worker], pure=False)
                 for worker in self.client.nthreads()]  # fmt: skip
        if not ready:
            raise CannotGrade(f"The Dask cluster at {self.address} has no workers: start some with `dask worker`.")
        return Ready(**json.loads(self.client.gather(ready)[-1]))

    def grade(self, jobs: Iterable[Job]) -> Iterator[Graded]:
        executor = self.client.get_executor(pure=False)
        try:
            yield from graded(jobs, lambda job: executor.submit(grade_here, self.run, self.task, self.sandboxed, job),
                              self.width)  # fmt: skip
        except (CancelledError, OSError):
            raise CannotGrade(f"The Dask scheduler at {self.address} is gone. What has been graded is kept: "
                              "run this again to go on.") from None  # fmt: skip

    def width(self) -> int:
        """Twice as many jobs as can be done at the same time: nobody waits for the next, and few are held in memory."""
        now = time.monotonic()
        if not self.threads or now > self.looked + LOOK_EVERY:
            self.threads = sum(self.client.nthreads().values())
            if not self.threads and now > self.looked + WORKERS_WITHIN:
                raise CannotGrade(f"The Dask cluster at {self.address} has no workers any more. What has been graded "
                                  "is kept: run this again to go on.")  # fmt: skip
            self.looked = now if self.threads else self.looked
        return max(2 * self.threads, 1)

    def close(self) -> None:
        with suppress(OSError):  # nobody may be there any more
            self.client.run(end_here, self.run, on_error="ignore")
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connected(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise CannotGrade("Grading on a cluster needs Dask: run "
                          f'{sys.executable} -m pip install "minigrad-course[cluster]".') from None
    for part in ("", ".client", ".core", ".comm.core"):  # what goes wrong is said in a sentence
        logging.getLogger(f"distributed{part}").setLevel(logging.CRITICAL)
    if not asyncio.run(is_scheduler(address)):
        raise CannotGrade(f"No Dask scheduler answers at {address or 'an empty address'}: give the address that "
                          "`dask scheduler` prints, such as tcp://10.0.0.5:8786.")  # fmt: skip
    return Client(address, timeout=ANSWER_WITHIN, set_as_default=False)


async def is_scheduler(address: str) -> bool:
    """Whether one answers: asked with little, for a Client that finds none takes long to go."""
    from distributed import rpc

    try:
        async with asyncio.timeout(ANSWER_WITHIN), rpc(address) as there:
            return (await there.identity())["type"] == "Scheduler"
    except Exception:  # of what may be behind an address, anything may come
        return False


def check_versions(client: "Client") -> None:
    told: Any = client.get_versions(packages=AS_HERE)
    here = told["client"]["packages"]
    for address, machine in told["workers"].items():
        for name in AS_HERE:
            if (there := machine["packages"].get(name)) != here[name]:
                raise CannotGrade(f"The Dask worker at {address} has {name} {there}, and this machine {here[name]}: "
                                  "marks could differ. Install the same versions everywhere.")  # fmt: skip


# What runs on the cluster's workers. Bytes come back from there, or an error of the grader's own: nothing of a
# student's is ever unpickled.

_workers: dict[str, Supervised] = {}  # by run of the command: one, for all threads of this process
_ended: set[str] = set()  # runs, of which Dask may do a task again that it has lost
_choosing = Lock()


def grade_here(run: str, task: bytes, sandboxed: bool, job: bytes) -> bytes:
    worker = worker_for(run, sandboxed)
    worker.prepare(task)
    return worker.grade(job)


def ready_here(run: str, task: bytes, sandboxed: bool) -> bytes:
    return json.dumps(worker_for(run, sandboxed).prepare(task)).encode()


def worker_for(run: str, sandboxed: bool) -> Supervised:
    with _choosing:
        if run in _ended:
            raise CannotGrade("The command that asked for this has ended.")
        if run not in _workers:
            _workers[run] = Supervised(sandboxed)
        return _workers[run]


def end_here(run: str) -> None:
    with _choosing:
        _ended.add(run)
        worker = _workers.pop(run, None)
    if worker:
        worker.close()
