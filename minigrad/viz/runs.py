"""Where a computation repeats itself: runs of groups of operations, each wired to the one before it in the same way.

In the order of the computation, a run is k groups of p operations each, every group wired to the one before it as that
one is to its own predecessor: the layers of a network, the time steps of a recurrent one, the iterations of a loop.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from .boxes import Box

SMALLEST = 4  # a group of fewer operations is not worth folding unless it comes three times, or folding was asked for
MOST_DISTANCES = 24  # how many lengths of a group are tried
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
        picks, picks_before = (self.boxes[self.at[n]].picks for n in (number, number - length))
        return len(inputs) == len(before) and picks == picks_before and all(
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
        """Leaves that stand in the same place in each group, but are used outside as well: weights with a penalty.

        None of them was computed from anything, so that they may all stand where the first of them does.
        """
        begins = range(run.start, run.end, run.length)
        for offset in range(run.length):
            for sources in zip(*(self.boxes[self.at[begin + offset]].inputs for begin in begins)):
                is_leaves = not any(
                    source is None or source in self.number or self.boxes[source].inputs for source in sources
                )
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
