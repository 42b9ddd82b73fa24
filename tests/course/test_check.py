"""What a learner gets for an answer: points as a plain number, one sentence, and the belief behind it."""

import dataclasses
import time
from types import SimpleNamespace
from unittest.mock import ANY

import numpy as np
import pytest
from sample import SLOPE

import minigrad as torch
from minigrad.course import check, hint, progress, progress_file
from minigrad.course.exercise import find
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner
from minigrad.course.verdict import Correct, Incorrect, NotAttempted, Result, Uncheckable


def verdict(answer, seed=None):
    return judge(SLOPE, KernelRunner({"slope": answer}), seed)


def sentences(answer) -> list[str]:
    return [result.sentence for result in verdict(answer).results]


def right(f, x):
    return (f(x + 0.01) - f(x - 0.01)) / 0.02


def test_full_marks_are_an_int(slope, capsys):
    points = check("99.1", right)
    assert points == 3 and type(points) is int
    assert capsys.readouterr().out.startswith("✓ Exercise 99.1 · The slope <of> a function — correct")


def test_part_of_the_marks_is_a_plain_float(slope, capsys):
    def right_for_sin(f, x):
        return torch.cos(x)

    points = check("99.1", right_for_sin)
    assert points == 1.5 and type(points) is float


def test_points_have_two_decimals_and_never_reach_full_marks_by_rounding():
    results = (Result("", True), Result("", False), Result("", False))
    assert Incorrect(SLOPE, results).points == 1
    assert Incorrect(dataclasses.replace(SLOPE, points=2), results).points == 0.67
    assert Incorrect(SLOPE, (Result("", True),) * 999 + (Result("", False),)).points == 2.99


def test_the_notebooks_print_options_do_not_reach_the_card(slope, capsys):
    check("99.1", lambda f, x: f(x))
    usual = capsys.readouterr().out
    torch.set_printoptions(precision=1)
    try:
        check("99.1", lambda f, x: f(x))
    finally:
        torch.set_printoptions(profile="default")
    assert capsys.readouterr().out == usual


def test_an_untouched_stub_is_not_attempted(slope, capsys):
    def stub(f, x):
        raise NotImplementedError

    assert isinstance(verdict(stub), NotAttempted)
    assert check("99.1", stub) == 0
    assert "not attempted" in capsys.readouterr().out


def test_a_belief_is_named_and_no_other(slope):
    found = verdict(lambda f, x: f(x))
    assert isinstance(found, Incorrect) and found.held.belief == "flag-computes-now"
    assert verdict(lambda f, x: f(x) + 17).held is None


@pytest.mark.parametrize("seed", [None, 0, 1, 2**40])
def test_any_seed_gives_the_same_verdict(slope, seed):
    assert isinstance(verdict(right, seed), Correct)
    assert isinstance(verdict(lambda f, x: f(x), seed), Incorrect)


def test_a_seed_gives_other_inputs(slope):
    assert SLOPE.cases(1)[0].args != SLOPE.cases(2)[0].args


def test_each_wrong_sort_of_answer_is_told_in_one_sentence_that_names_the_input(slope):
    at = SLOPE.cases(SLOPE.seed)[1].args[1].values
    call = f"`slope(torch.sin, torch.tensor({at}))`"

    def loop(f, x):
        while True:
            pass

    assert sentences(lambda f, x: None)[1] == (
        f"{call} returned None; a tensor is expected. A function that ends without `return` returns None.")
    assert sentences(lambda f, x: [1])[1] == f"{call} returned a list; a tensor is expected."
    assert sentences(lambda f, x: 0.5)[1] == f"{call} returned a float; a tensor is expected."
    assert sentences(lambda f, x: np.ones(2))[1] == f"{call} returned a numpy array; a tensor is expected."
    assert sentences(lambda f, x: torch.ones(2))[1] == f"{call} returned a tensor of shape (2,); shape () is expected."
    assert sentences(lambda f, x: 1 / 0)[1].startswith(f"{call} raised ZeroDivisionError: division by zero")
    assert sentences(lambda x: x)[1].startswith(f"{call} raised TypeError")
    assert sentences(loop)[1] == f"{call} did not finish in time. Does a loop never end?"
    assert sentences(3)[1] == "`slope` should be a function; it is an int."


def test_an_unreadable_object_is_no_answer(slope):
    class Agrees:
        def __eq__(self, other):
            return True

        __hash__ = None

        def __repr__(self):
            raise RuntimeError

    found = verdict(lambda f, x: Agrees())
    assert found.points == 0 and "an object of type" in found.results[0].sentence


def test_an_argument_left_changed_is_told(slope):
    def changes(f, x):
        result = right(f, x)
        x.zero_()
        return result

    found = verdict(changes)
    assert [result.passed for result in found.results] == [True, False]
    assert found.results[1].differences[0].what == "argument 1 afterwards"


def test_calling_the_function_too_often_is_told(slope):
    def wasteful(f, x):
        f(x)
        return right(f, x)

    [difference] = verdict(wasteful).results[0].differences
    assert (difference.what, difference.expected, difference.got) == ("calls", "argument 0: 2", "argument 0: 3")


def test_a_broken_exercise_gives_no_marks_and_says_so(slope, monkeypatch, capsys):
    broken = dataclasses.replace(SLOPE, reference="def slope(f, x): return 1 / 0")
    found = judge(broken, KernelRunner({"slope": right}))
    assert isinstance(found, Uncheckable) and found.points == 0 and "not your fault" in found.reason


def test_a_check_of_a_broken_exercise_is_no_try(slope, monkeypatch, capsys):
    broken = dataclasses.replace(SLOPE, cases=lambda seed: [])
    monkeypatch.setattr("minigrad.course.exercise.registry", lambda: {SLOPE.id: broken})
    assert check("99.1", right) == 0
    assert "not your fault" in capsys.readouterr().out
    assert progress_file.rows()[0].state == "not attempted"


def test_nothing_reaches_stderr_and_prints_are_on_the_card(slope, capsys):
    def noisy(f, x):
        import sys
        import warnings

        print("to stdout")
        print("to stderr", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return f(x)

    check("99.1", noisy)
    out, err = capsys.readouterr()
    assert err == "" and "to stdout" in out and "to stderr" in out


def test_a_replaced_function_is_reported_and_not_used(slope, monkeypatch, capsys):
    monkeypatch.setattr(torch, "sin", lambda x: x)
    assert check("99.1", right) == 3
    assert "This notebook has replaced torch.sin; the check used minigrad's own." in capsys.readouterr().out


@pytest.mark.parametrize("owner, name", [(torch.Tensor, "sum"), (torch.autograd, "grad")])
def test_whatever_a_learner_can_reach_is_minigrads_own_while_checked(slope, monkeypatch, capsys, owner, name):
    own = getattr(owner, name)
    monkeypatch.setattr(owner, name, None)

    def answer(f, x):
        assert getattr(owner, name) is own
        return right(f, x)

    assert check("99.1", answer) == 3 and f".{name}; the check used minigrad's own." in capsys.readouterr().out


def test_a_replaced_function_does_not_make_a_wrong_answer_right(slope, monkeypatch):
    monkeypatch.setattr(torch.Tensor, "__sub__", lambda self, other: self)
    assert not isinstance(verdict(lambda f, x: f(x + 0.01) / 0.02), Correct)


def test_answers_may_be_named_and_must_fit(slope, capsys):
    assert check("99.1", slope=right) == 3
    for answers, named in (((), {}), ((right, right), {}), ((right,), {"slope": right}), ((), {"sloop": right})):
        with pytest.raises(TypeError, match=r'is checked with check\("99.1", slope\)'):
            check("99.1", *answers, **named)


def test_an_exercise_that_is_not_there_is_told_in_one_sentence(slope, capsys):
    for name, said in (("99.2", "99.2"), (9.9, "9.9"), ("", "without a number")):
        assert check(name, right) == 0 and hint(name) is None
        sentence = f"There is no exercise {said}. The exercises are 99.1 to 99.1.\n"
        assert capsys.readouterr().out == sentence * 2


@pytest.mark.parametrize("name", ["99.1", " 99.1 ", "99.01", 99.1])
def test_a_number_may_be_written_otherwise(slope, capsys, name):
    assert check(name, right) == 3


def test_a_number_that_may_mean_two_exercises_means_neither(monkeypatch):
    monkeypatch.setattr("minigrad.course.exercise.registry", lambda: {
        name: dataclasses.replace(SLOPE, id=name) for name in ("01.1", "01.3", "01.10")})
    assert find("1.1").id == "01.1" and find(1.3).id == "01.3"
    with pytest.raises(LookupError, match="There is no exercise 1.1. The exercises are 01.1 to 01.10."):
        find(1.1)


def test_the_same_answer_again_is_no_new_try(slope, capsys):
    for program in (lambda f, x: f(x), lambda f, x: f(x), right, right, lambda f, x: f(x)):
        check("99.1", program)
    assert progress_file.load()["99.1"].tries == 3


def test_a_damaged_record_of_progress_is_told_once(slope, capsys, tmp_path):
    (tmp_path / progress_file.NAME).write_text("{")
    check("99.1", right)
    assert f"was damaged, and is now {tmp_path / progress_file.NAME}.damaged-1" in capsys.readouterr().out
    check("99.1", right)
    assert "damaged" not in capsys.readouterr().out


@pytest.mark.parametrize("cell, success, told", [
    ("def slope(f, x:\n    return f(x)", False, True),
    ("slope = f", False, True),
    ("def slope(f, x):\n    return f(x)", True, False),
    ("slope(torch.sin, 1.0)", False, False),
    ("slopes = f", False, False),
])
def test_after_an_answer_that_did_not_run_it_is_told_that_an_earlier_one_was_checked(
    slope, monkeypatch, capsys, cell, success, told
):
    last = SimpleNamespace(success=success, info=SimpleNamespace(raw_cell=cell))
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(last_execution_result=last))
    assert check("99.1", right) == 3
    assert ("The cell of your answer ended in an error" in capsys.readouterr().out) == told


def test_a_check_is_noted_as_progress_and_a_hidden_one_is_not(slope, capsys):
    check("99.1", right, seed=7)
    assert progress_file.load() == {}
    check("99.1", lambda f, x: f(x))
    check("99.1", right)
    assert progress_file.load()["99.1"] == progress_file.Entry(
        best=3, last=3, tries=2, found=ANY, turn=2, held=("flag-computes-now",)
    )


def test_hints_come_one_after_the_other(slope, capsys):
    shown = []
    for _ in range(4):
        hint("99.1")
        shown.append(capsys.readouterr().out.splitlines()[1])
    assert shown == [*SLOPE.hints, SLOPE.hints[2]]


def test_progress_shows_the_points(slope, capsys):
    check("99.1", right)
    capsys.readouterr()
    progress()
    assert capsys.readouterr().out.splitlines() == [
        "Progress: 3 of 3 points", "    ✓ 99.1  The slope <of> a function — 3 of 3, solved",
        "Everything is solved."]


def test_progress_says_what_comes_next(slope, capsys):
    progress()
    assert capsys.readouterr().out.splitlines()[-1] == "Next: exercise 99.1, The slope <of> a function."


def test_an_answer_that_loops_costs_about_its_limit(slope):
    def loop(f, x):
        while True:
            pass

    start = time.monotonic()
    verdict(loop)
    assert time.monotonic() - start < 10  # no timing test: without the limit it would be for ever
