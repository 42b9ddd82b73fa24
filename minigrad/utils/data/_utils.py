"""Where programs written for PyTorch look for `collate`."""

from . import collate as collate
