"""PyTorch's `torch.autograd.forward_ad`: dual tensors, which carry a tangent beside their values.

Inside a `dual_level`, `make_dual` gives a tensor its tangent, all that is computed from it gets one (see tangents.py),
and `unpack_dual` says which. PyTorch allows no level inside another here; `torch.func.jvp` does.
"""

from typing import NamedTuple

from .. import derivatives as d
from ..grad_mode import _GradMode, levels, mode as thread
from ..tensor import Tensor, refuse
from .tangents import Level, reaching

__all__ = ["UnpackedDualTensor", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual", "dual_level"]

NO_LEVEL = ("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.")
NOT_LAST = ("Trying to exit a forward AD level that was not the last one that was created. This is not supported.")
TWICE = ("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {} is not "
         "supported.")
TANGENT_OF_TANGENT = ("Setting a forward grad that itself has a forward gradient at the same level{} is not supported.")


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` gives: a tensor's values, and its tangent or None."""

    primal: Tensor
    tangent: Tensor | None


UnpackedDualTensor.__module__ = "torch.autograd.forward_ad"  # as it prints


def enter_dual_level():
    """Begin a derivative in forward mode; returns its number, which is 0. RuntimeError inside another one."""
    refuse(levels and "Nested forward mode AD is not supported at the moment")
    return Level().number


def exit_dual_level(*, level=None):
    """End it: no tensor has a tangent any longer."""
    refuse(level is not None and level != len(levels) - 1 and NOT_LAST)
    refuse(not levels and "Dual level must be a positive number.")
    levels[-1].close()


class dual_level(_GradMode):
    """The block, or the decorated function, in which one derivative in forward mode is taken.

    >>> import minigrad as torch
    >>> with dual_level():
    ...     x = make_dual(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))
    ...     unpack_dual(x * x.sum())
    UnpackedDualTensor(primal=tensor([3., 6.]), tangent=tensor([4., 2.]))
    """

    def __enter__(self):
        return enter_dual_level()

    def __exit__(self, *exception):
        exit_dual_level()


def make_dual(tensor, tangent, *, level=None):
    """A view of `tensor` that has this tangent, of its shape; both hold floats.

    The tangents of what is computed from it follow, also under `no_grad`, and can be differentiated backwards if
    `tensor` or `tangent` can.
    """
    level = len(levels) - 1 if level is None else level
    refuse(level < 0 and NO_LEVEL)
    for x, what in ((tensor, "primal"), (tangent, "tangent")):
        refuse(x.array.dtype.kind not in "fc" and
               f"Expected {what} to be floating point or complex, but got: {x.dtype}", ValueError)
    refuse(level >= len(levels) and "Invalid level given to _make_dual")
    return dual(levels[level], tensor, tangent)


def dual(level, tensor, tangent):
    """The same at a Level."""
    refuse(level.tangent_of(tensor) is not None and TWICE.format(level.number))
    refuse(level.tangent_of(tangent) is not None and TANGENT_OF_TANGENT.format(level.number))
    with reaching(level.number):
        result = d.view_as_shape(tensor, tensor.array.shape)
        level.give(result, tangent)
    return result


def unpack_dual(tensor, *, level=None):
    """A view of the tensor without its tangent, and the tangent; None if it has none or the level is over."""
    level = len(levels) - 1 if level is None else level
    if level < 0:
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, Tensor):
        kind = type(tensor).__name__
        raise TypeError(f"_unpack_dual(): argument 'dual' (position 1) must be Tensor, not {kind}")
    with reaching(level):
        primal = d.alias(tensor)
    if primal.grad_fn is not None:
        primal.grad_fn.__class__ = Identity
    levels[level].keep_as_is(primal, None)
    return UnpackedDualTensor(primal, levels[level].tangent_of(tensor))


Identity = type("Identity", (d.alias.node,), {"__slots__": (), "__module__": "builtins"})


class _set_fwd_grad_enabled(_GradMode):
    """Turn forward mode off and on again, at once and, as a context manager, for a block."""

    def __init__(self, mode):
        self.mode, self._before = mode, thread.forward
        thread.forward = None if mode else 0

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        thread.forward = self._before

    def clone(self):
        return _set_fwd_grad_enabled(self.mode)


def _is_fwd_grad_enabled():
    """What `_set_fwd_grad_enabled` said last."""
    return thread.forward != 0


def __getattr__(name):
    if name == "_current_level":
        return len(levels) - 1
    raise AttributeError(f"module 'torch.autograd.forward_ad' has no attribute {name!r}")
