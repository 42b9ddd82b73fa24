"""The handle that takes a hook away again, under PyTorch's path."""

from ..graph import RemovableHandle as RemovableHandle
