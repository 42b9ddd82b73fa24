"""What the operations compute, on numpy arrays, where one numpy function is not enough.

numpy and PyTorch disagree on some dtypes, on division by zero, on medians. Parameters are named as in the rules of the
table, which ask for them by name.
"""

import builtins
import cmath
import functools
import math

import numpy as np

from .dtypes import complex_of, from_numpy_dtype, number_for
from .real_only import refuse_complex
from .record import title, to_float
from .tensor import refuse
from .ties import by_quickselect, by_quicksort, by_selection, redo_ties

ndarray = np.ndarray

# Refusals: numpy has functions for dtypes that PyTorch has none for.


def _refusing(kinds, kernel, forward):
    """`forward`, refusing arrays of these kinds in the words of PyTorch's `kernel`."""

    @functools.wraps(forward)
    def refusing(*arguments):
        for argument in arguments:
            if argument.__class__ is ndarray and argument.dtype.kind in kinds:
                title = from_numpy_dtype(argument.dtype).title
                raise NotImplementedError(f"\"{kernel}\" not implemented for '{title}'")
        return forward(*arguments)

    return refusing


no_bool, no_float, only_float = (functools.partial(_refusing, kinds) for kinds in ("b", "fc", "biu"))
only_real, only_real_float = (functools.partial(_refusing, kinds) for kinds in ("bc", "biuc"))


def rounded_once(forward):
    """`forward`, with float16 computed in float32 and only the result rounded."""

    @functools.wraps(forward)
    def computed(self, *arguments):
        if self.dtype != np.float16:
            return forward(self, *arguments)
        wide = [a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in (self, *arguments)]
        return forward(*wide).astype(np.float16)

    return computed


COMPARISONS = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}


def written(compare):
    """The comparison with 0 and 1 in the dtype of `self` for false and true."""
    return lambda self, other: compare(self, other).astype(self.dtype)


# Arithmetic


def remainder(self, other):
    """numpy's remainder; integers have none by zero."""
    refuse(np.result_type(self, other).kind in "iu" and not np.all(other) and "ZeroDivisionError")
    return np.remainder(self, other)


def floor_quotient(self, other):
    """numpy's floor division; by zero, floats give what the true quotient is, and integers fail."""
    if np.result_type(self, other).kind == "f":
        return np.where(other == 0, np.true_divide(self, other), np.floor_divide(self, other))
    refuse(not np.all(other) and "ZeroDivisionError")
    return np.floor_divide(self, other)


def cut_quotient(self, other):
    """The quotient without its decimals."""
    if np.result_type(self, other).kind == "f":
        return np.trunc(np.true_divide(self, other))
    quotient = floor_quotient(self, other)
    return quotient + ((quotient < 0) & (quotient * other != self))


remainder = only_real("remainder_cpu", remainder)
floor_quotient = only_real("div_floor_cpu", floor_quotient)
cut_quotient = only_real("div_trunc_cpu", cut_quotient)


@functools.partial(only_real, "fmod_cpu")
def fmod(self, other):
    """What cut_quotient leaves over."""
    refuse(np.result_type(self, other).kind in "iu" and not np.all(other) and "ZeroDivisionError")
    return np.fmod(self, other)


def rounded_quotient(self, other, rounding_mode):
    return floor_quotient(self, other) if rounding_mode == "floor" else cut_quotient(self, other)


def converted(self, dtype, order="K", copy=True):
    """numpy's astype; of a complex number that is to be real its real part, without numpy's warning."""
    if self.dtype.kind == "c" and dtype.kind in "fiu":
        self = self.real
    return self.astype(dtype, order, copy=copy)


def scalar(number, dtype):
    """A Python number in a numpy dtype; RuntimeError for a complex one where there are real ones."""
    return dtype.type(number_for(number, dtype))


def order(array):
    """How the elements of a copy lie in memory: as they do here, or row by row if several are one (`expand`)."""
    return "C" if 0 in array.strides else "K"


def in_rows(array):
    """The array, its elements row by row in memory: so lie some of PyTorch's results, however the operands do."""
    return array if array.flags.c_contiguous else array.copy()


AS_PYTORCH_ROUNDS = {3: lambda x: x * x * x, -2: lambda x: 1 / (x * x), 0.5: np.sqrt, -0.5: lambda x: 1 / np.sqrt(x)}


@functools.partial(no_bool, "pow")
def power(self, exponent):
    """numpy's power; an integer to a negative one is 0, unless it is 1 or -1."""
    if isinstance(exponent, np.ndarray) and exponent.dtype.kind == "i" and (exponent < 0).any():
        return np.where((exponent < 0) & (np.abs(self) != 1), 0, np.power(self, np.abs(exponent)))
    if isinstance(exponent, (int, float)) and exponent not in (1, 2) and self.dtype.char in "fd":
        if exponent in AS_PYTORCH_ROUNDS:
            return AS_PYTORCH_ROUNDS[exponent](self)
        if exponent % 1 == 0:  # numpy's power is up to 150 times as slow for negative numbers
            size = np.power(np.abs(self), exponent)
            return np.copysign(size, self) if exponent % 2 else size
    return np.power(self, exponent)


# Functions of one number


@rounded_once
def sigmoid(self):
    return 1 / (1 + np.exp(-self))


def relu(self):
    if self.dtype.kind in "bc":
        refuse_complex("relu", self)
        raise RuntimeError("Boolean inputs not supported for relu")
    return np.maximum(self, 0)


def kept(array, where):
    """The array, 0 elsewhere, of 10,000 elements in half the time of `np.where`: bits leave nothing to guess."""
    bits = np.dtype(f"i{array.itemsize}")
    return (array.view(bits) & -where.astype(bits)).view(array.dtype)


def logit(self, eps):
    x = to_float(self)
    x = x if eps is None else np.minimum(np.maximum(x, eps), 1 - eps)
    return np.log(x / (1 - x))


def round(self):
    return np.rint(self) if self.dtype.kind == "f" else self.copy()


def frexp(self):
    """Each number as a mantissa of at least a half and a power of 2; those that are not finite as they are."""
    mantissa, exponent = np.frexp(self)
    return mantissa, np.where(np.isfinite(self), exponent, 0).astype(np.int32)


@functools.partial(only_real_float, "round_cpu")
def round_decimals(self, decimals):
    """Half to even after `decimals` places; negative ones count to the left of the point."""
    scale = self.dtype.type(10.0 ** abs(decimals))
    return np.rint(self * scale) / scale if decimals > 0 else np.rint(self / scale) * scale


def nan_to_num(self, nan, posinf, neginf):
    return np.nan_to_num(self, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


def in_floats(*operands):
    """Arrays and numbers as arrays of the dtype that the arrays have, or that integers become."""
    kind = next(to_float(x).dtype for x in operands if isinstance(x, np.ndarray))
    return [np.asarray(x, kind) for x in operands]


def xlogy(self, other):
    """``self * log(other)``, and 0 where self is 0, unless other is NaN."""
    self, other = in_floats(self, other)
    return np.where((self == 0) & ~np.isnan(other), 0, self * np.log(other)).astype(self.dtype, copy=False)


@functools.partial(only_float, "logaddexp_cpu")
def logaddexp(self, other):
    if self.dtype.kind != "c":
        return np.logaddexp(self, other)
    is_smaller = self.real < other.real
    smaller, larger = np.where(is_smaller, self, other), np.where(is_smaller, other, self)
    result = np.where(larger.real == -np.inf, smaller, larger + np.log1p(np.exp(smaller - larger)))
    result = np.where(smaller.real == np.inf, np.log(np.exp(smaller) + np.exp(larger)), result)
    return np.where(np.isnan(self) | np.isnan(other), np.nan * (1 + 1j), result).astype(self.dtype)


@functools.partial(no_bool, "addcmul_cpu_out")
@rounded_once
def addcmul(self, tensor1, tensor2, value):
    return self + scalar(value, self.dtype) * tensor1 * tensor2


@rounded_once
def addcdiv(self, tensor1, tensor2, value):
    return self + scalar(value, self.dtype) * tensor1 / tensor2


@rounded_once
def lerp(self, end, weight):
    """From the nearer end, so that both ends are met exactly."""
    return np.where(np.abs(weight) < 0.5, self + weight * (end - self), end - (end - self) * (1 - weight))


def view_as_real(self):
    return self[..., np.newaxis].view(self.real.dtype)


def view_as_complex(self):
    return self.view(complex_of(self.dtype))[..., 0]


def complex(real, imag):
    result = np.empty(np.broadcast_shapes(real.shape, imag.shape), complex_of(real.dtype))
    result.real, result.imag = real, imag
    return result


def angle(self):
    """In radians, from -pi to pi; of real numbers 0 or pi."""
    if self.dtype.kind == "c":
        return np.angle(self)
    return np.where(np.isnan(self), self, np.where(self < 0, self.dtype.type(math.pi), self.dtype.type(0)))


def log_of_number(number):
    """NaN for negative real numbers."""
    if isinstance(number, builtins.complex):
        return cmath.log(number)
    return math.log(number) if number > 0 else math.nan


def sgn(self):
    """The sign; of complex numbers the one of size 1 in the same direction, and 0 for 0."""
    if self.dtype.kind != "c":
        return sign(self)
    size = np.abs(self)
    return np.where(size == 0, 0, self / size).astype(self.dtype, copy=False)


def sign(self):
    return self.copy() if self.dtype == bool else np.subtract(self > 0, self < 0, dtype=self.dtype)  # 0 for NaN


def clip(self, min, max):
    if max is None:
        return np.maximum(self, min)
    return np.minimum(self, max) if min is None else clip_between(self, min, max)


@functools.partial(no_bool, "clamp_cpu")
def clip_between(self, min, max):
    return np.minimum(np.maximum(self, min), max)


# Reductions


def sum(self, dim, keepdim, dtype):
    """Integers and bools are summed in int64; float16 in float32, then rounded once."""
    if dtype is None and self.dtype.kind in "biu":
        dtype = np.int64
    if self.dtype == np.float16 and dtype is None:
        return np.add.reduce(self, dim, np.float32, keepdims=keepdim).astype(np.float16)
    return in_rows(np.add.reduce(self, dim, dtype, keepdims=keepdim))  # np.sum without its 1 µs of Python


def mean(self, dim, keepdim, dtype):
    """The sum divided by how many there were; float16 is summed in float32."""
    total = np.add.reduce(self, dim, np.float32 if dtype == np.float16 else dtype, keepdims=keepdim)
    return np.true_divide(total, self.size / total.size if total.size else 1).astype(dtype, "C", copy=False)


def norm(self, ord, dim, keepdim):
    if self.dtype == np.float16:  # whose powers soon overflow
        return norm(self.astype(np.float32), ord, dim, keepdim).astype(np.float16)
    size = np.abs(self)
    if ord == 0:
        return np.sum(self != 0, axis=dim, keepdims=keepdim, dtype=size.dtype)
    if ord == 1:
        return np.sum(size, axis=dim, keepdims=keepdim)
    if ord == 2:
        return np.sqrt(np.sum(size * size, axis=dim, keepdims=keepdim))
    if math.isinf(ord):
        return (np.max if ord > 0 else np.min)(size, axis=dim, keepdims=keepdim)
    return np.power(np.sum(np.power(size, ord), axis=dim, keepdims=keepdim), 1 / ord)


def var(self, dim, correction, keepdim):
    """The mean square distance from the mean; of n numbers the sum is divided by n - correction (1 if None)."""
    size = math.prod(self.shape) // max(math.prod(np.add.reduce(self, dim).shape), 1)
    wide = self.astype(np.complex128 if self.dtype.kind == "c" else np.float64)
    away = wide - np.add.reduce(wide, dim, keepdims=True) / size
    free = np.float64(max(size - (1 if correction is None else correction), 0))
    squares = (away * away.conj()).real  # of real numbers conj is the array itself
    return np.asarray(np.add.reduce(squares, dim, keepdims=keepdim) / free).astype(self.real.dtype, "C")


def logsumexp(self, dim, keepdim):
    """``log(sum(exp(self)))`` with the largest taken out of the sum, so that no exp overflows."""
    x = to_float(self)
    x = x.astype(np.float32) if x.dtype == np.float16 else x
    largest = np.maximum.reduce(x.real, dim, keepdims=True, initial=-np.inf)
    largest = np.where(np.isinf(largest), 0, largest).astype(x.real.dtype)
    total = np.log(np.add.reduce(np.exp(x - largest), dim, keepdims=True)) + largest
    return np.asarray(total if keepdim else total.squeeze(dim)).astype(to_float(self).dtype, "C", copy=False)


@functools.partial(only_real, "median_cpu")
def median(self, least):
    """The lower of the two middle values of all; NaN if there is one (but for `least`), or nothing at all."""
    if self.size == 0:
        return np.full((), np.nan, self.dtype)
    values = self.reshape(-1)
    return values[_median_place(values, 0, least)]


@functools.partial(only_real, "median_out")
def median_along(self, dim, keepdim, least):
    return at(self, _median_place(self, dim, least), dim, keepdim)


def _median_place(self, dim, least):
    """Where the median is: NaN where there is one, or among the numbers only (`least`), if there are any."""
    if self.ndim == 0:
        return np.zeros((), np.int64)
    order = np.argsort(self, axis=dim, kind="stable")
    if self.dtype.kind == "f" and np.isnan(self).any():
        nan = np.isnan(self)
        middle = np.maximum((~nan).sum(dim, keepdims=True) - 1, 0) // 2 if least else (self.shape[dim] - 1) // 2
        place = np.take_along_axis(order, np.broadcast_to(middle, nan.any(dim, keepdims=True).shape), dim).squeeze(dim)
        return place if least else np.where(nan.any(dim), np.argmax(nan, dim), place)
    return np.take(order, (self.shape[dim] - 1) // 2, axis=dim)


def at(self, place, dim, keepdim):
    """The elements at `place` along `dim`, and the places."""
    if self.ndim == 0:
        return self.copy(), np.zeros((), np.int64)
    place = np.expand_dims(np.asarray(place), dim)
    values = np.take_along_axis(self, place, dim)
    return (values, place) if keepdim else (values.squeeze(dim), place.squeeze(dim))


@rounded_once
def softmax(self, dim):
    parts = np.exp(_below_largest(self, dim))
    return parts / np.add.reduce(parts, dim, keepdims=True)


def log_softmax(self, dim):
    below = _below_largest(self.astype(np.float32) if self.dtype == np.float16 else self, dim)
    total = np.add.reduce(np.exp(below), dim, keepdims=True)
    if self.dtype == np.float16 and dim in (-1, self.ndim - 1):
        total = total.astype(np.float16).astype(np.float32)  # PyTorch rounds it on the way, in the last dimension
    return (below - np.log(total)).astype(self.dtype, copy=False)


def _below_largest(self, dim):
    """Numbers of which no exp overflows."""
    if self.size and self.ndim and dim in (-1, self.ndim - 1):
        return in_rows(self) - largest_in_rows(self)
    return in_rows(self) - np.maximum.reduce(self, dim, keepdims=True, initial=-np.inf)


def largest_in_rows(array):
    """The largest of each row, (..., 1): where rows are short, numpy finds its place in half the time of `np.max`."""
    rows = array.reshape(-1, array.shape[-1])
    return rows[np.arange(len(rows)), rows.argmax(1)].reshape(*array.shape[:-1], 1)


# Products


def plus(self, product, beta, alpha):
    """``beta * self + alpha * product``; with beta 0 nothing of self counts, be it NaN."""
    if product.dtype.kind not in "fc":
        beta, alpha = (int(number_for(number, product.dtype)) for number in (beta, alpha))
    if alpha != 1:
        product = product * scalar(alpha, product.dtype)
    if beta == 0:
        return np.broadcast_to(product, np.broadcast_shapes(self.shape, product.shape)).copy()
    return product + (self if beta == 1 else self * scalar(beta, self.dtype))


# Along a dimension


def accumulate(function, self, dim, dtype=None):
    """`function` of each element and the result before it; floats in float64, rounded at the end."""
    if not self.ndim:
        return self.astype(dtype or self.dtype)
    wide = np.float64 if (dtype or self.dtype).kind == "f" else dtype
    return function.accumulate(self, dim, wide).astype(dtype or self.dtype, "C", copy=False)


@functools.partial(only_float, "logcumsumexp_out_cpu")
def logcumsumexp(self, dim):
    if self.dtype.kind != "c" or not self.ndim:
        return accumulate(np.logaddexp, self, dim)
    result = to_write_to(self)
    steps = np.moveaxis(result, dim, 0)
    total = np.full(steps.shape[1:], -np.inf, self.dtype)
    for i, step in enumerate(steps):
        steps[i] = total = logaddexp(step, total)
    return result


def running_extreme(function, self, dim):
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    values = function.accumulate(in_rows(self), dim)
    steps = np.arange(self.shape[dim]).reshape([-1 if d == dim % self.ndim else 1 for d in range(self.ndim)])
    is_it = (self == values) | (self != self)
    return values, np.maximum.accumulate(np.where(is_it, steps, 0), dim)


def sort(self, dim, descending):
    """The elements in order, and their places. Equal ones keep theirs in either direction, and NaN is the largest."""
    if not self.ndim:
        return self.copy(), np.zeros((), np.int64)
    if descending:
        places = self.shape[dim] - 1 - np.flip(np.argsort(np.flip(self, dim), dim, kind="stable"), dim)
    else:
        places = np.argsort(self, dim, kind="stable")
    return np.take_along_axis(self, places, dim), places


def unstable_sort(self, dim, descending):
    values, places = sort(self, dim, descending)
    if not self.ndim or self.shape[dim] <= 16 or self.size > 10_000:  # few are sorted stably; of many nobody looks
        return values, places
    return redo_ties(self, values, places, dim, descending, by_quicksort)


def topk(self, k, dim, largest, sorted):
    values, places = sort(self, dim, largest)
    if not self.ndim:
        return values, places
    first = along(dim % self.ndim, slice(k))
    if k == 0 or self.shape[dim] >= 64 * k:
        return values[first].copy(), places[first].copy()
    redo = functools.partial(by_selection, k=k, sorted=sorted)
    return redo_ties(self, values, places[first], dim, largest, redo, all_rows=not sorted)


@functools.partial(only_real, "kthvalue_cpu")
def kthvalue(self, k, dim, keepdim):
    values, places = sort(self, dim, False)
    place = places.take(k - 1, dim) if self.ndim else 0
    if self.ndim and self.size <= 10_000 and (np.diff(values, axis=dim) == 0).any():
        ranks = np.apply_along_axis(lambda row: np.unique(row, return_inverse=True)[1], dim, self)
        place = np.apply_along_axis(by_quickselect, dim, ranks, k - 1)
    return at(self, place, dim, keepdim)


def mode(self, dim):
    """Where the commonest element, the smallest of several, is last once they are sorted."""

    def place(row):
        _, ranks, counts = np.unique(row, return_inverse=True, return_counts=True)
        return by_quicksort(ranks.tolist())[counts[: counts.argmax() + 1].sum() - 1]

    if not self.size:
        return np.zeros(self.any(dim).shape, np.int64)
    return np.apply_along_axis(place, dim, self) if self.ndim else 0


# Positions


def expand(self, size):
    """numpy's broadcasting, with -1 for a size that stays; but writable: `inplace.py` refuses what PyTorch does."""
    try:
        view = np.broadcast_to(self, size)
    except ValueError:
        view = np.broadcast_to(self, _expanded(self, size))
    view.flags.writeable = self.flags.writeable
    return view


def _expanded(self, size):
    """The sizes, without -1; RuntimeError for what `self` cannot be broadcast to."""
    shape = self.shape
    if len(size) < len(shape):
        raise RuntimeError(f"expand(torch.{title(self)}Tensor{{{list(shape)}}}, size={list(size)}): the number "
                           f"of sizes provided ({len(size)}) must be greater or equal to the number of dimensions in "
                           f"the tensor ({len(shape)})")
    target = []
    sizes = [*enumerate(zip(size, (None,) * (len(size) - len(shape)) + shape))]
    for dim, (n, m) in reversed(sizes):  # the last first, so that an error names that one
        if n == -1 and m is None:
            raise RuntimeError(f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing "
                               f"dimension {dim}")
        if n != -1 and m not in (None, 1, n):
            raise RuntimeError(f"The expanded size of the tensor ({n}) must match the existing size ({m}) at "
                               f"non-singleton dimension {dim}.  Target sizes: {list(size)}.  Tensor sizes: "
                               f"{list(shape)}")
        target.append(m if n == -1 else n)
    return tuple(reversed(target))


def squeeze(self, dims):
    """Without those of the dimensions `dims` whose size is 1."""
    return self.squeeze(tuple(d for d in dims if self.ndim and self.shape[d] == 1))


def along(dim, place):
    """The index for numpy that is `place` in dimension `dim` and everything in the others."""
    return (slice(None),) * dim + (place, ...)


def zeros_but(sizes, place, values):
    """Zeros, but for `values` at `place`."""
    result = np.zeros(sizes, values.dtype)
    result[place] = values
    return result


def to_write_to(self):
    """A copy; of a numpy number too, which a gradient may be: its own `copy` could not be written to."""
    return np.array(self, order="C")


def put(self, indices, values, accumulate):
    result = to_write_to(self)
    if accumulate:
        np.add.at(result, indices, values)
    else:
        result[indices] = values
    return result


def sum_at(self, sizes, indices):
    """Values added up at their places, of which several may be the same."""
    result = np.zeros(sizes, self.dtype)
    np.add.at(result, indices, self)
    return result


def at_1d(array):
    """The same memory with at least one dimension: where a position is asked for, a number counts as having one."""
    return array if array.ndim else array.reshape(1)


def places(index, dim):
    """The index for numpy that takes the positions `index` along `dim` and, in the other dimensions, its own."""
    index = at_1d(index).astype(np.int64, copy=False)
    result = list(np.indices(index.shape, sparse=True))
    result[dim] = index
    return tuple(result)


def scatter(self, dim, index, src, combine=None):
    """`self` with src[i, j] at [index[i, j], j]; `combine`, a ufunc, says how it goes together with what is there."""
    result = to_write_to(self)
    if not index.size:  # then it may have any number of dimensions
        return result
    if isinstance(src, np.ndarray):
        src = at_1d(src)[tuple(map(slice, at_1d(index).shape))]
    if combine is None:
        at_1d(result)[places(index, dim)] = src
    else:
        combine.at(at_1d(result), places(index, dim), src)
    return result


def for_slices(index, dim, shape):
    """The positions of whole slices along `dim`, as `scatter` wants them: one for each element of such a `shape`."""
    return np.broadcast_to(index.reshape([-1 if i == dim else 1 for i in range(len(shape))]), shape)


def constant_pad(self, pad, value):
    """`pad` counts from the last dimension: before and after it, before and after the one but last; < 0 cuts off."""
    pairs = [(0, 0)] * (self.ndim - len(pad) // 2) + list(zip(pad[::2], pad[1::2]))[::-1]
    inner = self[tuple([slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(self.shape, pairs)])]
    grown = [(max(a, 0), n, max(b, 0)) for n, (a, b) in zip(inner.shape, pairs)]
    result = np.full([a + n + b for a, n, b in grown], value, self.dtype)
    result[tuple([slice(a, a + n) for a, n, _ in grown])] = inner
    return result


def pad_places(kind, shape, padding):
    """The index for numpy that reflects or repeats the edges of the last dimensions."""
    result = []
    for n, before, after in zip(shape[::-1], padding[::2], padding[1::2]):
        place = np.arange(-before, n + after)
        if kind == "Reflection":
            place = np.abs(place)
            place = (n - 1) - np.abs((n - 1) - place)
        result.insert(0, np.clip(place, 0, n - 1))
    return (..., *np.ix_(*result))


def select_slices(self, dim, index):
    return self.copy() if not self.ndim else np.take(self, at_1d(index), dim)


def put_slices(self, dim, index, source, accumulate=False):
    """`self` with the slices `index` along `dim` replaced by those of `source`, or a number, or increased by them."""
    result = to_write_to(self)
    target, place = at_1d(result), along(dim, at_1d(index))
    if isinstance(source, np.ndarray) and source.ndim < target.ndim:
        source = source.astype(self.dtype)
    if accumulate:
        np.add.at(target, place, source)
    else:
        target[place] = source
    return result


def masked_scatter(self, mask, source):
    """`self` with the first elements of `source` where the mask is true."""
    result = np.broadcast_to(self, np.broadcast_shapes(self.shape, mask.shape)).copy()
    mask = np.broadcast_to(mask, result.shape)
    result[mask] = source.reshape(-1)[: np.count_nonzero(mask)]
    return result


def diagonal(self, offset, dim1, dim2):
    view = np.diagonal(self, offset, dim1, dim2)
    view.flags.writeable = self.flags.writeable
    return view


def put_diagonal(self, src, offset, dim1, dim2):
    result = to_write_to(self)
    diagonal(result, offset, dim1, dim2)[...] = src
    return result


def zeros_around(self, offset, dim1, dim2):
    """Zeros, in the shape of the matrices that have the last dimension of `self` as their diagonal."""
    *shape, n = self.shape
    for dim in sorted((dim1, dim2)):
        shape.insert(dim, n + max(offset, -offset))
    return np.zeros(shape, self.dtype)


def unfold(self, dimension, size, step):
    """Windows of `size` elements along a dimension, `step` apart, as a new last dimension; they share memory."""
    if not self.ndim:
        return self.reshape(1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(self, size, dimension, writeable=self.flags.writeable)
    return windows[along(dimension, slice(None, None, step))]


def fold(self, sizes, dimension, size, step):
    """Elements of windows added up where they came from."""
    if not sizes:
        return self.sum()
    result = np.zeros(sizes, self.dtype)
    for i in range(size):
        last = i + step * (self.shape[dimension] - 1)
        result[along(dimension, slice(i, last + 1, step))] += self[..., i]
    return result


def scatter_reduce(self, dim, index, src, reduce, include_self):
    """`scatter` with a reduction; without `self`, what is scattered to starts from the reduction's neutral element."""
    if self.dtype == bool and reduce == "mean":
        raise NotImplementedError("\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'")
    if reduce in ("amax", "amin"):
        refuse_complex(reduce, self)
    info = np.iinfo(self.dtype) if self.dtype.kind in "iu" else None
    least, most = (info.min, info.max) if info else (False, True) if self.dtype == bool else (-np.inf, np.inf)
    neutral, combine = {"sum": (0, np.add), "mean": (0, np.add), "prod": (1, np.multiply),
                        "amax": (least, np.maximum), "amin": (most, np.minimum)}[reduce]  # fmt: skip
    start = self if include_self else scatter(self, dim, index, neutral)
    result = scatter(start, dim, index, src, combine)
    if reduce == "mean":
        ones = np.ones(self.shape, np.int64)
        counts = scatter(ones if include_self else scatter(ones, dim, index, 0), dim, index, 1, np.add)
        divide = np.floor_divide if info else np.true_divide
        result = divide(result, np.maximum(counts, 1)).astype(self.dtype)
    return result
