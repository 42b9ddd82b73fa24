"""PyTorch's `torch.autograd.function`: where Function and what belongs to it are looked for."""

from ..function import BackwardCFunction, Function, FunctionCtx, InplaceFunction, once_differentiable

__all__ = ["BackwardCFunction", "Function", "FunctionCtx", "InplaceFunction", "once_differentiable"]
