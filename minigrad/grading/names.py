"""What has the same name in every process may cross as that name: built-in types and errors, numpy's functions."""

import builtins
import importlib

import numpy as np

LIBRARIES = ("builtins", "math", "cmath", "operator", "numpy", "random", "string", "statistics", "functools",
             "itertools", "collections", "re")  # fmt: skip
PLAIN = {value for name, value in vars(builtins).items() if isinstance(value, type) and value not in (type, super)}
PLAIN |= {np.ndarray, np.dtype}


def is_plain(value: object) -> bool:
    """Whether it is a type that makes plain values or errors, and does no more: `np.memmap` would open files."""
    return isinstance(value, type) and (value in PLAIN or issubclass(value, np.generic | BaseException))


def name_of(value: object) -> str:
    """ "numpy.sin" of what is found under that name in a library; "" of everything else."""
    module = getattr(value, "__module__", None) or getattr(type(value), "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module.partition(".")[0] not in LIBRARIES:
        return ""
    full = f"{module}.{name}"
    try:
        return full if called(full) is value else ""
    except (ImportError, AttributeError):
        return ""


def called(full: str) -> object:
    """What has this name; ImportError or AttributeError if nothing in the libraries has."""
    root, *parts = full.split(".")
    if root not in LIBRARIES or any(part.startswith("_") for part in parts):
        raise AttributeError(f"{full} is not for passing")
    found = importlib.import_module(root)
    for part in parts:
        found = getattr(found, part)
    return found
