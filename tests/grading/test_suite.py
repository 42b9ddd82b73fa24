"""Our own suite of hostile, damaged, edited and honest submissions: each gets the marks that are fair.

A part of it; tests/full has all of them go through the command.
"""

import pytest
from graders import OneByOne
from suite import PARTS, SUBMISSIONS
from suite.assignment import NAME, TESTS
from suite.judging import TASK, assert_fair, nothing_outside_changes

from minigrad.grading.record import Job

EVERY = 6
QUICK = [each for part in PARTS for each in
         [each for each in part.SUBMISSIONS if not each.slow and not each.supervised][::EVERY]]  # fmt: skip


@pytest.fixture(scope="module")
def grader():
    with nothing_outside_changes(), OneByOne(TASK) as grader:
        yield grader


def test_titles_are_unique():
    titles = [each.title for each in SUBMISSIONS]
    assert len(set(titles)) == len(titles) > 300


def test_every_test_of_the_assignment_can_be_run(grader):
    assert grader.unfit == {}


@pytest.mark.parametrize("submission", QUICK, ids=lambda each: each.title)
def test_marks_are_fair(grader, submission):
    assert_fair(submission, grader.grade(Job("student", submission.files())))


def test_an_unfair_mark_is_noticed(grader):
    right = next(each for each in SUBMISSIONS if each.title == "The right answers get full marks")
    wrong = next(each for each in SUBMISSIONS if each.title == "What was released, handed in as it is, earns nothing")
    graded = grader.grade(Job("student", wrong.files()))
    assert [verdict.name for verdict in graded.notebooks[0].verdicts if verdict.name in TESTS] == list(TESTS)
    assert graded.notebooks[0].name == NAME
    with pytest.raises(AssertionError, match="test_softmax"):
        assert_fair(right, graded)
