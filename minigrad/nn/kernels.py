"""What the layers compute, on numpy arrays. `derivatives.py` beside it has their gradients.

`slope` and `bend` in a name are the first and the second derivative. Parameters are named as in the rules of the table,
which ask for them by name.
"""

import functools
import math

import numpy as np

from ..dtypes import from_numpy_dtype
from ..error_and_gamma import erf
from ..kernels import in_rows, no_bool, only_real, sigmoid

SIXTH = float(np.float32(1 / 6))  # the slope of hardsigmoid is rounded, whatever the dtype
NONE, MEAN, SUM = range(3)  # what a loss does with its elements


def floats(kernel):
    """Decorates a function of floats: float16 is computed in float32, integers are refused in the words of `kernel`."""

    def decorate(forward):
        @functools.wraps(forward)
        def computed(*arguments):
            first = arguments[0]
            if first.dtype.kind != "f":
                title = from_numpy_dtype(first.dtype).title
                raise NotImplementedError(f"\"{kernel}\" not implemented for '{title}'")
            if first.dtype != np.float16:
                return forward(*arguments)
            wide = [x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype == np.float16 else x
                    for x in arguments]  # fmt: skip
            result = forward(*wide)
            return tuple(map(_narrow, result)) if isinstance(result, tuple) else _narrow(result)

        return computed

    return decorate


def _narrow(array):
    return array.astype(np.float16) if array.dtype == np.float32 else array


# Activations


@floats("leaky_relu_cpu")
def leaky_relu(self, negative_slope):
    return np.where(self > 0, self, self * negative_slope)


def leaky_relu_slope(grad_output, self, negative_slope):
    return np.where(self > 0, grad_output, grad_output * negative_slope)


@floats("elu_cpu")
def elu(self, alpha, scale, input_scale):
    return np.where(self > 0, self * scale, np.expm1(np.minimum(self, 0) * input_scale) * (alpha * scale))


def elu_slope(grad_output, self, alpha, scale, input_scale):
    below = np.exp(np.minimum(self, 0) * input_scale) * (input_scale * alpha * scale)
    return grad_output * np.where(self <= 0, below, self.dtype.type(scale))


@floats("GeluKernelImpl")
def gelu(self, approximate):
    if approximate == "tanh":
        return 0.5 * self * (1 + np.tanh(_gelu_inner(self)))
    return self * _normal_distribution(self)


def _normal_distribution(self):
    """The probability that a standard normal number is below `self`: half the complementary error function.

    Python's erf is exact but takes one number at a time. For float32, all digits come from a Chebyshev series in
    t = 1 / (1 + |x| / 2) (Press and others, Numerical Recipes, 6.2.2) too, in a tenth of the time.
    """
    if self.dtype != np.float32:
        return 0.5 * (1 + erf(self * math.sqrt(0.5)))
    x = np.abs(self) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + 0.5 * x)
    series = np.full_like(x, ERFC[0])
    for coefficient in ERFC[1:]:
        series *= t
        series += np.float32(coefficient)
    half = 0.5 * t * np.exp(series - x * x)
    return np.where(self < 0, half, 1 - half)


ERFC = (0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
        -1.26551223)  # fmt: skip


def _gelu_inner(self):
    return math.sqrt(2 / math.pi) * (self + 0.044715 * self * self * self)


@floats("GeluBackwardKernelImpl")
def gelu_slope(grad_output, self, approximate):
    if approximate == "tanh":
        t = np.tanh(_gelu_inner(self))
        inner_slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * self * self)
        return grad_output * (0.5 * (1 + t) + 0.5 * self * (1 - t * t) * inner_slope)
    density = np.exp(-0.5 * self * self) / math.sqrt(2 * math.pi)
    return grad_output * (_normal_distribution(self) + self * density)


@floats("silu_cpu")
def silu(self):
    return self * sigmoid(self)


@floats("mish_cpu")
def mish(self):
    return self * np.tanh(np.logaddexp(self, 0))


@floats("softplus_cpu")
def softplus(self, beta, threshold):
    z = self * beta
    return np.where(z > threshold, self, np.log1p(np.exp(np.minimum(z, threshold))) / beta)


def softplus_slope(grad_output, self, beta, threshold):
    z = self * beta
    return np.where(z > threshold, grad_output, grad_output * sigmoid(np.minimum(z, threshold)))


def hardtanh(self, min_val, max_val):
    if self.dtype == bool:
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if self.dtype == np.uint8 and min(min_val, max_val) < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    return np.minimum(np.maximum(self, _number(self, min_val)), _number(self, max_val))


def _number(array, value):
    return int(value) if array.dtype.kind != "f" else value


def hardtanh_slope(grad_output, self, min_val, max_val):
    return np.where((self <= min_val) | (self >= max_val), grad_output.dtype.type(0), grad_output)


@floats("hardsigmoid_cpu")
def hardsigmoid(self):
    return np.minimum(np.maximum(self + 3, 0), 6) / 6


def hardsigmoid_slope(grad_output, self):
    return np.where((self > -3) & (self < 3), grad_output * SIXTH, grad_output.dtype.type(0))


@floats("hardswish_cpu")
def hardswish(self):
    return self * (np.minimum(np.maximum(self + 3, 0), 6) / 6)


def hardswish_slope(grad_output, self):
    inside = np.where(self < 3, grad_output * (self / 3 + 0.5), grad_output)
    return np.where(self <= -3, grad_output.dtype.type(0), inside)


@floats("softshrink_check")
def softshrink(self, lambd):
    return np.where(self > lambd, self - lambd, np.where(self < -lambd, self + lambd, self * 0))


@floats("hardshrink_cpu")
def hardshrink(self, lambd):
    return shrink_slope(self, self, lambd)


def shrink_slope(grad_output, self, lambd):
    return np.where(np.abs(self) <= lambd, grad_output.dtype.type(0), grad_output)


@floats("log_sigmoid_cpu")
def log_sigmoid(self):
    return np.minimum(self, 0) - np.log1p(np.exp(-np.abs(self)))


def log_sigmoid_slope(grad_output, self):
    return grad_output * sigmoid(-self)


@floats("prelu_cpu")
def prelu(self, weight):
    return np.where(self > 0, self, weight * self)


@functools.partial(only_real, "threshold_cpu")
def threshold(self, threshold, value):
    return np.where(self <= threshold, self.dtype.type(value), self)


@floats("glu_cpu")
def glu(self, dim):
    first, second = np.split(self, 2, dim)
    return first * sigmoid(second)


@floats("leaky_relu_cpu")
def rrelu(self, noise):
    return self * noise


# Losses: a number for each element, and what is made of them


def reduced(values, reduction):
    if reduction == NONE:
        return values
    total = np.add.reduce(values, None)
    return total / values.dtype.type(values.size) if reduction == MEAN else total


def shared(grad_output, reduction, size):
    """What each element of a loss gets of the gradient of all."""
    return grad_output / grad_output.dtype.type(size) if reduction == MEAN else grad_output


@floats("mse_cpu")
def mse_loss(self, target, reduction, width):
    difference = self - target
    return reduced(difference * difference, reduction)


def mse_slope(difference, width):
    return difference + difference


@floats("smooth_l1_cpu")
def smooth_l1_loss(self, target, reduction, width):
    size = np.abs(self - target)
    return reduced(np.where(size < width, 0.5 * size * size / width, size - 0.5 * width), reduction)


def smooth_l1_slope(difference, width):
    return np.clip(difference / width, -1, 1)


@floats("huber_cpu")
def huber_loss(self, target, reduction, width):
    size = np.abs(self - target)
    return reduced(np.where(size <= width, 0.5 * size * size, width * (size - 0.5 * width)), reduction)


def huber_slope(difference, width):
    return np.clip(difference, -width, width)


@floats("binary_cross_entropy")
def binary_cross_entropy(self, target, weight, reduction):
    if self.dtype != target.dtype:
        kinds = [from_numpy_dtype(a.dtype).title for a in (target, self)]
        raise RuntimeError("Found dtype {} but expected {}".format(*kinds))
    if not ((self >= 0) & (self <= 1)).all():
        raise RuntimeError("all elements of input should be between 0 and 1")
    loss = (target - 1) * np.maximum(np.log1p(-self), -100) - target * np.maximum(np.log(self), -100)
    return reduced(loss if weight is None else loss * weight, reduction)


@floats("log_sigmoid_cpu")
def binary_cross_entropy_with_logits(self, target, weight, pos_weight, reduction):
    log_weight = 1 if pos_weight is None else (pos_weight - 1) * target + 1
    loss = (1 - target) * self - log_weight * log_sigmoid(self)
    return reduced(loss if weight is None else loss * weight, reduction)


def soft_margin(self, target, reduction):
    """In float16 also between the steps, as PyTorch has it."""
    return reduced(np.log1p(np.exp(-target * self)), reduction)


def _classes(self, target):
    """The class axis, and the targets with that axis put in, for self (C), (N, C) or (N, C, H, W)."""
    axis = min(self.ndim, 2) - 1
    return axis, np.expand_dims(target, axis) if target.ndim < self.ndim else target


def _weights(self, target, weight, ignore_index):
    """For each target the weight of its class, 0 where it is ignored, and a class that can be asked for instead."""
    counts = target != ignore_index
    classes = np.where(counts, target, 0).astype(np.int64, copy=False)
    if classes.size and (classes.min() < 0 or classes.max() >= self.shape[min(self.ndim, 2) - 1]):
        outside = (classes < 0) | (classes >= self.shape[min(self.ndim, 2) - 1])
        raise IndexError(f"Target {classes[outside][0]} is out of bounds.")
    if weight is None:
        return counts.astype(self.dtype), classes
    return weight[classes] * counts, classes


def _all_count(self, target, weight, ignore_index):
    """Whether this is the usual case, (N, C) and (N) without weights or anything ignored: it has a short way."""
    if weight is not None or self.ndim != 2 or target.dtype != np.int64 or ignore_index >= 0 or not target.size:
        return False
    return target.view(np.uint64).max() < self.shape[1]  # a negative target is a very large number here


@floats("nll_loss_out_frame")
def nll_loss(self, target, weight, reduction, ignore_index):
    """The loss, and the sum of the weights that a mean is divided by."""
    if _all_count(self, target, weight, ignore_index):
        chosen = self[np.arange(target.size), target]
        if reduction == NONE:
            return -chosen, np.zeros((), self.dtype)
        count, total = self.dtype.type(target.size), -np.add.reduce(chosen)
        return total / count if reduction == MEAN else total, count
    axis, target = _classes(self, target)
    weights, classes = _weights(self, target, weight, ignore_index)
    loss = -np.take_along_axis(self, classes, axis) * weights
    # What is ignored is worth 0, even if the input is infinite there.
    loss = np.where(weights == 0, self.dtype.type(0), loss)
    if reduction == NONE:
        return loss.squeeze(axis) if self.ndim > 1 else loss.reshape(()), np.zeros((), self.dtype)
    total = np.add.reduce(weights, None)
    loss = np.add.reduce(loss, None)
    return loss / total if reduction == MEAN else loss, total


@floats("nll_loss2d_forward_out_frame")
def nll_loss2d(self, target, weight, reduction, ignore_index):
    return nll_loss(self, target, weight, reduction, ignore_index)


def nll_loss_slope(grad_output, self, target, weight, reduction, ignore_index, total_weight):
    if _all_count(self, target, weight, ignore_index):
        result = np.zeros_like(self)
        grad_output = grad_output / total_weight if reduction == MEAN else grad_output
        result[np.arange(target.size), target] = -grad_output
        return result
    axis, target = _classes(self, target)
    weights, classes = _weights(self, target, weight, ignore_index)
    if reduction == NONE:
        grad_output = np.expand_dims(grad_output, axis) if self.ndim > 1 else grad_output
    elif reduction == MEAN:
        grad_output = grad_output / total_weight
    result = np.zeros_like(self)
    # What is ignored gets 0, even if nothing counts and the mean is divided by 0.
    np.put_along_axis(result, classes, np.where(weights == 0, 0, -weights * grad_output), axis)
    return result


# Normalization: the result, and the mean and one over the standard deviation of what was normalized together


def normalized(input, axes, eps):
    count = math.prod(input.shape[axis] for axis in axes)
    mean = np.add.reduce(input, axes, keepdims=True) / input.dtype.type(max(count, 1))
    centered = input - mean
    variance = np.add.reduce(centered * centered, axes, keepdims=True) / input.dtype.type(max(count, 1))
    rstd = 1 / np.sqrt(variance + input.dtype.type(eps))
    return centered * rstd, mean, rstd, variance, count


@floats("LayerNormKernelImpl")
def layer_norm(input, normalized_shape, weight, bias, eps):
    result, mean, rstd, _, _ = normalized(in_rows(input), tuple(range(-len(normalized_shape), 0)), eps)
    if weight is not None:
        result = result * weight
    return result if bias is None else result + bias, mean, rstd


@floats("GroupNormKernelImpl")
def group_norm(input, weight, bias, groups, eps):
    rows = input.reshape(len(input), groups, math.prod(input.shape[1:]) // groups)
    column = (1, -1) + (1,) * (input.ndim - 2)
    result, mean, rstd, _, _ = normalized(rows, (2,), eps)
    result = result.reshape(input.shape)
    if weight is not None:
        result = result * weight.reshape(column)
    return result if bias is None else result + bias.reshape(column), mean, rstd


def batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps):
    """Running statistics are brought up to date in place; the variance that they keep is the unbiased one."""
    if not training:
        return _batch_norm(input, weight, bias, running_mean, running_var, eps)[:3]
    result, mean, rstd, variance, count = _batch_norm(input, weight, bias, None, None, eps)
    if running_mean is not None:
        running_mean += momentum * (mean.reshape(-1) - running_mean)
    if running_var is not None:
        running_var += momentum * (variance.reshape(-1) * (count / (count - 1)) - running_var)
    return result, mean, rstd


@floats("batch_norm")
def _batch_norm(input, weight, bias, mean, variance, eps):
    """Over all but dimension 1, unless mean and variance are given."""
    column, count = (1, -1) + (1,) * (input.ndim - 2), None
    if mean is None:
        axes = tuple(axis for axis in range(input.ndim) if axis != 1)
        result, mean, rstd, variance, count = normalized(input, axes, eps)
    else:
        mean, rstd = mean.reshape(column), 1 / np.sqrt(variance.reshape(column) + input.dtype.type(eps))
        result = (input - mean) * rstd
    if weight is not None:
        result = result * weight.reshape(column)
    return result if bias is None else result + bias.reshape(column), mean, rstd, variance, np.array(count)


# Layers


def embedding(weight, indices, padding_idx, scale_grad_by_freq):
    return weight[indices]


def embedding_slope(grad_output, indices, num_weights, padding_idx, scale_grad_by_freq):
    result = np.zeros((num_weights, grad_output.shape[-1]), grad_output.dtype)
    flat = indices.reshape(-1)
    rows = grad_output.reshape(flat.size, result.shape[1])
    if scale_grad_by_freq:
        rows = rows / np.bincount(flat, minlength=num_weights).astype(rows.dtype)[flat][:, None]
    np.add.at(result, flat, rows)
    if padding_idx >= 0:
        result[padding_idx] = 0
    return result


@functools.partial(no_bool, "bmm")
def trilinear(i1, i2, i3, expand1, expand2, expand3, sumdim):
    """The three, each with new dimensions at `expand`, multiplied with broadcasting and summed over `sumdim`."""
    letters = "abcdefgh"[: i1.ndim + len(expand1)]
    parts = ["".join(x for n, x in enumerate(letters) if n not in skip) for skip in (expand1, expand2, expand3, sumdim)]
    return np.einsum("{},{},{}->{}".format(*parts), i1, i2, i3)
