"""What programs need around tensors: data, in batches."""

from . import data, hooks
