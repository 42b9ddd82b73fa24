"""Large graphs stay readable: where the same operations follow each other again and again, they become one box.

In the order of the computation, a run is k groups of p operations each, every group wired to the one before it as that
one is to its own predecessor: the layers of a network, the time steps of a recurrent one, the iterations of a loop.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from .boxes import BLOCK, DATA, LEAF, OPERATION, PARAMETER, Box
from .names import readable
from .numbers import norm, show_numbers
from .text import NOT_TRACKED, cut_words

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
    group_of: dict[int, int] = {}  # old box -> which of the new ones below it is in
    new_boxes: list[Box] = []
    stands_at: list[int] = []  # for which old box: a block after all that it needs, leaves before all that need them
    for run in graph.runs(least):
        members = graph.members(run)
        group_of.update((index, len(new_boxes)) for group in members for index in group)
        new_boxes.append(block(boxes, graph, run, members, leaves, named))
        stands_at.append(graph.at[run.end - 1])
        for family in graph.families(run):
            if group_of.keys().isdisjoint(family):
                group_of.update((index, len(new_boxes)) for index in family)
                new_boxes.append(stack_of_leaves(boxes, family, leaves, named))
                stands_at.append(min(family))

    kept = [index for index in range(len(boxes)) if index not in group_of or stands_at[group_of[index]] == index]
    new_index = {index: new for new, index in enumerate(kept)}
    new_place = [new_index[stands_at[group_of[index]] if index in group_of else index] for index in range(len(boxes))]
    together: dict[int, list[int]] = {}
    for index, new in enumerate(new_place):
        together.setdefault(new, []).append(index)
    merged = {new for new, indices in together.items() if len(indices) > 1}
    folded = []
    for new, index in enumerate(kept):
        sources = [source for member in together[new] for source in boxes[member].inputs]
        inputs: list[int | None] = []
        for source in (None if source is None else new_place[source] for source in sources):
            # One arrow is enough to or from several boxes at once.
            if source != new and not ((new in merged or source in merged) and source in inputs):
                inputs.append(source)
        box = new_boxes[group_of[index]] if index in group_of else boxes[index]
        folded.append(replace(box, inputs=tuple(inputs)))
    return folded, new_place


class Operations:
    """The operations among boxes, numbered in the order of the computation, and the runs found among them."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes
        # operation -> box; a leaf that was computed without being tracked has its place among them
        self.at = [index for index, box in enumerate(boxes) if box.operation or box.inputs]
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
        partner = {}  # what stands for what in the group before, as it has to do wherever it is used
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
            return label(self.boxes[source]) == label(self.boxes[earlier]) and (
                partner.setdefault(("next", earlier), source) == source
                and partner.setdefault(("before", source), earlier) == earlier
            )
        place = self.number[source]
        outside_before = earlier not in self.number or self.number[earlier] < start
        if place >= start and outside_before:  # what the later groups get from each other, the first gets from outside
            return first and place < start + length and partner.setdefault(("outside", source), earlier) == earlier
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

    def families(self, run):
        """Leaves that stand in the same place in each group, but are used outside as well: weights with a penalty."""
        begins = range(run.start, run.end, run.length)
        for offset in range(run.length):
            for sources in zip(*(self.boxes[self.at[begin + offset]].inputs for begin in begins)):
                is_leaves = not any(source is None or source in self.number for source in sources)
                if is_leaves and len(set(sources)) == run.count:
                    yield sources

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
    first_group = [boxes[index] for index in graph.at[run.start : run.start + run.length]]
    operations = [box.operation for box in first_group if box.operation]
    last = boxes[graph.at[run.end - 1]]
    parts = numbered_parts([paths_of(group, leaves, named) for group in members])
    kinds = {named.modules.get(part, "") for part in parts}
    facts = [("each", contents(boxes, members[-1]))]
    if len(kinds) == 1 and "" not in kinds and follow_each_other(parts):
        what = kinds.pop()
        if len(", ".join(operations)) <= LONGEST_LIST:
            facts.insert(0, ("runs", ", ".join(operations)))
    elif len(operations) == 1:
        what = operations[0]
    else:
        what = f"({', '.join(operations)})"
        if len(what) > LONGEST_LIST:
            what = f"({', '.join(operations[:2])}, … {operations[-1]})"
    if parts and last.name:
        facts.append(("result", last.name))
    passes = any(box.is_tracked for box in first_group)
    cuts = list(dict.fromkeys(box.cut for box in first_group if cut_words(box) != NOT_TRACKED))
    if passes:
        facts += [("inside", f"{cut}: gradient stops") for cut in cuts]
    facts += [*last.facts, *gradient_fact("grads", [index for group in members for index in group], boxes, leaves)]
    is_output = any(boxes[index].is_output for group in members for index in group)
    name, cut = from_to(parts) or last.name, "" if passes else ", ".join(cuts) or "untracked"
    return Box(BLOCK, f"{run.count} × {what}", "", name, tuple(facts), (), is_output, cut=cut)


def stack_of_leaves(boxes, family, leaves, named):
    """The box of several leaves that play the same part."""
    first, paths = boxes[family[0]], paths_of(family, leaves, named)
    facts = [fact for fact in first.facts if fact[0] == "shape"]
    name = from_to(paths) if len(paths) == len(family) else ""
    return Box(first.kind, f"{len(family)} × {first.kind}", first.node, name,
               (*facts, *gradient_fact("grads", family, boxes, leaves)), ())  # fmt: skip


def paths_of(indices, leaves, named):
    """What their Modules call these leaves, those that belong to one."""
    paths = getattr(named, "paths", {})
    return [paths[id(leaves[index])] for index in indices if index in leaves and id(leaves[index]) in paths]


def from_to(names):
    return f"{readable(names[0])} … {readable(names[-1])}" if names else ""


def gradient_fact(label, indices, boxes, leaves):
    """The norm of all the gradients of some leaves together; nothing where none has one, or none is to be shown."""
    shown = [leaves[index].grad for index in indices if index in leaves and "grad" in dict(boxes[index].facts)]
    sizes = [norm(gradient) for gradient in shown if gradient is not None]
    return [(label, f"norm {show_numbers(math.hypot(*sizes))}")] if sizes else []


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
