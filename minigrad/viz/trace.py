"""trace(loss): run a backward pass and keep it, step by step, to look at it as often as one likes."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..autograd import backward
from ..graph import Node, seam
from ..tensor import Tensor
from .boxes import Box
from .draw import names_in, outputs_of
from .filmstrip import Filmstrip
from .fold import fold_if_large, refuse_what_is_no_fold
from .names import Names, named_tensors
from .read import read
from .stepper import Stepper
from .steps import Passes, Step
from .watch import PassWatcher, Seen, steps_of
from .words import as_text

FREED = (
    "this graph was freed by an earlier backward pass: compute the result again before tracing it, "
    "or give that earlier pass retain_graph=True"
)


class Trace:
    """One or several backward passes, step by step: `steps`, through the graph whose `boxes` are numbered by them.

    `show()` is a picture of every step, `step()` a picture to go through with buttons and arrow keys; the trace itself
    shows as the former. All are made of plain data, so a trace keeps no tensor and no graph alive.
    """

    def __init__(self, passes: Passes, unfolded: Passes | None = None) -> None:
        self.passes = passes
        self.unfolded = passes if unfolded is None else unfolded  # the same where every node has a box of its own

    @property
    def steps(self) -> Sequence[Step]:
        return self.passes.steps

    def show(self) -> Filmstrip:
        """All steps at once, as still pictures."""
        return Filmstrip(self.passes)

    def step(self) -> Stepper:
        """One step at a time, forwards and back."""
        return Stepper(self.passes)

    def __repr__(self) -> str:
        return as_text(self.passes)

    def _repr_html_(self) -> str:
        return self.show()._repr_html_()


def trace(
    output: Any,
    gradient: Any = None,
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
    names: Mapping[str, Any] | None = None,
    fold: bool | None = None,
) -> Trace:
    """Run ``backward`` from `output` and return it as a Trace; the gradients arrive in `.grad` as ever.

    `output` is a tensor or a list of them, and the arguments after it are those of ``torch.autograd.backward``:
    `gradient` is the v of the vector-Jacobian product, of the shape of `output`, and not needed for a single number.
    `names` and `fold` are those of `draw`. For several passes in a row, or for one that ``torch.autograd.grad`` runs,
    use `record`. Raises TypeError for what is no tensor of minigrad's, ValueError for a tensor without a graph, for one
    with more than a few thousand nodes, or where `gradient` is missing, and RuntimeError for a graph that was freed.

    >>> import minigrad as torch
    >>> from minigrad.viz import trace
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> y = w * w
    >>> [step.node for step in trace(y).steps]
    ['', 'MulBackward0', 'torch::autograd::AccumulateGrad']
    >>> w.grad
    tensor(4.)
    """
    refuse_what_is_no_fold(fold)
    outputs = outputs_of(output, "trace")
    gradients = list(gradient) if isinstance(gradient, (list, tuple)) else [gradient] * len(outputs)
    for tensor, given in zip(outputs, gradients):
        refuse_what_cannot_be_traced(tensor, given)
    named = named_tensors(names, sys._getframe(1), names_in(output))
    boxes, place = read(outputs, named)
    if inputs is None and any(getattr(node, "_saved", ()) is None for node in place):
        raise RuntimeError(FREED)

    watcher = PassWatcher()
    seam.watch(watcher)
    try:
        backward(outputs, gradients, retain_graph=retain_graph, create_graph=create_graph, inputs=inputs)
    finally:
        seam.unwatch(watcher)
    return trace_of(boxes, place, watcher.finished(), lambda node, step: node, named, fold)


def trace_of(
    boxes: Sequence[Box],
    place: Mapping[Any, int],
    seen: Sequence[Seen],
    thing_at: Callable[[Node, int], Any],
    named: Names,
    fold: bool | None,
) -> Trace:
    """The Trace of what was seen: `place` says which box stands for what `thing_at` gives for a node, in a step."""

    def passes(boxes: Sequence[Box], place: Mapping[Any, int], called: Callable[[Node, int, int], str]) -> Passes:
        return Passes(tuple(boxes), steps_of(seen, lambda node, step: place.get(thing_at(node, step)), called))

    def result(node: Node, output: int, step: int) -> str:
        names = boxes[place[thing_at(node, step)]].results
        return names[output] or f"result {output} of {node.name()}" if names and output >= 0 else ""

    def inside(node: Node, output: int, step: int) -> str:
        thing = thing_at(node, step)
        box = boxes[place[thing]]
        if folded[folded_place[thing]].operation == box.operation:
            return result(node, output, step)
        return result(node, output, step) or box.name or box.operation

    folded, folded_place = fold_if_large(boxes, place, named, fold)
    if len(folded) == len(boxes):
        return Trace(passes(boxes, place, result))
    return Trace(passes(folded, folded_place, inside), passes(boxes, place, result))


def refuse_what_cannot_be_traced(tensor: Any, gradient: Any) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"trace() watches minigrad's own backward, not that of a tensor of {type(tensor).__module__}")
    if gradient is None and math.prod(tensor.shape) != 1:
        raise ValueError(
            f"trace() of a tensor of shape {tuple(tensor.shape)} needs to know what to multiply its Jacobian with: "
            "give it gradient=v, a tensor of that shape, or trace a single number such as its sum()"
        )
