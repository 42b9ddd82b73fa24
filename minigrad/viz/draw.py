"""The front door: draw(loss) reads the graph behind a tensor and returns its picture."""

import sys
from collections.abc import Mapping
from typing import Any

from .drawing import Drawing
from .fold import fold_if_large
from .names import is_module, is_tensor, named_tensors
from .read import DETAILS, in_forward_order, read
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

    `output` is a tensor, or a list, tuple or dict of tensors, such as what a Module returned. `names` is a dict from
    name to tensor or Module; what it does not name is named after the caller's variables, and parameters after the
    Modules among these. `detail` is "names", "shapes" or "values"; with `saved`, boxes also tell what their node keeps
    for backward, and for which of its rules. Where a graph repeats itself, as the layers of a network do, the
    repetitions are folded into one box: if it has more than 60 boxes, or always, or never, as `fold` is None, True or
    False. What is not tracked is not in the graph, nor in the picture; `record` shows it.

    Returns a Drawing. Raises TypeError for what is no tensor, ValueError for a tensor without a graph, and for one
    whose picture would have more than a few hundred boxes.

    >>> import minigrad as torch
    >>> from minigrad.viz import draw
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> y = w * 3
    >>> draw(y)
    Graph of y: 1 leaf, 1 operation. Forward runs down this list, backward runs up.
    w  leaf                             shape ()  value 2.0  grad None
    y  mul(w, untracked)  MulBackward0  shape ()  value 6.0
    """
    if detail not in DETAILS:
        raise ValueError(f"detail must be one of {', '.join(map(repr, DETAILS))}; got {detail!r}")
    outputs = outputs_of(output, "draw")
    named = named_tensors(names, sys._getframe(1))
    boxes = read(outputs, named, detail, saved)
    nodes = in_forward_order([tensor.grad_fn for tensor in outputs])
    boxes, _ = fold_if_large(boxes, {node: index for index, node in enumerate(nodes)}, named, fold)
    return Drawing(as_svg(boxes), as_text(boxes))


def outputs_of(output: Any, caller: str) -> list[Any]:
    """The tensors whose graph is asked for; an error that names the `caller` where there is none."""
    outputs = flat(output)
    if not outputs:
        raise ValueError(f"{caller}() needs at least one tensor; got an empty {type(output).__name__}")
    for tensor in outputs:
        if is_module(tensor):
            name = type(tensor).__name__
            raise TypeError(f"{caller}() needs a tensor that was computed, such as model(x); got the {name} itself")
        if not is_tensor(tensor):
            raise TypeError(f"{caller}() needs a tensor, the result of a computation; got {type(tensor).__name__}")
        if tensor.grad_fn is None and tensor.requires_grad:
            raise ValueError(
                "this tensor is a leaf: nothing was computed to get it, so it has no graph. "
                f"Call {caller}() with a result that was computed from it"
            )
        if tensor.grad_fn is None:
            raise ValueError(
                "this tensor has no graph: it was computed from nothing that requires grad, or under no_grad, or "
                f"detached. Call {caller}() with a result that was computed from a tensor with requires_grad=True"
            )
    return outputs


def flat(output):
    """The tensors of nested lists, tuples and dicts: a recurrent layer returns `result, (h, c)`."""
    if isinstance(output, Mapping):
        output = list(output.values())
    return [tensor for part in output for tensor in flat(part)] if isinstance(output, (list, tuple)) else [output]
