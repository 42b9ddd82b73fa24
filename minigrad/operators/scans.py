"""Along a dimension, with a result for each element: softmax, running sums and extremes, sorting."""

import numpy as np

from .. import derivatives as d, kernels as k
from ..derivatives import exp, give_to, is_complex, log, masked_fill
from ..positions import flip, scatter_add, slice_
from ..record import operation, title, to_array
from ..tensor import Tensor, refuse, wrap
from .arithmetic import lerp
from .conversions import to
from .joining import cat
from .reductions import dims_of, one_dim, return_type

# The table, continued


def reversed_along(self, dim):
    return flip(self, (dim,)) if self.ndim else self


cumsum_row = operation("CumsumBackward0", lambda self, dim, dtype: k.accumulate(np.add, self, dim, dtype),
                       self=lambda grad, dim: sum_of_later(grad, dim))
cumprod_row = operation("CumprodBackward0", lambda self, dim, dtype: k.accumulate(np.multiply, self, dim, dtype),
                        self=lambda grad, self, dim, result: _cumprod_gradient(grad, self, dim, result))
logcumsumexp_row = operation("LogcumsumexpBackward0", k.logcumsumexp,
                             self=lambda grad, self, dim, result: grad if not self.shape else
                                 exp(_logs_of_later(log(grad), dim, result) + self) if is_complex(self) else
                                 exp(_logs_of_later(_log_where_positive(grad), dim, result) + self)
                                 - exp(_logs_of_later(_log_where_positive(-grad), dim, result) + self))
def _so_far(name, extreme):
    return operation(name, lambda self, dim: k.running_extreme(extreme, self, dim), extra=("indices",),
                     self=lambda grad, self, dim, indices: scatter_add(grad.new_zeros(self.shape), dim, indices, grad))


cummax_row, cummin_row = _so_far("CummaxBackward0", np.maximum), _so_far("CumminBackward0", np.minimum)


def _selection(name, forward):
    """A row for what takes out some elements along `dim`, in some order."""
    return operation(name, forward, extra=("indices",),
                     self=lambda grad, dim, indices, self_sym_sizes: give_to(indices, grad, dim, True, self_sym_sizes))


def _pick(name, forward):
    """A row for what takes out one element along `dim`."""
    return operation(name, forward, extra=("indices",),
                     self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                         give_to(indices, grad, dim, keepdim, self_sym_sizes))


sort_row = _selection("SortBackward0", k.unstable_sort)
stable_sort_row = _selection("SortBackward1", lambda self, dim, descending, stable:
                                 (k.sort if stable else k.unstable_sort)(self, dim, descending))
topk_row = _selection("TopkBackward0", k.topk)
kthvalue_row = _pick("KthvalueBackward0", k.kthvalue)
mode_row = _pick("ModeBackward0", lambda self, dim, keepdim: k.at(self, k.mode(self, dim), dim, keepdim))


def sum_of_later(grad, dim):
    """The sum of an element and all after it: the adjoint of cumsum."""
    return reversed_along(cumsum_row(reversed_along(grad, dim), dim, None), dim)


def _cumprod_gradient(grad, self, dim, result):
    """The product of all others is the result divided by the element, unless that is zero: then it is written out."""
    if not self.shape:
        return grad
    if (self != 0).all():
        return sum_of_later(grad * result, dim) / self
    n = self.shape[dim]
    rows = self.movedim(dim, -1).unsqueeze(-2)
    rows = rows.expand(*rows.shape[:-2], n, n).masked_fill(wrap(np.eye(n, dtype=bool)), 1).cumprod(-1)
    each = (rows * grad.movedim(dim, -1).unsqueeze(-2)).masked_fill(wrap(np.tri(n, k=-1, dtype=bool)), 0)
    return each.sum(-1).movedim(-1, dim)


def _log_where_positive(grad):
    return masked_fill(log(masked_fill(grad, grad <= 0, 1)), grad <= 0, -1e30)


def _logs_of_later(logs, dim, result):
    """The logarithm of the sum of gradients over exp(result), which alone might be too large a number."""
    return reversed_along(logcumsumexp_row(reversed_along(logs - result, dim), dim), dim)


# Softmax


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


# Running sums and extremes


def cumsum(input, dim, *, dtype=None):
    """The sum of each element and all before it along `dim`; integers give int64.

    >>> import minigrad as torch
    >>> torch.cumsum(torch.tensor([1, 2, 3]), dim=0)
    tensor([1, 3, 6])
    """
    return _running(cumsum_row, "cumsum", input, dim, dtype)


def cumprod(input, dim, *, dtype=None):
    """The product of each element and all before it along `dim`; integers give int64."""
    return _running(cumprod_row, "cumprod", input, dim, dtype)


def _running(operation, name, input, dim, dtype):
    one_dim(input, dim, name)
    kind = np.dtype(np.int64) if input.array.dtype.kind in "biu" else input.array.dtype
    return operation(input, dim, kind if dtype is None else dtype.numpy)


def logcumsumexp(input, dim):
    """``log(cumsum(exp(input)))`` along `dim`, without overflow; of floats only."""
    one_dim(input, dim, "logcumsumexp")
    return logcumsumexp_row(input, dim)


def cummax(input, dim):
    """The largest element so far along `dim`, and where it is: of equal ones the last."""
    one_dim(input, dim, "cummax")
    return _RETURNED["cummax"](*cummax_row(input, dim))


def cummin(input, dim):
    """The smallest element so far along `dim`, and where it is: of equal ones the last."""
    one_dim(input, dim, "cummin")
    return _RETURNED["cummin"](*cummin_row(input, dim))


# Order

_RETURNED = {name: return_type(name) for name in ("cummax", "cummin", "sort", "topk", "kthvalue", "mode")}


def sort(input, dim=-1, descending=False, *, stable=None):
    """The elements in order along `dim`, NaN as the largest, and where they were; if `stable`, equal ones keep order.

    >>> import minigrad as torch
    >>> values, indices = torch.sort(torch.tensor([2.0, 1.0, 3.0]))
    >>> values, indices
    (tensor([1., 2., 3.]), tensor([1, 0, 2]))
    """
    one_dim(input, dim, "sort")
    sorted = sort_row(input, dim, descending) if stable is None else stable_sort_row(input, dim, descending, stable)
    return _RETURNED["sort"](*sorted)


def argsort(input, dim=-1, descending=False, stable=False):
    """Where the elements are that come first, second, ... along `dim`."""
    return sort(input.detach(), dim, descending, stable=stable).indices


def msort(input):
    """The elements in order along the first dimension."""
    return sort(input, 0).values


def topk(input, k, dim=-1, largest=True, sorted=True):
    """The `k` largest (or smallest) elements along `dim`, in order, and where they are.

    >>> import minigrad as torch
    >>> torch.topk(torch.tensor([1.0, 3.0, 2.0]), 2).indices
    tensor([1, 2])
    """
    place = one_dim(input, dim, "topk")
    size = input.array.shape[place] if input.array.ndim else 1
    refuse(not 0 <= k <= size and "selected index k out of range")
    refuse(input.array.dtype == bool and "topk does not support bool dtypes on CPU")
    return _RETURNED["topk"](*topk_row(input, k, dim, largest, sorted))


def kthvalue(input, k, dim=-1, keepdim=False):
    """The `k`-th smallest element along `dim`, counted from 1, and where it is."""
    place = one_dim(input, dim, "kthvalue")
    size = input.array.shape[place] if input.array.ndim else 1
    _refuse_empty(input, place, "kthvalue")
    refuse(not 1 <= k <= size and f"kthvalue(): selected number k out of range for dimension {place}")
    return _RETURNED["kthvalue"](*kthvalue_row(input, k, dim, keepdim))


def mode(input, dim=-1, keepdim=False):
    """The commonest element along `dim`, the smallest of several, and where it is last."""
    _refuse_empty(input, one_dim(input, dim, "mode"), "mode")
    return _RETURNED["mode"](*mode_row(input, dim, keepdim))


def _refuse_empty(input, dim, function):
    if input.array.ndim and not input.array.shape[dim]:
        raise IndexError(f"{function}(): Expected reduction dim {dim} to have non-zero size.")


def diff(input, n=1, dim=-1, prepend=None, append=None):
    """The difference of each element and the one before it along `dim`, `n` times over."""
    refuse(not input.array.ndim and "diff expects input to be at least one-dimensional")
    refuse(n < 0 and f"order must be non-negative but got {n}")
    dim = one_dim(input, dim, "diff")
    for end in (prepend, append):
        if end is not None:
            _check_end(input, dim, end.array.shape)
    if n == 0:
        return d.zeros_like(input).copy_(input)
    ends = [x for x in (prepend, input, append) if x is not None]
    result = cat(ends, dim) if len(ends) > 1 else input
    for _ in range(min(n, result.array.shape[dim])):
        size = result.array.shape[dim]
        later, earlier = slice_(result, dim, 1, size, 1), slice_(result, dim, 0, size - 1, 1)
        result = later.logical_xor(earlier) if result.array.dtype == bool else later - earlier
    return result


def _check_end(input, dim, sizes):
    refuse(len(sizes) != input.array.ndim and "diff expects prepend or append to be the same dimension as input")
    for i, (n, m) in enumerate(zip(input.array.shape, sizes)):
        refuse(i != dim and n != m and "diff expects the shape of tensor to prepend or append to match that of input "
               f"except along the differencing dimension; input.size({i}) = {n}, but got tensor.size({i}) = {m}")


def vander(x, N=None, increasing=False):
    """The powers of the numbers in a vector, each in a row: 0 to N - 1, from the right or (`increasing`) the left."""
    refuse(x.array.ndim != 1 and "x must be a one-dimensional tensor.")
    N = x.array.size if N is None else N
    refuse(N < 0 and "N must be non-negative.")
    powers = cumprod(x[:, None].expand(-1, max(N - 1, 0)), 1)
    powers = cat([powers.new_ones(x.array.size, min(N, 1)), powers], 1)
    return powers if increasing else flip(powers, (1,))


def trapezoid(y, x=None, *, dx=1, dim=-1):
    """The area under `y` along `dim`, between points at `x` or `dx` apart, with straight lines between them."""
    dim = _trapezoid_dim("trapezoid", y, x, dim)
    if not y.array.shape[dim]:
        return y.sum(dim)
    if x is None:
        return (y.sum(dim) - (y.select(dim, 0) + y.select(dim, -1)) * 0.5) * dx
    return (_sums_of_neighbours(y, dim) * _steps(y, x, dim, "trapezoid")).sum(dim) / 2


def cumulative_trapezoid(y, x=None, *, dx=1, dim=-1):
    """The area under `y` up to each point but the first along `dim`; the rest as in `trapezoid`."""
    dim = _trapezoid_dim("cumulative_trapezoid", y, x, dim)
    if x is None:
        return cumsum(_sums_of_neighbours(y, dim), dim) * (dx / 2)
    return cumsum(_sums_of_neighbours(y, dim) * _steps(y, x, dim, "cumulative_trapezoid"), dim) / 2


def _trapezoid_dim(function, y, x, dim):
    refuse(not y.array.ndim and f"Dimension specified as {dim} but tensor has no dimensions", IndexError)
    names, given = ("`y`", [y]) if x is None else ("`x` or `y`", [x, y])
    refuse(any(z.array.dtype == bool for z in given) and f"{function}: received a bool input for {names}, but bool is "
           "not supported")
    return one_dim(y, dim, function)


def _sums_of_neighbours(y, dim):
    size = y.array.shape[dim]
    return slice_(y, dim, 0, size - 1, 1) + slice_(y, dim, 1, size, 1)


def _steps(y, x, dim, function):
    """How far the points at `x` are apart, in a shape that fits y's."""
    if x.array.ndim == 1:
        refuse(x.array.size != y.array.shape[dim] and f"{function}: There must be one `x` value for each sample point")
        return x.diff().reshape(-1, *(1,) * (y.array.ndim - 1 - dim))
    return x.reshape(*(1,) * (y.array.ndim - x.array.ndim), *x.shape).diff(dim=dim)


def gradient(input, *, spacing=1, dim=None, edge_order=1):
    """The slope along each of the dimensions `dim` (by default all), from the two neighbours of each element.

    `spacing` is how far apart the elements are, or where they are, a 1-d tensor: one for all dimensions, or one for
    each. At both ends it is the slope of a line, with ``edge_order=2`` of a parabola.

    >>> import minigrad as torch
    >>> torch.gradient(torch.tensor([1.0, 4.0, 9.0, 16.0]), edge_order=2)
    (tensor([2., 4., 6., 8.]),)
    """
    refuse(edge_order not in (1, 2) and "torch.gradient only supports edge_order=1 and edge_order=2.")
    dims = range(input.array.ndim) if dim is None else dims_of(input, dim, "gradient")
    spacing = 1 if spacing is None else spacing
    gaps = spacing if isinstance(spacing, (tuple, list)) else [spacing] * len(dims)
    refuse(gaps is spacing and any(isinstance(gap, Tensor) and not gap.ndim for gap in gaps) and "torch.gradient "
           "expected each element of spacing to have one dimension, but got an element with 0 dimensions!")
    refuse(gaps is not spacing and np.ndim(to_array(spacing)) > 0 and "spacing is a number, or several", TypeError)
    refuse(len(gaps) != len(dims) and (
        "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
        f"{len(dims)}', since dim argument was not given, but got a list of length {len(gaps)}" if dim is None else
        "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the "
        f"same length, but got a spacing argument of length {len(gaps)} and a dim argument of length {len(dims)}."))
    refuse(any(input.array.shape[n] <= edge_order for n in dims) and "torch.gradient expected each dimension size to "
           "be at least edge_order+1")
    refuse(input.array.dtype == np.uint8 and "torch.gradient does not support uint8 input.")
    return tuple([_slopes(input, n % input.array.ndim, gap, edge_order) for n, gap in zip(dims, gaps)])


def _slopes(x, dim, spacing, edge_order):
    """At each element between two others, from the slopes on both sides, of which the one over less way counts more."""
    size, uneven = x.array.shape[dim], isinstance(spacing, Tensor) and spacing.array.ndim
    steps = diff(spacing).reshape(-1, *(1,) * (x.array.ndim - 1 - dim)) if uneven else spacing
    slopes = (slice_(x, dim, 1, size, 1) - slice_(x, dim, 0, size - 1, 1)) / steps
    if uneven:
        before, after = steps[:-1], steps[1:]
        earlier, later = slice_(slopes, dim, 0, size - 2, 1), slice_(slopes, dim, 1, size - 1, 1)
        inner = (earlier * after + later * before) / (before + after)
    else:
        inner = (slice_(x, dim, 2, size, 1) - slice_(x, dim, 0, size - 2, 1)) / steps / 2
    first, last = slice_(slopes, dim, 0, 1, 1), slice_(slopes, dim, size - 2, size - 1, 1)
    if edge_order == 2:  # a parabola's slope halfway is the mean of those at both ends
        first = 2 * first - slice_(inner, dim, 0, 1, 1)
        last = 2 * last - slice_(inner, dim, size - 3, size - 2, 1)
    return cat([first, inner, last], dim)


def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """What a share `q` (a number or a 1-d tensor of them) of the elements lies below, between two of them if need be.

    Over all elements, or along `dim`; several shares come first in the result's shape. Of floats only (RuntimeError).
    Where it lies between two, `interpolation` says what is taken: linear, lower, higher, midpoint or nearest. NaN if
    there is one.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 3.0, 2.0, 4.0])
    >>> torch.quantile(x, 0.5), torch.quantile(x, 0.5, interpolation="lower")
    (tensor(2.5000), tensor(2.))
    """
    return _quantile(input, q, dim, keepdim, interpolation, False)


def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """`quantile` of what is not NaN."""
    return _quantile(input, q, dim, keepdim, interpolation, True)


def _quantile(input, q, dim, keepdim, interpolation, ignores_nan):
    shares = _shares(input, q)
    refuse(interpolation not in _BETWEEN and "quantile() interpolation must be one of linear, lower, higher, midpoint "
           f"or nearest, but got {interpolation}")
    place = None if dim is None else one_dim(input, dim, "quantile")
    if place is None or not input.array.ndim:
        rows = input.reshape([1] * input.array.ndim * keepdim + [-1])
    else:
        rows = input.unsqueeze(-1).transpose(place, -1) if keepdim else input.movedim(place, -1)
    rows = sort(rows, -1).values  # NaN comes last
    last, is_nan = rows.array.shape[-1] - 1, np.isnan(rows.array)
    lasts = np.maximum(last - is_nan.sum(-1, keepdims=True) * ignores_nan, 0)
    ranks = shares.reshape(-1) * wrap(lasts.astype(shares.array.dtype))
    if not ignores_nan:
        ranks = masked_fill(ranks, wrap(is_nan[..., -1:]), last)
    ranks = _BETWEEN[interpolation](ranks)
    below, above = (rows.gather(-1, wrap(end(ranks.array).astype(np.int64))) for end in (np.floor, np.ceil))
    if interpolation == "linear":
        below = lerp(below, above, ranks - wrap(np.floor(ranks.array)))
    elif interpolation == "midpoint":
        below = lerp(below, above, ranks.new_full(ranks.array.shape, 0.5))
    return d.squeeze_product(below[None].swapaxes(0, -1) if shares.array.ndim else below, -1)


_BETWEEN = {"linear": d.alias, "midpoint": d.alias, "lower": d.floor, "higher": d.ceil, "nearest": d.round}


def _shares(input, q):
    """The shares as a tensor of the dtype of `input`, if both are as PyTorch wants them."""
    given = isinstance(q, Tensor)
    refuse(not given and not 0 <= q <= 1 and f"quantile() q must be in the range [0, 1] but got {q:g}")
    refuse(not input.array.size and "quantile() input tensor must be non-empty")
    refuse(given and q.array.ndim > 1 and "quantile() q must be a scalar or 1D tensor")
    refuse(input.array.dtype not in (np.float32, np.float64) and "quantile() input tensor must be either float or "
           "double dtype")
    refuse(given and q.array.dtype != input.array.dtype and "quantile() q tensor must be same dtype as the input "
           "tensor")
    shares = q if given else wrap(np.asarray(q, input.array.dtype))
    refuse(not ((0 <= shares.array) & (shares.array <= 1)).all() and "quantile() q values must be in the range [0, 1]")
    return shares
