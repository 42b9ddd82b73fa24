"""The forms of a call with two operands: tensor and tensor, tensor and number, number and tensor; else an error."""

import functools

import numpy as np

from .. import derivatives as d
from ..dtypes import number_dtype, result_numpy_dtype
from ..real_only import WORDS, refuse_complex
from ..record import (
    NUMBERS,
    broadcast_error,
    kind_name,
    named,
    not_a_tensor,
    promoted,
    quiet,
    with_number,
    without_history,
)
from ..tensor import Tensor, wrap


def as_function(operator, name=None, reflected=None, number_first=True):
    """An operator as a function: what is no tensor or number is refused.

    If a number comes first, `reflected`, where there is one, is called with the operands exchanged.
    """
    name = name or operator.__name__

    @functools.wraps(operator)
    def function(input, other):
        if not isinstance(input, Tensor):
            if not number_first or not isinstance(input, NUMBERS):
                raise not_a_tensor(name, "input", 1, input) if name in SINGLE_FORM else no_such_form(name, input, other)
            if not isinstance(other, Tensor) and name not in (*SINGLE_FORM, "floor_divide"):
                raise no_such_form(name, input, other)
            if reflected is not None and isinstance(other, Tensor):
                return reflected(other, input)
            is_float = isinstance(other, Tensor) and other.array.dtype.kind in "fc"
            kind = result_numpy_dtype(other.array, input) if is_float else number_dtype(input)
            input = wrap(np.asarray(input, kind))
        result = operator(input, other)
        if result is NotImplemented:
            raise not_a_tensor(name, "other", 1, other) if name in SINGLE_FORM else no_such_form(name, other)
        return result

    function.__name__ = function.__qualname__ = name
    function.operator = operator
    return function


SINGLE_FORM = {"add", "sub", "mul", "div"}  # the others have one form for a tensor and one for a number


def no_such_form(function, *given):
    """The error about arguments that fit none of the function's forms, as its method says it."""
    kinds = ", ".join(kind_name(x) for x in given)
    return TypeError(f"{function}() received an invalid combination of arguments - got ({kinds}), but expected one of:")


def two_tensors(name, operation, what, second="other"):
    """A function of two tensors, where a number will not do."""

    def function(input, other):
        for argument, position, value in (("input", 1, input), (second, 1, other)):
            if not isinstance(value, Tensor):
                raise not_a_tensor(name, argument, position, value)
        return operation(input, other)

    return named(function, name, what)


def number_form(input, number, keep_floats=False):
    """A tensor and a number, in the dtype in which they are combined; NotImplemented for what is no number.

    With `keep_floats` they stay as they are with a complex number too: numpy combines the two as PyTorch does.
    """
    a, number = with_number(input.array, number)
    as_it_is = a.dtype == input.array.dtype or keep_floats and input.array.dtype.kind == "f"
    return (input if as_it_is else d.to_copy(input, a.dtype)), number


def untracked(name, forward, input, other):
    """A function of two tensors, or of a tensor and a number, that leaves no history; NotImplemented for all else."""
    if isinstance(other, Tensor):
        a, b = promoted(input.array, other.array)
    else:
        a, b = with_number(input.array, other)
        if b is NotImplemented:
            return b
    if a.dtype.kind == "c" and name in WORDS:
        refuse_complex(name, a)
    try:
        return without_history(name, quiet.run(forward, a, b), input, other)
    except ValueError:
        raise broadcast_error(a.shape, b.shape) from None
