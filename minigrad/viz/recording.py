"""record(): what ran inside a with block, also what no graph holds: values, untracked data, cuts, gradients.

A graph holds what backward needs. This observer notes every operation of the derivative table as it runs, tracked or
not, and every backward pass; a picture of it shows where gradients cannot go.
"""

import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..grad_mode import mode
from ..graph import AccumulateGrad, Node, Observer, gradient_edge, seam
from ..tensor import Tensor
from .boxes import DATA, OPERATION, Box
from .drawing import Drawing
from .fold import fold_if_large
from .names import Names, named_tensors
from .numbers import show_gradient, show_if_small, show_shape
from .read import leaf_kind, operation_name
from .steps import START, Passes
from .svg import as_svg
from .text import as_text
from .trace import Trace
from .watch import PassWatcher, Seen, steps_of

MOST_OPERATIONS = 5000
TOO_MANY = (
    f"more than {MOST_OPERATIONS} operations ran inside the with block, too many for a picture: "
    "record fewer of them, such as one step of the loop"
)
NOTHING = "nothing to show was recorded: no operation on tensors whose result is still needed ran inside the with block"


@dataclass(eq=False)
class Thing:
    """An operation with its result, or a tensor that came from outside the block: what will be a Box."""

    kind: str
    operation: str  # as its node is called
    tensor: Any  # the result; None where only the node is known
    inputs: tuple["Thing", ...] = ()
    node: Node | None = None
    grad_mode: str = ""  # what turned recording off while it ran
    in_place: bool = False
    cut: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def is_tracked(self) -> bool:
        return self.node is not None


class record(Observer):
    """``with record() as r:`` notes what runs inside the block; `r.draw()` and `r.trace()` show it.

    Beside what `draw` shows of a graph: intermediate values as they were, untracked data, operations that ran under
    ``no_grad``, cuts by ``detach`` and, if backward ran in the block, the gradient that came to each tensor, or that
    none did. The recording keeps every tensor of the block alive until it is dropped itself; it sees its own thread
    only, and refuses to draw more than a few thousand operations.

    >>> import minigrad as torch
    >>> from minigrad.viz import record
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> with record() as r:
    ...     y = w * 3
    ...     z = y.detach() * w
    ...     z.backward()
    >>> r.draw()
    Graph of z: 1 leaf, 3 operations. Forward runs down this list, backward runs up.
    w   leaf                      shape ()  value 2.0  gradient 6.0  grad 6.0
    y   mul(w)      MulBackward0  shape ()  value 6.0  gradient none arrived
    #3  detach(y)                 shape ()  value 6.0  detach: gradient stops
    z   mul(#3, w)  MulBackward0  shape ()  value 12.0  gradient 1.0
    """

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.of_tensor: dict[int, Thing] = {}  # by id, the latest for each; the things keep the tensors alive
        self.of_node: dict[Node, Thing] = {}
        self.unsettled: list[Thing] = []  # their nodes are made, if at all, after they were noted
        self.made_since: list[Node] = []
        self.thread = threading.get_ident()
        self.passes = PassWatcher()

    def __enter__(self) -> "record":
        seam.watch(self)
        seam.watch(self.passes)
        return self

    def __exit__(self, *exception: object) -> None:
        self.settle()
        seam.unwatch(self)
        seam.unwatch(self.passes)

    def draw(self, names: Mapping[str, Any] | None = None, *, fold: bool | None = None) -> Drawing:
        """The picture of all that ran in the block; `names` and `fold` as in `draw`."""
        boxes, _ = self.boxes(named_tensors(names, sys._getframe(1)), fold)
        return Drawing(as_svg(boxes), as_text(boxes))

    def trace(self, names: Mapping[str, Any] | None = None, *, fold: bool | None = None) -> Trace:
        """All backward passes of the block, step by step; `names` and `fold` as in `draw`.

        Raises ValueError if none ran.
        """
        seen = self.passes.finished()
        if not seen:
            raise ValueError("no backward pass ran inside the with block: call backward() or autograd.grad() in it")
        boxes, place = self.boxes(named_tensors(names, sys._getframe(1)), fold)
        return Trace(Passes(tuple(boxes), steps_of(seen, place)))

    # What the engine tells

    def computed(self, name, arguments, result):
        if not self.listens():
            return
        self.settle()
        arguments, results = list(tensors_in(arguments)), list(tensors_in([result]))
        inputs = tuple(self.thing_of(x) for x in arguments)
        grad_mode = "" if mode.enabled else "inference_mode" if mode.inference else "no_grad"
        for tensor in results:
            in_place = any(tensor is x for x in arguments)
            if not in_place and id(tensor) in self.of_tensor:  # what a Function's forward computed and handed on
                self.things.remove(self.of_tensor[id(tensor)])
            thing = Thing(OPERATION, name, tensor, inputs, grad_mode=grad_mode, in_place=in_place)
            self.unsettled.append(self.add(thing))

    def changed(self, tensor, result):
        if self.unsettled and self.unsettled[-1].tensor is result and self.listens():
            thing = self.unsettled[-1]
            del self.of_tensor[id(result)]  # which need not live on
            thing.tensor, thing.in_place = tensor, True
            self.of_tensor[id(tensor)] = thing

    def made(self, node):
        if not isinstance(node, AccumulateGrad) and self.listens():
            self.made_since.append(node)

    def listens(self) -> bool:
        """Not to what the rules compute in a backward pass that is not itself recorded: no graph comes of it."""
        inside = mode.backward is not None and not mode.enabled
        return not inside and len(self.things) <= MOST_OPERATIONS and threading.get_ident() == self.thread

    # From tensors and nodes to things

    def settle(self) -> None:
        """Find the nodes of the operations noted last, and what is to be said of their results."""
        things, self.unsettled = self.unsettled, []
        for thing in things:
            tensor = thing.tensor
            if tensor._view is not None and thing.in_place:
                tensor = tensor._view.base  # a change of a view is part of the history of its base
            node = node_of(tensor)
            if node is not None and not isinstance(node, AccumulateGrad):
                thing.node = node
                self.of_node[node] = thing
            thing.cut, thing.facts = why_cut(thing), facts_of(thing.tensor)
        nodes, self.made_since = self.made_since, []
        inner = [getattr(node, "operation", None) for node in nodes]  # what changed a view lies inside another node
        for node in nodes:
            if node not in self.of_node and node not in inner:
                self.add_node(node, None)

    def add(self, thing: Thing) -> Thing:
        self.things.append(thing)
        if thing.tensor is not None:
            self.of_tensor[id(thing.tensor)] = thing
        if thing.node is not None:
            self.of_node[thing.node] = thing
        return thing

    def add_node(self, node: Node, tensor: Tensor | None) -> Thing:
        """An operation known by its node alone, since it is not in the table or ran before the block."""
        inputs = tuple(self.of_node[source] for source, _ in node.next_functions if source in self.of_node)
        return self.add(Thing(OPERATION, node.name(), tensor, inputs, node, facts=facts_of(tensor)))

    def thing_of(self, tensor: Tensor) -> Thing:
        """What stands for a tensor that an operation uses; made now if it comes from outside the block."""
        known, node = self.of_tensor.get(id(tensor)), node_of(tensor)
        if node is None:
            return known or self.add(Thing(DATA, "", tensor, facts=facts_of(tensor)))
        if node in self.of_node:
            return self.of_node[node]
        if isinstance(node, AccumulateGrad):
            origin = () if known is None else (known,)  # it was computed, untracked, and became a leaf later
            return self.add(Thing(leaf_kind(tensor), "", tensor, origin, node, facts=facts_of(tensor)))
        return self.add_node(node, tensor)

    # From things to boxes

    def boxes(self, named: Names, fold: bool | None) -> tuple[list[Box], dict[Node, int]]:
        """The boxes of all that is worth showing, and which of them stands for which node."""
        if len(self.things) > MOST_OPERATIONS:
            raise ValueError(TOO_MANY)
        names: dict[int, str] = {}
        for name, tensor in named:
            names.setdefault(id(tensor), name)
            if tensor.is_leaf and tensor.grad is not None:
                names.setdefault(id(tensor.grad), f"{name}.grad")
        things = self.worth_showing(names)
        if not things:
            raise ValueError(NOTHING)
        seen = self.passes.finished()
        outputs = {each.node for each in seen if each.kind == START} or ends(things)
        index = {thing: place for place, thing in enumerate(things)}
        boxes = [
            Box(
                thing.kind,
                operation_name(thing.operation) + "_" * thing.in_place,
                thing.node.name() if thing.node is not None else "",
                names.get(id(thing.tensor), ""),
                (*thing.facts, *gradient_facts(thing, seen)),
                tuple(index[source] for source in thing.inputs if source in index),
                thing.node in outputs,
                cut=thing.cut,
            )
            for thing in things
        ]
        place = {thing.node: index[thing] for thing in things if thing.node is not None}
        return fold_if_large(boxes, place, named, fold)

    def worth_showing(self, names: Mapping[int, str]) -> list[Thing]:
        """All but untracked results that nobody uses and nobody has a name for, and what led only to them.

        These are the traces of what ran inside other operations, of comparisons, of what was only printed.
        """
        wanted: set[Thing] = set()
        for thing in reversed(self.things):
            is_named = id(thing.tensor) in names and self.of_tensor.get(id(thing.tensor)) is thing
            if thing in wanted or is_named or thing.kind == OPERATION and thing.is_tracked and thing.tensor is not None:
                wanted.update([thing, *thing.inputs])
        return [thing for thing in self.things if thing in wanted]


def node_of(tensor: Tensor) -> Node | None:
    """The node that made a tensor, or its AccumulateGrad; None if it is not tracked.

    None too for a view that has lost its place in the graph: its user is to be told, when the user asks.
    """
    try:
        return gradient_edge(tensor)[0] if tensor.requires_grad else None
    except RuntimeError:
        return None


def tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)


def why_cut(thing: Thing) -> str:
    """Why no gradient can pass through this operation; "" if one can."""
    if thing.is_tracked:
        return ""
    if not any(source.is_tracked for source in thing.inputs):
        return "untracked"
    if thing.operation in ("detach", "data"):
        return thing.operation
    return thing.grad_mode or "not differentiable"


def facts_of(tensor: Tensor | None) -> tuple[tuple[str, str], ...]:
    if tensor is None:
        return ()
    numbers = show_if_small(tensor.array)
    return (("shape", show_shape(tensor.shape)), *((("value", numbers),) if numbers else ()))


def gradient_facts(thing: Thing, seen: list[Seen]) -> tuple[tuple[str, str], ...]:
    """What the last backward pass brought here, and, for a leaf, what has gathered in its `.grad`."""
    if not thing.is_tracked or not seen:
        return ()
    arrived = [each.gradient for each in seen if each.node is thing.node and each.kind != START]
    passing = ("gradient", show_gradient(arrived[-1]) if arrived and arrived[-1] is not None else "none arrived")
    if thing.kind == OPERATION:
        return (passing,)
    return (passing, ("grad", show_gradient(None if thing.tensor._grad is None else thing.tensor._grad.array)))


def ends(things: list[Thing]) -> set[Node | None]:
    """The nodes whose results no other operation uses: where a backward pass could begin."""
    used = {source for thing in things for source in thing.inputs}
    return {thing.node for thing in things if thing.kind == OPERATION and thing.is_tracked and thing not in used}
