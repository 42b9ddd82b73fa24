"""Tensors from nothing: from Python data and numpy arrays, and from shapes."""

import functools
import math
import operator
import warnings

import numpy as np

from ..dtypes import (
    ALL,
    PrintsAsTorch,
    as_kind,
    complex_of,
    from_numpy_dtype,
    get_default_dtype,
    int64,
    number_dtype,
    promote_types,
)
from ..kernels import converted, order
from ..record import NUMBERS, kind_name, named, quiet
from ..tensor import Size, Tensor, check_device, fill, refuse, wrap
from .arguments import Form, misuse
from .conversions import as_subclass, numpy_dtype
from .out import call_into
from .shapes import shape_of

INTEGER_GRAD = "Only Tensors of floating point and complex dtype can require gradients"


def _made(array, requires_grad=False):
    """A new leaf."""
    if requires_grad is False:
        return wrap(array)
    if not isinstance(requires_grad, bool):
        raise TypeError(f"argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    refuse(requires_grad and array.dtype.kind not in "fc" and INTEGER_GRAD)
    result = wrap(array)
    result._requires_grad = requires_grad
    return result


def _creates(function):
    """Make of a function that returns an array one that returns a leaf and takes PyTorch's usual options.

    The function is told as `kind` the numpy dtype asked for, or None.
    """

    @functools.wraps(function)
    def creates(*args, dtype=None, device=None, requires_grad=False, out=None, layout=None, pin_memory=False,
                memory_format=None, **named):
        try:
            check_device(device)
            kind = _wanted_dtype(function.__name__, dtype, out)
            result = _made(function(*args, kind=kind, **named), requires_grad)
        except Exception:
            options = {"dtype": dtype, "device": device, "requires_grad": requires_grad, "layout": layout}
            given = {name: value for name, value in options.items() if value not in (None, False)}
            better = misuse(function.__name__, args, named | given)
            if better is None:
                raise
            raise better from None
        if memory_format is not None:
            result = result.contiguous(memory_format=memory_format)
        if out is None:
            return result
        return call_into(function.__name__, lambda: result, (), {"out": out})

    del creates.__wrapped__  # whose parameters are not those of a call
    return creates


def _wanted_dtype(function, dtype, out):
    """The numpy dtype that was asked for, or that of `out`; None if there is neither."""
    kind = numpy_dtype(dtype, function)
    if out is None:
        return kind
    if not isinstance(out, Tensor):
        raise TypeError(f"{function}(): argument 'out' must be Tensor, not {kind_name(out)}")
    refuse(dtype is not None and kind != out.array.dtype and f"dtype {from_numpy_dtype(kind).title} does not match "
           f"dtype of out parameter ({out.dtype.title})")
    return out.array.dtype


@_creates
def tensor(data, *, kind):
    """A new tensor with a copy of `data`: a number, nested lists of numbers, or a numpy array.

    Without `dtype`, floats give the default dtype (float32), integers int64, complex numbers complex64; arrays keep
    theirs. Only floating-point and complex tensors can require grad (RuntimeError).

    >>> tensor([[1, 2], [3, 4]]).dtype, tensor(0.5, requires_grad=True)
    (torch.int64, tensor(0.5000, requires_grad=True))
    """
    if isinstance(data, Tensor):
        warnings.warn("To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
                      "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
                      UserWarning, stacklevel=3)
        data = data.array
    return _new_array(data, kind)


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, without a copy where it is one already, or a numpy array, of the right dtype."""
    check_device(device)
    kind = numpy_dtype(dtype, "as_tensor")
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and kind in (None, data.dtype):
        return from_numpy(data)
    return wrap(_new_array(data, kind))


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """`as_tensor` under numpy's name; with `copy=True` the memory is always new."""
    result = as_tensor(obj, dtype, device)
    result = result.detach().clone() if copy else result
    return result.requires_grad_() if requires_grad else result


def from_numpy(array):
    """A tensor that shares its memory with a numpy array."""
    if not isinstance(array, np.ndarray):
        kind = type(array)
        name = f"numpy.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__
        raise TypeError(f"expected np.ndarray (got {name})")
    return wrap(_checked(array))


def from_dlpack(ext_tensor):
    """A tensor that shares its memory with an array of another library."""
    return wrap(_checked(np.asarray(np.from_dlpack(ext_tensor))))


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A tensor on the bytes of `buffer`."""
    return _made(np.frombuffer(buffer, numpy_dtype(dtype, "frombuffer"), count, offset), requires_grad)


def _checked(array):
    """The array, if a tensor can hold it."""
    from_numpy_dtype(array.dtype)
    refuse(any(step < 0 for step in array.strides) and "At least one stride in the given numpy array is negative, and "
           "tensors with negative strides are not currently supported. (You can probably work around this by making a "
           "copy of your array  with array.copy().) ", ValueError)
    return array


def _new_array(data, kind):
    if isinstance(data, np.ndarray):
        return np.array(_checked(data)) if kind is None else converted(_checked(data), kind)
    data, found = _plain(data)
    try:
        array = np.array(data)
    except ValueError:
        _check_nesting(data, 0, *_nesting(data))
        raise
    if array.dtype.kind in "OUSV":
        error = _not_a_number(data)
        if isinstance(error, OverflowError) and kind is not None and kind.kind == "f":
            array = np.array(data, np.float64)
        elif error is not None:
            raise ValueError(str(error)) if isinstance(error, OverflowError) else error
    refuse(array.dtype == np.uint64 and kind is None and "Overflow when unpacking long long", ValueError)
    if kind is not None:
        return _fitted(array, kind)
    if found is not None:
        return array.astype(found)
    return array.astype(_natural(array.dtype), copy=False)


def _fitted(array, kind):
    """The array in another dtype; RuntimeError if integers are too large for it. Negative ones may wrap around."""
    if array.dtype.kind == "c" and kind.kind in "fiu":
        raise TypeError("must be real number, not complex" if kind.kind == "f" else
                        "'complex' object cannot be interpreted as an integer")
    if kind.kind in "iu":
        with np.errstate(invalid="ignore"):
            largest, least = np.iinfo(kind).max, min(np.iinfo(kind).min, -np.iinfo(kind).max)
            fits = (array <= largest) & (array >= least)
        refuse(not fits.all() and f"value cannot be converted to type {kind.name} without overflow")
    return quiet.run(array.astype, kind)


def _natural(kind):
    """The dtype of Python's numbers that numpy has given the dtype `kind`."""
    default = get_default_dtype().numpy
    return default if kind.kind == "f" else complex_of(default) if kind.kind == "c" else kind


def _plain(data):
    """Nested lists without tensors in them; and the dtype, if a tensor or something of numpy's has a say in it."""
    if isinstance(data, Tensor):
        data._warn_of_conversion(stacklevel=7)  # the caller of `tensor`, for a list
        return data._only_element(), data.array.dtype
    if isinstance(data, (np.generic, np.ndarray)):
        from_numpy_dtype(data.dtype)
        return data, data.dtype
    if not isinstance(data, (list, tuple)) or {bool, int, float, complex}.issuperset(map(type, data)):  # of numbers
        return data, None
    if isinstance(data[0], np.ndarray):
        warnings.warn(SLOW, UserWarning, stacklevel=4)
    items, kinds = zip(*map(_plain, data))
    items = items if isinstance(data, tuple) else list(items)
    if not any(kinds):
        return items, None
    kinds = (kind or _natural(np.asarray(item).dtype) for item, kind in zip(items, kinds))
    return items, functools.reduce(promote_types, map(from_numpy_dtype, kinds)).numpy


SLOW = ("Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider converting the list to a "
        "single numpy.ndarray with numpy.array() before converting to a tensor.")


def _nesting(data):
    """The shape that the first element of each level promises, and the very first number."""
    shape = []
    while isinstance(data, (list, tuple)):
        shape.append(len(data))
        if not data:
            break
        data = data[0]
    return shape, data


def _check_nesting(data, dim, shape, first):
    """ValueError naming the first place where nested lists are not rectangular."""
    if dim == len(shape):
        if isinstance(data, (list, tuple)):
            kind = type(data).__name__
            whole = isinstance(first, int)
            raise TypeError(f"'{kind}' object cannot be interpreted as an integer" if whole else
                            f"must be real number, not {kind}")
        return
    refuse(not isinstance(data, (list, tuple)) and "not a sequence", TypeError)
    if len(data) != shape[dim]:
        raise ValueError(f"expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})")
    for item in data:
        _check_nesting(item, dim + 1, shape, first)


def _not_a_number(data):
    """The error for the first thing in `data` that is no number."""
    if isinstance(data, (list, tuple)):
        if data and isinstance(data[0], str):
            return ValueError("too many dimensions 'str'")
        return next(filter(None, map(_not_a_number, data)), None)
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        return OverflowError("Overflow when unpacking long long")
    if isinstance(data, (*NUMBERS, np.ndarray)):
        return None
    if isinstance(data, (str, bytes)):
        return TypeError(f"new(): invalid data type '{type(data).__name__}'")
    return RuntimeError(f"Could not infer dtype of {type(data).__name__}")


# From a shape


def _shape(size, function):
    """The shape meant by `zeros(2, 3)`, `zeros((2, 3))` or `zeros([2, 3])`."""
    size = shape_of(size)
    for n in size:
        refuse(n < 0 and function == "zeros" and "zeros: Dimension size must be non-negative.")
        refuse(n < 0 and f"Trying to create tensor with negative dimension {n}: {list(size)}")
    return size


def _factory(name, make, doc):
    """zeros, ones ...: a function of the shape from one of (shape, numpy dtype)."""

    def factory(*size, kind, **named):
        size = (named.pop("size"),) if "size" in named else size
        refuse(not size and "the size is missing", TypeError)
        return make(_shape(size, name), kind or get_default_dtype().numpy, **named)

    return _creates(named(factory, name, doc))


zeros = _factory("zeros", np.zeros, "A tensor of zeros: ``zeros(2, 3)``.")
ones = _factory("ones", np.ones, "A tensor of ones: ``ones(2, 3)``.")
empty = _factory("empty", np.empty, "A tensor of whatever was in the memory.")


@_creates
def empty_strided(size, stride, *, kind):
    """A tensor of whatever was in the memory, its elements `stride` elements apart in each dimension."""
    refuse(len(size) != len(stride) and f"dimensionality of sizes ({len(size)}) must match dimensionality of strides "
           f"({len(stride)})")
    kind = kind or get_default_dtype().numpy
    memory = np.empty(1 + sum((n - 1) * step for n, step in zip(size, stride)), kind)
    return np.lib.stride_tricks.as_strided(memory, size, [step * kind.itemsize for step in stride])


@_creates
def full(size, fill_value, *, kind):
    """A tensor of shape `size` with `fill_value` everywhere, of the number's dtype if none is given."""
    value = number(fill_value)
    kind = number_dtype(value) if kind is None else kind
    return np.full(_shape(tuple(size), "full"), as_kind(value, kind))


def number(value):
    """`value`, or the number in it if it is a 0-d tensor."""
    if not isinstance(value, Tensor):
        return value
    refuse(value.array.ndim and "a number is expected, not a tensor with dimensions", TypeError)
    return value.item()


def _like(name, make):
    return _creates(named(lambda input, *, kind: make(input.array, kind, order(input.array)), name,
                          f"`{name.removesuffix('_like')}` of the shape and dtype of `input`."))


zeros_like = _like("zeros_like", np.zeros_like)
ones_like = _like("ones_like", np.ones_like)
empty_like = _like("empty_like", np.empty_like)


@_creates
def full_like(input, fill_value, *, kind):
    """`full` of the shape and dtype of `input`."""
    value = as_kind(number(fill_value), kind or input.array.dtype)
    return np.full_like(input.array, value, kind, order(input.array))


def scalar_tensor(s, *, dtype=None, **options):
    """A 0-d tensor of a number, in the default dtype."""
    return full((), s, dtype=dtype or get_default_dtype(), **options)


# Numbers in a row


@_creates
def arange(start=None, end=None, step=1, *, kind):
    """From `start` (0 if there is one argument) up to, not including, `end`, by `step`; int64 if all are integers.

    >>> arange(3), arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    if end is None or start is None:
        start, end = 0, start if end is None else end
    start, end, step = _bounds(start, end, step)
    if kind is None:
        whole = all(isinstance(x, (int, np.integer)) for x in (start, end, step))
        kind = int64.numpy if whole else get_default_dtype().numpy
    if kind.kind in "bc":
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{from_numpy_dtype(kind).title}'")
    if kind == np.int64:  # counts with what is left of its arguments as integers
        start, end, step = int(start), int(end), int(step)
        refuse(step == 0 and "step must be nonzero", ValueError)
    length = math.ceil((end - start) / step)
    if kind.kind in "iu":
        start, step = int(start), int(step)
    return (start + np.arange(length) * step).astype(kind)


def _bounds(*given):
    start, end, step = map(number, given)
    refuse(step == 0 and "step must be nonzero")
    refuse((not math.isfinite(start) or not math.isfinite(end)) and f"unsupported range: {start} -> {end}")
    refuse((end - start) * step < 0 and "upper bound and lower bound inconsistent with step sign")
    return start, end, step


@_creates
def range(start, end, step=1, *, kind):
    """`arange` with `end` included, always of floats; deprecated."""
    warnings.warn("torch.range is deprecated and will be removed in a future release because its behavior is "
                  "inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in "
                  "[start, end).", UserWarning, stacklevel=3)
    start, end, step = _bounds(start, end, step)
    return (start + np.arange(math.floor((end - start) / step) + 1) * step).astype(kind or get_default_dtype().numpy)


@_creates
def linspace(start, end, steps, *, kind):
    """`steps` evenly spaced numbers from `start` to `end`, both included."""
    start, end, kind = _ends("linspace", start, end, kind)
    return _evenly(start, end, steps, kind)


@_creates
def logspace(start, end, steps, base=10.0, *, kind):
    """`base` to the power of `steps` evenly spaced numbers from `start` to `end`."""
    start, end, kind = _ends("logspace", start, end, kind)
    exponents = _evenly(start, end, steps, kind if kind.kind in "fc" else np.dtype(np.float64))
    return np.power(number(base), exponents, dtype=exponents.dtype).astype(kind)


def _ends(function, start, end, kind):
    """Two numbers, of the numpy dtype `kind` if that holds integers; and that dtype, by default for what they are."""
    wrong = [f"{name} with {x.array.ndim} dimension(s)" for name, x in (("start", start), ("end", end))
             if isinstance(x, Tensor) and x.array.ndim]
    refuse(wrong and f"{function} only supports 0-dimensional start and end tensors, but got {' and '.join(wrong)}.")
    start, end = number(start), number(end)
    is_complex = isinstance(start, complex) or isinstance(end, complex)
    kind = kind or (number_dtype(1j) if is_complex else get_default_dtype().numpy)
    if kind.kind == "b":
        raise NotImplementedError(f"\"{function}_cpu\" not implemented for 'Bool'")
    if kind.kind in "iu":
        start, end = as_kind(start, kind).item(), as_kind(end, kind).item()
    return start, end, kind


def _evenly(start, end, steps, kind):
    """Counted from both ends, so that the last number is exactly `end`; product and sum are rounded once, together."""
    steps = operator.index(steps)
    refuse(steps < 0 and "number of steps must be non-negative")
    if kind.kind == "c":
        return np.linspace(start, end, steps, dtype=kind)
    exact = kind.type if kind.kind == "f" else np.float64
    wide = np.longdouble if exact is np.float64 else np.float64
    first, last = exact(start), exact(end)
    step = wide((last - first) / exact(max(steps - 1, 1)))
    i = np.arange(steps)
    if steps == 1:
        return np.full(1, first).astype(kind)
    values = np.where(i < steps // 2, wide(first) + step * i, wide(last) - step * (steps - 1 - i))
    return values.astype(exact).astype(kind)


# Matrices


@_creates
def eye(n, m=None, *, kind):
    """The identity matrix, n by n or n by m."""
    for name, size in (("n", n), ("m", n if m is None else m)):
        refuse(operator.index(size) < 0 and f"{name} must be greater or equal to 0, got {size}")
    return np.eye(n, m, dtype=kind or get_default_dtype().numpy)


# The constructors from before torch.tensor: `Tensor(2, 3)` is a shape, `Tensor([2, 3])` are values.


def _legacy_array(data, kind):
    if len(data) == 1 and not isinstance(data[0], (int, np.integer, Size)):
        if not isinstance(data[0], (list, tuple, str, np.ndarray)):
            raise TypeError(f"new(): data must be a sequence (got {type(data[0]).__name__})")
        return _new_array(data[0], kind)
    refuse(data and Form.read("(ints size)").refusal("new", data, {}), TypeError)
    return np.zeros(_shape(data, "new") if data else (0,), kind)


def _new(cls, *data, device=None):
    check_device(device)
    if len(data) == 1 and isinstance(data[0], Tensor):
        return as_subclass(data[0], cls)
    self = object.__new__(cls)
    fill(self, _legacy_array(data, get_default_dtype().numpy))
    return self


Tensor.__new__ = _new


class OfOneDtype(PrintsAsTorch):
    """What `torch.FloatTensor` and its like are: ways to make tensors, and to ask for their dtype by isinstance."""

    def __call__(cls, *data, device=None):
        check_device(device)
        if len(data) == 1 and isinstance(data[0], Tensor):
            if data[0].dtype is not cls.dtype:
                options = (f"TensorOptions(dtype={x.dtype.c_name}, device=cpu, layout=Strided, requires_grad=false "
                           "(default), pinned_memory=false (default), memory_format=(nullopt))" for x in (cls, data[0]))
                raise TypeError("expected {} (got {})".format(*options))
            return data[0].detach()
        return wrap(_legacy_array(data, cls.dtype.numpy))

    def __instancecheck__(cls, tensor):
        return isinstance(tensor, Tensor) and tensor.dtype is cls.dtype


TENSOR_TYPES = {
    name: OfOneDtype(name, (), {"dtype": kind, "__module__": __name__, "__doc__": f"Makes tensors of {kind}."})
    for name, kind in ((f"{kind.title}Tensor", kind) for kind in ALL if not kind.is_complex)}
