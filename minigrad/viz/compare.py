"""compare(a, b): two backward passes side by side, and the first step in which they part."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

import numpy as np

from .filmstrip import image, look, refuse_no_steps
from .frames import frames, widest
from .steps import START, Passes, Step
from .svg import Picture
from .trace import Trace
from .words import listed, name_of, runner, sentence, show

TOLERANCE = 1e-4  # relative: float32 keeps seven digits, of which sums in another order cost some


@dataclass(frozen=True)
class Parting:
    """Where two passes part: the steps, from 0, None for the side that has no such step; and in what, as a sentence."""

    steps: tuple[int | None, int | None]
    reason: str


class Comparison:
    """Two passes side by side. `agree` says whether they are the same; if not, `steps` where they part, from 0.

    A notebook shows the two pictures at that step, a terminal the `text`, which has the reason.
    """

    def __init__(self, a: Passes, b: Passes, labels: tuple[str, str]) -> None:
        self.passes, self.labels = (a, b), labels
        self.parting = parting(a, b, labels)

    @property
    def agree(self) -> bool:
        return self.parting is None

    @property
    def steps(self) -> tuple[int | None, int | None] | None:
        return None if self.parting is None else self.parting.steps

    @property
    def text(self) -> str:
        one, other = self.labels
        if self.parting is None:
            return f"{one} and {other} agree in all {len(self.passes[0].steps)} steps."
        lines = [self.parting.reason]
        for label, passes, index in zip(self.labels, self.passes, self.parting.steps):
            if index is not None:
                lines.append(f"  {label}, step {index + 1} of {len(passes.steps)}: {sentence(passes, index)}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        last = (len(passes.steps) - 1 for passes in self.passes)
        sides = list(zip(self.labels, self.passes, self.steps or last))
        rows = [
            "".join(f'<th scope="col">{escape(label)}</th>' for label in self.labels),
            "".join(f"<td>{escape(caption(*side))}</td>" for side in sides),
            "".join(f"<td>{picture(*side)}</td>" for side in sides),
        ]
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<div><p><b>{escape(self.text.splitlines()[0])}</b></p>\n<table>{table}</table></div>"


def compare(a: Trace | Passes, b: Trace | Passes, labels: Sequence[str] = ("the first", "the second")) -> Comparison:
    """Lay two backward passes side by side and find the first step in which they part.

    `a` and `b` are what `trace` gives, or Passes made from plain data, for instance by another engine; `labels` say
    what to call them. What is compared, step by step in the order of `a`: the operation that ran, the gradient that it
    got, what it sent to which input, the sum there, and what is left in `.grad`. An order that differs and changes no
    number is no difference. Raises TypeError for what is no trace, ValueError for one without steps.

    >>> import minigrad as torch
    >>> from minigrad.viz import compare, trace
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> compare(trace(w * w), trace(w * w.detach()), labels=("mine", "reference")).text.splitlines()[0]
    'mine and reference part at mul: it sends 2.0 to w and 2.0 to w in mine, and 2.0 to w in reference.'
    """
    one, other = (passes_of(side) for side in (a, b))
    first, second = labels
    return Comparison(one, other, (str(first), str(second)))


def passes_of(side):
    passes = getattr(side, "passes", side)
    if not isinstance(passes, Passes):
        raise TypeError(f"compare() needs two traces, such as trace(loss) gives; got {type(side).__name__}")
    refuse_no_steps(passes)
    return passes


def parting(a: Passes, b: Passes, labels: tuple[str, str]) -> Parting | None:
    """The first step in which two passes part; None if they do not."""
    mine, reference = labels

    def part_at(passes: Passes, step: Step, index: int | None, other: int | None, reason: str) -> Parting:
        return Parting((index, other), f"{mine} and {reference} part at {called(passes, step)}: {reason}.")

    other_box = matching_boxes(a, b)
    other_step = matching_steps(a, b, other_box)
    left_over = sorted(set(range(len(b.steps))) - set(other_step.values()))
    for index, step in enumerate(a.steps):
        other = other_step.get(index)
        if left_over and other is not None and left_over[0] < other:
            break  # what only b does comes before, and may well be the cause
        if other is None:
            return part_at(a, step, index, None, f"only {mine} runs it")
        for what, one, two in differences(a, step, b, b.steps[other], other_box):
            return part_at(a, step, index, other, f"{what} {one} in {mine}, and {two} in {reference}")
    if left_over:
        return part_at(b, b.steps[left_over[0]], None, left_over[0], f"only {reference} runs it")
    for index, other in other_step.items():  # last, since a pass leaves what was there before, right or wrong
        step, its = a.steps[index], b.steps[other]
        for what, one, two in (("was", step.before, its.before), ("is then", step.after, its.after)):
            if not same(one, two):
                reason = f"its .grad {what} {show(one)} in {mine}, and {show(two)} in {reference}"
                return part_at(a, step, index, other, reason)
    return None


def matching_boxes(a: Passes, b: Passes) -> dict[int, int]:
    """Which box of b is which of a: the same operations in the same order, as far as there are such."""
    one, two = ([box.operation or f"{box.kind} {box.name}" for box in passes.boxes] for passes in (a, b))
    if len(one) == len(two) and all(x == y or not (p.operation or q.operation)
                                    for x, y, p, q in zip(one, two, a.boxes, b.boxes)):  # fmt: skip
        return {index: index for index in range(len(one))}  # whatever their leaves are called
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}


def matching_steps(a: Passes, b: Passes, other_box: dict[int, int]) -> dict[int, int]:
    """Which step of b is which of a: of the same kind, in the same pass, at the same box; the next that is free."""
    free: dict[tuple[str, int, int | None], list[int]] = {}
    for index, step in enumerate(b.steps):
        free.setdefault((step.kind, step.number, None if step.kind == START else step.box), []).append(index)
    found = {}
    for index, step in enumerate(a.steps):
        its_box = None if step.kind == START else other_box.get(step.box, -1)
        candidates = free.get((step.kind, step.number, its_box))
        if candidates:
            found[index] = candidates.pop(0)
    return found


def differences(a, step, b, other, other_box):
    """In what two steps differ: (what, how it is in the one, how in the other)."""
    if step.kind == START and other_box.get(step.box) != other.box:
        yield "it is at", name_of(a, step.box), name_of(b, other.box)
    if not same(step.gradient, other.gradient):
        yield "the gradient that has arrived there is", show(step.gradient), show(other.gradient)
    one = [(other_box.get(sent.target), sent) for sent in step.sent if sent.fitted is not None]
    two = [(sent.target, sent) for sent in other.sent if sent.fitted is not None]
    if [target for target, _ in one] != [target for target, _ in two] or not all(
        same(sent.fitted, its.fitted) for (_, sent), (_, its) in zip(one, two)
    ):
        yield "it sends", what_is_sent(a, step), what_is_sent(b, other)
    for (_, sent), (_, its) in zip(one, two):
        if not same(sent.total, its.total):
            what = f"what it sends is the same, but the sum at {name_of(a, sent.target)} is then"
            yield what, show(sent.total), show(its.total)


def what_is_sent(passes, step):
    parts = [f"{show(sent.fitted)} to {name_of(passes, sent.target)}" for sent in step.sent if sent.fitted is not None]
    return listed(parts) or "nothing on"


def called(passes: Passes, step: Step) -> str:
    return "the start" if step.kind == START else runner(passes, step)


def same(one, other):
    """Equal up to what the order of a sum may change; a NaN equals a NaN."""
    if one is None or other is None:
        return one is other
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and np.allclose(one, other, TOLERANCE, 1e-6, equal_nan=True)


def caption(label, passes, index):
    if index is None:
        return f"{label} has no such step; this is what it looks like at the end."
    return f"Step {index + 1} of {len(passes.steps)}. {sentence(passes, index)}"


def picture(label, passes, index):
    film = frames(passes)
    frame = film[-1 if index is None else index]
    alt = f"The graph of {label} in {'the last step' if index is None else f'step {index + 1}'}: {look(passes, frame)}."
    return image(Picture(widest(film)).svg(list(frame.boxes), frame.marks), alt)
