"""Which box of one graph is which of another: by the names of leaves, by operations, and by how they are wired."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable

from .boxes import Box
from .steps import START, Passes

Label = Callable[[Box], Hashable]
Signatures = list[int | None]  # of each box; None where no gradient can arrive


def matching_boxes(a: Passes, b: Passes) -> dict[int, int]:
    """Which box of b is which of a, as far as there are such.

    A leaf that has a name on both sides is that leaf, wherever it is used. All else is told by what it is, by what it
    was computed from and by what it is used for: first by both, then by one of them, since a change in one place
    leaves alike what lies above it and what lies below; by what lies above first, as backward comes from there. Where
    that leaves a choice, the first is the first.
    """
    graphs = Graph(a), Graph(b)
    names = graphs[0].names & graphs[1].names
    found: dict[int, int] = {}

    def name(box: Box) -> str:
        return box.name if (part(box), box.name) in names else ""

    def kind_and_name(box: Box) -> Hashable:
        return part(box), box.operation, name(box)

    def kind(box: Box) -> Hashable:
        return part(box), box.operation, "" if box.operation else name(box)

    def wiring(box: Box) -> Hashable:  # as of a bug and its repair: another operation in the same place
        return part(box), "" if box.operation else name(box)

    for label in (kind_and_name, kind, wiring):
        views = [signatures(graphs, label, in_order) for in_order in (True, False)]  # in order of the arguments, or any
        for below, above in views:
            pair_alike(found, *([*zip(*both)] for both in zip(below, above)))
        for _, above in views:
            pair_alike(found, *above)
        if label is not wiring:  # of which too much is alike that only has the same leaves
            for below, _ in views:
                pair_alike(found, *below)
    return found


LEAF, RESULT = "leaf", "result"


def part(box: Box) -> str:
    return RESULT if box.operation else LEAF


class Graph:
    """The boxes that a gradient can arrive at: their inputs and users, with the position, and the starts at them."""

    def __init__(self, passes: Passes) -> None:
        self.boxes = passes.boxes
        self.inputs = [
            [(source, position) for position, source in enumerate(box.inputs)
             if box.operation and source is not None and passes.boxes[source].is_tracked]
            for box in passes.boxes
        ]  # fmt: skip
        self.users: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for index, sources in enumerate(self.inputs):
            for source, position in sources:
                self.users[source].append((index, position))
        self.starts: dict[int, list[int]] = defaultdict(list)
        for number, step in enumerate(step for step in passes.steps if step.kind == START):
            self.starts[step.box].append(number)
        counts = Counter((part(box), box.name) for box in passes.boxes if box.name and box.is_tracked)
        self.names = {name for name, count in counts.items() if count == 1}

    def signatures(self, label: Label, in_order: bool, numbers: dict[Hashable, int]) -> tuple[Signatures, Signatures]:
        """Of what lies below each box, and of what lies above; `numbers` has those given so far."""
        below: Signatures = [None] * len(self.boxes)
        above: Signatures = [None] * len(self.boxes)
        tracked = [index for index, box in enumerate(self.boxes) if box.is_tracked]

        def number(*facts: Hashable) -> int:
            return numbers.setdefault(facts, len(numbers))

        for index in tracked:
            sources = sorted(
                (position if in_order else 0, below[source] or 0) for source, position in self.inputs[index]
            )
            below[index] = number(label(self.boxes[index]), tuple(sources))
        for index in reversed(tracked):
            users = sorted((position if in_order else 0, above[user] or 0) for user, position in self.users[index])
            above[index] = number(label(self.boxes[index]), tuple(users), tuple(self.starts[index]))
        return below, above


def signatures(graphs: Iterable[Graph], label: Label, in_order: bool) -> list[tuple[Signatures, ...]]:
    """Numbers for all that lies below a box, and for all above: the same ones, in all graphs, for what is alike.

    Alike as far as `label` tells, and whatever the order of arguments unless `in_order`.
    """
    numbers: dict[Hashable, int] = {}
    return list(zip(*(graph.signatures(label, in_order, numbers) for graph in graphs)))


def pair_alike(found: dict[int, int], one: Iterable[Hashable], other: Iterable[Hashable]) -> None:
    """Add to `found` the boxes that have the same signature in both and are not in it yet, the first with the first."""
    taken, free = set(found.values()), defaultdict(list)
    for index, signature in enumerate(other):
        if index not in taken:
            free[signature].append(index)
    for index, signature in enumerate(one):
        if index not in found and signature not in NOT_TRACKED and free[signature]:
            found[index] = free[signature].pop(0)


NOT_TRACKED = (None, (None, None))
