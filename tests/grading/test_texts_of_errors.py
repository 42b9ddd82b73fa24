"""What a student's error says is asked of the student's class, which may refuse, or say what no file can hold."""

import json

import pytest
from graders import OneByOne
from sandboxes import needs_linux
from styles.notebooks import notebook
from styles.style import style

from minigrad.grading.record import FAILED, Job, Limits, Task

pytestmark = needs_linux
WARMTH = style("warmth", """
    class TooHot(Exception):
        def __str__(self):
            return "too hot"
    def check(degrees):
        if degrees > 40:
            raise TooHot
    """, """
    try:
        check(50)
    except TooHot as error:
        assert str(error) == "too hot"
    check(39)
    """)  # fmt: skip


@pytest.fixture(scope="module")
def grader():
    with OneByOne(Task("ps", {"p": notebook(WARMTH, WARMTH.answer)}, limits=Limits(seconds=5.0))) as grader:
        yield grader


@pytest.mark.parametrize("says, told", [
    ("raise ValueError('no text')", "TooHot: "),
    ("raise SystemExit(3)", "TooHot: "),
    ("return '\\ud800'", "TooHot: \ufffd"),
])  # fmt: skip
def test_whatever_it_says_the_test_has_failed_and_can_be_written_down(grader, says, told):
    program = f"""
class TooHot(Exception):
    def __str__(self):
        {says}
def check(degrees):
    print("\\ud800")
    if degrees < 40:
        raise TooHot
"""
    graded = grader.grade(Job("ada", {"p.ipynb": notebook(WARMTH, program)}))
    [marked] = graded.notebooks
    [verdict] = marked.verdicts
    assert (verdict.kind, verdict.points) == (FAILED, 0)
    assert verdict.detail.endswith(told)
    assert json.dumps(json.loads(marked.notebook), ensure_ascii=False).encode()


def test_a_warning_is_shown_with_the_students_line_and_nothing_of_the_grader(grader):
    program = """
import warnings
def check(degrees):
    warnings.warn(f"{degrees} is much", RuntimeWarning)
    return None
"""
    [marked] = grader.grade(Job("ada", {"p.ipynb": notebook(WARMTH, program)})).notebooks
    [shown] = [output["text"] for cell in json.loads(marked.notebook)["cells"] for output in cell.get("outputs", ())
               if output["output_type"] == "stream"]  # fmt: skip
    line = 'warnings.warn(f"{degrees} is much", RuntimeWarning)'
    assert [each.strip() for each in shown.splitlines()] == [
        "your code:4: RuntimeWarning: 50 is much", line, "your code:4: RuntimeWarning: 39 is much", line,
    ]


def test_who_asks_for_too_much_memory_is_told_how_much_there_is(grader):
    program = "import numpy\nclass TooHot(Exception): ...\ndef check(degrees):\n    numpy.ones(10**11)"
    [marked] = grader.grade(Job("ada", {"p.ipynb": notebook(WARMTH, program)})).notebooks
    said = "It asked for more than was left of the 1024 megabytes of memory that a submission may use."
    assert marked.notes == (said,) and "MemoryError" in marked.verdicts[0].detail
