"""Sums, means, extremes: all elements, or those along some dimensions, made into one.

`x.sum()`, `x.sum(0)`, `x.sum(dim=(0, -1), keepdim=True)`, `torch.sum(x, axis=0)` all end in `sum_all` or `sum_dim`.
"""

import math
from collections import namedtuple

import numpy as np

from . import derivatives as d
from .arithmetic import maximum, minimum
from .conversions import to
from .record import title
from .tensor import Tensor, check_dim, wrap


def one_dim(input, dim, function):
    """`dim` counted from the front; TypeError if it is no int."""
    if not isinstance(dim, (int, np.integer)):
        raise TypeError(f"{function}(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
    return check_dim(dim, input.array.ndim)


def dims_of(input, dim, function):
    """`dim` as numpy takes it: None for all, else a tuple counted from the front, each once."""
    if dim is None:
        return None
    several = dim if isinstance(dim, (tuple, list)) else (dim,)
    if not all_ints(several):
        raise TypeError(f"{function}(): argument 'dim' (position 1) must be tuple of ints, not {type(dim).__name__}")
    dims = tuple(check_dim(n, input.array.ndim) for n in several)
    for n in dims:
        if dims.count(n) > 1:
            raise RuntimeError(f"dim {n} appears multiple times in the list of dims")
    if not dims:
        return None
    return dims if input.array.ndim else ()


def all_ints(values):
    return {type(value) for value in values} <= {int, np.int64}


def _aliases(dim, keepdim, named, function):
    """numpy's names for dim and keepdim."""
    for name in named:
        if name not in ("axis", "keepdims"):
            raise TypeError(f"{function}() got an unexpected keyword argument '{name}'")
    return named.get("axis", dim), named.get("keepdims", keepdim)


# Sums and their kin


def sum(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The sum over all elements, or over the dimensions `dim` (an int or several); integers give int64.

    >>> import minigrad as torch
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.sum(), x.sum(0), x.sum(1, keepdim=True)
    (tensor(10.), tensor([4., 6.]), tensor([[3.],
            [7.]]))
    """
    dim, keepdim = _aliases(dim, keepdim, named, "sum")
    kind = None if dtype is None else dtype.numpy
    if dim is None and not keepdim:
        return d.sum_all(input, kind)
    return d.sum_dim(input, dims_of(input, dim, "sum"), keepdim, kind)


def mean(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The mean over all elements, or over the dimensions `dim`; of floats only (RuntimeError)."""
    dim, keepdim = _aliases(dim, keepdim, named, "mean")
    kind = input.array.dtype if dtype is None else dtype.numpy
    if kind.kind != "f":
        what = "Input dtype must be either a floating point or complex dtype. Got: " + title(input.array)
        if dtype is not None:
            what = "Optional dtype must be either a floating point or complex dtype. Got: " + dtype.title
        raise RuntimeError(f"mean(): could not infer output dtype. {what}")
    if dim is None and not keepdim:
        return d.mean_all(input, kind)
    return d.mean_dim(input, dims_of(input, dim, "mean"), keepdim, kind)


def prod(input, dim=None, keepdim=False, *, dtype=None, **named):
    """The product over all elements, or over the dimension `dim`; integers give int64."""
    dim, keepdim = _aliases(dim, keepdim, named, "prod")
    kind = np.dtype(np.int64) if input.array.dtype.kind in "biu" else input.array.dtype
    kind = kind if dtype is None else dtype.numpy
    return d.prod_all(input, kind) if dim is None else d.prod_dim(input, one_dim(input, dim, "prod"), keepdim, kind)


def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    """The p-norm ``(sum |x|^p)^(1/p)`` over all elements or over `dim`; p may be 0, inf, -inf or "fro" (2).

    >>> import minigrad as torch
    >>> torch.tensor([3.0, -4.0]).norm(), torch.tensor([3.0, -4.0]).norm(1)
    (tensor(5.), tensor(7.))
    """
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"minigrad's norm has no p={p!r}: use a number or 'fro'.")
    p = 2 if p is None or p == "fro" else p
    if dtype is not None:
        input = to(input, dtype)
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            "linalg.vector_norm: Expected a floating point or complex tensor as input. Got " + title(input.array)
        )
    dims = dims_of(input, dim, "linalg_vector_norm")
    if input.array.size == 0 and (p < 0 or math.isinf(p)):
        if dims is None:
            what = "on an empty tensor because the operation"
        else:  # the missing blank is PyTorch's
            what = f"on the dimension {dims[0]}because this dimension is empty and the operation"
        if dims is None or input.array.shape[dims[0]] == 0:
            raise RuntimeError(f"linalg.vector_norm cannot compute the {p:g} norm {what} does not have an identity")
    return d.norm(input, p, dims, keepdim)


def all(input, dim=None, keepdim=False):
    """Whether all elements are true, along `dim` or over all."""
    return _truth(np.all, input, dims_of(input, dim, "all"), keepdim)


def any(input, dim=None, keepdim=False):
    """Whether any element is true, along `dim` or over all."""
    return _truth(np.any, input, dims_of(input, dim, "any"), keepdim)


def _truth(reduce, input, dims, keepdim):
    kind = np.uint8 if input.array.dtype == np.uint8 else bool  # uint8 was PyTorch's bool before it had one
    return wrap(np.asarray(reduce(input.array, axis=dims, keepdims=keepdim)).astype(kind, copy=False))


# Selections


def _refuse_empty(input, dims, function):
    """Nothing has no largest element."""
    if dims is None and input.array.size == 0:
        raise RuntimeError(
            f"{function}(): Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument."
        )
    for n in dims or ():
        if input.array.ndim and input.array.shape[n] == 0:
            raise IndexError(f"{function}(): Expected reduction dim {n} to have non-zero size.")


def _return_type(name):
    """PyTorch's result of a reduction that says where it found the value: prints as torch.return_types.max."""
    kind = namedtuple(name, ("values", "indices"))
    kind.__repr__ = lambda self: f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"
    kind.__module__ = "torch.return_types"
    return kind


def _selection(name, over_all, along, between=None):
    result = _return_type(name)

    def function(input, dim=None, keepdim=False, **named):
        dim, keepdim = _aliases(dim, keepdim, named, name)
        if isinstance(dim, Tensor) and between is not None:
            return between(input, dim)
        if dim is None:
            if name != "median":  # the median of nothing is nan
                _refuse_empty(input, None, name)
            return over_all(input)
        dim = one_dim(input, dim, name)
        _refuse_empty(input, (dim,), name)
        return result(*along(input, dim, keepdim))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"The {name} of all elements; or, along `dim`, the values and where they are (indices)."
    return function


max = _selection("max", d.max_all, d.max_dim, maximum)
min = _selection("min", d.min_all, d.min_dim, minimum)
median = _selection("median", d.median_all, d.median_dim)


def amax(input, dim=(), keepdim=False):
    """The largest element over `dim` (all if not given); equal ones share the gradient."""
    dims = dims_of(input, dim, "amax")
    _refuse_empty(input, dims, "amax")
    return d.amax(input, dims, keepdim)


def amin(input, dim=(), keepdim=False):
    """The smallest element over `dim` (all if not given); equal ones share the gradient."""
    dims = dims_of(input, dim, "amin")
    _refuse_empty(input, dims, "amin")
    return d.amin(input, dims, keepdim)


def argmax(input, dim=None, keepdim=False):
    """Where the largest element is: counted over all elements, or along `dim`."""
    return _place(np.argmax, "argmax", input, dim, keepdim)


def argmin(input, dim=None, keepdim=False):
    """Where the smallest element is: counted over all elements, or along `dim`."""
    return _place(np.argmin, "argmin", input, dim, keepdim)


def _place(find, function, input, dim, keepdim):
    if input.array.dtype == bool:
        raise RuntimeError(f"{function}(): does not support bool input")
    if dim is None and input.array.size == 0:
        raise IndexError(f"{function}(): Expected reduction dim to be specified for input.numel() == 0.")
    if dim is not None:
        dim = one_dim(input, dim, function)
        _refuse_empty(input, (dim,), function)
    return wrap(np.asarray(find(input.array, axis=dim if input.array.ndim else None, keepdims=keepdim)))
