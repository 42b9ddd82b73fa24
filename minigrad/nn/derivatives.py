"""The table of the layers: what they compute, and the gradient of each input. Continues `minigrad/derivatives.py`.

Operations called `..._backward` are themselves differentiable: they are what the double backward runs through.
"""

import math

import numpy as np

from ..derivatives import norm, sigmoid, sum_dim, tanh, threshold_backward, zeros_like
from ..grad_mode import mode
from ..operators.arithmetic import where, without_derivative
from ..operators.joining import cat, chunk
from ..record import operation, with_number
from ..tensor import wrap
from . import kernels as k
from .kernels import MEAN, NONE, SUM

# A tensor and a number, where PyTorch's own functions combine them: the number is no operand there

add_number = operation("AddBackward1", lambda self, other: np.add(*with_number(self, other)),
                       self=lambda grad: grad)
sub_number = operation("SubBackward1", lambda self, other: np.subtract(*with_number(self, other)),
                       self=lambda grad: grad)
mul_number = operation("MulBackward1", lambda self, other: np.multiply(*with_number(self, other)),
                       self=lambda grad, other: mul_number(grad, other))
div_number = operation("DivBackward1", lambda self, other: np.true_divide(*with_number(self, other)),
                       self=lambda grad, other: div_number(grad, other))

# Activations

leaky_relu = operation("LeakyReluBackward0", k.leaky_relu,
                       self=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope))
leaky_relu_backward = operation(
    "LeakyReluBackwardBackward0", k.leaky_relu_slope,
    grad_output=lambda grad, self, negative_slope: leaky_relu_backward(grad, self, negative_slope),
    self=lambda grad: zeros_like(grad))
elu = operation("EluBackward0", k.elu,
                self=lambda grad, self, alpha, scale, input_scale: elu_backward(grad, self, alpha, scale, input_scale))
celu = operation("CeluBackward0", lambda self, alpha: k.elu(self, alpha, 1, 1 / alpha),
                 self=lambda grad, self, alpha: elu_backward(grad, self, alpha, 1, 1 / alpha))
elu_backward = operation(
    "EluBackwardBackward0", k.elu_slope,
    grad_output=lambda grad, self, alpha, scale, input_scale: elu_backward(grad, self, alpha, scale, input_scale),
    self=lambda grad, grad_output, self, alpha, scale, input_scale:
        grad * grad_output * ((self * input_scale).exp() * (alpha * scale * input_scale**2)).masked_fill(self >= 0, 0))
gelu = operation("GeluBackward0", k.gelu,
                 self=lambda grad, self, approximate: gelu_backward(grad, self, approximate))
gelu_backward = operation("GeluBackwardBackward0", k.gelu_slope,
                          grad_output=lambda grad, self, approximate: gelu_backward(grad, self, approximate),
                          self=lambda grad, grad_output, self, approximate:
                              grad * grad_output * _gelu_bend(self, approximate))
silu = operation("SiluBackward0", k.silu,
                 self=lambda grad, self: _silu_gradient(grad, self, sigmoid(self)))
mish = operation("MishBackward0", k.mish,
                 self=lambda grad, self: _mish_gradient(grad, self, sigmoid(self), tanh(softplus(self, 1, 20))))
softplus = operation("SoftplusBackward0", k.softplus,
                     self=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold))
softplus_backward = operation(
    "SoftplusBackwardBackward0", k.softplus_slope,
    grad_output=lambda grad, self, beta, threshold: softplus_backward(grad, self, beta, threshold),
    self=lambda grad, grad_output, self, beta, threshold:
        grad * grad_output * (_sigmoid_slope(self * beta) * beta).masked_fill(self * beta > threshold, 0))
hardtanh = operation("HardtanhBackward0", k.hardtanh,
                     self=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val))
hardtanh_backward = operation(
    "HardtanhBackwardBackward0", k.hardtanh_slope,
    grad_output=lambda grad, self, min_val, max_val: hardtanh_backward(grad, self, min_val, max_val),
    self=lambda grad: zeros_like(grad))
hardsigmoid = operation("HardsigmoidBackward0", k.hardsigmoid,
                        self=lambda grad, self: without_derivative(
                            "hardsigmoid_backward", wrap(k.hardsigmoid_slope(grad.array, self.array)), grad, self))
hardswish = operation("HardswishBackward0", k.hardswish,
                      self=lambda grad, self: hardswish_backward(grad, self))
hardswish_backward = operation("HardswishBackwardBackward0", k.hardswish_slope,
                               grad_output=lambda grad, self: hardswish_backward(grad, self),
                               self=lambda grad, grad_output, self:
                                   (grad * grad_output / 3).masked_fill((self <= -3) | (self >= 3), 0))
softshrink = operation("SoftshrinkBackward0", k.softshrink,
                       self=lambda grad, self, lambd: softshrink_backward(grad, self, lambd))
softshrink_backward = operation("SoftshrinkBackwardBackward0", k.shrink_slope,
                                grad_output=lambda grad, self, lambd: softshrink_backward(grad, self, lambd),
                                self=lambda grad: zeros_like(grad))
hardshrink = operation("HardshrinkBackward0", k.hardshrink,
                       self=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd))
hardshrink_backward = operation("HardshrinkBackwardBackward0", k.shrink_slope,
                                grad_output=lambda grad, self, lambd: hardshrink_backward(grad, self, lambd),
                                self=lambda grad: zeros_like(grad))
log_sigmoid = operation("LogSigmoidBackward0", k.log_sigmoid,
                        self=lambda grad, self: log_sigmoid_backward(grad, self))
log_sigmoid_backward = operation("LogSigmoidBackwardBackward0", k.log_sigmoid_slope,
                                 grad_output=lambda grad, self: log_sigmoid_backward(grad, self),
                                 self=lambda grad, grad_output, self: -(grad * grad_output * _sigmoid_slope(self)))
threshold = operation("ThresholdBackward0", k.threshold,
                      self=lambda grad, self, threshold: threshold_backward(grad, self - threshold))

# ... and in place, where the input is gone but can be told from the result

leaky_relu_ = operation("LeakyReluBackward1", k.leaky_relu,
                        self=lambda grad, result, negative_slope: leaky_relu_backward(grad, result, negative_slope))
elu_ = operation("EluBackward1", k.elu,
                 self=lambda grad, result, alpha, scale, input_scale:
                     grad * ((result + alpha * scale) * input_scale).masked_fill(result > 0, scale))
celu_ = operation("CeluBackward1", celu.forward,
                  self=lambda grad, result, alpha: grad * (result / alpha + 1).masked_fill(result > 0, 1))
threshold_ = operation("ThresholdBackward1", k.threshold,
                       self=lambda grad, self, threshold: threshold_backward(grad, self - threshold))

# Activations with a weight, with noise, with a gate

prelu = operation("PreluKernelBackward0", k.prelu,
                  self=lambda grad, self, weight: where(self > 0, grad, weight * grad),
                  weight=lambda grad, self: (self * grad).masked_fill(self > 0, 0))
rrelu = operation("RreluWithNoiseBackward0", k.rrelu, tensors=("noise",),
                  self=lambda grad, self, noise: rrelu_backward(grad, self, noise))
rrelu_ = operation("RreluWithNoiseBackward1", k.rrelu, tensors=("noise",),
                   self=lambda grad, result, noise: rrelu_backward(grad, result, noise))
rrelu_backward = operation("RreluWithNoiseBackwardBackward0", lambda grad_output, self, noise: grad_output * noise,
                           tensors=("noise",),
                           grad_output=lambda grad, self, noise: rrelu_backward(grad, self, noise),
                           self=lambda grad: zeros_like(grad))
glu = operation("GluBackward0", k.glu,
                self=lambda grad, self, dim: _glu_gradient(grad, *chunk(self, 2, dim), dim))
IN_PLACE = {leaky_relu: leaky_relu_, elu: elu_, celu: celu_, threshold: threshold_, rrelu: rrelu_}

SMALLEST = 9.999999960041972e-13  # 1e-12, as a float32

# Losses. `reduction` says what becomes of the elements: 0 nothing, 1 their mean, 2 their sum.


def loss_of_difference(name, loss, slope, bend):
    """The two rows of a loss that looks at ``self - target`` alone; `bend` is the derivative of `slope`."""
    loss_backward = operation(
        f"{name}LossBackwardBackward0", lambda grad_output, self, target, reduction, width:
            slope(self - target, width) * k.shared(grad_output, reduction, self.size),
        grad_output=lambda grad, self, target, reduction, width:
            _reduced(loss_backward(grad, self, target, NONE, width), reduction),
        self=lambda grad, grad_output, self, target, reduction, width:
            _shared(grad * grad_output * bend(self - target, width), reduction, self),
        target=lambda grad, grad_output, self, target, reduction, width:
            -_shared(grad * grad_output * bend(self - target, width), reduction, self))  # fmt: skip
    return operation(
        f"{name}LossBackward0", loss, promote=True,
        self=lambda grad, self, target, reduction, width: loss_backward(grad, self, target, reduction, width),
        target=lambda grad, self, target, reduction, width:
            loss_backward(grad, target, self, reduction, width))  # fmt: skip


mse_loss = loss_of_difference("Mse", k.mse_loss, k.mse_slope,
                              lambda difference, width: 2)
smooth_l1_loss = loss_of_difference("SmoothL1", k.smooth_l1_loss, k.smooth_l1_slope,
                                    lambda difference, width: (difference.abs() < width) / width)
huber_loss = loss_of_difference("Huber", k.huber_loss, k.huber_slope,
                                lambda difference, width: difference.abs() < width)
binary_cross_entropy = operation(
    "BinaryCrossEntropyBackward0", k.binary_cross_entropy, tensors=("weight",),
    self=lambda grad, self, target, weight, reduction:
        _weighted(grad * (self - target) / ((1 - self) * self).clamp(min=SMALLEST), weight, reduction, self),
    target=lambda grad, self, weight, reduction:
        _weighted(grad * -self.logit(), weight, reduction, self))
binary_cross_entropy_with_logits = operation(
    "BinaryCrossEntropyWithLogitsBackward0", k.binary_cross_entropy_with_logits, tensors=("weight", "pos_weight"),
    self=lambda grad, self, target, weight, pos_weight, reduction:
        _weighted(_logits_slope(self, target, pos_weight) * grad, weight, reduction, self),
    target=lambda grad, self, weight, pos_weight, reduction:
        _weighted((-self if pos_weight is None else log_sigmoid(-self) - log_sigmoid(self) * pos_weight) * grad,
                  weight, reduction, self))
soft_margin_loss = operation("SoftMarginLossBackward0", k.soft_margin, tensors=("target",),
                             self=lambda grad, self, target, reduction:
                                 _shared(-target * sigmoid(-target * self) * grad, reduction, self))
nll_loss = operation(
    "NllLossBackward0", k.nll_loss, extra=("total_weight",), tensors=("target", "weight"),
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight:
        nll_loss_backward(grad, self, target, weight, reduction, ignore_index, total_weight))
nll_loss_backward = operation(
    "NllLossBackwardBackward0", k.nll_loss_slope,
    grad_output=lambda grad, target, weight, reduction, ignore_index: nll_loss(grad, target, weight, reduction,
                                                                               ignore_index)[0],
    self=lambda grad: zeros_like(grad))
nll_loss2d = operation(
    "NllLoss2DBackward0", k.nll_loss2d, extra=("total_weight",), tensors=("target", "weight"),
    self=lambda grad, self, target, weight, reduction, ignore_index, total_weight:
        nll_loss2d_backward(grad, self, target, weight, reduction, ignore_index, total_weight))
nll_loss2d_backward = operation(
    "NllLoss2DBackwardBackward0", k.nll_loss_slope,
    grad_output=lambda grad, target, weight, reduction, ignore_index: nll_loss2d(grad, target, weight, reduction,
                                                                                 ignore_index)[0],
    self=lambda grad: zeros_like(grad))

distance = operation("NormBackward1", norm.forward, self=norm.node.rules[0])

# Layers

layer_norm = operation(
    "NativeLayerNormBackward0", k.layer_norm, extra=("mean", "rstd"),
    input=lambda grad, input, normalized_shape, weight, mean, rstd, eps:
        _through_mean(grad if weight is None else grad * weight, input, mean, rstd, eps, _last(normalized_shape)),
    weight=lambda grad, input, normalized_shape, mean, rstd, eps:
        grad * _normal(input, mean, rstd, eps, _last(normalized_shape))[0],
    bias=lambda grad, bias: grad)
group_norm = operation(
    "NativeGroupNormBackward0", k.group_norm, extra=("mean", "rstd"),
    input=lambda grad, input, weight, mean, rstd, groups, eps:
        _through_mean(_grouped(grad if weight is None else grad * _column(weight, grad), groups),
                      _grouped(input, groups), mean, rstd, eps, (2,)).reshape(input.shape),
    weight=lambda grad, input, mean, rstd, groups, eps:
        _per_channel(grad * _normal(_grouped(input, groups), mean, rstd, eps, (2,))[0].reshape(input.shape)),
    bias=lambda grad: _per_channel(grad))
batch_norm = operation(
    "NativeBatchNormBackward0", k.batch_norm, extra=("mean", "rstd"),
    input=lambda grad, input, weight, training, mean, rstd, eps:
        _through_batch(grad if weight is None else grad * _column(weight, grad), input, training, mean, rstd, eps),
    weight=lambda grad, input, training, mean, rstd, eps:
        _per_channel(grad * _normal(input, mean, rstd, eps, _all_but_channels(input, training))[0]),
    bias=lambda grad: _per_channel(grad))
embedding = operation(
    "EmbeddingBackward0", k.embedding, tensors=("indices",),
    weight=lambda grad, weight_sym_sizes, indices, padding_idx, scale_grad_by_freq:
        embedding_backward(grad, indices, weight_sym_sizes[0], padding_idx, scale_grad_by_freq))
embedding_backward = operation(
    "EmbeddingDenseBackwardBackward0", k.embedding_slope, tensors=("indices",),
    grad_output=lambda grad, indices, padding_idx: _without_padding(embedding(grad, indices, -1, False), indices,
                                                                    padding_idx))
trilinear = operation(
    "TrilinearBackward0", k.trilinear,
    i1=lambda grad, i2, i3, expand1, expand2, expand3, sumdim:
        trilinear(grad, i2, i3, sumdim, expand2, expand3, expand1),
    i2=lambda grad, i1, i3, expand1, expand2, expand3, sumdim:
        trilinear(i1, grad, i3, expand1, sumdim, expand3, expand2),
    i3=lambda grad, i1, i2, expand1, expand2, expand3, sumdim:
        trilinear(i1, i2, grad, expand1, expand2, sumdim, expand3))

# What the rules above share


def _sigmoid_slope(x):
    s = sigmoid(x)
    return s * (1 - s)


def _gelu_bend(self, approximate):
    if approximate == "tanh":
        scale, cubic = math.sqrt(2 / math.pi), 0.044715
        square = self * self
        t = (self * (square * cubic + 1) * scale).tanh()
        slope = (square * (3 * cubic) + 1) * scale
        return (1 - t * t) * (slope + square * (3 * cubic * scale) - self * t * slope * slope)
    return (self * self * -0.5).exp() * (2 - self * self) / math.sqrt(2 * math.pi)


def _silu_gradient(grad, self, s):
    return grad * s * (self * (1 - s) + 1)


def _mish_gradient(grad, self, s, t):
    return grad * (t + self * s * (1 - t * t))


def _glu_gradient(grad, first, second, dim):
    gate = second.sigmoid()
    return cat([grad * gate, grad * first * gate * (1 - gate)], dim)


def _reduced(values, reduction):
    return values if reduction == NONE else values.sum() if reduction == SUM else values.mean()


def _shared(values, reduction, self):
    return div_number(values, math.prod(self.shape)) if reduction == MEAN else values


def _weighted(values, weight, reduction, self):
    return _shared(values if weight is None else values * weight, reduction, self)


def _logits_slope(self, target, pos_weight):
    if pos_weight is None:
        return sigmoid(self) - target
    weighted = pos_weight * target
    return (weighted + 1 - target) * sigmoid(self) - weighted


def _last(normalized_shape):
    return tuple(range(-len(normalized_shape), 0))


def _mean(x, axes):
    return sum_dim(x, axes, True, None) / math.prod([x.shape[axis] for axis in axes])


def _normal(input, mean, rstd, eps, axes):
    """``(input - mean) * rstd``, and rstd. For a double backward both are computed anew, from input."""
    if mode.enabled and axes is not None:
        mean = _mean(input, axes)
        rstd = (_mean((input - mean) ** 2, axes) + eps).rsqrt()
    return (input - mean) * rstd, rstd


def _known_normal(input, mean, rstd, eps, axes):
    return (input - mean) * rstd, rstd


_normal.forward = _known_normal  # over arrays there is no double backward


def _through_mean(grad, input, mean, rstd, eps, axes):
    """What is left of the gradient without its part along the mean and its part along the normal."""
    normal, rstd = _normal(input, mean, rstd, eps, axes)
    return (grad - _mean(grad, axes) - normal * _mean(grad * normal, axes)) * rstd


def _through_batch(grad, input, training, mean, rstd, eps):
    return _through_mean(grad, input, mean, rstd, eps, _all_but_channels(input, True)) if training else grad * rstd


def _all_but_channels(input, training):
    return tuple([axis for axis in range(input.ndim) if axis != 1]) if training else None


def _grouped(x, groups):
    return x.reshape(x.shape[0], groups, math.prod(x.shape[1:]) // groups)


def _column(weight, grad):
    return weight.reshape(1, -1, *[1] * (grad.ndim - 2))


def _per_channel(grad):
    return sum_dim(grad, _all_but_channels(grad, True), False, None)


def _without_padding(rows, indices, padding_idx):
    return rows if padding_idx < 0 else rows.masked_fill((indices == padding_idx).unsqueeze(-1), 0)
