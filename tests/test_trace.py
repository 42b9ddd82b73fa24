"""What trace() says of a backward pass is what the engine did: order, rules, sums, hooks, what was freed."""

import gc
import random
import threading
import weakref

import numpy as np
import pytest

import minigrad as torch
from minigrad.graph import seam
from minigrad.viz import record, trace
from minigrad.viz.steps import LEAF, NODE, START


def leaf(*values):
    return torch.tensor(values if len(values) > 1 else values[0], requires_grad=True)


def nodes(found):
    return [step.node for step in found.steps if step.kind == NODE]


def test_steps_are_in_the_order_in_which_nodes_run():
    w, b = leaf(2.0), leaf(1.0)
    found = trace((w * 3 + b).exp())
    assert [(step.kind, found.passes.boxes[step.box].name or step.node) for step in found.steps] == [
        (START, ""), (NODE, "ExpBackward0"), (NODE, "AddBackward0"), (LEAF, "b"), (NODE, "MulBackward0"),
        (LEAF, "w"),
    ]  # fmt: skip


def test_a_step_has_the_rule_the_numbers_and_what_is_sent():
    w, x = leaf(2.0), torch.tensor(3.0)
    y = w * x
    _, step, _ = trace(y).steps
    [sent] = step.sent
    assert (sent.input, sent.rule, sent.filled_in) == ("self", "grad * other", "1.0 * 3.0")
    assert (sent.gradient.item(), sent.fitted.item(), sent.total.item()) == (3.0, 3.0, 3.0)
    assert step.untracked == ("other",) and step.freed == ("other",)


def test_what_is_broadcast_is_summed_again():
    w, b = torch.ones(3, 2, requires_grad=True), leaf(1.0, 2.0)
    _, _, step, *_ = trace((w + b).sum()).steps
    to_w, to_b = step.sent
    assert to_w.gradient.shape == to_w.fitted.shape == (3, 2)
    assert to_b.gradient.shape == (3, 2) and to_b.fitted.tolist() == [3.0, 3.0]


def test_sums_grow_as_gradients_arrive():
    x = leaf(3.0)
    found = trace(x * x + x)
    assert [sent.total.item() for step in found.steps for sent in step.sent if sent.target == 0] == [1.0, 4.0, 7.0]


def test_a_leaf_has_its_grad_before_and_after():
    w = leaf(2.0)
    assert [(step.before, step.after.item()) for step in trace(w * 3).steps if step.kind == LEAF] == [(None, 3.0)]
    assert [(step.before.item(), step.after.item()) for step in trace(w * 5).steps if step.kind == LEAF] == [(3.0, 8.0)]


def test_several_outputs_each_start():
    w = leaf(2.0)
    found = trace([w * 2, w * 3], [torch.tensor(1.0), torch.tensor(10.0)])
    assert [step.gradient.item() for step in found.steps if step.kind == START] == [1.0, 10.0]
    assert w.grad.item() == 32.0


def test_a_vector_needs_and_takes_its_gradient():
    w = leaf(1.0, 2.0)
    trace(w * w, torch.tensor([1.0, 10.0]))
    assert w.grad.tolist() == [2.0, 40.0]


def test_nothing_is_said_to_be_freed_that_was_kept():
    w = leaf(2.0)
    y = w * w
    assert all(step.freed == () for step in trace(y, retain_graph=True).steps)
    assert [step.freed for step in trace(y).steps if step.kind == NODE] == [("other", "self")]


def test_with_inputs_only_what_leads_to_them_runs():
    w, b = leaf(2.0), leaf(1.0)
    found = trace(w.exp() * b.exp(), inputs=[w])
    assert nodes(found) == ["MulBackward0", "ExpBackward0"] and b.grad is None


def double(grad):
    return grad * 2


def test_hooks_are_told_with_what_they_changed():
    w = leaf(2.0)
    y = w * 3
    y.register_hook(double)
    y.grad_fn.register_prehook(lambda gradients: (gradients[0] + 1,))
    y.grad_fn.register_hook(lambda results, gradients: (results[0] * 10, None))
    w.register_hook(double)
    w.register_post_accumulate_grad_hook(lambda w: None)
    found = trace(y)
    told = [(hook.kind, hook.name, hook.before and hook.before.item(), hook.after and hook.after.item())
            for step in found.steps for hook in step.hooks]
    assert told == [
        ("tensor hook", "double", 1.0, 2.0),
        ("prehook", "<lambda>", 2.0, 3.0),
        ("hook", "<lambda>", 9.0, 90.0),
        ("tensor hook", "double", 90.0, 180.0),
        ("post-accumulate hook", "<lambda>", 180.0, 180.0),
    ]
    assert w.grad.item() == 180.0


def test_the_pass_that_made_a_gradient_can_itself_be_differentiated_in_steps():
    x = leaf(2.0)
    (g,) = torch.autograd.grad(x**4, x, create_graph=True)
    found = trace(g)
    assert x.grad.item() == 48.0 and found.steps[-1].after.item() == 48.0


def test_a_pass_that_is_recorded_leaves_its_graph():
    x = leaf(2.0)
    with pytest.warns(UserWarning, match="reference cycle"):
        trace(x**3, create_graph=True)
    assert x.grad.grad_fn is not None and x.grad.item() == 12.0
    x.grad = None


def test_a_node_with_several_outputs():
    x = leaf(1.0, 2.0)
    a, b = x.unbind()
    found = trace(a * 2 + b * 3)
    [step] = [step for step in found.steps if step.node == "UnbindBackward0"]
    assert x.grad.tolist() == [2.0, 3.0] and step.sent[0].fitted.tolist() == [2.0, 3.0]


def test_a_users_function_is_a_step_too():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x**2

    x = leaf(2.0)
    _, step, last = trace(Cube.apply(x)).steps
    assert step.node == "CubeBackward" and step.sent[0].fitted.item() == last.after.item() == 12.0


def test_a_pass_inside_a_hook_has_a_number_of_its_own():
    w, v = leaf(2.0), leaf(5.0)
    with record() as r:
        y, inner = w * 3, v * v
        y.register_hook(lambda grad: inner.backward())
        y.backward()
    assert [step.number for step in r.trace().steps] == [1, 2, 2, 2, 1, 1]
    assert v.grad.item() == 10.0 and w.grad.item() == 3.0


def test_other_threads_are_not_watched():
    w = leaf(2.0)
    y = w * 3

    def elsewhere(grad):
        thread = threading.Thread(target=lambda: (leaf(1.0) * 2).backward())
        thread.start()
        thread.join()

    y.register_hook(elsewhere)
    assert [step.number for step in trace(y).steps] == [1, 1, 1]


# The numbers are the engine's


UNARY = [torch.tanh, torch.exp, torch.sin, lambda x: x.sum(-1, keepdim=True), lambda x: x * 2, lambda x: x[..., :1]]
BINARY = [torch.mul, torch.add, torch.sub, torch.maximum, lambda x, y: torch.where(x > y, x, y * 3)]
SHAPES = [(), (3,), (1,), (2, 3), (2, 1)]


def random_result(seed):
    """Something computed from a few leaves, with values used often, broadcast, cut and joined."""
    chance = random.Random(seed)
    numbers = np.random.default_rng(seed)
    leaves = [torch.tensor(numbers.normal(0, 0.5, chance.choice(SHAPES)), requires_grad=True) for _ in range(3)]
    values = list(leaves)
    for _ in range(chance.randint(1, 14)):
        if chance.random() < 0.4:
            x = chance.choice(values)
            values.append(chance.choice(UNARY if x.dim() else UNARY[:3])(x))
        else:
            values.append(chance.choice(BINARY)(chance.choice(values), chance.choice(values)))
    return leaves, sum(value.sum() for value in values[-3:])


@pytest.mark.parametrize("seed", range(150))
def test_the_steps_add_up_to_what_backward_computes(seed):
    plain, loss = random_result(seed)
    loss.backward()
    traced, loss = random_result(seed)
    found = trace(loss)
    assert [w.grad is None for w in plain] == [w.grad is None for w in traced]
    for one, other in zip(plain, traced):
        assert one.grad is None or one.grad.tolist() == other.grad.tolist()

    ends = {step.box: step for step in found.steps if step.kind == LEAF}
    assert sorted(str(step.after) for step in ends.values()) == sorted(
        str(w.grad.numpy()) for w in traced if w.grad is not None
    )
    sums = {}
    for step in found.steps:
        if step.kind == START:
            sums[step.box] = step.gradient
            continue
        assert np.array_equal(step.gradient, sums[step.box]), "a node got something else than the sum of what was sent"
        for sent in step.sent:
            sums[sent.target] = sums.get(sent.target, 0) + sent.fitted
            assert np.allclose(sums[sent.target], sent.total, rtol=1e-12)
            sums[sent.target] = sent.total


def test_a_trace_leaves_no_observer_and_keeps_no_graph():
    def traced():
        leaves, loss = random_result(7)
        return trace(loss), weakref.ref(loss)

    gc.disable()
    try:
        found, loss = traced()
        assert loss() is None and len(found.steps) > 3
    finally:
        gc.enable()
    assert (seam.made, seam.computed, seam.around, seam.sent, seam.hooked, seam.changed) == (None,) * 6


def test_a_pass_that_fails_leaves_nothing_behind():
    w = leaf(2.0)
    y = w * 3
    y.register_hook(lambda grad: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trace(y)
    assert seam.around is None


# What cannot be traced


def freed():
    y = leaf(2.0).exp()
    y.backward()
    return y


def long_chain():
    y = leaf(2.0)
    for _ in range(100_000):
        y = y + 1
    return y


@pytest.mark.parametrize(
    "output, error, message",
    [
        (lambda: 3.0, TypeError, "trace.. needs a tensor, the result of a computation; got float"),
        (lambda: leaf(2.0), ValueError, "is a leaf"),
        (lambda: torch.ones(2) * 2, ValueError, "has no graph"),
        (lambda: [], ValueError, "needs at least one tensor"),
        (lambda: leaf(1.0, 2.0) * 2, ValueError, r"of shape \(2,\) needs .* gradient=v, a tensor of that shape"),
        (freed, RuntimeError, "freed by an earlier backward pass: compute the result again"),
        (long_chain, ValueError, "nodes, too many"),
    ],
    ids=["number", "leaf", "untracked", "nothing", "vector", "freed", "long"],
)
def test_what_cannot_be_traced_is_refused_in_one_sentence(output, error, message):
    with pytest.raises(error, match=message) as caught:
        trace(output())
    assert "\n" not in str(caught.value)


def test_a_graph_that_saved_nothing_can_be_traced_twice():
    w = leaf(2.0)
    y = w + 1
    trace(y)
    trace(y)
    assert w.grad.item() == 2.0
