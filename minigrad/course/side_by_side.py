"""A walk of the learner's engine beside the right one: where they part, for the card to show."""

from itertools import count
from typing import Any

import numpy as np

from minigrad.course.snapshot import Snapshot
from minigrad.viz import compare
from minigrad.viz.boxes import DATA, LEAF, OPERATION, Box
from minigrad.viz.compare import Comparison
from minigrad.viz.numbers import show_if_small, show_shape
from minigrad.viz.steps import LEAF as LEAF_STEP, Passes, Sent, Step

LABELS = ("your engine", "the right one")


def side_by_side(expected: Snapshot, got: Snapshot) -> Comparison | None:
    """The two walks of one case, if both were noted and they part."""
    if not expected.walks or not got.walks:
        return None
    comparison = compare(passes(got.walks), passes(expected.walks), LABELS)
    return None if comparison.agree else comparison


def passes(walks: dict[str, Any]) -> Passes:
    """What was noted (see walk.py) as the boxes and steps that viz draws and compares.

    How an engine adds up what arrives was not seen; so each thing sent counts as a sum of its own here.
    """
    output, slots, steps = walks["steps"][0]["box"], count(), []
    boxes = [
        Box(
            OPERATION if box["operation"] else LEAF if box["requires_grad"] else DATA,
            operation=box["operation"],
            node="",
            name=box["name"],
            facts=facts(np.array(box["value"])),
            inputs=tuple(box["inputs"]),
            is_output=place == output,
        )
        for place, box in enumerate(walks["boxes"])
    ]
    arrived: dict[tuple[int, int], np.ndarray | None] = {}  # (number of the pass, box) -> all that was sent there
    for step in walks["steps"]:
        here = step["number"], step["box"]
        sent = [(target, array(part)) for target, part in step["sent"]]
        for target, part in sent:
            there = step["number"], target
            arrived[there] = part if there not in arrived else added(arrived[there], part)
        steps.append(Step(
            step["kind"],
            step["box"],
            node="",
            number=step["number"],
            gradient=arrived.get(here) if step["kind"] == LEAF_STEP else array(step["gradient"]),
            sent=tuple(Sent(target, "", "", "", part, part, part, slot=next(slots)) for target, part in sent),
            before=array(step.get("before")),
            after=array(step.get("after")),
        ))  # fmt: skip
    return Passes(tuple(boxes), tuple(steps))


def added(one: np.ndarray | None, other: np.ndarray | None) -> np.ndarray | None:
    """Their sum; the last one where they cannot be added, as an engine may send what fits nowhere."""
    return one + other if one is not None and other is not None and one.shape == other.shape else other


def array(numbers: Any) -> np.ndarray | None:
    return None if numbers is None else np.array(numbers, float)


def facts(value: np.ndarray) -> tuple[tuple[str, str], ...]:
    numbers = show_if_small(value)
    return (("shape", show_shape(value.shape)), *((("value", numbers),) if numbers else ()))
