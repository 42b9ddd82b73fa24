"""Tensors from nothing: from Python data and numpy arrays, and from shapes."""

import math
import warnings

import numpy as np

from . import random
from .conversions import as_subclass
from .dtypes import dtype as Dtype
from .dtypes import float32, from_numpy_dtype, get_default_dtype, int64, number_dtype
from .shapes import shape_of
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
    return _made(_new_array(data, _checked(dtype, "tensor")), requires_grad)


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, without a copy where it is one already, or a numpy array, of the right dtype."""
    _on_cpu(device)
    dtype = _checked(dtype, "as_tensor")
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
    if array.dtype.kind in "OUSV":
        raise _not_a_number(data)
    if dtype is not None:
        return _fitted(array, dtype)
    if array.dtype.kind == "f" and not _holds_numpy(data):
        return array.astype(get_default_dtype().numpy)
    if array.size == 0 and not isinstance(data, np.generic):
        return array.astype(get_default_dtype().numpy)
    if array.dtype.kind == "c":
        raise TypeError("minigrad has no complex numbers.")
    from_numpy_dtype(array.dtype)
    return array


def _fitted(array, dtype):
    """The array in another dtype; RuntimeError if integers are too large for it. Negative ones may wrap around."""
    if dtype.numpy.kind in "iu":
        with np.errstate(invalid="ignore"):
            largest, least = np.iinfo(dtype.numpy).max, min(np.iinfo(dtype.numpy).min, -np.iinfo(dtype.numpy).max)
            fits = (array <= largest) & (array >= least)
        if not fits.all():
            raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")
    with np.errstate(over="ignore"):
        return array.astype(dtype.numpy)


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
        if isinstance(data[0], str):
            return ValueError("too many dimensions 'str'")
        return next(filter(None, map(_not_a_number, data)), None)
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        return ValueError("Overflow when unpacking long long")
    if isinstance(data, (bool, int, float, np.generic, np.ndarray)):
        return None
    if isinstance(data, str):
        return TypeError("new(): invalid data type 'str'")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


def _on_cpu(where):
    if where is not None and not isinstance(where, Device):
        Device(where)


def _shape(size, function):
    """The shape meant by `zeros(2, 3)`, `zeros((2, 3))` or `zeros([2, 3])`."""
    size = shape_of(size, function)
    for n in size:
        if n < 0 and function == "zeros":
            raise RuntimeError("zeros: Dimension size must be non-negative.")
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(size)}")
    return size


def _checked(dtype, function):
    if dtype is not None and not isinstance(dtype, Dtype):
        raise TypeError(f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return dtype


def _kind(dtype, function):
    return (_checked(dtype, function) or get_default_dtype()).numpy


def _factory(name, make, doc):
    """zeros, ones, rand ...: a function of the shape from one of (shape, numpy dtype, generator)."""

    def factory(*size, dtype=None, device=None, requires_grad=False, generator=None, out=None, **named):
        _on_cpu(device)
        size = (named.pop("size"),) if "size" in named else size
        if named:
            raise TypeError(f"{name}() got an unexpected keyword argument '{next(iter(named))}'")
        array = make(_shape(size, name), _kind(dtype, name), generator or random.default_generator)
        return _made(array, requires_grad)

    factory.__name__ = factory.__qualname__ = name
    factory.__doc__ = doc
    return factory


zeros = _factory("zeros", lambda shape, kind, _: np.zeros(shape, kind), "A tensor of zeros: ``zeros(2, 3)``.")
ones = _factory("ones", lambda shape, kind, _: np.ones(shape, kind), "A tensor of ones: ``ones(2, 3)``.")
empty = _factory("empty", lambda shape, kind, _: np.empty(shape, kind), "A tensor of whatever was in the memory.")


def full(size, fill_value, *, dtype=None, device=None, requires_grad=False):
    """A tensor of shape `size` with `fill_value` everywhere, of the number's dtype if none is given."""
    _on_cpu(device)
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    if not isinstance(value, (bool, int, float, np.generic)):
        raise TypeError(f"full(): argument 'fill_value' (position 2) must be Number, not {type(value).__name__}")
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    kind = number_dtype(value) if dtype is None else _kind(dtype, "full")
    return _made(np.full(_shape(size, "full"), value, kind), requires_grad)


def _like(name, make):
    def like(input, *, dtype=None, device=None, requires_grad=False):
        _on_cpu(device)
        kind = input.array.dtype if dtype is None else _kind(dtype, name)
        return _made(make(input.array.shape, kind), requires_grad)

    like.__name__ = like.__qualname__ = name
    like.__doc__ = f"`{name.removesuffix('_like')}` of the shape and dtype of `input`."
    return like


zeros_like = _like("zeros_like", np.zeros)
ones_like = _like("ones_like", np.ones)
empty_like = _like("empty_like", np.empty)


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
    kind = np.dtype(np.int64) if whole and dtype is None else _kind(dtype, "arange")
    steps = np.arange(math.ceil((end - start) / step))
    return _made((start + steps * step).astype(kind), requires_grad)


def linspace(start, end, steps, *, dtype=None, device=None, requires_grad=False):
    """`steps` evenly spaced numbers from `start` to `end`, both included."""
    _on_cpu(device)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (x.item() if isinstance(x, Tensor) else x for x in (start, end))
    kind = _kind(dtype, "linspace")
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
    for name, size in (("n", n), ("m", m)):
        if size is not None and size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return _made(np.eye(n, m, dtype=_kind(dtype, "eye")), requires_grad)


# The constructors from before torch.tensor: `Tensor(2, 3)` is a shape, `Tensor([2, 3])` are values.


def _legacy_array(data, dtype):
    if len(data) == 1 and isinstance(data[0], Tensor):
        if data[0].dtype is not dtype:
            raise TypeError(f"expected a tensor of {dtype}, but got one of {data[0].dtype}: use .to({dtype})")
        return data[0].array
    if len(data) == 1 and not isinstance(data[0], int):
        return _new_array(data[0], dtype)
    return np.zeros(_shape(data, "new") if data else (0,), dtype.numpy)


def _new(cls, *data):
    if len(data) == 1 and isinstance(data[0], Tensor):
        return as_subclass(data[0], cls)
    self = object.__new__(cls)
    fill(self, _legacy_array(data, get_default_dtype()))
    return self


Tensor.__new__ = _new


def FloatTensor(*data):
    """``torch.tensor(data, dtype=torch.float32)``, or from sizes a tensor of zeros; an old form."""
    return wrap(_legacy_array(data, float32))


def LongTensor(*data):
    """``torch.tensor(data, dtype=torch.int64)``, or from sizes a tensor of zeros; an old form."""
    return wrap(_legacy_array(data, int64))
