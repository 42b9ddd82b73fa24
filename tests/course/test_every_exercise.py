"""Whatever stands in place of an answer, each exercise says in a sentence what is wrong, and leaves no trace."""

import random
import re

import numpy as np
import pytest

import minigrad as torch
from minigrad.course.exercise import registry
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner
from minigrad.course.verdict import Incorrect, NotAttempted


def raises(*args, **kwargs):
    raise ValueError("no idea")


def loops(*args, **kwargs):
    while True:
        pass


def gives_none(*args, **kwargs):
    return None


def gives_text(*args, **kwargs):
    return "no idea"


def gives_another_shape(*args, **kwargs):
    return torch.zeros(7, 5, 3)


FUNCTIONS = {
    raises: "raised ValueError: no idea",
    loops: "did not finish in time",
    gives_none: "None",
    gives_text: "a str",
    gives_another_shape: "returned a tensor",  # of shape (7, 5, 3); or: a tuple is expected
}


def is_called(exercise) -> bool:
    return any(case.args is not None for case in exercise.cases(exercise.seed))


def state():
    return repr(random.getstate()), repr(np.random.get_state()), torch.initial_seed(), torch.is_grad_enabled()


CALLED = {name: exercise for name, exercise in registry().items() if is_called(exercise)}
LOOKED_AT = {name: exercise for name, exercise in registry().items() if not is_called(exercise)}


@pytest.mark.parametrize("answer", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("exercise", CALLED.values(), ids=CALLED)
def test_a_function_that_is_no_answer(exercise, answer):
    before = state()
    verdict = judge(exercise, KernelRunner(dict.fromkeys(exercise.names, answer)))
    failed = [result for result in verdict.results if not result.passed]
    assert isinstance(verdict, Incorrect) and failed == list(verdict.results) and verdict.points == 0
    # What came is told; where the case goes on with it, what that raised; where a part of it is compared, the part.
    told = failed[0].sentence
    assert FUNCTIONS[answer] in told or re.search(r"` raised \w+Error", told) or failed[0].differences
    assert state() == before


@pytest.mark.parametrize("answer", [None, "no idea", 3, [], {}, torch.zeros(7)], ids=repr)
@pytest.mark.parametrize("exercise", LOOKED_AT.values(), ids=LOOKED_AT)
def test_a_value_that_is_no_answer(exercise, answer):
    before = state()
    verdict = judge(exercise, KernelRunner(dict.fromkeys(exercise.names, answer)))
    assert isinstance(verdict, (Incorrect, NotAttempted)) and verdict.points == 0
    assert all(result.sentence for result in verdict.results)
    assert state() == before
