"""Layers, losses and what holds them together: modules, as in torch.nn.

Read modules/module.py first. A layer is a module around a function of functional.py or losses.py; what these compute,
and the gradients of it, are in kernels.py and derivatives.py.
"""

from . import functional, init, utils
from .modules import *  # noqa: F403
from .parameter import Buffer, Parameter

__all__ = ["Buffer", "Parameter", "functional", "init", "utils"]


def __getattr__(name):
    raise AttributeError(f"module 'torch.nn' has no attribute {name!r}")
