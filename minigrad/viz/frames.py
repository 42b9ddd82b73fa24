"""A backward pass as the frames of a film: what each box shows, and how it is marked, in every step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .boxes import BLOCK, Box
from .numbers import show_gradient
from .steps import LEAF, START, Passes, Step
from .svg import cells
from .words import arrived

NOTHING_YET = "–"
GRADIENT = "gradient"  # the fact of a box: the sum of what has arrived in this pass
GRAD = ".grad"  # that of a leaf: its attribute


@dataclass(frozen=True)
class Frame:
    """How the picture looks in one step."""

    boxes: tuple[Box, ...]
    marks: dict[int, str]  # box -> "now", "sent" or "done", as Picture has them


def frames(passes: Passes) -> list[Frame]:
    """One Frame for each step."""
    first = [first_look(box, index, passes) for index, box in enumerate(passes.boxes)]
    boxes, done, number = list(first), set[int](), 0
    film = []
    for step in passes.steps:
        if step.number != number:  # a new pass: nothing has arrived yet, but .grad stays
            number, done = step.number, set()
            boxes = [with_fact(box, GRADIENT, NOTHING_YET) for box in boxes]
        targets = [sent.target for sent in step.sent if arrived(sent)]
        for box, label, fact in changes(step):
            boxes[box] = with_fact(boxes[box], label, fact)
        marks = {**dict.fromkeys(done, "done"), **dict.fromkeys(targets, "sent")}
        marks[step.box] = "sent" if step.kind == START else "now"
        film.append(Frame(tuple(boxes), marks))
        if step.kind != START:
            done.add(step.box)
    return film


def changes(step: Step):
    """The (box, label, fact) that a step changes."""
    if step.gradient is not None:
        yield step.box, GRADIENT, show_gradient(step.gradient)
    for sent in step.sent:
        if arrived(sent):
            yield sent.target, GRADIENT, show_gradient(sent.total)
    if step.kind == LEAF:
        yield step.box, GRAD, show_gradient(step.after)


def first_look(box: Box, index: int, passes: Passes) -> Box:
    """A box before the first step: what it says of its gradient gives way to what the frames will say."""
    grad = next((fact for label, fact in box.facts if label == "grad"), "None")
    facts = [(label, fact) for label, fact in box.facts if label != "grad"]
    if box.is_tracked and box.kind != BLOCK:
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
