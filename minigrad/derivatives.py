"""The table: what each operation computes, and the gradient of each of its inputs. A page of calculus.

`grad` is the gradient of the result. The other names in a rule are the operation's own arguments, or `result`. Where
an input was broadcast, the engine sums its gradient back to the input's shape, so no rule says a word about it.
How a row becomes an operation is in `record.py`.
"""

import math

import numpy as np

from . import kernels as k
from . import special
from .kernels import no_bool
from .record import binary, operation, unary, view
from .tensor import wrap

# Arithmetic

add = binary("AddBackward0", np.add,
             self=lambda grad: grad,
             other=lambda grad, alpha: grad if alpha == 1 else grad * alpha)
sub = binary("SubBackward0", np.subtract,
             self=lambda grad: grad,
             other=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha)
mul = binary("MulBackward0", np.multiply,
             self=lambda grad, other: grad * other,
             other=lambda grad, self: grad * self)
div = binary("DivBackward0", np.true_divide, int_to_float=True,
             self=lambda grad, other: grad / other,
             other=lambda grad, self, other: -grad * ((self / other) / other))
rsub = operation("RsubBackward1", lambda self, other, alpha: other - self if alpha == 1 else other - self * alpha,
                 self=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha)
remainder = operation("RemainderBackward0", k.remainder,
                      self=lambda grad: grad)
remainder_tensor = operation("RemainderBackward1", k.remainder, promote=True,
                             self=lambda grad: grad,
                             other=lambda grad, self, other: -grad * (self / other).floor())
neg = unary("NegBackward0", np.negative,
            self=lambda grad: -grad)
reciprocal = unary("ReciprocalBackward0", np.reciprocal, int_to_float=True,
                   self=lambda grad, result: -grad * (result * result))

# Powers: a tensor to a number, a tensor to a tensor, a number to a tensor

pow_number = operation("PowBackward0", k.power,
                       self=lambda grad, self, exponent:
                           zeros_like(grad) if exponent == 0 else grad * (exponent * self ** (exponent - 1)))
pow_tensor = operation("PowBackward1", k.power, promote=True,
                       self=lambda grad, self, exponent:
                           (grad * (exponent * self ** (exponent - 1))).masked_fill(exponent == 0, 0),
                       exponent=lambda grad, self, exponent, result:
                           grad * (result * self.log()).masked_fill((self == 0) & (exponent >= 0), 0))
number_pow = operation("PowBackward2", k.power,
                       exponent=lambda grad, self, exponent, result:
                           (grad * (result * math.log(self)) if self > 0 else
                            grad * (result * (-math.inf if self == 0 else math.nan)).masked_fill(exponent >= 0, 0)))

# Functions of one number

exp = unary("ExpBackward0", np.exp, int_to_float=True,
            self=lambda grad, result: grad * result)
log = unary("LogBackward0", np.log, int_to_float=True,
            self=lambda grad, self: grad / self)
sqrt = unary("SqrtBackward0", np.sqrt, int_to_float=True,
             self=lambda grad, result: grad / (2 * result))
sin = unary("SinBackward0", np.sin, int_to_float=True,
            self=lambda grad, self: grad * self.cos())
cos = unary("CosBackward0", np.cos, int_to_float=True,
            self=lambda grad, self: grad * -self.sin())
tanh = unary("TanhBackward0", np.tanh, int_to_float=True,
             self=lambda grad, result: grad * (1 - result * result))
sigmoid = unary("SigmoidBackward0", k.sigmoid, int_to_float=True,
                self=lambda grad, result: grad * ((1 - result) * result))
erf = unary("ErfBackward0", special.erf, int_to_float=True,
            self=lambda grad, self: grad * (2 / math.sqrt(math.pi) * (-(self * self)).exp()))
relu = unary("ReluBackward0", k.relu,
             self=lambda grad, result: threshold_backward(grad, result))
abs = unary("AbsBackward0", no_bool("abs_cpu", np.abs),
            self=lambda grad, self: grad * self.sign())

threshold_backward = operation("ThresholdBackwardBackward0",
                               lambda grad_output, self: np.where(self <= 0, 0, grad_output),
                               grad_output=lambda grad, self: threshold_backward(grad, self),
                               self=lambda grad: zeros_like(grad))

# Steps: constant almost everywhere

sign = unary("SignBackward0", k.sign,
             self=lambda grad: zeros_like(grad))
floor = unary("FloorBackward0", no_bool("floor_vml_cpu", np.floor),
              self=lambda grad: zeros_like(grad))
div_rounded = operation("DivBackward2", k.rounded_quotient, promote=True,
                        self=lambda grad: zeros_like(grad),
                        other=lambda grad: zeros_like(grad))

# Choosing between values

clamp = operation("ClampBackward1", k.clip,
                  self=lambda grad, self, min, max: grad.masked_fill(~_inside(self, min, max), 0))
clamp_tensor = operation("ClampBackward0", k.clip, promote=True,
                         self=lambda grad, self, min, max: grad.masked_fill(~_inside(self, min, max), 0),
                         min=lambda grad, self, min, max:
                             grad.masked_fill(self >= min if max is None else (self >= min) | (min > max), 0),
                         max=lambda grad, self, min, max:
                             grad.masked_fill(self <= max if min is None else (self <= max) & (min <= max), 0))
where = operation("WhereBackward0", lambda condition, self, other: np.where(condition, self, other), promote=True,
                  self=lambda grad, condition: grad.masked_fill(~condition, 0),
                  other=lambda grad, condition: grad.masked_fill(condition, 0))
masked_fill = operation("MaskedFillBackward0", lambda self, mask, value: np.where(mask, self.dtype.type(value), self),
                        self=lambda grad, mask: grad.masked_fill(mask, 0))
maximum = operation("MaximumBackward0", lambda self, other: np.maximum(self, other), promote=True,
                    self=lambda grad, self, other: (grad / (1 + (self == other))).masked_fill(self < other, 0),
                    other=lambda grad, self, other: (grad / (1 + (self == other))).masked_fill(self > other, 0))
minimum = operation("MinimumBackward0", lambda self, other: np.minimum(self, other), promote=True,
                    self=lambda grad, self, other: (grad / (1 + (self == other))).masked_fill(self > other, 0),
                    other=lambda grad, self, other: (grad / (1 + (self == other))).masked_fill(self < other, 0))

# Sums and products over all elements (…0) or over some dimensions (…1)

sum_all = operation("SumBackward0", lambda self, dtype: k.sum(self, None, False, dtype),
                    self=lambda grad, self_sym_sizes: grad.expand(self_sym_sizes))
sum_dim = operation("SumBackward1", k.sum,
                    self=lambda grad, self_sym_sizes, dim, keepdim:
                        keep_dims(grad, dim, keepdim, self_sym_sizes).expand(self_sym_sizes))
mean_all = operation("MeanBackward0", lambda self, dtype: k.mean(self, None, False, dtype),
                     self=lambda grad, self_sym_sizes, self_sym_numel: grad.expand(self_sym_sizes) / self_sym_numel)
mean_dim = operation("MeanBackward1", k.mean,
                     self=lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim:
                         keep_dims(grad, dim, keepdim, self_sym_sizes).expand(self_sym_sizes)
                         / (self_sym_numel / max(grad.numel(), 1)))
prod_all = operation("ProdBackward0", lambda self, dtype: np.prod(self, dtype=dtype),
                     self=lambda grad, self, result: grad * _product_of_others(self, result))
prod_dim = operation("ProdBackward1", lambda self, dim, keepdim, dtype:
                         np.prod(self, axis=dim if self.ndim else None, keepdims=keepdim, dtype=dtype),
                     self=lambda grad, self, dim, keepdim, result:
                         keep_dims(grad, dim, keepdim, self.shape)
                         * _product_of_others(self, keep_dims(result, dim, keepdim, self.shape), dim))
norm = operation("LinalgVectorNormBackward0", k.norm,
                 self=lambda grad, self, ord, dim, keepdim, result:
                     _norm_gradient(keep_dims(grad, dim, keepdim, self.shape), self, ord,
                                    keep_dims(result, dim, keepdim, self.shape), dim))

# Selections. Over all elements (or amax, amin) equal ones share the gradient; along one dimension the one at `indices`
# gets all of it.

max_all = operation("MaxBackward1", lambda self: np.max(self),
                    self=lambda grad, self, result: _share(grad, self == result, None))
min_all = operation("MinBackward1", lambda self: np.min(self),
                    self=lambda grad, self, result: _share(grad, self == result, None))
median_all = operation("MedianBackward0", k.median,
                       self=lambda grad, self, result: _share(grad, self == result, None))
max_dim = operation("MaxBackward0", lambda self, dim, keepdim: k.at(self, np.argmax(self, dim), dim, keepdim),
                    extra=("indices",),
                    self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                        _give_to(indices, grad, dim, keepdim, self_sym_sizes))
min_dim = operation("MinBackward0", lambda self, dim, keepdim: k.at(self, np.argmin(self, dim), dim, keepdim),
                    extra=("indices",),
                    self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                        _give_to(indices, grad, dim, keepdim, self_sym_sizes))
median_dim = operation("MedianBackward1", k.median_along,
                       extra=("indices",),
                       self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                           _give_to(indices, grad, dim, keepdim, self_sym_sizes))
amax = operation("AmaxBackward0", lambda self, dim, keepdim: np.max(self, axis=dim, keepdims=keepdim),
                 self=lambda grad, self, dim, keepdim, result:
                     _share(keep_dims(grad, dim, keepdim, self.shape),
                            self == keep_dims(result, dim, keepdim, self.shape), dim))
amin = operation("AminBackward0", lambda self, dim, keepdim: np.min(self, axis=dim, keepdims=keepdim),
                 self=lambda grad, self, dim, keepdim, result:
                     _share(keep_dims(grad, dim, keepdim, self.shape),
                            self == keep_dims(result, dim, keepdim, self.shape), dim))

# Along one dimension, with as many results as elements

softmax = operation("SoftmaxBackward0", k.softmax,
                    self=lambda grad, dim, result: (grad - (grad * result).sum(dim, keepdim=True)) * result)
log_softmax = operation("LogSoftmaxBackward0", k.log_softmax,
                        self=lambda grad, dim, result: grad - result.exp() * grad.sum(dim, keepdim=True))

# Products of vectors and matrices

dot = operation("DotBackward0", no_bool("dot", lambda self, tensor: np.dot(self, tensor)),
                self=lambda grad, tensor: grad * tensor,
                tensor=lambda grad, self: grad * self)
mv = operation("MvBackward0", no_bool("addmv_impl_cpu", lambda self, vec: np.matmul(self, vec)),
               self=lambda grad, vec: grad.unsqueeze(1) * vec,
               vec=lambda grad, self: self.t().mv(grad))
mm = operation("MmBackward0", no_bool("addmm_impl_cpu_", lambda self, mat2: np.matmul(self, mat2)),
               self=lambda grad, mat2: grad.mm(mat2.t()),
               mat2=lambda grad, self: self.t().mm(grad))
bmm = operation("BmmBackward0", no_bool("bmm", lambda self, mat2: np.matmul(self, mat2)),
                self=lambda grad, mat2: grad.bmm(mat2.transpose(1, 2)),
                mat2=lambda grad, self: self.transpose(1, 2).bmm(grad))

# Copies

clone = operation("CloneBackward0", lambda self: self.copy(order="K"),
                  self=lambda grad: grad)
contiguous_clone = operation("CloneBackward0", lambda self: self.copy(),
                             self=lambda grad: grad)
to_copy = operation("ToCopyBackward0", lambda self, dtype: self.astype(dtype),
                    self=lambda grad: grad)  # the engine converts it to the input's dtype

# Views: the same memory, seen otherwise

view_as_shape = view("ViewBackward0", lambda self, size: self.reshape(size),
                     self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
reshape_alias = view("ReshapeAliasBackward0", lambda self, size: self.reshape(size),
                     self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
unsafe_view = operation("UnsafeViewBackward0", lambda self, size: self.reshape(size),
                        self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
alias = view("AliasBackward0", lambda self: self.view(),
             self=lambda grad: grad)
t = view("TBackward0", lambda self: self.T,
         self=lambda grad: grad.t())
transpose = view("TransposeBackward0", lambda self, dim0, dim1:
                     np.swapaxes(self, dim0, dim1) if self.ndim else self.view(),
                 self=lambda grad, dim0, dim1: grad.transpose(dim0, dim1))
permute = view("PermuteBackward0", lambda self, dims: np.transpose(self, dims),
               self=lambda grad, dims: grad.permute(np.argsort(dims).tolist()))
expand = view("ExpandBackward0", k.expand,
              self=lambda grad, self_sym_sizes: sum_to_size(grad, self_sym_sizes))
unsqueeze = view("UnsqueezeBackward0", lambda self, dim: np.expand_dims(self, dim),
                 self=lambda grad, dim: grad.squeeze(dim))
squeeze_all = view("SqueezeBackward0", lambda self: self.squeeze(),
                   self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
squeeze_dim = view("SqueezeBackward1", lambda self, dim: k.squeeze(self, (dim,)),
                   self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
squeeze_product = operation("SqueezeBackward4", lambda self, dim: self.squeeze(dim),
                            self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
squeeze_dims = view("SqueezeBackward2", lambda self, dim: k.squeeze(self, dim),
                    self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))

# What the rules above share


def zeros_like(grad):
    return grad.new_zeros(grad.shape)


def keep_dims(reduced, dim, keepdim, sizes):
    """A reduction's result with the reduced dimensions put back as 1; dim None stands for all."""
    if keepdim or not sizes:
        return reduced
    dims = range(len(sizes)) if dim is None else (dim,) if isinstance(dim, int) else dim
    return reduced.reshape([1 if d in dims else n for d, n in enumerate(sizes)])


def sum_to_size(grad, sizes):
    """The adjoint of broadcasting: what went to many copies is summed back to the one they came from."""
    leading = len(grad.array.shape) - len(sizes)
    if leading:
        grad = sum_dim(grad, tuple(range(leading)), False, None)
    ones = tuple([d for d, (n, m) in enumerate(zip(sizes, grad.array.shape)) if n == 1 and m != 1])
    return sum_dim(grad, ones, True, None) if ones else grad


def _share(grad, mask, dim):
    """An equal part of the gradient to each element that the mask selects."""
    return grad / mask.sum(dim, keepdim=dim is not None) * mask


def _give_to(indices, grad, dim, keepdim, sizes):
    """All of the gradient to the element that was selected along `dim`."""
    if sizes and not keepdim:
        grad, indices = grad.unsqueeze(dim), indices.unsqueeze(dim)
    return grad.new_zeros(sizes).scatter(dim, indices, grad)


def _product_of_others(self, result, dim=None):
    """For each element the product of all others (along `dim`); dividing by the element fails where it is zero."""
    if not self.shape:
        return self.new_ones(())
    if (self != 0).all():
        return result / self
    if dim is None:
        return _product_of_others(self.reshape(-1), result, 0).view(self.shape)
    n = self.shape[dim]
    rows = self.movedim(dim, -1).unsqueeze(-2).expand(*self.movedim(dim, -1).shape[:-1], n, n)
    others = rows.masked_fill(wrap(np.eye(n, dtype=bool)), 1)
    return others.prod(-1).movedim(-1, dim)


def _norm_gradient(grad, self, ord, result, dim):
    if ord == 0:
        return None
    if ord == 1:
        return grad * self.sign()
    if ord == 2:
        return grad * (self / result).masked_fill(result == 0, 0)
    if math.isinf(ord):
        return self.sign() * _share(grad, self.abs() == result, dim)
    direction = self.sign() * self.abs() ** (ord - 1) if ord < 2 else self * self.abs() ** (ord - 2)
    return direction * (grad / result ** (ord - 1)).masked_fill(result == 0, 0)


def _inside(self, min, max):
    if min is None:
        return self <= max
    return self >= min if max is None else (self >= min) & (self <= max)
