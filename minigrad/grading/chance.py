"""The random numbers of a test: what it seeds, the student's code draws from as well; nothing ever comes back.

That holds of `random` and of `numpy.random`, each by itself: who seeds the one leaves the other as it is. Before a test
cell has seeded anything, no two runs agree anyway, and there is nothing to tell. A state that is the same as before may
have been seeded again, so seeding is counted.
"""

import functools
import random
from typing import Any

import numpy as np

State = tuple[Any, Any]  # of `random` and of `numpy.random`; None where there is no news
STATES = (random.getstate, np.random.get_state)
SEED = ((random, "seed", "setstate"), (np.random, "seed", "set_state"))


class Chance:
    """What the student's process has not been told yet, in a test cell, of the state of `random` and `numpy.random`."""

    seedings = [0, 0]

    def __init__(self) -> None:
        self.known: list[Any] = [None, None]
        self.counted = list(Chance.seedings)

    def news(self) -> State | None:
        one, other = map(self.news_of, range(2))
        return (one, other) if one or other else None

    def news_of(self, place: int) -> Any:
        """The state of one of them, if the test has seeded it, or changed it since it was last told."""
        is_seeded = self.counted[place] != Chance.seedings[place]
        if not is_seeded and self.known[place] is None:
            return None
        now = STATES[place]()
        if not is_seeded and same(now, self.known[place]):
            return None
        self.known[place], self.counted[place] = now, Chance.seedings[place]
        return now


def same(one: Any, other: Any) -> bool:
    return repr_of(one) == repr_of(other)


def repr_of(told: Any) -> tuple:
    return tuple(each.tobytes() if isinstance(each, np.ndarray) else each for each in told)


def take(told: State) -> None:
    """In the student's process: go on from here."""
    if told[0]:
        version, numbers, gauss = told[0]
        random.setstate((version, tuple(numbers), gauss))
    if told[1]:
        np.random.set_state(told[1])


def count_seedings() -> None:
    """From here on, in this process."""
    for place, (module, *names) in enumerate(SEED):
        for name in names:
            setattr(module, name, counted(getattr(module, name), place))


def counted(function, place: int):
    @functools.wraps(function)
    def seeding(*args, **kwargs):
        Chance.seedings[place] += 1
        return function(*args, **kwargs)

    return seeding
