"""compare() finds the first step in which two backward passes part, and says in what."""

import html
import re
from dataclasses import replace

import pytest

import minigrad as torch
from minigrad.viz import compare, record, trace
from minigrad.viz.steps import LEAF, Passes, Step


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


def test_swapped_operands_are_told_by_the_names_of_the_leaves():
    assert reason(run(lambda w, b: w - b), run(lambda w, b: b - w)) == (
        "mine and reference part at sub: it sends 1.0 to w and -1.0 to b in mine, and -1.0 to w and 1.0 to b in "
        "reference."
    )
    assert compare(run(lambda w, b: w * b), run(lambda w, b: b * w)).agree
    assert compare(run(lambda w, b: w.sin() + b.exp()), run(lambda w, b: b.exp() + w.sin())).agree


def test_results_that_were_made_in_another_order_are_the_same():
    def product(first):
        p, q = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
        if first == "p":
            left = p * 2
            right = q * 3
            return trace(left * right, names={"p": p, "q": q, "left": left, "right": right})
        right = q * 3
        left = p * 2
        return trace(right * left, names={"p": p, "q": q, "left": left, "right": right})

    assert compare(product("p"), product("q")).agree


def test_operands_are_told_by_their_place_where_nothing_else_tells_them():
    """A recording has its boxes in the order in which they were made."""

    def difference(first, difference=lambda left, right: (left - right).backward()):
        def compute():
            p, q = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
            if first == "left":
                left = p.exp()
                right = q.exp()
            else:
                right = q.exp()
                left = p.exp()
            difference(left, right)

        with record() as seen:
            compute()
        return seen.trace()

    def two_outputs(left, right):
        torch.autograd.backward([left, right])

    assert compare(difference("left"), difference("right")).agree
    assert compare(difference("left", two_outputs), difference("right", two_outputs)).agree


def test_operands_that_are_swapped_in_every_layer_are_the_same():
    def net(shortcut_first):
        torch.manual_seed(0)
        h = torch.ones(2, 4, requires_grad=True)
        for _ in range(4):
            inner = torch.nn.Linear(4, 4)(h).relu()
            h = h + inner if shortcut_first else inner + h
        return trace(h.sum(), fold=False, names={})

    assert compare(net(True), net(False)).agree


def test_a_sum_is_compared_where_it_is_complete():
    """Gradients that are added in another order make other sums on the way."""
    one, other = run(lambda w, b: w.sin() + w.exp() * b), run(lambda w, b: w.exp() * b + w.sin())
    assert compare(one, other).agree
    steps = list(other.passes.steps)
    last = next(index for index, step in enumerate(steps) if step.node == "ExpBackward0")
    [sent] = steps[last].sent
    steps[last] = replace(steps[last], sent=(replace(sent, total=sent.fitted),))
    assert "the sum at w is then" in reason(one, Passes(other.passes.boxes, tuple(steps)))


def test_small_gradients_are_compared_by_their_own_size():
    assert reason(run(lambda w, b: w * 1e-8 * b), run(lambda w, b: w * -1e-8 * b)) == (
        "mine and reference part at mul: it sends 1.0 to the mul of step 4 and 2e-08 to b in mine, and 1.0 to the mul "
        "of step 4 and -2e-08 to b in reference."
    )


@pytest.mark.parametrize("norm", [torch.nn.BatchNorm1d, torch.nn.LayerNorm])
def test_what_is_left_of_terms_that_cancel_is_rounding(norm):
    """A bias before a batch norm has a gradient of 0, but for rounding: 1e-8 in float32 and 1e-17 in float64."""

    def run(dtype):
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(4, 8), norm(8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).to(dtype)
        x = torch.linspace(-1, 1, 64, dtype=torch.float64).reshape(16, 4).sin().to(dtype)
        return trace(torch.nn.functional.cross_entropy(net(x), torch.arange(16) % 3))

    assert compare(run(torch.float32), run(torch.float64)).agree


def test_arrays_that_look_alike_in_brief_are_told_by_a_number():
    def run(factors):
        w = torch.ones(len(factors), requires_grad=True)
        return trace((w * factors).sum(), names={"w": w})

    assert reason(run(torch.arange(9.0)), run(torch.arange(9.0).flip(0))) == (
        "mine and reference part at mul: what it sends to w is, at [0], 0 in mine, and 8 in reference."
    )
    assert reason(run(torch.tensor([1.0, 1.0004])), run(torch.ones(2))).endswith(
        "what it sends to w is, at [1], 1.0004 in mine, and 1 in reference."
    )


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        [x] = ctx.saved_tensors
        return 2 * x * grad


class Mistaken(Square):
    @staticmethod
    def backward(ctx, grad):
        [x] = ctx.saved_tensors
        return 3 * x * grad


def test_operations_in_the_same_place_are_compared_whatever_they_are_called():
    right, wrong = run(lambda w, b: Square.apply(w)), run(lambda w, b: Mistaken.apply(w))
    assert reason(right, wrong) == (
        "mine and reference part at Square (Mistaken in reference): it sends 4.0 to w in mine, and 6.0 to w in "
        "reference."
    )
    inside = run(lambda w, b: (Square.apply(w) * b + 1).sin()), run(lambda w, b: (Mistaken.apply(w) * b + 1).sin())
    assert "part at Square (Mistaken in reference): it sends " in reason(*inside)
    assert compare(right, run(lambda w, b: w * w)).agree, "2.0 and 2.0 to w are 4.0 to w"


def layers(cut=None, fold=None):
    torch.manual_seed(0)
    h = torch.ones(2, 4)
    for number in range(14):
        h = torch.tanh(torch.nn.Linear(4, 4)(h))
        h = h.detach() if number == cut else h
    return trace(h.sum(), fold=fold)


@pytest.mark.parametrize("fold", [None, False])
def test_a_cut_between_layers_that_are_all_alike_is_found_where_it_is(fold):
    """One of these graphs has 71 boxes, which are folded, and the other has fewer than 60."""
    for found in (compare(layers(fold=fold), layers(4, fold)), compare(layers(4, fold), layers(fold=fold))):
        above = 1 + 1 + 8 * 5 + 2  # the start and sum; tanh, addmm, t and two leaves in each layer; tanh and addmm
        assert found.steps == (above - 1, above - 1)
        assert re.search("part at addmm: beside what agrees, it sends .* to the tanh of step 48 in the", found.text)
        assert "nothing in the " in found.text
    assert compare(layers(fold=fold), layers(fold=fold)).agree


def test_a_large_graph_is_matched_unfolded_and_pictured_folded():
    found = compare(layers(), layers(4))
    assert [len(passes.boxes) > 60 for passes in found.passes] == [True, False]
    assert len(found.pictured[0].boxes) < 10 and found.pictured[1] is found.passes[1]
    assert found._repr_html_().count("<img ") == 2


def test_what_a_recording_saw_is_compared_with_a_trace():
    w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    with record() as seen:
        unused = (b * 5).detach() * 2
        (w * w + b).backward()
    assert compare(seen.trace(names={"w": w, "b": b, "unused": unused}), run(lambda w, b: b + w * w)).agree


def test_a_step_that_failed_is_a_difference():
    right = run(lambda w, b: w * 3).passes
    start, mul, _ = right.steps
    failed = Step(mul.kind, mul.box, mul.node, mul.number, mul.gradient, error="ZeroDivisionError: division by zero")
    assert reason(Passes(right.boxes, (start, failed)), right) == (
        "mine and reference part at mul: it fails with ZeroDivisionError: division by zero in mine, and does not fail "
        "in reference."
    )


def test_what_is_sent_to_several_results_of_a_node_is_told_by_their_names():
    def run(swap):
        w = torch.arange(6.0).reshape(2, 3).requires_grad_()
        p, q = w.split(1)
        return trace(((q if swap else p).exp() * (p if swap else q)).sum(), names={"w": w, "p": p, "q": q})

    assert compare(run(False), run(False)).agree
    told = reason(run(False), run(True))
    assert re.search(r"it sends .* to exp and .* to q in mine, and .* to exp and .* to p in reference", told)


def test_every_output_of_a_node_is_compared():
    right = run(lambda w, b: w * 3).passes
    one, other = (
        Passes(right.boxes, tuple(replace(step, gradients=(step.gradient, last)) for step in right.steps))
        for last in (right.steps[0].gradient, None)
    )
    assert reason(one, other).endswith("the gradient that has arrived there is 1.0 in mine, and None in reference.")


def test_a_notebook_shows_both_pictures_and_the_reason():
    found = compare(run(lambda w, b: w * 3), run(lambda w, b: w * 4), ("<mine>", "reference"))
    shown = found._repr_html_()
    assert shown.count("<img ") == 2 and html.escape(found.text.splitlines()[0]) in shown
    assert all("step 2" in alt for alt in re.findall(r'alt="(.*?)"', shown))


def test_pictures_stand_side_by_side_in_the_same_scale():
    """No table, in which a notebook would give each its own scale and put the sentences to the right."""
    found = compare(run(lambda w, b: (w * 3).exp().sin().tanh() + b), run(lambda w, b: w * 3))
    shown = found._repr_html_()
    assert "<table" not in shown and "flex-wrap: wrap" in shown
    (width, share), (narrow, its_share) = re.findall(r'style="width: (\d+)px; max-width: ([\d.]+)%"', shown)
    assert float(share) == 100 and abs(float(its_share) - 100 * int(narrow) / int(width)) < 0.5


def test_it_is_saved_as_a_page_of_its_own(tmp_path):
    found = compare(run(lambda w, b: w * 3), run(lambda w, b: w * 4), ("<mine>", "reference"))
    found.save(tmp_path / "found.HTML")
    page = (tmp_path / "found.HTML").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "<title>&lt;mine&gt; and reference</title>" in page
    assert found._repr_html_() in page
    with pytest.raises(ValueError, match="ends in .html, not 'found.svg'"):
        found.save(tmp_path / "found.svg")


@pytest.mark.parametrize("labels", ["a", ("a",), ("a", "a"), ("a", "b", "c"), ("", "b"), None, 3])
def test_labels_are_two_different_names(labels):
    one = run(lambda w, b: w * 3)
    with pytest.raises(ValueError, match="labels must be two different names, such as .* got"):
        compare(one, one, labels)


@pytest.mark.parametrize("other", [3, None, "trace"])
def test_what_is_no_trace_is_refused(other):
    with pytest.raises(TypeError, match="compare.. needs two traces"):
        compare(run(lambda w, b: w * 3), other)


def test_an_empty_trace_is_refused():
    with pytest.raises(ValueError, match="no steps"):
        compare(run(lambda w, b: w * 3), Passes((), ()))
