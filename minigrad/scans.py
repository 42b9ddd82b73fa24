"""Along a dimension, with a result for each element: softmax, running sums and extremes, sorting."""

from . import derivatives as d
from .conversions import to
from .record import title
from .reductions import one_dim


def softmax(input, dim, dtype=None):
    """``exp(input)`` divided by its sum along `dim`: positive numbers that add up to 1.

    >>> import minigrad as torch
    >>> torch.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _softmax(d.softmax, "softmax", input, dim, dtype)


def log_softmax(input, dim, dtype=None):
    """The logarithm of `softmax`, accurate where that rounds to 0."""
    return _softmax(d.log_softmax, "log_softmax", input, dim, dtype)


def _softmax(operation, name, input, dim, dtype):
    input = input if dtype is None else to(input, dtype)
    last = one_dim(input, dim, name) >= input.array.ndim - 1
    if input.array.dtype.kind != "f":
        kernel = f"{name}_lastdim_kernel_impl" if last else f"{name}_kernel_impl"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{title(input.array)}'")
    return operation(input, dim)
