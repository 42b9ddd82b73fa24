"""PyTorch's `torch.autograd`: backward and grad, and what people build on them."""

import importlib
import sys

from ..function import Function
from ..grad_mode import (_force_original_view_tracking, enable_grad, inference_mode, is_multithreading_enabled,
                         is_view_replay_enabled, no_grad, set_grad_enabled, set_multithreading_enabled)
from ..tensor import Tensor
from . import function, grad_mode, graph
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .gradcheck import gradcheck, gradgradcheck
from .gradients import backward, grad
from .graph import SavedTensor
from .graph import unsafe_preserve_version_counter as _unsafe_preserve_version_counter
from .variable import Variable

torch = sys.modules[__package__.rpartition(".")[0]]  # older programs write torch.autograd.torch


def _tensor_backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Add to the `.grad` of every leaf that this tensor was computed from its gradient; see `autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


_tensor_backward.__name__, _tensor_backward.__qualname__ = "backward", "Tensor.backward"
Tensor.backward = _tensor_backward


def __getattr__(name):
    if name in {"forward_ad", "functional"}:  # when first asked for: few programs need them
        return importlib.import_module(f"{__name__}.{name}")
    if name in {"profiler", "profiler_util"}:
        raise AttributeError(f"minigrad has no torch.autograd.{name}.")
    raise AttributeError(f"module 'torch.autograd' has no attribute {name!r}")
