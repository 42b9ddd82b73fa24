"""Arithmetic, comparisons and choices, element by element: the forms of a call, brought to the one the table takes.

Each function here is a method of Tensor too; its `operator` is the form behind `+` or `<`, which answers NotImplemented
to what it cannot take, so that Python can ask the other operand. See `methods.py`.
"""

import functools

import numpy as np

from . import derivatives as d
from . import kernels
from .dtypes import number_dtype, result_numpy_dtype
from .grad_mode import mode, no_grad
from .graph import Node, gradient_edge
from .joining import unbind
from .record import broadcast_error, not_a_tensor, promoted, quiet, record, title, to_array, with_number
from .tensor import Tensor, wrap

NUMBERS = (bool, int, float, np.generic)


def _function(operator, name=None, reflected=None):
    """An operator as a function: a number may come first, and what is no tensor or number is refused."""
    name = name or operator.__name__

    @functools.wraps(operator)
    def function(input, other):
        if not isinstance(input, Tensor):
            if not isinstance(input, NUMBERS):
                raise not_a_tensor(name, "input", 1, input)
            if reflected is not None and isinstance(other, Tensor):
                return reflected(other, input)
            is_float = isinstance(other, Tensor) and other.array.dtype.kind == "f"
            input = wrap(np.asarray(input, other.array.dtype if is_float else number_dtype(input)))
        result = operator(input, other)
        if result is NotImplemented:
            raise not_a_tensor(name, "other", 2, other)
        return result

    function.__name__ = function.__qualname__ = name
    function.operator = operator
    return function


def _with_number(input, number):
    """A tensor and a number, in the dtype in which they are combined; NotImplemented for what is no number."""
    a, number = with_number(input.array, number)
    return (input if a.dtype == input.array.dtype else d.to_copy(input, a.dtype)), number


# Sums and differences

_add = _function(d.add)


def add(input, other, *, alpha=1):
    """``input + alpha * other``, element by element, with broadcasting.

    >>> import minigrad as torch
    >>> torch.add(torch.tensor([1, 2]), 1.5)
    tensor([2.5000, 3.5000])
    """
    return _add(input, other) if alpha == 1 else _scaled(_add, d.add.node, input, other, alpha)


def subtract(self, other):
    """``self - other``; bools are refused."""
    kind = other.array.dtype.kind if isinstance(other, Tensor) else "b" if isinstance(other, bool) else None
    if kind == "b" or self.array.dtype.kind == "b":
        _refuse_bools(self, other)
    return d.sub(self, other)


_sub = _function(subtract, "sub")


def sub(input, other, *, alpha=1):
    """``input - alpha * other``, element by element, with broadcasting; bools are refused (RuntimeError)."""
    if alpha == 1:
        return _sub(input, other)
    _refuse_bools(input, other)
    return _scaled(_sub, d.sub.node, input, other, alpha)


def rsub(self, other, *, alpha=1):
    """``other - alpha * self``."""
    if isinstance(other, Tensor):
        return sub(other, self, alpha=alpha)
    input, number = _with_number(self, other)
    if number is NotImplemented:
        return number
    _refuse_bools(self, other)
    return d.rsub(input, number, alpha)


def _scaled(function, kind, input, other, alpha):
    """`add` or `sub` with an alpha that is not 1, as one node."""
    kind_of_result = result_numpy_dtype(to_array(input), to_array(other)).kind
    if kind_of_result != "f" and isinstance(alpha, float):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if kind_of_result != "b" and isinstance(alpha, bool):
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    with no_grad():
        result = function(input, other & bool(alpha) if kind_of_result == "b" else other * alpha)
    return record(kind, result, (input, other, alpha))


def _refuse_bools(*operands):
    bools = [np.result_type(to_array(x)).kind == "b" for x in operands]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
            "use the `~` or `logical_not()` operator instead."
        )


def neg(input):
    """``-input``; bools are refused (RuntimeError)."""
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


# Products, quotients and powers

mul = _function(d.mul)
mul.__doc__ = "``input * other``, element by element, with broadcasting."
_div = _function(d.div)


def div(input, other, *, rounding_mode=None):
    """``input / other``, element by element; integers give floats. `rounding_mode` may be "floor" or "trunc".

    >>> import minigrad as torch
    >>> torch.div(torch.tensor([7, -7]), 2), torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -3]))
    """
    if rounding_mode is None:
        return _div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return d.div_rounded(input, other, rounding_mode)


def rdiv(self, other):
    """``other / self``."""
    return d.reciprocal(self) * other if isinstance(other, NUMBERS) else NotImplemented


def _floor_divide(input, other):
    """``input // other``, rounded down. Tracked, but PyTorch has no derivative for it."""
    return _without_derivative("floor_divide", _untracked(kernels.floor_quotient, input, other), input, other)


def rfloordiv(self, other):
    """``other // self``."""
    return _reflected("floor_divide", kernels.floor_quotient, self, other)


def _remainder(input, other):
    """``input % other``, with the sign of `other`."""
    if isinstance(other, Tensor):
        return d.remainder_tensor(input, other)
    input, number = _with_number(input, other)
    return number if number is NotImplemented else d.remainder(input, number)


def rmod(self, other):
    """``other % self``."""
    return _reflected("remainder", kernels.remainder, self, other)


def _reflected(function, forward, self, number):
    input, number = _with_number(self, number)
    if number is NotImplemented:
        return number
    return _without_derivative(function, wrap(np.asarray(quiet.run(forward, number, input.array))), self)


class NotImplementedNode(Node):
    """The node of an operation that PyTorch tracks though it has no derivative for it."""

    __slots__ = ("function",)

    def name(self):
        return "torch::autograd::NotImplemented"

    def backward(self, grad, needed=None):
        raise RuntimeError(f"derivative for aten::{self.function} is not implemented")


def _without_derivative(function, result, *inputs):
    tracked = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    if mode.enabled and tracked and result is not NotImplemented and result.array.dtype.kind == "f":
        node = NotImplementedNode(tuple(map(gradient_edge, tracked)), result.array.shape, result.array.dtype)
        node.function = function
        result._requires_grad, result._edge = True, (node, 0)
    return result


def _pow(input, exponent):
    """``input ** exponent``, element by element.

    >>> import minigrad as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3), 2 ** torch.tensor([1, 3])
    (tensor([1., 8.]), tensor([2, 8]))
    """
    if isinstance(exponent, Tensor):
        return d.pow_tensor(input, exponent)
    input, number = _with_number(input, exponent)
    if number is NotImplemented:
        return number
    kind = input.array.dtype.kind
    if kind in "iu" and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return d.pow_number(input, number) if kind != "b" else wrap(input.array | (not number))


def rpow(self, base):
    """``base ** self``, for a number."""
    exponent, number = _with_number(self, base)
    return number if number is NotImplemented else d.number_pow(number, exponent)


floor_divide = _function(_floor_divide, "floor_divide", rfloordiv)
remainder = _function(_remainder, "remainder", rmod)
pow = _function(_pow, "pow", rpow)


def square(input):
    """``input ** 2``."""
    return _pow(input, 2)


# Comparisons, and logic on bools: no gradient goes through them


def _untracked(forward, input, other):
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
    def operator(input, other):
        return _untracked(forward, input, other)

    operator.__doc__ = f"``{name}(input, other)``, element by element: a bool tensor."
    return _function(operator, name)


def _bitwise(name, forward):
    forward = kernels.no_float(f"{name}_cpu", forward)

    def operator(input, other):
        return _untracked(forward, input, other)

    operator.__doc__ = f"``{name}(input, other)`` of bools or integers, element by element."
    return _function(operator, name)


eq, ne = _comparison("eq", np.equal), _comparison("ne", np.not_equal)
lt, le = _comparison("lt", np.less), _comparison("le", np.less_equal)
gt, ge = _comparison("gt", np.greater), _comparison("ge", np.greater_equal)
bitwise_and, bitwise_or = _bitwise("bitwise_and", np.bitwise_and), _bitwise("bitwise_or", np.bitwise_or)
bitwise_xor = _bitwise("bitwise_xor", np.bitwise_xor)


def bitwise_not(input):
    """``~input``, of bools or integers."""
    if input.array.dtype.kind == "f":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return wrap(np.asarray(np.invert(input.array)))


def logical_not(input):
    """Where `input` is zero: a bool tensor."""
    return wrap(np.asarray(input.array == 0))


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
    if not isinstance(other, Tensor):
        raise not_a_tensor("equal", "other", 2, other)
    return input.array.shape == other.array.shape and bool((input.array == other.array).all())


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all ``|input - other| <= atol + rtol * |other|``: a Python bool."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


# Choices


def clamp(input, min=None, max=None):
    """`input`, with values below `min` raised to it and values above `max` lowered to it; both numbers or tensors.

    >>> import minigrad as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), min=0, max=1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    given = [bound for bound in (min, max) if bound is not None]
    if not given:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    tensors = [isinstance(bound, Tensor) for bound in given]
    if all(tensors):
        return d.clamp_tensor(input, min, max)
    if any(tensors) or not all(isinstance(bound, NUMBERS) for bound in given):
        kinds = ", ".join(type(x).__name__ for x in (input, min, max))
        raise TypeError(
            f"clamp() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            " * (Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None)\n"
            " * (Tensor input, Number min = None, Number max = None, *, Tensor out = None)\n"
        )
    for bound in given:
        input, _ = _with_number(input, bound)
        if input.array.dtype.kind in "iu" and bound > np.iinfo(input.array.dtype).max:
            raise RuntimeError(f"value cannot be converted to type {input.dtype.name}_t without overflow")
    return d.clamp(input, *(None if bound is None else with_number(input.array, bound)[1] for bound in (min, max)))


def where(condition, input=None, other=None):
    """`input` where `condition` is true, `other` elsewhere; with the condition alone, the indices where it is true.

    >>> import minigrad as torch
    >>> x = torch.tensor([-1.0, 2.0])
    >>> torch.where(x > 0, x, 0.0), torch.where(x > 0)
    (tensor([0., 2.]), (tensor([1]),))
    """
    if input is None:
        return unbind(wrap(np.argwhere(condition.array)), 1)
    if condition.array.dtype != bool:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {title(condition.array)}"
        )
    shape = condition.array.shape
    for operand in (input, other):
        try:
            shape = np.broadcast_shapes(shape, np.shape(to_array(operand)))
        except ValueError:
            raise broadcast_error(shape, np.shape(to_array(operand))) from None
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        input = wrap(np.asarray(input, number_dtype(input)))
    return d.where(condition, input, other)


def masked_fill(input, mask, value):
    """`input` with `value` where `mask` is true."""
    if mask.array.dtype != bool:
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.c_name}")
    return d.masked_fill(input, mask, value.item() if isinstance(value, Tensor) else value)


def _pairwise(name, operation, doc):
    def function(input, other):
        if not isinstance(other, Tensor):
            raise not_a_tensor(name, "other", 2, other)
        return operation(input, other)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


maximum = _pairwise("maximum", d.maximum, "The larger of two, element by element.")
minimum = _pairwise("minimum", d.minimum, "The smaller of two, element by element.")
