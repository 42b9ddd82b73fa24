"""The same elements elsewhere: flipped, rolled, repeated, along a diagonal, in a frame.

Each function checks its arguments and calls a row of positions.py; what can be a view is one.
"""

import functools
import warnings

import numpy as np

from .. import derivatives as d, positions as at
from ..dtypes import fitting
from ..graph import seam
from ..record import broadcast, named, need_tensors, title
from ..storage import block
from ..tensor import Size, Tensor, check_dim, is_recording, refuse, wrap
from ..views import AsStridedBackward0, share
from .gathering import index_select, masked_select
from .joining import list_of_tensors, stack
from .reductions import dims_of
from .shapes import expand, flatten, reshape, select, shape_of, view


def flip(input, *dims, **named):
    """The elements in reverse order along each of `dims`; a copy."""
    refuse(not dims and not named and 'flip() missing 1 required positional arguments: "dims"', TypeError)
    return at.flip(input, dims_of(input, shape_of(dims, "dims", named), "flip") or ())


def fliplr(input):
    """`flip` along dimension 1: left becomes right."""
    refuse(input.array.ndim < 2 and "Input must be >= 2-d.")
    return at.flip(input, (1,))


def flipud(input):
    """`flip` along dimension 0: up becomes down."""
    refuse(input.array.ndim < 1 and "Input must be >= 1-d.")
    return at.flip(input, (0,))


def _tuple(ints):
    return (ints,) if isinstance(ints, int) else tuple(ints)


def roll(input, shifts, dims=()):
    """Each element `shifts` places further along `dims`, and from the end to the start; without dims, as if flat."""
    shifts, dims = _tuple(shifts), _tuple(dims)
    if dims and not input.array.ndim:
        raise IndexError(f"Dimension specified as {dims[0]} but tensor has no dimensions")
    dims = tuple([check_dim(n, input.array.ndim) for n in dims])
    refuse(not shifts and "`shifts` required")
    if len(shifts) != len(dims) and (dims or len(shifts) > 1):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    return at.roll(input, shifts, dims)


def rot90(input, k=1, dims=(0, 1)):
    """Turned `k` times by 90 degrees, from the first of two dimensions towards the second."""
    refuse(len(dims) != 2 and f"expected total rotation dims == 2, but got dims = {len(dims)}")
    refuse(input.array.ndim < 2 and f"expected total dims >= 2, but got total dims = {input.array.ndim}")
    a, b = (check_dim(n, input.array.ndim) for n in dims)
    refuse(a == b and f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    return at.rot90(input, k, (a, b))


# Copies side by side


def repeat(self, *repeats, **named):
    """`repeats[i]` copies of the tensor along dimension i; there may be more of them than dimensions."""
    repeats = shape_of(repeats, "repeats", named)
    refuse(len(repeats) < self.array.ndim and "Number of dimensions of repeat dims can not be smaller than number of "
           "dimensions of tensor")
    if min(repeats, default=0) < 0:
        shape = (1,) * (len(repeats) - self.array.ndim) + self.array.shape
        sizes = [n * m for n, m in zip(repeats, shape)]
        refuse(min(sizes) < 0 and f"Trying to create tensor with negative dimension {min(sizes)}: {sizes}")
        repeats = tuple(max(n, 0) for n in repeats)
    return at.repeat(self, repeats)


def tile(input, *dims, **named):
    """`repeat`, but the last dimensions are meant if there are fewer numbers than dimensions."""
    dims = shape_of(dims, "dims", named)
    return repeat(input, *(1,) * (input.array.ndim - len(dims)), *dims)


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element (along `dim`, or of the flat tensor) repeated, one number for all or an int64 tensor of numbers.

    >>> import minigrad as torch
    >>> torch.repeat_interleave(torch.tensor([1, 2]), 2), torch.repeat_interleave(torch.tensor([1, 2]))
    (tensor([1, 1, 2, 2]), tensor([0, 1, 1]))
    """
    if repeats is None:
        refuse(input.array.ndim != 1 and "repeat_interleave only accept 1D vector as repeat")
        _check_counts(input.array)
        return wrap(np.repeat(np.arange(input.array.size), input.array))
    if dim is None:
        input, dim = flatten(input), 0
    refuse(not input.array.ndim and f"Dimension specified as {dim} but tensor has no dimensions", IndexError)
    dim = check_dim(dim, input.array.ndim)
    if isinstance(repeats, Tensor):
        counts, size = repeats.array, input.array.shape[dim]
        refuse(counts.ndim > 1 and "repeats must be 0-dim or 1-dim tensor")
        refuse(counts.size != size and counts.size != 1 and "repeats must have the same size as input along dim, but "
               f"got repeats.size(0) = {counts.size} and input.size({dim}) = {size}")
        _check_counts(counts)
        return index_select(input, dim, wrap(np.repeat(np.arange(size), counts)))
    refuse(repeats < 0 and "Repeats must be non-negative")
    shape = input.array.shape
    copies = expand(d.unsqueeze(input, dim + 1), *shape[: dim + 1], repeats, *shape[dim + 1 :])
    return flatten(d.contiguous_clone(copies), dim, dim + 1)


def _check_counts(counts):
    if counts.dtype.kind != "i":
        raise NotImplementedError(f"\"repeat_interleave_cpu\" not implemented for '{title(counts)}'")
    refuse(counts.size and counts.min() < 0 and "repeats can not be negative")


# Triangles and diagonals


def _triangle(name, operation, which):
    def function(input, diagonal=0):
        refuse(input.array.ndim < 2 and f"{name}: input tensor must have at least 2 dimensions")
        return operation(input, diagonal)

    return named(function, name, f"The elements of each matrix {which} its `diagonal`, and zeros elsewhere.")


tril, triu = _triangle("tril", at.tril, "on and below"), _triangle("triu", at.triu, "on and above")


def _indices(numpy_function):
    def function(row, col, offset=0, *, dtype=None, **where):
        for name, n in {"row": row, "col": col}.items():
            refuse(n < 0 and f"{name} must be non-negative, got{n}")
        return wrap(np.stack(numpy_function(row, offset, col)).astype(dtype.numpy if dtype else np.int64))

    what = "The positions of a triangle's elements in a matrix of (row, col): an int64 tensor of 2 rows."
    return named(function, numpy_function.__name__, what)


tril_indices, triu_indices = _indices(np.tril_indices), _indices(np.triu_indices)


def diagonal(input, offset=0, dim1=0, dim2=1):
    """The elements whose positions in two dimensions differ by `offset`, as a new last dimension; a view."""
    a, b = check_dim(dim1, input.array.ndim), check_dim(dim2, input.array.ndim)
    refuse(a == b and f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return at.diagonal(input, offset, a, b)


def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Matrices whose diagonals are the last dimension of `input`, and zero elsewhere."""
    ndim = input.array.ndim + 1
    a, b = check_dim(dim1, ndim), check_dim(dim2, ndim)
    refuse(a == b and f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return at.diag_embed(input, offset, a, b)


def diag(input, diagonal=0):
    """The diagonal of a matrix, copied; or, of a vector, the matrix that has it as its diagonal."""
    refuse(input.array.ndim not in (1, 2) and f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    return (at.diag_embed if input.array.ndim == 1 else at.diagonal_copy)(input, diagonal, 0, 1)


def diagflat(input, offset=0):
    """The matrix with all elements of `input` on its diagonal."""
    return diag(reshape(input, -1), offset)


def trace(input):
    """The sum of the diagonal of a matrix."""
    refuse(input.array.ndim != 2 and f"trace: expected a matrix, but got tensor with dim {input.array.ndim}")
    return at.trace(input)


def select_scatter(input, src, dim, index):
    """`input` with ``input.select(dim, index)`` exchanged for `src`; a copy."""
    _check_part(src, select(input.detach(), dim, index))
    dim = check_dim(dim, input.array.ndim)
    return at.select_scatter(input, src, dim, index % input.array.shape[dim])


def _check_part(src, part):
    refuse(src.array.shape != part.array.shape and "expected src to have a size equal to the slice of self. src size = "
           f"{list(src.array.shape)}, slice size = {list(part.array.shape)}")


def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """`input` with the slice from `start` to `end` along `dim` exchanged for `src`; a copy."""
    dim = check_dim(dim, input.array.ndim)
    start, end, step = slice(start, end, step).indices(input.array.shape[dim])
    end = max(start, end)
    _check_part(src, at.slice_(input.detach(), dim, start, end, step))
    return at.slice_scatter(input, src, dim, start, end, step)


def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """`input` with its diagonal exchanged for `src`; a copy."""
    _check_part(src, diagonal(input.detach(), offset, dim1, dim2))
    ndim = input.array.ndim
    return at.diagonal_scatter(input, src, offset, check_dim(dim1, ndim), check_dim(dim2, ndim))


def fill_diagonal_(self, fill_value, wrap=False):
    """Overwrite the main diagonal; in a tall matrix, with `wrap`, again below it."""
    shape, steps = self.array.shape, [step // self.array.itemsize for step in self.array.strides]
    refuse(len(shape) < 2 and "dimensions must larger than 1")
    refuse(len(shape) > 2 and len(set(shape)) > 1 and "all dimensions of input must be of equal length")
    as_strided(self, (min(shape),), (sum(steps),)).fill_(fill_value)
    if wrap and len(shape) == 2 and shape[0] > shape[1] + 1:
        for start in range(shape[1] + 1, shape[0], shape[1] + 1):
            fill_diagonal_(at.slice_(self, 0, start, shape[0], 1), fill_value)
    return self


# Memory seen otherwise


def unfold(self, dimension, size, step):
    """All windows of `size` elements along a dimension, `step` apart, in a new last dimension; a view."""
    dimension = check_dim(dimension, self.array.ndim)
    length = self.array.shape[dimension] if self.array.ndim else 1
    refuse(size < 0 and f"size is {size} but must be >= 0")
    refuse(size > length and f"maximum size for tensor at dimension {dimension} is {length} but size is {size}")
    refuse(step <= 0 and f"step is {step} but must be > 0")
    return at.unfold(self, dimension, size, step)


def as_strided(input, size, stride, storage_offset=None):
    """The memory of `input` from `storage_offset` on, read in steps of `stride` elements; a view."""
    array = input.array
    refuse(len(size) != len(stride) and "mismatch in length of strides and shape")
    refuse(min(stride, default=0) < 0 and "as_strided: Negative strides are not supported at the moment, got strides: "
           f"{list(stride)}")
    memory, start, _ = block(array)
    memory = memory.view(array.dtype)
    given, storage_offset = storage_offset, start // array.itemsize if storage_offset is None else storage_offset
    end = storage_offset + 1 + sum((n - 1) * step for n, step in zip(size, stride))
    refuse(0 not in size and end > memory.size and f"setStorage: sizes {list(size)}, strides {list(stride)}, storage "
           f"offset {storage_offset}, and itemsize {array.itemsize} requiring a storage size of {end * array.itemsize} "
           f"are out of bounds for storage of size {memory.nbytes}")
    steps = [step * array.itemsize for step in stride]
    result = wrap(np.lib.stride_tricks.as_strided(memory[storage_offset:], size, steps))
    if seam.computed is not None:
        seam.computed("AsStridedBackward0", (input,), result)
    if is_recording(input):
        result._requires_grad, result._edge = True, (AsStridedBackward0(input, result, given), 0)
    share(input, result)
    return result


# Several tensors made to fit


def broadcast_tensors(*tensors):
    """The tensors expanded to one shape, as views."""
    tensors = list_of_tensors(tensors, "broadcast_tensors") if tensors else []
    shape = functools.reduce(broadcast, [x.array.shape for x in tensors], ())
    return tuple([x if x.array.shape == shape else d.expand(x, shape) for x in tensors])


def broadcast_shapes(*shapes):
    """The shape that tensors of these shapes are expanded to, computed together."""
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    result = [1] * max(map(len, shapes), default=0)
    for nr, shape in enumerate(shapes):
        for i in range(-1, -len(shape) - 1, -1):
            refuse(shape[i] not in (1, result[i]) and result[i] != 1 and "Attempting to broadcast a dimension of "
                   f"length {shape[i]} at {i}! Mismatching argument at index {nr} had {shape}; but expected shape "
                   f"should be broadcastable to {result}")
            refuse(shape[i] < 0 and "Attempting to broadcast a dimension with negative length!", ValueError)
            result[i] = shape[i] if shape[i] != 1 else result[i]
    return Size(result)


def meshgrid(*tensors, indexing=None):
    """For each vector a grid in which it runs along a dimension of its own: the coordinates of all combinations.

    `indexing` "ij" has the first vector run along dimension 0; "xy" along dimension 1, as pictures have it.
    """
    tensors = list_of_tensors(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors,
                              "meshgrid")
    if indexing is None:
        what = "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument."
        warnings.warn(what, UserWarning, stacklevel=2)
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for x in tensors:
        refuse(x.array.ndim > 1 and f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {str(x)}")
        refuse(x.array.dtype != tensors[0].array.dtype and "meshgrid expects all tensors to have the same dtype")
    dims = list(range(len(tensors)))  # along which each runs
    if indexing == "xy":
        dims[:2] = dims[1::-1]
    shape = [tensors[dim].array.size for dim in dims]
    return tuple([expand(view(x, *[-1 if dim == own else 1 for dim in range(len(dims))]), *shape)
                  for x, own in zip(tensors, dims)])


def _check_vector(x):
    refuse(x.array.ndim != 1 and f"Expect a 1D vector, but got shape {list(x.array.shape)}")


def cartesian_prod(*tensors):
    """All combinations of an element of each vector, one a row."""
    for x in list_of_tensors(tensors, "meshgrid"):
        _check_vector(x)
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input, r=2, with_replacement=False):
    """All choices of `r` elements of a vector, in its order, one a row; `with_replacement`, one may be taken again."""
    _check_vector(input)
    refuse(r < 0 and f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty(0)
    places = np.indices((input.array.size,) * r)
    before = np.less_equal if with_replacement else np.less
    mask = wrap(before(places[:-1], places[1:]).all(0))
    return stack([masked_select(grid, mask) for grid in meshgrid(*[input] * r, indexing="ij")], 1)


# A frame


def pad(input, pad, mode="constant", value=None):
    """`input` made larger by ``pad = (before, after)`` in its last dimension, (…, before, after) in the one before …

    `mode` says what is put there: "constant" (`value`, by default 0), or what "reflect", "replicate" or "circular" find
    in the tensor; these leave the first one or two dimensions, of a batch and its channels, alone. Negative sizes cut.

    >>> import minigrad as torch
    >>> torch.nn.functional.pad(torch.tensor([[1, 2, 3]]), (2, 1), mode="reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    need_tensors("pad", input=input)
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): argument 'pad' (position 2) must be tuple of ints, not {type(pad).__name__}")
    shape, ndim, pad = input.array.shape, input.array.ndim, tuple(pad)
    refuse(len(pad) % 2 and "Padding length must be divisible by 2")
    refuse(len(pad) > 2 * ndim and "Padding length should be less than or equal to two times the input dimension but "
           f"got padding length {len(pad)} and input of dimension {ndim}")
    if mode == "constant":
        if any(n + min(before, 0) + min(after, 0) < 0 for n, before, after in zip(shape[::-1], pad[::2], pad[1::2])):
            raise RuntimeError("narrow(): length must be non-negative.")
        return at.constant_pad(input, pad, fitting(0 if value is None else value, input.array.dtype))
    refuse(value and f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) not in (2, 4, 6) or ndim - len(pad) // 2 not in (1, 2):
        raise NotImplementedError(f"Padding size {len(pad)} is not supported for {ndim}D input tensor.\n{PADDED}")
    if mode == "circular":
        return _wrapped_around(input, pad)
    dims = len(pad) // 2
    refuse(0 in shape[ndim - dims - 1 :] and f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 "
           f"batch size and other non-zero dimensions for input, but got: {list(shape)}")
    for i, n in enumerate(reversed(shape[-dims:])):
        refuse(mode == "reflect" and max(pad[2 * i : 2 * i + 2]) >= n and f"Argument #{4 + 2 * i}: Padding size should "
               f"be less than the corresponding input dimension, but got: padding ({pad[2 * i]}, {pad[2 * i + 1]}) at "
               f"dimension {ndim - 1 - i} of input {list(shape)}")
    sizes = [*shape[:-dims], *(sum(parts) for parts in zip(shape[-dims:], pad[-2::-2], pad[::-2]))]
    refuse(dims == 1 and sizes[-1] < 1 and f"input (W: {shape[-1]}) is too small. Calculated output W: {sizes[-1]}")
    refuse(min(sizes) < 0 and f"Trying to create tensor with negative dimension {min(sizes)}: {sizes}")
    return at.PADDINGS["Reflection" if mode == "reflect" else "Replication", dims][0](input, pad)


PADDED = """Supported combinations for non-constant padding:
  - 2D or 3D input: padding size = 2 (pads last dimension)
  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)
  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"""


def _wrapped_around(input, pad):
    """The middle is written first; then in each dimension what is before it is copied from its end, and vice versa."""
    shape, sizes = input.array.shape, list(input.array.shape)
    pairs = list(enumerate(zip(pad[::2], pad[1::2])))
    source, edges = input, []
    for i, (before, after) in pairs:
        dim = len(shape) - 1 - i
        refuse(max(before, after) > shape[dim] and "Padding value causes wrapping around more than once.")
        sizes[dim] += before + after
        source = at.slice_(source, dim, max(-before, 0), shape[dim] - max(-after, 0), 1)
        edges.append((dim, max(before, 0), max(after, 0)))
    result = middle = input.new_empty(sizes)
    for dim, before, after in edges:
        middle = at.slice_(middle, dim, before, sizes[dim] - after, 1)
    middle.copy_(source)
    for dim, before, after in edges:
        end = sizes[dim] - after
        if before:
            at.slice_(result, dim, 0, before, 1).copy_(at.slice_(result, dim, end - before, end, 1))
        if after:
            at.slice_(result, dim, end, sizes[dim], 1).copy_(at.slice_(result, dim, before, before + after, 1))
    return result
