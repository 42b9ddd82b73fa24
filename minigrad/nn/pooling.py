"""Pooling: of each window of the input its largest element, or its mean."""

import functools
import math

import numpy as np

from ..derivatives import zeros_like
from ..kernels import only_real
from ..record import need_tensors, operation
from ..tensor import Tensor, refuse
from .kernels import floats
from .windows import Windows, as_tuple

# On numpy arrays


@functools.partial(only_real, "max_pool2d")
def _max_pool(self, kernel_size, stride, padding, dilation, ceil_mode):
    """The largest of each window, and where it is, counted over the sizes of the input."""
    windows = Windows(self.shape[-2:], kernel_size, stride, padding, dilation, ceil_mode)
    frame = windows.framed(self, -np.inf if self.dtype.kind == "f" else np.iinfo(self.dtype).min)
    seen = np.stack([frame[index] for index in windows.places])  # (places, ..., *stops)
    largest = np.maximum.reduce(seen, 0)
    found = seen == largest
    if frame is not self:  # the frame is nobody's place
        real = windows.framed(np.broadcast_to(True, self.shape), False)
        found &= np.stack([real[index] for index in windows.places])
    # Of several that are largest the first counts, of several nan the last.
    order = np.arange(len(seen)).reshape(-1, *[1] * self.ndim)
    place = len(seen) - np.maximum.reduce(found * (len(seen) - order), 0)
    refuse(max(dilation) > 1 and (place == len(seen)).any() and "max_pool2d: a window covers nothing but padding")
    if np.isnan(largest).any():
        place = np.where(np.isnan(largest), np.maximum.reduce(np.isnan(seen) * order, 0), place)
    rows, columns = (np.arange(room) - pad for room, pad in zip(windows.room, padding))
    numbers = rows[:, None] * self.shape[-1] + columns
    steps = np.array([numbers[index][0, 0] for index in windows.places])
    return largest, steps[place] - steps[0] + numbers[windows.places[0]]


def _to_chosen(grad_output, indices, sizes):
    size = math.prod(sizes[-2:])
    result = np.zeros(math.prod(sizes), grad_output.dtype)
    starts = np.arange(0, result.size, size).reshape(*sizes[:-2], 1, 1)
    np.add.at(result, (indices + starts).ravel(), grad_output.ravel())
    return result.reshape(sizes)


@floats("avg_pool2d")
def _avg_pool(self, kernel_size, stride, padding, ceil_mode, divisor):
    windows = Windows(self.shape[-2:], kernel_size, stride, padding, (1, 1), ceil_mode)
    frame = windows.framed(self)
    return functools.reduce(np.add, [frame[index] for index in windows.places]) / divisor


@floats("avg_pool2d")
def _to_averaged(grad_output, sizes, kernel_size, stride, padding, ceil_mode, divisor):
    windows, share = Windows(sizes[-2:], kernel_size, stride, padding, (1, 1), ceil_mode), grad_output / divisor
    frame = np.zeros((*sizes[:-2], *windows.room), grad_output.dtype)
    for index in windows.places:
        frame[index] += share
    return np.ascontiguousarray(frame[windows.inside])


def _averaging(size, count, dtype):
    """A matrix (count, size) that takes `count` means: of the i-th ``size / count`` elements, begun ones included."""
    result = np.zeros((count, size), dtype)
    for i in range(count):
        first, last = i * size // count, -(-(i + 1) * size // count)
        result[i, first:last] = 1 / (last - first)
    return result


def _weighed(array, weights):
    """``array @ weights.T``, in which a weight of 0 keeps out what is infinite, too."""
    result = array @ weights.T
    if np.isfinite(result).all():
        return result
    return np.stack([array[..., row != 0] @ row[row != 0] for row in weights], -1)


@floats("adaptive_avg_pool2d")
def _adaptive_avg_pool(self, output_size):
    rows, columns = (_averaging(size, count, self.dtype) for size, count in zip(self.shape[-2:], output_size))
    return _weighed(_weighed(self, columns).swapaxes(-1, -2), rows).swapaxes(-1, -2).copy()


def _to_parts(grad_output, self):
    rows, columns = (_averaging(size, count, grad_output.dtype)
                     for size, count in zip(self.shape[-2:], grad_output.shape[-2:]))
    return _weighed(_weighed(grad_output, columns.T).swapaxes(-1, -2), rows.T).swapaxes(-1, -2)


# The table

max_pool = operation("MaxPool2DWithIndicesBackward0", _max_pool, extra=("indices",),
                     self=lambda grad, self, self_sym_sizes, indices: to_chosen(grad, self, indices, self_sym_sizes))
to_chosen = operation("MaxPool2DWithIndicesBackwardBackward0",
                      lambda grad_output, self, indices, sizes: _to_chosen(grad_output, indices, sizes),
                      tensors=("indices",),
                      grad_output=lambda grad, indices: _chosen(grad, indices),
                      self=lambda grad: zeros_like(grad))
avg_pool = operation("AvgPool2DBackward0", _avg_pool,
                     self=lambda grad, self, self_sym_sizes, kernel_size, stride, padding, ceil_mode, divisor:
                         to_averaged(grad, self, self_sym_sizes, kernel_size, stride, padding, ceil_mode, divisor))
to_averaged = operation("AvgPool2DBackwardBackward0",
                        lambda grad_output, self, sizes, kernel_size, stride, padding, ceil_mode, divisor:
                            _to_averaged(grad_output, sizes, kernel_size, stride, padding, ceil_mode, divisor),
                        self=lambda grad: zeros_like(grad),
                        grad_output=lambda grad, kernel_size, stride, padding, ceil_mode, divisor:
                            avg_pool(grad, kernel_size, stride, padding, ceil_mode, divisor))
adaptive_avg_pool = operation("AdaptiveAvgPool2DBackward0", _adaptive_avg_pool,
                              self=lambda grad, self: to_parts(grad, self))
to_parts = operation("AdaptiveAvgPool2DBackwardBackward0", _to_parts,
                     grad_output=lambda grad, grad_output_sym_sizes:
                         adaptive_avg_pool(grad, grad_output_sym_sizes[-2:]),
                     self=lambda grad: zeros_like(grad))


def _chosen(grad, indices):
    return grad.flatten(-2).gather(-1, indices.flatten(-2)).view(indices.shape)


# As functions


def _checked(function, input, kernel, stride, padding, dilation, ceil_mode):
    """The numbers of a pooling of (N, C, H, W) or (C, H, W); the window moves by its own size if `stride` is None."""
    need_tensors(function, input=input)
    numbers = {"kernel_size": kernel, "stride": _step(stride, kernel), "padding": padding, "dilation": dilation}
    for name, value in numbers.items():
        numbers[name] = as_tuple(value, 2)
        may_be = {"stride": "either be omitted, a single int", "dilation": "be either a single int"}
        refuse(len(numbers[name]) != 2
               and f"{function}: {name} must {may_be.get(name, 'either be a single int')}, or a tuple of two ints")
    (kH, kW), (dH, dW), (padH, padW), (dilationH, dilationW) = numbers.values()
    refuse(0 in (dH, dW) and "stride should not be zero")
    refuse(min(kH, kW) <= 0 and f"kernel size should be greater than zero, but got kH: {kH} kW: {kW}")
    refuse(min(dH, dW) < 0 and f"stride should be greater than zero, but got dH: {dH} dW: {dW}")
    refuse(min(dilationH, dilationW) <= 0 and "dilation should be greater than zero, but got "
           f"dilationH: {dilationH} dilationW: {dilationW}")
    refuse(min(padH, padW) < 0 and f"pad must be non-negative, but got pad: {min(padH, padW)}")
    for pad, size, step in zip(*(numbers[name] for name in ("padding", "kernel_size", "dilation"))):
        refuse(pad > (step * (size - 1) + 1) // 2 and "pad should be at most half of effective kernel size, but got "
               f"pad={pad}, kernel_size={size} and dilation={step}")
    shape = list(input.array.shape)
    refuse(len(shape) not in (3, 4) and "non-empty 3D or 4D (batch mode) tensor expected for input")
    refuse(0 in shape[-3:] and "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
           f"got:{shape}")
    refuse((padH > kH // 2 or padW > kW // 2) and "pad should be smaller than or equal to half of kernel size, but got "
           f"padW = {padW}, padH = {padH}, kW = {kW}, kH = {kH}")
    counts = Windows(input.array.shape[-2:], *numbers.values(), ceil_mode).counts
    refuse(min(counts) < 1 and "Given input size: ({}x{}x{}). Calculated output size: ({}x{}x{}). Output size is too "
           "small".format(*shape[-3:], shape[-3], *counts))
    return numbers.values()


def _step(stride, kernel):
    """How far a window moves: by its own size, if nothing else is said."""
    return kernel if stride is None or stride in ((), []) else stride


def _image(function, input):
    """(N, C, L) or (C, L) as an image of one row."""
    need_tensors(function, input=input)
    refuse(input.array.ndim not in (2, 3) and f"Expected 2 to 3 dimensions, but got {input.array.ndim}-dimensional "
           f"tensor for argument #1 'self' (while checking arguments for {function})")
    return input.unsqueeze(-2)


def _in_one_row(function, **options):
    """The numbers for the only dimension as those for an image of one row."""
    for name, value in options.items():
        numbers = as_tuple(value, 1)
        refuse(len(numbers) != 1 and f"{function}() argument '{name}' should contain one int (got {len(numbers)})")
        yield 0 if name == "padding" else 1, *numbers


def _checked_line(shape, kernel_size, stride, padding, dilation, ceil_mode):
    """The same for a pooling of (N, C, L) or (C, L), in the words of max_pool1d."""
    refuse((len(shape) not in (2, 3) or 0 in shape[-2:]) and "max_pool1d: Expected 2D or 3D (batch mode) tensor with "
           f"optional 0 dim batch size for input, but got:{list(shape)}")
    numbers = {"kernel_size": kernel_size, "stride": _step(stride, kernel_size), "padding": padding,
               "dilation": dilation}
    for name, value in numbers.items():
        numbers[name] = as_tuple(value, 1)
        may_be = {"stride": "None, an int, list of ints, or", "padding": "an int, list of ints, or"}
        refuse(len(numbers[name]) != 1 and f"max_pool1d() {name} must be {may_be.get(name, 'an int, list of ints or')} "
               f"tuple of ints of size 1 but got size {len(numbers[name])}")
    (size,), (step,), (pad,), (spread,) = numbers.values()
    for name, number in {"kernel_size": size, "stride": step, "dilation": spread}.items():
        refuse(number <= 0 and f"max_pool1d() {name} must be greater than zero, but got {number}")
    refuse(pad < 0 and f"max_pool1d() padding must be non-negative, but got {pad}")
    refuse(pad > size // 2 and "max_pool1d() padding should be at most half of kernel size, but got "
           f"padding={pad} and kernel_size={size}")
    (count,) = Windows(shape[-1:], *numbers.values(), ceil_mode).counts
    refuse(count < 1 and f"max_pool1d() Invalid computed output size: {count}")
    return (1, size), (1, step), (0, pad), (1, spread)


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of each window of (N, C, L) or (C, L), and with `return_indices` where it is."""
    if return_indices:
        image = _image("max_pool1d", input)
        options = _in_one_row("max_pool1d", kernel_size=kernel_size, stride=_step(stride, kernel_size), padding=padding,
                              dilation=dilation)
        values, indices = max_pool2d(image, *options, ceil_mode, True)
        return values.squeeze(-2), indices.squeeze(-2)
    need_tensors("max_pool1d", input=input)
    numbers = _checked_line(input.array.shape, kernel_size, stride, padding, dilation, ceil_mode)
    refuse(input.array.dtype.kind != "f"
           and f"\"max_pool1d_impl\" not implemented for '{input.dtype.title}'", NotImplementedError)
    return max_pool(input.unsqueeze(-2), *numbers, ceil_mode)[0].squeeze(-2)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The same for (N, C, H, W) or (C, H, W).

    >>> import minigrad as torch
    >>> torch.nn.functional.max_pool2d(torch.tensor([[[1.0, 2.0], [4.0, 3.0]]]), 2)
    tensor([[[4.]]])
    """
    numbers = _checked("max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode)
    values, indices = max_pool(input, *numbers, ceil_mode)
    return (values, indices) if return_indices else values


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window of (N, C, L) or (C, L)."""
    image = _image("avg_pool1d", input)
    options = _in_one_row("avg_pool1d", kernel_size=kernel_size, stride=_step(stride, kernel_size), padding=padding)
    return avg_pool2d(image, *options, ceil_mode, count_include_pad).squeeze(-2)


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):
    """The same for (N, C, H, W) or (C, H, W), by default with the zeros around it counted in."""
    if isinstance(input, Tensor) and input.array.dtype == np.int64:
        mean = avg_pool2d(input.double(), kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return mean.trunc().long()
    kernel, stride, padding, _ = _checked("avg_pool2d", input, kernel_size, stride, padding, 1, ceil_mode)
    refuse(divisor_override == 0 and "divisor must be not zero")
    divisor = divisor_override or _elements(input.array, kernel, stride, padding, ceil_mode, count_include_pad)
    return avg_pool(input, kernel, stride, padding, ceil_mode, divisor)


def _elements(input, kernel, stride, padding, ceil_mode, count_include_pad):
    """How many elements a mean is of: a number, or an array where not all windows have as many."""
    if not ceil_mode and (count_include_pad or not any(padding)):
        return math.prod(kernel)
    sizes = input.shape[-2:]
    windows = Windows(sizes, kernel, stride, padding, (1, 1), ceil_mode)
    counted = np.zeros(windows.room, input.dtype)
    around = padding if count_include_pad else (0, 0)
    counted[tuple(slice(pad - more, pad + size + more) for size, pad, more in zip(sizes, padding, around))] = 1
    return functools.reduce(np.add, [counted[index] for index in windows.places])


def adaptive_avg_pool1d(input, output_size):
    """The means of `output_size` windows over (N, C, L) or (C, L), as alike as can be."""
    image = _image("adaptive_avg_pool1d", input)
    return adaptive_avg_pool2d(image, *_in_one_row("adaptive_avg_pool1d", output_size=output_size)).squeeze(-2)


def adaptive_avg_pool2d(input, output_size):
    """The same for (N, C, H, W) or (C, H, W); of None, the size stays.

    >>> import minigrad as torch
    >>> torch.nn.functional.adaptive_avg_pool2d(torch.arange(6.0).view(1, 2, 3), 1)
    tensor([[[2.5000]]])
    """
    need_tensors("adaptive_avg_pool2d", input=input)
    sizes, wanted = input.size()[-2:], as_tuple(output_size, 2)
    refuse(isinstance(output_size, (tuple, list)) and len(wanted) >= input.dim()
           and f"Input dimension should be at least {len(wanted) + 1}", ValueError)
    refuse(len(wanted) != 2 and "adaptive_avg_pool2d: output_size must be 2")
    refuse(input.array.ndim not in (3, 4) and "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got "
           f"{list(input.size())}")
    rows, columns = (size if count is None else count for size, count in zip(sizes, wanted))
    if (rows, columns) == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    refuse(min(rows, columns) < 0 and "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 "
           f"but received {{{rows}, {columns}}}")
    refuse(0 in sizes and "adaptive_avg_pool2d(): Expected input to have non-zero size for non-batch dimensions, but "
           f"input has sizes {list(input.size())} with dimension {input.dim() - 2 + sizes.index(0)} being empty")
    return adaptive_avg_pool(input, (rows, columns))
