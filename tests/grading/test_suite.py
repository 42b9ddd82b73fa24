"""Our own suite of hostile, damaged, edited and honest submissions: each gets the marks that are fair."""

import json
import os
import shutil
import socket

import nbformat
import pytest
from minigrad.grading.record import Job, Limits, Task
from minigrad.grading.worker import Grader
from suite import SUBMISSIONS, canary
from suite.notebooks import master_text

TASK = Task("ps1", {"problem": master_text().encode()}, limits=Limits(seconds=2.0, memory=512, disk=32))
QUICK = [each for each in SUBMISSIONS if not each.slow and not each.supervised]


@pytest.fixture(scope="module")
def beside():
    """Files beside the sandboxes, and a socket that anybody could connect to; in the end they are as they were."""
    shutil.rmtree(canary.PLACE, ignore_errors=True)
    for path, data in {canary.MASTER: master_text(), canary.GRADEBOOK: "marks", canary.OTHER: master_text()}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(data)
    files = {path: path.read_bytes() for path in canary.PLACE.rglob("*") if path.is_file()}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(canary.SOCKET)
        listener.listen()
        listener.settimeout(0)
        yield
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert {path: path.read_bytes() for path in canary.PLACE.rglob("*") if path.is_file()} == files
    shutil.rmtree(canary.PLACE)


@pytest.fixture(scope="module")
def grader(beside):
    grader = Grader(TASK)
    yield grader
    grader.close()


def test_titles_are_unique():
    titles = [each.title for each in SUBMISSIONS]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("submission", QUICK, ids=lambda each: each.title)
def test_marks_are_fair(grader, submission):
    graded = grader.grade(Job("student", submission.files()))
    assert_fair(submission, graded)


def assert_fair(submission, graded):
    marks = {verdict.name: verdict.points for notebook in graded.notebooks for verdict in notebook.verdicts}
    unfair = {name: (marks.get(name), fair) for name, fair in submission.marks.items() if not is_fair(marks.get(name), fair)}
    assert not unfair, (unfair, graded.problem, reasons(graded))
    assert set(marks) <= set(submission.marks)
    assert bool(graded.problem) == submission.told, graded.problem
    said = [graded.problem, *(note for notebook in graded.notebooks for note in notebook.notes)]
    assert any(said) or not submission.noted
    for notebook in graded.notebooks:
        nbformat.validate(nbformat.reads(notebook.notebook, as_version=4))
        assert json.loads(notebook.notebook)["nbformat"] == 4


def is_fair(points, fair):
    return points in fair if isinstance(fair, tuple) else points == fair


def reasons(graded):
    return {verdict.name: (verdict.reason, verdict.detail) for notebook in graded.notebooks for verdict in notebook.verdicts
            if verdict.points != verdict.most}  # fmt: skip
