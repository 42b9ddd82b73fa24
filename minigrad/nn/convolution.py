"""Convolution: one kernel meets every window of the input. With the windows as columns it is a product of matrices,

    result (O, stops) = weight (O, C * places) @ columns (C * places, stops)

for each input of a batch, and for each of `groups` of channels; and so are its gradients.
"""

import functools
import math
import warnings

import numpy as np

from ..derivatives import sum_dim
from ..dtypes import float32
from ..kernels import no_bool, rounded_once
from ..operators.rearranging import pad
from ..record import not_a_tensor, operation
from ..tensor import Tensor, refuse
from .windows import Windows, as_tuple


def _in_groups(array, axis, groups):
    """`axis` cut into `groups`, and all behind it made one."""
    shape = array.shape
    return array.reshape(*shape[:axis], groups, shape[axis] // groups, math.prod(shape[axis + 1 :]))


def _columns(windows, input, groups):
    found = windows.columns(input)
    n, channels, places, many = found.shape
    return found.reshape(n, groups, channels // groups * places, many)


@functools.partial(no_bool, "slow_conv2d_cpu")
@rounded_once
def _convolution(input, weight, bias, stride, padding, dilation, groups):
    windows = Windows(input.shape[2:], weight.shape[2:], stride, padding, dilation)
    product = _in_groups(weight, 0, groups) @ _columns(windows, input, groups)
    result = product.reshape(len(input), len(weight), *windows.counts)
    if bias is not None:
        result += bias.reshape(-1, *[1] * len(stride))
    return result


@rounded_once
def _to_input(grad_output, weight, sizes, stride, padding, dilation, groups):
    product = _in_groups(weight, 0, groups).swapaxes(-1, -2) @ _in_groups(grad_output, 1, groups)
    windows = Windows(sizes[2:], weight.shape[2:], stride, padding, dilation)
    return windows.summed(product.reshape(*sizes[:2], len(windows.places), *windows.counts))


@rounded_once
def _to_weight(grad_output, input, sizes, stride, padding, dilation, groups):
    windows = Windows(input.shape[2:], sizes[2:], stride, padding, dilation)
    product = _in_groups(grad_output, 1, groups) @ _columns(windows, input, groups).swapaxes(-1, -2)
    return np.add.reduce(product, 0).reshape(sizes)


convolution = operation(
    "ConvolutionBackward0", _convolution,
    input=lambda grad, input_sym_sizes, input, weight, stride, padding, dilation, groups:
        conv_to_input(grad, weight, input_sym_sizes, stride, padding, dilation, groups),
    weight=lambda grad, input, weight_sym_sizes, weight, stride, padding, dilation, groups:
        conv_to_weight(grad, input, weight_sym_sizes, stride, padding, dilation, groups),
    bias=lambda grad: sum_dim(grad, (0, *range(2, grad.ndim)), False, None))
conv_to_weight = operation(
    "ConvolutionBackwardBackward0", _to_weight,
    grad_output=lambda grad, input, stride, padding, dilation, groups:
        convolution(input, grad, None, stride, padding, dilation, groups),
    input=lambda grad, grad_output, input_sym_sizes, stride, padding, dilation, groups:
        conv_to_input(grad_output, grad, input_sym_sizes, stride, padding, dilation, groups))
conv_to_input = operation(
    "ConvolutionBackwardBackward0", _to_input,
    grad_output=lambda grad, weight, stride, padding, dilation, groups:
        convolution(grad, weight, None, stride, padding, dilation, groups),
    weight=lambda grad, grad_output, weight_sym_sizes, stride, padding, dilation, groups:
        conv_to_weight(grad_output, grad, weight_sym_sizes, stride, padding, dilation, groups))


def _conv(dims, input, weight, bias, stride, padding, dilation, groups):
    for position, (name, argument) in enumerate({"input": input, "weight": weight, "bias": bias}.items(), 1):
        if not isinstance(argument, Tensor) and not (name == "bias" and argument is None):
            raise not_a_tensor(f"conv{dims}d", name, position, argument)
    if input.array.ndim == dims + 1:
        return _conv(dims, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    sizes = list(input.array.shape)
    refuse(len(sizes) != dims + 2 and f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to "
           f"conv{dims}d, but got input of size: {sizes}")
    refuse(bias is not None and bias.dtype != input.dtype
           and f"Input type ({input.dtype.c_name}) and bias type ({bias.dtype.c_name}) should be the same")
    refuse(weight.array.ndim < 3 and "weight should have at least three dimensions")
    if input.dtype != weight.dtype:
        refuse(input.dtype is float32 and f"Input type ({input.type()}) and weight type ({weight.type()}) should be "
               "the same or input should be a MKLDNN tensor and weight is a dense tensor")
        raise RuntimeError(f"expected scalar type {input.dtype.title} but found {weight.dtype.title}")
    kernel, stride, dilation = weight.array.shape[2:], as_tuple(stride, dims), as_tuple(dilation, dims)
    refuse(min(dilation) < 0 and "dilation should be greater than zero")
    if isinstance(padding, str):
        input, padding = _for_padding(padding, input, kernel, stride, dilation)
    padding = as_tuple(padding, dims)
    for name, numbers in {"stride": stride, "padding": padding, "dilation": dilation}.items():
        refuse(len(numbers) not in (1, len(kernel)) and f"expected {name} to be a single integer value or a list of "
               f"{len(kernel)} values to match the convolution dimensions, but got {name}={list(numbers)}")
    refuse(weight.dim() != input.dim() and f"Expected {weight.dim()}-dimensional input for {weight.dim()}-dimensional "
           f"weight {list(weight.size())}, but got {input.dim()}-dimensional input of size {sizes} instead")
    refuse(min(padding) < 0 and "negative padding is not supported")
    for name, numbers in {"stride": stride, "groups": (groups,)}.items():
        refuse(min(numbers) <= 0 and f"non-positive {name} is not supported")
    _check_sizes(input.array.shape, weight.array.shape, bias, padding, dilation, groups)
    return convolution(input, weight, bias, stride, padding, dilation, groups)


def _for_padding(padding, input, kernel, stride, dilation):
    """The input, and numbers for "valid" or "same"; of an odd number, the far side gets more."""
    refuse(padding not in ("valid", "same") and f"Invalid padding string: '{padding}'")
    if padding == "valid":
        return input, 0
    refuse(any(step != 1 for step in stride) and "padding='same' is not supported for strided convolutions")
    totals = [spread * (width - 1) for width, spread in zip(kernel, dilation)]
    if any(total % 2 for total in totals):
        warnings.warn("Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy "
                      "of the input be created", UserWarning, stacklevel=4)
        input = pad(input, [n for total in reversed(totals) for n in (0, total % 2)])
    return input, tuple(total // 2 for total in totals)


def _check_sizes(sizes, weight, bias, padding, dilation, groups):
    given = f"Given groups={groups}, "
    refuse(weight[0] < groups and f"{given}expected weight to be at least {groups} at dimension 0, but got weight of "
           f"size {list(weight)} instead")
    refuse(weight[0] % groups and f"{given}expected weight to be divisible by {groups} at dimension 0, but got weight "
           f"of size [{list(weight)}] instead")
    refuse(sizes[1] != weight[1] * groups and f"{given}weight of size {list(weight)}, expected input{list(sizes)} to "
           f"have {weight[1] * groups} channels, but got {sizes[1]} channels instead")
    refuse(bias is not None and bias.array.shape != weight[:1] and f"Given weight of size {list(weight)}, expected "
           f"bias to be 1-dimensional with {weight[0]} elements, but got bias of size {list(bias.size())} instead")
    room = [size + 2 * pad for size, pad in zip(sizes[2:], padding)]
    spans = [spread * (width - 1) + 1 for width, spread in zip(weight[2:], dilation)]
    refuse(any(span > size for span, size in zip(spans, room)) and "Calculated padded input size per channel: ({}). "
           "Kernel size: ({}). Kernel size can't be greater than actual input size".format(
               *(" x ".join(map(str, numbers)) for numbers in (room, spans))))
    refuse(0 in dilation and "dilation should be greater than zero, but got "
           f"{[1] * (len(dilation) == 1) + list(dilation)}")


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation of (N, C, L), or (C, L), with `weight` (O, C / groups, K), plus `bias` (O)."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The same for (N, C, H, W), or (C, H, W), and `weight` (O, C / groups, K, K).

    Of each size is left ``(size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1``. `padding` may also be
    "valid", which is none, or "same", which leaves sizes as they are.

    >>> import minigrad as torch
    >>> torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The same for (N, C, D, H, W), or (C, D, H, W), and `weight` (O, C / groups, K, K, K)."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)
