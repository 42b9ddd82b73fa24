"""Reading by position, and putting tensors together: operations too irregular for a row, on the same idea.

`x[1:, None, 0]` is, as in PyTorch, a chain of the simple views in the table (slice, unsqueeze, select); what is indexed
with lists, tensors or masks comes last, in one IndexBackward0, and is a copy.
"""

import warnings

import numpy as np

from . import derivatives as d
from .dtypes import result_numpy_dtype
from .grad_mode import mode
from .graph import Node, gradient_edge, guard, version_counter
from .record import NOWHERE, attach
from .tensor import Tensor, check_dim, wrap
from .views import View

BYTE_MASK = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."
INVALID = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
SCALAR = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
    "tensor to a number"
)


def getitem(self, key):
    """``self[key]``, with integers, slices, ..., None, lists, masks and index tensors."""
    result, places = views_of(self, key)
    if places:
        picked = d.index(result, complete_index(result, places))
        return _watching(picked, key)
    return d.alias(self) if result is self else result


def _watching(picked, key):
    """Have the node notice when an index tensor is changed before backward, as it would any saved tensor."""
    if picked._edge is not None:
        node, keys = picked._edge[0], key if isinstance(key, tuple) else (key,)
        indices = [k for k in keys if isinstance(k, Tensor)]
        node._guards += tuple(guard(k) for k in indices)
    return picked


def views_of(self, key, writing=False):
    """The part of `key` that is views, done; and the rest: dimension of the result -> index array.

    A full slice among others, as in `x[:, 0]`, makes no view; nor does `x[:]` when writing.
    """
    several = isinstance(key, tuple) or _is_disguised_tuple(key)
    keys = [_parsed(k) for k in key] if several else [_parsed(key)]
    used = sum(_dims_used(k) for k in keys)
    if used > self.array.ndim:
        if self.array.ndim == 0 and len(keys) == 1 and isinstance(keys[0], int):
            raise IndexError(SCALAR)
        if self.array.ndim == 0 and len(keys) == 1 and isinstance(keys[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        raise IndexError(f"too many indices for tensor of dimension {self.array.ndim}")
    result, dim, places = self, 0, {}
    own = 0  # the dimension of `self` that k is about; `dim` is the one of `result`
    for k in keys:
        if k is None:
            result, dim = d.unsqueeze(result, dim), dim + 1
        elif k is Ellipsis:
            dim, own = dim + self.array.ndim - used, own + self.array.ndim - used
        elif isinstance(k, bool):
            result = d.unsqueeze(result, dim)
            places[dim], dim = np.zeros(int(k), np.int64), dim + 1
        elif isinstance(k, int):
            size = result.array.shape[dim]
            if not -size <= k < size:
                raise IndexError(f"index {k} is out of bounds for dimension {own} with size {size}")
            result = d.select(result, dim, k % size)
        elif isinstance(k, slice):
            if k != slice(None) or not (several or writing):
                result = _slice(result, dim, k)
            dim += 1
        elif k.dtype == bool:
            _check_mask(k, result.array, dim)
            for place in np.nonzero(k):
                places[dim], dim = place, dim + 1
        else:
            places[dim], dim = k, dim + 1
        own += _dims_used(k)
    return result, places


def _is_disguised_tuple(key):
    """Whether a list is meant as a tuple, as PyTorch has it from old numpy: if it holds sequences, slices or None."""
    return isinstance(key, list) and any(
        isinstance(k, (list, tuple, slice, Tensor)) or k is None or k is Ellipsis for k in key
    )


def _parsed(k):
    """One element of an index in the form the code above expects: int, bool, slice, None, ... or array."""
    if k is None or k is Ellipsis or isinstance(k, (bool, slice)):
        return k
    if isinstance(k, Tensor):
        if k.array.dtype.kind == "f":
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if k.array.dtype == np.uint8:
            warnings.warn(BYTE_MASK, UserWarning, stacklevel=4)
            return k.array.astype(bool)
        return k.array.item() if k.array.ndim == 0 else k.array
    if isinstance(k, (list, np.ndarray, range)):
        array = np.asarray([_plain_index(i) for i in k] if not isinstance(k, np.ndarray) else k)
        return array.astype(np.int64) if array.size == 0 else array
    if isinstance(k, str):
        raise TypeError("new(): invalid data type 'str'")
    if hasattr(k, "__index__"):
        return k.__index__()
    raise IndexError(INVALID.format(type(k).__name__))


def _plain_index(i):
    return i.array.item() if isinstance(i, Tensor) else i


def _dims_used(k):
    if k is None or k is Ellipsis or isinstance(k, bool):
        return 0
    return k.ndim if isinstance(k, np.ndarray) and k.dtype == bool else 1


def _slice(x, dim, k):
    step = 1 if k.step is None else k.step.__index__()
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    start, stop, _ = k.indices(x.array.shape[dim])
    return d.slice_(x, dim, start, max(start, stop), step)


def _check_mask(mask, array, dim):
    for i, n in enumerate(mask.shape):
        if n != array.shape[dim + i]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {i} does not match the shape of the indexed "
                f"tensor {list(array.shape)} at index {dim + i}"
            )


def complete_index(x, places):
    """The index for numpy: `places` in their dimensions, everything in the others."""
    for dim, place in places.items():
        size = x.array.shape[dim]
        bad = place[(place < -size) | (place >= size)]
        if bad.size:
            raise IndexError(f"index {bad.flat[0]} is out of bounds for dimension {dim} with size {size}")
    try:
        np.broadcast_shapes(*(place.shape for place in places.values()))
    except ValueError:
        shapes = ", ".join(str(list(place.shape)) for place in places.values())
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    return tuple(places.get(dim, slice(None)) for dim in range(max(places) + 1))


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
            grad.new_zeros(0) if size is None else d.slice_(grad, self.dim, end - size, end, 1)
            for size, end in zip(self.sizes, ends)
        ]


class StackBackward0(Join):
    """Each tensor gets its layer of the gradient."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return [d.select(grad, self.dim, i) for i in range(len(self.next_functions))]


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
    ends, before = np.cumsum(sizes).tolist(), (slice(None),) * dim
    arrays = [self.array[(*before, slice(end - size, end))] for size, end in zip(sizes, ends)]
    return _take_apart(kind, self, arrays, dim)


def chunk(self, chunks, dim=0):
    """At most `chunks` stretches along `dim`, of equal size but for the last."""
    if self.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    return split(self, max(1, -(-self.array.shape[check_dim(dim, self.array.ndim)] // chunks)), dim)
