"""What the caller calls each tensor: names that were given first, then variables, then parameters of Modules."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

LONGEST_NAME = 24
WANTED = "names must be a dict from name to tensor or Module, such as {'w': w}; "


class Names(list[tuple[str, Any]]):
    """The (name, tensor) pairs; where a tensor has several names, the one to use comes first.

    `paths` says for each parameter of a Module, by its id, what the Module calls it: "model.blocks.0.weight", and
    `modules` what kind of thing a part of a Module is: {"model.blocks.0": "Block"}.
    """

    def __init__(self, things: list[tuple[str, Any]]) -> None:
        super().__init__((readable(name), thing) for name, thing in things if is_tensor(thing))
        self.paths: dict[int, str] = {}
        self.modules: dict[str, str] = {}
        found = []
        for name, module in things:
            if is_module(module):
                for path, parameter in module.named_parameters(prefix=name):
                    if self.paths.setdefault(id(parameter), path) == path:
                        found.append((readable(path), parameter))
                self.modules.update((path, type(part).__name__) for path, part in module.named_modules(prefix=name))
        self.extend(found)


def named_tensors(given: Mapping[str, Any] | None, frame: Any) -> Names:
    """All the names that can be had: those of `given`, and of the variables that the code of `frame` sees."""
    return Names([*given_names(given), *variables(frame)])


def is_tensor(thing: object) -> bool:
    """Asked of the type, so that a lazy object among the caller's variables is never woken up."""
    return hasattr(type(thing), "grad_fn") and hasattr(type(thing), "is_leaf")


def is_module(thing: object) -> bool:
    return hasattr(type(thing), "named_parameters") and hasattr(type(thing), "named_modules")


def given_names(given):
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        raise TypeError(f"{WANTED}got {type(given).__name__}")
    for name, thing in given.items():
        if not isinstance(name, str) or not (is_tensor(thing) or is_module(thing)):
            raise TypeError(f"{WANTED}got {type(name).__name__} to {type(thing).__name__}")
    return given.items()


def variables(frame: Any) -> Iterator[tuple[str, Any]]:
    """The tensors and Modules among the locals and globals of `frame`, in the order in which they were assigned.

    Names that start with an underscore are left out: in a notebook, `_` and `_3` are earlier outputs.
    """
    for name, value in chain(frame.f_locals.items(), frame.f_globals.items()):
        if isinstance(name, str) and not name.startswith("_") and (is_tensor(value) or is_module(value)):
            yield name, value


def readable(name: str) -> str:
    """Names may be any text: one line of it, and not too long for a box. What differs in dotted ones is their end."""
    name = name if name.isprintable() else ascii(name)[1:-1]
    if len(name) <= LONGEST_NAME:
        return name
    if "." not in name:
        return name[: LONGEST_NAME - 1] + "…"
    parts = name.split(".")
    while len(parts) > 1 and len(".".join(parts)) >= LONGEST_NAME:
        del parts[0]
    return "…" + ".".join(parts)[1 - LONGEST_NAME :]
