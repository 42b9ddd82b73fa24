"""Numbers to give to answers: random, and such that a wrong program is not right by chance."""

from random import Random


def numbers(random: Random, count: int, low: int = 5, high: int = 30) -> list[float]:
    """Numbers of one decimal, of both signs, from `low` to `high` tenths.

    None is near 0: a gradient of 0 would look the same for many wrong programs.
    """
    return [random.choice((-1, 1)) * random.randint(low, high) / 10 for _ in range(count)]
