"""Convolution and pooling: what slides a window over the input, and computes one number at each of its places.

Shapes: input (N, C, *sizes), kernel and result the same with their own sizes; one, two or three sizes. A result's row
of sizes is ``(size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1``.
"""

import math

import numpy as np

from ..derivatives import sum_dim, zeros_like
from ..record import operation
from .kernels import floats

# On numpy arrays


def _windows(input, kernel, stride, dilation):
    """All windows of an input, a view of it: (N, C, *places, *kernel)."""
    axes = tuple(range(2, input.ndim))
    spans = [step * (size - 1) + 1 for size, step in zip(kernel, dilation)]
    view = np.lib.stride_tricks.sliding_window_view(input, spans, axes)
    return view[(..., *(slice(None, None, step) for step in stride), *(slice(None, None, step) for step in dilation))]


def _padded(input, padding, value=0):
    around = ((0, 0), (0, 0), *((size, size) for size in padding))
    return np.pad(input, around, constant_values=value) if any(padding) else input


def _places(kernel, stride, dilation, sizes):
    """For each place in the kernel, the elements of the padded input that meet it, as an index."""
    for place in np.ndindex(*kernel):
        yield place, (..., *(slice(at * step, at * step + stride_ * size, stride_)
                             for at, step, stride_, size in zip(place, dilation, stride, sizes)))  # fmt: skip


def _group(array, axis, group, groups):
    size = array.shape[axis] // groups
    return array[(slice(None),) * axis + (slice(group * size, (group + 1) * size),)]


def _convolution(input, weight, bias, stride, padding, dilation, groups):
    inner = list(range(2, weight.ndim))
    windows = _windows(_padded(input, padding), weight.shape[2:], stride, dilation)
    parts = []
    for group in range(groups):
        part, kernels = _group(windows, 1, group, groups), _group(weight, 0, group, groups)
        axes = [1, *(n + len(inner) for n in inner)], [1, *inner]
        parts.append(np.moveaxis(np.tensordot(part, kernels, axes), -1, 1))
    result = np.concatenate(parts, 1) if groups > 1 else np.ascontiguousarray(parts[0])
    return result if bias is None else result + bias.reshape(-1, *[1] * len(inner))


def _to_input(grad_output, weight, sizes, stride, padding, dilation, groups):
    """Each window's gradient, added up where windows overlap."""
    room = np.zeros((*sizes[:2], *(n + 2 * p for n, p in zip(sizes[2:], padding))), grad_output.dtype)
    for group in range(groups):
        columns = np.tensordot(_group(grad_output, 1, group, groups), _group(weight, 0, group, groups), [[1], [0]])
        columns = np.moveaxis(columns, grad_output.ndim - 1, 1)  # (N, C, *places, *kernel)
        target = _group(room, 1, group, groups)
        for place, index in _places(weight.shape[2:], stride, dilation, grad_output.shape[2:]):
            target[index] += columns[(..., *place)]
    return np.ascontiguousarray(room[(..., *(slice(p, p + n) for n, p in zip(sizes[2:], padding)))])


def _to_weight(grad_output, input, sizes, stride, padding, dilation, groups):
    windows, axes = _windows(_padded(input, padding), sizes[2:], stride, dilation), [0, *range(2, grad_output.ndim)]
    windows = windows[(slice(None), slice(None), *(slice(n) for n in grad_output.shape[2:]))]
    parts = [np.tensordot(_group(grad_output, 1, group, groups), _group(windows, 1, group, groups), [axes, axes])
             for group in range(groups)]  # fmt: skip
    return np.concatenate(parts)


@floats("max_pool2d")
def _max_pool(self, kernel, stride, padding, dilation):
    """The largest of each window, and where it is, counted over the sizes of the input."""
    windows = _windows(_padded(self, padding, -np.inf), kernel, stride, dilation)
    flat = windows.reshape(*windows.shape[: self.ndim], -1)
    first = flat.argmax(-1)
    starts = np.unravel_index(first, kernel)
    indices = np.zeros((), np.int64)
    for n, (at, step, span, pad) in enumerate(zip(starts, stride, dilation, padding)):
        origin = np.arange(first.shape[n + 2]).reshape(-1, *[1] * (len(kernel) - 1 - n)) * step - pad
        indices = indices * self.shape[n + 2] + origin + at * span
    return np.take_along_axis(flat, first[..., None], -1)[..., 0], indices


def _to_chosen(grad_output, indices, sizes):
    result = np.zeros((math.prod(sizes[:2]), math.prod(sizes[2:])), grad_output.dtype)
    rows = np.arange(len(result))[:, None]
    np.add.at(result, (rows, indices.reshape(len(result), -1)), grad_output.reshape(len(result), -1))
    return result.reshape(sizes)


@floats("avg_pool2d")
def _avg_pool(self, kernel, stride, padding, divisor):
    windows = _windows(_padded(self, padding), kernel, stride, (1,) * len(kernel))
    return windows.sum(axis=tuple(range(self.ndim, windows.ndim))) / divisor


def _to_averaged(grad_output, sizes, kernel, stride, padding, divisor):
    room = np.zeros((*sizes[:2], *(n + 2 * p for n, p in zip(sizes[2:], padding))), grad_output.dtype)
    for _, index in _places(kernel, stride, (1,) * len(kernel), grad_output.shape[2:]):
        room[index] += grad_output / divisor
    return np.ascontiguousarray(room[(..., *(slice(p, p + n) for n, p in zip(sizes[2:], padding)))])


# The table

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
max_pool = operation("MaxPool2DWithIndicesBackward0", _max_pool, extra=("indices",),
                     self=lambda grad, self, self_sym_sizes, indices: to_chosen(grad, self, indices, self_sym_sizes))
to_chosen = operation("MaxPool2DWithIndicesBackwardBackward0",
                      lambda grad_output, self, indices, sizes: _to_chosen(grad_output, indices, sizes),
                      tensors=("indices",),
                      grad_output=lambda grad, indices: _chosen(grad, indices),
                      self=lambda grad: zeros_like(grad))
avg_pool = operation("AvgPool2DBackward0", _avg_pool,
                     self=lambda grad, self, self_sym_sizes, kernel, stride, padding, divisor:
                         to_averaged(grad, self, self_sym_sizes, kernel, stride, padding, divisor))
to_averaged = operation("AvgPool2DBackwardBackward0",
                        lambda grad_output, self, sizes, kernel, stride, padding, divisor:
                            _to_averaged(grad_output, sizes, kernel, stride, padding, divisor),
                        self=lambda grad: zeros_like(grad),
                        grad_output=lambda grad, kernel, stride, padding, divisor:
                            avg_pool(grad, kernel, stride, padding, divisor))


def _chosen(grad, indices):
    return grad.flatten(2).gather(2, indices.flatten(2)).view(indices.shape)


# As functions


def as_tuple(value, dims):
    """A number for each dimension."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims


def _batched(function):
    """`function` for inputs without a batch, which get one for as long as it runs."""

    def batched(dims, input, *arguments):
        if input.dim() != dims + 1:
            return function(dims, input, *arguments)
        return function(dims, input.unsqueeze(0), *arguments).squeeze(0)

    return batched


@_batched
def _conv(dims, input, weight, bias, stride, padding, dilation, groups):
    x, w = input.array, weight.array
    if x.ndim != dims + 2:
        sizes = input.size()[1:] if x.ndim == dims + 1 else input.size()
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to conv{dims}d, but got input of size: "
            f"{list(sizes)}"
        )
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"Input type ({input.type()}) and weight type ({weight.type()}) should be the same or input should be a "
            "MKLDNN tensor and weight is a dense tensor"
        )
    stride, dilation = as_tuple(stride, dims), as_tuple(dilation, dims)
    if padding == "same" and any(step != 1 for step in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    if padding == "same":
        total = [step * (size - 1) for size, step in zip(w.shape[2:], dilation)]
        if any(n % 2 for n in total):
            raise NotImplementedError("minigrad has padding='same' for kernels of odd size only: use F.pad instead.")
        padding = tuple(n // 2 for n in total)
    padding = (0,) * dims if padding == "valid" else as_tuple(padding, dims)
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if x.shape[1] != w.shape[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(w.shape)}, expected input{list(x.shape)} to have "
            f"{w.shape[1] * groups} channels, but got {x.shape[1]} channels instead"
        )
    if bias is not None and bias.array.shape != w.shape[:1]:
        raise RuntimeError(
            f"Given weight of size {list(w.shape)}, expected bias to be 1-dimensional with {w.shape[0]} elements, but "
            f"got bias of size {list(bias.array.shape)} instead"
        )
    room = [n + 2 * p for n, p in zip(x.shape[2:], padding)]
    spans = [step * (size - 1) + 1 for size, step in zip(w.shape[2:], dilation)]
    if any(span > n for span, n in zip(spans, room)):
        per_channel, kernel = " x ".join(map(str, room)), " x ".join(map(str, spans))
        raise RuntimeError(
            f"Calculated padded input size per channel: ({per_channel}). Kernel size: ({kernel}). Kernel size can't be "
            "greater than actual input size"
        )
    return convolution(input, weight, bias, stride, padding, dilation, groups)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The cross-correlation of (N, C, L), or (C, L), with `weight` (O, C / groups, K), plus `bias` (O)."""
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The same for (N, C, H, W), or (C, H, W), and `weight` (O, C / groups, K, K).

    >>> import minigrad as torch
    >>> torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """The same for (N, C, D, H, W), or (C, D, H, W), and `weight` (O, C / groups, K, K, K)."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)


def _checked(dims, input, kernel, stride, padding, dilation, ceil_mode):
    """The numbers of a pooling for each dimension; the window moves by its own size if `stride` is None."""
    if ceil_mode:
        raise NotImplementedError("minigrad's pooling has no ceil_mode: pad the input with F.pad instead.")
    if input.dim() != dims + 2:
        raise RuntimeError(f"non-empty {dims + 1}D or {dims + 2}D (batch mode) tensor expected for input")
    kernel, padding, dilation = as_tuple(kernel, dims), as_tuple(padding, dims), as_tuple(dilation, dims)
    stride = kernel if stride is None or stride == [] else as_tuple(stride, dims)
    for size, pad, step in zip(kernel, padding, dilation):
        if pad > size // 2:
            raise RuntimeError(
                f"pad should be at most half of effective kernel size, but got pad={pad}, kernel_size={size} and "
                f"dilation={step}"
            )
    n, channels, *sizes = input.size()
    found = [(size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, p, d in
             zip(sizes, kernel, stride, padding, dilation)]  # fmt: skip
    if min(found) < 1:
        given, out = ("x".join(map(str, (channels, *shape))) for shape in (sizes, [max(n, 0) for n in found]))
        raise RuntimeError(f"Given input size: ({given}). Calculated output size: ({out}). Output size is too small")
    return kernel, stride, padding, dilation


def _max_pool_nd(dims, input, kernel, stride, padding, dilation, ceil_mode, return_indices):
    alone = input.dim() == dims + 1
    if dims == 1:
        input = input.unsqueeze(-2)
        kernel, stride, padding, dilation = (
            x if x is None else (other, *as_tuple(x, 1))
            for x, other in zip((kernel, stride, padding, dilation), (1, 1, 0, 1))
        )
        result = _max_pool_nd(2, input, kernel, stride, padding, dilation, ceil_mode, True)
        values, indices = (x.squeeze(-2) for x in result)
    else:
        batched = input.unsqueeze(0) if alone else input
        values, indices = max_pool(batched, *_checked(dims, batched, kernel, stride, padding, dilation, ceil_mode))
        if alone:
            values, indices = values.squeeze(0), indices.squeeze(0)
    return (values, indices) if return_indices else values


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of each window of (N, C, L) or (C, L), and with `return_indices` where it is."""
    return _max_pool_nd(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The same for (N, C, H, W) or (C, H, W)."""
    return _max_pool_nd(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@_batched
def _avg_pool_nd(dims, input, kernel, stride, padding, ceil_mode, count_include_pad, divisor):
    if dims == 1:
        kernel, stride, padding = (
            x if x is None else (other, *as_tuple(x, 1))
            for x, other in zip((kernel, stride, padding), (1, 1, 0))
        )
        pooled = _avg_pool_nd(2, input.unsqueeze(-2), kernel, stride, padding, ceil_mode, count_include_pad, divisor)
        return pooled.squeeze(-2)
    kernel, stride, padding, _ = _checked(dims, input, kernel, stride, padding, 1, ceil_mode)
    if divisor is None and count_include_pad:
        divisor = math.prod(kernel)
    elif divisor is None:
        ones = np.ones((1, 1, *input.size()[2:]), input.array.dtype)
        divisor = _avg_pool(ones, kernel, stride, padding, 1)
    return avg_pool(input, kernel, stride, padding, divisor)


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window of (N, C, L) or (C, L)."""
    return _avg_pool_nd(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):  # fmt: skip
    """The same for (N, C, H, W) or (C, H, W)."""
    return _avg_pool_nd(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def adaptive_avg_pool2d(input, output_size):
    """The means of windows so large that `output_size` of them fit; that size must divide the input's."""
    sizes = input.size()[-2:]
    wanted = tuple(n if size is None else size for n, size in zip(sizes, as_tuple(output_size, 2)))
    if wanted == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    if any(n % size for n, size in zip(sizes, wanted)):
        raise NotImplementedError(
            f"minigrad's adaptive pooling has no output size {wanted} for sizes {tuple(sizes)}: use one that divides "
            "them."
        )
    return avg_pool2d(input, tuple(n // size for n, size in zip(sizes, wanted)))


def adaptive_avg_pool1d(input, output_size):
    """The same for (N, C, L) or (C, L)."""
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, as_tuple(output_size, 1)[0])).squeeze(-2)
