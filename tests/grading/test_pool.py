"""The workers: each graded submission comes back once, whatever happens to the process that grades it."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from graders import given_out
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_cells import marked

from minigrad.grading import cluster, supervised
from minigrad.grading.pool import Pool, graded
from minigrad.grading.record import FAILED, PASSED, TOO_SLOW, Graded, Job, Limits, Task, job_from, to_json
from minigrad.grading.supervised import Broken, CannotGrade, Lost

# What the instructor's test does over an answer, outside of the sandbox, as a bad test of an instructor's may.
TEST = """
import os, time
if answer == "hang":
    sum(range(10**15))
if answer == "kill":
    os.kill(os.getppid(), 9)
    time.sleep(10)  # the system ends this process too, a little later
if answer == "crash":
    os.abort()
assert answer == 1
"""


def notebook(answer, test=TEST):
    cells = [marked(new_code_cell(f"answer = {answer!r}"), "answer", solution=True),
             marked(new_code_cell(test), "first", grade=True, locked=True, points=1),
             marked(new_code_cell("assert answer"), "second", grade=True, locked=True, points=2)]  # fmt: skip
    return nbformat.writes(new_notebook(cells=cells)).encode()


def job(student, answer=1):
    return Job(student, {"p.ipynb": notebook(answer)})


TASK = given_out(Task("ps", {"p": notebook(1)}, limits=Limits(seconds=1.0)))


def outcomes(result):
    return [verdict.kind for marked in result.notebooks for verdict in marked.verdicts]


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    monkeypatch.setattr(supervised, "GRACE", 0.2)


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as pool:
        pool.prepare(TASK)
        yield pool


def test_workers_tell_what_isolates_and_what_cannot_be_run(pool):
    ready = pool.prepare(TASK)
    assert "\n" not in ready.isolation and ready.isolation
    assert ready.unfit == {}


def test_each_submission_comes_back_once(pool):
    results = list(pool.grade(job(f"s{number}", number % 2) for number in range(12)))
    assert sorted(result.student for result in results) == sorted(f"s{number}" for number in range(12))
    for result in results:
        is_right = int(result.student[1:]) % 2
        assert outcomes(result) == ([PASSED, PASSED] if is_right else [FAILED, FAILED])


def test_a_submission_of_fifty_megabytes_is_graded_with_all_its_files(pool):
    large = Job("large", {**job("large").files, "data.bin": bytes(50_000_000), "more.bin": bytes(9_000_000)})
    assert [outcomes(result) for result in pool.grade([large])] == [[PASSED, PASSED]]


def test_a_test_that_hangs_costs_its_own_points_and_delays_nobody(pool):
    results = list(pool.grade([job("hangs", "hang"), *(job(f"s{number}") for number in range(6))]))
    until = time.monotonic() + 10
    while (left := list(Path(pool.worker.folder.name).iterdir())) and time.monotonic() < until:
        time.sleep(0.02)
    assert not left  # of what was ended nothing stays on the disk
    assert [result.student for result in results][-1] == "hangs"
    assert outcomes(results[-1]) == [TOO_SLOW, PASSED]
    assert all(outcomes(result) == [PASSED, PASSED] for result in results[:-1])


def test_a_worker_that_dies_is_replaced_and_the_others_are_graded(pool):
    results = {result.student: result for result in pool.grade([job("kills", "kill"), job("good"), job("fine")])}
    assert results["kills"].problem.startswith("It could not be graded.") and "killed" in results["kills"].problem
    assert outcomes(results["good"]) == outcomes(results["fine"]) == [PASSED, PASSED]


def test_a_test_that_crashes_python_costs_nobody_else_anything(pool):
    results = {result.student: result for result in pool.grade([job("crashes", "crash"), job("good"), job("fine")])}
    assert results["crashes"].problem == "It could not be graded. The process of its tests has ended: SIGABRT."
    assert outcomes(results["good"]) == outcomes(results["fine"]) == [PASSED, PASSED]


def test_a_worker_that_dies_between_two_submissions_costs_nothing(pool):
    pool.worker.process.kill()
    pool.worker.process.wait()
    assert [outcomes(result) for result in pool.grade([job("good"), job("fine")])] == [[PASSED, PASSED]] * 2


def test_a_mistake_of_the_grader_is_told_with_its_place(pool):
    with pytest.raises(Broken, match=r"JSONDecodeError: .* \(decoder\.py, line \d+\)"):
        pool.worker.grade(b"no job")
    assert [outcomes(result) for result in pool.grade([job("good"), job("fine")])] == [[PASSED, PASSED]] * 2


def test_a_master_whose_test_hangs_is_named_before_anybody_is_graded():
    hangs = given_out(replace(TASK, masters={"p": notebook("hang")}))
    with Pool(1) as pool, pytest.raises(CannotGrade, match="the cell p:first does not end"):
        pool.prepare(hangs)


def test_a_master_whose_test_crashes_python_is_told_so():
    crashes = given_out(replace(TASK, masters={"p": notebook("crash")}))
    with Pool(1) as pool, pytest.raises(CannotGrade, match=r"the assignment's own answers end it \(SIGABRT\)"):
        pool.prepare(crashes)


def test_on_a_cluster_nothing_is_started_for_a_command_that_has_ended():
    cluster.end_here("a command")
    with pytest.raises(CannotGrade, match="has ended"):
        cluster.worker_for("a command", sandboxed=False)


def processes_below(process):
    """Its children, their children and so on; not those that have ended and are only waiting to be asked for."""
    below = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(") ")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if state != "Z":
            below.setdefault(int(parent), []).append(int(path.parent.name))
    found, waiting = set(), [process]
    while waiting:
        children = below.get(waiting.pop(), [])
        found.update(children)
        waiting += children
    return found


def is_running(process):
    try:
        return Path("/proc", str(process), "stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


PROGRAM = """
import test_pool
from minigrad.grading.pool import Pool
with Pool(1) as pool:
    pool.prepare(test_pool.TASK)
    print("ready", flush=True)
    for _ in pool.grade(test_pool.job(str(number), "hang") for number in range(10)):
        pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_however_it_is_stopped_it_leaves_nothing_behind(how):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL) as running:  # fmt: skip
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.2)  # so that submissions are under way
        started = processes_below(running.pid)
        assert len(started) >= 3  # the worker, its copy, what makes its sandboxes
        running.send_signal(how)
        running.wait(10)
    deadline = time.monotonic() + 10
    while (left := [process for process in started if is_running(process)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


# How jobs flow, without any process.

def answered(result=None, error=None):
    future = Future()
    if error:
        future.set_exception(error)
    else:
        future.set_result(to_json(result))
    return future


def test_jobs_are_read_as_they_are_needed():
    read = []

    def jobs():
        for number in range(100):
            read.append(number)
            yield Job(str(number), {})

    results = graded(jobs(), lambda job: answered(Graded("x")), lambda: 4)
    next(results)
    assert len(read) == 4


def test_a_submission_over_which_a_worker_was_lost_is_tried_again_when_the_others_are_done():
    tried = []

    def submit(data):
        student = job_from(data).student
        tried.append(student)
        return answered(error=Lost("It is gone.")) if student == "bad" else answered(Graded(student))

    results = list(graded([Job("bad", {}), Job("a", {}), Job("b", {})], submit, lambda: 1))
    assert tried == ["bad", "a", "b", "bad"]
    assert results == [Graded("a"), Graded("b"), Graded("bad", problem="It could not be graded. It is gone.")]


def test_an_engine_that_fails_over_a_submission_does_not_stop_the_others():
    answers = iter([answered(error=RuntimeError("Four workers died. There is more")), answered(Graded("b"))])
    results = list(graded([Job("a", {}), Job("b", {})], lambda job: next(answers), lambda: 1))
    assert results == [Graded("a", problem="It could not be graded. Four workers died."), Graded("b")]
