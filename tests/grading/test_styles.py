"""Test cells as instructors write them give the marks that they give where everything runs in one process.

The right and the first wrong answer to a part of them; tests/full has all answers to all.
"""

import os
import warnings

import pytest
from styles import PARTS, STYLES
from styles.grading import Together, assert_as_in_one_process
from styles.in_one_process import points

EVERY = 6
SOME = [style for part in PARTS for style in part.STYLES[::EVERY]]
ANSWERS = [pytest.param(style, place, id=f"{style.title}-{place}") for style in SOME
           for place in range(min(2, len(style.programs())))]  # fmt: skip


@pytest.fixture(scope="module")
def together():
    together = Together(SOME)
    yield together
    together.grader.pool.close()


def test_titles_are_unique():
    assert len({style.title for style in STYLES}) == len(STYLES) > 150


@pytest.mark.parametrize("style, place", ANSWERS)
def test_marks_are_those_of_one_process(together, style, place):
    assert_as_in_one_process(together, style, place)


@pytest.mark.parametrize("style", SOME, ids=lambda style: style.title)
def test_points_of_the_answers_are_those_of_one_process(style, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for program, earned in style.programs():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert points(style, program) == earned, program
        for name in os.listdir():
            os.remove(name)
