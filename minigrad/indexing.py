"""Reading by position: too irregular for a row, so it is taken apart into rows.

`x[1:, None, 0]` is, as in PyTorch, a chain of the simple views in the table (slice, unsqueeze, select); what is indexed
with lists, tensors or masks comes last, in one IndexBackward0, and is a copy.
"""

import warnings

import numpy as np

from . import derivatives as d, positions as at
from .graph import guard
from .record import kind_name, title
from .tensor import Tensor, refuse

BYTE_MASK = "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead."
DISGUISED = ("Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch "
             "2.9; use x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, "
             "x[torch.tensor(seq)], which will result either in an error or a different result")
INVALID = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
SCALAR = ("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
          "0-dim tensor to a number")


def getitem(self, key):
    """``self[key]``, with integers, slices, ..., None, lists, masks and index tensors."""
    result, places = views_of(self, key)
    if places:
        picked = at.index(result, complete_index(result, places))
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

    A slice of everything among others, as in `x[:, 0]`, makes no view; nor does `x[:]` when writing.
    """
    several = isinstance(key, tuple)
    if _is_disguised_tuple(key):
        warnings.warn(DISGUISED, UserWarning, stacklevel=3)
        several = True
    keys = [_parsed(k) for k in key] if several else [_parsed(key)]
    used = sum(_dims_used(k) for k in keys)
    if used > self.array.ndim:
        if self.array.ndim == 0 and len(keys) == 1 and isinstance(keys[0], int):
            raise IndexError(f"index {keys[0]} is out of bounds for dimension 0 with size 0" if keys[0] else SCALAR)
        if self.array.ndim == 0 and len(keys) == 1 and isinstance(keys[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        raise IndexError(f"too many indices for tensor of dimension {self.array.ndim}")
    result, dim, places = self, 0, {}
    for number, k in enumerate(keys):
        if k is None:
            result, dim = d.unsqueeze(result, dim), dim + 1
        elif k is Ellipsis:
            dim += self.array.ndim - used
        elif isinstance(k, bool):
            result = d.unsqueeze(result, dim)
            places[dim], dim = np.zeros(int(k), np.int64), dim + 1
        elif isinstance(k, int):
            size = result.array.shape[dim]
            if not -size <= k < size:
                raise IndexError(f"index {k} is out of bounds for dimension {number} with size {size}")
            result = at.select(result, dim, k % size)
        elif isinstance(k, slice):
            if not (several or writing) or not _is_whole(k, result.array.shape[dim]):
                result = _slice(result, dim, k)
            dim += 1
        elif k.dtype == bool:
            _check_mask(k, result.array, dim)
            for place in np.nonzero(k):
                places[dim], dim = place, dim + 1
        else:
            places[dim], dim = k, dim + 1
    return result, places


def _is_whole(k, size):
    """Whether a slice says that it is everything; -size for its start does not count."""
    start, stop, step = k.start, k.stop, k.step
    return start in (None, 0) and step in (None, 1) and (stop is None or isinstance(stop, int) and stop >= size)


def _is_disguised_tuple(key):
    """Whether a list is meant as a tuple, as PyTorch has it from old numpy: if it holds sequences, slices or None."""
    return isinstance(key, list) and any(isinstance(k, (list, tuple, slice, Tensor)) or k is None or k is Ellipsis
                                         for k in key)


def _parsed(k):
    """One element of an index in the form the code above expects: int, bool, slice, None, ... or array."""
    if k is None or k is Ellipsis or isinstance(k, (bool, slice)):
        return k
    if isinstance(k, Tensor):
        array = _as_index(k)
        return array.item() if array.ndim == 0 else array
    if isinstance(k, (list, tuple, range)) or isinstance(k, np.ndarray) and k.ndim:
        array = np.asarray([_plain_index(i) for i in k] if not isinstance(k, np.ndarray) else k)
        return array.astype(np.int64) if array.size == 0 else array
    refuse(isinstance(k, str) and "new(): invalid data type 'str'", TypeError)
    if hasattr(k, "__index__"):
        return k.__index__()
    raise IndexError(INVALID.format(type(k).__name__))


def _as_index(tensor):
    """Its array; uint8, an old way to write a mask, becomes one."""
    array = tensor.array
    if array.dtype.name not in ("int64", "int32", "uint8", "bool"):
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
    if array.dtype == np.uint8:
        warnings.warn(BYTE_MASK, UserWarning, stacklevel=5)
        return array.astype(bool)
    return array


def _plain_index(i):
    return i.array.item() if isinstance(i, Tensor) else i


def _dims_used(k):
    if k is None or k is Ellipsis or isinstance(k, bool):
        return 0
    return k.ndim if isinstance(k, np.ndarray) and k.dtype == bool else 1


def _slice(x, dim, k):
    step = 1 if k.step is None else k.step.__index__()
    refuse(step == 0 and "slice step cannot be zero", ValueError)
    refuse(step < 0 and "step must be greater than zero", ValueError)
    start, stop, _ = k.indices(x.array.shape[dim])
    return at.slice_(x, dim, start, max(start, stop), step)


def _check_mask(mask, array, dim):
    for i, n in enumerate(mask.shape):
        refuse(n != array.shape[dim + i] and f"The shape of the mask {list(mask.shape)} at index {i} does not match "
               f"the shape of the indexed tensor {list(array.shape)} at index {dim + i}", IndexError)


def complete_index(x, places):
    """The index for numpy: `places` in their dimensions, everything in the others."""
    for dim, place in places.items():
        size = x.array.shape[dim]
        bad = place[(place < -size) | (place >= size)]
        refuse(bad.size and f"index {bad.flat[0]} is out of bounds for dimension {dim} with size {size}", IndexError)
    try:
        np.broadcast_shapes(*(place.shape for place in places.values()))
    except ValueError:
        shapes = ", ".join(str(list(place.shape)) for place in places.values())
        raise IndexError(
            f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}"
        ) from None
    return tuple(places.get(dim, slice(None)) for dim in range(max(places) + 1))


# Writing by position


def index_of_place(x, places, shape):
    """`complete_index`, for values of `shape` to be written there."""
    indices = complete_index(x, places)
    place = x.array[indices].shape
    refuse((len(shape) > len(place) or any(n not in (1, m) for n, m in zip(shape[::-1], place[::-1]))) and
           f"shape mismatch: value tensor of shape {list(shape)} cannot be broadcast to indexing result of shape "
           f"{list(place)}")
    return indices


def index_put(x, key, indices, values, accumulate=False):
    """`x` with values written to, or added at, the index for numpy that `key` has become; their dtype must be that of
    `x`. Only one value for one mask may have another.
    """
    a, new = x.array, values.array
    refuse(a.dtype != new.dtype and (accumulate or new.size != 1 or not _is_one_mask(key)) and "Index put requires the "
           f"source and destination dtypes match, got {title(a)} for the destination and {title(new)} for the source.")
    return at.index_put(x, indices, values, accumulate)


def _is_one_mask(key):
    """Whether a mask is the only index that is not a view."""
    keys = key if isinstance(key, tuple) else (key,)
    arrays = [np.asarray(k.array if isinstance(k, Tensor) else k) for k in keys
              if isinstance(k, (Tensor, np.ndarray, list, bool))]
    return len(arrays) == 1 and arrays[0].ndim > 0 and arrays[0].dtype == bool


def index_for(x, tensors, shape):
    """`index_of_place` from index tensors and masks, one after the other."""
    places, ndim = {}, x.array.ndim
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {kind_name(tensor)}")
        array = _as_index(tensor)
        for place in np.nonzero(array) if array.dtype == bool else (array,):
            places[len(places)] = place
    refuse(len(places) > ndim and f"too many indices for tensor of dimension {ndim} (got {len(places)})", IndexError)
    return index_of_place(x, places, shape)
