"""The front door: draw(loss) reads the graph behind a tensor and returns its picture."""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from .drawing import Drawing
from .fold import fold_if_large, refuse_what_is_no_fold
from .names import is_module, is_tensor, named_tensors
from .read import DETAILS, read
from .svg import as_svg
from .text import as_text


def draw(
    output: Any,
    names: Mapping[str, Any] | None = None,
    *,
    detail: str = "values",
    saved: bool = False,
    fold: bool | None = None,
) -> Drawing:
    """Draw the graph that `output` was computed with: all operations and leaves that backward can reach from it.

    `output` is a tensor, or a list, tuple or dict of tensors, such as what a Module returned; of several, those without
    a graph are left out. `names` is a dict from name to tensor or Module; what it does not name is named by the keys of
    `output`, parameters by the Modules among the caller's variables, all else by these: "w", "params[0]".

    `detail` is "names", "shapes" or "values"; with `saved`, boxes also tell what their node keeps for backward, and for
    which of its rules. Where a graph repeats itself, as the layers of a network do, the repetitions are folded into one
    box: if it has more than 60 boxes, or always, or never, as `fold` is None, True or False. What is not tracked is not
    in the graph, nor in the picture; `record` shows it.

    Returns a Drawing. Raises TypeError for what is no tensor, ValueError for a tensor without a graph, and for one
    whose picture would have more than a few hundred boxes.

    >>> import minigrad as torch
    >>> from minigrad.viz import draw
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> y = w * 3
    >>> draw(y)
    Graph of y: 1 leaf, 1 operation. Forward runs down this list, backward runs up.
    w  leaf                     shape ()  value 2.0  grad None
    y  mul(w, 3)  MulBackward0  shape ()  value 6.0
    """
    if not isinstance(detail, str) or detail not in DETAILS:
        raise ValueError(f"detail must be one of {', '.join(map(repr, DETAILS))}; got {detail!r}")
    if not isinstance(saved, bool):
        raise TypeError(f"saved must be True or False; got {saved!r}")
    refuse_what_is_no_fold(fold)
    outputs = outputs_of(output, "draw")
    named = named_tensors(names, sys._getframe(1), names_in(output))
    boxes, place = read(outputs, named, detail, saved)
    boxes, _ = fold_if_large(boxes, place, named, fold)
    return Drawing(as_svg(boxes), as_text(boxes))


def outputs_of(output: Any, caller: str) -> list[Any]:
    """The tensors whose graph is asked for; an error that names the `caller` where there is none.

    Of several, as a Module returns them, those that are untracked or None are left out: the indices of a maximum.
    """
    several = isinstance(output, (list, tuple, Mapping))
    found = [(path, thing) for path, thing in members(output, "" if isinstance(output, Mapping) else "output")
             if thing is not None or not several]  # fmt: skip
    if not found:
        what = "only None in a" if output else "an empty"
        raise ValueError(f"{caller}() needs at least one tensor; got {what} {type(output).__name__}")
    for path, thing in found:
        refuse_what_was_not_computed(thing, caller, path if several else "")
    outputs = [tensor for _, tensor in found if tensor.grad_fn is not None]
    if not outputs:
        what = "none of these tensors has a graph: they were" if several else "this tensor has no graph: it was"
        raise ValueError(
            f"{what} computed from nothing that requires grad, or under no_grad, or detached, or by an operation "
            "without a derivative, such as a comparison or argmax. "
            f"Call {caller}() with a result that was computed from a tensor with requires_grad=True; "
            "for a picture of what is in no graph, run the computation inside `with minigrad.viz.record() as r:` "
            "and call r.draw()"
        )
    return outputs


def refuse_what_was_not_computed(thing, caller, path):
    """`path` says where among several outputs it is."""
    kind, got = type(thing).__name__, f"{path} is" if path else "got"
    if is_module(thing):
        raise TypeError(f"{caller}() needs a tensor that was computed, such as model(x); {got} the {kind} itself")
    if not is_tensor(thing):
        a = "of type " if path else ""
        raise TypeError(f"{caller}() needs a tensor, the result of a computation; {got} {a}{kind}")
    if thing.grad_fn is None and thing.requires_grad:
        raise ValueError(
            f"{path or 'this tensor'} is a leaf: nothing was computed to get it, so it has no graph. "
            f"Call {caller}() with a result that was computed from it"
        )


def names_in(output: Any) -> list[tuple[str, Any]]:
    """What the keys of a dict call its tensors."""
    found = members(output, "") if isinstance(output, Mapping) else ()
    return [(name, thing) for name, thing in found if is_tensor(thing)]


def members(output: Any, path: str) -> Iterator[tuple[str, Any]]:
    """What is in nested lists, tuples and dicts, each with where it is: a recurrent layer returns `result, (h, c)`."""
    if isinstance(output, Mapping):
        for key, part in output.items():
            yield from members(part, f"{path}[{key!r}]" if path else str(key))
    elif isinstance(output, (list, tuple)):
        for index, part in enumerate(output):
            yield from members(part, f"{path}[{index}]")
    else:
        yield path, output
