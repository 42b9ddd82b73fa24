"""What ran, as things: operations with their results, and tensors that came from elsewhere."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph import Node, gradient_edge
from ..tensor import Tensor
from .boxes import DATA, OPERATION
from .numbers import show_if_small, show_shape


@dataclass(eq=False)
class Thing:
    """An operation with its results, or a tensor that no operation made: what will be a Box."""

    kind: str
    operation: str  # as its node is called, or would be; "" for what is no operation
    tensors: tuple[Any, ...]  # the results; () where only the node is known
    inputs: tuple["Source", ...] = ()
    node: Node | None = None  # None if it is not tracked
    numbers: tuple[int, ...] = ()  # which outputs of the node the results are; () if they are all
    grad_mode: str = ""  # what turned recording off while it ran
    in_place: bool = False
    in_part: bool = False  # in place, through a view: the result is the view's base, of which a part has changed
    cut: str = ""  # as in Box
    facts: tuple[tuple[str, str], ...] = ()
    values: int = 0  # a checksum: tensors may be changed behind our back, by an optimizer or through `.data`
    since: int = 0  # of a leaf: how many steps of backward passes had run when it came to be what it is

    @property
    def variable(self) -> Any:
        """The leaf that it is, if it is one; called as in AccumulateGrad."""
        return self.tensors[0] if self.kind not in (OPERATION, DATA) else None

    def named_results(self, names: Mapping[int, str]) -> tuple[str, ...]:
        """The names of all outputs, where `names` says them by the ids of tensors; "" for one without."""
        numbers = self.numbers or range(len(self.tensors))
        called = {number: names.get(id(tensor), "") for number, tensor in zip(numbers, self.tensors)}
        return tuple(called.get(number, "") for number in range(max(numbers, default=-1) + 1))


Source = tuple[Thing, int]  # and which of its outputs


def node_of(tensor: Tensor) -> Node | None:
    """The node that made a tensor, or its AccumulateGrad; None if it is not tracked.

    None too for a view that has lost its place in the graph: its user is to be told, when the user asks.
    """
    try:
        return gradient_edge(tensor)[0] if tensor.requires_grad else None
    except RuntimeError:
        return None


def tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among arguments or results, however nested."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)


def facts_of(tensors: Iterable[Tensor]) -> tuple[tuple[str, str], ...]:
    """What is to be said of results: their shapes and, if they are small, their values."""
    arrays = [tensor.array for tensor in tensors]
    shape = ", ".join(show_shape(array.shape) for array in arrays)
    values = [show_if_small(array) for array in arrays]
    return (("shape", shape), *((("value", ", ".join(values)),) if all(values) else ())) if arrays else ()


def facts_of_node(node: Node) -> tuple[tuple[str, str], ...]:
    """The same where only the node is known."""
    shapes = node.output_shape if getattr(node, "num_outputs", 1) > 1 else (node.output_shape,)
    known = [show_shape(shape) for shape in shapes or () if shape is not None]
    return (("shape", ", ".join(known)),) if known else ()


def checksum(tensors: Iterable[Tensor]) -> int:
    """A number that is another one when values have changed."""
    found = 0
    for tensor in tensors:
        found = zlib.crc32(np.ascontiguousarray(tensor.array).data, found)
    return found
