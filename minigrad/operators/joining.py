"""Several tensors into one, and one into several: operations with a list on one side, which a row has no place for."""

import numpy as np

from .. import derivatives as d, positions as at
from ..dtypes import result_numpy_dtype
from ..grad_mode import mode
from ..graph import Node, gradient_edge, seam
from ..kernels import along, in_rows
from ..record import NOWHERE, attach, kind_name, named, title
from ..tensor import Tensor, check_dim, refuse, wrap
from ..views import share


class Join(Node):
    """The node of an operation on a list of tensors: the gradient is cut up again."""

    __slots__ = ("dim", "sizes")
    saved_names: tuple[str, ...] = ("dim",)
    fresh_gradients = False


class CatBackward0(Join):
    """Each tensor gets its stretch of the gradient."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        ends = np.cumsum([size or 0 for size in self.sizes]).tolist()
        return [grad.new_zeros(0) if size is None else at.slice_(grad, self.dim, end - size, end, 1)
                for size, end in zip(self.sizes, ends)]


class StackBackward0(Join):
    """Each tensor gets its layer of the gradient."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [at.select(grad, self.dim, i) for i in range(len(self.next_functions))]


def _join(kind, tensors, array, dim, sizes=()):
    result = wrap(array)
    if seam.computed is not None:
        seam.computed(kind.__name__, tensors, result, lambda edges: _cut(kind, wrap(array), edges, dim, sizes))
    if mode.enabled and array.dtype.kind in "fc" and any(x.requires_grad for x in tensors):
        edges = tuple(gradient_edge(x) if x.requires_grad else NOWHERE for x in tensors)
        _cut(kind, result, edges, dim, sizes)
    return result


def _cut(kind, result, edges, dim, sizes):
    node = attach(result, kind, edges, (dim,), ())._edge[0]
    node.dim, node.sizes = dim, sizes
    return node


def list_of_tensors(tensors, function):
    if isinstance(tensors, Tensor):
        raise TypeError(f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    tensors = list(tensors)
    if not tensors:
        refuse(function == "cat" and "torch.cat(): expected a non-empty list of Tensors", ValueError)
        raise RuntimeError(f"{function} expects a non-empty TensorList")
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {kind_name(x)}")
    return tensors


def cat(tensors, dim=0, *, axis=None):
    """The tensors one after the other along dimension `dim`; they agree in all other dimensions."""
    tensors, dim = list_of_tensors(tensors, "cat"), dim if axis is None else axis
    parts = [x for x in tensors if x.array.shape != (0,)] or tensors[:1]  # as PyTorch, skip empty 1-d ones
    first = parts[0].array
    for i, x in enumerate(tensors):
        refuse(x.array.ndim == 0 and f"zero-dimensional tensor (at position {i}) cannot be concatenated")
    dim = check_dim(dim, first.ndim)
    for i, x in enumerate(parts):
        if x.array.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {x.array.ndim}")
        for other, (m, n) in enumerate(zip(first.shape, x.array.shape)):
            if m != n and other != dim:
                raise RuntimeError(f"Sizes of tensors must match except in dimension {dim}. Expected size {m} but got "
                                   f"size {n} for tensor number {i} in the list.")
    kind = result_numpy_dtype(*(x.array for x in tensors))
    array = in_rows(np.concatenate([x.array for x in parts], axis=dim, dtype=kind))
    sizes = [x.array.shape[dim] if x.array.ndim == first.ndim else None for x in tensors]
    return _join(CatBackward0, tensors, array, dim, sizes)


def stack(tensors, dim=0):
    """The tensors, all of one shape, as layers along a new dimension `dim`."""
    tensors = list_of_tensors(tensors, "stack")
    first = tensors[0].array
    for i, x in enumerate(tensors):
        if x.array.shape != first.shape:
            raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(first.shape)} at entry 0 "
                               f"and {list(x.array.shape)} at entry {i}")
    dim = check_dim(dim, first.ndim + 1)
    kind = result_numpy_dtype(*(x.array for x in tensors))
    return _join(StackBackward0, tensors, np.stack([x.array for x in tensors], dim).astype(kind, "C", copy=False), dim)


class BlockDiagBackward0(Join):
    """Each tensor gets its block of the gradient; `sizes` are the blocks' shapes, `dim` does not matter."""

    __slots__ = ()
    saved_names = ()

    def backward(self, grad, needed=None):
        results, row, column = [], 0, 0
        for shape in self.sizes:
            m, n = (1,) * (2 - len(shape)) + shape
            block = at.slice_(at.slice_(grad, 0, row, row + m, 1), 1, column, column + n, 1)
            results.append(block.reshape(shape))
            row, column = row + m, column + n
        return results


def block_diag(*tensors):
    """A matrix with the given matrices (vectors count as rows) along its diagonal, and zeros elsewhere."""
    tensors = list_of_tensors(tensors, "block_diag") if tensors else [wrap(np.zeros((1, 0), np.float32))]
    for i, x in enumerate(tensors):
        refuse(x.array.ndim > 2 and f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has "
               f"{x.array.ndim} dimensions")
    blocks = [np.atleast_2d(x.array) for x in tensors]
    ends = np.cumsum([block.shape for block in blocks], 0)
    array = np.zeros(ends[-1], result_numpy_dtype(*(x.array for x in tensors)))
    for block, (row, column) in zip(blocks, ends):
        array[row - block.shape[0] : row, column - block.shape[1] : column] = block
    return _join(BlockDiagBackward0, tensors, array, 0, [x.array.shape for x in tensors])


# cat after giving the tensors enough dimensions


def _at_least(n, more):
    def one(input):
        if input.array.ndim == 0:
            return d.view_as_shape(input, (1,) * n)
        if input.array.ndim == 1 < n:
            input = d.unsqueeze(input, 0)
        return d.unsqueeze(input, 2) if input.array.ndim == 2 < n else input

    def every(*tensors):
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return one(tensors[0])
        return tuple(map(one, tensors[0] if isinstance(tensors[0], (list, tuple)) else tensors))

    what = f"The tensor, or a view of it with {n} dimensions{more}; of several, or a list of them, each."
    return named(every, f"atleast_{n}d", what)


atleast_1d, atleast_2d = _at_least(1, ""), _at_least(2, ", the new ones first")
atleast_3d = _at_least(3, ", a vector's elements along the second")


def hstack(tensors):
    """The tensors side by side: along dimension 1, or 0 for vectors and numbers."""
    tensors = [atleast_1d(x) for x in list_of_tensors(tensors, "hstack")]
    return cat(tensors, 0 if tensors[0].array.ndim == 1 else 1)


def vstack(tensors):
    """The tensors one below the other: along dimension 0; vectors are rows."""
    return cat([atleast_2d(x) for x in list_of_tensors(tensors, "vstack")], 0)


def dstack(tensors):
    """The tensors one behind the other: along dimension 2."""
    return cat([atleast_3d(x) for x in list_of_tensors(tensors, "dstack")], 2)


def column_stack(tensors):
    """`hstack`, but vectors and numbers are columns."""
    return hstack([x if x.array.ndim > 1 else d.view_as_shape(x, (x.array.size, 1))
                   for x in list_of_tensors(tensors, "column_stack")])


class Unbind(Node):
    """The node of an operation with several outputs, all views: their gradients are put together again."""

    __slots__ = ("dim", "num_outputs")
    saved_names = ("dim",)

    def backward(self, grad, needed=None):
        gradients, shapes = (grad, self.output_shape) if self.num_outputs > 1 else ([grad], [self.output_shape])
        dtype = next(g for g in gradients if g is not None).array.dtype
        parts = [wrap(np.zeros(shape, dtype)) if g is None else g for g, shape in zip(gradients, shapes)]
        return (self.together(parts, self.dim),)


def _unbind(name, together, *saved_names):
    return type(name, (Unbind,), {"__slots__": (), "together": staticmethod(together), "saved_names": saved_names})


UnbindBackward0 = _unbind("UnbindBackward0", stack, "dim")
SplitBackward0, UnsafeSplitBackward0 = (
    _unbind(name, cat, "dim", "split_size", "self_sym_sizes") for name in ("SplitBackward0", "UnsafeSplitBackward0"))
SplitWithSizesBackward0, UnsafeSplitWithSizesBackward0 = (
    _unbind(name, cat, "dim", "split_sizes", "self_sym_sizes")
    for name in ("SplitWithSizesBackward0", "UnsafeSplitWithSizesBackward0"))


def _take_apart(kind, self, arrays, dim, *saved):
    """Tensors for `arrays`, which are views of self's array, all outputs of one node."""
    results = tuple(wrap(array) for array in arrays)
    if seam.computed is not None:
        seam.computed(kind.__name__, (self,), results)
    node = None
    edge = gradient_edge(self) if mode.enabled and self.requires_grad else NOWHERE
    if edge is not NOWHERE and results:
        shapes, dtypes = [a.shape for a in arrays], [a.dtype for a in arrays]
        several = (tuple(shapes), tuple(dtypes)) if len(arrays) > 1 else (shapes[0], dtypes[0])
        node = kind((edge,), *several)
        node._saved, node.dim, node.num_outputs = (dim, *saved), dim, len(arrays)
    for nr, result in enumerate(results):
        if node is not None:
            result._requires_grad, result._edge = True, (node, nr)
        if kind not in (UnsafeSplitBackward0, UnsafeSplitWithSizesBackward0):  # whose outputs may be changed in place
            share(self, result, "one of several")
    return results


def unbind(self, dim=0):
    """The layers along `dim`, as a tuple of views."""
    dim = check_dim(dim, self.array.ndim)
    refuse(self.array.ndim == 0 and "Dimension specified as 0 but tensor has no dimensions", IndexError)
    layers = [self.array[(*(slice(None),) * dim, i, ...)] for i in range(self.array.shape[dim])]
    return _take_apart(UnbindBackward0, self, layers, dim)


def split(self, split_size_or_sections, dim=0, kind=SplitBackward0):
    """Stretches along `dim`, of the given size (the last may be shorter) or sizes, as a tuple of views."""
    if not isinstance(split_size_or_sections, int):
        return split_with_sizes(self, split_size_or_sections, dim)
    refuse(self.array.ndim == 0 and "split expects at least a 1-dimensional tensor")
    dim, size = check_dim(dim, self.array.ndim), split_size_or_sections
    length = self.array.shape[dim]
    refuse(size < 0 and f"split expects split_size be non-negative, but got split_size={size}")
    if size == 0 and length:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
    sizes = [min(size, length - start) for start in range(0, max(length, 1), max(size, 1))]
    return _stretches(kind, self, sizes, dim, size)


def _stretches(kind, self, sizes, dim, saved):
    ends = np.cumsum(sizes).tolist()
    arrays = [self.array[along(dim, slice(end - size, end))] for size, end in zip(sizes, ends)]
    return _take_apart(kind, self, arrays, dim, saved, self.array.shape)


def split_with_sizes(self, split_sizes, dim=0, kind=SplitWithSizesBackward0):
    """Stretches of the given sizes along `dim`, as a tuple of views."""
    refuse(self.array.ndim == 0 and "split expects at least a 1-dimensional tensor")
    refuse(not isinstance(split_sizes, (tuple, list)) and "split_with_sizes(): argument 'split_sizes' (position 2) "
           f"must be tuple of ints, not {type(split_sizes).__name__}", TypeError)
    given, dim, sizes = dim, check_dim(dim, self.array.ndim), list(split_sizes)
    refuse(min(sizes, default=0) < 0 and "split_with_sizes expects split_sizes have only non-negative entries, but got "
           f"split_sizes={sizes}")
    refuse(sum(sizes) != self.array.shape[dim] and "split_with_sizes expects split_sizes to sum exactly to "
           f"{self.array.shape[dim]} (input tensor's size at dimension {given}), but got split_sizes={sizes}")
    return _stretches(kind, self, sizes, dim, tuple(sizes))


def chunk(input, chunks, dim=0, kind=SplitBackward0):
    """At most `chunks` stretches along `dim`, of equal size but for the last."""
    refuse(input.array.ndim == 0 and "chunk expects at least a 1-dimensional tensor")
    refuse(chunks < 1 and f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = -(-input.array.shape[check_dim(dim, input.array.ndim)] // chunks)
    if not size:  # as many as were asked for, as an exception
        several = SplitWithSizesBackward0 if kind is SplitBackward0 else UnsafeSplitWithSizesBackward0
        return split_with_sizes(input, [0] * chunks, dim, several)
    return split(input, size, dim, kind)


def unsafe_split(input, split_size, dim=0):
    """`split`, but the parts may be changed in place: nobody looks whether `input` is needed."""
    return split(input, split_size, dim, UnsafeSplitBackward0)


def unsafe_split_with_sizes(input, split_sizes, dim=0):
    """`split_with_sizes`, in the same way."""
    return split_with_sizes(input, split_sizes, dim, UnsafeSplitWithSizesBackward0)


def unsafe_chunk(input, chunks, dim=0):
    """`chunk`, in the same way."""
    return chunk(input, chunks, dim, UnsafeSplitBackward0)


def tensor_split(input, indices_or_sections=None, dim=0, *, sections=None, indices=None):
    """`input` cut along `dim` into so many parts of nearly one size, or at the given positions; views.

    >>> import minigrad as torch
    >>> torch.tensor_split(torch.arange(5), 2), torch.tensor_split(torch.arange(3), [1])
    ((tensor([0, 1, 2]), tensor([3, 4])), (tensor([0]), tensor([1, 2])))
    """
    if input.array.ndim == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    where = next(given for given in (indices_or_sections, sections, indices) if given is not None)
    if isinstance(where, Tensor):
        what = "tensor_split expected tensor_indices_or_sections to"
        refuse(where.array.dtype != np.int64 and f"{what} have dtype of long, but got {title(where.array)}")
        refuse(where.array.ndim > 1 and f"{what} be a zero-dimensional or one-dimensional tensor, but got a tensor "
               f"with {where.array.ndim} dims")
        where = where.array.tolist()
    dim = check_dim(dim, input.array.ndim)
    length = input.array.shape[dim]
    if isinstance(where, int):
        refuse(where < 1 and f"number of sections must be larger than 0, got {where}")
        where = np.cumsum([length // where + (i < length % where) for i in range(where)])[:-1].tolist()
    bounds = [slice(*pair).indices(length)[:2] for pair in zip([0, *where], [*where, None])]
    return tuple([at.slice_(input, dim, start, max(start, end), 1) for start, end in bounds])


def _split_along(name, least, dim):
    def function(input, indices_or_sections):
        ndim, where = input.array.ndim, indices_or_sections
        refuse(ndim < least and f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor "
               f"with {ndim} dimensions!")
        along = min(dim, ndim - 1)
        refuse(isinstance(where, int) and (where < 1 or input.array.shape[along] % where) and
               f"torch.{name} attempted to split along dimension {along}, but the size of the dimension "
               f"{input.array.shape[along]} is not divisible by the split_size {where}!")
        return tensor_split(input, where, along)

    return named(function, name, f"`tensor_split` along dimension {dim}; a number of parts must divide its size.")


hsplit, vsplit, dsplit = (_split_along(*row) for row in (("hsplit", 1, 1), ("vsplit", 2, 0), ("dsplit", 3, 2)))
