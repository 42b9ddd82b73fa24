"""Sums, means, extremes: all elements, or those along some dimensions, made into one.

`x.sum()`, `x.sum(0)`, `x.sum(dim=(0, -1), keepdim=True)`, `torch.sum(x, axis=0)` all end in `sum_all` or `sum_dim`.
"""

import builtins
import math
import warnings
from collections import namedtuple

import numpy as np

from .. import derivatives as d, kernels
from ..real_only import refuse_complex
from ..record import broadcast, named, need_tensors, quiet, title, without_history
from ..tensor import Tensor, check_dim, refuse, wrap
from .arithmetic import maximum, minimum, sub, without_derivative
from .conversions import to
from .forms import no_such_form
from .joining import unbind
from .several import several_results


def one_dim(input, dim, function):
    """`dim` counted from the front; TypeError if it is no int."""
    if not isinstance(dim, (int, np.integer)):
        raise TypeError(f"{function}(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
    return check_dim(dim, input.array.ndim)


def dims_of(input, dim, function):
    """`dim` as numpy takes it: None for all, else a tuple, each once; a node saves it as it was given."""
    if dim is None:
        return None
    several = dim if isinstance(dim, (tuple, list)) else (dim,)
    refuse(not {type(n) for n in several} <= {int, np.int64} and "dim is an int or several", TypeError)
    dims = [check_dim(n, input.array.ndim) for n in several]
    for n in dims:
        if dims.count(n) > 1:
            raise RuntimeError(f"dim {n} appears multiple times in the list of dims")
    if not dims:
        return None
    return tuple(map(int, several)) if input.array.ndim else ()


# Sums and their kin


def sum(input, dim=None, keepdim=False, *, dtype=None):
    """The sum over all elements, or over the dimensions `dim` (an int or several); integers give int64.

    >>> import minigrad as torch
    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x.sum(), x.sum(0), x.sum(1, keepdim=True)
    (tensor(10.), tensor([4., 6.]), tensor([[3.],
            [7.]]))
    """
    kind = None if dtype is None else dtype.numpy
    if dim is None and not keepdim:
        return d.sum_all(input, kind)
    return d.sum_dim(input, dims_of(input, dim, "sum"), keepdim, kind)


def mean(input, dim=None, keepdim=False, *, dtype=None):
    """The mean over all elements, or over the dimensions `dim`; of floats only (RuntimeError)."""
    kind = input.array.dtype if dtype is None else dtype.numpy
    if kind.kind not in "fc":
        what = "Input dtype must be either a floating point or complex dtype. Got: " + title(input.array)
        if dtype is not None:
            what = "Optional dtype must be either a floating point or complex dtype. Got: " + dtype.title
        raise RuntimeError(f"mean(): could not infer output dtype. {what}")
    if dim is None and not keepdim:
        return d.mean_all(input, kind)
    return d.mean_dim(input, dims_of(input, dim, "mean"), keepdim, kind)


def prod(input, dim=None, keepdim=False, *, dtype=None):
    """The product over all elements, or over the dimension `dim`; integers give int64."""
    kind = np.dtype(np.int64) if input.array.dtype.kind in "biu" else input.array.dtype
    kind = kind if dtype is None else dtype.numpy
    if dim is None:
        return d.prod_all(input, kind)
    one_dim(input, dim, "prod")
    return d.prod_dim(input, int(dim), keepdim, kind)


def norm(input, p=2, dim=None, keepdim=False, dtype=None):
    """The p-norm ``(sum |x|^p)^(1/p)`` over all elements or over `dim`; p may be 0, inf or -inf."""
    refuse(input.array.dtype.kind not in "fc" and "linalg.vector_norm: Expected a floating point or complex tensor as "
           f"input. Got {title(input.array)}")
    input = in_dtype("linalg.vector_norm", input, dtype)
    dims = dims_of(input, dim, "linalg_vector_norm")
    check_not_empty(input, p, dims)
    return d.norm(input, p, dims, keepdim)


def check_not_empty(input, p, dims):
    """RuntimeError where a norm needs an element but there is none."""
    if input.array.size == 0 and (p < 0 or math.isinf(p)):
        text = f"linalg.vector_norm cannot compute the {p:g} norm on {{}} the operation does not have an identity"
        refuse(dims is None and text.format("an empty tensor because"))
        for n in dims:  # the missing blank is PyTorch's
            refuse(not input.array.shape[n] and text.format(f"the dimension {n}because this dimension is empty and"))


def in_dtype(function, input, dtype):
    """`input` in the dtype in which a norm is asked for, if any: of floats, and not narrower than its own."""
    if dtype is None:
        return input
    refuse(dtype.numpy.kind != "f" and f"{function}: dtype should be floating point or complex, but got {dtype.title}")
    refuse(dtype.itemsize < input.array.itemsize and f"{function}: the dtype of the input ({title(input.array)}) "
           f"should be convertible without narrowing to the specified dtype ({dtype.title})")
    return to(input, dtype)


def dist(input, other, p=2):
    """The p-norm of ``input - other``, of floats only."""
    difference = sub(input.detach(), other.detach())
    if difference.array.dtype.kind not in "fc":
        kind = title(difference.array)
        raise RuntimeError(f"norm(): input dtype should be either floating point or complex. Got {kind} instead.")
    return d.dist(input, other, p)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm of the difference of each row of x1 (..., P, M) and each of x2 (..., R, M): (..., P, R)."""
    need_tensors("cdist", x1=x1, x2=x2)
    for name, x in {"X1": x1, "X2": x2}.items():
        refuse(x.array.dtype.kind != "f" and f"cdist only supports floating-point dtypes, {name} got: {title(x.array)}")
        refuse(x.array.ndim < 2 and f"cdist only supports at least 2D tensors, {name} got: {x.array.ndim}D")
    columns, others = x1.array.shape[-1], x2.array.shape[-1]
    refuse(columns != others and f"X1 and X2 must have the same number of columns. X1: {columns} X2: {others}")
    refuse(p < 0 and "cdist only supports non-negative p values")
    refuse(x1.array.dtype == np.float16 and "\"cdist\" not implemented for 'Half'", NotImplementedError)
    refuse(x1.array.dtype != x2.array.dtype and f"expected scalar type {title(x1.array)} but found {title(x2.array)}")
    refuse(compute_mode not in COMPUTE_MODES and f"{compute_mode} is not a valid value for compute_mode", ValueError)
    broadcast(x1.array.shape[:-2], x2.array.shape[:-2])
    return d.cdist(x1, x2, p)


COMPUTE_MODES = "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"


def nansum(input, dim=None, keepdim=False, *, dtype=None):
    """The sum of what is not NaN."""
    if input.array.dtype.kind not in "fc":
        return sum(input, dim, keepdim, dtype=dtype)
    return d.nansum(input, dims_of(input, dim, "nansum"), keepdim, None if dtype is None else dtype.numpy)


def nanmean(input, dim=None, keepdim=False, *, dtype=None):
    """The mean of what is not NaN; of floats only (RuntimeError)."""
    refuse(input.array.dtype.kind not in "fc" and "nanmean(): expected input to have floating point or complex dtype "
           f"but got {title(input.array)}")
    return nansum(input, dim, keepdim, dtype=dtype) / sum(input.isnan().logical_not(), dim, keepdim)


def logsumexp(input, dim, keepdim=False):
    """``log(sum(exp(input)))`` over `dim`, without overflow; integers give floats."""
    return d.logsumexp(input, dims_of(input, dim, "logsumexp"), keepdim)


# Spread


def _spread(name, operation, what):
    def function(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
        if isinstance(dim, bool):  # var(unbiased)
            dim, unbiased = None, dim
        if input.array.dtype.kind not in "fc":
            names = "std and var" if operation in (d.var, d.std) else name
            raise RuntimeError(f"{names} only support floating point and complex dtypes")
        if unbiased is not None:
            correction = int(unbiased)
        elif correction is None and dim is not None:
            correction = 1
        dims = dims_of(input, dim, name)
        sizes = input.array.shape if dims is None or not input.array.ndim else [input.array.shape[n] for n in dims]
        if math.prod(sizes) <= (1 if correction is None else correction):
            warnings.warn(DEGREES.format(name), stacklevel=2)
        return operation(input, dims, correction, keepdim)

    more = " over all elements or over `dim`, of floats only. Squares are divided by n - `correction` (n - 1 if not "
    return named(function, name, what + more + "given, n if `unbiased` is False).")


DEGREES = ("{}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input "
           "numel divided by output numel).")


def _var_mean_gradient(grad_var, grad_mean, self, dim, correction, keepdim):
    total = d.zeros_like(self)
    if grad_var is not None:
        total = d.var_gradient(grad_var, self, dim, correction, keepdim)
    if grad_mean is not None:
        count = self.numel() / builtins.max(grad_mean.numel(), 1)
        total = total + d.keep_dims(grad_mean, dim, keepdim, self.shape) / count
    return total


def _std_mean_gradient(grad_std, grad_mean, self, dim, correction, keepdim, result0):
    if grad_std is not None:
        grad_std = d.std_gradient(grad_std, result0)
    return _var_mean_gradient(grad_std, grad_mean, self, dim, correction, keepdim)


def _aminmax_gradient(grad_min, grad_max, self, dim, keepdim, min, max):
    total, dim = d.zeros_like(self), dim if self.shape else None
    for grad, extreme in ((grad_min, min), (grad_max, max)):
        if grad is not None:
            at_it = self == d.keep_dims(extreme, dim, keepdim, self.shape)
            total = total + d.share(d.keep_dims(grad, dim, keepdim, self.shape), at_it, dim)
    return total


_FOR_SPREAD = ("self", "dim", "correction", "keepdim")
_var_mean = several_results("VarMeanBackward0", _var_mean_gradient, _FOR_SPREAD)
_std_mean = several_results("StdMeanBackward0", _std_mean_gradient, _FOR_SPREAD, ("result0",))
_aminmax = several_results("AminmaxBackward0", _aminmax_gradient, ("self", "dim", "keepdim"), ("min", "max"))


def _with_mean(spread, with_history):
    def operation(input, dims, correction, keepdim):
        array = input.array
        spreads = quiet.run(spread, array, dims, correction, keepdim)
        means = quiet.run(kernels.mean, array, dims, keepdim, array.dtype)
        return with_history(input, (spreads, means), input, dims, correction, keepdim)

    return operation


var = _spread("var", d.var, "The variance")
std = _spread("std", d.std, "The standard deviation, the root of the variance,")
var_mean = _spread("var_mean", _with_mean(d.var.forward, _var_mean), "The pair of variance and mean")
std_mean = _spread("std_mean", _with_mean(d.std.forward, _std_mean), "The pair of standard deviation and mean")


# Counts


def all(input, dim=None, keepdim=False):
    """Whether all elements are true, along `dim` or over all."""
    return _truth(np.all, "all", input, dim, keepdim)


def any(input, dim=None, keepdim=False):
    """Whether any element is true, along `dim` or over all."""
    return _truth(np.any, "any", input, dim, keepdim)


def _truth(reduce, name, input, dim, keepdim):
    kind = np.uint8 if input.array.dtype == np.uint8 else bool  # uint8 was PyTorch's bool before it had one
    dims = () if dim == () else dims_of(input, dim, name)  # these two reduce nothing over no dimension
    truth = np.asarray(reduce(input.array, axis=dims, keepdims=keepdim)).astype(kind, copy=False)
    return without_history(name, truth, input)


def count_nonzero(input, dim=None):
    """How many elements are not zero, over all or along `dim` (an int or several)."""
    count = np.asarray(np.count_nonzero(input.array, axis=dims_of(input, dim, "count_nonzero")), np.int64)
    return without_history("count_nonzero", count, input)


def nonzero(input, *, as_tuple=False):
    """Where the elements are that are not zero: a row of indices for each, or (`as_tuple`) a tensor for each dimension.

    >>> import minigrad as torch
    >>> torch.nonzero(torch.tensor([0.0, 2.0, 3.0]))
    tensor([[1],
            [2]])
    """
    array = input.array.reshape(1) if as_tuple and not input.array.ndim else input.array
    places = wrap(np.argwhere(array))
    return unbind(places, 1) if as_tuple else places


def bincount(input, weights=None, minlength=0):
    """How often each of the numbers 0, 1, 2, ... is in `input`; or the sum of its weights."""
    if input.array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{title(input.array)}'")
    if input.array.ndim != 1 or (input.array < 0).any():
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    refuse(minlength < 0 and "minlength should be >= 0")
    refuse(weights is not None and weights.array.shape != input.array.shape and "weights should be 1-d and have the "
           "same length as input")
    if weights is None or not input.array.size:
        return wrap(np.bincount(input.array, None, minlength))
    refuse_complex("bincount", weights.array)
    kind = weights.array.dtype if weights.array.dtype == np.float32 else np.float64
    result = wrap(np.bincount(input.array, weights.array, minlength).astype(kind))
    return without_derivative("bincount", result, weights)


def return_type(name, fields=("values", "indices")):
    """PyTorch's result of a reduction that says where it found the value: prints as torch.return_types.max."""
    kind = namedtuple(name, fields)
    kind.__repr__ = lambda self: "torch.return_types.{}(\n{})".format(
        name, ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self)))
    kind.__module__ = "torch.return_types"
    return kind


_frexp = return_type("frexp", ("mantissa", "exponent"))


def frexp(input):
    """Mantissa and exponent: ``input == mantissa * 2 ** exponent``; of floats only."""
    refuse(input.array.dtype.kind != "f" and "torch.frexp() only supports floating-point dtypes")
    return _frexp(*d.frexp(input))


def histc(input, bins=100, min=0, max=0):
    """How many elements lie in each of `bins` stretches between `min` and `max`; by default, of all elements."""
    low, high = _histogram_range("histc", "histogram_cpu", input, bins, None if min == max == 0 else (min, max))
    array, kind = input.array[(input.array >= low) & (input.array <= high)], input.array.dtype.type
    with quiet:  # rounded at each step, which decides for what lies on an edge
        places = ((array - kind(low)) * kind(bins) / (kind(high) - kind(low))).astype(np.int64)
    return wrap(np.bincount(np.clip(places, 0, bins - 1), minlength=bins).astype(kind))


Histogram = return_type("histogram", ("hist", "bin_edges"))


def histogram(input, bins=100, *, range=None, weight=None, density=False):
    """The same, of all elements or those in `range`, and the edges; or between the edges that `bins` gives.

    >>> import minigrad as torch
    >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=2).hist
    tensor([2., 1.])
    """
    refuse(input.array.dtype == np.float16 and "\"histogramdd\" not implemented for 'Half'", NotImplementedError)
    _check_histogram(input, bins, weight)
    edges = bins.array if isinstance(bins, Tensor) else np.linspace(
        *_histogram_range("histogram", "histogramdd", input, bins, range), bins + 1, dtype=input.array.dtype)
    counts = np.histogram(input.array, edges, weights=None if weight is None else weight.array, density=density)[0]
    return Histogram(*(without_derivative("histogram", wrap(array.astype(input.array.dtype)), input)
                       for array in (counts, edges)))


def _check_histogram(input, bins, weight):
    """What PyTorch says, in the words of a histogram in several dimensions, where the arguments do not fit."""

    def kind(x):
        return x.dtype.c_name

    if isinstance(bins, Tensor):
        where, edges = "bins tensor for dimension 0", bins.array
        refuse(edges.dtype != input.array.dtype and "torch.histogramdd: input tensor and bins tensors should have the "
               f"same dtype, but got input with dtype {kind(input)} and bins for dimension 0 with dtype {kind(bins)}")
        refuse(edges.ndim != 1 and "torch.histogramdd: bins tensor should have one dimension, but got "
               f"{edges.ndim} dimensions in the {where}")
        refuse(not edges.size and "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements "
               f"in the {where}")
        refuse(edges.size == 1 and "torch.histogram(): bins must be > 0, but got 0 for dimension 0")
        refuse((np.diff(edges) < 0).any() and "minigrad's histogram has no edges that fall: sort them.",
               NotImplementedError)
    if weight is not None:
        refuse(weight.array.dtype != input.array.dtype and "torch.histogramdd: if weight tensor is provided, input "
               "tensor and weight tensor should have the same dtype, but got "
               f"input({kind(input)}), and weight({kind(weight)})")
        refuse(weight.array.shape != input.array.shape and "torch.histogramdd: if weight tensor is provided it should "
               "have the same shape as the input tensor excluding its innermost dimension, but got input with shape "
               f"{[*input.array.shape, 1]} and weight with shape {list(weight.array.shape)}")


def _histogram_range(function, kernel, input, bins, range):
    array = input.array
    refuse(array.dtype.kind != "f" and f"\"{kernel}\" not implemented for '{title(array)}'", NotImplementedError)
    refuse(bins <= 0 and f"torch.histogram(): bins must be > 0, but got {bins} for dimension 0")
    low, high = range or ((array.min(), array.max()) if array.size else (0, 1))
    where, order = ("range of", "max must be larger than min") if function == "histc" else (
        "dimension 0's range", f"min should not exceed max, but got min {low:g} max {high:g} for dimension 0")
    function = "histc" if function == "histc" else "histogramdd"
    refuse(not np.isfinite([low, high]).all() and f"torch.{function}: {where} [{low:g}, {high:g}] is not finite")
    refuse(low > high and f"torch.{function}: {order}")
    return (low, high) if low < high else (low - 1, high + 1) if function == "histc" else (low - 0.5, high + 0.5)


# What is there


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different values, sorted; if asked, where each element's value is among them and how often each occurs.

    >>> import minigrad as torch
    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    return _asked(_unique2(input, True, True, True) if dim is None else unique_dim(input, dim), return_inverse,
                  return_counts)


def _unique2(input, sorted=True, return_inverse=False, return_counts=False):
    """What `unique` calls: always three tensors, of which those are empty that are not asked for."""
    values, *others = _different("_unique2", input, None)
    return values, *(x if asked else x[:0].reshape(0) for x, asked in zip(others, (return_inverse, return_counts)))


def _unique(input, sorted=True, return_inverse=False):
    """What it called before."""
    return _different("_unique", input, None)[0], _unique2(input, sorted, return_inverse)[1]


def unique_dim(input, dim, sorted=True, return_inverse=False, return_counts=False):
    """What it calls with a `dim`: always three tensors."""
    return _different("unique_dim", input, _unique_along(input, dim))


def _unique_along(input, dim):
    shape = input.array.shape
    refuse(not shape and f"Dimension specified as {dim} but tensor has no dimensions", IndexError)
    dim = one_dim(input, dim, "unique")
    refuse(0 in shape[:dim] + shape[dim + 1 :] and "There are 0 sized dimensions, and they aren't selected, so unique "
           "cannot be applied")
    return dim


def _different(function, input, axis):
    """The values, for each element which of them it is, and how often each occurs."""
    refuse_complex("unique", input.array)
    values, inverse, counts = np.unique(
        input.array, return_inverse=True, return_counts=True, axis=axis, equal_nan=False)
    name = function.title().replace("_", "") + "Backward0"
    return (without_derivative(function, wrap(values), input, name=name),
            wrap(inverse.reshape(input.array.shape if axis is None else -1)), wrap(counts))


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The values without the repetitions that follow each other; the rest as in `unique`."""
    refuse_complex("unique", input.array)
    axis = 0 if dim is None else _unique_along(input, dim)
    array = input.array.reshape(-1) if dim is None else np.moveaxis(input.array, axis, 0)
    rows = array.reshape(len(array), math.prod(array.shape[1:]))
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (rows[1:] != rows[:-1]).any(1)
    inverse = np.cumsum(is_new) - 1
    values = without_derivative("unique_consecutive", wrap(np.moveaxis(array[is_new], 0, axis)), input,
                                name="UniqueConsecutiveBackward0")
    counts = np.bincount(inverse)
    found = values, wrap(inverse.reshape(input.array.shape if dim is None else -1)), wrap(counts)
    return _asked(found, return_inverse, return_counts)


def _asked(found, *asked):
    given = [result for result, flag in zip(found, (True, *asked)) if flag]
    return tuple(given) if len(given) > 1 else given[0]


# Selections


def _refuse_empty(input, dims, function):
    """Nothing has no largest element."""
    refuse(dims is None and input.array.size == 0 and f"{function}(): Expected reduction dim to be specified for "
           "input.numel() == 0. Specify the reduction dim with the 'dim' argument.")
    for n in dims or ():
        if input.array.ndim and input.array.shape[n] == 0:
            raise IndexError(f"{function}(): Expected reduction dim {n} to have non-zero size.")


def _selection(name, over_all, along, between=None):
    result = return_type(name)

    def function(input, dim=None, keepdim=False, *, other=None):
        dim = dim if other is None else other
        if isinstance(dim, Tensor) and between is not None:
            return between(input, dim)
        if dim is None:
            if keepdim:
                raise no_such_form(name, keepdim)
            if "median" not in name:  # the median of nothing is nan
                _refuse_empty(input, None, name)
            return over_all(input)
        _refuse_empty(input, (one_dim(input, dim, name),), name.removeprefix("nan"))
        return result(*along(input, int(dim), keepdim))

    what = f"The {name} of all elements; or, along `dim`, the values and where they are (indices)."
    return named(function, name, what)


max = _selection("max", d.max_all, d.max_dim, maximum)
min = _selection("min", d.min_all, d.min_dim, minimum)
median = _selection("median", d.median_all, d.median_dim)
nanmedian = _selection("nanmedian", d.nanmedian_all, d.nanmedian_dim)


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


_ends = return_type("aminmax", ("min", "max"))


def aminmax(input, *, dim=None, keepdim=False):
    """The smallest and the largest element, over all or along `dim`; equal ones share the gradient."""
    if dim is not None:
        dim = one_dim(input, dim, "aminmax")
    refuse_complex("aminmax", input.array)
    refuse(dim is None and not input.array.size and "aminmax(): cannot compute aminmax over an empty dimension as the "
           "operation has no identity.")
    refuse(input.array.ndim and dim is not None and not input.array.shape[dim] and "aminmax: Expected reduction dim "
           f"{dim} to have non-zero size.", IndexError)
    axis = dim if input.array.ndim else None
    results = (reduce(input.array, axis=axis, keepdims=keepdim) for reduce in (np.min, np.max))
    return _ends(*_aminmax(input, results, input, dim, keepdim))


def argmax(input, dim=None, keepdim=False):
    """Where the largest element is: counted over all elements, or along `dim`."""
    return _place(np.argmax, "argmax", input, dim, keepdim)


def argmin(input, dim=None, keepdim=False):
    """Where the smallest element is: counted over all elements, or along `dim`."""
    return _place(np.argmin, "argmin", input, dim, keepdim)


def _place(find, function, input, dim, keepdim):
    refuse(input.array.dtype == bool and f"{function}(): does not support bool input")
    refuse_complex(function, input.array)
    if dim is None and input.array.size == 0:
        raise IndexError(f"{function}(): Expected reduction dim to be specified for input.numel() == 0.")
    if dim is not None:
        dim = one_dim(input, dim, function)
        _refuse_empty(input, (dim,), function)
    place = find(input.array, axis=dim if input.array.ndim else None, keepdims=keepdim)
    return without_history(function, place, input)
