"""The first step in which two backward passes part, and in what."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .matching import matching_boxes
from .steps import START, Passes, Sent, Step
from .sums import Array, Arrived, Sums, arrivals, close, largest, sent_on
from .words import listed, name_of, runner, show, target_of

MOST_TOLD = 2  # if a step sends more than this, only what differs is told

Difference = tuple[str, str, str]  # in what, how it is in the one, how in the other


@dataclass(frozen=True)
class Parting:
    """Where two passes part: the steps, from 0, None for the side that has no such step; and in what, as a sentence."""

    steps: tuple[int | None, int | None]
    reason: str


def parting(a: Passes, b: Passes, labels: tuple[str, str]) -> Parting | None:
    """The first step in which two passes part; None if they do not."""
    mine, reference = labels
    pair = Pair(a, b)

    def part_at(index: int, what: str, one: str, two: str) -> Parting:
        other = pair.step[index]
        reason = f"{mine} and {reference} part at {pair.called(index, reference)}: "
        return Parting((index, other), f"{reason}{what} {one} in {mine}, and {two} in {reference}.")

    def only(passes: Passes, label: str, steps: tuple[int | None, int | None], step: Step) -> Parting:
        return Parting(steps, f"{mine} and {reference} part at {called(passes, step)}: only {label} runs it.")

    left_over = sorted(set(range(len(b.steps))) - set(pair.step.values()))
    for index, step in enumerate(a.steps):
        other = pair.step.get(index)
        if left_over and other is not None and left_over[0] < other:
            break  # what only b does comes before, and may well be the cause
        if other is None:
            return only(a, mine, (index, None), step)
        for difference in pair.differences(index):
            return part_at(index, *difference)
    if left_over:
        return only(b, reference, (None, left_over[0]), b.steps[left_over[0]])
    for index in pair.step:  # last, since a pass leaves what was there before, right or wrong
        for difference in pair.differences_of_grad(index):
            return part_at(index, *difference)
    return None


class Pair:
    """Two passes, and what in the one is what in the other."""

    def __init__(self, a: Passes, b: Passes) -> None:
        self.a, self.b = a, b
        self.box = matching_boxes(a, b)
        self.step = matching_steps(a, b, self.box)
        self.sums = Sums(a), Sums(b)

    def called(self, index: int, reference: str) -> str:
        """The node of a step; both, if they do something else in the same place."""
        one, other = self.a.steps[index], self.b.steps[self.step[index]]
        its = self.b.boxes[other.box].operation
        another = one.kind != START and its != self.a.boxes[one.box].operation
        return called(self.a, one) + (f" ({its} in {reference})" if another else "")

    def differences(self, index: int) -> Iterator[Difference]:
        a, b, step, its = self.a, self.b, self.a.steps[index], self.b.steps[self.step[index]]
        if step.error != its.error:
            one, other = (f"fails with {error}" if error else "does not fail" for error in (step.error, its.error))
            yield "it", one, other
        if step.kind == START and self.box.get(step.box) != its.box:
            yield "it is at", name_of(a, step.box), name_of(b, its.box)
        size = self.size(step, its)
        for grad, its_grad in zip(step.gradients or (step.gradient,), its.gradients or (its.gradient,)):
            if not close(grad, its_grad, size):
                yield told("the gradient that has arrived there is", grad, its_grad)
        yield from self.differences_in_what_is_sent(index)

    def differences_in_what_is_sent(self, index: int) -> Iterator[Difference]:
        step, its = self.a.steps[index], self.b.steps[self.step[index]]
        pairs, left, its_left = self.pairs(arrivals(step), arrivals(its))
        if left or its_left:
            yield self.told_of_what_is_sent(step, its, left, its_left)
        for one, other in pairs:
            yield from self.differences_of_sum(index, one, other)

    def pairs(
        self, one: list[Arrived], other: list[Arrived]
    ) -> tuple[list[tuple[Arrived, Arrived]], list[Arrived], list[Arrived]]:
        """What arrives at the same boxes and is the same on both sides, in pairs; and what else each side has."""
        pairs, alone, left = [], [], list(other)
        for each in one:
            alike = (
                place
                for place, twin in enumerate(left)
                if twin.box == self.box.get(each.box) and close(each.sent, twin.sent, max(each.size, twin.size))
            )
            place = next(alike, None)
            if place is None:
                alone.append(each)
            else:
                pairs.append((each, left.pop(place)))
        return pairs, alone, left

    def told_of_what_is_sent(self, step: Step, its: Step, left: list[Arrived], its_left: list[Arrived]) -> Difference:
        sent, its_sent, what = sent_on(step), sent_on(its), "it sends"
        if max(len(sent), len(its_sent)) > MOST_TOLD:
            sent, its_sent, what = those_to(sent, left), those_to(its_sent, its_left), "beside what agrees, it sends"
        targets = [self.box.get(each.target) for each in sent]
        if Counter(targets) == Counter(each.target for each in its_sent):
            its_sent.sort(key=lambda each: targets.index(each.target))  # to be read side by side
        said, its_said = what_is_sent(self.a, step, sent), what_is_sent(self.b, its, its_sent)
        if said != its_said:
            return what, said, its_said
        for each, twin in zip(left, its_left):
            if self.box.get(each.box) == twin.box:
                return told(f"what it sends to {name_of(self.a, each.box)} is", each.sent, twin.sent)
        return what, said, "the same to others"

    def differences_of_sum(self, index: int, one: Arrived, other: Arrived) -> Iterator[Difference]:
        """What a step adds to is the same sum only where the same was added before; if not, wait for the last."""
        key, its_key = (self.a.steps[index].number, *one.sum), (self.b.steps[self.step[index]].number, *other.sum)
        senders, its_senders = self.sums[0].senders[key], self.sums[1].senders[its_key]
        total, its_total = one.total, other.total
        if [self.step.get(sender) for sender in senders] != its_senders:
            if index != senders[-1]:
                return
            total, its_total = self.sums[0].totals[key], self.sums[1].totals[its_key]
        if not close(total, its_total, max(self.sums[0].sizes[key[:2]], self.sums[1].sizes[its_key[:2]])):
            what = f"what it sends is the same, but the sum at {name_of(self.a, one.box)} is then"
            yield told(what, total, its_total)

    def differences_of_grad(self, index: int) -> Iterator[Difference]:
        step, its = self.a.steps[index], self.b.steps[self.step[index]]
        if not close(step.before, its.before, self.size(step, its)):
            yield told("its .grad was", step.before, its.before)
        size = max(self.size(step, its), largest(step.before), largest(its.before))
        if not close(step.after, its.after, size):
            yield told("its .grad is then", step.after, its.after)

    def size(self, step: Step, its: Step) -> float:
        """How large the largest is that was added up to the gradient of a step, on either side."""
        return max(self.sums[0].sizes[step.number, step.box], self.sums[1].sizes[its.number, its.box])


def matching_steps(a: Passes, b: Passes, other_box: dict[int, int]) -> dict[int, int]:
    """Which step of b is which of a: of the same kind, in the same pass, at the same box; the next that is free."""
    free: dict[tuple[str, int, int | None], list[int]] = defaultdict(list)
    for index, step in enumerate(b.steps):
        free[step.kind, step.number, None if step.kind == START else step.box].append(index)
    found = {}
    for index, step in enumerate(a.steps):
        candidates = free[step.kind, step.number, None if step.kind == START else other_box.get(step.box, -1)]
        if candidates:
            found[index] = candidates.pop(0)
    return found


def those_to(sent: list[Sent], arrived: list[Arrived]) -> list[Sent]:
    return [each for each in sent if any(each.target == other.box for other in arrived)]


def called(passes: Passes, step: Step) -> str:
    return "the start" if step.kind == START else runner(passes, step)


def what_is_sent(passes: Passes, step: Step, sent: list[Sent]) -> str:
    return listed([f"{show(each.fitted)} to {target_of(passes, step, each)}" for each in sent]) or "nothing"


def told(what: str, one: Array, other: Array) -> Difference:
    """A difference in words; where arrays look the same in brief, of the place where they differ most."""
    if show(one) != show(other) or one is None or other is None:
        return what, show(one), show(other)
    with np.errstate(all="ignore"):
        far = np.abs(np.subtract(one, other, dtype=np.result_type(one, other, np.float64)))
    place = np.unravel_index(np.argmax(np.where(np.isnan(far), np.inf, far)), far.shape)
    at = f", at {[int(index) for index in place]}," if place else ""
    return f"{what}{at}", f"{one[place]:.6g}", f"{other[place]:.6g}"
