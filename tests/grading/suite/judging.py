"""Whether what came of a submission is fair; and the files beside it, which must not change meanwhile."""

import shutil
import socket
from contextlib import contextmanager

import nbformat

from minigrad.grading.record import Limits, Task
from suite import canary
from suite.assignment import NAME
from suite.notebooks import master_text

LIMITS = Limits(seconds=2.0, memory=512, disk=32)
TASK = Task("ps1", {NAME: master_text().encode()}, limits=LIMITS)


@contextmanager
def nothing_outside_changes():
    """Files beside the sandboxes, and a socket that anybody could connect to; in the end they are as they were."""
    shutil.rmtree(canary.PLACE, ignore_errors=True)
    for path, data in {canary.MASTER: master_text(), canary.GRADEBOOK: "marks", canary.OTHER: master_text()}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data)
        path.parent.chmod(0o777)
        path.chmod(0o666)
    before = contents()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(canary.SOCKET)
        listener.listen()
        listener.settimeout(0)
        yield
        assert is_waiting(listener), "somebody has connected"
    assert contents() == before
    shutil.rmtree(canary.PLACE)


def contents():
    return {path: path.read_bytes() for path in canary.PLACE.rglob("*") if path.is_file()}


def is_waiting(listener):
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return True
    return False


def assert_fair(submission, graded):
    verdicts = [verdict for notebook in graded.notebooks for verdict in notebook.verdicts]
    assert_fair_marks(submission, {verdict.name: verdict.points for verdict in verdicts}, reasons(graded))
    assert bool(graded.problem) == submission.told, graded.problem
    said = [graded.problem, *(note for notebook in graded.notebooks for note in notebook.notes)]
    assert any(said) or not submission.noted
    for notebook in graded.notebooks if not submission.missing else ():
        nbformat.validate(nbformat.reads(notebook.notebook, as_version=4))


def assert_fair_marks(submission, marks, why=""):
    unfair = {name: f"{marks.get(name)} and not {fair}" for name, fair in submission.marks.items()
              if not is_fair(marks.get(name), fair)}  # fmt: skip
    assert not unfair, (submission.title, unfair, why)
    assert set(marks) <= set(submission.marks), "a cell that is none of the assignment's"


def is_fair(points, fair):
    return points in fair if isinstance(fair, tuple) else points == fair


def reasons(graded):
    verdicts = [verdict for notebook in graded.notebooks for verdict in notebook.verdicts]
    return [graded.problem, {each.name: (each.reason, each.detail) for each in verdicts if each.points != each.most}]
