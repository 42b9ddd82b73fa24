"""Every operator and method of Tensor, on one page, bound once when minigrad is imported."""

import numpy as np

from . import creation, inplace, printing
from . import derivatives as d
from . import dtypes
from . import operations as o

from .tensor import Tensor

# Operators. Those of the table serve as they are: they answer NotImplemented to what they cannot take.

Tensor.__add__ = Tensor.__radd__ = d.add
Tensor.__sub__ = o.subtract
Tensor.__rsub__ = o.rsub
Tensor.__mul__ = Tensor.__rmul__ = d.mul
Tensor.__truediv__ = d.div
Tensor.__rtruediv__ = o.rdiv
Tensor.__floordiv__ = o.floor_divide
Tensor.__rfloordiv__ = o.rfloordiv
Tensor.__mod__ = o.remainder
Tensor.__rmod__ = o.rmod
Tensor.__pow__ = o.pow
Tensor.__rpow__ = o.rpow
Tensor.__neg__ = o.neg
Tensor.__pos__ = o.positive
Tensor.__abs__ = d.abs
Tensor.__invert__ = o.bitwise_not
Tensor.__and__ = Tensor.__rand__ = o.bitwise_and
Tensor.__or__ = Tensor.__ror__ = o.bitwise_or
Tensor.__xor__ = Tensor.__rxor__ = o.bitwise_xor
Tensor.__matmul__ = lambda self, other: o.matmul(self, other) if isinstance(other, Tensor) else NotImplemented
Tensor.__eq__, Tensor.__ne__ = o.eq, o.ne
Tensor.__lt__, Tensor.__le__, Tensor.__gt__, Tensor.__ge__ = o.lt, o.le, o.gt, o.ge
Tensor.__getitem__, Tensor.__setitem__ = o.getitem, inplace.setitem
Tensor.__iter__ = lambda self: iter(o.unbind(_iterable(self)))
Tensor.__contains__ = lambda self, value: bool((self.array == getattr(value, "array", value)).any())
Tensor.__repr__ = printing.tensor_repr
Tensor.__format__ = printing.tensor_format


def _iterable(self):
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return self


# Methods that are functions too: x.exp() is torch.exp(x)

FUNCTIONS = {
    name: getattr(d, name) for name in "exp log sqrt sin cos tanh sigmoid relu abs sign floor reciprocal".split()
} | {
    name: getattr(o, name)
    for name in """add sub mul div rsub neg pow square floor_divide remainder
        eq ne lt le gt ge equal allclose all any isnan isinf isfinite logical_not
        bitwise_not bitwise_and bitwise_or bitwise_xor clamp where masked_fill maximum minimum
        sum mean prod max min median amax amin argmax argmin norm
        reshape flatten transpose t permute movedim unsqueeze squeeze select narrow take unbind split chunk
        broadcast_to matmul dot mv mm bmm clone""".split()
}
FUNCTIONS |= {
    "subtract": o.sub, "multiply": o.mul, "divide": o.div, "true_divide": o.div, "negative": o.neg,
    "absolute": d.abs, "clip": o.clamp, "greater": o.gt, "greater_equal": o.ge, "less": o.lt, "less_equal": o.le,
    "not_equal": o.ne, "swapaxes": o.transpose, "swapdims": o.transpose, "moveaxis": o.movedim,
}  # fmt: skip
for _name, _function in FUNCTIONS.items():
    if _name not in ("rsub",):
        setattr(Tensor, _name, _function)
Tensor.where = lambda self, condition, other: o.where(condition, self, other)

# Methods only

for _name in "view expand contiguous to type_as put".split():
    setattr(Tensor, _name, getattr(o, _name))
Tensor.view_as = lambda self, other: o.view(self, other.shape)
Tensor.reshape_as = lambda self, other: o.reshape(self, other.shape)
Tensor.expand_as = lambda self, other: o.expand(self, other.shape)
Tensor.sum_to_size = lambda self, *size: d.sum_to_size(self, o._shape_of(size))
Tensor.cpu = lambda self: self
Tensor.T = property(lambda self: o.permute(self, *reversed(range(self.array.ndim))), doc="All dimensions reversed.")
Tensor.mT = property(lambda self: o.transpose(self, -2, -1), doc="The last two dimensions exchanged.")
Tensor.H = property(lambda self: o.transpose(self, 0, 1), doc="The transpose of a real matrix.")
for _name, _kind in {"half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "long": dtypes.int64,
                     "int": dtypes.int32, "short": dtypes.int16, "bool": dtypes.bool}.items():
    setattr(Tensor, _name, lambda self, _kind=_kind: o.to(self, _kind))


def _type(self, dtype=None):
    """Without an argument the type's name; with a dtype, the tensor converted to it."""
    return f"torch.{self.dtype.title}Tensor" if dtype is None else o.to(self, dtype)


Tensor.type = _type
Tensor.new_zeros = lambda self, *size, dtype=None, requires_grad=False: creation.zeros(
    *size, dtype=dtype or self.dtype, requires_grad=requires_grad)
Tensor.new_ones = lambda self, *size, dtype=None, requires_grad=False: creation.ones(
    *size, dtype=dtype or self.dtype, requires_grad=requires_grad)
Tensor.new_empty = lambda self, *size, dtype=None, requires_grad=False: creation.empty(
    *size, dtype=dtype or self.dtype, requires_grad=requires_grad)
Tensor.new_full = lambda self, size, value, dtype=None, requires_grad=False: creation.full(
    size, value, dtype=dtype or self.dtype, requires_grad=requires_grad)
Tensor.new_tensor = lambda self, data, dtype=None, requires_grad=False: creation.tensor(
    data, dtype=dtype or self.dtype, requires_grad=requires_grad)

# In place: x.add_(y) is x + y, written into x

for _name in """add sub mul div neg pow square floor_divide remainder clamp exp log sqrt sin cos tanh sigmoid relu abs
        sign floor reciprocal masked_fill""".split():
    setattr(Tensor, _name + "_", inplace.in_place(getattr(Tensor, _name)))
Tensor.__iadd__, Tensor.__isub__ = inplace.in_place(d.add), inplace.in_place(o.subtract)
Tensor.__imul__, Tensor.__itruediv__ = inplace.in_place(d.mul), inplace.in_place(d.div)
Tensor.__ipow__, Tensor.__ifloordiv__ = inplace.in_place(o.pow), inplace.in_place(o.floor_divide)
Tensor.__imod__ = inplace.in_place(o.remainder)
Tensor.copy_, Tensor.fill_, Tensor.zero_ = inplace.copy_, inplace.fill_, inplace.zero_
