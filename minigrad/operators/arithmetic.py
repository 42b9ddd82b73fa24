"""Arithmetic and choices, element by element: the forms of a call, brought to the one the table takes.

Each function here is a method of Tensor too; its `operator` is the form behind `+` or `<`, which answers NotImplemented
to what it cannot take, so that Python can ask the other operand. See `methods.py`.
"""

import functools

import numpy as np

from .. import derivatives as d, kernels
from ..dtypes import complex128, fitting, float64, number_dtype, number_for, result_numpy_dtype
from ..grad_mode import mode, no_grad
from ..graph import Node, gradient_edge, seam
from ..inplace import in_place
from ..random import fused
from ..real_only import refuse_complex
from ..record import NUMBERS, broadcast, quiet, record, title, to_array, with_number
from ..tensor import Tensor, refuse, wrap
from .conversions import to
from .forms import as_function, no_such_form, number_form, two_tensors, untracked
from .joining import unbind

# Sums and differences

_add = as_function(d.add)


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


_sub = as_function(subtract, "sub")


def sub(input, other, *, alpha=1):
    """``input - alpha * other``, element by element, with broadcasting; bools are refused (RuntimeError)."""
    if alpha == 1 and not isinstance(input, bool):
        return _sub(input, other)
    _refuse_bools(input, other)
    return _scaled(_sub, d.sub.node, input, other, alpha)


def rsub(self, other, *, alpha=1):
    """``other - alpha * self``."""
    if not isinstance(self, Tensor):
        raise no_such_form("rsub", self, other)
    if isinstance(other, Tensor):
        _refuse_bools(self, other)
        return d.rsub_tensor(self, other, alpha)
    input, number = number_form(self, other, keep_floats=True)
    if number is NotImplemented:
        return number
    _refuse_bools(self, other)
    return d.rsub(input, number, alpha)


def _scaled(function, kind, input, other, alpha):
    """`add` or `sub` with an alpha that is not 1, as one node."""
    kind_of_result = result_numpy_dtype(to_array(input), to_array(other)).kind
    if kind_of_result not in "fc" and isinstance(alpha, (float, complex)):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if kind_of_result != "c" and isinstance(alpha, complex):
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    refuse(kind_of_result != "b" and isinstance(alpha, bool) and "Boolean alpha only supported for Boolean results.")
    with no_grad():
        result = function(input, other & bool(alpha) if kind_of_result == "b" else other * alpha)
    if all(isinstance(x, Tensor) and x.array.dtype == np.float32 for x in (input, other)):
        result.array = fused(other.array, alpha if kind is d.add.node else -alpha, input.array)  # as PyTorch rounds
    if seam.computed is not None:
        seam.computed(kind.__name__, (input, other, alpha), result, kind)
    return record(kind, result, (input, other, alpha))


def _refuse_bools(*operands):
    bools = [np.result_type(to_array(x)).kind == "b" for x in operands]
    refuse(all(bools) and "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
           "`logical_xor()` operator instead.")
    refuse(any(bools) and "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
           "invert a mask, use the `~` or `logical_not()` operator instead.")


def neg(input):
    """``-input``; bools are refused (RuntimeError)."""
    if input.array.dtype == bool:
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert "
                           "a mask, use the `~` or `logical_not()` operator instead.")
    return d.neg(input)


def positive(input):
    """``+input``: the tensor itself."""
    refuse(input.array.dtype == bool and "The `+` operator, on a bool tensor is not supported.")
    return input


# Products, quotients and powers

mul = as_function(d.mul)
mul.__doc__ = "``input * other``, element by element, with broadcasting."
_div = as_function(d.div)


def div(input, other, *, rounding_mode=None):
    """``input / other``, element by element; integers give floats. `rounding_mode` may be "floor" or "trunc".

    >>> import minigrad as torch
    >>> torch.div(torch.tensor([7, -7]), 2), torch.div(torch.tensor([7, -7]), 2, rounding_mode="trunc")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -3]))
    """
    if rounding_mode is None:
        return _div(input, other)
    refuse(rounding_mode not in ("floor", "trunc") and "div expected rounding_mode to be one of None, 'trunc', or "
           f"'floor' but found '{rounding_mode}'")
    return d.div_rounded(input, other, rounding_mode)


def rdiv(self, other):
    """``other / self``."""
    return d.reciprocal(self) * other if isinstance(other, (*NUMBERS, np.ndarray, Tensor)) else NotImplemented


def _floor_divide(input, other):
    """``input // other``, rounded down. Tracked, but PyTorch has no derivative for it."""
    quotient = untracked("floor_divide", kernels.floor_quotient, input, other)
    return without_derivative("floor_divide", quotient, input, other)


def rfloordiv(self, other):
    """``other // self``."""
    return _reflected(_floor_divide, "floor_divide", kernels.floor_quotient, self, other)


def rmod(self, other):
    """``other % self``."""
    return _reflected(remainder, "remainder", kernels.remainder, self, other)


def _reflected(operator, function, forward, self, number):
    if isinstance(number, Tensor):  # which Python itself would have asked first
        return operator(number, self)
    input, number = number_form(self, number)
    if number is NotImplemented:
        return number
    return without_derivative(function, wrap(np.asarray(quiet.run(forward, number, input.array))), self)


class NotImplementedNode(Node):
    """The node of an operation that PyTorch tracks though it has no derivative for it; few have a name of their own."""

    __slots__ = ("function", "own_name")

    def name(self):
        return self.own_name or "torch::autograd::NotImplemented"

    def backward(self, grad, needed=None):
        if self.own_name:
            raise NotImplementedError(f"the derivative for '{self.function}' is not implemented.")
        raise RuntimeError(f"derivative for aten::{self.function} is not implemented")


def without_derivative(function, result, *inputs, name=None):
    """`result` tracked by a node that has no backward."""
    if seam.computed is not None:
        seam.computed(function, inputs, result)
    tracked = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
    if mode.enabled and tracked and result is not NotImplemented and result.array.dtype.kind in "fc":
        node = NotImplementedNode(tuple(map(gradient_edge, tracked)), result.array.shape, result.array.dtype)
        node.function, node.own_name = function, name
        result._requires_grad, result._edge = True, (node, 0)
    return result


def _pow(input, exponent):
    if isinstance(exponent, Tensor):
        return d.pow_tensor(input, exponent)
    input, number = number_form(input, exponent, keep_floats=True)
    if number is NotImplemented:
        return number
    kind = input.array.dtype.kind
    if kind in "iu":
        refuse(exponent < 0 and "Integers to negative integer powers are not allowed.")
        fitting(exponent, input.array.dtype)
    return d.pow_number(input, number) if kind != "b" else wrap(input.array | (not number))


def rpow(self, base):
    """``base ** self``."""
    if isinstance(base, Tensor):
        return _pow(base, self)
    exponent, number = number_form(self, base, keep_floats=True)
    return number if number is NotImplemented else d.number_pow(number, exponent)


def pow(input, exponent):
    """``input ** exponent``, element by element.

    >>> import minigrad as torch
    >>> torch.pow(torch.tensor([1.0, 2.0]), 3), 2 ** torch.tensor([1, 3])
    (tensor([1., 8.]), tensor([2, 8]))
    """
    return _any_pow(input, exponent)


def float_power(input, exponent):
    """`pow` in float64, or complex128, whatever dtypes are given."""
    kind, number = _float_power_dtype(input, exponent)
    return pow(*(to(x, kind) if isinstance(x, Tensor) else number(x) for x in (input, exponent)))


def _float_power_dtype(input, exponent):
    is_complex = np.iscomplexobj(to_array(input)) or np.iscomplexobj(to_array(exponent))
    return (complex128, complex) if is_complex else (float64, float)


def float_power_(self, exponent):
    """`float_power`, with the result written into this tensor, which has to have its dtype."""
    kind, _ = _float_power_dtype(self, exponent)
    refuse(self.array.dtype != kind.numpy and f"the base given to float_power_ has dtype {title(self.array)} but the "
           f"operation's result requires dtype {kind.title}")
    return in_place(float_power)(self, exponent)


def _either(name, by_tensor, by_number, what, convert=number_form, **options):
    """A function with one row for a tensor and another for a number."""

    def operator(input, other):
        if isinstance(other, Tensor):
            return by_tensor(input, other)
        input, number = convert(input, other)
        return number if number is NotImplemented else by_number(input, number)

    operator.__doc__ = what
    return as_function(operator, name, **options)


def _as_they_are(input, number):
    if isinstance(number, complex):
        return number_form(input, number)
    return input, number if isinstance(number, NUMBERS) else NotImplemented


floor_divide = as_function(_floor_divide, "floor_divide", rfloordiv)
remainder = _either("remainder", d.remainder_tensor, d.remainder, "``input % other``, with the sign of `other`.",
                    reflected=rmod)
_any_pow = as_function(_pow, "pow", rpow)
pow.operator = _pow
fmod = _either("fmod", d.fmod_tensor, d.fmod, "What ``input / other`` leaves, cut to an integer: it has the sign of "
               "`input`.", number_first=False)
xlogy = _either("xlogy", d.xlogy, d.xlogy_number, "``input * log(other)``, and 0 where `input` is 0.",
                _as_they_are, reflected=lambda other, number: d.number_xlogy(number, other))
copysign = _either("copysign", d.copysign, d.copysign_number, "`input` with the sign of `other`.", _as_they_are,
                   number_first=False)


def square(input):
    """``input ** 2``."""
    return _pow(input, 2)


# Choices


def clamp(input, min=None, max=None):
    """`input`, with values below `min` raised to it and values above `max` lowered to it; both numbers or tensors.

    >>> import minigrad as torch
    >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), min=0, max=1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    given = [bound for bound in (min, max) if bound is not None]
    refuse(not given and "torch.clamp: At least one of 'min' or 'max' must not be None")
    tensors = [isinstance(bound, Tensor) for bound in given]
    if all(tensors):
        return d.clamp_tensor(input, min, max)
    if any(tensors) or not all(isinstance(bound, NUMBERS) for bound in given):
        raise no_such_form("clamp", *given)
    for bound in given:
        input, _ = number_form(input, bound)
        fitting(bound, input.array.dtype)
    return d.clamp(input, *(None if bound is None else with_number(input.array, bound)[1] for bound in (min, max)))


def where(condition, input=None, other=None):
    """`input` where `condition` is true, `other` elsewhere; with the condition alone, the indices where it is true.

    >>> import minigrad as torch
    >>> x = torch.tensor([-1.0, 2.0])
    >>> torch.where(x > 0, x, 0.0), torch.where(x > 0)
    (tensor([0., 2.]), (tensor([1]),))
    """
    if input is None and other is None:
        return unbind(wrap(np.argwhere(condition.array)), 1)
    for operand in (input, other):
        refuse(not isinstance(operand, (Tensor, *NUMBERS)) and "where() takes tensors and numbers", TypeError)
    if condition.array.dtype == np.uint8:
        condition = wrap(condition.array != 0)  # how masks were written once
    refuse(condition.array.dtype != bool and "where expected condition to be a boolean tensor, but got a tensor with "
           f"dtype {title(condition.array)}")
    functools.reduce(broadcast, [np.shape(to_array(operand)) for operand in (condition, input, other)])
    if not isinstance(input, Tensor) and not isinstance(other, Tensor):
        input = wrap(np.asarray(input, number_dtype(input)))
    return d.where(condition, input, other)


maximum = two_tensors("maximum", d.maximum, "The larger of two, element by element; NaN if one is.")
minimum = two_tensors("minimum", d.minimum, "The smaller of two, element by element; NaN if one is.")
fmax = two_tensors("fmax", d.fmax, "The larger of two, element by element; of a number and NaN, the number.")
fmin = two_tensors("fmin", d.fmin, "The smaller of two, element by element; of a number and NaN, the number.")
atan2 = two_tensors("atan2", d.atan2, "The angle of the point (other, input), between -pi and pi.")
ldexp = two_tensors("ldexp", d.ldexp, "``input * 2 ** other``; integers give floats.")
nextafter = two_tensors("nextafter", d.nextafter, "The next floating-point number after `input` towards `other`.")
hypot = two_tensors("hypot", d.hypot, "``sqrt(input ** 2 + other ** 2)``; of floats only.")
logaddexp = two_tensors("logaddexp", d.logaddexp, "``log(exp(input) + exp(other))``; of floats only.")
logaddexp2 = two_tensors("logaddexp2", d.logaddexp2, "``log2(2 ** input + 2 ** other)``; of floats only.")


@functools.partial(two_tensors, "heaviside", what="0, 1, or at 0 `values`: a step.", second="values")
def heaviside(input, values):
    refuse_complex("heaviside", input.array, values.array)
    if input.array.dtype != values.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    broadcast(input.array.shape, values.array.shape)
    steps = np.where(input.array == 0, values.array, (input.array > 0).astype(input.array.dtype))
    return without_derivative("heaviside", wrap(steps), input, values)


def clamp_min(input, min):
    """`input`, with values below `min`, a number or a tensor, raised to it."""
    return _bounded("clamp_min", d.clamp_min, d.clamp_min_tensor, input, min)


def clamp_max(input, max):
    """`input`, with values above `max`, a number or a tensor, lowered to it."""
    return _bounded("clamp_max", d.clamp_max, d.clamp_max_tensor, input, max)


def _bounded(name, by_number, by_tensor, input, bound):
    if isinstance(bound, Tensor) and isinstance(input, Tensor):
        return by_tensor(input, bound)
    input, number = number_form(input, bound)
    if number is NotImplemented:
        raise no_such_form(name, bound)
    fitting(bound, input.array.dtype)
    return by_number(input, number)


def nan_to_num(input, nan=None, posinf=None, neginf=None):
    """`input` with NaN made 0 (or `nan`) and infinities made the largest finite numbers (or `posinf`, `neginf`)."""
    return d.nan_to_num(input, nan, posinf, neginf)


# Functions with an argument more


def lerp(input, end, weight):
    """``input + weight * (end - input)``: all the way from `input` (0) to `end` (1); `weight` is a number or a tensor.

    >>> import minigrad as torch
    >>> torch.lerp(torch.tensor([0.0, 1.0]), torch.tensor([10.0, 1.0]), 0.25)
    tensor([2.5000, 1.0000])
    """
    if not isinstance(end, Tensor) or not isinstance(weight, (Tensor, *NUMBERS)):
        raise no_such_form("lerp", end, weight)
    for name, operand in (("end", end), ("weight", weight)):
        if isinstance(operand, Tensor) and operand.array.dtype != input.array.dtype:
            kinds = input.dtype.c_name, operand.dtype.c_name
            raise RuntimeError(f"expected dtype {kinds[0]} for `{name}` but got dtype {kinds[1]}")
    if isinstance(weight, Tensor):
        return d.lerp_tensor(input, end, weight)
    return d.lerp(input, end, number_for(weight, input.array.dtype))


def addcmul(input, tensor1, tensor2, *, value=1):
    """``input + value * tensor1 * tensor2``, element by element."""
    return d.addcmul(input, tensor1, tensor2, value)


def addcdiv(input, tensor1, tensor2, *, value=1):
    """``input + value * tensor1 / tensor2``, element by element; of floats only."""
    refuse(tensor1.array.dtype.kind not in "fc" and tensor2.array.dtype.kind not in "fc" and INTEGER_ADDCDIV)
    return d.addcdiv(input, tensor1, tensor2, value)


def round(input, *, decimals=None):
    """The nearest integer, the even one of two; or the nearest number with so many decimals (of floats only)."""
    return d.round(input) if decimals is None else d.round_decimals(input, decimals)


def logit(input, eps=None):
    """``log(input / (1 - input))``, the inverse of sigmoid; with `eps`, of `input` clamped to [eps, 1 - eps]."""
    return d.logit(input, eps)


def polygamma(n, input):
    """The n-th derivative of digamma."""
    refuse_complex(["DigammaBackward0", "trigamma"][n] if n < 2 else "PolygammaBackward0", input.array)
    return d.polygamma(n, input)


INTEGER_ADDCDIV = ("Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
                   "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented "
                   "as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as "
                   "(input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the "
                   "latter implementation: (input + value * tensor1 / tensor2), for all dtypes.")
