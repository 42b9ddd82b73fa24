"""The memory under tensors: a block of bytes, of which each tensor shows a part, from its own offset in its own steps.

A numpy array that is a view says in `.base` whose memory it shows; the last in that chain owns the block.
"""

import warnings

import numpy as np

from .dtypes import from_numpy_dtype

DEPRECATED = ("TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only "
              "storage class. This should only matter to you if you are using storages directly.  To access "
              "UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()")


def block(array):
    """The whole block that `array` lies in, as flat bytes that share its memory; where in it it begins; its strides."""
    owner = array
    while True:
        base = owner.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # numpy's as_strided puts an object of its own in between
        if not isinstance(base, np.ndarray):
            break
        owner = base
    flat = owner.ravel(order="K")
    if not np.may_share_memory(flat, owner) or min(array.strides, default=0) < 0:  # not as tensors lie in memory
        array = owner = array.copy()
        flat = array.reshape(-1)
    return flat.view(np.uint8), array.ctypes.data - flat.ctypes.data, array.strides


def copied(array, memo):
    """A copy of `array` in a copy of its block: the same one for all arrays of a block that one `memo` has seen."""
    flat, start, strides = block(array)
    blocks = memo.setdefault("torch", {})  # address -> the block, so that it stays there, and its copy
    _, twin = blocks.get(flat.ctypes.data) or blocks.setdefault(flat.ctypes.data, (flat, flat.copy()))
    return np.ndarray(array.shape, array.dtype, twin, start, strides)


class UntypedStorage:
    """A tensor's block of memory, byte by byte."""

    __module__ = "torch.storage"  # as it prints

    def __init__(self, array):
        self._bytes, *_ = block(array)

    def data_ptr(self):
        """The address of the first byte: two tensors share memory if their storages' are the same."""
        return self._bytes.ctypes.data

    def nbytes(self):
        return self._bytes.nbytes

    size = __len__ = nbytes

    def __getitem__(self, index):
        return self._bytes[index].item()

    def tolist(self):
        return self._bytes.tolist()

    def __repr__(self):
        lines = "".join(f" {byte}\n" for byte in self.tolist())
        return f"{lines}[torch.storage.UntypedStorage(device=cpu) of size {len(self)}]"


class TypedStorage:
    """The same block number by number: all that lie in memory, also those that the tensor does not show."""

    __module__ = "torch.storage"

    def __init__(self, array):
        warnings.warn(DEPRECATED, UserWarning, stacklevel=3)
        self._untyped, self.dtype = UntypedStorage(array), from_numpy_dtype(array.dtype)
        self._numbers = self._untyped._bytes.view(array.dtype)

    def untyped(self):
        return self._untyped

    def data_ptr(self):
        return self._untyped.data_ptr()

    def nbytes(self):
        return self._untyped.nbytes()

    def size(self):
        return self._numbers.size

    __len__ = size

    def __getitem__(self, index):
        return self._numbers[index].item()

    def tolist(self):
        return self._numbers.tolist()

    def __repr__(self):
        lines = "".join(f" {number}\n" for number in self.tolist())
        return f"{lines}[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"
