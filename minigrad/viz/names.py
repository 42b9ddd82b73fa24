"""What the caller calls each tensor: names that were given first, then parameters of Modules, then variables."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

LONGEST_NAME = 24
MOST_MEMBERS = 1000  # of a list or a dict that are looked at
WANTED = "names must be a dict from name to tensor or Module, such as {'w': w}; "


class Names(list[tuple[str, Any]]):
    """The (name, tensor) pairs; where a tensor has several names, the one to use comes first.

    That is one from `given`, else what a Module in `given` or `found` calls its parameter, since another variable of
    the same tensor may well be left over from a loop, else one from `found`.

    `paths` says for each parameter of a Module, by its id, what the Module calls it: "model.blocks.0.weight", and
    `modules` what its parts are: {"model.blocks.0": Block(...)}.
    """

    def __init__(self, given: Iterable[tuple[str, Any]], found: Iterable[tuple[str, Any]] = ()) -> None:
        given, found = list(given), list(found)
        self.paths: dict[int, str] = {}
        self.modules: dict[str, Any] = {}
        parameters = []
        for name, module in [*given, *found]:
            if is_module(module):
                for path, parameter in module.named_parameters(prefix=name):
                    if self.paths.setdefault(id(parameter), path) == path:
                        parameters.append((path, parameter))
                self.modules.update(module.named_modules(prefix=name))
        things = [*given, *parameters, *found]
        super().__init__((readable(name), thing) for name, thing in things if is_tensor(thing))


def named_tensors(given: Mapping[str, Any] | None, frame: Any, outputs: Iterable[tuple[str, Any]] = ()) -> Names:
    """All the names that can be had: those of `given`, of `outputs`, and of what the code of `frame` sees."""
    return Names([*given_names(given), *outputs], variables(frame))


def is_tensor(thing: object) -> bool:
    """Asked of the type, so that a lazy object among the caller's variables is never woken up."""
    return hasattr(type(thing), "grad_fn") and hasattr(type(thing), "is_leaf")


def is_module(thing: object) -> bool:
    return hasattr(type(thing), "named_parameters") and hasattr(type(thing), "named_modules")


def is_of_the_library(module: Any) -> bool:
    """Whether the class of a Module comes from where the class Module itself comes from: minigrad's or PyTorch's."""
    base = next(kind for kind in reversed(type(module).__mro__) if kind.__name__ == "Module")
    return type(module).__module__.partition(".")[0] == base.__module__.partition(".")[0]


def given_names(given):
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        raise TypeError(f"{WANTED}got {type(given).__name__}")
    for name, thing in given.items():
        if not isinstance(name, str) or not (is_tensor(thing) or is_module(thing)):
            raise TypeError(f"{WANTED}got {type(name).__name__} to {type(thing).__name__}")
    return given.items()


def variables(frame: Any) -> Iterator[tuple[str, Any]]:
    """The tensors and Modules that are local or global variables of `frame`, or in a list, a tuple or a dict that is.

    In the order in which the variables were assigned: where `for p in params` ran, "params[2]" comes before "p". Names
    that start with an underscore are left out: in a notebook, `_` and `_3` are earlier outputs.
    """
    for name, value in chain(frame.f_locals.items(), frame.f_globals.items()):
        if not isinstance(name, str) or name.startswith("_"):
            continue
        members: Iterable[tuple[Any, Any]] = ()
        if is_tensor(value) or is_module(value):
            yield name, value
        elif type(value) in (list, tuple):
            members = enumerate(value)
        elif type(value) is dict:
            members = value.items()
        for key, member in islice(members, MOST_MEMBERS):
            # Only names as keys: a notebook's own `Out` has numbers.
            if (is_tensor(member) or is_module(member)) and (isinstance(key, str) or type(value) is not dict):
                yield f"{name}[{key!r}]", member


def readable(name: str) -> str:
    """Names may be any text: one line of it, not too long for a box. Those with dots or [] differ in their end."""
    name = name if name.isprintable() else ascii(name)[1:-1]
    if len(name) <= LONGEST_NAME:
        return name
    if "." not in name and not name.endswith("]"):
        return name[: LONGEST_NAME - 1] + "…"
    parts = name.split(".")
    while len(parts) > 1 and len(".".join(parts)) >= LONGEST_NAME:
        del parts[0]
    return "…" + ".".join(parts)[1 - LONGEST_NAME :]
