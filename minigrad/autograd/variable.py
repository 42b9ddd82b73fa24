"""Variable: what a tensor that autograd follows was called before PyTorch 0.4; older scripts still say so."""

import types
import warnings

from ..engine import queue_callback
from ..tensor import Tensor

VOLATILE = "volatile was removed and now has no effect. Use `with torch.no_grad():` instead."


def _volatile(tensor):
    warnings.warn("volatile was removed (Variable.volatile is always False)", UserWarning, stacklevel=2)
    return False


Tensor.volatile = property(_volatile, doc="False; before PyTorch 0.4 it was what `no_grad` is now.")


class _AnyTensor(type):
    """Every tensor is a Variable."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor)


class Variable(metaclass=_AnyTensor):
    """A tensor with the values and the memory of `data`, without its history.

    >>> import minigrad as torch
    >>> Variable(torch.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    __module__ = "torch.autograd.variable"
    _execution_engine = types.SimpleNamespace(queue_callback=queue_callback)

    def __new__(cls, data=None, requires_grad=False, volatile=False):
        if volatile:
            warnings.warn(VOLATILE, UserWarning, stacklevel=2)
        data = Tensor() if data is None else data
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        if requires_grad and not (data.is_floating_point() or data.is_complex()):
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        return data.detach().requires_grad_(requires_grad)
