"""What each step of a backward pass adds to which sum, and when two such arrays are equal but for rounding."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from .steps import START, Passes, Sent, Step

RELATIVE = 1e-4  # float32 keeps seven digits, of which sums in another order cost some
OF_THE_LARGEST = 1e-6  # what is left where large terms cancel

Array = Any  # of numpy, or None


@dataclass(frozen=True)
class Arrived:
    """What one step adds to one sum."""

    sum: tuple[int, int]  # the box and its slot
    sent: Array
    total: Array  # of all that has arrived there until then
    size: float  # of the largest of what was added up in it

    @property
    def box(self) -> int:
        return self.sum[0]


class Sums:
    """What arrives in the sums of a pass, by (number of the pass, box, slot)."""

    def __init__(self, passes: Passes) -> None:
        self.senders: dict[tuple[int, int, int], list[int]] = defaultdict(list)  # the steps, in order
        self.totals: dict[tuple[int, int, int], Array] = {}  # in the end
        self.sizes: dict[tuple[int, int], float] = defaultdict(float)  # of the largest that arrives, in any slot
        for index, step in enumerate(passes.steps):
            for each in arrivals(step):
                self.senders[step.number, *each.sum].append(index)
                self.totals[step.number, *each.sum] = each.total
                self.sizes[step.number, each.box] = max(self.sizes[step.number, each.box], each.size)


def arrivals(step: Step) -> list[Arrived]:
    """What a step, or a start, adds to each sum: w * w sends to w twice, and w ** 2 the same at once."""
    if step.kind == START and step.gradient is not None:
        return [Arrived((step.box, step.slot), step.gradient, step.gradient, largest(step.gradient))]
    found: dict[tuple[int, int], Arrived] = {}
    for each in sent_on(step):
        key = each.target, each.slot
        before = found.get(key)
        if before is None:
            found[key] = Arrived(key, each.fitted, each.total, size_of(each))
        else:
            found[key] = Arrived(key, before.sent + each.fitted, each.total, before.size + size_of(each))
    return list(found.values())


def sent_on(step: Step) -> list[Sent]:
    return [sent for sent in step.sent if sent.fitted is not None]


def close(one: Array, other: Array, size: float = 0.0) -> bool:
    """Equal up to what the order of a sum may change, where `size` is that of its terms; a NaN equals a NaN."""
    if one is None or other is None:
        return one is other
    if one.shape != other.shape:
        return False
    kind = np.result_type(one, other, np.float64)
    smallest = OF_THE_LARGEST * max(size, largest(one), largest(other))
    with np.errstate(all="ignore"):
        return np.allclose(one.astype(kind), other.astype(kind), RELATIVE, smallest, equal_nan=True)


def size_of(sent: Sent) -> float:
    """How large what is sent was before un-broadcasting summed it up: of such size are the errors of the sum."""
    if sent.gradient is None or sent.fitted is None or not sent.fitted.size:
        return largest(sent.fitted)
    return max(largest(sent.fitted), largest(sent.gradient) * sent.gradient.size / sent.fitted.size)


def largest(array: Array) -> float:
    """The largest finite absolute value."""
    if array is None:
        return 0.0
    sizes = np.abs(array)
    return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
