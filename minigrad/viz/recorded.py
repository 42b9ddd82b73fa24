"""What was recorded becomes boxes: what is worth showing, what it is called, and which gradients came."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..graph import Node
from .boxes import OPERATION, Box
from .names import Names
from .numbers import show_gradient
from .read import operation_name
from .steps import LEAF, NODE, START
from .things import Thing
from .watch import Seen

NOTHING = "nothing to show was recorded: no operation on tensors whose result is still needed ran inside the with block"
CUTS = ("detach", "data")


class Recorded:
    """The things of a recording, in the order in which they came, and the steps of its backward passes.

    `latest` has the ids of those things whose tensors have not been changed since.
    """

    def __init__(
        self, things: Sequence[Thing], of_node: Mapping[Node, Sequence[Thing]], latest: set[int], seen: Sequence[Seen]
    ) -> None:
        self.things, self.of_node, self.latest, self.seen = things, of_node, latest, seen

    def thing_at(self, node: Node, step: int) -> Thing | None:
        """What stood for a node when a step of a backward pass ran."""
        return next((thing for thing in reversed(self.of_node.get(node, ())) if thing.since <= step), None)

    def boxes(self, named: Names, with_gradients: bool) -> tuple[list[Box], dict[Thing | None, int]]:
        """The boxes of all that is worth showing, and which of them stands for which thing."""
        names: dict[int, str] = {}
        for name, tensor in named:
            names.setdefault(id(tensor), name)
            if tensor.is_leaf and tensor.grad is not None:
                names.setdefault(id(tensor.grad), f"{name}.grad")
        things = self.worth_showing(names)
        if not things:
            raise ValueError(NOTHING)
        outputs = {each.node for each in self.seen if each.kind == START} or ends(things)
        place: dict[Thing | None, int] = {thing: index for index, thing in enumerate(things)}
        boxes = []
        for thing in things:
            called = thing.named_results(names)
            sources = [(source, number) for source, number in thing.inputs if source in place]
            boxes.append(Box(
                thing.kind,
                operation_name(thing.operation) + "_" * thing.in_place + " in part" * thing.in_part,
                "" if thing.node is None else thing.node.name(),
                ", ".join(filter(None, called)),
                (*thing.facts, *(self.gradient_facts(thing) if with_gradients else ())),
                tuple(place[source] for source, _ in sources),
                picks=tuple(number for _, number in sources) if any(len(s.tensors) > 1 for s, _ in sources) else (),
                results=called if len(called) > 1 else (),
                is_output=thing.node in outputs,
                cut=thing.cut,
            ))
        return boxes, place

    def worth_showing(self, names: Mapping[int, str]) -> list[Thing]:
        """All but untracked results that nobody uses and nobody has a name for, and what led only to them.

        These are the traces of what ran inside other operations, of comparisons, of what was only printed.
        """
        starts = {each.node for each in self.seen if each.kind == START}
        wanted: set[Thing] = set()
        for thing in reversed(self.things):
            is_named = id(thing) in self.latest and any(id(tensor) in names for tensor in thing.tensors)
            ran_here = thing.kind == OPERATION and thing.node is not None and bool(thing.tensors)
            if thing in wanted or is_named or ran_here or thing.node in starts:
                wanted.update([thing, *(source for source, _ in thing.inputs)])
        return [thing for thing in self.things if thing in wanted]

    def gradient_facts(self, thing: Thing) -> tuple[tuple[str, str], ...]:
        """What the last backward pass brought here, and, for a leaf, what it left in `.grad`."""
        if thing.node is None or not self.seen:
            return ()
        steps = [each for at, each in enumerate(self.seen)
                 if each.kind in (NODE, LEAF) and self.thing_at(each.node, at) is thing]  # fmt: skip
        label = "gradient" if self.seen[-1].number == 1 else "last gradient"
        gradients = [gradient for gradient in steps[-1].gradients if gradient is not None] if steps else []
        arrived = ", ".join(map(show_gradient, gradients)) or "none arrived"
        if thing.kind == OPERATION:
            return ((label, arrived),)
        left = steps[-1].after if steps else array_of(thing.tensors[0]._grad)
        return ((label, arrived), ("grad", show_gradient(left)))


def why_cut(thing: Thing) -> str:
    """Why no gradient can pass through an operation; "" if one can."""
    if thing.node is not None:
        return ""
    if all(source.node is None for source, _ in thing.inputs):
        return "untracked"
    return thing.operation if thing.operation in CUTS else thing.grad_mode or "not differentiable"


def ends(things: Sequence[Thing]) -> set[Any]:
    """The nodes whose results no other operation uses: where a backward pass could begin."""
    used = {source for thing in things for source, _ in thing.inputs}
    return {thing.node for thing in things if thing.kind == OPERATION and thing.node and thing not in used}


def array_of(tensor: Any) -> Any:
    return None if tensor is None else tensor.array
