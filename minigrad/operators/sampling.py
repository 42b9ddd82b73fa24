"""Random tensors: new ones, and those whose values are drawn anew in place.

What a draw gives does not depend smoothly on anything, so the gradient that goes through it is zero everywhere.
"""

import functools
import math
from operator import index

import numpy as np

from ..dtypes import get_default_dtype
from ..graph import Node
from ..inplace import check_overlap, check_writable, write
from ..kernels import order
from ..random import default_generator
from ..real_only import refuse_complex
from ..record import broadcast, named
from ..tensor import Tensor, refuse, wrap
from .arguments import misuse
from .arithmetic import without_derivative
from .creation import _creates, _factory, _shape, number
from .out import call_into

rand = _factory("rand", lambda shape, kind, generator=None: (generator or default_generator).uniform(shape, kind),
                "Random numbers, uniform in [0, 1): the ones PyTorch draws at the same seed.")
randn = _factory("randn", lambda shape, kind, generator=None: (generator or default_generator).normal(shape, kind),
                 "Random numbers from the standard normal distribution: the ones PyTorch draws at the same seed.")


class Draw(Node):
    """The node of a draw; `_node_class` makes a subclass for each kind."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [grad.new_zeros(grad.shape) for _ in self.next_functions]


@functools.cache
def _node_class(name):
    return type(name, (Draw,), {"__slots__": (), "__module__": "builtins"})


def _drawn(name, array, *inputs):
    """A new tensor that was drawn at random from what `inputs` say."""
    return write(wrap(array), _node_class(name), inputs, lambda: None)


def _overwrite(self, name, draw, *others):
    """Overwrite the values of `self` with ``draw(shape)``, in the order in which they lie in memory."""
    check_writable(name.partition("Backward")[0].lower() + "_", self, *others)
    check_overlap(self)
    return write(self, _node_class(name), (self, *others), lambda: _fill(self.array, draw))


def _fill(array, draw):
    in_order = array.transpose(_order(array))
    in_order[...] = draw(in_order.shape)
    return array


def _order(array):
    """The dimensions in the order of memory, the one with the largest steps first."""
    return sorted(range(array.ndim), key=lambda dim: -array.strides[dim])


# In place


def uniform_(self, from_=0, to=1, *, generator=None, **bounds):
    """Overwrite the values with numbers that are uniform in [from, to)."""
    from_ = bounds.pop("from", from_)  # a name that Python keeps for itself
    stream, dtype = generator or default_generator, self.array.dtype
    return _overwrite(self, "UniformBackward0", lambda shape: stream.uniform(shape, dtype, from_, to, **bounds))


def normal_(self, mean=0, std=1, *, generator=None):
    """Overwrite the values with normal numbers of the given mean and standard deviation."""
    stream, array = generator or default_generator, self.array
    return _overwrite(self, "NormalBackward0", lambda shape: stream.normal(
        shape, array.dtype, mean, std, array.flags.c_contiguous))


def bernoulli_(self, p=0.5, *, generator=None):
    """Overwrite the values with 1, with probability `p` (a number, or a tensor of chances), or else 0."""
    stream = generator or default_generator
    refuse_complex("bernoulli_", self.array)
    if not isinstance(p, Tensor):
        return _overwrite(self, "BernoulliBackward2", lambda shape: stream.bernoulli(shape, p))
    try:
        chances = np.broadcast_to(p.array, self.array.shape)
    except ValueError:
        raise _not_expandable(p.array.shape, self.array.shape) from None
    chances = chances.transpose(_order(self.array))
    return _overwrite(self, "BernoulliBackward1", lambda shape: stream.bernoulli(shape, chances), p)


def _not_expandable(shape, target):
    for offset in range(1, len(shape) + 1):
        if offset > len(target) or (shape[-offset] != target[-offset] and shape[-offset] != 1):
            break
    return RuntimeError(f"The expanded size of the tensor ({target[-offset]}) must match the existing size "
                        f"({shape[-offset]}) at non-singleton dimension {len(target) - offset}.  Target sizes: "
                        f"{list(target)}.  Tensor sizes: {list(shape)}")


def exponential_(self, lambd=1, *, generator=None):
    """Overwrite the values with exponentially distributed numbers of the mean ``1 / lambd``."""
    stream, dtype = generator or default_generator, self.array.dtype
    if dtype.kind != "f":
        raise _continuous("Exponential", self.dtype.title)
    _check_positive("exponential_", "lambda", lambd)
    return _overwrite(self, "ExponentialBackward0", lambda shape: stream.exponential(shape, dtype, lambd))


def cauchy_(self, median=0, sigma=1, *, generator=None):
    """Overwrite the values with numbers of the Cauchy distribution around `median`, of the width `sigma`."""
    if self.array.dtype.kind != "f":
        raise _continuous("Cauchy", {"int64": "long int"}.get(self.dtype.name, self.dtype.c_name))
    _check_positive("cauchy_", "sigma", sigma)
    return _overwrite(self, "CauchyBackward0", _from_unit(
        generator, lambda unit: median + sigma * np.tan(math.pi * (unit - 0.5))))


def log_normal_(self, mean=1, std=2, *, generator=None):
    """Overwrite the values with numbers whose logarithm is normal, of the given mean and standard deviation."""
    stream = generator or default_generator
    if self.array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_normal_cpu\" not implemented for '{self.dtype.title}'")
    _check_positive("log_normal_", "std", std)
    return _overwrite(self, "LogNormalBackward0", lambda shape: np.exp(
        stream.normal(shape, np.float64, mean, std, in_blocks=False)))


def geometric_(self, p, *, generator=None):
    """Overwrite the values with the number of trials up to the first success, which has the chance `p` each time."""
    p = float(p)
    refuse(not 0 < p < 1 and f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return _overwrite(self, "GeometricBackward0", _from_unit(
        generator, lambda unit: np.ceil(np.log(unit) / np.log1p(-p))))


def _from_unit(generator, transform):
    """Draws by `transform` of float64 numbers that are uniform in [0, 1)."""
    stream = generator or default_generator
    return lambda shape: transform(stream.uniform(shape, np.float64))


def _continuous(distribution, kind):
    return RuntimeError(f"{distribution} distribution is a continuous probability distribution. "
                        f"dtype must be a floating point but you specified {kind}")


def _check_positive(function, name, value):
    refuse(not value > 0 and f"{function} expects {name} > 0.0, but found {name}={value:g}")


def random_(self, *bounds, generator=None, **named):
    """Overwrite the values with integers: ``random_(to)`` from 0 to `to` - 1, ``random_(from, to)``, or ``random_()``.

    The last goes up to the largest integer of the dtype, or, of a float, to which it can count.
    """
    stream, dtype = generator or default_generator, self.array.dtype
    bounds += tuple(named.pop(name) for name in ("from", "to") if name in named)
    if named or len(bounds) > 2:
        raise misuse(".random_", bounds, named)
    low, high = ((0, None) if not bounds else (0, *bounds))[-2:]
    low, high = index(low), high if high is None else index(high)
    if high is None:
        high = 1 + (2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else _limits(dtype)[1])
    elif low < high:
        least, largest = _limits(dtype)
        for what, value in (("from", low), ("to - 1", high - 1)):
            refuse(not least <= value <= largest and f"{what} is out of bounds for {self.dtype.c_name}")
    name = ("RandomBackward2", "RandomBackward1", "RandomBackward0")[len(bounds)]
    in_words = not bounds and dtype.itemsize < 8
    return _overwrite(self, name, lambda shape: stream.integers(low, high, shape, in_words))


def _limits(dtype):
    """The least and the largest number of a dtype."""
    refuse(dtype.kind == "c" and "check_random_bounds handles only integral, floating-point and boolean types")
    if dtype.kind == "b":
        return 0, 1
    about = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return about.min, about.max


# New tensors


def _like(name, draw):
    def like(input, *bounds, generator=None, kind, **named):
        array, stream = np.empty_like(input.array, kind, order(input.array)), generator or default_generator
        return _fill(array, lambda shape: draw(stream, array, shape, *bounds, **named))

    return _creates(named(like, name, f"`{name.removesuffix('_like')}` of the shape and dtype of `input`."))


rand_like = _like("rand_like", lambda stream, array, shape: stream.uniform(shape, array.dtype))
randn_like = _like("randn_like", lambda stream, array, shape:
                   stream.normal(shape, array.dtype, in_blocks=array.flags.c_contiguous))
randint_like = _like("randint_like", lambda stream, array, shape, low=0, high=None:
                     stream.integers(*((0, index(low)) if high is None else (index(low), index(high))), shape))


@_creates
def randint(*args, generator=None, kind, **named):
    """Random integers up to `high` - 1, from 0 or `low`: ``randint(high, size)`` or ``randint(low, high, size)``."""
    if len(args) + len(named) < 3:
        args = (0, *args)
    return _integers(*args, **named, generator=generator, kind=kind)


def _integers(low, high, size, generator, kind):
    result = wrap(np.empty(_shape((tuple(size),), "randint"), kind or np.int64))
    return random_(result, low, high, generator=generator).array


@_creates
def randperm(n, *, generator=None, kind):
    """The integers 0 to n - 1 in random order."""
    return (generator or default_generator).permutation(index(n)).astype(kind or np.int64, copy=False)


def normal(mean, std=1.0, *size, **options):
    """Normal numbers: a tensor of shape `size`, or one for each of the means and standard deviations in tensors.

    >>> normal(mean=wrap(np.zeros(3)), std=0.0)
    tensor([0., 0., 0.], dtype=torch.float64)
    """
    tensors = tuple(x for x in (mean, std) if isinstance(x, Tensor))
    if size and not any(x.array.ndim for x in tensors):
        mean, std, tensors = number(mean), number(std), ()
    if not tensors:
        return _normal_of_size(mean, std, *size, **options)
    if "out" in options:
        return call_into("normal", normal, (mean, std), options)
    if size or not options.keys() <= {"generator"}:
        raise misuse("normal", (mean, std, *size), options)
    refuse(isinstance(std, Tensor) and not (std.array >= 0).all() and "normal expects all elements of std >= 0.0")
    stream, kind = options.get("generator") or default_generator, tensors[0].array.dtype
    if not isinstance(std, Tensor):
        return _drawn("NormalBackward1", stream.normal(mean.array.shape, kind, 0.0, std) + mean.array, mean)
    shape = broadcast(*(x.array.shape for x in tensors))
    array = stream.normal(shape, kind) * std.array + (mean.array if isinstance(mean, Tensor) else mean)
    return _drawn(f"NormalBackward{1 + len(tensors)}", array.astype(kind, copy=False), *tensors)


def _normal_of_size(mean, std, size, *, generator=None, kind):
    shape = _shape((tuple(size),), "normal")
    return (generator or default_generator).normal(shape, kind or get_default_dtype().numpy, mean, std)


_normal_of_size.__name__ = "normal"
_normal_of_size = _creates(_normal_of_size)


def bernoulli(input, p=None, *, generator=None):
    """1 with the probability that each element of `input` is, else 0; or with probability `p` everywhere.

    >>> bernoulli(wrap(np.array([0.0, 1.0, 1.0])))
    tensor([0., 1., 1.], dtype=torch.float64)
    """
    result = wrap(np.empty(input.array.shape, input.array.dtype))
    if p is None:
        bernoulli_(result, input.detach(), generator=generator)
        return _drawn("BernoulliBackward0", result.array, input)
    return without_derivative("bernoulli", bernoulli_(result, p, generator=generator), input)


def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Indices drawn with probabilities proportional to `input`, a vector or the rows of a matrix; int64.

    With `replacement`, each draw looks up a uniform number in the cumulative distribution. Without, each index waits
    for an exponential time at the rate of its probability, and those that come first are taken.
    """
    stream, weights, num_samples = generator or default_generator, input.array, index(num_samples)
    refuse(weights.ndim not in (1, 2) and "prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.title}")
    refuse(num_samples <= 0 and "cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    refuse(weights.shape[-1] > 2**24 and "number of categories cannot exceed 2^24")
    invalid = weights[~((weights >= 0) & (weights < np.inf))]
    if invalid.size:
        if num_samples == 1 or not replacement:
            raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
        what = "= infinity or NaN" if invalid[0] > 0 else "< 0"
        raise RuntimeError(f"invalid multinomial distribution (encountering probability entry {what})")
    rows = np.atleast_2d(weights)
    refuse(not (rows.sum(1) > 0).all() and "invalid multinomial distribution (sum of probabilities <= 0)")
    if replacement and num_samples > 1:
        chances = np.cumsum(rows, axis=1)
        chances = chances / chances[:, -1:]
        chances[:, -1:] = 1
        unit = stream.uniform((len(rows), num_samples), np.float64)
        found = np.array([np.searchsorted(c, u) for c, u in zip(chances, unit)], np.int64).reshape(unit.shape)
    else:
        with np.errstate(divide="ignore"):
            speed = rows / stream.exponential(rows.shape, rows.dtype)
        found = np.argsort(-speed, axis=1, kind="stable")[:, :num_samples].copy()
    return wrap(found.reshape(*weights.shape[:-1], num_samples))


def dropout_mask(input, p, generator=None):
    """What dropout multiplies an array with: ``1 / (1 - p)`` with probability 1 - `p`, else 0, in the same dtype.

    It draws nothing if p is 0 or 1.
    """
    if p in (0, 1):
        return np.full_like(input, 1 - p)
    stream, mask = generator or default_generator, np.empty_like(input, order=order(input))
    return _fill(mask, lambda shape: stream.bernoulli(shape, 1 - p)) / mask.dtype.type(1 - p)


IN_PLACE = (uniform_, normal_, bernoulli_, exponential_, cauchy_, log_normal_, geometric_, random_)
