"""Every operator and method of Tensor, on one page, bound once when minigrad is imported."""

import functools
import inspect

from . import arithmetic as a
from . import conversions as c
from . import creation, dtypes, gathering, indexing, inplace, joining, printing, sampling, scans
from . import derivatives as d
from . import products as p
from . import reductions as r
from . import shapes as s
from .record import not_a_tensor
from .tensor import Tensor

# Operators. They answer NotImplemented to what they cannot take, so that Python asks the other operand.

Tensor.__add__ = Tensor.__radd__ = d.add
Tensor.__sub__, Tensor.__rsub__ = a.subtract, a.rsub
Tensor.__mul__ = Tensor.__rmul__ = d.mul
Tensor.__truediv__, Tensor.__rtruediv__ = d.div, a.rdiv
Tensor.__floordiv__, Tensor.__rfloordiv__ = a.floor_divide.operator, a.rfloordiv
Tensor.__mod__, Tensor.__rmod__ = a.remainder.operator, a.rmod
Tensor.__pow__, Tensor.__rpow__ = a.pow.operator, a.rpow
Tensor.__neg__, Tensor.__pos__, Tensor.__abs__, Tensor.__invert__ = a.neg, a.positive, d.abs, a.bitwise_not
Tensor.__and__ = Tensor.__rand__ = a.bitwise_and.operator
Tensor.__or__ = Tensor.__ror__ = a.bitwise_or.operator
Tensor.__xor__ = Tensor.__rxor__ = a.bitwise_xor.operator
Tensor.__eq__, Tensor.__ne__ = a.eq.operator, a.ne.operator
Tensor.__lt__, Tensor.__le__ = a.lt.operator, a.le.operator
Tensor.__gt__, Tensor.__ge__ = a.gt.operator, a.ge.operator
Tensor.__matmul__ = lambda self, other: p.matmul(self, other) if isinstance(other, Tensor) else NotImplemented
Tensor.__getitem__, Tensor.__setitem__ = indexing.getitem, inplace.setitem
Tensor.__contains__ = lambda self, value: bool((self.array == getattr(value, "array", value)).any())
Tensor.__repr__, Tensor.__format__ = printing.tensor_repr, printing.tensor_format


def _iterate(self):
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(joining.unbind(self))


Tensor.__iter__ = _iterate

# What the table's functions of one number are, in a word

for _name, _what in {
    "exp": "e to the power of `input`",
    "log": "The natural logarithm of `input`",
    "sqrt": "The square root of `input`",
    "sin": "The sine of `input`, in radians",
    "cos": "The cosine of `input`, in radians",
    "tanh": "The hyperbolic tangent of `input`",
    "sigmoid": "``1 / (1 + exp(-input))``",
    "reciprocal": "``1 / input``",
    "erf": "The error function of `input`",
}.items():
    getattr(d, _name).__doc__ = f"{_what}, element by element; integers give floats."
for _name, _what in {
    "relu": "`input` where it is positive, else 0; the gradient at 0 is 0",
    "abs": "`input` without its sign; the gradient at 0 is 0",
    "sign": "-1, 0 or 1; its gradient is 0",
    "floor": "The largest integer that is not above `input`; its gradient is 0",
}.items():
    getattr(d, _name).__doc__ = f"{_what}. Element by element."

# Methods that are functions too: x.exp() is torch.exp(x)

FUNCTIONS = {
    name: getattr(module, name)
    for module, names in {
        d: "exp log sqrt sin cos tanh sigmoid relu abs sign floor reciprocal erf",
        a: """add sub mul div neg pow square floor_divide remainder rsub
              eq ne lt le gt ge equal allclose isnan isinf isfinite
              logical_not bitwise_not bitwise_and bitwise_or bitwise_xor
              clamp where masked_fill maximum minimum""",
        r: "sum mean prod norm all any max min median amax amin argmax argmin",
        scans: "softmax log_softmax",
        s: "reshape flatten transpose t permute movedim broadcast_to unsqueeze squeeze select narrow",
        gathering: "gather scatter scatter_add take put",
        joining: "unbind split chunk",
        p: "matmul dot mv mm bmm vdot addmm addmv addr baddbmm addbmm",
        c: "clone",
        sampling: "bernoulli multinomial",
        Tensor: "detach numel is_floating_point is_complex",
    }.items()
    for name in names.split()
}
FUNCTIONS |= {
    "subtract": a.sub, "multiply": a.mul, "divide": a.div, "true_divide": a.div, "negative": a.neg,
    "absolute": d.abs, "clip": a.clamp, "greater": a.gt, "greater_equal": a.ge, "less": a.lt, "less_equal": a.le,
    "not_equal": a.ne, "swapaxes": s.transpose, "swapdims": s.transpose, "moveaxis": s.movedim,
}  # fmt: skip
for _name, _method in FUNCTIONS.items():
    if _name != "rsub":
        setattr(Tensor, _name, _method)
Tensor.where = lambda self, condition, other: a.where(condition, self, other)

# Functions only


def _function(name, method):
    """The method as a function, which says so if its first argument is no tensor."""
    first = next(iter(inspect.signature(method).parameters)).replace("self", "input")

    @functools.wraps(method)
    def function(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        except AttributeError:
            given = args[0] if args else kwargs.get(first)
            if isinstance(given, Tensor):
                raise
            raise not_a_tensor(name, first, 1, given) from None

    return function


FUNCTIONS = {name: _function(name, method) for name, method in FUNCTIONS.items()}
FUNCTIONS |= {"is_tensor": c.is_tensor, "result_type": c.result_type}

# Methods only

Tensor.view, Tensor.expand = s.view, s.expand
Tensor.contiguous, Tensor.to, Tensor.type, Tensor.type_as = c.contiguous, c.to, c.type_, c.type_as
Tensor.as_subclass = c.as_subclass
Tensor.view_as = lambda self, other: s.view(self, other.shape)
Tensor.reshape_as = lambda self, other: s.reshape(self, other.shape)
Tensor.expand_as = lambda self, other: s.expand(self, other.shape)
Tensor.sum_to_size = lambda self, *size: d.sum_to_size(self, s.shape_of(size, "sum_to_size"))
Tensor.cpu = lambda self: self
Tensor.cuda = lambda self, device="cuda": c.to(self, device)
Tensor.T = property(s.T, doc=s.T.__doc__)
Tensor.mT = property(s.mT, doc=s.mT.__doc__)
Tensor.H = property(s.H, doc=s.H.__doc__)
for _name, _kind in {"half": dtypes.float16, "float": dtypes.float32, "double": dtypes.float64, "long": dtypes.int64,
                     "int": dtypes.int32, "short": dtypes.int16, "bool": dtypes.bool}.items():
    setattr(Tensor, _name, lambda self, _kind=_kind: c.to(self, _kind))
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

for _name in """add sub mul div neg pow square floor_divide remainder exp log sqrt sin cos tanh sigmoid relu abs
        sign floor reciprocal masked_fill""".split():
    setattr(Tensor, _name + "_", inplace.in_place(getattr(Tensor, _name)))
Tensor.__iadd__, Tensor.__isub__ = inplace.in_place(d.add), inplace.in_place(a.subtract)
Tensor.__imul__, Tensor.__itruediv__ = inplace.in_place(d.mul), inplace.in_place(d.div)
Tensor.__ipow__, Tensor.__ifloordiv__ = inplace.in_place(a.pow.operator), inplace.in_place(a.floor_divide.operator)
Tensor.__imod__ = inplace.in_place(a.remainder.operator)
Tensor.copy_, Tensor.fill_, Tensor.zero_ = inplace.copy_, inplace.fill_, inplace.zero_
for _method in sampling.IN_PLACE:
    setattr(Tensor, _method.__name__, _method)
Tensor.clamp_ = Tensor.clip_ = inplace.in_place(a.clamp, type_name="c_name")
