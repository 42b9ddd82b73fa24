"""compare() finds the first step in which two backward passes part, and says in what."""

import html
import re
from dataclasses import replace

import pytest

import minigrad as torch
from minigrad.viz import compare, trace
from minigrad.viz.steps import LEAF, Passes


def run(program):
    w = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    return trace(program(w, b), names={"w": w, "b": b})


def reason(one, other):
    return compare(one, other, labels=("mine", "reference")).text.splitlines()[0]


def test_equal_passes_agree():
    found = compare(run(lambda w, b: w * w + b), run(lambda w, b: w * w + b))
    assert found.agree and found.steps is None
    assert found.text == "the first and the second agree in all 5 steps."


def test_a_cut_is_found_where_it_is():
    found = compare(run(lambda w, b: w * w + b), run(lambda w, b: w * w.detach() + b), ("mine", "reference"))
    assert found.steps == (3, 3)
    assert found.text.startswith("mine and reference part at mul: it sends 2.0 to w and 2.0 to w in mine, and 2.0 to w")


def test_another_number_is_found_where_it_first_matters():
    assert reason(run(lambda w, b: w * 3 + b), run(lambda w, b: w * 4 + b)) == (
        "mine and reference part at mul: it sends 3.0 to w in mine, and 4.0 to w in reference."
    )


def test_an_operation_that_only_one_runs():
    with_exp, without = (lambda w, b: ((w * 3).exp() + b)), (lambda w, b: w * 3 + b)
    assert reason(run(with_exp), run(without)) == (
        "mine and reference part at add: it sends 1.0 to exp and 1.0 to b in mine, and 1.0 to mul and 1.0 to b in "
        "reference."
    )
    right = run(lambda w, b: (w * 3).exp()).passes
    assert reason(right, Passes(right.boxes, right.steps[:2])) == (
        "mine and reference part at mul: only mine runs it."
    )
    assert reason(Passes(right.boxes, right.steps[:2]), right) == (
        "mine and reference part at mul: only reference runs it."
    )


def test_another_start():
    assert reason(run(lambda w, b: (w * 3).exp()), run(lambda w, b: w * 3)) == (
        "mine and reference part at the start: it is at exp in mine, and mul in reference."
    )


def test_a_sum_that_was_overwritten():
    """What an engine does that writes `grad = ...` where it should write `grad = grad + ...`."""
    right = run(lambda w, b: w * w).passes
    steps = []
    for step in right.steps:
        sent = tuple(replace(each, total=each.fitted) for each in step.sent)
        wrong = {"gradient": right.steps[1].sent[-1].fitted} if step.kind == LEAF else {}
        steps.append(replace(step, sent=sent, **wrong))
    assert reason(Passes(right.boxes, tuple(steps)), right) == (
        "mine and reference part at mul: what it sends is the same, but the sum at w is then 2.0 in mine, "
        "and 4.0 in reference."
    )


def test_what_was_in_grad_before_counts_last():
    w = torch.tensor(2.0, requires_grad=True)
    first, second = trace(w * 3), trace(w * 3)
    assert reason(first, second) == (
        "mine and reference part at w: its .grad was None in mine, and 3.0 in reference."
    )
    assert "part at mul" in reason(first, trace(w * 4))


def test_another_order_is_no_difference():
    right = run(lambda w, b: w.exp() * b.exp()).passes
    start, mul, exp_b, b, exp_w, w = right.steps
    assert compare(Passes(right.boxes, (start, mul, exp_w, w, exp_b, b)), right).agree


def test_rounding_is_no_difference():
    right = run(lambda w, b: w * 3).passes
    start, mul, end = right.steps
    nearly = replace(end, gradient=end.gradient * (1 + 1e-6), after=end.after * (1 + 1e-6))
    assert compare(Passes(right.boxes, (start, mul, nearly)), right).agree


def test_a_notebook_shows_both_pictures_and_the_reason():
    found = compare(run(lambda w, b: w * 3), run(lambda w, b: w * 4), ("<mine>", "reference"))
    shown = found._repr_html_()
    assert shown.count("<img ") == 2 and html.escape(found.text.splitlines()[0]) in shown
    assert all("step 2" in alt for alt in re.findall(r'alt="(.*?)"', shown))


@pytest.mark.parametrize("other", [3, None, "trace"])
def test_what_is_no_trace_is_refused(other):
    with pytest.raises(TypeError, match="compare.. needs two traces"):
        compare(run(lambda w, b: w * 3), other)


def test_an_empty_trace_is_refused():
    with pytest.raises(ValueError, match="no steps"):
        compare(run(lambda w, b: w * 3), Passes((), ()))
