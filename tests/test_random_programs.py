"""Random programs of views, in-place changes and grad modes do in minigrad, step by step, what they do in PyTorch.

The database of operations covers each operation alone; what goes wrong between them (a view of a view whose base was
changed under no_grad after it was saved ...) nobody would think of, so it is drawn at random. Needs PyTorch.
"""

import random
import warnings

import numpy as np
import pytest

import minigrad

COMPUTE = {
    "exp": lambda x: x.exp(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "relu": lambda x: x.relu(),
    "neg": lambda x: -x,
    "sin": lambda x: x.sin(),
    "square": lambda x: x.square(),
    "clone": lambda x: x.clone(),
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(),
    "detach": lambda x: x.detach(),
    "sqrt": lambda x: (x.abs() + 0.5).sqrt(),
    "log": lambda x: (x.abs() + 0.5).log(),
}
COMBINE = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / (y * y + 1),
}
VIEW = {
    "first": lambda x: x[0],
    "rest": lambda x: x[1:],
    "every other": lambda x: x[..., ::2],
    "all": lambda x: x[...],
    "t": lambda x: x.t(),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "squeeze": lambda x: x.squeeze(0),
    "flatten": lambda x: x.flatten(),
    "expand": lambda x: x.expand(2, *x.shape),
    "view": lambda x: x.view(-1),
    "unbind": lambda x: x.unbind(0)[-1],
    "split": lambda x: x.split(1)[0],
    "reshape": lambda x: x.reshape(-1, 1),
}
CHANGE = {
    "exp_": lambda x: x.exp_(),
    "tanh_": lambda x: x.tanh_(),
    "sigmoid_": lambda x: x.sigmoid_(),
    "relu_": lambda x: x.relu_(),
    "neg_": lambda x: x.neg_(),
    "mul_": lambda x: x.mul_(2.0),
    "add_": lambda x: x.add_(1.0),
    "zero_": lambda x: x.zero_(),
    "fill_": lambda x: x.fill_(3.0),
}


def assign_first(x, y):
    x[0] = y


CHANGE_BY = {
    "add_": lambda x, y: x.add_(y),
    "mul_": lambda x, y: x.mul_(y),
    "copy_": lambda x, y: x.copy_(y),
    "x[0] =": assign_first,
}


def draw(seed):
    """A program: a list of (what, which of its kind, the tensors it works on, under no_grad)."""
    rng = random.Random(seed)
    program = []
    for _ in range(rng.randint(1, 3)):
        shape = rng.choice([(2, 3), (3,), (2, 2), (1, 3)])
        values = [round(rng.uniform(-2, 2), 2) for _ in range(int(np.prod(shape)))]
        program.append(("leaf", (values, shape, rng.random() < 0.7), (), False))
    made = len(program)
    for _ in range(rng.randint(3, 14)):
        what = rng.choices(
            ["compute", "combine", "view", "change", "change by", "flag", "retain"], [25, 20, 30, 10, 8, 3, 4]
        )[0]
        kinds = {"compute": COMPUTE, "combine": COMBINE, "view": VIEW, "change": CHANGE, "change by": CHANGE_BY}
        which = rng.choice(list(kinds[what])) if what in kinds else rng.random() < 0.7
        program.append((what, which, (rng.randrange(made), rng.randrange(made)), rng.random() < 0.12))
        made += what in ("compute", "combine", "view")
    program.append(("backward", None, (rng.randrange(max(0, made - 3), made),), False))
    return program


def do(torch, what, which, x, y):
    if what == "leaf":
        values, shape, tracked = which
        return torch.tensor(values).reshape(shape).clone().requires_grad_(tracked)
    if what in ("compute", "view"):
        return (COMPUTE if what == "compute" else VIEW)[which](x)
    if what == "combine":
        return COMBINE[which](x, y)
    if what == "change":
        CHANGE[which](x)
    if what == "change by":
        CHANGE_BY[which](x, y)
    if what == "flag":
        x.requires_grad_(which)
    if what == "retain":
        x.retain_grad()
    if what == "backward":
        (x * x).sum().backward(retain_graph=True)
    return None


def run(torch, program):
    """What each step said, and each tensor at the end."""
    tensors, said = [], []
    for what, which, places, untracked in program:
        x, y = (*(tensors[place] for place in places), None, None)[:2]
        try:
            with torch.set_grad_enabled(not untracked):
                result = do(torch, what, which, x, y)
            said.append("done")
        except Exception as error:
            result = x  # so that the later steps have something to work on
            said.append(f"{type(error).__name__}: {error}")
        if what in ("leaf", "compute", "combine", "view"):
            tensors.append(result)
    return said, [facts(tensor) for tensor in tensors]


def facts(tensor):
    try:
        node = None if tensor.grad_fn is None else tensor.grad_fn.name()
    except RuntimeError as error:
        node = f"RuntimeError: {error}"
    return {
        "shape": tuple(tensor.shape),
        "value": rounded(tensor),
        "requires_grad": tensor.requires_grad,
        "grad_fn": node,
        "version": tensor._version,
        "view": tensor._is_view(),
        "grad": None if node and node.startswith("RuntimeError") or tensor.grad is None else rounded(tensor.grad),
    }


def rounded(tensor):
    """Three digits: what is left when both libraries have rounded their own way."""
    values = np.asarray(tensor.detach().tolist(), float)
    with np.errstate(all="ignore"):
        digits = 2 - np.floor(np.log10(np.abs(values)))
    return [
        float(f"{v:.2e}") if np.isfinite(v) and np.isfinite(d) else str(v) for v, d in zip(values.flat, digits.flat)
    ]


def differences(seed, torch):
    program = draw(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # .grad of a non-leaf
        (said, ours), (expected, theirs) = run(minigrad, program), run(torch, program)
    found = [f"{step}: {a} instead of {b}" for step, a, b in zip(program, said, expected) if a != b]
    for number, (a, b) in enumerate(zip(ours, theirs)):
        found += [f"tensor {number} {key}: {a[key]} instead of {b[key]}" for key in a if not close(a[key], b[key])]
    return found


def close(a, b):
    if not isinstance(a, list) or not isinstance(b, list):
        return a == b
    return len(a) == len(b) and all(
        x == y or isinstance(x, float) and isinstance(y, float) and abs(x - y) <= 0.02 * abs(y) for x, y in zip(a, b)
    )


@pytest.mark.parametrize("start", range(0, 1000, 100))
def test_a_random_program_does_what_it_does_in_pytorch(start):
    torch = pytest.importorskip("torch", reason="needs torch")
    found = {seed: differences(seed, torch) for seed in range(start, start + 100)}
    assert {seed: what for seed, what in found.items() if what} == {}


def test_a_difference_would_be_seen():
    torch = pytest.importorskip("torch", reason="needs torch")

    class Wrong:
        def __getattr__(self, name):
            return getattr(torch, name)

        @staticmethod
        def set_grad_enabled(enabled):
            return torch.set_grad_enabled(True)  # no_grad does nothing

    assert any(differences(seed, Wrong()) for seed in range(100))
