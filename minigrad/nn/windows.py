"""A window slides over an input: how many stops it makes, and which elements it covers there. On numpy arrays.

Shapes: an input is (..., *sizes), of one, two or three sizes; a window has as many.
"""

import functools
import itertools
import math

import numpy as np


def as_tuple(value, dims):
    """A number for each dimension; a list of one is for all."""
    value = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return value * dims if len(value) == 1 else value


@functools.lru_cache(100)  # a model asks for the same ones in each step
class Windows:
    """The windows of an input of some sizes; all other arguments have a number for each of these.

    counts  the stops in each dimension; with `ceil_mode` the last window may end outside
    room    the sizes of the input in its frame, which is as wide as `padding`, or wider on the far sides if windows are
    places  for each place in the window the elements that are there at all the stops, as an index of the framed input
    """

    def __init__(self, sizes, kernel, stride, padding, dilation, ceil_mode=False):
        self.counts, self.room, slices = [], [], []
        for size, width, step, pad, spread in zip(sizes, kernel, stride, padding, dilation):
            span = spread * (width - 1) + 1
            free = size + 2 * pad - span
            count = -(-free // step) + 1 if ceil_mode else free // step + 1
            if ceil_mode and (count - 1) * step >= size + pad:  # it would begin outside
                count -= 1
            self.counts.append(count)
            self.room.append(max(size + 2 * pad, (count - 1) * step + span))
            slices.append([slice(at, at + step * (count - 1) + 1, step) for at in range(0, span, spread)])
        self.places = [(..., *place) for place in itertools.product(*slices)]
        self.inside = (..., *(slice(pad, pad + size) for size, pad in zip(sizes, padding)))

    def framed(self, input, value=0):
        """The input with a frame of `value` around it."""
        outer = input.shape[: -len(self.room)]
        if input.shape == (*outer, *self.room):
            return input
        frame = np.full((*outer, *self.room), value, input.dtype)
        frame[self.inside] = input
        return frame

    def columns(self, input):
        """All windows as columns: (N, C, *sizes) becomes (N, C, places, stops)."""
        frame = self.framed(input)
        result = np.empty((*input.shape[:2], len(self.places), *self.counts), input.dtype)
        for place, index in enumerate(self.places):
            result[:, :, place] = frame[index]
        return result.reshape(*result.shape[:3], math.prod(self.counts))

    def summed(self, columns):
        """The other way round: (N, C, places, *counts) becomes (N, C, *sizes), sums of what there is for an element."""
        frame = np.zeros((*columns.shape[:2], *self.room), columns.dtype)
        for place, index in enumerate(self.places):
            frame[index] += columns[:, :, place]
        return np.ascontiguousarray(frame[self.inside])
