"""The forms in which operations may be called, brought to the one form that the table takes.

`x.sum()`, `x.sum(0)`, `x.sum(dim=(0, -1), keepdim=True)`, `torch.sum(x, axis=0)` all end in `sum_all` or `sum_dim`.
Each function here is a method of Tensor too: see `methods.py`.
"""

import math
from collections import namedtuple

import numpy as np

from . import derivatives as d
from .dtypes import dtype as Dtype
from .dtypes import get_default_dtype, number_dtype
from .grad_mode import no_grad
from .graph import Node, bump_version, gradient_edge
from .indexing import cat, chunk, getitem, split, stack, unbind
from .record import (
    NOWHERE,
    attach,
    broadcast_error,
    not_a_tensor,
    promoted,
    quiet,
    record,
    title,
    with_number,
)
from .tensor import Tensor, check_dim, is_recording, wrap
from .tensor import device as Device

NUMBERS = (bool, int, float, np.generic)

# Arithmetic


def _function(name, operation):
    """An operation of the table as a function that refuses what is no tensor or number."""

    def function(input, other):
        if not isinstance(input, Tensor):
            if isinstance(input, NUMBERS) and isinstance(other, Tensor):
                input = wrap(np.asarray(input, other.array.dtype if other.array.dtype.kind == "f" else None))
            else:
                raise not_a_tensor(name, "input", 1, input)
        result = operation(input, other)
        if result is NotImplemented:
            raise not_a_tensor(name, "other", 2, other)
        return result

    function.__name__ = function.__qualname__ = name
    return function


_add, mul, _div = _function("add", d.add), _function("mul", d.mul), _function("div", d.div)
mul.__doc__ = "The product ``input * other``, element by element, with broadcasting."


def subtract(self, other):
    """``self - other``: the operator, for tensors and numbers; bools are refused."""
    if self.array.dtype == bool or isinstance(other, bool) or (isinstance(other, Tensor) and other.array.dtype == bool):
        _refuse_bool(self, other)
    return d.sub(self, other)


def _refuse_bool(self, other):
    if self.array.dtype == bool and (isinstance(other, bool) or other.array.dtype == bool):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    raise RuntimeError(
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
        "use the `~` or `logical_not()` operator instead."
    )


_sub = _function("sub", subtract)


def add(input, other, *, alpha=1):
    """``input + alpha * other``, element by element, with broadcasting.

    >>> import minigrad as torch
    >>> torch.add(torch.tensor([1, 2]), 1.5)
    tensor([2.5000, 3.5000])
    """
    return _add(input, other) if alpha == 1 else _with_alpha(d.add.node, np.add, input, other, alpha)


def sub(input, other, *, alpha=1):
    """``input - alpha * other``, element by element, with broadcasting."""
    return _sub(input, other) if alpha == 1 else _with_alpha(d.sub.node, np.subtract, input, other, alpha)


def _with_alpha(kind, forward, input, other, alpha):
    """The same node as without alpha, which its rule has saved as 1 there."""
    with no_grad():
        scaled = other * alpha
        result = (_add if forward is np.add else _sub)(input, scaled)
    return record(kind, result, {"self": input, "other": other, "alpha": alpha})


def rsub(self, other, *, alpha=1):
    """``other - alpha * self``."""
    if isinstance(other, Tensor):
        return sub(other, self, alpha=alpha)
    a, number = with_number(self.array, other)
    if number is NotImplemented:
        return NotImplemented
    if self.array.dtype == bool or isinstance(other, bool):
        _refuse_bool(self, other)
    return d.rsub(self if a.dtype == self.array.dtype else d.to_copy(self, a.dtype), number, alpha)


def div(input, other, *, rounding_mode=None):
    """``input / other``, element by element; integers give floats. `rounding_mode` may be "floor" or "trunc"."""
    if rounding_mode is None:
        return _div(input, other)
    if rounding_mode == "floor":
        return _stepwise(DivBackward2, floor_divide_values, "div", input, other)
    if rounding_mode == "trunc":
        return _stepwise(DivBackward2, lambda a, b: np.trunc(np.true_divide(a, b)).astype(np.result_type(a, b)), "div",
                         input, other)
    raise RuntimeError(
        f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
    )


def rdiv(self, other):
    """``other / self``."""
    return NotImplemented if not isinstance(other, NUMBERS) else d.reciprocal(self) * other


def neg(input):
    """``-input``."""
    if input.array.dtype == bool:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, "
            "use the `~` or `logical_not()` operator instead."
        )
    return d.neg(input)


def positive(input):
    """``+input``: the tensor itself."""
    if input.array.dtype == bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def floor_divide(input, other):
    """``input // other``: rounded down. Not differentiable."""
    if input.array.dtype.kind in "iu" and np.any(np.asarray(other if not isinstance(other, Tensor) else other.array) == 0):
        raise RuntimeError("ZeroDivisionError")
    return _stepwise(NotImplementedBackward, floor_divide_values, "floor_divide", input, other)


def floor_divide_values(a, b):
    """numpy's floor division; by zero it gives what the true quotient is, as PyTorch does."""
    quotient = np.floor_divide(a, b)
    return quotient if quotient.dtype.kind != "f" else np.where(b == 0, np.true_divide(a, b), quotient)


def rfloordiv(self, other):
    """``other // self``."""
    return floor_divide(wrap(np.asarray(other, number_dtype(other))), self) if isinstance(other, NUMBERS) else NotImplemented


def _stepwise(kind, forward, name, input, other):
    """A step function of the quotient: recorded, but nothing useful flows back."""
    result = _untracked(forward, name, input, other)
    inputs = [x for x in (input, other) if isinstance(x, Tensor)]
    if result is NotImplemented or result.array.dtype.kind != "f" or not is_recording(*inputs):
        return result
    edges = tuple(gradient_edge(x) if x.requires_grad else NOWHERE for x in inputs)
    if kind is DivBackward2 and len(edges) == 1:
        edges += (NOWHERE,)
    return attach(result, kind, edges, (), ())


class NotImplementedBackward(Node):
    """The node of an operation that PyTorch has no derivative for."""

    __slots__ = ()

    def name(self):
        return "torch::autograd::NotImplemented"

    def backward(self, grad, needed=None):
        raise RuntimeError("derivative for aten::floor_divide is not implemented")


class DivBackward2(Node):
    """Division with rounding: constant almost everywhere."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [None if target is None else d.zeros_like(grad) for target, _ in self.next_functions]


def remainder(input, other):
    """``input % other``, with the sign of `other`."""
    if isinstance(other, Tensor):
        return d.remainder_tensor(input, other)
    a, number = with_number(input.array, other)
    if number is NotImplemented:
        return number
    return d.remainder(input if a.dtype == input.array.dtype else d.to_copy(input, a.dtype), number)


def rmod(self, other):
    """``other % self``."""
    return d.remainder_tensor(wrap(np.asarray(other, number_dtype(other))), self) if isinstance(other, NUMBERS) else NotImplemented


def pow(input, exponent):
    """``input ** exponent``, element by element.

    >>> import minigrad as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3), 2 ** torch.tensor([1, 3])
    (tensor([1., 8.]), tensor([2, 8]))
    """
    if not isinstance(input, Tensor):
        return rpow(exponent, input)
    if isinstance(exponent, Tensor):
        return d.pow_tensor(input, exponent)
    a, number = with_number(input.array, exponent)
    if number is NotImplemented:
        return number
    if a.dtype.kind in "iu" and number < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return d.pow_number(input if a.dtype == input.array.dtype else d.to_copy(input, a.dtype), number)


def rpow(self, base):
    """``base ** self``, for a number."""
    a, number = with_number(self.array, base)
    if number is NotImplemented:
        return number
    return d.number_pow(number, self if a.dtype == self.array.dtype else d.to_copy(self, a.dtype))


def square(input):
    """``input ** 2``."""
    return d.pow_number(input, 2)


# Comparisons, and logic on bools: no gradient goes through them


def _untracked(forward, name, input, other):
    if not isinstance(input, Tensor):
        raise not_a_tensor(name, "input", 1, input)
    if isinstance(other, Tensor):
        a, b = promoted(input.array, other.array)
    else:
        a, b = with_number(input.array, other)
        if b is NotImplemented:
            return b
    try:
        return wrap(np.asarray(quiet.run(forward, a, b)))
    except ValueError:
        raise broadcast_error(a.shape, b.shape) from None


def _comparison(name, forward):
    def compare(input, other):
        return _untracked(forward, name, input, other)

    compare.__name__ = compare.__qualname__ = name
    compare.__doc__ = f"``{name}(input, other)``, element by element: a bool tensor."
    return compare


eq, ne = _comparison("eq", np.equal), _comparison("ne", np.not_equal)
lt, le = _comparison("lt", np.less), _comparison("le", np.less_equal)
gt, ge = _comparison("gt", np.greater), _comparison("ge", np.greater_equal)
bitwise_and, bitwise_or = _comparison("bitwise_and", np.bitwise_and), _comparison("bitwise_or", np.bitwise_or)
bitwise_xor = _comparison("bitwise_xor", np.bitwise_xor)


def bitwise_not(input):
    """``~input``, on bools and integers."""
    return wrap(np.asarray(np.invert(input.array)))


logical_not = bitwise_not


def isnan(input):
    """Where `input` is not a number: a bool tensor."""
    return wrap(np.asarray(np.isnan(input.array)))


def isinf(input):
    """Where `input` is infinite: a bool tensor."""
    return wrap(np.asarray(np.isinf(input.array)))


def isfinite(input):
    """Where `input` is neither infinite nor NaN: a bool tensor."""
    return wrap(np.asarray(np.isfinite(input.array)))


def equal(input, other):
    """Whether two tensors have the same shape and values: a Python bool."""
    return input.array.shape == other.array.shape and bool((input.array == other.array).all())


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all ``|input - other| <= atol + rtol * |other|``: a Python bool."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


def all(input, dim=None, keepdim=False):
    """Whether all elements are true, along `dim` or over all."""
    return wrap(np.asarray(np.all(input.array, axis=dims_of(input, dim), keepdims=keepdim)))


def any(input, dim=None, keepdim=False):
    """Whether any element is true, along `dim` or over all."""
    return wrap(np.asarray(np.any(input.array, axis=dims_of(input, dim), keepdims=keepdim)))


# Choosing


def clamp(input, min=None, max=None):
    """`input`, with values below `min` raised to it and values above `max` lowered to it; numbers or tensors."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        return d.clamp_tensor(input, min, max)
    for number in (min, max):
        if number is not None:
            input = _for_number(input, number)
    return d.clamp(input, min, max)


def _for_number(input, number):
    a, _ = with_number(input.array, number)
    return input if a.dtype == input.array.dtype else d.to_copy(input, a.dtype)


def where(condition, input=None, other=None):
    """`input` where `condition` is true, `other` elsewhere; with the condition alone, where it is true."""
    if input is None:
        return tuple(wrap(place) for place in np.nonzero(condition.array))
    if condition.array.dtype != bool:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {title(condition.array)}"
        )
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        input = wrap(np.asarray(input, get_default_dtype().numpy if isinstance(input, float) else None))
    return d.where(condition, input, other)


def masked_fill(input, mask, value):
    """`input` with `value` where `mask` is true."""
    if mask.array.dtype != bool:
        raise RuntimeError("masked_fill_ only supports boolean masks, but got mask with dtype " + title(mask.array))
    return d.masked_fill(input, mask, value.item() if isinstance(value, Tensor) else value)


def maximum(input, other):
    """The larger of two, element by element."""
    return d.maximum(input, other)


def minimum(input, other):
    """The smaller of two, element by element."""
    return d.minimum(input, other)


# Reductions


def dims_of(input, dim):
    """`dim` as numpy takes it: None for all, else a tuple counted from the front, each once."""
    if dim is None:
        return None
    if isinstance(dim, int):
        return (check_dim(dim, input.array.ndim),) if input.array.ndim else _scalar_dim(dim)
    dims = tuple(check_dim(n, input.array.ndim) for n in dim)
    for n in dims:
        if dims.count(n) > 1:
            raise RuntimeError(f"dim {n} appears multiple times in the list of dims")
    return (dims if input.array.ndim else ()) or (None if not dims else ())


def _scalar_dim(dim):
    check_dim(dim, 0)
    return ()


def _aliases(dim, keepdim, named, function):
    """numpy's names for dim and keepdim."""
    for name in named:
        if name not in ("axis", "keepdims"):
            raise TypeError(f"{function}() got an unexpected keyword argument '{name}'")
    return named.get("axis", dim), named.get("keepdims", keepdim)


def sum(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The sum over all elements, or over the dimensions `dim` (an int or several); integers give int64."""
    dim, keepdim = _aliases(dim, keepdim, named, "sum")
    kind = None if dtype is None else dtype.numpy
    return d.sum_all(input, kind) if dim is None and not keepdim else d.sum_dim(input, dims_of(input, dim), keepdim, kind)


def mean(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The mean over all elements, or over the dimensions `dim`; of floats only (RuntimeError)."""
    dim, keepdim = _aliases(dim, keepdim, named, "mean")
    kind = input.array.dtype if dtype is None else dtype.numpy
    if kind.kind != "f":
        what = "Input dtype must be either a floating point or complex dtype. Got: " + title(input.array)
        if dtype is not None:
            what = "Optional dtype must be either a floating point or complex dtype. Got: " + dtype.title
        raise RuntimeError(f"mean(): could not infer output dtype. {what}")
    return d.mean_all(input, kind) if dim is None and not keepdim else d.mean_dim(input, dims_of(input, dim), keepdim, kind)


def prod(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The product over all elements, or over the dimension `dim`."""
    dim, keepdim = _aliases(dim, keepdim, named, "prod")
    kind = np.dtype(np.int64) if input.array.dtype.kind in "biu" else input.array.dtype
    kind = kind if dtype is None else dtype.numpy
    if dim is None:
        return d.prod_all(input, kind)
    return d.prod_dim(input, check_dim(dim, input.array.ndim), keepdim, kind)


def _return_type(name):
    """PyTorch's result of a reduction that says where it found the value: prints as torch.return_types.max."""
    kind = namedtuple(name, ("values", "indices"))
    kind.__repr__ = lambda self: f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"
    kind.__module__ = "torch.return_types"
    return kind


def _selection(name, over_all, along, between):
    result = _return_type(name)

    def function(input, dim=None, keepdim=False, **named):
        dim, keepdim = _aliases(dim, keepdim, named, name)
        if isinstance(dim, Tensor) and between is not None:
            return between(input, dim)
        if dim is None:
            if input.array.size == 0:
                raise RuntimeError(
                    f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
                    "Specify the reduction dim with the 'dim' argument."
                )
            return over_all(input)
        dim = check_dim(dim, input.array.ndim)
        if input.array.ndim and input.array.shape[dim] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {dim} to have non-zero size.")
        return result(*along(input, dim, keepdim))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The {name} of all elements; or, along `dim`, the values and where they are (indices)."
    return function


max = _selection("max", d.max_all, d.max_dim, d.maximum)
min = _selection("min", d.min_all, d.min_dim, d.minimum)
median = _selection("median", d.median_all, d.median_dim, None)


def amax(input, dim=(), keepdim=False):
    """The largest element over `dim` (all if not given); equal ones share the gradient."""
    return d.amax(input, dims_of(input, dim), keepdim)


def amin(input, dim=(), keepdim=False):
    """The smallest element over `dim` (all if not given); equal ones share the gradient."""
    return d.amin(input, dims_of(input, dim), keepdim)


def argmax(input, dim=None, keepdim=False):
    """Where the largest element is: counted over all elements, or along `dim`."""
    return wrap(np.asarray(np.argmax(input.array, axis=dim, keepdims=keepdim)))


def argmin(input, dim=None, keepdim=False):
    """Where the smallest element is: counted over all elements, or along `dim`."""
    return wrap(np.asarray(np.argmin(input.array, axis=dim, keepdims=keepdim)))


def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    """The p-norm ``(sum |x|^p)^(1/p)`` over all elements or over `dim`; p may be 0, inf, -inf or "fro" (2)."""
    if p == "fro" or p is None:
        p = 2
    if isinstance(p, str):
        raise RuntimeError(f"minigrad's norm has no p={p!r}: use a number or 'fro'.")
    if dtype is not None:
        input = to(input, dtype)
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + title(input.array)
        )
    return d.norm(input, p, dims_of(input, dim), keepdim)


# Shapes


def _shape_of(size, function="view"):
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    return tuple(n.__index__() for n in size)


def _inferred(size, numel):
    """The shape with a -1 in it worked out; RuntimeError if it does not fit."""
    if size.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    for n in size:
        if n < -1:
            raise RuntimeError(f"invalid shape dimension {n}")
    known = math.prod(n for n in size if n != -1)
    if -1 in size:
        if known == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified dimension size "
                "-1 can be any value and is ambiguous"
            )
        if numel % known == 0:
            return tuple(numel // known if n == -1 else n for n in size)
    elif known == numel:
        return size
    raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {numel}")


def _can_view(array, size):
    """Whether the memory can be read in the new shape without a copy."""
    try:
        array.reshape(size, copy=False)
    except ValueError:
        return False
    return True


def view(self, *size):
    """The same memory in another shape; one size may be -1. RuntimeError if that needs a copy."""
    if len(size) == 1 and isinstance(size[0], Dtype):
        raise NotImplementedError("minigrad has no view of memory as another dtype: use .to(dtype) to convert.")
    size = _inferred(_shape_of(size), self.array.size)
    if not _can_view(self.array, size):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return d.view_as_shape(self, size)


def reshape(input, *shape):
    """The elements in another shape: a view where that is possible, else a copy."""
    size = _inferred(_shape_of(shape), input.array.size)
    if _can_view(input.array, size):
        return d.view_as_shape(input, size)
    return d.unsafe_view(d.contiguous_clone(input), size)


def flatten(input, start_dim=0, end_dim=-1):
    """The dimensions from `start_dim` to `end_dim` as one."""
    if input.array.ndim == 0:
        return reshape(input, 1)
    start, end = check_dim(start_dim, input.array.ndim), check_dim(end_dim, input.array.ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end:
        return input
    shape = input.array.shape
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


def transpose(input, dim0, dim1):
    """The dimensions `dim0` and `dim1` exchanged, as a view."""
    ndim = input.array.ndim
    dim0, dim1 = check_dim(dim0, ndim), check_dim(dim1, ndim)
    return d.transpose(input, dim0, dim1)


def t(input):
    """The transpose of a matrix, as a view; a vector stays as it is."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return d.t(input)


def permute(input, *dims):
    """The dimensions in another order, as a view: ``x.permute(2, 0, 1)``."""
    dims, ndim = _shape_of(dims), input.array.ndim
    if len(dims) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(dims)}"
        )
    dims = tuple(check_dim(n, ndim) for n in dims)
    if len(set(dims)) != ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return d.permute(input, dims)


def movedim(input, source, destination):
    """Dimension `source` moved to place `destination`, the others in their order."""
    ndim = input.array.ndim
    source, destination = check_dim(source, ndim), check_dim(destination, ndim)
    order = [n for n in range(ndim) if n != source]
    order.insert(destination, source)
    return d.permute(input, tuple(order)) if ndim else d.alias(input)


def expand(self, *size):
    """Dimensions of size 1 (and new ones in front) repeated to `size` without copying; -1 keeps a size."""
    size, shape = _shape_of(size), self.array.shape
    if len(size) < len(shape):
        raise RuntimeError(
            f"expand(torch.{title(self.array)}Tensor{{{list(shape)}}}, size={list(size)}): the number of sizes provided "
            f"({len(size)}) must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    leading = len(size) - len(shape)
    target = []
    for dim, n in enumerate(size):
        m = shape[dim - leading] if dim >= leading else None
        if n == -1:
            if m is None:
                raise RuntimeError(
                    f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {dim}"
                )
            n = m
        elif m is not None and m not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({m}) at non-singleton dimension "
                f"{dim}.  Target sizes: {list(size)}.  Tensor sizes: {list(shape)}"
            )
        target.append(n)
    return d.expand(self, tuple(target))


def unsqueeze(input, dim):
    """A new dimension of size 1 at `dim`, as a view."""
    return d.unsqueeze(input, check_dim(dim, input.array.ndim + 1))


def squeeze(input, dim=None):
    """Without dimensions of size 1: all of them, or those in `dim` if they are 1; as a view."""
    if dim is None:
        return d.squeeze_all(input)
    if isinstance(dim, int):
        return d.squeeze_dim(input, check_dim(dim, input.array.ndim))
    return d.squeeze_dims(input, dims_of(input, dim) or ())


def select(input, dim, index):
    """The slice at `index` along `dim`, without that dimension; a view."""
    dim = check_dim(dim, input.array.ndim)
    size = input.array.shape[dim]
    if not -size <= index < size:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.array.shape)} at dimension {dim}"
        )
    return d.select(input, dim, index % size)


def narrow(input, dim, start, length):
    """The `length` elements from `start` on along `dim`; a view."""
    return d.slice_(input, check_dim(dim, input.array.ndim), start, start + length, 1)


def take(input, index):
    """The elements at `index`, an integer tensor, counted over all in row-major order."""
    return d.take(input, index.array)


def put(self, index, source, accumulate=False):
    """`self` with `source` written, or with `accumulate` added, at `index` counted in row-major order."""
    places = index if isinstance(index, np.ndarray) else index.array
    if accumulate:
        return d.add(self, d.put_zeros(source, self.array.shape, places))
    return d.index_put(self, np.unravel_index(places, self.array.shape), source)


def broadcast_to(input, size):
    """`expand` under numpy's name."""
    return expand(input, *size)


# Products


def matmul(input, other):
    """The matrix product, as PyTorch builds it from dot, mv, mm and bmm.

    Shapes: (n)·(n) a number; (m, n)·(n) and (n)·(n, p) a vector; (m, n)·(n, p) a matrix; with more dimensions the
    last two are the matrices and the others are broadcast.

    >>> import minigrad as torch
    >>> torch.matmul(torch.ones(2, 3), torch.ones(3)), (torch.ones(5, 2, 3) @ torch.ones(3, 4)).shape
    (tensor([3., 3.]), torch.Size([5, 2, 4]))
    """
    m, n = input.array.ndim, other.array.ndim
    if m == 0 or n == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {m}D and {n}D")
    if m == 1 and n == 1:
        return dot(input, other)
    if m == 2 and n == 1:
        return mv(input, other)
    if m == 1 and n == 2:
        product = d.squeeze_product(mm(d.unsqueeze(input, 0), other), 0)
        bump_version(product)  # PyTorch squeezes in place
        return product
    if m == 2 and n == 2:
        return mm(input, other)
    if n == 3 and m >= 3 and other.array.shape[0] == 1:
        other, n = d.squeeze_dim(other, 0), 2
    elif m == 3 and n >= 3 and input.array.shape[0] == 1:
        input, m = d.squeeze_dim(input, 0), 2
    if m >= 3 and n <= 2:  # one big matrix instead of many
        rows, shape = reshape(input, -1, input.array.shape[-1]), input.array.shape[:-1]
        product = mv(rows, other) if n == 1 else mm(rows, other)
        return d.unsafe_view(product, shape + product.array.shape[1:])
    if n >= 3 and m == 1:
        rows, shape = reshape(transpose(other, -1, -2), -1, other.array.shape[-2]), other.array.shape
        return d.unsafe_view(mv(rows, input), shape[:-2] + shape[-1:])
    if n >= 3 and m == 2:
        rows, shape = reshape(transpose(other, -1, -2), -1, other.array.shape[-2]), other.array.shape
        product = mm(rows, d.t(input))
        product = d.unsafe_view(product, (*shape[:-2], shape[-1], product.array.shape[-1]))
        return d.contiguous_clone(transpose(product, -1, -2))
    return _batched(input, other)


def _batched(input, other):
    a, b = input.array.shape, other.array.shape
    try:
        batch = np.broadcast_shapes(a[:-2], b[:-2])
    except ValueError:
        raise broadcast_error(a[:-2], b[:-2]) from None
    left = reshape(expand(input, *batch, *a[-2:]), -1, *a[-2:])
    right = reshape(expand(other, *batch, *b[-2:]), -1, *b[-2:])
    return d.unsafe_view(bmm(left, right), (*batch, a[-2], b[-1]))


def dot(input, tensor):
    """The sum of the products of two vectors of one length."""
    a, b = input.array, tensor.array
    if a.ndim != 1 or b.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.ndim}D and {b.ndim}D tensors")
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"dot : expected both vectors to have same dtype, but found {title(a)} and {title(b)}"
        )
    if a.size != b.size:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a.size}] and src [{b.size}] to have the same number of "
            f"elements, but got {a.size} and {b.size} elements respectively"
        )
    return d.dot(input, tensor)


def mv(input, vec):
    """A matrix times a vector."""
    a, b = input.array, vec.array
    if a.ndim != 2 or b.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {a.ndim}, {b.ndim}")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({a.shape[0]}), mat ({a.shape[0]}x{a.shape[1]}), vec ({b.shape[0]})"
        )
    _same_dtype(a, b, "mat", "vec")
    return d.mv(input, vec)


def mm(input, mat2):
    """A matrix times a matrix."""
    a, b = input.array, mat2.array
    if a.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if b.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )
    _same_dtype(a, b, "m1", "m2")
    return d.mm(input, mat2)


def bmm(input, mat2):
    """A batch of matrices times a batch of matrices."""
    a, b = input.array, mat2.array
    if a.ndim != 3 or b.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if a.ndim != 3 else "batch2 must be a 3D tensor")
    if b.shape[:2] != (a.shape[0], a.shape[2]):
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to be: "
            f"[{a.shape[0]}, {a.shape[2]}] but got: [{b.shape[0]}, {b.shape[1]}]."
        )
    _same_dtype(a, b, "m1", "m2")
    return d.bmm(input, mat2)


def _same_dtype(a, b, left, right):
    if a.dtype != b.dtype:
        names = {"Half": "c10::Half", "Float": "float", "Double": "double", "Long": "long", "Int": "int"}
        a, b = (names.get(title(x), title(x).lower()) for x in (a, b))
        raise RuntimeError(f"expected {left} and {right} to have the same dtype, but got: {a} != {b}")


# Copies and conversions


def clone(input, *, memory_format=None):
    """A copy with memory of its own; the gradient goes through it."""
    return d.clone(input)


def contiguous(self):
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return self if self.array.flags.c_contiguous else d.contiguous_clone(self)


def to(self, *args, dtype=None, device=None, copy=False, non_blocking=False):
    """The tensor in another dtype, or itself if it has that dtype: ``x.to(torch.float64)``, ``x.to("cpu")``."""
    for arg in args:
        if isinstance(arg, Dtype):
            dtype = arg
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif not isinstance(arg, bool) and arg is not None:
            device = arg
    if device is not None:
        Device(device)
    if dtype is None or dtype.numpy == self.array.dtype:
        return d.to_copy(self, self.array.dtype) if copy else self
    return d.to_copy(self, dtype.numpy)


def type_as(self, other):
    """The tensor in the dtype of `other`."""
    return to(self, other.dtype)
