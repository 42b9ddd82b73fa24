"""Tensors from nothing: from Python data and numpy arrays, from shapes, and from the random generator."""

import math
import warnings

import numpy as np

from . import random
from .dtypes import dtype as Dtype
from .dtypes import from_numpy_dtype, get_default_dtype, number_dtype
from .tensor import Tensor, fill, wrap
from .tensor import device as Device

INTEGER_GRAD = "Only Tensors of floating point and complex dtype can require gradients"


def _made(array, requires_grad=False):
    """A new leaf."""
    if requires_grad and array.dtype.kind != "f":
        raise RuntimeError(INTEGER_GRAD)
    result = wrap(array)
    result._requires_grad = bool(requires_grad)
    return result


def tensor(data, *, dtype=None, device=None, requires_grad=False):
    """A new tensor with a copy of `data`: a number, nested lists of numbers, or a numpy array.

    Without `dtype`, floats give the default dtype (float32), integers int64, arrays keep theirs. Only floating-point
    tensors can require grad (RuntimeError).

    >>> tensor([[1, 2], [3, 4]]).dtype, tensor(0.5, requires_grad=True)
    (torch.int64, tensor(0.5000, requires_grad=True))
    """
    _on_cpu(device)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        data = data.array
    return _made(_new_array(data, dtype), requires_grad)


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, without a copy where it is one already, or a numpy array, of the right dtype."""
    _on_cpu(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or dtype.numpy == data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(array):
    """A tensor that shares its memory with a numpy array."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    from_numpy_dtype(array.dtype)
    return wrap(array)


def _new_array(data, dtype):
    if isinstance(data, np.ndarray):
        from_numpy_dtype(data.dtype)
        return np.array(data, dtype=None if dtype is None else dtype.numpy)
    data = _plain(data)
    try:
        array = np.array(data)
    except ValueError:
        _check_nesting(data, 0, _nesting(data))
        raise
    except OverflowError:
        raise RuntimeError("Overflow when unpacking long long") from None
    if array.dtype.kind in "OUSV":
        raise _not_a_number(data)
    if dtype is not None:
        return array.astype(dtype.numpy)
    if array.dtype.kind == "f" and not _holds_numpy(data):
        return array.astype(get_default_dtype().numpy)
    if array.size == 0 and not isinstance(data, np.generic):
        return array.astype(get_default_dtype().numpy)
    if array.dtype.kind == "c":
        raise TypeError("minigrad has no complex numbers.")
    from_numpy_dtype(array.dtype)
    return array


def _plain(data):
    """Nested lists with the tensors in them replaced by arrays."""
    if isinstance(data, Tensor):
        return data.array.astype(np.float64) if data.array.dtype.kind == "f" else data.array
    if isinstance(data, (list, tuple)) and any(isinstance(item, (Tensor, list, tuple)) for item in data):
        return [_plain(item) for item in data]
    return data


def _holds_numpy(data):
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return isinstance(data, np.generic)


def _nesting(data):
    """The shape that the first element of each level promises."""
    shape = []
    while isinstance(data, (list, tuple)):
        shape.append(len(data))
        if not data:
            break
        data = data[0]
    return shape


def _check_nesting(data, dim, shape):
    """ValueError naming the first place where nested lists are not rectangular."""
    if dim == len(shape):
        if isinstance(data, (list, tuple)):
            raise TypeError(f"must be real number, not {type(data).__name__}")
        return
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"expected sequence of length {shape[dim]} at dim {dim} (got a {type(data).__name__})")
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    for item in data:
        _check_nesting(item, dim + 1, shape)


def _not_a_number(data):
    """The error for the first thing in `data` that is no number."""
    if isinstance(data, (list, tuple)):
        for item in data:
            error = _not_a_number(item)
            if error is not None:
                return error
        return None
    if isinstance(data, (bool, int, float, np.generic, np.ndarray)):
        return None
    if isinstance(data, str):
        return TypeError("new(): invalid data type 'str'")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def _on_cpu(where):
    if where is not None and not isinstance(where, Device):
        Device(where)


def _shape(size):
    """The shape meant by `zeros(2, 3)`, `zeros((2, 3))` or `zeros([2, 3])`."""
    if len(size) == 1 and isinstance(size[0], (list, tuple)):
        size = size[0]
    for i, n in enumerate(size):
        if not hasattr(n, "__index__"):
            raise TypeError(
                f"argument 'size' must be tuple of ints, but found element of type {type(n).__name__} at pos {i}"
            )
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(size)}")
    return tuple(n.__index__() for n in size)


def _kind(dtype):
    if dtype is not None and not isinstance(dtype, Dtype):
        raise TypeError(f"argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return (dtype or get_default_dtype()).numpy


def _factory(make, doc):
    """zeros, ones, rand ...: a function of the shape from one of (shape, numpy dtype, generator)."""

    def factory(*size, dtype=None, device=None, requires_grad=False, generator=None, out=None, **named):
        _on_cpu(device)
        size = named.pop("size", size)
        if named:
            raise TypeError(f"{factory.__name__}() got an unexpected keyword argument '{next(iter(named))}'")
        return _made(make(_shape(size if isinstance(size, tuple) and named == {} else (size,)), _kind(dtype),
                          generator or random.default_generator), requires_grad)

    factory.__doc__ = doc
    return factory


zeros = _factory(lambda shape, kind, _: np.zeros(shape, kind), "A tensor of zeros: ``zeros(2, 3)``.")
ones = _factory(lambda shape, kind, _: np.ones(shape, kind), "A tensor of ones: ``ones(2, 3)``.")
empty = _factory(lambda shape, kind, _: np.empty(shape, kind), "A tensor of whatever was in the memory.")
rand = _factory(lambda shape, kind, generator: generator.uniform(shape, kind),
                "Random numbers, uniform in [0, 1): the ones PyTorch draws at the same seed.")
randn = _factory(lambda shape, kind, generator: generator.normal(shape, kind),
                 "Random numbers from the standard normal distribution: the ones PyTorch draws at the same seed.")
for _name in ("zeros", "ones", "empty", "rand", "randn"):
    globals()[_name].__name__ = globals()[_name].__qualname__ = _name


def full(size, fill_value, *, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size` with `fill_value` everywhere, of the number's dtype if none is given."""
    _on_cpu(device)
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    kind = number_dtype(value) if dtype is None else dtype.numpy
    return _made(np.full(_shape((size,)) if not isinstance(size, int) else (size,), value, kind), requires_grad)


def _like(name, make):
    def like(input, *, dtype=None, device=None, requires_grad=False):
        _on_cpu(device)
        kind = input.array.dtype if dtype is None else dtype.numpy
        return _made(make(input.array.shape, kind), requires_grad)

    like.__name__ = like.__qualname__ = name
    like.__doc__ = f"`{name.removesuffix('_like')}` of the shape and dtype of `input`."
    return like


zeros_like = _like("zeros_like", np.zeros)
ones_like = _like("ones_like", np.ones)
empty_like = _like("empty_like", np.empty)
rand_like = _like("rand_like", lambda shape, kind: random.default_generator.uniform(shape, kind))
randn_like = _like("randn_like", lambda shape, kind: random.default_generator.normal(shape, kind))


def full_like(input, fill_value, *, dtype=None, device=None, requires_grad=False):
    """`full` of the shape and dtype of `input`."""
    return full(input.shape, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def arange(start, end=None, step=1, *, dtype=None, device=None, requires_grad=False):
    """From `start` (0 if there is one argument) up to, not including, `end`, by `step`; int64 if all are integers.

    >>> arange(3), arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    _on_cpu(device)
    if end is None:
        start, end = 0, start
    start, end, step = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
    kind = dtype.numpy if dtype is not None else np.dtype(np.int64) if whole else get_default_dtype().numpy
    steps = np.arange(math.ceil((end - start) / step))
    return _made((start + steps * step).astype(kind), requires_grad)


def linspace(start, end, steps, *, dtype=None, device=None, requires_grad=False):
    """`steps` evenly spaced numbers from `start` to `end`, both included."""
    _on_cpu(device)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (x.item() if isinstance(x, Tensor) else x for x in (start, end))
    kind = _kind(dtype)
    exact = kind.type if kind.kind == "f" else np.float32
    # Counted from both ends, as PyTorch does, so that the last number is exactly `end`.
    first, last = exact(start), exact(end)
    step = (last - first) / exact(max(steps - 1, 1))
    i = np.arange(steps).astype(exact)
    values = np.where(np.arange(steps) < steps // 2, first + step * i, last - step * (exact(steps - 1) - i))
    return _made((np.full(1, first) if steps == 1 else values).astype(kind), requires_grad)


def eye(n, m=None, *, dtype=None, device=None, requires_grad=False):
    """The identity matrix, n by n or n by m."""
    _on_cpu(device)
    return _made(np.eye(n, m, dtype=_kind(dtype)), requires_grad)


def randint(low, high=None, size=None, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Random integers from `low` (0 if not given) to `high` - 1: ``randint(10, (3,))``."""
    _on_cpu(device)
    if size is None:
        low, high, size = 0, low, high
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    values = (generator or random.default_generator).integers(low, high, _shape((size,)))
    return _made(values.astype(np.int64 if dtype is None else dtype.numpy, copy=False), requires_grad)


def randperm(n, *, generator=None, dtype=None, device=None, requires_grad=False):
    """The integers 0 to n - 1 in random order."""
    _on_cpu(device)
    order = (generator or random.default_generator).permutation(n)
    return _made(order.astype(np.int64 if dtype is None else dtype.numpy, copy=False), requires_grad)


def _legacy_new(cls, *data):
    """``torch.Tensor(2, 3)`` and ``torch.Tensor([1, 2])``: always of the default dtype."""
    self = object.__new__(cls)
    kind = get_default_dtype().numpy
    if len(data) == 1 and isinstance(data[0], Tensor):
        fill(self, data[0].array)
    elif len(data) == 1 and not isinstance(data[0], int):
        fill(self, _new_array(data[0], get_default_dtype()))
    else:
        fill(self, np.zeros(_shape(data) if data else (0,), kind))
    return self


Tensor.__new__ = _legacy_new
