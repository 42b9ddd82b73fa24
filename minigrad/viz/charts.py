"""Curves of losses and sizes of gradients: what a training run looks like from outside, in words and as a chart."""

import math
from collections.abc import Iterable, Mapping
from numbers import Real
from statistics import median

from .names import is_tensor
from .numbers import norm, show_numbers
from .plots import MOST_BARS, MOST_LINES, bar_chart, cut, is_finite, line_chart
from .table import table

WIDE = 100  # sizes that differ by such a factor need a log axis
NO_GRADIENT = "no gradient arrived, or it was cleared"  # by zero_grad(); a leaf does not tell which


def loss_curve(losses, label="loss", log=None):
    """Draw the losses of a training run, one for each step from 0 on; several runs if they are a dict from name to run.

    A run is a list of numbers or of tensors with one element, or a tensor or an array with one axis. `label` names the
    y axis, which is logarithmic if `log`; if it is None, where a linear one would press a run flat, one whose median is
    a hundredth of the highest loss or less. Losses that are nan or inf are marked at the upper edge, those that a log
    axis has no place for at the lower edge. Returns a Drawing. Raises TypeError for anything else, ValueError for an
    empty run and more than 24 of them, ImportError without matplotlib.

    >>> from minigrad.viz import loss_curve
    >>> loss_curve([2.0, 0.5, 0.25, 1.0])
    Loss curve of 4 steps
          first  last  lowest
    loss    2.0   1.0    0.25  at step 2
    """
    if not isinstance(label, str):
        raise TypeError(f'label must be the name of the y axis, such as "loss"; got {type(label).__name__}')
    refuse_log(log)
    if isinstance(losses, Mapping):
        runs = {str(name): numbers_of(run, f"losses[{name!r}]") for name, run in losses.items()}
    else:
        runs = {label: numbers_of(losses, "losses")}
    refuse_too_many(runs, "runs", MOST_LINES)
    count = max(map(len, runs.values()))
    title = f"Loss curve of {count} step{'s' if count > 1 else ''}"
    return lines(title, runs, label, presses_flat(runs.values()) if log is None else log, "lowest", min)


def presses_flat(runs):
    """Whether a linear axis would show one of the runs as a straight line at its lower edge."""
    finite = [numbers for numbers in (list(filter(is_finite, run)) for run in runs) if numbers]
    if not finite or min(map(min, finite)) < 0:
        return False
    usual = [usual for usual in map(median, finite) if usual > 0]
    return bool(usual) and max(map(max, finite)) >= WIDE * min(usual)


def gradient_norms(parameters):
    """The norm of each parameter's .grad, None where it is None: {"weight": 1.5, "bias": None}.

    `parameters` are a Module, a dict from name to tensor, or (name, tensor) pairs. Collected after each backward pass
    in a list, these are a history for `gradient_sizes`.

    >>> import minigrad as torch
    >>> from minigrad.viz import gradient_norms
    >>> w, b = torch.tensor([3.0, 4.0], requires_grad=True), torch.tensor(0.0, requires_grad=True)
    >>> (w * w).sum().backward()
    >>> gradient_norms({"w": w, "b": b})
    {'w': 10.0, 'b': None}
    """
    return {name: size for name, (size, _) in sizes_of(parameters).items()}


def gradient_sizes(parameters, log=None):
    """Draw how large the gradients are: a bar for each parameter, or a line for each if given a history.

    `parameters` are a Module, a dict from name to tensor (or to a size), or (name, tensor) pairs; or a list of what
    `gradient_norms` returned after each backward pass. The size is the norm of .grad. A parameter without a gradient is
    told from one whose gradient is 0. The axis is logarithmic if `log`, or where sizes differ by a factor of 100 and
    more if it is None. Returns a Drawing. Raises TypeError for anything else, ValueError for no parameters and more
    than 60 (24 lines), ImportError without matplotlib.

    >>> import minigrad as torch
    >>> from minigrad.viz import gradient_sizes
    >>> w, b = torch.tensor([3.0, 4.0], requires_grad=True), torch.tensor(0.0, requires_grad=True)
    >>> (w * w).sum().backward()
    >>> gradient_sizes({"w": w, "b": b})
    Gradient sizes of 2 parameters: the norm of each .grad
    w  10.0
    b  None  no gradient arrived, or it was cleared
    """
    refuse_log(log)
    if isinstance(parameters, (list, tuple)) and parameters and all(isinstance(one, Mapping) for one in parameters):
        return gradient_history(parameters, log)
    sizes = sizes_of(parameters)
    refuse_too_many(sizes, "parameters", MOST_BARS)
    title = f"Gradient sizes of {len(sizes)} parameter{'s' if len(sizes) > 1 else ''}: the norm of each .grad"
    rows = [(name, show_numbers(size), note) for name, (size, note) in sizes.items()]
    text = "\n".join([title, *table(rows)])
    log = needs_log(size for size, _ in sizes.values()) if log is None else log
    return bar_chart(title, text, sizes, log)


def gradient_history(snapshots, log):
    histories: dict[str, list[float | None]] = {}
    for i, snapshot in enumerate(snapshots):
        for name, size in snapshot.items():
            size = None if size is None else number_of(size, f"snapshot {i}, {name!r}")
            histories.setdefault(str(name), [None] * i).append(size)
        for sizes in histories.values():
            sizes.extend([None] * (i + 1 - len(sizes)))  # a parameter that this snapshot does not have
    refuse_too_many(histories, "parameters", MOST_LINES)
    title = f"Gradient sizes of {len(histories)} parameter{'s' if len(histories) > 1 else ''} in {len(snapshots)} steps"
    every = [size for sizes in histories.values() for size in sizes]
    return lines(title, histories, "norm of .grad", needs_log(every) if log is None else log, "largest", max)


def lines(title, series, label, log, best, choose):
    names = [line_name(name, values, best, choose) for name, values in series.items()]
    return line_chart(title, describe(title, series, best, choose), series, names, label, log)


def needs_log(sizes):
    positive = [size for size in sizes if is_finite(size) and size > 0]
    return bool(positive) and max(positive) >= WIDE * min(positive)


# What comes in: minigrad's tensors, PyTorch's, arrays and numbers


def numbers_of(run, name):
    if hasattr(run, "tolist") and getattr(run, "ndim", 1) == 1:
        run = (run.detach() if hasattr(run, "detach") else run).tolist()
    if isinstance(run, (str, bytes, Mapping)) or not isinstance(run, Iterable) or getattr(run, "ndim", 1) != 1:
        raise TypeError(f"{name} must be a list of numbers, one for each step; got {type(run).__name__}")
    numbers = [number_of(loss, f"{name}[{step}]") for step, loss in enumerate(run)]
    if not numbers:
        raise ValueError(f"{name} is empty: there is nothing to draw before the first step")
    return numbers


def number_of(value, name):
    if hasattr(value, "item") and math.prod(getattr(value, "shape", ())) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        kind = type(value).__name__
        shape = f" of shape {tuple(value.shape)}" if is_tensor(value) else ""
        raise TypeError(f"{name} must be a number or a tensor with one element; got {kind}{shape}")
    return float(value)


def sizes_of(parameters):
    """{name: (size, what there is to say about it)}."""
    if hasattr(parameters, "named_parameters"):
        pairs = list(parameters.named_parameters())
    elif isinstance(parameters, Mapping):
        pairs = list(parameters.items())
    else:
        try:
            pairs = [(name, tensor) for name, tensor in parameters]
        except (TypeError, ValueError):
            pairs = [(None, None)]
    for name, _ in pairs:
        if not isinstance(name, str):
            raise TypeError(
                "this needs a Module, a dict from name to tensor, (name, tensor) pairs, or a list of what "
                f"gradient_norms() returned after each step; got {type(parameters).__name__}"
            )
    return {name: size_of(value, name) for name, value in pairs}


def size_of(value, name):
    if value is None:
        return None, "no gradient"
    if not is_tensor(value):
        return number_of(value, name), ""
    # Asking a result for a gradient that it does not retain is a warning in PyTorch.
    gradient = value.grad if value.is_leaf or value.retains_grad else None
    if gradient is not None:
        return norm(gradient), ""
    if not value.requires_grad:
        return None, "requires_grad is False"
    return None, NO_GRADIENT if value.is_leaf else "a result, which keeps no gradient"


def refuse_log(log):
    if not (log is None or isinstance(log, bool)):
        raise TypeError(f"log must be True, False, or None to decide by the numbers; got {log!r}")


def refuse_too_many(things, kind, most):
    if not things:
        raise ValueError(f"there is nothing to draw: no {kind} were given")
    if len(things) > most:
        raise ValueError(f"a chart has room for {most} {kind}, and {len(things)} were given: draw a part of them")


# What is said in words


def describe(title, series, best, choose):
    rows = [("", "first", "last", best, "")]
    for name, values in series.items():
        extreme, at = extreme_of(values, choose)
        rows.append((name, show_numbers(values[0]), show_numbers(values[-1]), extreme, at))
    notes = [f"{name}: {gap}" for name, values in series.items() for gap in gaps(values)]
    return "\n".join([title, *table(rows), *notes])


def extreme_of(values, choose):
    """The lowest or the highest number and where it stands first: ("0.25", "at step 2")."""
    finite = list(filter(is_finite, values))
    if not finite:
        return "", ""
    return show_numbers(choose(finite)), f"at step {values.index(choose(finite))}"


def line_name(name, values, best, choose):
    words = f"{cut(name)}: first {show_numbers(values[0])}, last {show_numbers(values[-1])}"
    return " ".join([f"{words}, {best}", *extreme_of(values, choose)]) if any(map(is_finite, values)) else words


def gaps(values):
    """A sentence for every kind of value that is no point of the line: "nan at 3 of 10 steps, first at step 7"."""
    for word in ("nan", "inf", "-inf", "None"):
        steps = [step for step, value in enumerate(values) if not is_finite(value) and show_numbers(value) == word]
        if steps:
            yield f"{word} at {len(steps)} of {len(values)} steps, first at step {steps[0]}"
