"""A snapshot is plain data: everything that can be observed of a call's result, without keeping the objects."""

import itertools
import json
import types
import warnings
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

import minigrad as torch

ELEMENTS = 10_000  # of one tensor; larger ones are described by their shape alone
ITEMS = 2_000  # of all containers of one object together
DEPTH = 20
NODES = 1_000
LETTERS = 5_000


@dataclass
class Snapshot:
    """What happened when a case was run.

    outcome: "returned", "raised", "unfinished" (the time limit), "not run" (no time was left), "missing" (no such
    name), "not callable", "no entry" (no such key) or "not alone" (another engine was called; its name is the
    exception's type).
    """

    outcome: str
    result: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, dict] = field(default_factory=dict)  # where -> what it is afterwards
    exception: dict[str, Any] = field(default_factory=dict)  # type, bases, text, line: [number, source]
    same: list[list[str]] = field(default_factory=list)  # places that hold the same object
    shared: list[list[str]] = field(default_factory=list)  # places whose tensors share memory
    warnings: list[list[str]] = field(default_factory=list)  # [category, text]
    calls: dict[str, int] = field(default_factory=dict)  # argument -> how often it was called
    backward: dict[str, int] = field(default_factory=dict)  # argument -> how often gradients came back through it
    modes: dict = field(default_factory=dict)
    printed: str = ""
    walks: dict[str, Any] = field(default_factory=dict)  # of an engine of the learner's own: see walk.py

    def raised(self, name: str) -> bool:
        """Whether an error of this class, or of one made from it, was raised.

        What is not written yet raises NotImplementedError, which is a RuntimeError only by Python's order of classes.
        """
        kind = self.exception.get("type")
        return kind == name or kind != "NotImplementedError" and name in self.exception.get("bases", ())

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        return cls(**json.loads(text))


def observe(result, arguments: dict) -> dict:
    """The fields `result`, `arguments`, `same` and `shared` for a result and named arguments."""
    camera = Camera()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # reading .grad of a non-leaf warns
        seen = {name: camera.describe(value, name) for name, value in arguments.items()}
        return {
            "result": camera.describe(result, "result"),
            "arguments": seen,
            "same": camera.same(),
            "shared": camera.shared(),
        }


class Camera:
    """Describes objects as plain data; asks no method of theirs, only those of the builtin classes they come from."""

    def __init__(self):
        self.left = ITEMS
        self.objects = []  # (where, object) of all that can be shared

    def describe(self, value, where: str, depth: int = 0) -> dict:
        """`value` as {"kind": ..., ...}; `where` names it, as in "result[1]"."""
        self.left -= 1
        if self.left < 0 or depth > DEPTH:
            return {"kind": "too large"}
        cls = type(value)
        if value is None or value is ...:
            return {"kind": "None" if value is None else "..."}
        if issubclass(cls, torch.Tensor):
            try:
                described = self.tensor(value, where, depth)
            except Exception:  # made by Tensor.__new__ alone: it has no values
                return {"kind": "object", "type": class_name(cls)}
            self.objects.append((where, value))
            return described
        if issubclass(cls, np.ndarray):
            self.objects.append((where, value))
            return {"kind": "array", **_values(np.ndarray.view(value, np.ndarray)), "dtype": str(value.dtype)}
        if issubclass(cls, np.generic):
            return _number(np.generic.item(value))
        for kind in (list, tuple):
            if issubclass(cls, kind):
                self.objects.append((where, value))
                items = itertools.islice(kind.__iter__(value), ITEMS)
                return {
                    "kind": kind.__name__,
                    "length": kind.__len__(value),
                    "items": [self.describe(item, f"{where}[{i}]", depth + 1) for i, item in enumerate(items)],
                }
        if issubclass(cls, dict):
            self.objects.append((where, value))
            entries = itertools.islice(dict.items(value), ITEMS)
            pairs = [(self.describe(key, where, depth + 1), item) for key, item in entries]
            return {
                "kind": "dict",
                "items": [[key, self.describe(item, f"{where}[{_key(key)}]", depth + 1)] for key, item in pairs],
            }
        if issubclass(cls, set | frozenset):
            base = set if issubclass(cls, set) else frozenset
            members = [self.describe(item, where, depth + 1) for item in itertools.islice(base.__iter__(value), ITEMS)]
            return {"kind": "set", "items": sorted(members, key=json.dumps)}
        if issubclass(cls, torch.dtype):
            return {"kind": "dtype", "name": str(value)}
        if issubclass(cls, str):
            return {"kind": "str", "value": str.__str__(value)[:LETTERS]}
        if issubclass(cls, bool | int | float | complex):
            return _number(value)
        if issubclass(cls, type):
            return {"kind": "class", "name": class_name(value)}
        if issubclass(cls, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
            return {"kind": "function"}
        return {"kind": "object", "type": f"{_module(cls)}{class_name(cls)}"}

    def tensor(self, value, where: str, depth: int) -> dict:
        grad = _read(value, "grad")
        return {
            "kind": "tensor",
            **_values(_read(value, "array")),
            "dtype": str(_read(value, "dtype")),
            "requires_grad": _read(value, "requires_grad"),
            "is_leaf": _read(value, "is_leaf"),
            "grad": None if grad is None else self.describe(grad, f"{where}.grad", depth + 1),
            "version": _read(value, "_version"),
            "graph": self.graph(_read(value, "grad_fn")),
            "set": _set(value),
        }

    def graph(self, root) -> list | None:
        """The nodes behind a tensor, first come first: [name, leaf's place or None, [index of the next node, ...]]."""
        if root is None:
            return None
        places = {id(value): where for where, value in self.objects}
        index, nodes, described = {id(root): 0}, [root], []
        for node in nodes:  # grows as new nodes are met
            edges = []
            for following, _ in node.next_functions:
                if following is not None and id(following) not in index and len(nodes) < NODES:
                    index[id(following)] = len(nodes)
                    nodes.append(following)
                edges.append(None if following is None else index.get(id(following)))
            described.append([node.name(), places.get(id(getattr(node, "variable", None))), edges])
        return described

    def same(self) -> list[list[str]]:
        groups: dict[int, list[str]] = {}
        for where, value in self.objects:
            groups.setdefault(id(value), []).append(where)
        return [places for places in groups.values() if len(places) > 1]

    def shared(self) -> list[list[str]]:
        memory = [(where, value if issubclass(type(value), np.ndarray) else _read(value, "array"))
                  for where, value in self.objects if issubclass(type(value), torch.Tensor | np.ndarray)]
        groups: list[tuple[list[str], np.ndarray]] = []
        for where, array in memory[:50]:
            for places, first in groups:
                if np.may_share_memory(array, first):
                    places.append(where)
                    break
            else:
                groups.append(([where], array))
        return [places for places, _ in groups if len(places) > 1]


def class_name(cls: type) -> str:
    return type.__dict__["__name__"].__get__(cls)


def _module(cls: type) -> str:
    """ "torch." for torch.Tensor, which is no tensor of minigrad's; nothing for classes made in a notebook."""
    module = vars(cls).get("__module__")
    return f"{module}." if type(module) is str and module not in ("builtins", "__main__", "answer") else ""


def _read(tensor, name: str):
    """An attribute as minigrad itself defines it, whatever a subclass makes of it."""
    return getattr(torch.Tensor, name).__get__(tensor)


def _set(tensor) -> list[str]:
    """The names that somebody has set on a tensor and that no tensor has: what a misspelt attribute leaves behind."""
    own = object.__getattribute__(tensor, "__dict__")
    return sorted(name[:100] for name in own if type(name) is str and not hasattr(torch.Tensor, name))[:10]


def _values(array) -> dict:
    shape = list(array.shape)
    plain = array.dtype.kind in "biuf" and array.size <= ELEMENTS
    return {"shape": shape, "values": array.tolist() if plain else None}


def _number(value) -> dict:
    for kind in (bool, int, float, complex):
        if issubclass(type(value), kind):
            break
    else:  # a numpy scalar with no counterpart in Python
        return {"kind": "object", "type": class_name(type(value))}
    if kind is complex:
        return {"kind": "complex", "value": [complex.real.__get__(value), complex.imag.__get__(value)]}
    if kind is int and abs(int.__int__(value)) >= 2**1000:  # its digits are of no use to anybody, and slow
        return {"kind": "object", "type": "int"}
    return {"kind": kind.__name__, "value": {bool: bool, int: int.__int__, float: float.__float__}[kind](value)}


def _key(described: dict) -> str:
    return repr(described["value"]) if "value" in described else described["kind"]
