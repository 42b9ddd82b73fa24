"""Elements chosen by index tensors: gather, scatter and their kin. What is checked before a row of the table is called.

Of an element's position, `gather` and `scatter` look one coordinate up and keep the others; the `index_` functions look
up whole slices; `take` and `put` count over all elements; the masked ones go by a bool tensor.
"""

import math
import warnings

import numpy as np

from .. import derivatives as d, positions as at
from ..dtypes import as_kind
from ..indexing import index_for, index_put as put_at
from ..kernels import at_1d, scatter as scatter_kernel
from ..real_only import refuse_complex
from ..record import NUMBERS, broadcast, need_tensors, not_a_tensor, title, to_array
from ..tensor import Tensor, check_dim, refuse, wrap
from .arithmetic import without_derivative
from .joining import unbind
from .shapes import expand, reshape


def _check_range(index, dim, size, error=RuntimeError, least=0, prefix=""):
    """An error if a position along `dim` does not exist; most functions know no negative ones."""
    bad = index[(index < least) | (index >= size)]
    if bad.size:
        raise error(f"{prefix}index {bad.flat[0]} is out of bounds for dimension {dim} with size {size}")


# One coordinate looked up


def gather(input, dim, index, *, sparse_grad=False):
    """The elements of `input` at the positions `index` along `dim`; a copy in the index's shape.

    `index` holds int64 positions and has as many dimensions as `input`, none but `dim` longer than there.
    RuntimeError if a position does not exist or the shapes do not fit.

    >>> import minigrad as torch
    >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, torch.tensor([[1], [0]]))
    tensor([[2.],
            [3.]])
    """
    shape, index_shape = input.array.shape, index.array.shape
    dim = _check_lookup("gather", input, dim, index, "input")
    for i, (m, n) in enumerate(zip(index_shape, shape)):
        refuse(m > n and i != dim and index.array.size and f"Size does not match at dimension {i} expected index "
               f"{list(index_shape)} to be no larger than self {list(shape)} apart from dimension {dim}")
    _check_range(index.array, dim, at_1d(input.array).shape[dim])
    return at.gather(input, dim, index)


def _check_lookup(function, input, dim, index, name):
    """`dim` from the front, after a look at the index's dtype and number of dimensions."""
    i, dim, ndim = index.array, check_dim(dim, input.array.ndim), max(input.array.ndim, 1)
    if i.size:
        refuse(i.dtype.name not in ("int32", "int64") and f"{function}(): Expected dtype int32/int64 for index")
        refuse(max(i.ndim, 1) != ndim and f"Index tensor must have the same number of dimensions as {name} tensor")
    return dim


def _check_scatter(input, dim, index, src=None):
    i = index.array
    if src is not None and src.array.dtype != input.array.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    dim = _check_lookup("scatter", input, dim, index, "self")
    too_long = any(m > n for d, (m, n) in enumerate(zip(i.shape, input.array.shape)) if d != dim)
    if src is None or not i.size:
        beyond = ""
    else:
        if max(src.array.ndim, 1) != max(i.ndim, 1):
            raise RuntimeError("Index tensor must have the same number of dimensions as src tensor")
        too_long |= any(m > n for m, n in zip(i.shape, src.array.shape))
        beyond = f" and to be no larger size than src {list(src.array.shape)}"
    refuse(too_long and i.size and f"Expected index {list(i.shape)} to be no larger than self "
           f"{list(input.array.shape)} apart from dimension {dim}{beyond}")
    _check_range(i, dim, at_1d(input.array).shape[dim])
    return dim


def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """`input` with ``src[i, j]`` (or a number) written to ``[index[i, j], j]`` for dim 0: the inverse of `gather`.

    `reduce` may be "add" or "multiply"; it has no gradient: use `scatter_add`.
    """
    src = value if src is None else src
    if not isinstance(src, (Tensor, *NUMBERS)):
        raise not_a_tensor("scatter", "src", 3, src)
    is_tensor = isinstance(src, Tensor)
    dim = _check_scatter(input, dim, index, src if is_tensor else None)
    src = src if is_tensor else _in_dtype_of(input, src)
    if reduce is None:
        return (at.scatter if is_tensor else at.scatter_number)(input, dim, index, src)
    refuse(reduce not in ("add", "multiply") and "reduce argument must be either add or multiply.")
    combine = np.add if reduce == "add" else np.multiply
    result = wrap(scatter_kernel(input.array, dim, index.array, to_array(src), combine))
    return without_derivative("scatter", result, *((input, src) if is_tensor else (input,)))


def scatter_add(input, dim, index, src):
    """`input` with ``src[i, j]`` added at ``[index[i, j], j]`` for dim 0; several may go to one place."""
    return at.scatter_add(input, _check_scatter(input, dim, index, src), index, src)


REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """`scatter_add` with another `reduce`: "sum", "prod", "mean", "amax" or "amin", with or without what was there."""
    refuse(reduce not in REDUCTIONS and f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    return at.scatter_reduce(input, _check_scatter(input, dim, index, src), index, src, reduce, include_self)


def take_along_dim(input, indices, dim=None):
    """`gather` with broadcasting; without `dim`, as if both were flat."""
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(indices, -1))
    if indices.array.dtype != np.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {title(indices.array)}")
    ndim, i = input.array.ndim, indices.array
    refuse(i.ndim != ndim and "torch.take_along_dim(): input and indices should have the same number of dimensions, "
           f"but got {ndim} dimensions for input, and {i.ndim} dimensions for indices")
    dim = check_dim(dim, ndim)
    indices = wrap(i % max(input.array.shape[dim], 1))  # PyTorch counts round and round, not only from the end
    own, other = list(input.array.shape), list(i.shape)
    length, own[dim], other[dim] = own[dim], 1, 1
    common = list(broadcast(own, other))
    sizes, index_sizes = common.copy(), common.copy()
    sizes[dim], index_sizes[dim] = length, i.shape[dim]
    return gather(expand(input, *sizes), dim, expand(indices, *index_sizes))


# Whole slices looked up


def index_select(input, dim, index):
    """The slices `index` of `input` along `dim`, a vector of positions; a copy."""
    i, dim = index.array, check_dim(dim, input.array.ndim)
    refuse(i.ndim > 1 and "index_select(): Index is supposed to be a vector", IndexError)
    refuse(i.dtype.name not in ("int32", "int64") and "index_select(): Expected dtype int32 or int64 for index")
    refuse(not input.array.ndim and i.size != 1 and
           f"index_select(): Index to scalar can have only 1 value, got {i.size} value(s)")
    if i.size and (i.min() < 0 or i.max() >= at_1d(input.array).shape[dim]):
        raise IndexError("index out of range in self")
    return at.index_select(input, dim, index)


def _check_slices(function, input, dim, index, source):
    """`dim` from the front, after a look at what is to be combined with slices of `input`."""
    i, new = index.array, source.array
    dim, a = check_dim(dim, input.array.ndim), input.array
    if i.dtype.name not in ("int32", "int64"):
        raise RuntimeError(f"{function}_(): Expected dtype int32/int64 for index but got: {title(i)}")
    refuse(a.dtype != new.dtype and f"{function}_(): self ({title(a)}) and source ({title(new)}) must have the same "
           "scalar type")
    refuse(i.ndim > 1 and f"{function}_(): Index is supposed to be a vector, but got dim: {i.ndim} with type: "
           f"{title(i)} and size: {list(i.shape)}", IndexError)
    refuse(i.size != at_1d(new).shape[dim] and f"{function}_(): Number of indices ({i.size}) should be equal to "
           f"source.size(dim): ({at_1d(new).shape[dim]}), for dim: {dim}")
    differ = a.ndim != new.ndim or _without(a.shape, dim) != _without(new.shape, dim)
    refuse(differ and "source tensor shape must match self tensor shape, "
           f"excluding the specified dimension. Got self.shape = {list(a.shape)} source.shape = {list(new.shape)}")
    return dim


def index_add(input, dim, index, source, *, alpha=1):
    """`input` with the slices of ``alpha * source`` added at the slices `index` along `dim`; several to one, if so."""
    dim = _check_slices("index_add", input, dim, index, source)
    _check_range(index.array, dim, at_1d(input.array).shape[dim])
    return at.index_add(input, dim, index, source, alpha)


def index_reduce(input, dim, index, source, reduce, *, include_self=True):
    """`index_add` with another `reduce`: "prod", "mean", "amax" or "amin", with or without what was there."""
    warnings.warn("index_reduce() is in beta and the API may change at any time.", UserWarning, stacklevel=3)
    dim = _check_slices("index_reduce", input, dim, index, source)
    if reduce not in REDUCTIONS[1:]:
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    i, a = index.array, input.array
    if a.dtype == bool and (a.ndim < 2 or reduce == "mean" or not include_self):
        kernel = "index_func_" if a.ndim < 2 else "div_floor_cpu"
        kernel = kernel if include_self else "index_reduce_func_exclude_input_init"
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")
    refuse(i.size and (i.min() < 0 or i.max() >= at_1d(a).shape[dim]) and "index out of range in self", IndexError)
    return at.index_reduce(input, dim, index, source, reduce, include_self)


def _without(shape, dim):
    return shape[:dim] + shape[dim + 1 :]


def index_copy(input, dim, index, source):
    """`input` with the slices `index` along `dim` replaced by those of `source`."""
    i, new = index.array, source.array
    dim, a = check_dim(dim, input.array.ndim), input.array
    refuse(i.ndim > 1 and f"index_copy_(): Index should have dimension 1 or 0 (got {i.ndim})", IndexError)
    refuse(a.ndim != new.ndim and a.ndim and new.ndim and "index_copy_(): When source and destination are not scalars, "
           f"their dimensionality must match. Source dimensionality ({new.ndim}), destination dimensionality "
           f"({a.ndim})", IndexError)
    refuse(i.dtype != np.int64 and f"index_copy_(): Expected a long tensor for index, but got {title(i)}")
    refuse(a.dtype != new.dtype and "index_copy_(): self and source expected to have the same dtype, but got (self) "
           f"{title(a)} and (source) {title(new)}")
    if _without(a.shape, dim) != _without(new.shape, dim):
        slices = [" ".join(map(str, _without(array.shape, dim))) for array in (a, new)]
        raise RuntimeError("index_copy_(): Source/destination tensor must have same slice shapes. Destination slice "
                           f"shape: {slices[0]} at dimension {dim} and source slice shape: {slices[1]} at dimension "
                           f"{dim}.")
    refuse(i.size != at_1d(new).shape[dim] and f"index_copy_(): Number of indices ({i.size}) should be equal to "
           f"source.size(dim) ({at_1d(new).shape[dim]})", IndexError)
    _check_range(i, dim, at_1d(a).shape[dim], IndexError, prefix="index_copy_(): ")
    return at.index_copy(input, dim, index, source)


def index_fill(input, dim, index, value):
    """`input` with `value`, a number or a 0-d tensor, in the slices `index` along `dim`."""
    i, dim = index.array, check_dim(dim, input.array.ndim)
    size = at_1d(input.array).shape[dim]
    refuse(i.dtype != np.int64 and "index_fill_(): Expected dtype int64 for index.", IndexError)
    refuse(i.ndim > 1 and "Index has to be a vector/scalar")
    _check_range(i, dim, size, IndexError, -size)
    is_complex = isinstance(value, complex) or isinstance(value, Tensor) and value.is_complex()
    refuse(is_complex and input.array.dtype.kind != "c" and "index_fill_(): Converting complex Scalar to non-complex "
           "type is not supported")
    return _with_value("index_fill", at.index_fill, at.index_fill_tensor, value, input, dim, index)


def _with_value(function, with_number, with_tensor, value, input, *arguments):
    """The row for a number, or the row for a tensor with no dimensions."""
    if not isinstance(value, Tensor):
        return with_number(input, *arguments, _in_dtype_of(input, value))
    refuse(value.array.ndim and f"{function}_ only supports a 0-dimensional value tensor, but got tensor with "
           f"{value.array.ndim} dimension(s).")
    _in_dtype_of(input, value.array.item())
    return with_tensor(input, *arguments, value)


def _in_dtype_of(input, number):
    """The number as an element of `input`; RuntimeError if it is none."""
    return as_kind(number, input.array.dtype).item()


def index_put(input, indices, values, accumulate=False):
    """``input[indices] = values`` (or ``+=``, repeated positions counting) on a copy; `indices` a tuple of tensors."""
    if isinstance(indices, Tensor):
        raise TypeError("index_put(): argument 'indices' (position 1) must be tuple of Tensors, not Tensor")
    key = tuple(indices)
    return put_at(input, key, index_for(input, key, values.array.shape), values, accumulate)


# Where a mask is true


def masked_fill(input, mask, value):
    """`input` with `value`, a number or a 0-d tensor, where `mask` is true."""
    if isinstance(mask, Tensor) and mask.array.dtype != bool:
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype.c_name}")
    broadcast(mask.array.shape, input.array.shape)  # the mask comes first in errors
    return _with_value("masked_fill", d.masked_fill, at.masked_fill_tensor, value, input, mask)


def masked_select(input, mask):
    """The elements of `input` where `mask` is true, as a vector; both are broadcast."""
    refuse(mask.array.dtype != bool and "masked_select: expected BoolTensor for mask")
    broadcast(mask.array.shape, input.array.shape)
    return at.masked_select(input, mask)


def masked_scatter(input, mask, source):
    """`input` with the elements of `source`, in their order, where `mask` is true."""
    m, new = mask.array, source.array
    refuse(input.array.dtype != new.dtype and "masked_scatter: expected self and source to have same dtypes but got"
           f"{title(input.array)} and {title(new)}")
    refuse(m.dtype != bool and f"masked_scatter_ only supports boolean masks, but got mask with dtype {title(m)}")
    shape = broadcast(m.shape, input.array.shape)
    if np.count_nonzero(np.broadcast_to(m, shape)) > new.size:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    return at.masked_scatter(input, mask, source)


# All elements counted, in row-major order


def take(input, index):
    """The elements at `index`, an int64 tensor, counted over all; a copy in the index's shape."""
    i, size = index.array, input.array.size
    refuse(i.dtype != np.int64 and f"take(): Expected a long tensor for index, but got {title(i)}")
    refuse(i.size and not size and "take(): tried to take from an empty tensor", IndexError)
    _check_places(i, size)
    return at.take(input, index)


def _check_places(index, size):
    bad = index[(index < -size) | (index >= size)]
    if bad.size:
        raise IndexError(f"out of range: tried to access index {bad.flat[0]} on a tensor of {size} elements.")


def put(self, index, source, accumulate=False):
    """`self` with `source` written to, or if `accumulate` added at, the positions `index` counted over all."""
    i, new = index.array, source.array
    refuse(i.dtype != np.int64 and f"put_(): Expected a long tensor for index, but got {title(i)}")
    refuse(self.array.dtype != new.dtype and "put_(): self and source expected to have the same dtype, but got "
           f"self.dtype = {title(self.array)} and source.dtype = {title(new)}")
    refuse(new.size != i.size and "put_(): Expected source and index to have the same number of elements, but got "
           f"source.numel() = {new.size}, index.numel() = {i.size}", IndexError)
    _check_places(i, self.array.size)
    return at.put(self, index, source, accumulate)


def one_hot(input, num_classes=-1):
    """For each class number a row that is 1 there and 0 elsewhere: int64, in one more dimension than `input`.

    >>> import minigrad as torch
    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    need_tensors("one_hot", input=input)
    i = input.array
    refuse(i.dtype != np.int64 and "one_hot is only applicable to index tensor of type LongTensor.")
    refuse(num_classes == -1 and not i.size and "Can not infer total number of classes from empty tensor.")
    refuse(i.size and i.min() < 0 and "Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(i.max()) + 1
    elif i.size and i.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((i[..., None] == np.arange(num_classes)).astype(np.int64, "C"))


# Positions found


def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """For each value its place in a sorted vector, or in a row of its own: before equal ones, or to their `right`.

    >>> import minigrad as torch
    >>> torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 6]))
    tensor([1, 3])
    """
    a, values = sorted_sequence.array, np.asarray(to_array(input))
    refuse_complex("searchsorted", a, values)
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    refuse(side == "left" and right and "torch.searchsorted(): side and right can't be set to opposites, got side of "
           "left while right was True")
    refuse(a.ndim == 0 and "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 "
           "dimension")
    refuse(a.ndim > 1 and a.shape[:-1] != values.shape[:-1] and "torch.searchsorted(): boundaries tensor should be 1 "
           "dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got "
           f"boundaries tensor {list(a.shape)} and input value tensor {list(values.shape)}")
    if sorter is not None:
        a = np.take_along_axis(a, sorter.array, -1)
    side = "right" if right else side or "left"
    if a.ndim == 1:
        result = np.searchsorted(a, values, side)
    else:
        rows, wanted = (x.reshape(math.prod(x.shape[:-1]), x.shape[-1]) for x in (a, values))
        result = np.array([np.searchsorted(*pair, side) for pair in zip(rows, wanted)]).reshape(values.shape)
    return wrap(np.asarray(result, np.int32 if out_int32 else np.int64))


def bucketize(input, boundaries, *, out_int32=False, right=False):
    """`searchsorted` of each value in the vector `boundaries`: the number of the bucket that it falls into."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def unravel_index(indices, shape):
    """For positions counted over all elements of a tensor of this shape, a tensor of indices for each dimension.

    >>> import minigrad as torch
    >>> torch.unravel_index(torch.tensor([3, 5]), (2, 3))
    (tensor([1, 1]), tensor([0, 2]))
    """
    refuse(indices.array.dtype.kind not in "iu" and f"expected 'indices' to be integer dtype, but got {indices.dtype}",
           TypeError)
    refuse(not isinstance(shape, (int, tuple, list)) and "expected 'shape' sequence to only contain ints, but got "
           f"{type(shape)}", TypeError)
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    refuse(any(n < 0 for n in sizes) and f"'shape' cannot have negative values, but got {sizes}", ValueError)
    refuse(0 in sizes and indices.array.size and "ZeroDivisionError")
    behind = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    places = [indices.array.astype(np.int64) // step % size for step, size in zip(behind, sizes)]
    return unbind(wrap(np.stack(places, -1)), -1) if sizes else ()


def argwhere(input):
    """The positions of what is not zero, one a row: an int64 tensor."""
    return wrap(np.argwhere(input.array))
