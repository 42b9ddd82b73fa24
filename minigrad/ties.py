"""Which of equal elements comes first: it is left open, but PyTorch has an order all the same, that of C++'s library.

Keys are ranks, counted from 0, so that equal elements have equal keys; what is put in order are places.
"""

import numpy as np

_sorted = sorted  # `sorted` is the name of an argument of topk


def redo_ties(self, values, places, dim, descending, redo, all_rows=False):
    """The elements at `places`, and these, with `redo` of the keys to sort by where sorted `values` are equal."""
    rows, values = np.moveaxis(self, dim, -1), np.moveaxis(values, dim, -1)
    places = np.moveaxis(places, dim, -1).copy()
    tied = (values[..., 1:] == values[..., :-1]).any(-1) | all_rows
    for at in map(tuple, np.argwhere(tied)):
        ranks = np.unique(rows[at], return_inverse=True)[1]
        places[at] = redo((-ranks if descending else ranks).tolist())
    places = np.ascontiguousarray(np.moveaxis(places, -1, dim))
    return np.take_along_axis(self, places, dim), places


def by_quicksort(keys):
    """The places of the keys in order, equal ones as C++'s sort leaves them: of up to 16 each keeps its place."""
    order = list(range(len(keys)))
    _quicksort(order, keys, 0, len(keys))
    return _sorted(order, key=keys.__getitem__)


def by_selection(keys, k, sorted):
    """The places of the `k` smallest keys as C++'s nth_element leaves them, all but the last put in order if asked."""
    order, first, last = list(range(len(keys))), 0, len(keys)
    while last - first > 3:
        cut = _partition(order, keys, first, last)
        first, last = (cut, last) if cut < k else (first, cut)
    order[first:last] = _sorted(order[first:last], key=keys.__getitem__)
    if sorted:
        _quicksort(order, keys, 0, k - 1)
        order[: k - 1] = _sorted(order[: k - 1], key=keys.__getitem__)
    return order[:k]


def _quicksort(order, keys, first, last):
    """Down to stretches of 16, as C++'s sort does before it ends with an insertion sort."""
    while last - first > 16:
        cut = _partition(order, keys, first, last)
        _quicksort(order, keys, cut, last)
        last = cut


def _partition(order, keys, first, last):
    """Put what is smaller than the middle one of three keys before what is larger; returns where the latter begins."""
    pivots = [first + 1, first + (last - first) // 2, last - 1]
    a, b, c = (keys[order[p]] for p in pivots)
    if a < b:
        middle = 1 if b < c else 2 if a < c else 0
    else:
        middle = 0 if a < c else 2 if b < c else 1
    order[first], order[pivots[middle]] = order[pivots[middle]], order[first]
    pivot, i, j = keys[order[first]], first + 1, last - 1
    while True:
        while keys[order[i]] < pivot:
            i += 1
        while pivot < keys[order[j]]:
            j -= 1
        if i >= j:
            return i
        order[i], order[j] = order[j], order[i]
        i, j = i + 1, j - 1


def by_quickselect(keys, k):
    """Where the key is that has k before it, as PyTorch's own quickselect finds it."""
    keys, order, first, last = keys.tolist(), list(range(len(keys))), 0, len(keys) - 1

    def swap(i, j, if_greater=False):
        if not if_greater or keys[order[i]] > keys[order[j]]:
            order[i], order[j] = order[j], order[i]

    while last > first + 1:
        swap(first + (last - first) // 2, first + 1)
        swap(first + 1, last, if_greater=True)
        swap(first, last, if_greater=True)
        swap(first + 1, first, if_greater=True)
        pivot, i, j = keys[order[first]], first + 1, last
        while True:
            i, j = i + 1, j - 1
            while keys[order[i]] < pivot:
                i += 1
            while keys[order[j]] > pivot:
                j -= 1
            if j < i:
                break
            swap(i, j)
        swap(first, j)
        first, last = (i if j <= k else first), (j - 1 if j >= k else last)
    if last == first + 1:
        swap(first, last, if_greater=True)
    return order[k]
