"""All answers to all ways to write a test cell get the marks that they get where everything runs in one process."""


import pytest
from styles import STYLES
from styles.grading import Together, assert_as_in_one_process

ANSWERS = [pytest.param(style, place, id=f"{style.title}-{place}") for style in STYLES
           for place in range(len(style.programs()))]  # fmt: skip


@pytest.fixture(scope="module")
def together():
    together = Together(STYLES)
    yield together
    together.grader.pool.close()


@pytest.mark.parametrize("style, place", ANSWERS)
def test_marks_are_those_of_one_process(together, style, place):
    assert_as_in_one_process(together, style, place)
