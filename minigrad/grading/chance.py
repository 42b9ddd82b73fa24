"""The random numbers of a test: what it seeds, the student's code draws from as well; nothing ever comes back.

Before a test cell has seeded anything, no two runs agree anyway, and there is nothing to tell. A state that is the same
as before may have been seeded again, so seeding is counted.
"""

import functools
import random
from typing import Any

import numpy as np

State = tuple[Any, Any]


class Chance:
    """What the student's process has not been told yet, in a test cell, of the state of `random` and `numpy.random`."""

    seedings = 0

    def __init__(self) -> None:
        self.known: State | None = None
        self.counted = Chance.seedings

    def news(self) -> State | None:
        """The state, if the test has seeded it, or changed it since it was last told."""
        if self.known is None and self.counted == Chance.seedings:
            return None
        now = state()
        if self.known and self.counted == Chance.seedings and all(map(same, now, self.known)):
            return None
        self.known, self.counted = now, Chance.seedings
        return now


def state() -> State:
    return random.getstate(), np.random.get_state()


def same(one: object, other: object) -> bool:
    return repr_of(one) == repr_of(other)


def repr_of(told: Any) -> tuple:
    return tuple(each.tobytes() if isinstance(each, np.ndarray) else each for each in told)


def take(told: State) -> None:
    """In the student's process: go on from here."""
    version, numbers, gauss = told[0]
    random.setstate((version, tuple(numbers), gauss))
    np.random.set_state(told[1])


def count_seedings() -> None:
    """From here on, in this process."""
    for module, name in ((random, "seed"), (random, "setstate"), (np.random, "seed"), (np.random, "set_state")):
        setattr(module, name, counted(getattr(module, name)))


def counted(function):
    @functools.wraps(function)
    def seeding(*args, **kwargs):
        Chance.seedings += 1
        return function(*args, **kwargs)

    return seeding
