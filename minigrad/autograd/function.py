"""PyTorch's `torch.autograd.function`: where Function and its decorator are looked for."""

from ..function import Function, FunctionCtx, once_differentiable

__all__ = ["Function", "FunctionCtx", "once_differentiable"]
