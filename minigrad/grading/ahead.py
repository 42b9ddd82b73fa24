"""Imports done ahead, once, in the process that copies are made of: each copy would have to do them for itself."""

import importlib
import warnings
from collections.abc import Collection


def import_all(modules: Collection[str]) -> None:
    """Import what is there; what is not, or cannot be imported, is for whoever asks for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception:
                continue
