"""Several tensors into one, and one into several: operations with a list on one side, which a row has no place for."""

import numpy as np

from . import positions as at
from .dtypes import result_numpy_dtype
from .grad_mode import mode
from .graph import Node, gradient_edge, version_counter
from .kernels import along
from .record import NOWHERE, attach
from .tensor import Tensor, check_dim, wrap
from .views import View


class Join(Node):
    """The node of an operation on a list of tensors: the gradient is cut up again."""

    __slots__ = ("dim", "sizes")
    saved_names = ("dim",)
    fresh_gradients = False


class CatBackward0(Join):
    """Each tensor gets its stretch of the gradient."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        ends = np.cumsum([size or 0 for size in self.sizes]).tolist()
        return [
            grad.new_zeros(0) if size is None else at.slice_(grad, self.dim, end - size, end, 1)
            for size, end in zip(self.sizes, ends)
        ]


class StackBackward0(Join):
    """Each tensor gets its layer of the gradient."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [at.select(grad, self.dim, i) for i in range(len(self.next_functions))]


def _join(kind, tensors, array, dim, sizes=()):
    result = wrap(array)
    if mode.enabled and array.dtype.kind == "f" and any(x.requires_grad for x in tensors):
        edges = tuple(gradient_edge(x) if x.requires_grad else NOWHERE for x in tensors)
        attach(result, kind, edges, (dim,), ())
        node = result._edge[0]
        node.dim, node.sizes = dim, sizes
    return result


def _list_of_tensors(tensors, function):
    if isinstance(tensors, Tensor):
        raise TypeError(f"{function}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    tensors = list(tensors)
    if not tensors:
        if function == "stack":
            raise RuntimeError("stack expects a non-empty TensorList")
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}"
            )
    return tensors


def cat(tensors, dim=0):
    """The tensors one after the other along dimension `dim`; they agree in all other dimensions."""
    tensors = _list_of_tensors(tensors, "cat")
    parts = [x for x in tensors if x.array.shape != (0,)] or tensors[:1]  # as PyTorch, skip empty 1-d ones
    first = parts[0].array
    if first.ndim == 0:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated")
    dim = check_dim(dim, first.ndim)
    for i, x in enumerate(parts):
        if x.array.ndim != first.ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {first.ndim} and {x.array.ndim}")
        for other, (m, n) in enumerate(zip(first.shape, x.array.shape)):
            if m != n and other != dim:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {dim}. Expected size {m} but got size {n} for "
                    f"tensor number {i} in the list."
                )
    arrays = [x.array for x in parts]
    kind = result_numpy_dtype(*arrays)
    array = np.concatenate(arrays, axis=dim, dtype=kind)
    sizes = [x.array.shape[dim] if x.array.ndim == first.ndim else None for x in tensors]
    return _join(CatBackward0, tensors, array, dim, sizes)


def stack(tensors, dim=0):
    """The tensors, all of one shape, as layers along a new dimension `dim`."""
    tensors = _list_of_tensors(tensors, "stack")
    first = tensors[0].array
    for i, x in enumerate(tensors):
        if x.array.shape != first.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first.shape)} at entry 0 and "
                f"{list(x.array.shape)} at entry {i}"
            )
    dim = check_dim(dim, first.ndim + 1)
    kind = result_numpy_dtype(*(x.array for x in tensors))
    return _join(StackBackward0, tensors, np.stack([x.array for x in tensors], dim).astype(kind, copy=False), dim)


class Unbind(Node):
    """The node of an operation with several outputs, all views: their gradients are put together again."""

    __slots__ = ("dim", "num_outputs")
    saved_names = ("dim",)

    def backward(self, grad, needed=None):
        gradients, shapes = (grad, self.output_shape) if self.num_outputs > 1 else ([grad], [self.output_shape])
        dtype = next(g for g in gradients if g is not None).array.dtype
        parts = [wrap(np.zeros(shape, dtype)) if g is None else g for g, shape in zip(gradients, shapes)]
        return (self.together(parts, self.dim),)


class UnbindBackward0(Unbind):
    """One output for each layer."""

    __slots__ = ()
    together = staticmethod(stack)


class SplitBackward0(Unbind):
    """One output for each stretch."""

    __slots__ = ()
    together = staticmethod(cat)


class SplitWithSizesBackward0(SplitBackward0):
    """One output for each stretch, of different sizes."""

    __slots__ = ()


def _take_apart(kind, self, arrays, dim):
    """Tensors for `arrays`, which are views of self's array, all outputs of one node."""
    results = tuple(wrap(array) for array in arrays)
    node = None
    edge = gradient_edge(self) if mode.enabled and self.requires_grad else NOWHERE
    if edge is not NOWHERE and results:
        shapes, dtypes = [a.shape for a in arrays], [a.dtype for a in arrays]
        several = (tuple(shapes), tuple(dtypes)) if len(arrays) > 1 else (shapes[0], dtypes[0])
        node = kind((edge,), *several)
        node._saved, node.dim, node.num_outputs = (dim,), dim, len(arrays)
    for nr, result in enumerate(results):
        result._counter = version_counter(self)
        if node is not None:
            result._requires_grad, result._edge = True, (node, nr)
        result._view = View(self, result, "one of several" if mode.enabled else "no_grad")
    return results


def unbind(self, dim=0):
    """The layers along `dim`, as a tuple of views."""
    if self.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    dim = check_dim(dim, self.array.ndim)
    layers = [self.array[(*(slice(None),) * dim, i, ...)] for i in range(self.array.shape[dim])]
    return _take_apart(UnbindBackward0, self, layers, dim)


def split(self, split_size_or_sections, dim=0):
    """Stretches along `dim`, of the given size (the last may be shorter) or sizes, as a tuple of views."""
    if self.array.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = check_dim(dim, self.array.ndim)
    length, sizes = self.array.shape[dim], split_size_or_sections
    kind = SplitBackward0 if isinstance(sizes, int) else SplitWithSizesBackward0
    if isinstance(sizes, int):
        if sizes < 0:
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={sizes}")
        if sizes == 0 and length:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {length}")
        sizes = [min(sizes, length - start) for start in range(0, max(length, 1), max(sizes, 1))]
    elif sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
            f"{dim}), but got split_sizes={list(sizes)}"
        )
    ends = np.cumsum(sizes).tolist()
    arrays = [self.array[along(dim, slice(end - size, end))] for size, end in zip(sizes, ends)]
    return _take_apart(kind, self, arrays, dim)


def chunk(self, chunks, dim=0):
    """At most `chunks` stretches along `dim`, of equal size but for the last."""
    if self.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return split(self, max(1, -(-self.array.shape[check_dim(dim, self.array.ndim)] // chunks)), dim)
