"""The table: what each operation computes, and the gradient of each of its inputs. A page of calculus.

`grad` is the gradient of the result. The other names in a rule are the operation's own arguments, or `result`. Where
an input was broadcast, the engine sums its gradient back to the input's shape, so no rule says a word about it.
How a row becomes an operation is in `record.py`.
"""

import math

import numpy as np

from . import error_and_gamma as special, kernels as k
from .kernels import no_bool, only_float, only_real, only_real_float
from .record import binary, broadcast, conj, operation, promoted, unary, view
from .tensor import wrap

# Arithmetic

add = binary("AddBackward0", np.add,
             self=lambda grad: grad, other=lambda grad, alpha: grad if alpha == 1 else grad * alpha)
sub = binary("SubBackward0", np.subtract,
             self=lambda grad: grad, other=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha)
mul = binary("MulBackward0", np.multiply, self=lambda grad, other: grad * other, other=lambda grad, self: grad * self)
div = binary("DivBackward0", np.true_divide, int_to_float=True,
             self=lambda grad, other: grad / other, other=lambda grad, self, other: -grad * ((self / other) / other))
rsub = operation("RsubBackward1", lambda self, other, alpha: other - self if alpha == 1 else other - self * alpha,
                 self=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha)
rsub_tensor = operation("RsubBackward0", lambda self, other, alpha: other - self * alpha, promote=True,
                        self=lambda grad, alpha: -grad if alpha == 1 else grad * -alpha, other=lambda grad: grad)
remainder = operation("RemainderBackward0", k.remainder, self=lambda grad: grad)
remainder_tensor = operation("RemainderBackward1", k.remainder, promote=True,
                             self=lambda grad: grad, other=lambda grad, self, other: -grad * floor(self / other))
fmod = operation("FmodBackward0", k.fmod, self=lambda grad: grad)
fmod_tensor = operation("FmodBackward1", k.fmod, promote=True,
                        self=lambda grad: grad,
                        other=lambda grad, self, other: -grad * div_rounded(self, other, "trunc"))
addcmul = operation("AddcmulBackward0", k.addcmul, promote=True,
                    self=lambda grad: grad,
                    tensor1=lambda grad, tensor2, value: grad * (tensor2 * value),
                    tensor2=lambda grad, tensor1, value: grad * (tensor1 * value))
addcdiv = operation("AddcdivBackward0", k.addcdiv, promote=True,
                    self=lambda grad: grad,
                    tensor1=lambda grad, tensor2, value: grad * (value / tensor2),
                    tensor2=lambda grad, tensor1, tensor2, value: -grad * (value * tensor1 / (tensor2 * tensor2)))
lerp = operation("LerpBackward0", only_float("lerp_kernel_scalar", k.lerp), promote=True,
                 self=lambda grad, weight: grad * (1 - weight), end=lambda grad, weight: grad * weight)
lerp_tensor = operation("LerpBackward1", only_float("lerp_kernel_tensor", k.lerp), promote=True,
                        self=lambda grad, weight: grad * (1 - weight),
                        end=lambda grad, weight: grad * weight,
                        weight=lambda grad, self, end: grad * (end - self))
neg = unary("NegBackward0", np.negative, self=lambda grad: -grad)
reciprocal = unary("ReciprocalBackward0", np.reciprocal, int_to_float=True,
                   self=lambda grad, result: -grad * (result * result))

# Powers: a tensor to a number, a tensor to a tensor, a number to a tensor

pow_number = operation("PowBackward0", k.power,
                       self=lambda grad, self, exponent:
                           zeros_like(grad) if exponent == 0 else grad * (exponent * pow_number(self, exponent - 1)))
pow_tensor = operation("PowBackward1", k.power, promote=True,
                       self=lambda grad, self, exponent:
                           masked_fill(grad * (exponent * self ** (exponent - 1)), exponent == 0, 0),
                       exponent=lambda grad, self, exponent, result:
                           grad * masked_fill(result * log(self), (self == 0) & _not_negative(exponent), 0))
number_pow = operation("PowBackward2", k.power,
                       exponent=lambda grad, self, exponent, result:
                           (grad * (result * k.log_of_number(self)) if self != 0 else
                            grad * masked_fill(result * -math.inf, _not_negative(exponent), 0)))

# Functions of one number

exp = unary("ExpBackward0", np.exp, int_to_float=True, self=lambda grad, result: grad * result)
log = unary("LogBackward0", np.log, int_to_float=True, self=lambda grad, self: grad / self)
sqrt = unary("SqrtBackward0", np.sqrt, int_to_float=True, self=lambda grad, result: grad / (2 * result))
exp2 = unary("Exp2Backward0", np.exp2, int_to_float=True, self=lambda grad, result: grad * result * math.log(2))
expm1 = unary("Expm1Backward0", np.expm1, int_to_float=True, self=lambda grad, result: grad * (result + 1))
log1p = unary("Log1PBackward0", np.log1p, int_to_float=True, self=lambda grad, self: grad / (self + 1))
log2 = unary("Log2Backward0", np.log2, int_to_float=True, self=lambda grad, self: grad / (self * math.log(2)))
log10 = unary("Log10Backward0", np.log10, int_to_float=True, self=lambda grad, self: grad / (self * math.log(10)))
rsqrt = unary("RsqrtBackward0", lambda self: 1 / np.sqrt(self), int_to_float=True,
              self=lambda grad, result: -0.5 * grad * result**3)
sin = unary("SinBackward0", np.sin, int_to_float=True, self=lambda grad, self: grad * cos(self))
cos = unary("CosBackward0", np.cos, int_to_float=True, self=lambda grad, self: grad * -sin(self))
tan = unary("TanBackward0", np.tan, int_to_float=True, self=lambda grad, result: grad * (1 + result * result))
asin = unary("AsinBackward0", np.arcsin, int_to_float=True, self=lambda grad, self: grad * rsqrt(1 - self * self))
acos = unary("AcosBackward0", np.arccos, int_to_float=True, self=lambda grad, self: grad * -rsqrt(1 - self * self))
atan = unary("AtanBackward0", np.arctan, int_to_float=True, self=lambda grad, self: grad / (self * self + 1))
sinc = unary("SincBackward0", np.sinc, int_to_float=True,
             self=lambda grad, self: masked_fill(grad * _sinc_slope(self), self == 0, 0))
sinh = unary("SinhBackward0", np.sinh, int_to_float=True, self=lambda grad, self: grad * cosh(self))
cosh = unary("CoshBackward0", np.cosh, int_to_float=True, self=lambda grad, self: grad * sinh(self))
tanh = unary("TanhBackward0", np.tanh, int_to_float=True, self=lambda grad, result: grad * (1 - result * result))
asinh = unary("AsinhBackward0", np.arcsinh, int_to_float=True, self=lambda grad, self: grad * rsqrt(self * self + 1))
acosh = unary("AcoshBackward0", np.arccosh, int_to_float=True, self=lambda grad, self:
                  grad * (rsqrt(self + 1) * rsqrt(self - 1) if is_complex(self) else rsqrt(self * self - 1)))
atanh = unary("AtanhBackward0", np.arctanh, int_to_float=True, self=lambda grad, self: grad * (1 / (1 - self * self)))
sigmoid = unary("SigmoidBackward0", k.sigmoid, int_to_float=True,
                self=lambda grad, result: grad * ((1 - result) * result))
erf = unary("ErfBackward0", special.erf, int_to_float=True,
            self=lambda grad, self: grad * (2 / math.sqrt(math.pi) * exp(-(self * self))))
erfc = unary("ErfcBackward0", special.erfc, int_to_float=True,
             self=lambda grad, self: grad * (-2 / math.sqrt(math.pi) * exp(-(self * self))))
erfinv = unary("ErfinvBackward0", special.erfinv, int_to_float=True,
               self=lambda grad, self: grad * (math.sqrt(math.pi) / 2 * exp(erfinv(self) ** 2)))
lgamma = unary("LgammaBackward0", special.lgamma, int_to_float=True, self=lambda grad, self: grad * digamma(self))
digamma = unary("DigammaBackward0", special.digamma, int_to_float=True,
                self=lambda grad, self: grad * polygamma(1, self))
polygamma = operation("PolygammaBackward0", lambda n, self: special.polygamma(n, k.to_float(self)),
                      self=lambda grad, n, self: grad * polygamma(n + 1, self))
logit = operation("LogitBackward0", k.logit,
                  self=lambda grad, self, eps:
                      masked_fill(grad / (self * (1 - self)), _outside(self, eps), math.nan if eps is None else 0))
deg2rad = unary("Deg2RadBackward0", lambda self: self * self.dtype.type(math.pi / 180), int_to_float=True,
                self=lambda grad: grad * (math.pi / 180))
rad2deg = unary("Rad2DegBackward0", lambda self: self * self.dtype.type(180 / math.pi), int_to_float=True,
                self=lambda grad: grad * (180 / math.pi))
relu = unary("ReluBackward0", k.relu, self=lambda grad, result: threshold_backward(grad, result))
abs = unary("AbsBackward0", no_bool("abs_cpu", np.abs), self=lambda grad, self: grad * sgn(self))

threshold_backward = operation("ThresholdBackwardBackward0",
                               lambda grad_output, self: k.kept(grad_output, ~(self <= 0)),
                               grad_output=lambda grad, self: threshold_backward(grad, self),
                               self=lambda grad: zeros_like(grad))

# Functions of two numbers

atan2 = operation("Atan2Backward0", lambda self, other: np.arctan2(*k.in_floats(self, other)), promote=True,
                  self=lambda grad, self, other: grad * other * _reciprocal_or_0(self * self + other * other),
                  other=lambda grad, self, other: grad * -self * _reciprocal_or_0(self * self + other * other))
hypot = operation("HypotBackward0", only_real_float("hypot_cpu", lambda self, other: np.hypot(self, other)),
                  promote=True,
                  self=lambda grad, self, result: grad * (self / result),
                  other=lambda grad, other, result: grad * (other / result))
logaddexp = operation("LogaddexpBackward0", k.logaddexp, promote=True,
                      self=lambda grad, self, other: grad / (1 + exp(other - self)),
                      other=lambda grad, self, other: grad / (1 + exp(self - other)))
logaddexp2 = operation("Logaddexp2Backward0",
                       only_real_float("logaddexp2_cpu", lambda self, other: np.logaddexp2(self, other)), promote=True,
                       self=lambda grad, self, other: grad / (1 + exp2(other - self)),
                       other=lambda grad, self, other: grad / (1 + exp2(self - other)))
xlogy = operation("XlogyBackward0", k.xlogy, promote=True,
                  self=lambda grad, self, other: masked_fill(xlogy(grad, other), (self == 0) & (other <= 0), 0),
                  other=lambda grad, self, other: grad * self / other)
number_xlogy = operation("XlogyBackward1", k.xlogy, other=lambda grad, self, other: grad * self / other)
xlogy_number = operation("XlogyBackward2", k.xlogy,
                         self=lambda grad, self, other:
                             masked_fill(xlogy_number(grad, other), (self == 0) & (other <= 0), 0))
copysign = operation("CopysignBackward0", lambda self, other: np.copysign(*k.in_floats(self, other)), promote=True,
                     self=lambda grad, self, result: grad * masked_fill(result / self, self == 0, 0),
                     other=lambda grad: zeros_like(grad))
copysign_number = operation("CopysignBackward1", lambda self, other: np.copysign(*k.in_floats(self, other)),
                            self=lambda grad, self, result: grad * masked_fill(result / self, self == 0, 0))

def _ldexp(self, other):
    broadcast(self.shape, other.shape)
    if self.dtype.kind == "f" and other.dtype.kind in "iu":  # the power of two might be too large a number
        return np.ldexp(self, other)
    return np.multiply(*promoted(*k.in_floats(self), 2.0 ** k.in_floats(other)[0]))


ldexp = operation("LdexpBackward0", _ldexp,
                  self=lambda grad, other: grad * number_pow(2.0, other),
                  other=lambda grad, result: grad * result * math.log(2))
frexp = operation("FrexpBackward0", k.frexp, extra=("exponent",),
                  self=lambda grad, exponent: grad / exp2(exponent))
nextafter = operation("NextafterBackward0", only_float("nextafter_cpu", lambda self, other: np.nextafter(self, other)),
                      promote=True,
                      self=lambda grad, self, other: masked_fill(grad, self == other, 0),
                      other=lambda grad: zeros_like(grad))

# Steps: constant almost everywhere

sign = unary("SignBackward0", k.sign, self=lambda grad: zeros_like(grad))
floor = unary("FloorBackward0", no_bool("floor_vml_cpu", np.floor), self=lambda grad: zeros_like(grad))
ceil = unary("CeilBackward0", no_bool("ceil_vml_cpu", np.ceil), self=lambda grad: zeros_like(grad))
trunc = unary("TruncBackward0", no_bool("trunc_vml_cpu", np.trunc), self=lambda grad: zeros_like(grad))
round = unary("RoundBackward0", only_real("round_vml_cpu", k.round), self=lambda grad: zeros_like(grad))
round_decimals = operation("RoundBackward1", k.round_decimals, self=lambda grad: zeros_like(grad))
frac = unary("FracBackward0", only_real_float("frac_cpu", lambda self: self - np.trunc(self)), self=lambda grad: grad)
div_rounded = operation("DivBackward2", k.rounded_quotient, promote=True,
                        self=lambda grad: zeros_like(grad), other=lambda grad: zeros_like(grad))

# Complex numbers: what only they have. Most of it has no derivative in the sense of calculus, so these rules are made
# for PyTorch's gradients, dL/dx + i dL/dy. To a complex result's rule, conjugates are given: see record.py.

conj_physical = unary("ConjPhysicalBackward0", np.conjugate, self=lambda grad: conj(grad))
view_as_real = view("ViewAsRealBackward0", k.view_as_real,
                    self=lambda grad: view_as_complex(contiguous_clone(grad)))
view_as_complex = view("ViewAsComplexBackward0", k.view_as_complex, self=lambda grad: view_as_real(grad))
complex = operation("ComplexBackward0", k.complex,  # which saves both, as PyTorch does
                    real=lambda grad, real: grad.real, imag=lambda grad, imag: grad.imag)
polar = operation("PolarBackward0", lambda abs, angle: k.complex(abs * np.cos(angle), abs * np.sin(angle)),
                  abs=lambda grad, result: (grad * sgn(result)).real,
                  angle=lambda grad, result: (grad * (result * -1j)).real)
angle = unary("AngleBackward0", k.angle, int_to_float=True,
              self=lambda grad, self:
                  grad * (_reciprocal_or_0(conj(self)) * 1j) if is_complex(self) else zeros_like(grad))
sgn = operation("SgnBackward0", k.sgn,
                self=lambda grad, self, result:
                    _direction(grad, result, abs(self)) if is_complex(self) else zeros_like(grad))

# In place only: `x.eq_(y)` writes 0 and 1 into x, whose gradient is then zero. For each a row for a number and one for
# a tensor.

COMPARISONS = {
    name: (operation(f"{name.title()}Backward0", k.written(compare),
                     self=lambda grad: zeros_like(grad)),
           operation(f"{name.title()}Backward1", k.written(compare), promote=True,
                     self=lambda grad: zeros_like(grad),
                     other=lambda grad: zeros_like(grad)))
    for name, compare in k.COMPARISONS.items()}

# Choosing between values

clamp = operation("ClampBackward1", k.clip,
                  self=lambda grad, self, min, max: masked_fill(grad, ~_inside(self, min, max), 0))
clamp_tensor = operation("ClampBackward0", k.clip, promote=True,
                         self=lambda grad, self, min, max: masked_fill(grad, ~_inside(self, min, max), 0),
                         min=lambda grad, self, min, max:
                             masked_fill(grad, self >= min if max is None else (self >= min) | (min > max), 0),
                         max=lambda grad, self, min, max:
                             masked_fill(grad, self <= max if min is None else (self <= max) & (min <= max), 0))
clamp_min = operation("ClampMinBackward0", no_bool("clamp_min_scalar_cpu", lambda self, min: np.maximum(self, min)),
                      self=lambda grad, self, min: masked_fill(grad, ~(self >= min), 0))
clamp_min_tensor = operation("ClampMinBackward1", lambda self, min: np.maximum(self, min), promote=True,
                             self=lambda grad, self, min: masked_fill(grad, ~(self >= min), 0),
                             min=lambda grad, self, min: masked_fill(grad, ~(self < min), 0))
clamp_max = operation("ClampMaxBackward0", no_bool("clamp_max_scalar_cpu", lambda self, max: np.minimum(self, max)),
                      self=lambda grad, self, max: masked_fill(grad, ~(self <= max), 0))
clamp_max_tensor = operation("ClampMaxBackward1", lambda self, max: np.minimum(self, max), promote=True,
                             self=lambda grad, self, max: masked_fill(grad, ~(self <= max), 0),
                             max=lambda grad, self, max: masked_fill(grad, ~(self > max), 0))
nan_to_num = operation("NanToNumBackward0", k.nan_to_num,
                       self=lambda grad, self: masked_fill(grad, self - self != 0, 0))  # which is NaN for infinities
where = operation("WhereBackward0", lambda condition, self, other: np.where(condition, self, other), promote=True,
                  tensors=("condition",),
                  self=lambda grad, condition: masked_fill(grad, ~condition, 0),
                  other=lambda grad, condition: masked_fill(grad, condition, 0))
masked_fill = operation("MaskedFillBackward0", lambda self, mask, value:
                            k.in_rows(np.where(mask, self.dtype.type(value), self)),
                        tensors=("mask",), self=lambda grad, mask: masked_fill(grad, mask, 0))
maximum = operation("MaximumBackward0", lambda self, other: np.maximum(self, other), promote=True,
                    self=lambda grad, self, other: masked_fill(grad / (1 + (self == other)), self < other, 0),
                    other=lambda grad, self, other: masked_fill(grad / (1 + (self == other)), self > other, 0))
minimum = operation("MinimumBackward0", lambda self, other: np.minimum(self, other), promote=True,
                    self=lambda grad, self, other: masked_fill(grad / (1 + (self == other)), self > other, 0),
                    other=lambda grad, self, other: masked_fill(grad / (1 + (self == other)), self < other, 0))

fmax = operation("FmaxBackward0", lambda self, other: np.fmax(self, other), promote=True,
                 self=lambda grad, self, other: masked_fill(grad, ~((self >= other) | (other != other)), 0),
                 other=lambda grad, self, other: masked_fill(grad, (self >= other) | (other != other), 0))
fmin = operation("FminBackward0", lambda self, other: np.fmin(self, other), promote=True,
                 self=lambda grad, self, other: masked_fill(grad, ~((self <= other) | (other != other)), 0),
                 other=lambda grad, self, other: masked_fill(grad, (self <= other) | (other != other), 0))

# Sums and products over all elements (…0) or over some dimensions (…1)

sum_all = operation("SumBackward0", lambda self, dtype: k.sum(self, None, False, dtype),
                    self=lambda grad, self_sym_sizes: expand(grad, self_sym_sizes))
sum_dim = operation("SumBackward1", k.sum,
                    self=lambda grad, self_sym_sizes, dim, keepdim:
                        expand(keep_dims(grad, dim, keepdim, self_sym_sizes), self_sym_sizes))
mean_all = operation("MeanBackward0", lambda self, dtype: k.mean(self, None, False, dtype),
                     self=lambda grad, self_sym_sizes, self_sym_numel: expand(grad, self_sym_sizes) / self_sym_numel)
mean_dim = operation("MeanBackward1", k.mean,
                     self=lambda grad, self_sym_sizes, self_sym_numel, dim, keepdim:
                         expand(keep_dims(grad, dim, keepdim, self_sym_sizes), self_sym_sizes)
                         / (self_sym_numel / max(math.prod(grad.shape), 1)))
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

var = operation("VarBackward0", k.var,
                self=lambda grad, self, dim, correction, keepdim: var_gradient(grad, self, dim, correction, keepdim))
std = operation("StdBackward0", lambda self, dim, correction, keepdim: np.sqrt(k.var(self, dim, correction, keepdim)),
                self=lambda grad, self, dim, correction, keepdim, result:
                    var_gradient(std_gradient(grad, result), self, dim, correction, keepdim))
logsumexp = operation("LogsumexpBackward0", k.logsumexp,
                      self=lambda grad, self, dim, keepdim, result:
                          keep_dims(grad, dim, keepdim, self.shape)
                          * exp(self - keep_dims(result, dim, keepdim, self.shape)))
nansum = operation("NansumBackward0", lambda self, dim, keepdim, dtype:
                       k.sum(np.where(np.isnan(self), self.dtype.type(0), self), dim, keepdim, dtype),
                   self=lambda grad, self, dim, keepdim: keep_dims(grad, dim, keepdim, self.shape) * (self == self))
dist = operation("DistBackward0", lambda self, other, p: k.norm(self - other, p, None, False), promote=True,
                 self=lambda grad, self, other, p, result: _norm_gradient(grad, self - other, p, result, None),
                 other=lambda grad, self, other, p, result: _norm_gradient(-grad, self - other, p, result, None))
cdist = operation("CdistBackward0", lambda x1, x2, p: k.norm(_pairs(x1, x2), p, (-1,), False),
                  x1=lambda grad, x1, x2, p, result:
                      zeros_like(x1) if p == 0 else sum_dim(_along(grad, x1, x2, p, result), (-2,), False, None),
                  x2=lambda grad, x1, x2, p, result:
                      zeros_like(x2) if p == 0 else sum_dim(_along(-grad, x1, x2, p, result), (-3,), False, None))

# Selections. Over all elements (or amax, amin) equal ones share the gradient; along one dimension the one at `indices`
# gets all of it.

max_all = operation("MaxBackward1", lambda self: np.max(self),
                    self=lambda grad, self, result: to_equals(grad, self, result))
min_all = operation("MinBackward1", lambda self: np.min(self),
                    self=lambda grad, self, result: to_equals(grad, self, result))
median_all = operation("MedianBackward0", lambda self: k.median(self, False),
                       self=lambda grad, self, result: to_equals(grad, self, result))
nanmedian_all = operation("NanmedianBackward0", lambda self: k.median(self, True),
                          self=lambda grad, self, result: to_equals(grad, self, result))
max_dim = operation("MaxBackward0", lambda self, dim, keepdim: k.at(self, np.argmax(self, dim), dim, keepdim),
                    extra=("indices",),
                    self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                        give_to(indices, grad, dim, keepdim, self_sym_sizes))
min_dim = operation("MinBackward0", lambda self, dim, keepdim: k.at(self, np.argmin(self, dim), dim, keepdim),
                    extra=("indices",),
                    self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                        give_to(indices, grad, dim, keepdim, self_sym_sizes))
median_dim = operation("MedianBackward1", lambda self, dim, keepdim: k.median_along(self, dim, keepdim, False),
                       extra=("indices",),
                       self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                           give_to(indices, grad, dim, keepdim, self_sym_sizes))
nanmedian_dim = operation("NanmedianBackward1", lambda self, dim, keepdim: k.median_along(self, dim, keepdim, True),
                          extra=("indices",),
                          self=lambda grad, dim, keepdim, indices, self_sym_sizes:
                              give_to(indices, grad, dim, keepdim, self_sym_sizes))
amax = operation("AmaxBackward0", lambda self, dim, keepdim: np.max(self, axis=dim, keepdims=keepdim),
                 self=lambda grad, self, dim, keepdim, result:
                     share(keep_dims(grad, dim, keepdim, self.shape),
                           self == keep_dims(result, dim, keepdim, self.shape), dim))
amin = operation("AminBackward0", lambda self, dim, keepdim: np.min(self, axis=dim, keepdims=keepdim),
                 self=lambda grad, self, dim, keepdim, result:
                     share(keep_dims(grad, dim, keepdim, self.shape),
                           self == keep_dims(result, dim, keepdim, self.shape), dim))

# Along one dimension, with as many results as elements

softmax = operation("SoftmaxBackward0", k.softmax,
                    self=lambda grad, dim, result: (grad - sum_dim(grad * result, dim, True, None)) * result)
log_softmax = operation("LogSoftmaxBackward0", k.log_softmax,
                        self=lambda grad, dim, result: grad - exp(result) * sum_dim(grad, dim, True, None))

# Products of vectors and matrices

dot = operation("DotBackward0", no_bool("dot", lambda self, tensor: np.dot(self, tensor)),
                self=lambda grad, tensor: grad * tensor, tensor=lambda grad, self: grad * self)
mv = operation("MvBackward0", no_bool("addmv_impl_cpu", lambda self, vec: np.matmul(self, vec)),
               self=lambda grad, vec: grad.unsqueeze(1) * vec, vec=lambda grad, self: mv(t(self), grad))
mm = operation("MmBackward0", no_bool("addmm_impl_cpu_", lambda self, mat2: np.matmul(self, mat2)),
               self=lambda grad, mat2: mm(grad, t(mat2)), mat2=lambda grad, self: mm(t(self), grad))
bmm = operation("BmmBackward0", no_bool("bmm", lambda self, mat2: np.matmul(self, mat2)),
                self=lambda grad, mat2: bmm(grad, transpose(mat2, 1, 2)),
                mat2=lambda grad, self: bmm(transpose(self, 1, 2), grad))
vdot = operation("VdotBackward0", no_bool("dot", lambda self, other: np.vdot(self, other)),
                 self=lambda grad, other: conj(grad * other), other=lambda grad, self: grad * conj(self))

cross = operation("LinalgCrossBackward0", no_bool("cross", lambda self, other, dim:
                      np.ascontiguousarray(np.cross(self, other, axis=dim))),
                  promote=True,
                  self=lambda grad, other, dim: cross(other, grad, dim),
                  other=lambda grad, self, dim: cross(grad, self, dim))

# beta * self + alpha * product, the product one of the above, of two vectors, or of a batch and then its sum

addmm = operation("AddmmBackward0", no_bool("addmm_impl_cpu_", lambda self, mat1, mat2, beta, alpha:
                      k.plus(self, np.matmul(mat1, mat2), beta, alpha)),
                  self=lambda grad, beta: scaled(grad, beta),
                  mat1=lambda grad, mat2, alpha: scaled(grad.mm(mat2.t()), alpha),
                  mat2=lambda grad, mat1, alpha: scaled(mat1.t().mm(grad), alpha))
addmv = operation("AddmvBackward0", no_bool("addmv_impl_cpu", lambda self, mat, vec, beta, alpha:
                      k.plus(self, np.matmul(mat, vec), beta, alpha)),
                  self=lambda grad, beta: scaled(grad, beta),
                  mat=lambda grad, vec, alpha: scaled(grad.unsqueeze(1) * vec, alpha),
                  vec=lambda grad, mat, alpha: scaled(mat.t().mv(grad), alpha))
addr = operation("AddrBackward0", lambda self, vec1, vec2, beta, alpha:
                     k.plus(self, np.outer(vec1, vec2), beta, alpha),
                 self=lambda grad, beta: scaled(grad, beta),
                 vec1=lambda grad, vec2, alpha: scaled(grad.mv(vec2), alpha),
                 vec2=lambda grad, vec1, alpha: scaled(grad.t().mv(vec1), alpha))
baddbmm = operation("BaddbmmBackward0", no_bool("baddbmm", lambda self, batch1, batch2, beta, alpha:
                        k.plus(self, np.matmul(batch1, batch2), beta, alpha)),
                    self=lambda grad, beta: scaled(grad, beta),
                    batch1=lambda grad, batch2, alpha: scaled(grad.bmm(batch2.transpose(1, 2)), alpha),
                    batch2=lambda grad, batch1, alpha: scaled(batch1.transpose(1, 2).bmm(grad), alpha))
addbmm = operation("AddbmmBackward0", no_bool("addmm_impl_cpu_", lambda self, batch1, batch2, beta, alpha:
                       k.plus(self, np.add.reduce(np.matmul(batch1, batch2), 0, batch1.dtype), beta, alpha)),
                   self=lambda grad, beta: scaled(grad, beta),
                   batch1=lambda grad, batch2, alpha:
                       scaled(grad.expand(len(batch2), *grad.shape).bmm(batch2.transpose(1, 2)), alpha),
                   batch2=lambda grad, batch1, alpha:
                       scaled(batch1.transpose(1, 2).bmm(grad.expand(len(batch1), *grad.shape)), alpha))

# Copies

clone = operation("CloneBackward0", lambda self: self.copy(k.order(self)), self=lambda grad: grad)
contiguous_clone = operation("CloneBackward0", lambda self: self.copy(), self=lambda grad: grad)
to_copy = operation("ToCopyBackward0", lambda self, dtype: k.converted(self, dtype, k.order(self)),
                    self=lambda grad: grad)  # the engine converts it to the input's dtype

# Views: the same memory, seen otherwise

view_as_shape = view("ViewBackward0", lambda self, size: self.reshape(size),
                     self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
reshape_alias = view("ReshapeAliasBackward0", lambda self, size: self.reshape(size),
                     self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
unsafe_view = operation("UnsafeViewBackward0", lambda self, size: self.reshape(size),
                        self=lambda grad, self_sym_sizes: grad.reshape(self_sym_sizes))
alias = view("AliasBackward0", lambda self: self.view(), self=lambda grad: grad)
t = view("TBackward0", lambda self: self.T, self=lambda grad: t(grad))
transpose = view("TransposeBackward0", lambda self, dim0, dim1:
                     self.swapaxes(dim0, dim1) if self.ndim else self.view(),
                 self=lambda grad, dim0, dim1: transpose(grad, dim0, dim1))
permute = view("PermuteBackward0", lambda self, dims: np.transpose(self, dims),
               self=lambda grad, dims: grad.permute(np.argsort(dims).tolist()))
expand = view("ExpandBackward0", k.expand, self=lambda grad, self_sym_sizes: sum_to_size(grad, self_sym_sizes))
unsqueeze = view("UnsqueezeBackward0", lambda self, dim: np.expand_dims(self, dim),
                 self=lambda grad, dim: grad.squeeze(dim))
squeeze_all = view("SqueezeBackward0", lambda self: self.squeeze(),
                   self=lambda grad, self_sym_sizes: _unsqueezed(grad, self_sym_sizes, range(len(self_sym_sizes))))
squeeze_dim = view("SqueezeBackward1", lambda self, dim: k.squeeze(self, (dim,)),
                   self=lambda grad, self_sym_sizes, dim: _unsqueezed(grad, self_sym_sizes, (dim,)))
squeeze_product = operation("SqueezeBackward4", lambda self, dim: self.squeeze(dim),
                            self=lambda grad, self_sym_sizes, dim: _unsqueezed(grad, self_sym_sizes, (dim,)))
squeeze_dims = view("SqueezeBackward2", lambda self, dim: k.squeeze(self, dim),
                    self=lambda grad, self_sym_sizes, dim: _unsqueezed(grad, self_sym_sizes, sorted(dim)))

# What the rules above share


def _unsqueezed(grad, sizes, dims):
    """With those dimensions of size 1 again that were taken out."""
    for dim in dims:
        if sizes and sizes[dim] == 1:
            grad = unsqueeze(grad, dim)
    return grad


def scaled(grad, factor):
    return grad if factor == 1 else grad * factor


def zeros_like(grad):
    return grad.new_zeros(grad.shape)


def is_complex(self):
    return self.is_complex()


zeros_like.forward, is_complex.forward = np.zeros_like, np.iscomplexobj


def keep_dims(reduced, dim, keepdim, sizes):
    """A reduction's result with the reduced dimensions put back as 1; dim None stands for all."""
    if keepdim or not sizes:
        return reduced
    if dim is None:
        return reduced.reshape([1] * len(sizes))
    dims = [n % len(sizes) for n in ((dim,) if isinstance(dim, int) else dim)]
    return reduced.reshape([1 if d in dims else n for d, n in enumerate(sizes)])


def sum_to_size(grad, sizes):
    """The adjoint of broadcasting: what went to many copies is summed back to the one they came from."""
    if not sizes:
        return sum_all(grad, None)
    leading = len(grad.shape) - len(sizes)
    ones = [d for d, n in enumerate(sizes, leading) if n == 1 and grad.shape[d] != 1]
    if leading or ones:
        grad = sum_dim(grad, (*range(leading), *ones), True, None)
    return view_as_shape(grad, sizes) if leading else grad


def to_equals(grad, self, result):
    """An equal part of the gradient to each element that is as large as the result; NaN if that is NaN."""
    others = self != result if result == result else self == self
    return masked_fill(grad / sum_dim(~others, None, False, None), others, 0)


def share(grad, mask, dim):
    """An equal part of the gradient to each element that the mask selects."""
    return grad / sum_dim(mask, dim, dim is not None, None) * mask


def give_to(indices, grad, dim, keepdim, sizes):
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
        return grad * sgn(self)
    if ord == 2:
        return grad * masked_fill(self / result, result == 0, 0)
    if math.isinf(ord):
        return sgn(self) * share(grad, (abs(self) == result) | (self != self), dim)  # sgn(nan) is 0
    power = abs(self) ** (ord - 1 if ord < 2 else ord - 2)
    direction = sgn(self) * (masked_fill(power, self == 0, 0) if ord < 1 else power) if ord < 2 else self * power
    is_zero = result == 0
    return direction * masked_fill(grad / masked_fill(result, is_zero, 1) ** (ord - 1), is_zero, 0)


def _pairs(x1, x2):
    return x1[..., :, None, :] - x2[..., None, :, :]


def _along(grad, x1, x2, p, result):
    """The gradients of distances, along the difference of each pair of rows; of the largest of it, each that is."""
    grad, pairs, result = grad[..., None], _pairs(x1, x2), result[..., None]
    if math.isinf(p):
        return grad * sign(pairs) * (abs(pairs) == result)
    return _norm_gradient(grad, pairs, p, result, (-1,))


def var_gradient(grad, self, dim, correction, keepdim):
    size = math.prod(self.shape) // max(math.prod(grad.shape), 1)
    away = self - sum_dim(self, dim, True, None) / size
    free = size - (1 if correction is None else correction)
    if dim is None and free <= 0:
        return grad * masked_fill(masked_fill(away, away == 0, math.nan), away != 0, math.inf)
    return keep_dims(grad, dim, keepdim, self.shape) * away * (2 / free if free else math.inf)


def std_gradient(grad, result):
    return masked_fill(grad / (2 * result), result == 0, 0)


def _direction(grad, result, size):
    """The part of the gradient of ``z / |z|`` that lies across z, for a z of that `size`; 0 at 0."""
    grad = masked_fill(grad / size, size == 0, 0)
    return grad - (grad * result).real * conj(result)


def _not_negative(exponent):
    if is_complex(exponent):
        return (exponent.real >= 0) & (exponent.imag == 0)
    return exponent >= 0


def _sinc_slope(self):
    x = math.pi * self
    return (x * cos(x) - sin(x)) / (x * self)


def _outside(self, eps):
    return (self < (eps or 0)) | (self > 1 - (eps or 0))


def _reciprocal_or_0(self):
    return masked_fill(reciprocal(self), self == 0, 0)


def _inside(self, min, max):
    if min is None:
        return self <= max
    return self >= min if max is None else (self >= min) & (self <= max)
