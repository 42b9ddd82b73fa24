"""The same elements in another shape: views where memory allows it, else copies."""

import math
import warnings
from operator import index

from .. import derivatives as d, positions as at
from ..dtypes import dtype as Dtype
from ..graph import version_counter
from ..record import title
from ..tensor import Tensor, check_dim, refuse, wrap
from .reductions import dims_of


def shape_of(size, argument="size", named=None):
    """The shape meant by ``x.view(2, 3)``, ``x.view((2, 3))`` or, in `named`, ``x.view(size=[2, 3])``."""
    if named:
        size = (*size, named.pop(argument), *named)  # what else is there is no int, and refused
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        size = size[0]
    return tuple(map(index, size))


def _inferred(size, numel):
    """The shape with a -1 in it worked out; RuntimeError if it does not fit."""
    known, missing = 1, None
    for i, n in enumerate(size):
        if n >= 0:
            known *= n
        elif n < -1:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {list(size)}")
        elif missing is None:
            missing = i
        else:
            raise RuntimeError("only one dimension can be inferred")
    if missing is None:
        if known == numel:
            return size
    elif known and numel % known == 0:
        return *size[:missing], numel // known, *size[missing + 1 :]
    elif numel == 0:
        raise RuntimeError(f"cannot reshape tensor of 0 elements into shape {list(size)} because the unspecified "
                           "dimension size -1 can be any value and is ambiguous")
    raise RuntimeError(f"shape '{list(size)}' is invalid for input of size {numel}")


def _can_view(array, size):
    """Whether the memory can be read in the new shape without a copy."""
    try:
        array.reshape(size, copy=False)
    except ValueError:
        return False
    return True


def view(self, *size, **named):
    """The same memory in another shape; one size may be -1. RuntimeError if that needs a copy.

    Or, with a dtype for the sizes, the same bytes read as numbers of that dtype: not tracked.
    """
    if isinstance(named.get("dtype", size[0] if size else None), Dtype):
        return _view_as_dtype(self, named.get("dtype") or size[0])
    size = _inferred(shape_of(size, "size", named), self.array.size)
    if not (self.array.flags.c_contiguous or _can_view(self.array, size)):
        raise RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension "
                           "spans across two contiguous subspaces). Use .reshape(...) instead.")
    return d.view_as_shape(self, size)


def _view_as_dtype(self, dtype):
    array, was, now = self.array, self.array.itemsize, dtype.numpy.itemsize
    if was != now:
        steps, times = [step // was for step in array.strides], max(now // was, 1)
        for what, number, fits in (
            [("size(-1)", n, n % times == 0) for n in array.shape[-1:]]
            + [("stride(-1)", step, step == 1) for step in steps[-1:]]
            + [(f"stride({i})", step, step % times == 0) for i, step in enumerate(steps[:-1])]
        ):
            if not fits:
                must = f"divisible by {times}" if times > 1 and what != "stride(-1)" else "1"
                raise RuntimeError(f"self.{what} must be {must} to view {_differing(array, dtype)}, but got {number}")
        refuse(not array.ndim and f"self.dim() cannot be 0 to view {_differing(array, dtype)}")
    result = wrap(array.view(dtype.numpy))
    result._counter = version_counter(self)
    return result


def _differing(array, dtype):
    return f"{title(array)} as {dtype.title} (different element sizes)"


def reshape(input, *shape, **named):
    """The elements in another shape: a view where that is possible, else a copy. One size may be -1.

    >>> import minigrad as torch
    >>> torch.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    size = _inferred(shape_of(shape, "shape", named), input.array.size)
    if input.array.flags.c_contiguous:
        return d.view_as_shape(input, size)
    if _can_view(input.array, size):
        return d.reshape_alias(input, size)
    return d.unsafe_view(d.contiguous_clone(input), size)


def flatten(input, start_dim=0, end_dim=-1):
    """The dimensions from `start_dim` to `end_dim` as one."""
    start, end = check_dim(start_dim, input.array.ndim), check_dim(end_dim, input.array.ndim)
    if input.array.ndim == 0:
        return reshape(input, 1)
    refuse(start > end and "flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end:
        return input
    shape = input.array.shape
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


def ravel(input):
    """All elements in one dimension: a view if they lie in row-major order, else a copy."""
    return view(input if input.array.flags.c_contiguous else d.contiguous_clone(input), -1)


def unflatten(input, dim, sizes):
    """Dimension `dim` as several, of `sizes`; one of them may be -1."""
    dim, shape = check_dim(dim, input.array.ndim), input.array.shape
    refuse(not sizes and "unflatten: sizes must be non-empty")
    refuse(not shape and "unflatten got an unexpected error:\nDimension specified as 0 but tensor has no dimensions")
    known = math.prod(n for n in sizes if n != -1)
    refuse((shape[dim] % known if known and -1 in sizes else known != shape[dim]) and "unflatten: Provided sizes "
           f"{list(sizes)} don't multiply up to the size of dim {dim} ({shape[dim]}) in the input tensor")
    return view(input, *shape[:dim], *_inferred(tuple(sizes), shape[dim]), *shape[dim + 1 :])


# Dimensions in another order


def transpose(input, dim0, dim1):
    """The dimensions `dim0` and `dim1` exchanged, as a view."""
    ndim = input.array.ndim
    return d.transpose(input, check_dim(dim0, ndim), check_dim(dim1, ndim))


def swapaxes(input, axis0, axis1):
    """`transpose` under numpy's name."""
    return transpose(input, axis0, axis1)


def t(input):
    """The transpose of a matrix, as a view; a vector stays as it is."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return d.t(input)


def T(self):
    """All dimensions in reverse order, as a view."""
    if self.array.ndim == 0:
        what = "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases."
        warnings.warn(what, UserWarning, stacklevel=2)
    elif self.array.ndim != 2:
        warnings.warn("The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and "
                      "it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
                      "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.",
                      UserWarning, stacklevel=2)
    return d.permute(self, tuple(reversed(range(self.array.ndim))))


def mT(self):
    """The last two dimensions exchanged, as a view."""
    ndim = self.array.ndim
    refuse(ndim < 2 and f"tensor.mT is only supported on matrices or batches of matrices. Got {ndim}-D tensor.")
    return d.transpose(self, ndim - 2, ndim - 1)


def H(self):
    """The transpose of a matrix; of complex numbers without their conjugates."""
    ndim = self.array.ndim
    if ndim not in (0, 2):
        more = " For batches of matrices, consider using tensor.mH" if ndim > 2 else ""
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.{more}")
    return d.transpose(self, 0, 1) if ndim else d.alias(self)


def permute(input, *dims, **named):
    """The dimensions in another order, as a view: ``x.permute(2, 0, 1)``."""
    dims, ndim = shape_of(dims, "dims", named), input.array.ndim
    refuse(len(dims) != ndim and "permute(sparse_coo): number of dimensions in the tensor input does not match the "
           f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = "
           f"{len(dims)}")
    dims = tuple(check_dim(n, ndim) for n in dims)
    refuse(len(set(dims)) != ndim and "permute(): duplicate dims are not allowed.")
    return d.permute(input, dims)


def movedim(input, source, destination):
    """The dimensions `source`, one or several, moved to the places `destination`, the others in their order."""
    ndim = input.array.ndim
    given = [list(dims) if isinstance(dims, (tuple, list)) else [dims] for dims in (source, destination)]
    refuse(len(given[0]) != len(given[1]) and f"movedim: Invalid source or destination dims: source ({given[0]} "
           f"dims) should contain the same number of dims as destination ({given[1]} dims)")
    sources, destinations = ([check_dim(n, ndim) for n in dims] for dims in given)
    for name, dims, as_given in (("source", sources, given[0]), ("destination", destinations, given[1])):
        refuse(len(set(dims)) < len(dims) and f"movedim: repeated dim in `{name}` ({as_given})")
    order = [n for n in range(ndim) if n not in sources]
    for place, dim in sorted(zip(destinations, sources)):
        order.insert(place, dim)
    return d.permute(input, tuple(order)) if ndim else d.alias(input)


# Dimensions of size 1


def expand(self, *size, **named):
    """Dimensions of size 1 (and new ones in front) repeated to `size` without copying; -1 keeps a size.

    >>> import minigrad as torch
    >>> torch.tensor([1, 2]).expand(3, -1).shape
    torch.Size([3, 2])
    """
    return d.expand(self, shape_of(size, "size", named))


def sum_to_size(self, *size):
    """The sum over all that broadcasting from `size` would have repeated."""
    size, shape = shape_of(size), self.array.shape
    fits = len(size) <= len(shape) and all(m in (1, n) for m, n in zip(size[::-1], shape[::-1]))
    refuse(not fits and f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    return d.sum_to_size(self, size)


def broadcast_to(input, size):
    """`expand` under numpy's name."""
    return expand(input, *size)


def unsqueeze(input, dim):
    """A new dimension of size 1 at `dim`, as a view."""
    return d.unsqueeze(input, check_dim(dim, input.array.ndim + 1))


def squeeze(input, dim=None):
    """Without dimensions of size 1: all of them, or those in `dim` if they are 1; as a view."""
    if dim is None:
        return d.squeeze_all(input)
    if isinstance(dim, int):
        return d.squeeze_dim(input, check_dim(dim, input.array.ndim))
    return d.squeeze_dims(input, dims_of(input, dim, "squeeze") or ())


# Parts


def select(input, dim, index):
    """The slice at `index` along `dim`, without that dimension; a view."""
    refuse(input.array.ndim == 0 and "select() cannot be applied to a 0-dim tensor.", IndexError)
    dim = check_dim(dim, input.array.ndim)
    size = input.array.shape[dim]
    refuse(not -size <= index < size and f"select(): index {index} out of range for tensor of size "
           f"{list(input.array.shape)} at dimension {dim}", IndexError)
    return at.select(input, dim, index % size)


def narrow(input, dim, start, length):
    """The `length` elements from `start` on along `dim`; a view."""
    refuse(input.array.ndim == 0 and "narrow() cannot be applied to a 0-dim tensor.")
    refuse(isinstance(start, Tensor) and (start.array.ndim or start.array.dtype.kind not in "iu") and "start must be "
           "an 0-dim integral Tensor.")
    refuse(length < 0 and "narrow(): length must be non-negative.")
    dim, start = check_dim(dim, input.array.ndim), start.__index__()
    size = input.array.shape[dim]
    refuse(not -size <= start <= size and f"start out of range (expected to be in range of [{-size}, {size}], but got "
           f"{start})", IndexError)
    start += size if start < 0 else 0
    refuse(start + length > size and f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return at.slice_(input, dim, start, start + length, 1)
