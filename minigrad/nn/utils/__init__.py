"""What is done to the parameters of a model as a whole: keep gradients short, see them all as one vector."""

import importlib
import math
import warnings
from types import GeneratorType

import numpy as np

from ...grad_mode import no_grad
from ...operators.joining import cat
from ...tensor import Tensor, wrap
from ..modules.module import typename


def _tensors(parameters, warns=False):
    if isinstance(parameters, Tensor):
        return [parameters]
    several = list(parameters)
    if warns and not several and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=4)
    return several


def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The norm of the vector of all elements of several tensors: a 0-d tensor."""
    norm_type = float(norm_type)
    norms = [tensor.detach().norm(norm_type).array for tensor in _tensors(tensors)]
    total = wrap(np.stack(norms)).norm(norm_type) if norms else wrap(np.zeros((), np.float32))
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    """Multiply all gradients by ``max_norm / total_norm``, if that is less than 1."""
    scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    with no_grad():
        for parameter in _tensors(parameters):
            if parameter.grad is not None:
                parameter.grad.mul_(scale)


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """Scale the gradients, in place, so that the norm of all together is at most `max_norm`; returns what it was.

    >>> import minigrad as torch
    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> (w * w.detach()).sum().backward()
    >>> torch.nn.utils.clip_grad_norm_([w], max_norm=1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    parameters = _tensors(parameters, warns=True)
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    total = get_total_norm(gradients, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_value_(parameters, clip_value, foreach=None):
    """Cut the elements of all gradients off, in place, at `clip_value` and its negative."""
    with no_grad():
        for parameter in _tensors(parameters):
            if parameter.grad is not None:
                parameter.grad.clamp_(-float(clip_value), float(clip_value))


def parameters_to_vector(parameters):
    """All parameters in one vector; gradients go through it."""
    return cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec, parameters):
    """Give each parameter its part of a vector as its new values."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {typename(vec)}")
    start = 0
    for parameter in parameters:
        stop = start + parameter.numel()
        parameter.data = vec[start:stop].view_as(parameter).data
        start = stop


NOT_HERE = {"parametrizations", "parametrize", "prune", "remove_spectral_norm", "remove_weight_norm", "spectral_norm",
            "weight_norm"}


def __getattr__(name):
    if name in {"rnn", "stateless"}:
        return importlib.import_module(f"{__name__}.{name}")
    if name in NOT_HERE:
        raise AttributeError(f"minigrad has no torch.nn.utils.{name}: compute the weight in your module's forward().")
    raise AttributeError(f"module 'torch.nn.utils' has no attribute {name!r}")
