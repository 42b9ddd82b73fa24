"""Which box of one graph is which of another: by the names of leaves, by operations, and by how they are wired."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable

from .boxes import Box
from .steps import START, Passes

Label = Callable[[Box], Hashable]


def matching_boxes(a: Passes, b: Passes) -> dict[int, int]:
    """Which box of b is which of a, as far as there are such.

    A leaf that has a name on both sides is that leaf, wherever it is used. All else is told by what it is, by what it
    was computed from and by what it is used for: first by both, then by one of them, since a change in one place
    leaves alike what lies above it and what lies below; by what lies above first, as backward comes from there. Where
    that leaves a choice, the first is the first.
    """
    graphs = Graph(a), Graph(b)
    names = graphs[0].names.keys() & graphs[1].names.keys()
    found = {graphs[0].names[key]: graphs[1].names[key] for key in names if key[0] == LEAF}

    def name(box: Box) -> str:
        return box.name if (part(box), box.name) in names else ""

    def kind_and_name(box: Box) -> Hashable:
        return part(box), box.operation, name(box)

    def kind(box: Box) -> Hashable:
        return part(box), box.operation, "" if box.operation else name(box)

    def wiring(box: Box) -> Hashable:  # as of a bug and its repair: another operation in the same place
        return part(box), "" if box.operation else name(box)

    for label in (kind_and_name, kind, wiring):
        for in_order in (True, False):  # the arguments
            numbers: dict[Hashable, int] = {}
            below, above = zip(*(graph.signatures(label, in_order, numbers) for graph in graphs))
            pair_alike(found, *([*zip(*both)] for both in zip(below, above)))
            pair_alike(found, *above)
            if label is not wiring:  # of which too much is alike that only has the same leaves
                pair_alike(found, *below)
    return found


LEAF, RESULT = "leaf", "result"


def part(box: Box) -> str:
    return RESULT if box.operation else LEAF


class Graph:
    """The boxes that a gradient can arrive at: for each the places of its inputs, of its users, of starts at it."""

    def __init__(self, passes: Passes) -> None:
        self.boxes = passes.boxes
        self.inputs = [
            [source for source in box.inputs if source is not None and passes.boxes[source].is_tracked]
            if box.operation else [] for box in passes.boxes
        ]  # fmt: skip
        self.users: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for index, sources in enumerate(self.inputs):
            for position, source in enumerate(sources):
                self.users[source].append((index, position))
        self.starts: dict[int, list[int]] = defaultdict(list)
        for number, step in enumerate(step for step in passes.steps if step.kind == START):
            self.starts[step.box].append(number)
        counts = Counter((part(box), box.name) for box in passes.boxes if box.name and box.is_tracked)
        self.names = {  # those that only one box has
            key: index for index, box in enumerate(passes.boxes)
            if box.is_tracked and counts[key := (part(box), box.name)] == 1
        }  # fmt: skip

    def signatures(
        self, label: Label, in_order: bool, numbers: dict[Hashable, int]
    ) -> tuple[list[int | None], list[int | None]]:
        """A number for all that lies below each box, and one for all above; the same in two graphs for what is alike.

        Alike as far as `label` tells, and whatever the order of arguments unless `in_order`. `numbers` has those given
        so far. Boxes that no gradient can arrive at have None.
        """
        below: list[int | None] = [None] * len(self.boxes)
        above: list[int | None] = [None] * len(self.boxes)
        tracked = [index for index, box in enumerate(self.boxes) if box.is_tracked]

        def number(*facts: Hashable) -> int:
            return numbers.setdefault(facts, len(numbers))

        for index in tracked:
            sources = [below[source] or 0 for source in self.inputs[index]]
            below[index] = number(label(self.boxes[index]), tuple(sources if in_order else sorted(sources)))
        for index in reversed(tracked):
            users = sorted((above[user] or 0, position if in_order else 0) for user, position in self.users[index])
            above[index] = number(label(self.boxes[index]), tuple(users), tuple(self.starts[index]))
        return below, above


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
