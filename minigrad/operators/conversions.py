"""The same values again: a copy, a contiguous copy, another dtype."""

import warnings

from .. import derivatives as d
from ..dtypes import (
    ALL,
    bool as bool_,
    complex128,
    dtype as Dtype,
    float64,
    from_numpy_dtype,
    int64,
    result_numpy_dtype,
)
from ..inplace import DISCARDS
from ..record import to_array
from ..tensor import Tensor, check_device, check_subclass, contiguous_format, refuse

PYTHON_TYPES = {bool: bool_, int: int64, float: float64, complex: complex128}
TYPE_NAMES = {f"torch.{kind.title}Tensor": kind for kind in ALL}


def numpy_dtype(dtype, function):
    """numpy's dtype for `dtype`, which may also be Python's bool, int, float or complex; None for None."""
    if dtype is None:
        return None
    dtype = PYTHON_TYPES.get(dtype, dtype) if isinstance(dtype, type) else dtype
    if not isinstance(dtype, Dtype):
        raise TypeError(f"{function}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    return dtype.numpy


def clone(input, *, memory_format=None):
    """A copy with memory of its own; the gradient goes through it."""
    return _in_format(d.clone(input), memory_format)


def _in_format(copy, memory_format):
    """A new tensor's elements in row-major order, if that is asked for."""
    if memory_format is contiguous_format and not copy.array.flags.c_contiguous:
        copy.array = copy.array.copy("C")
    return copy


def contiguous(self, memory_format=contiguous_format):
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return self if self.array.flags.c_contiguous else d.contiguous_clone(self)


def to(self, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None):
    """The tensor in another dtype, or itself if it has that dtype: ``x.to(torch.float64)``, ``x.to("cpu")``.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.5, -1.5])
    >>> x.to(torch.int64), x.to(torch.float32) is x
    (tensor([ 1, -1]), True)
    """
    flags = [arg for arg in args if isinstance(arg, bool)]  # non_blocking, and copy
    copy = flags[1] if len(flags) > 1 else copy
    for arg in args:
        if isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, (Dtype, type)):
            dtype = arg
        elif not isinstance(arg, bool) and arg is not None:
            device = arg
    check_device(device)
    kind = numpy_dtype(dtype, "to")
    if self.array.dtype.kind == "c" and kind is not None and kind.kind in "fiu":
        warnings.warn(DISCARDS, UserWarning, stacklevel=3)
    if (kind is None or kind == self.array.dtype) and not copy:
        return contiguous(self) if memory_format is contiguous_format else self
    return _in_format(d.to_copy(self, kind or self.array.dtype), memory_format)


def itself(self):
    """The tensor itself: it is dense already, and in memory that all threads share."""
    return self


def as_subclass(self, cls):
    """A view of the whole tensor, of the class `cls`, a subclass of Tensor."""
    check_subclass(cls)
    result = d.alias(self)
    result.__class__ = cls
    return result


def type_as(self, other):
    """The tensor in the dtype of `other`."""
    return to(self, other.dtype)


def type_(self, dtype=None):
    """Without an argument the type's name, "torch.FloatTensor"; with a dtype or such a name, the tensor converted."""
    if dtype is None:
        return f"torch.{self.dtype.title}Tensor"
    if isinstance(dtype, type) and hasattr(dtype, "dtype"):  # torch.FloatTensor
        dtype = dtype.dtype
    if isinstance(dtype, (str, type)):
        name = dtype if isinstance(dtype, str) else dtype.__name__
        refuse(name not in TYPE_NAMES and f"invalid type: '{name}'", ValueError)
        dtype = TYPE_NAMES[name]
    refuse(not isinstance(dtype, Dtype) and "dtype must be a type, str, or dtype object", TypeError)
    return to(self, dtype)


def result_type(tensor1, tensor2):
    """The dtype in which two tensors, or a tensor and a number, are combined.

    >>> import minigrad as torch
    >>> torch.result_type(torch.tensor([1, 2]), 1.5)
    torch.float32
    """
    return from_numpy_dtype(result_numpy_dtype(to_array(tensor1), to_array(tensor2)))


def typename(obj):
    """What a thing is called: "torch.FloatTensor" for a tensor, else its class's name with its module's."""
    if isinstance(obj, Tensor):
        return type_(obj)
    return repr(obj if isinstance(obj, type) else type(obj))[len("<class '") : -len("'>")]


def is_tensor(obj):
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)
