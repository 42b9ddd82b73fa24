"""How far to go along a direction: a step that lowers the loss enough, to where it is nearly flat."""

from collections import namedtuple

# `size` times the direction away: the loss there, its gradient, and the slope along the direction
Point = namedtuple("Point", "size loss grad slope")
ENOUGH, FLAT = 1e-4, 0.9  # how much of the first slope the loss must fall by, and how much of it may be left
SMALLEST = 1e-9  # moves of parameters are not told apart below


def strong_wolfe(evaluate, start, size, longest, max_tries):
    """A point that fulfils the strong Wolfe conditions, or the best one found, and how many were evaluated.

    `evaluate(size)` gives a Point, `start` is the one of size 0, `longest` the direction's largest component. See
    Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6.
    """

    def is_high(point):
        return point.loss > start.loss + ENOUGH * point.size * start.slope

    def is_flat(point):
        return abs(point.slope) <= -FLAT * start.slope

    # Go on, in longer and longer steps, until a minimum was passed.
    before, point, tries = start, evaluate(size), 0
    while tries < max_tries:
        if is_high(point) or (tries > 1 and point.loss >= before.loss):
            break
        if is_flat(point):
            return point, tries + 1
        if point.slope >= 0:
            break
        size = _minimum(before, point, point.size + 0.01 * (point.size - before.size), point.size * 10)
        before, point, tries = point, evaluate(size), tries + 1
    else:
        before = start

    # Make the bracket around it smaller.
    low, high = (before, point) if before.loss <= point.loss else (point, before)
    stalled = False
    while tries < max_tries:
        least, most = min(low.size, high.size), max(low.size, high.size)
        margin = 0.1 * (most - least)
        if (most - least) * longest < SMALLEST:
            break
        size = _minimum(low, high, least, most)
        close_to_an_end = min(most - size, size - least) < margin
        if close_to_an_end and (stalled or size >= most or size <= least):
            size = most - margin if abs(size - most) < abs(size - least) else least + margin
            close_to_an_end = False
        stalled = close_to_an_end
        point, tries = evaluate(size), tries + 1
        if is_high(point) or point.loss >= low.loss:
            low, high = (low, point) if low.loss <= point.loss else (point, low)
        elif is_flat(point):
            return point, tries + 1
        else:
            low, high = point, low if point.slope * (high.size - low.size) >= 0 else high
    return low, tries + 1


def _minimum(a, b, least, most):
    """Where the cubic with the losses and slopes of two points has its minimum, from `least` to `most`."""
    if a.size > b.size:
        a, b = b, a
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.size - b.size)
    square = d1**2 - a.slope * b.slope
    if square < 0:
        return (least + most) / 2.0
    d2 = square.sqrt()
    size = b.size - (b.size - a.size) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(size, least), most)
