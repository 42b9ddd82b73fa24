"""From a list of items to one batch: what is a tensor or a number in each item becomes one tensor for all."""

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence

import numpy as np

from ...dtypes import float64
from ...operators.creation import as_tensor, tensor
from ...operators.joining import stack
from ...tensor import Tensor


def default_collate(batch):
    """Tensors are stacked, numbers become a tensor, strings stay a list; dicts, lists and tuples are gone into.

    A tuple becomes a list. Raises TypeError for what cannot be put together.

    >>> default_collate([(1, "a"), (2, "b")])
    [tensor([1, 2]), ('a', 'b')]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def collate(batch, *, collate_fn_map=None):
    """The same, with the functions of `collate_fn_map`, type -> function, for what is no container."""
    first = batch[0]
    table = collate_fn_map or {}
    kinds = [kind for kind in table if kind is type(first)] or [kind for kind in table if isinstance(first, kind)]
    if kinds:
        return table[kinds[0]](batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _of_kind(first, {
            key: collate([item[key] for item in batch], collate_fn_map=collate_fn_map) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch)))
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return _of_kind(first, [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch)])
    raise TypeError(_cannot(type(first)))


def default_convert(data):
    """Numpy arrays as tensors, also those inside of dicts, lists and tuples; everything else as it is."""
    if isinstance(data, (np.ndarray, np.generic)) and not isinstance(data, (np.str_, np.bytes_)):
        return data if data.dtype.kind in "SaUO" else as_tensor(data)
    if isinstance(data, Mapping):
        return _of_kind(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _of_kind(data, [default_convert(item) for item in data])
    return data


def _of_kind(container, contents):
    """New contents in a container like the given one, as far as it can be made; of a tuple, in a list."""
    if isinstance(container, tuple):
        return contents
    try:
        if isinstance(container, (MutableMapping, MutableSequence)):
            twin = copy.copy(container)  # keeps what a subclass has besides its contents
            for key, value in contents.items() if isinstance(contents, dict) else enumerate(contents):
                twin[key] = value
            return twin
        return type(container)(contents)
    except TypeError:
        return contents


def _cannot(kind):
    return f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}"


def collate_tensor_fn(batch, *, collate_fn_map=None):
    return stack(list(batch), 0)


def collate_numpy_array_fn(batch, *, collate_fn_map=None):
    if batch[0].dtype.kind in "SaUO":
        raise TypeError(_cannot(batch[0].dtype))
    return collate([as_tensor(item) for item in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch, *, collate_fn_map=None):
    return as_tensor(batch)


def collate_float_fn(batch, *, collate_fn_map=None):
    return tensor(batch, dtype=float64)


def collate_int_fn(batch, *, collate_fn_map=None):
    return tensor(batch)


def collate_str_fn(batch, *, collate_fn_map=None):
    return batch


default_collate_fn_map = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
