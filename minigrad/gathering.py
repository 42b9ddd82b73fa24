"""Elements chosen by index tensors: gather, scatter and their kin. What is checked before a row of the table is called.

Of an element's position, `gather` and `scatter` look one coordinate up and keep the others; the `index_` functions look
up whole slices; `take` and `put` count over all elements; the masked ones go by a bool tensor.
"""

import numpy as np

from . import positions as at
from .arithmetic import without_derivative
from .kernels import at_1d
from .kernels import scatter as scatter_kernel
from .record import not_a_tensor, title, to_array
from .tensor import Tensor, check_dim, wrap


def _array(function, name, position, value):
    if not isinstance(value, Tensor):
        raise not_a_tensor(function, name, position, value)
    return value.array


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
    shape, index_shape = input.array.shape, _array("gather", "index", 2, index).shape
    dim = _check_lookup("gather", input, dim, index, "input")
    for i, (m, n) in enumerate(zip(index_shape, shape)):
        if m > n and i != dim and index.array.size:
            raise RuntimeError(
                f"Size does not match at dimension {i} expected index {list(index_shape)} to be no larger than self "
                f"{list(shape)} apart from dimension {dim}"
            )
    return at.gather(input, dim, index)


def _check_lookup(function, input, dim, index, name):
    """`dim` from the front, after a look at the index."""
    i, dim, ndim = index.array, check_dim(dim, input.array.ndim), max(input.array.ndim, 1)
    if i.size:
        if i.dtype.name not in ("int32", "int64"):
            raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index")
        if max(i.ndim, 1) != ndim:
            raise RuntimeError(f"Index tensor must have the same number of dimensions as {name} tensor")
        _check_range(i, dim, at_1d(input.array).shape[dim])
    return dim


def _check_scatter(input, dim, index, src=None):
    i = _array("scatter", "index", 2, index)
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
    if too_long and i.size:
        raise RuntimeError(
            f"Expected index {list(i.shape)} to be no larger than self {list(input.array.shape)} apart from dimension "
            f"{dim}{beyond}"
        )
    return dim


def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """`input` with ``src[i, j]`` (or a number) written to ``[index[i, j], j]`` for dim 0: the inverse of `gather`.

    `reduce` may be "add" or "multiply"; it has no gradient: use `scatter_add`.
    """
    src = value if src is None else src
    is_tensor = isinstance(src, Tensor)
    dim = _check_scatter(input, dim, index, src if is_tensor else None)
    if reduce is None:
        return (at.scatter if is_tensor else at.scatter_number)(input, dim, index, src)
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    combine = np.add if reduce == "add" else np.multiply
    result = wrap(scatter_kernel(input.array, dim, index.array, to_array(src), combine))
    return without_derivative("scatter", result, *((input, src) if is_tensor else (input,)))


def scatter_add(input, dim, index, src):
    """`input` with ``src[i, j]`` added at ``[index[i, j], j]`` for dim 0; several may go to one place."""
    _array("scatter_add", "src", 3, src)
    return at.scatter_add(input, _check_scatter(input, dim, index, src), index, src)


# All elements counted, in row-major order


def take(input, index):
    """The elements at `index`, an int64 tensor, counted over all; a copy in the index's shape."""
    i, size = _array("take", "index", 1, index), input.array.size
    if i.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {title(i)}")
    if i.size and not size:
        raise IndexError("take(): tried to take from an empty tensor")
    _check_places(i, size)
    return at.take(input, index)


def _check_places(index, size):
    bad = index[(index < -size) | (index >= size)]
    if bad.size:
        raise IndexError(f"out of range: tried to access index {bad.flat[0]} on a tensor of {size} elements.")


def put(self, index, source, accumulate=False):
    """`self` with `source` written to, or if `accumulate` added at, the positions `index` counted over all."""
    i, new = _array("put", "index", 1, index), _array("put", "source", 2, source)
    if i.dtype != np.int64:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {title(i)}")
    if self.array.dtype != new.dtype:
        raise RuntimeError(
            "put_(): self and source expected to have the same dtype, but got self.dtype = "
            f"{title(self.array)} and source.dtype = {title(new)}"
        )
    if new.size != i.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{new.size}, index.numel() = {i.size}"
        )
    _check_places(i, self.array.size)
    return at.put(self, index, source, accumulate)


def one_hot(input, num_classes=-1):
    """For each class number a row that is 1 there and 0 elsewhere: int64, in one more dimension than `input`.

    >>> import minigrad as torch
    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    i = _array("one_hot", "input", 1, input)
    if i.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if num_classes == -1 and not i.size:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if i.size and i.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(i.max()) + 1
    elif i.size and i.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return wrap((i[..., None] == np.arange(num_classes)).astype(np.int64))
