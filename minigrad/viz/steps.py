"""A backward pass as plain data: one Step for each node that ran, in the order in which they ran.

Nothing here knows how a pass was observed, so that one by another engine can be told, drawn and compared as well.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .boxes import Box

START = "start"  # a pass begins at an output
NODE = "node"  # the node of an operation ran
LEAF = "leaf"  # all gradients of a leaf have arrived and are added to its .grad


@dataclass(frozen=True)
class Sent:
    """What one step sends to one input of its operation."""

    target: int  # the box
    input: str  # what the rule calls the input: "self"
    rule: str  # its formula as the derivative table has it: "grad * other"; "" for what is not in the table
    filled_in: str  # the same with the numbers in it: "1.0 * 3.0"; "" where they are too large to print
    gradient: np.ndarray | None  # as the rule gave it; None if it gave none
    fitted: np.ndarray | None  # un-broadcast and converted to the shape and dtype of the input
    total: np.ndarray | None  # the sum of all that has arrived there so far in this pass
    slot: int = 0  # which sum of the target it is: every output has one, and every node in a folded block
    called: str = ""  # what the target is called where its box does not tell: in a folded block, of several results


@dataclass(frozen=True)
class Hook:
    """A hook that ran in a step."""

    name: str  # the function's
    kind: str  # "tensor hook", "prehook", "hook", "post-accumulate hook"
    before: np.ndarray | None  # the gradient that it was given; for a post-accumulate hook, the leaf's .grad
    after: np.ndarray | None  # and the one that it left, or made of it in place


@dataclass(frozen=True)
class Step:
    """One node of a backward pass, as it ran."""

    kind: str
    box: int
    node: str  # "MulBackward0"
    number: int  # of the pass that it belongs to, from 1
    gradient: np.ndarray | None  # what the rules got: what had arrived, after the hooks before; None if nothing did
    sent: tuple[Sent, ...] = ()
    untracked: tuple[str, ...] = ()  # the inputs to which nothing is sent, by their names in the rules
    hooks: tuple[Hook, ...] = ()
    freed: tuple[str, ...] = ()  # the names of the saved values that the node let go of
    before: np.ndarray | None = None  # of a leaf: its .grad before this step
    after: np.ndarray | None = None  # of a leaf: its .grad after it, before post-accumulate hooks
    slot: int = 0  # of a start: which sum of the box it begins, as in Sent
    called: str = ""  # as in Sent
    gradients: tuple[np.ndarray | None, ...] = ()  # of a node with several outputs: of each
    error: str = ""  # where the step failed, and the pass with it: "ZeroDivisionError: division by zero"


@dataclass(frozen=True)
class Arrival:
    """What a gradient found where it was sent to."""

    number: int  # which of the gradients that are added up there it is, from 1
    expected: int  # how many those are in the whole pass
    before: np.ndarray | None  # the sum of those before it; None for the first


@dataclass(frozen=True)
class Passes:
    """One or several backward passes through one graph."""

    boxes: tuple[Box, ...]
    steps: tuple[Step, ...]

    @cached_property
    def arrivals(self) -> dict[tuple[int, int], Arrival]:
        """The Arrival of all that was sent, by the place of the step and that in its `sent`; -1 for that of a start."""
        sums: dict[tuple[int, int, int], list[tuple[int, int, np.ndarray | None]]] = {}
        for index, step in enumerate(self.steps):
            if step.kind == START:
                sums.setdefault((step.number, step.box, step.slot), []).append((index, -1, step.gradient))
            for place, sent in enumerate(step.sent):
                if sent.fitted is not None:
                    sums.setdefault((step.number, sent.target, sent.slot), []).append((index, place, sent.total))
        found = {}
        for arriving in sums.values():
            before = None
            for number, (index, place, total) in enumerate(arriving, 1):
                found[index, place] = Arrival(number, len(arriving), before)
                before = before + total if place == -1 and before is not None else total  # a start tells its own alone
        return found

    @cached_property
    def first_runs(self) -> dict[tuple[int, int], int]:
        """The place of the first step in which a box ran, other than as a start: by (number of the pass, box).

        With 0 as the number, in any pass.
        """
        found = {}
        for index, step in reversed(list(enumerate(self.steps))):
            if step.kind != START:
                found[step.number, step.box] = found[0, step.box] = index
        return found
