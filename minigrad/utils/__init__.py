"""What programs need around tensors: data, in batches."""

from ..operators.out import swap_tensors
from . import checkpoint, data, hooks


def __getattr__(name):
    raise AttributeError(f"minigrad has no torch.utils.{name}.")
