"""Large graphs stay readable: where the same operations follow each other again and again, they become one box.

In the order of the computation, a run is k groups of p operations each, every group wired to the one before it as that
one is to its own predecessor: the layers of a network, the time steps of a recurrent one, the iterations of a loop.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from .boxes import BLOCK, DATA, LEAF, OPERATION, PARAMETER, Box
from .names import Names, readable
from .numbers import norm, show_numbers

LARGEST_UNFOLDED = 60
MOST_BOXES = 500  # beyond this nobody can read the picture
SMALLEST = 4  # a group of fewer operations is not worth folding unless it comes three times, or folding was asked for
MOST_DISTANCES = 24  # how many lengths of a group are tried
LONGEST_LIST = 40  # letters of the operations in a group, before some are left out
MOST_OCCURRENCES = 32  # how far back the same operation is looked for, to find out those lengths


@dataclass(frozen=True)
class Run:
    """`count` groups of `length` operations, from the one at `start` in the list of all operations."""

    start: int
    length: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.count

    @property
    def saves(self) -> int:
        return self.length * (self.count - 1)


def fold_if_large(
    boxes: Sequence[Box], place: Mapping[Any, int], named: Sequence[tuple[str, Any]], fold: bool | None = None
) -> tuple[list[Box], dict[Any, int]]:
    """The boxes with what repeats itself folded: if there are more than 60, or as `fold` says.

    `place` says in which box a node is, and comes back for the new boxes. `named`, the Names that the boxes were read
    with, tells of which Modules a block is made. Raises ValueError if more than 500 boxes are left.
    """
    if fold or (fold is None and len(boxes) > LARGEST_UNFOLDED):
        folded, new_place = fold_repeats(boxes, place, named, 2 if fold else 3)
        place = {node: new_place[index] for node, index in place.items()}
    else:
        folded = list(boxes)
    if len(folded) > MOST_BOXES:
        advice = "leave out fold=False, or draw" if fold is False else "draw"
        raise ValueError(
            f"this picture would have {len(folded)} boxes, and more than {MOST_BOXES} cannot be read: {advice} "
            "a smaller part of the graph, such as the result of one layer or of one step"
        )
    return folded, dict(place)


def fold_repeats(
    boxes: Sequence[Box], place: Mapping[Any, int], named: Sequence[tuple[str, Any]], least: int = 2
) -> tuple[list[Box], list[int]]:
    """The boxes with every run of at least `least` small groups, or of 2 larger ones, folded into one.

    Also returns, for each old box, which new one it is or is in.
    """
    graph = Operations(boxes)
    leaves = {index: node.variable for node, index in place.items() if getattr(node, "variable", None) is not None}
    block_of: dict[int, int] = {}
    blocks: list[Box] = []
    for run in graph.runs(least):
        members = graph.members(run)
        block_of.update((index, len(blocks)) for group in members for index in group)
        blocks.append(block(boxes, graph, run, members, leaves, named))

    # A block stands where its last operation stood, so that everything it needs comes before it.
    last = {number: max(index for index, its in block_of.items() if its == number) for number in range(len(blocks))}
    kept = [index for index in range(len(boxes)) if index not in block_of or last[block_of[index]] == index]
    new_index = {index: new for new, index in enumerate(kept)}
    new_place = [new_index[last[block_of[index]] if index in block_of else index] for index in range(len(boxes))]
    folded = []
    for index in kept:
        own = index if index not in block_of else None
        members_of = [index] if own is not None else [i for i, its in block_of.items() if its == block_of[index]]
        inputs = [None if source is None else new_place[source]
                  for member in sorted(members_of) for source in boxes[member].inputs]  # fmt: skip
        if own is None:
            inputs = [source for source in dict.fromkeys(inputs) if source != new_index[index]]
        else:
            inputs = once_from_blocks(inputs, {new_index[box] for box in last.values()})
        folded.append(replace(boxes[index] if own is not None else blocks[block_of[index]], inputs=tuple(inputs)))
    return folded, new_place


def once_from_blocks(inputs, blocks):
    """One arrow is enough from a block, of which several results may be used."""
    return [source for at, source in enumerate(inputs) if source not in blocks or source not in inputs[:at]]


class Operations:
    """The operations among boxes, numbered in the order of the computation, and the runs found among them."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        self.at = [index for index, box in enumerate(boxes) if box.operation]  # operation -> box
        self.number = {index: number for number, index in enumerate(self.at)}  # box -> operation
        self.labels = [label(boxes[index]) for index in self.at]
        self.users: dict[int, list[int]] = {}  # box -> the operations that use it
        for number, index in enumerate(self.at):
            for source in boxes[index].inputs:
                if source is not None:
                    self.users.setdefault(source, []).append(number)
        # How many results are still waiting to be used, before each operation: few between two layers of a network.
        changes = [0] * (len(self.at) + 2)
        for number, index in enumerate(self.at):
            if index in self.users:
                changes[number + 1] += 1
                changes[max(self.users[index]) + 1] -= 1
        self.waiting = list(accumulate(changes))

    def runs(self, least: int) -> list[Run]:
        """Runs that do not overlap: the one that saves most boxes first, then again among what is left."""
        chosen: list[Run] = []
        taken = [False] * len(self.at)
        while True:
            found = [run for length in self.lengths(taken) for run in self.runs_of(length, least, taken)]
            before = len(chosen)
            for run in sorted(found, key=lambda run: (-run.saves, run.length, run.start)):
                if not any(taken[run.start : run.end]):
                    taken[run.start : run.end] = [True] * (run.end - run.start)
                    chosen.append(run)
            if len(chosen) == before:
                return sorted(chosen, key=lambda run: run.start)

    def lengths(self, taken):
        """How long a group may be: the distances at which the same operations come again, the most frequent ones."""
        distances, earlier = Counter(), {}
        for number, its_label in enumerate(self.labels):
            if not taken[number]:
                places = earlier.setdefault(its_label, [])
                distances.update(number - place for place in places[-MOST_OCCURRENCES:])
                places.append(number)
        return [d for d, _ in sorted(distances.items(), key=lambda found: (-found[1], found[0]))[:MOST_DISTANCES]]

    def runs_of(self, length, least, taken):
        start = 0
        while start + 2 * length <= len(self.at):
            alike = self.alike_from(start, length, taken)
            count = alike // length
            if count < (2 if length >= SMALLEST else least):
                start += 1
                continue
            # As many groups fit a little later as well: begin where the fewest results go from one group to the next.
            starts = range(start, start + alike % length + 1)
            for begin in sorted(starts, key=lambda begin: (self.waiting[begin + length], -begin)):
                if self.alike_from(begin, length, taken) // length == count:
                    yield Run(begin, length, count)
                    break
            start += count * length

    def alike_from(self, start, length, taken):
        """How many operations from `start` on repeat the one that is `length` before them; at first all do."""
        partner = {}  # a leaf of one group -> the leaf in its place in the next
        number = start + length
        while (
            number < len(self.at)
            and not taken[number - length]
            and not taken[number]
            and self.labels[number] == self.labels[number - length]
            and self.wired_alike(number, start, length, partner)
        ):
            number += 1
        return number - start

    def wired_alike(self, number, start, length, partner):
        """Whether an operation has its inputs from where the one `length` before it has them."""
        first = number < start + 2 * length
        inputs, before = (self.boxes[self.at[n]].inputs for n in (number, number - length))
        return len(inputs) == len(before) and all(
            self.same_source(source, earlier, start, length, first, partner)
            for source, earlier in zip(inputs, before)
        )

    def same_source(self, source, earlier, start, length, first, partner):
        if source is None:
            return earlier is None
        if source not in self.number:  # a leaf of its own, or one that all groups share
            if earlier is None or earlier in self.number:
                return False
            if source == earlier:
                return True
            return label(self.boxes[source]) == label(self.boxes[earlier]) and (
                partner.setdefault(("next", earlier), source) == source
                and partner.setdefault(("before", source), earlier) == earlier
            )
        place = self.number[source]
        outside_before = earlier not in self.number or self.number[earlier] < start
        if place >= start and outside_before:  # into the first group, what comes out of it comes from outside
            return first and place < start + length
        if place >= start:
            return place - self.number[earlier] == length
        return source == earlier or (earlier in self.number and self.labels[place] == self.labels[self.number[earlier]])

    def members(self, run):
        """The boxes of each group of a run: its operations, and the leaves that in every group only the group uses."""
        begins = range(run.start, run.end, run.length)
        groups = [[] for _ in begins]
        for offset in range(run.length):
            indices = [self.at[begin + offset] for begin in begins]
            for sources in zip(*(self.boxes[index].inputs for index in indices)):
                if all(self.is_own(source, begin, run.length) for source, begin in zip(sources, begins)):
                    for group, source in zip(groups, sources):
                        group.append(source)
            for group, index in zip(groups, indices):
                group.append(index)
        return [list(dict.fromkeys(group)) for group in groups]

    def is_own(self, source, begin, length):
        """Whether this is a leaf that only the operations of one group use."""
        if source is None or source in self.number:
            return False
        return all(begin <= user < begin + length for user in self.users[source])


def label(box):
    """What two boxes have to agree in to be called the same."""
    return box.kind, box.operation, box.node, box.cut, dict(box.facts).get("shape")


def block(boxes, graph, run, members, leaves, named):
    """The box of a run, but for its inputs."""
    operations = [boxes[index].operation for index in graph.at[run.start : run.start + run.length]]
    paths = [
        [named.paths[id(leaves[index])] for index in group if index in leaves and id(leaves[index]) in named.paths]
        for group in members
    ] if isinstance(named, Names) else []  # fmt: skip
    parts = numbered_parts(paths)
    kinds = {named.modules.get(part, "") for part in parts}
    last = boxes[graph.at[run.end - 1]]
    name, what = last.name, f"({', '.join(operations)})" if len(operations) > 1 else operations[0]
    if parts:
        name = f"{readable(parts[0])} … {readable(parts[-1])}"
        if len(kinds) == 1 and "" not in kinds and follow_each_other(parts):
            what = kinds.pop()
    if len(what) > LONGEST_LIST:
        what = f"({', '.join(operations[:2])}, … {operations[-1]})"
    with_grad = {index for group in members for index in group if "grad" in dict(boxes[index].facts)}
    gradients = [leaf.grad for index, leaf in leaves.items() if index in with_grad]
    sizes = [norm(gradient) for gradient in gradients if gradient is not None]
    facts = [("each", contents(boxes, members[-1]))]
    if last.name and parts:
        facts.append(("result", last.name))
    facts += last.facts
    if sizes:
        facts.append(("grads", f"norm {show_numbers(sum(size * size for size in sizes) ** 0.5)}"))
    is_output = any(boxes[index].is_output for group in members for index in group)
    return Box(BLOCK, f"{run.count} × {what}", "", name, tuple(facts), (), is_output)


def contents(boxes, group):
    """What one group consists of: "3 operations, 2 parameters"."""
    kinds = [boxes[index].kind if not boxes[index].operation else OPERATION for index in group]
    return ", ".join(
        f"{count} {kind if count == 1 else {LEAF: 'leaves', DATA: 'data tensors'}.get(kind, kind + 's')}"
        for kind in (OPERATION, PARAMETER, LEAF, DATA) if (count := kinds.count(kind))
    )  # fmt: skip


def numbered_parts(paths):
    """From the paths of each group's parameters, the parts of the Module that differ in one number only.

    >>> numbered_parts([["net.0.weight", "net.0.bias"], ["net.1.weight", "net.1.bias"]])
    ['net.0', 'net.1']
    """
    if not paths or not all(paths):
        return []
    split = [[path.split(".") for path in group] for group in paths]
    shortest = min(len(path) for group in split for path in group)
    for depth in range(shortest):
        parts = [{tuple(path[: depth + 1]) for path in group} for group in split]
        if any(len(part) > 1 for part in parts):
            return []
        names = [".".join(*part) for part in parts]
        if len(set(names)) > 1:
            numbered = all(name.rpartition(".")[2].isdigit() for name in names)
            return names if numbered and len(set(names)) == len(names) else []
    return []


def follow_each_other(parts):
    numbers = [int(part.rpartition(".")[2]) for part in parts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
