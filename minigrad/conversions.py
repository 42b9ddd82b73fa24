"""The same values again: a copy, a contiguous copy, another dtype."""

from . import derivatives as d
from .dtypes import ALL, float64, from_numpy_dtype, int64, result_numpy_dtype
from .dtypes import bool as bool_
from .dtypes import dtype as Dtype
from .record import to_array
from .tensor import Tensor, check_subclass
from .tensor import device as Device

PYTHON_TYPES = {bool: bool_, int: int64, float: float64}
TYPE_NAMES = {f"torch.{kind.title}Tensor": kind for kind in ALL}


def clone(input, *, memory_format=None):
    """A copy with memory of its own; the gradient goes through it."""
    return d.clone(input)


def contiguous(self):
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return self if self.array.flags.c_contiguous else d.contiguous_clone(self)


def to(self, *args, dtype=None, device=None, copy=False, non_blocking=False):
    """The tensor in another dtype, or itself if it has that dtype: ``x.to(torch.float64)``, ``x.to("cpu")``.

    >>> import minigrad as torch
    >>> x = torch.tensor([1.5, -1.5])
    >>> x.to(torch.int64), x.to(torch.float32) is x
    (tensor([ 1, -1]), True)
    """
    for arg in args:
        if isinstance(arg, Dtype):
            dtype = arg
        elif isinstance(arg, type) and arg in PYTHON_TYPES:
            dtype = PYTHON_TYPES[arg]
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif not isinstance(arg, bool) and arg is not None:
            device = arg
    if device is not None:
        Device(device)
    if dtype is not None and not isinstance(dtype, Dtype):
        raise TypeError(f"to(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    if dtype is None or dtype.numpy == self.array.dtype:
        return d.to_copy(self, self.array.dtype) if copy else self
    return d.to_copy(self, dtype.numpy)


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
    if isinstance(dtype, str) and dtype not in TYPE_NAMES:
        raise ValueError(f"invalid type: '{dtype}'")
    return to(self, TYPE_NAMES.get(dtype, dtype))


def result_type(tensor1, tensor2):
    """The dtype in which two tensors, or a tensor and a number, are combined.

    >>> import minigrad as torch
    >>> torch.result_type(torch.tensor([1, 2]), 1.5)
    torch.float32
    """
    return from_numpy_dtype(result_numpy_dtype(to_array(tensor1), to_array(tensor2)))


def is_tensor(obj):
    """Whether `obj` is a Tensor."""
    return isinstance(obj, Tensor)
