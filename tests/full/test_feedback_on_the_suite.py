"""The pages for hostile, damaged and edited submissions: each can be made, and none holds a line of a hidden test."""

import html
import re

import nbformat
import pytest
from graders import OneByOne
from suite import SUBMISSIONS
from suite.notebooks import master_text
from suite.submission import attack

from minigrad.grading.feedback import Before
from minigrad.grading.feedback_page import Marks, page
from minigrad.grading.hidden import parted
from minigrad.grading.record import HIDDEN_TESTS, Job, Limits, Task
from minigrad.grading.scores import Score

TASK = Task("ps1", {"problem": master_text().encode()}, limits=Limits(seconds=2.0, memory=512, disk=32))
MASTER = nbformat.reads(master_text(), as_version=4)
HIDDEN = [parted(cell.source, [HIDDEN_TESTS])[1] or "" for cell in MASTER.cells]
SECRETS = {line.strip() for source in HIDDEN for line in source.splitlines() if len(line.strip()) > 12}
KEEPS = """
    seen = []
    class Keeps(Exception): pass
    def keep(*args, **kwargs):
        import sys
        seen.append(repr((args, kwargs)))
        print("kept", seen)
        display(HTML(f"<b>kept {seen}</b>"))
        raise Keeps(f"kept {seen}")
    from IPython.display import HTML, display
    """
CURIOUS = attack("Arguments of hidden tests are told later", KEEPS, answer="keep(*args)",
                 polynomial="print('kept', seen); raise ValueError(f'kept {seen}')")  # fmt: skip


@pytest.fixture(scope="module")
def grader():
    with OneByOne(TASK) as grader:
        yield grader


def pages_of(grader, submission):
    job = Job("student", submission.files())
    for marked in [marked for marked in grader.grade(job).notebooks if marked.notebook]:
        scores = {each.name: Score(each.points or 0.0, each.most, each.points is None, False, each.points)
                  for each in marked.verdicts}  # fmt: skip
        before = Before()
        for data in job.files.values():
            try:
                before.add(nbformat.v4.reads(data.decode()))
            except (ValueError, KeyError, AttributeError, TypeError):
                continue
        marks = Marks("ps1", marked.name, "student", scores, {}, {each.name: each for each in marked.verdicts},
                      notes=marked.notes, before=before.texts, cells_before=before.cells)  # fmt: skip
        yield page(nbformat.v4.reads(marked.notebook), marks)


def words(text):
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_there_is_something_to_be_kept_secret():
    assert len(SECRETS) > 10


@pytest.mark.parametrize("submission", [each for each in SUBMISSIONS if not each.slow and not each.supervised],
                         ids=lambda each: each.title)  # fmt: skip
def test_a_page_holds_no_line_of_a_hidden_test_and_nothing_that_runs(grader, submission):
    own = "\n".join(submission.answers.values())
    for text in pages_of(grader, submission):
        assert [line for line in SECRETS if line in words(text) and line not in own] == []
        assert not re.search(r"<(script|iframe|object|embed|form|meta http-equiv=.refresh)\b", text)


def test_what_hidden_tests_call_a_function_with_is_not_told_by_a_later_cell(grader):
    [text] = pages_of(grader, CURIOUS)
    assert "kept" in words(text), "the visible tests may be told of"
    for secret in ("1000.0", "1000.,"):
        assert secret not in words(text)
    assert "which is not shown here" in words(text)
