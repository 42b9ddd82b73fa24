"""Pooling: of each window of the input its largest element, or its mean."""

import functools
import math

import numpy as np

from ..derivatives import zeros_like
from ..kernels import no_bool
from ..record import not_a_tensor, operation
from ..tensor import Tensor, refuse
from .kernels import floats
from .windows import Windows, as_tuple

# On numpy arrays


@functools.partial(no_bool, "max_pool2d")
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
adaptive_avg_pool = operation("AdaptiveAvgPool2DBackward0", lambda self, rows, columns: rows @ self @ columns.T,
                              self=lambda grad, self, rows, columns: to_adapted(grad, self, rows, columns))
to_adapted = operation("AdaptiveAvgPool2DBackwardBackward0",
                       lambda grad_output, self, rows, columns: rows.T @ grad_output @ columns,
                       grad_output=lambda grad, rows, columns: adaptive_avg_pool(grad, rows, columns),
                       self=lambda grad: zeros_like(grad))


def _chosen(grad, indices):
    return grad.flatten(-2).gather(-1, indices.flatten(-2)).view(indices.shape)


# As functions


def _checked(function, input, kernel, stride, padding, dilation, ceil_mode):
    """The numbers of a pooling of (N, C, H, W) or (C, H, W); the window moves by its own size if `stride` is None."""
    if not isinstance(input, Tensor):
        raise not_a_tensor(function, "input", 1, input)
    stride = kernel if stride is None or stride == [] else stride
    numbers = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    for name, value in numbers.items():
        numbers[name] = as_tuple(value, 2)
        either = "omitted, a single int, or" if name == "stride" else "a single int, or"
        refuse(len(numbers[name]) != 2 and f"{function}: {name} must either be {either} a tuple of two ints")
    (kH, kW), (dH, dW), (padH, padW), (dilationH, dilationW) = numbers.values()
    refuse(min(kH, kW) <= 0 and f"kernel size should be greater than zero, but got kH: {kH} kW: {kW}")
    refuse(0 in (dH, dW) and "stride should not be zero")
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
    counts = Windows(input.array.shape[-2:], *numbers.values(), ceil_mode).counts
    refuse(min(counts) < 1 and "Given input size: ({}x{}x{}). Calculated output size: ({}x{}x{}). Output size is too "
           "small".format(*shape[-3:], shape[-3], *(max(count, 0) for count in counts)))
    return numbers.values()


def _flat(function, input, *numbers):
    """(N, C, L) or (C, L) as an image of one row, and a window's numbers to go with it."""
    if not isinstance(input, Tensor):
        raise not_a_tensor(function, "input", 1, input)
    refuse(input.array.ndim not in (2, 3) and f"{function}: Expected 2D or 3D (batch mode) tensor with optional 0 dim "
           f"batch size for input, but got:{list(input.array.shape)}")
    numbers = [as_tuple(value, 1) for value in numbers]
    refuse(any(len(value) != 1 for value in numbers) and f"{function}() expects one int for each of its numbers, or a "
           "list of one")
    return input.unsqueeze(-2), *[value if value == (None,) else (beside, *value)
                                  for value, beside in zip(numbers, (1, 1, 0, 1))]


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of each window of (N, C, L) or (C, L), and with `return_indices` where it is."""
    stride = kernel_size if stride is None else stride
    image, *numbers = _flat("max_pool1d", input, kernel_size, stride, padding, dilation)
    values, indices = max_pool2d(image, *numbers, ceil_mode, True)
    return (values.squeeze(-2), indices.squeeze(-2)) if return_indices else values.squeeze(-2)


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
    stride = kernel_size if stride is None else stride
    image, *numbers = _flat("avg_pool1d", input, kernel_size, stride, padding)
    return avg_pool2d(image, *numbers, ceil_mode, count_include_pad).squeeze(-2)


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):
    """The same for (N, C, H, W) or (C, H, W), by default with the zeros around it counted in."""
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
    image, (_, size) = _flat("adaptive_avg_pool1d", input, output_size)
    return adaptive_avg_pool2d(image, (1, size)).squeeze(-2)


def adaptive_avg_pool2d(input, output_size):
    """The same for (N, C, H, W) or (C, H, W); of None, the size stays.

    >>> import minigrad as torch
    >>> torch.nn.functional.adaptive_avg_pool2d(torch.arange(6.0).view(1, 2, 3), 1)
    tensor([[[2.5000]]])
    """
    if not isinstance(input, Tensor):
        raise not_a_tensor("adaptive_avg_pool2d", "input", 1, input)
    sizes, wanted = input.size()[-2:], as_tuple(output_size, 2)
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
    refuse(input.array.dtype.kind != "f" and f"\"adaptive_avg_pool2d\" not implemented for '{input.dtype.title}'",
           NotImplementedError)
    return adaptive_avg_pool(input, *(_averaging(size, count, input.array.dtype)
                                      for size, count in zip(sizes, (rows, columns))))


def _averaging(size, count, dtype):
    """A matrix (count, size) that takes `count` means: of the i-th ``size / count`` elements, begun ones included."""
    result = np.zeros((count, size), dtype)
    for i in range(count):
        first, last = i * size // count, -(-(i + 1) * size // count)
        result[i, first:last] = 1 / (last - first)
    return result
