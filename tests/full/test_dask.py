"""Grading on a Dask cluster: a real scheduler and two workers, each a process, of which one is killed half-way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from graders import given_out
from test_pool import TASK, is_running, job, notebook, outcomes, processes_below

from minigrad.grading.cluster import Cluster
from minigrad.grading.pool import Pool
from minigrad.grading.record import PASSED, TOO_SLOW, to_json
from minigrad.grading.supervised import CannotGrade

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # Dask's own are not ours to mend


@contextmanager
def dask(folder, *arguments):
    """A program of Dask's, once it is ready; with the address of the scheduler."""
    path = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:], "--no-dashboard"]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
    try:
        told = (re.search(r"(?:Scheduler at|Registered to):\s+(tcp://\S+)", line) for line in process.stderr)
        process.address = next(filter(None, told))[1]
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def cluster(tmp_path):
    """The scheduler and two workers, which share no folder with each other."""
    with ExitStack() as stack:
        scheduler = stack.enter_context(dask(tmp_path, "scheduler", "--host", "127.0.0.1", "--port", "0"))
        workers = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            workers.append(stack.enter_context(
                dask(tmp_path / name, "worker", scheduler.address, "--no-nanny", "--nthreads", "1")))
        yield scheduler, workers


def test_marks_are_the_same_as_on_this_machine_although_a_worker_is_lost(cluster):
    scheduler, (first, second) = cluster
    jobs = [job(f"s{number:02}", "hang" if number == 7 else number % 3) for number in range(40)]
    results = {}
    with Cluster(scheduler.address) as workers:
        ready = workers.prepare(TASK)
        started = processes_below(first.pid) | processes_below(second.pid)
        assert len(started) >= 4  # on each a worker of ours, and what makes its sandboxes
        for result in workers.grade(jobs):
            assert result.student not in results
            results[result.student] = result
            if len(results) == 20:
                first.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while any(map(is_running, started)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, started))
    with Pool(1) as pool:
        assert pool.prepare(TASK) == ready
        here = {result.student: result for result in pool.grade(jobs)}
    assert results.keys() == here.keys()
    assert outcomes(results["s07"]) == [TOO_SLOW, PASSED]
    for student in here:
        assert verdicts(results[student]) == verdicts(here[student])


def verdicts(result):
    return [marked["verdicts"] for marked in json.loads(to_json(result))["notebooks"]]


def test_a_scheduler_that_goes_away_is_told(cluster):
    scheduler, _ = cluster
    with Cluster(scheduler.address) as workers:
        workers.prepare(TASK)
        with pytest.raises(CannotGrade, match="The Dask scheduler at .* is gone. What has been graded is kept"):
            for _ in workers.grade(job(str(number)) for number in range(1000)):
                scheduler.kill()


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:1", ""])
def test_an_address_where_no_scheduler_is_is_told(address):
    with pytest.raises(CannotGrade, match="No Dask scheduler answers at .*: give the address that"):
        Cluster(address)


def test_a_cluster_without_workers_is_told(tmp_path):
    with dask(tmp_path, "scheduler", "--host", "127.0.0.1", "--port", "0") as scheduler:
        with Cluster(scheduler.address) as workers, pytest.raises(CannotGrade, match="has no workers: start some"):
            workers.prepare(TASK)


def test_another_version_on_a_worker_is_told(cluster, monkeypatch):
    scheduler, _ = cluster

    def other(client, packages):
        told = real(client, packages=packages)
        told["client"]["packages"]["numpy"] = "0.1"
        return told

    real = distributed.Client.get_versions
    monkeypatch.setattr(distributed.Client, "get_versions", other)
    with pytest.raises(CannotGrade, match=r"The Dask worker at tcp://\S+ has numpy \S+, and this machine 0\.1: marks"):
        Cluster(scheduler.address)


def test_what_a_test_hangs_on_is_named_before_anybody_is_graded(cluster):
    scheduler, _ = cluster
    with Cluster(scheduler.address) as workers, pytest.raises(CannotGrade, match="p:first does not end"):
        workers.prepare(given_out(replace(TASK, masters={"p": notebook("hang")})))
