"""A backward pass as the frames of a film: what each box shows, and how it is marked, in every step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .boxes import Box
from .numbers import show_gradient
from .steps import LEAF, START, Passes
from .svg import cells
from .words import arrived

NOTHING_YET = "–"
MOST_SUMS = 3  # of a box with several outputs: more of them are counted, not shown
GRADIENT = "gradient"  # the fact of a box: the sum of what has arrived in this pass
GRAD = ".grad"  # that of a leaf: its attribute
OF_NO_STEP = ("grad", "grads", "gradient")  # facts that boxes have for a picture of what is there in the end


@dataclass(frozen=True)
class Frame:
    """How the picture looks in one step."""

    boxes: tuple[Box, ...]
    marks: dict[int, str]  # box -> "now", "sent" or "done", as Picture has them


def frames(passes: Passes) -> list[Frame]:
    """One Frame for each step."""
    boxes = [first_look(box, index, passes) for index, box in enumerate(passes.boxes)]
    film: list[Frame] = []
    done, number = set[int](), 0
    for step in passes.steps:
        if step.number != number:  # a new pass: nothing has arrived yet, but .grad stays
            number, done, sums = step.number, set(), sums_of_pass(passes, step.number)
            boxes = [with_fact(box, GRADIENT, NOTHING_YET) for box in boxes]
        targets = [sent.target for sent in step.sent if arrived(sent)]
        for sent in step.sent:
            if arrived(sent):
                sums[sent.target][sent.slot] = sent.total
        if step.kind == START:
            before = passes.arrivals[len(film), -1].before
            sums[step.box][step.slot] = step.gradient if before is None else before + step.gradient
        elif len(sums.get(step.box, ())) == 1:
            [slot] = sums[step.box]
            sums[step.box][slot] = step.gradient  # as its hooks left it
        for box in {step.box, *targets} & sums.keys():
            boxes[box] = with_fact(boxes[box], GRADIENT, show_sums(list(sums[box].values())))
        if step.kind == LEAF:
            left = [step.after, *(hook.after for hook in step.hooks if hook.kind == "post-accumulate hook")]
            boxes[step.box] = with_fact(boxes[step.box], GRAD, show_gradient(left[-1]))
        marks = {**dict.fromkeys(done, "done"), **dict.fromkeys(targets, "sent")}
        marks[step.box] = "sent" if step.kind == START else "now"
        film.append(Frame(tuple(boxes), marks))
        if step.kind != START:
            done.add(step.box)
    return film


def sums_of_pass(passes: Passes, number: int) -> dict[int, dict[int, np.ndarray | None]]:
    """For each box that gradients arrive at in a pass, the sums that they are added to: nothing in them yet."""
    sums: dict[int, dict[int, np.ndarray | None]] = {}
    for step in passes.steps:
        if step.number == number:
            arrivals = [(sent.target, sent.slot) for sent in step.sent if arrived(sent)]
            for box, slot in [(step.box, step.slot), *arrivals] if step.kind == START else arrivals:
                sums.setdefault(box, {})[slot] = None
    return sums


def show_sums(sums: Sequence[np.ndarray | None]) -> str:
    """What has arrived at a box: one sum for each of its outputs, or for each of the nodes that are folded in it."""
    if len(sums) > MOST_SUMS:
        return f"{sum(array is not None for array in sums)} of {len(sums)} arrived"
    return ", ".join(NOTHING_YET if array is None else show_gradient(array) for array in sums)


def first_look(box: Box, index: int, passes: Passes) -> Box:
    """A box before the first step: what it says of its gradient gives way to what the frames will say."""
    grad = next((fact for label, fact in box.facts if label == "grad"), "None")
    facts = [(label, fact) for label, fact in box.facts if label not in OF_NO_STEP]
    if box.is_tracked:
        facts.append((GRADIENT, NOTHING_YET))
        if not box.operation:
            arriving = (step for step in passes.steps if step.kind == LEAF and step.box == index)
            before = next(arriving, None)
            facts.append((GRAD, grad if before is None else show_gradient(before.before)))
    return replace(box, facts=tuple(facts), saved=())


def with_fact(box: Box, label: str, fact: str) -> Box:
    """The box with another value of a fact that it has; the box itself where nothing changes."""
    if dict(box.facts).get(label, fact) == fact:
        return box
    return replace(box, facts=tuple((other, fact if other == label else was) for other, was in box.facts))


def widest(film: Sequence[Frame]) -> list[Box]:
    """Boxes in which every fact of the film has room."""
    found = []
    for looks in zip(*(frame.boxes for frame in film)):
        facts = zip(*(box.facts for box in dict.fromkeys(looks)))
        found.append(replace(looks[0], facts=tuple(max(same, key=lambda fact: cells(fact[1])) for same in facts)))
    return found
