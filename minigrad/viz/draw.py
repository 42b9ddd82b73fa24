"""The front door: draw(loss) reads the graph behind a tensor and returns its picture."""

import sys
from collections.abc import Mapping
from typing import Any

from .drawing import Drawing
from .names import named_tensors
from .read import is_tensor, read
from .svg import as_svg
from .text import as_text


def draw(output: Any, names: Mapping[str, Any] | None = None) -> Drawing:
    """Draw the graph that `output` was computed with: all operations and leaves that backward can reach from it.

    `output` is a tensor, or a list or tuple of tensors. `names` is a dict from name to tensor; leaves and results that
    it does not name are named after the caller's variables. What is not tracked is not in the graph, nor in the
    picture. Raises TypeError for what is no tensor, ValueError for a tensor without a graph and for more than a few
    hundred nodes.

    >>> import minigrad as torch
    >>> from minigrad.viz import draw
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> y = w * 3
    >>> draw(y)
    Graph of y: 1 leaf, 1 operation. Forward runs down this list, backward runs up.
    w  leaf                             shape ()  value 2.0  grad None
    y  mul(w, untracked)  MulBackward0  shape ()  value 6.0
    """
    outputs = list(output) if isinstance(output, (list, tuple)) else [output]
    if not outputs:
        raise ValueError("draw() needs at least one tensor; got an empty list")
    for tensor in outputs:
        refuse_what_has_no_graph(tensor)
    boxes = read(outputs, named_tensors(names, sys._getframe(1)))
    return Drawing(as_svg(boxes), as_text(boxes))


def refuse_what_has_no_graph(tensor):
    if not is_tensor(tensor):
        raise TypeError(f"draw() needs a tensor, the result of a computation; got {type(tensor).__name__}")
    if tensor.grad_fn is None and tensor.requires_grad:
        raise ValueError(
            "this tensor is a leaf: nothing was computed to get it, so there is no graph to draw. "
            "Draw a result that was computed from it"
        )
    if tensor.grad_fn is None:
        raise ValueError(
            "this tensor has no graph: it was computed from nothing that requires grad, or under no_grad, or detached. "
            "Draw a result that was computed from a tensor with requires_grad=True"
        )
