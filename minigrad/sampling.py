"""Random tensors: new ones, and those whose values are drawn anew in place.

What a draw gives does not depend smoothly on anything, so the gradient that goes through it is zero everywhere.
"""

import functools
import math

import numpy as np

from .arithmetic import without_derivative
from .conversions import numpy_dtype
from .creation import _factory, _made, _shape
from .dtypes import get_default_dtype
from .graph import Node, bump_version, gradient_edge
from .inplace import check_overlap, check_writable, rebase
from .random import Generator, default_generator
from .record import NOWHERE, broadcast_error, not_a_tensor
from .tensor import Tensor, check_device, is_recording, wrap

rand = _factory("rand", lambda shape, kind, generator=None: _stream(generator, "rand").uniform(shape, kind),
                "Random numbers, uniform in [0, 1): the ones PyTorch draws at the same seed.")
randn = _factory("randn", lambda shape, kind, generator=None: _stream(generator, "randn").normal(shape, kind),
                 "Random numbers from the standard normal distribution: the ones PyTorch draws at the same seed.")


class Draw(Node):
    """The node of a draw; `_draw` makes a subclass for each kind."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [grad.new_zeros(grad.shape) for _ in self.next_functions]


@functools.cache
def _node_class(name):
    return type(name, (Draw,), {"__slots__": (), "__module__": "builtins"})


def _node(name, array, *inputs):
    """The node of a draw that gave `array`; None if no input is tracked."""
    if not is_recording(*inputs) or array.dtype.kind != "f":
        return None
    edges = tuple(gradient_edge(x) if x.requires_grad else NOWHERE for x in inputs)
    return _node_class(name)(edges, array.shape, array.dtype)


def _drawn(name, array, *inputs):
    """A new tensor that was drawn at random from what `inputs` say."""
    result, node = wrap(array), _node(name, array, *inputs)
    if node is not None:
        result._requires_grad, result._edge = True, (node, 0)
    return result


def _overwrite(self, name, draw, *others):
    """Overwrite the values of `self` with ``draw(shape)``, in the order in which they lie in memory."""
    check_writable(self, *others)
    check_overlap(self)
    node = _node(name, self.array, self, *others)
    _fill(self.array, draw)
    bump_version(self)
    if node is not None:
        rebase(self, (node, 0))
    return self


def _fill(array, draw):
    order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    in_order = array.transpose(order)
    in_order[...] = draw(in_order.shape)
    return array


def _stream(generator, function):
    if generator is not None and not isinstance(generator, Generator):
        kind = type(generator).__name__
        raise TypeError(f"{function}(): argument 'generator' must be torch.Generator, not {kind}")
    return generator or default_generator


# In place


def uniform_(self, from_=0, to=1, *, generator=None, **bounds):
    """Overwrite the values with numbers that are uniform in [from, to)."""
    from_ = bounds.pop("from", from_)  # a name that Python keeps for itself
    _check_floats("uniform_", **{"from": from_, "to": to})
    stream, dtype = _stream(generator, "uniform_"), self.array.dtype
    return _overwrite(self, "UniformBackward0", lambda shape: stream.uniform(shape, dtype, from_, to))


def normal_(self, mean=0, std=1, *, generator=None):
    """Overwrite the values with normal numbers of the given mean and standard deviation."""
    _check_floats("normal_", mean=mean, std=std)
    stream, array = _stream(generator, "normal_"), self.array
    return _overwrite(self, "NormalBackward0", lambda shape: stream.normal(
        shape, array.dtype, float(mean), float(std), array.flags.c_contiguous))


def bernoulli_(self, p=0.5, *, generator=None):
    """Overwrite the values with 1, with probability `p` (a number, or a tensor of chances), or else 0."""
    stream = _stream(generator, "bernoulli_")
    if not isinstance(p, (Tensor, int, float)):
        raise _refused("bernoulli_", (p,), {}, _BERNOULLI)
    if not isinstance(p, Tensor):
        return _overwrite(self, "BernoulliBackward2", lambda shape: stream.bernoulli(shape, p))
    try:
        chances = np.broadcast_to(p.array, self.array.shape)
    except ValueError:
        raise _not_expandable(p.array.shape, self.array.shape) from None
    order = sorted(range(self.array.ndim), key=lambda dim: -self.array.strides[dim])
    chances = chances.transpose(order)
    return _overwrite(self, "BernoulliBackward1", lambda shape: stream.bernoulli(shape, chances), p)


def _not_expandable(shape, target):
    for offset in range(1, len(shape) + 1):
        if offset > len(target) or (shape[-offset] != target[-offset] and shape[-offset] != 1):
            break
    return RuntimeError(
        f"The expanded size of the tensor ({target[-offset]}) must match the existing size ({shape[-offset]}) at "
        f"non-singleton dimension {len(target) - offset}.  Target sizes: {list(target)}.  "
        f"Tensor sizes: {list(shape)}"
    )


def exponential_(self, lambd=1, *, generator=None):
    """Overwrite the values with exponentially distributed numbers of the mean ``1 / lambd``."""
    stream, dtype = _stream(generator, "exponential_"), self.array.dtype
    if dtype.kind != "f":
        raise _continuous("Exponential", self.dtype.title)
    _check_floats("exponential_", lambd=lambd)
    _check_positive("exponential_", "lambda", lambd)
    return _overwrite(self, "ExponentialBackward0", lambda shape: stream.exponential(shape, dtype, lambd))


def cauchy_(self, median=0, sigma=1, *, generator=None):
    """Overwrite the values with numbers of the Cauchy distribution around `median`, of the width `sigma`."""
    if self.array.dtype.kind != "f":
        raise _continuous("Cauchy", {"int64": "long int"}.get(self.dtype.name, self.dtype.c_name))
    _check_floats("cauchy_", median=median, sigma=sigma)
    _check_positive("cauchy_", "sigma", sigma)
    return _overwrite(self, "CauchyBackward0", _from_unit(
        generator, "cauchy_", lambda unit: median + sigma * np.tan(math.pi * (unit - 0.5))))


def log_normal_(self, mean=1, std=2, *, generator=None):
    """Overwrite the values with numbers whose logarithm is normal, of the given mean and standard deviation."""
    stream = _stream(generator, "log_normal_")
    if self.array.dtype.kind != "f":
        raise NotImplementedError(f"\"log_normal_cpu\" not implemented for '{self.dtype.title}'")
    _check_floats("log_normal_", mean=mean, std=std)
    _check_positive("log_normal_", "std", std)
    return _overwrite(self, "LogNormalBackward0", lambda shape: np.exp(
        stream.normal(shape, np.float64, mean, std, in_blocks=False)))


def geometric_(self, p, *, generator=None):
    """Overwrite the values with the number of trials up to the first success, which has the chance `p` each time."""
    _check_floats("geometric_", p=p)
    p = float(p)
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    return _overwrite(self, "GeometricBackward0", _from_unit(
        generator, "geometric_", lambda unit: np.ceil(np.log(unit) / np.log1p(-p))))


def _from_unit(generator, function, transform):
    """Draws by `transform` of float64 numbers that are uniform in [0, 1)."""
    stream = _stream(generator, function)
    return lambda shape: transform(stream.uniform(shape, np.float64))


def _continuous(distribution, kind):
    return RuntimeError(f"{distribution} distribution is a continuous probability distribution. "
                        f"dtype must be a floating point but you specified {kind}")


def _check_floats(function, **numbers):
    for position, (name, value) in enumerate(numbers.items(), start=1):
        if not isinstance(value, (int, float, Tensor)):
            kind = type(value).__name__
            raise TypeError(f"{function}(): argument '{name}' (position {position}) must be float, not {kind}")


def _check_positive(function, name, value):
    if not value > 0:
        raise RuntimeError(f"{function} expects {name} > 0.0, but found {name}={value:g}")


def random_(self, *bounds, generator=None, **named):
    """Overwrite the values with integers: ``random_(to)`` from 0 to `to` - 1, ``random_(from, to)``, or ``random_()``.

    The last goes up to the largest integer of the dtype, or, of a float, to which it can count.
    """
    stream, dtype = _stream(generator, "random_"), self.array.dtype
    given = bounds + tuple(named[name] for name in ("from", "to") if name in named)
    if len(given) != len(bounds) + len(named) or not all(_is_int(x) or x is None for x in given):
        raise _refused("random_", bounds, named, _RANDOM)
    bounds = given
    low, high = ((0, None) if not bounds else (0, *bounds))[-2:]
    if high is None:
        high = 1 + (2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else _limits(dtype)[1])
    elif low < high:
        least, largest = _limits(dtype)
        for what, value in (("from", low), ("to - 1", high - 1)):
            if not least <= value <= largest:
                raise RuntimeError(f"{what} is out of bounds for {self.dtype.c_name}")
    name = ("RandomBackward2", "RandomBackward1", "RandomBackward0")[len(bounds)]
    in_words = not bounds and dtype.itemsize < 8
    return _overwrite(self, name, lambda shape: stream.integers(low, high, shape, in_words))


def _limits(dtype):
    """The least and the largest number of a dtype."""
    if dtype.kind == "b":
        return 0, 1
    about = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return about.min, about.max


# New tensors


def _like(name, fill):
    def like(input, *args, dtype=None, device=None, requires_grad=False, generator=None, layout=None,
             pin_memory=False, memory_format=None, **named):
        check_device(device)
        if not isinstance(input, Tensor):
            raise not_a_tensor(name, "input", 1, input)
        result = wrap(np.empty_like(input.array, numpy_dtype(dtype, name) or input.array.dtype))
        _fill(result.array, fill(result.array, _stream(generator, name), *args, **named))
        return _made(result.array, requires_grad)

    like.__name__ = like.__qualname__ = name
    like.__doc__ = f"`{name.removesuffix('_like')}` of the shape and dtype of `input`."
    return like


rand_like = _like("rand_like", lambda array, stream: lambda shape: stream.uniform(shape, array.dtype))
randn_like = _like("randn_like", lambda array, stream: lambda shape: stream.normal(
    shape, array.dtype, in_blocks=array.flags.c_contiguous))
randint_like = _like("randint_like", lambda array, stream, low, high=None: lambda shape: stream.integers(
    *((0, low) if high is None else (low, high)), shape))


_AS = ("Tensor out = None, torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, "
       "bool pin_memory = False, bool requires_grad = False")
_RANDOM = [f"({ints}*, torch.Generator generator = None)" for ints in ("", "int from, int to, ", "int to, ")]
_BERNOULLI = [f"({p}, *, torch.Generator generator = None)" for p in ("Tensor p", "float p = 0.5")]
_RANDINT = [f"({ints}, tuple of ints size, *, {stream}{_AS})" for ints in ("int high", "int low, int high")
            for stream in ("torch.Generator generator, ", "")]


def _refused(function, args, named, signatures):
    """PyTorch's words for arguments that fit none of a function's signatures."""
    got = [type(x).__name__ for x in args] + [f"{name}={type(x).__name__}" for name, x in named.items()]
    return TypeError(f"{function}() received an invalid combination of arguments - got ({', '.join(got)}), "
                     "but expected one of:\n" + "".join(f" * {signature}\n" for signature in signatures))


def randint(*args, generator=None, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False,
            **named):
    """Random integers up to `high` - 1, from 0 or `low`: ``randint(high, size)`` or ``randint(low, high, size)``."""
    check_device(device)
    places = ("high", "size") if len(args) + len(named) < 3 else ("low", "high", "size")
    given = dict(zip(places, args)) | named
    if tuple(sorted(given, key=("low", "high", "size").index)) != places or len(places) < len(args):
        raise _refused("randint", args, named, _RANDINT)
    for position, (name, value) in enumerate(given.items(), start=1):
        fits = isinstance(value, (tuple, list)) if name == "size" else _is_int(value)
        if not fits and len(places) == 3:
            raise _refused("randint", args, named, _RANDINT)
        if not fits:
            raise TypeError(f"randint(): argument '{name}' (position {position}) must be "
                            f"{'tuple of ints' if name == 'size' else 'int'}, not {type(value).__name__}")
    result = wrap(np.empty(_shape((given["size"],), "randint"), numpy_dtype(dtype, "randint") or np.int64))
    random_(result, int(given.get("low", 0)), int(given["high"]), generator=generator)
    return _made(result.array, requires_grad)


def _is_int(value):
    return hasattr(value, "__index__") and not isinstance(value, bool)


def randperm(n, *, generator=None, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """The integers 0 to n - 1 in random order."""
    check_device(device)
    if not _is_int(n):
        raise TypeError(f"randperm(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    order = _stream(generator, "randperm").permutation(int(n))
    return _made(order.astype(numpy_dtype(dtype, "randperm") or np.int64, copy=False), requires_grad)


_NORMAL = ["(Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)",
           "(Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None)",
           "(float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None)",
           f"(float mean, float std, tuple of ints size, *, torch.Generator generator = None, {_AS})"]


def normal(mean, std=1.0, size=None, *, generator=None, dtype=None, device=None, requires_grad=False, **others):
    """Normal numbers: a tensor of shape `size`, or one for each of the means and standard deviations in tensors.

    >>> normal(mean=wrap(np.zeros(3)), std=0.0)
    tensor([0., 0., 0.], dtype=torch.float64)
    """
    stream = _stream(generator, "normal")
    tensors = tuple(x for x in (mean, std) if isinstance(x, Tensor))
    numbers = all(isinstance(x, (Tensor, int, float)) for x in (mean, std))
    if not numbers or bool(tensors) != (size is None) or not (tensors or isinstance(size, (tuple, list))):
        raise _refused("normal", tuple(x for x in (mean, std, size) if x is not None), {}, _NORMAL)
    if not tensors:
        kind = numpy_dtype(dtype, "normal") or get_default_dtype().numpy
        array = stream.normal(_shape((size,), "normal"), kind, float(mean), float(std))
        return _made(array, requires_grad)
    if isinstance(std, Tensor) and not (std.array >= 0).all():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    kind = tensors[0].array.dtype
    if not isinstance(std, Tensor):
        array = stream.normal(mean.array.shape, kind, 0.0, float(std)) + mean.array
        return _drawn("NormalBackward1", array, mean)
    try:
        shape = np.broadcast_shapes(*(x.array.shape for x in tensors))
    except ValueError:
        raise broadcast_error(*(x.array.shape for x in tensors)) from None
    array = stream.normal(shape, kind) * std.array + (mean.array if isinstance(mean, Tensor) else mean)
    return _drawn(f"NormalBackward{1 + len(tensors)}", array.astype(kind, copy=False), *tensors)


def bernoulli(input, p=None, *, generator=None):
    """1 with the probability that each element of `input` is, else 0; or with probability `p` everywhere.

    >>> bernoulli(wrap(np.array([0.0, 1.0, 1.0])))
    tensor([0., 1., 1.], dtype=torch.float64)
    """
    if not isinstance(input, Tensor):
        raise not_a_tensor("bernoulli", "input", 1, input)
    result = wrap(np.empty_like(input.array))
    if not isinstance(p, (int, float, type(None))):
        raise _refused("bernoulli", (input,), {"p": p}, [
            "(Tensor input, *, torch.Generator generator = None, Tensor out = None)",
            "(Tensor input, float p, *, torch.Generator generator = None)"])
    if p is None:
        bernoulli_(result, input.detach(), generator=generator)
        return _drawn("BernoulliBackward0", result.array, input)
    return without_derivative("bernoulli", bernoulli_(result, p, generator=generator), input)


def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Indices drawn with probabilities proportional to `input`, a vector or the rows of a matrix; int64.

    With `replacement`, each draw looks up a uniform number in the cumulative distribution. Without, each index waits
    for an exponential time at the rate of its probability, and those that come first are taken.
    """
    if not isinstance(input, Tensor):
        raise not_a_tensor("multinomial", "input", 1, input)
    if not _is_int(num_samples):
        kind = type(num_samples).__name__
        raise TypeError(f"multinomial(): argument 'num_samples' (position 2) must be int, not {kind}")
    stream, weights = _stream(generator, "multinomial"), input.array
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.title}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not ((weights >= 0) & (weights < np.inf)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    rows = np.atleast_2d(weights)
    if not (rows.sum(1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if replacement and num_samples > 1:
        chances = np.cumsum(rows, axis=1)
        chances = chances / chances[:, -1:]
        chances[:, -1:] = 1
        unit = stream.uniform((len(rows), num_samples), np.float64)
        found = np.array([np.searchsorted(c, u) for c, u in zip(chances, unit)], np.int64).reshape(unit.shape)
    else:
        with np.errstate(divide="ignore"):
            speed = rows / stream.exponential(rows.shape, rows.dtype)
        found = np.argsort(-speed, axis=1, kind="stable")[:, :num_samples]
    return wrap(found.reshape(*weights.shape[:-1], num_samples))


def dropout_mask(input, p, generator=None):
    """What dropout multiplies an array with: ``1 / (1 - p)`` with probability 1 - `p`, else 0, in the same dtype.

    It draws nothing if p is 0 or 1.
    """
    if p in (0, 1):
        return np.full_like(input, 1 - p)
    stream, mask = _stream(generator, "dropout"), np.empty_like(input)
    return _fill(mask, lambda shape: stream.bernoulli(shape, 1 - p)) / mask.dtype.type(1 - p)


IN_PLACE = (uniform_, normal_, bernoulli_, exponential_, cauchy_, log_normal_, geometric_, random_)
