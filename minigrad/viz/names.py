"""What the caller calls each tensor: names that were given first, then variables of the calling code."""

from collections.abc import Mapping
from itertools import chain

from .read import is_tensor

LONGEST_NAME = 24


def named_tensors(given, frame):
    """A list of (name, tensor); where a tensor has several names, the one to use comes first."""
    return [(readable(name), tensor) for name, tensor in chain(given_names(given), variables(frame))]


def given_names(given):
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        raise TypeError(f"names must be a dict from name to tensor, such as {{'w': w}}; got {type(given).__name__}")
    for name, tensor in given.items():
        if not isinstance(name, str) or not is_tensor(tensor):
            raise TypeError(
                "names must be a dict from name to tensor, such as {'w': w}; "
                f"got {type(name).__name__} to {type(tensor).__name__}"
            )
    return given.items()


def variables(frame):
    """The tensors among the locals and globals of `frame`, in the order in which they were assigned.

    Names that start with an underscore are left out: in a notebook, `_` and `_3` are earlier outputs.
    """
    for name, value in chain(frame.f_locals.items(), frame.f_globals.items()):
        if is_tensor(value) and not name.startswith("_"):
            yield name, value


def readable(name):
    """Names may be any text: one line of it, and not too long for a box."""
    name = name if name.isprintable() else ascii(name)[1:-1]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
