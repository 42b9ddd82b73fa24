"""Convolutions with learned kernels."""

import math
from typing import Any

from ...operators.creation import empty
from .. import functional as F, init
from ..parameter import Parameter
from ..windows import as_tuple
from .module import Module


class _ConvNd(Module):
    function: Any = None
    dims = 0

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
                 padding_mode="zeros", device=None, dtype=None):  # fmt: skip
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
        if padding == "same" and any(step != 1 for step in as_tuple(stride, self.dims)):
            raise ValueError("padding='same' is not supported for strided convolutions")
        modes = {"zeros", "reflect", "replicate", "circular"}
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {modes}, but got padding_mode='{padding_mode}'")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = as_tuple(kernel_size, self.dims), as_tuple(stride, self.dims)
        self.padding = padding if isinstance(padding, str) else as_tuple(padding, self.dims)
        self.dilation, self.padding_mode = as_tuple(dilation, self.dims), padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        inputs = math.prod(self.weight.size()[1:])
        if self.bias is not None and inputs:
            bound = 1 / math.sqrt(inputs)
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input, weight, bias):
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._on_both_sides(), self.padding_mode), 0
        return type(self).function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def _on_both_sides(self):
        """The padding before and behind, as `functional.pad` takes it: from the last dimension on."""
        if self.padding == "same":
            totals = [spread * (size - 1) for size, spread in zip(self.kernel_size, self.dilation)]
            return [n for total in reversed(totals) for n in (total // 2, total - total // 2)]
        padding = (0,) * self.dims if self.padding == "valid" else self.padding
        return [n for n in reversed(padding) for _ in range(2)]

    def extra_repr(self):
        shown = [f"{self.in_channels}, {self.out_channels}", f"kernel_size={self.kernel_size}", f"stride={self.stride}"]
        for name, default in {"padding": (0,) * self.dims, "dilation": (1,) * self.dims, "groups": 1}.items():
            if getattr(self, name) != default:
                shown.append(f"{name}={getattr(self, name)}")
        shown += ["bias=False"] * (self.bias is None)
        return ", ".join(shown + [f"padding_mode={self.padding_mode}"] * (self.padding_mode != "zeros"))


class Conv1d(_ConvNd):
    """`functional.conv1d` with its kernels and bias."""

    function, dims = staticmethod(F.conv1d), 1


class Conv2d(_ConvNd):
    """`functional.conv2d` with its kernels and bias."""

    function, dims = staticmethod(F.conv2d), 2


class Conv3d(_ConvNd):
    """`functional.conv3d` with its kernels and bias."""

    function, dims = staticmethod(F.conv3d), 3
