"""record() shows what no graph holds: values, untracked data, cuts, modes, and the gradients that came or did not."""

import pytest

import minigrad as torch
from minigrad.graph import seam
from minigrad.viz import record
from minigrad.viz.steps import LEAF


def leaf(*values):
    return torch.tensor(values if len(values) > 1 else values[0], requires_grad=True)


def rows(r, **names):
    """The text of the picture as {name: the rest of its line}."""
    lines = r.draw(names=names).text.splitlines()[1:]
    return {line.split()[0]: " ".join(line.split()[1:]) for line in lines}


def test_untracked_data_and_values_between_are_shown():
    w, x = leaf(2.0), torch.tensor(3.0)
    with record() as r:
        y = (w * (x + 1)).exp()
    assert rows(r, w=w, x=x, y=y) == {
        "x": "data, not tracked shape () value 3.0",
        "#2": "add(x) shape () value 4.0 not tracked",
        "w": "leaf shape () value 2.0",
        "#4": "mul(w, #2) MulBackward0 shape () value 8.0",
        "y": "exp(#4) ExpBackward0 shape () value 2981.0",
    }


def test_a_cut_says_what_made_it():
    w = leaf(2.0)
    with record() as r:
        a = w * 3
        b = a.detach() * 2
        with torch.no_grad():
            c = a * 4
        with torch.inference_mode():
            d = a * 5
        e = a.data
    found = rows(r, w=w, a=a, b=b, c=c, d=d, e=e)
    assert found["a"] == "mul(w) MulBackward0 shape () value 6.0"
    assert found["#3"] == "detach(a) shape () value 6.0 detach: gradient stops"
    assert found["b"] == "mul(#3) shape () value 12.0 not tracked"
    assert found["c"] == "mul(a) shape () value 24.0 no_grad: gradient stops"
    assert found["d"] == "mul(a) shape () value 30.0 inference_mode: gradient stops"
    assert found["e"] == "data(a) shape () value 6.0 data: gradient stops"


def test_gradients_that_reach_nobody_are_said_to_be_missing():
    w, v = leaf(2.0), leaf(5.0)
    with record() as r:
        dead = v * 2
        y = w * 3
        y.backward()
    found = rows(r, w=w, v=v, y=y, dead=dead)
    assert found["v"].endswith("value 5.0 gradient none arrived grad None")
    assert found["dead"].endswith("value 10.0 gradient none arrived")
    assert found["y"].endswith("value 6.0 gradient 1.0")
    assert found["w"].endswith("value 2.0 gradient 3.0 grad 3.0")


def test_an_update_in_place_is_shown_with_the_gradient_it_used():
    w = leaf(2.0)
    with record() as r:
        (w * 3).backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
    lines = r.draw().text.splitlines()
    assert any(line.startswith("w.grad ") and "value 3.0" in line for line in lines)
    assert any("sub_(w, " in line and "value 0.5" in line and "no_grad: gradient stops" in line for line in lines)


def test_changes_of_a_view_are_part_of_the_history_of_its_base():
    w = leaf(1.0, 2.0, 3.0)
    with record() as r:
        c = w * 2
        c[0] = 5.0
        c[1:].mul_(10)
        s = c.sum()
        s.backward()
    found = rows(r, w=w, c=c, s=s)
    assert w.grad.tolist() == [0.0, 20.0, 20.0]
    assert found["s"].startswith("sum(c) SumBackward0")
    assert [line for line in r.draw().text.splitlines() if "CopySlices" in line][-1].split()[:5] == [
        "c", "mul_", "in", "part(c)", "torch::autograd::CopySlices"]  # fmt: skip


def test_what_ran_inside_a_function_is_not_shown():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x * x

    x = leaf(2.0)
    with record() as r:
        y = Cube.apply(x)
        y.backward()
    assert list(rows(r, x=x, y=y)) == ["x", "y"]
    assert rows(r, x=x, y=y)["y"] == "Cube(x) CubeBackward shape () value 8.0 gradient 1.0"


def test_what_was_only_looked_at_is_not_shown():
    w = leaf(2.0)
    with record() as r:
        y = w * 3
        assert (y > 2).item() and y.detach().numpy() == 6.0 and "6." in repr(y)
        (y * 2).mean().item()
    assert "detach" not in r.draw().text and "gt" not in r.draw().text


def test_values_are_those_of_the_moment():
    x = torch.tensor([1.0, 2.0])
    with record() as r:
        y = x * 2
        z = y + 1
        y.zero_()
    assert rows(r, x=x, z=z)["#2"].startswith("mul(x) shape (2,) value [2.0, 4.0]")


def test_several_backward_passes_are_one_trace():
    w = leaf(2.0)
    with record() as r:
        (w * 3).backward()
        (w * 5).backward()
    ends = [step for step in r.trace().steps if step.kind == LEAF]
    assert [(step.number, step.after.item()) for step in ends] == [(1, 3.0), (2, 8.0)]


def test_a_second_order_pass_is_traced_through_the_graph_of_the_first():
    x = leaf(2.0)
    with record() as r:
        (g,) = torch.autograd.grad(x**3, x, create_graph=True)
        g.backward()
    found = r.trace()
    assert {step.number for step in found.steps} == {1, 2}
    assert found.steps[-1].kind == LEAF and found.steps[-1].after.item() == x.grad.item() == 12.0
    assert "x has its whole gradient, 12.0, which autograd.grad hands to its caller; .grad stays None." in repr(found)


def test_what_was_computed_before_the_block_is_read_off_the_graph():
    w = leaf(2.0)
    h = w.exp()
    with record() as r:
        y = h * 2
        y.backward()
    assert list(rows(r, w=w, h=h, y=y)) == ["w", "h", "y"]
    assert [len(step.sent) for step in r.trace().steps] == [0, 1, 1, 0]


def test_passes_through_a_graph_from_before_the_block():
    w = leaf(2.0)
    y = w * w
    with record() as r:
        y.backward(retain_graph=True)
        y.backward()
    found = r.trace()
    assert [step.after.item() for step in found.steps if step.kind == LEAF] == [4.0, 8.0]
    assert [step.freed for step in found.steps if step.node == "MulBackward0"] == [(), ("other", "self")]


def test_a_model_is_recorded_with_its_parameters():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
    with record() as r:
        loss = model(torch.ones(4, 3)).pow(2).mean()
        loss.backward()
    text = r.draw().text
    assert "model.0.weight" in text and "parameter" in text and "addmm" in text
    assert r.trace().steps[-1].kind == LEAF


def test_nothing_watches_after_the_block_even_if_it_fails():
    with pytest.raises(ZeroDivisionError), record():
        1 / 0  # noqa: B018
    assert seam.computed is None and seam.around is None


def test_an_empty_recording_is_refused_in_one_sentence():
    with record() as r:
        pass
    with pytest.raises(ValueError, match="nothing to show was recorded"):
        r.draw()
    with pytest.raises(ValueError, match="no backward pass ran inside the with block"):
        r.trace()


def test_too_long_a_recording_is_refused_in_one_sentence():
    x = leaf(1.0)
    with record() as r:
        for _ in range(6000):
            x = x + 1
    with pytest.raises(ValueError, match="more than 5000 operations ran inside the with block"):
        r.draw()
