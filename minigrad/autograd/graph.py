"""PyTorch's `torch.autograd.graph`: the node class, for isinstance."""

from ..graph import Node

__all__ = ["Node"]
