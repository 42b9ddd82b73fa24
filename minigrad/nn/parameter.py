"""Parameter: a tensor that a Module counts among its own."""

from ..dtypes import PrintsAsTorch
from ..operators.printing import tensor_repr
from ..tensor import Tensor, wrap


class Parameter(Tensor, metaclass=PrintsAsTorch):
    """A leaf that requires grad and that, assigned to an attribute of a Module, is one of its `parameters()`.

    It shares the memory of `data` and forgets its history. RuntimeError if `data` is not floating-point.

    >>> import minigrad as torch
    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    def __new__(cls, data=None, requires_grad=True):
        data = Tensor(0) if data is None else data.detach()
        return Tensor._make_subclass(cls, data, requires_grad)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(wrap(self.array.copy(order="K")), self.requires_grad)
        return memo[id(self)]

    def __repr__(self, *, tensor_contents=None):
        return "Parameter containing:\n" + tensor_repr(self, "tensor")


class _IsBuffer(PrintsAsTorch):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_IsBuffer):
    """A tensor that, assigned to an attribute of a Module, is one of its `buffers()`: state that is not learned.

    It is saved in the module's `state_dict()` if `persistent`.
    """

    def __new__(cls, data=None, *, persistent=True):
        tensor = Tensor(0) if data is None else data.detach().requires_grad_(data.requires_grad)
        tensor.persistent, tensor._is_buffer = persistent, True
        return tensor
