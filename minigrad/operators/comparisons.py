"""Comparisons, logic and bits: operations that no gradient goes through."""

import numpy as np

from .. import derivatives as d
from ..kernels import COMPARISONS, no_bool, no_float
from ..real_only import WORDS, of_real_numbers, refuse_complex
from ..record import named, quiet, title, to_array, with_number, without_history
from ..tensor import Tensor, refuse, wrap
from .forms import as_function, two_tensors, untracked

# Two operands


def _family(name, forward, what, **options):
    def operator(input, other):
        return untracked(name, forward, input, other)

    operator.__doc__ = what.format(name=name)
    return as_function(operator, name, **options)


COMPARES = "``{name}(input, other)``, element by element: a bool tensor."
eq, ne, lt, le, gt, ge = (_family(*item, COMPARES, number_first=False) for item in COMPARISONS.items())


def equals(self, other):
    """``self == other``, the one operator to which a numpy array of numbers is as good as a tensor."""
    return eq.operator(self, wrap(other) if isinstance(other, np.ndarray) and other.dtype.kind in "biufc" else other)


def writing(name):
    """The comparison as `eq_` records it: its result in the dtype of `input`."""

    def operation(input, other):
        by_number, by_tensor = d.COMPARISONS[name]
        if isinstance(other, Tensor):
            result = by_tensor(input, other)
        else:
            array, number = with_number(input.array, other)
            if name in WORDS:
                refuse_complex(name, array)
            result = by_number(input, number)
        return result if result.requires_grad else wrap(result.array.astype(input.array.dtype))

    operation.__name__ = name
    return operation


def _of_integers(kernel, forward):
    return no_bool(kernel, no_float(kernel, forward))


BITS = "``{name}(input, other)`` of bools or integers, element by element."
bitwise_and = _family("bitwise_and", no_float("bitwise_and_cpu", np.bitwise_and), BITS)
bitwise_or = _family("bitwise_or", no_float("bitwise_or_cpu", np.bitwise_or), BITS)
bitwise_xor = _family("bitwise_xor", no_float("bitwise_xor_cpu", np.bitwise_xor), BITS)
bitwise_left_shift = _family("bitwise_left_shift", _of_integers("lshift_cpu", np.left_shift), BITS)
bitwise_right_shift = _family("bitwise_right_shift", _of_integers("rshift_cpu", np.right_shift), BITS)


def _pair(name, forward, what):
    return two_tensors(name, lambda input, other: untracked(name, forward, input, other), what)


logical_and = _pair("logical_and", np.logical_and, "Where neither is zero: a bool tensor.")
logical_or = _pair("logical_or", np.logical_or, "Where not both are zero: a bool tensor.")
logical_xor = _pair("logical_xor", np.logical_xor, "Where one is zero and the other is not: a bool tensor.")
gcd = _pair("gcd", _of_integers("gcd_cpu", np.gcd), "The greatest common divisor of integers, element by element.")
lcm = _pair("lcm", _of_integers("lcm_cpu", np.lcm), "The least common multiple of integers, element by element.")


# One operand


def bitwise_not(input):
    """``~input``, of bools or integers."""
    return without_history("bitwise_not", no_float("bitwise_not_cpu", np.invert)(input.array), input)


def invert(self):
    """``~self``, of bools or integers."""
    if self.array.dtype.kind in "fc":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


def _question(name, ask, what):
    ask = of_real_numbers(name, ask)
    return named(lambda input: without_history(name, quiet.run(ask, input.array), input), name,
                 f"Where `input` is {what}: a bool tensor.")


logical_not = _question("logical_not", lambda a: a == 0, "zero")
isnan = _question("isnan", np.isnan, "not a number")
isinf = _question("isinf", np.isinf, "infinite")
isfinite = _question("isfinite", np.isfinite, "neither infinite nor NaN")
isposinf = _question("isposinf", lambda a: a == np.inf, "infinity")
isneginf = _question("isneginf", lambda a: a == -np.inf, "minus infinity")
isreal = _question("isreal", np.isreal, "a real number, be it as a complex one")
signbit = _question("signbit", lambda a: np.signbit(a) if a.dtype.kind == "f" else a < 0, "negative, or -0.0")


# Two tensors as a whole


def equal(input, other):
    """Whether two tensors have the same shape and values: a Python bool."""
    return input.array.shape == other.array.shape and bool((input.array == other.array).all())


def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where ``|input - other| <= atol + rtol * |other|``: a bool tensor. Both must have one dtype (RuntimeError)."""
    refuse(input.array.dtype != other.array.dtype and f"{input.dtype.title} did not match {other.dtype.title}")
    for name, value in (("rtol", rtol), ("atol", atol)):
        refuse(value < 0 and f"{name} must be greater than or equal to zero, but got {value:g}")

    def close(a, b):
        away = np.abs(a - b) if a.dtype.kind != "b" else a ^ b
        near = (a == b) | (np.isfinite(away) & (away <= atol + np.abs(rtol * b)))
        return near | (np.isnan(a) & np.isnan(b)) if equal_nan else near

    return untracked("isclose", close, input, other)


def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """Where the elements are among `test_elements` (or, with `invert`, are not): a bool tensor."""
    for x in (elements, test_elements):
        array = np.asarray(to_array(x))
        refuse(array.dtype.kind in "bc" and f"Unsupported input type encountered for isin(): {title(array)}")
    array = np.isin(to_array(elements), to_array(test_elements), invert=invert)
    return without_history("isin", array, elements, test_elements)


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all of `input` `isclose` to `other`: a Python bool."""
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())
