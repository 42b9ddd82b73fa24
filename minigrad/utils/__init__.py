"""What programs need around tensors: data, in batches."""

from ..out import swap_tensors
from . import data, hooks
