"""The student's objects, as a test cell sees them: plain data by value, all else as a handle that asks the student's process.

A handle acts as an object (attributes, operators, methods) only if its class is one that the instructor defines by a
`class` statement, and only with the operators that are defined there. Of anything else a test can ask no more than what
a call gives: an object that compares equal to everything never gets to say so.
"""

import builtins
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.mirror import Mirror, NotPlain
from minigrad.grading.names import called, name_of
from minigrad.grading.sandbox.start import Sandbox

BINARY = {f"__{name}__": name for name in (
    "eq ne lt le gt ge add sub mul truediv floordiv mod pow matmul lshift rshift iadd isub imul itruediv imatmul "
    "ifloordiv imod ipow iand ior ixor neg pos abs invert contains getitem setitem delitem index len iter next bool int "
    "float complex str repr format hash divmod round reversed").split()} | {"__and__": "and_", "__or__": "or_", "__xor__": "xor"}
REFLECTED = {f"__r{name}__": BINARY[f"__{name}__"] for name in (
    "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor divmod").split()}  # fmt: skip


class Unfair(Exception):
    """A test did with a student's object what only its own class could answer."""


class Remote:
    """A conversation with one student's process. `operators` are, by class, those that the instructor's classes define."""

    def __init__(self, sandbox: Sandbox, operators: Mapping[str, frozenset[str]]) -> None:
        self.sandbox, self.operators = sandbox, operators
        self.channel = Channel(sandbox.channel)
        self.forget()
        self.ask("classes", tuple(operators))

    def forget(self) -> None:
        """Between test cells: what was shared is shared no more."""
        self.mirror = Mirror(0, self.refer, self.find)
        self.handles: dict[int, Any] = {}
        self.lent: list[Any] = []
        self.token = 0

    def fresh(self) -> None:
        self.forget()
        self.channel.send([b"forget"])

    def ask(self, do: str, *given: Any) -> Any:
        """Have the student's process do something; what came of it, or the error that it raised."""
        if not self.channel.is_quiet():
            raise ChannelError("it spoke without being asked")
        self.token += 1
        token = self.token
        self.channel.send(self.mirror.pack(do=do, given=given, token=token))
        while True:
            reply = self.mirror.unpack(self.channel.receive())
            if "call" in reply:
                self.call_back(*reply["call"])
                continue
            if reply.get("token") != token:
                raise ChannelError("it answered something else")
            sys.stdout.write(reply["printed"])
            for kind, text in reply["warned"]:
                warnings.warn(text, warning_class(kind), stacklevel=2)
            if "raised" in reply:
                raise error_of(*reply["raised"])
            return reply["value"]

    def call_back(self, function: Any, args: tuple, kwargs: tuple) -> None:
        try:
            result = {"value": function(*args, **dict(kwargs))}
        except Exception as error:
            kinds = tuple(kind for kind in type(error).__mro__ if issubclass(kind, BaseException))
            known = tuple(kind for kind in kinds if name_of(kind)) or (RuntimeError,)
            result = {"raised": (known, tuple(map(str, error.args)), str(error))}
        self.channel.send(self.mirror.pack(**result))

    # What is no plain data

    def refer(self, value: object) -> dict:
        if (number := number_of(value)) is not None:
            return {"handle": number}
        if name := name_of(value):
            return {"name": name}
        if not any(value is each for each in self.lent):
            self.lent.append(value)
        place = next(place for place, each in enumerate(self.lent) if each is value)
        return {"callback" if callable(value) else "token": place}

    def find(self, told: dict) -> object:
        if "plain" in told:
            return self.mirror.into(told["plain"])
        if "name" in told:
            return known_type(told["name"])
        if "lent" in told:
            return self.lent[told["lent"]]
        number = int(told["handle"])
        if number not in self.handles:
            self.handles[number] = self.made(number, told)
        return self.handles[number]

    def made(self, number: int, told: dict) -> object:
        if "bases" in told:
            return self.made_class(number, str(told["class_name"]), told["bases"])
        kind = self.mirror.into(told["class"])
        if isinstance(kind, RemoteType):
            made = kind.__new__(kind)
        else:
            made = (Steps if told["iterator"] else Call if told["callable"] else Opaque)()
        object.__setattr__(made, "_remote", (self, number))
        return made

    def made_class(self, number: int, name: str, bases: list) -> type:
        """A class here that stands for one of the student's: so isinstance and except can be asked about its objects."""
        known = [base for base in map(self.mirror.into, bases) if isinstance(base, RemoteType)]
        errors = [base for base in map(self.mirror.into, bases)
                  if isinstance(base, type) and issubclass(base, BaseException) and base not in known]  # fmt: skip
        parents = tuple(known or errors) or (Instance,)
        if known or errors and not issubclass(parents[0], Instance):
            parents = (*parents, Instance) if not any(issubclass(each, Instance) for each in parents) else parents
        operators = {operator: forward(BINARY.get(operator) or REFLECTED[operator], operator in REFLECTED)
                     for operator in self.operators.get(name, ()) if operator in BINARY or operator in REFLECTED}
        if "__call__" in self.operators.get(name, ()):
            operators["__call__"] = Call.__call__
        kind = RemoteType(name, parents, operators)
        type.__setattr__(kind, "_remote_class", (self, number))
        return kind


class RemoteType(type):
    """The class of classes that stand for the student's."""

    def __call__(cls, *args, **kwargs):
        remote, _ = cls._remote_class
        return remote.ask("call", cls, args, tuple(kwargs.items()))

    def __getattr__(cls, name: str):
        if name.startswith("_remote") or name in ("__abstractmethods__", "__isabstractmethod__"):
            raise AttributeError(name)
        remote, _ = cls._remote_class
        return remote.ask("operation", "getattr", cls, name)

    def __setattr__(cls, name: str, value: object) -> None:
        remote, _ = cls._remote_class
        remote.ask("operation", "setattr", cls, name, value)

    def __getitem__(cls, key):
        remote, _ = cls._remote_class
        return remote.ask("operation", "getitem", cls, key)

    def __iter__(cls):
        remote, _ = cls._remote_class
        return iter(remote.ask("operation", "iter", cls))


class Opaque:
    """Something of the student's that a test can hold and hand back, and find out nothing of."""

    def refuse(self, *_):
        raise Unfair("The answer is an object of a class of its own, where plain data is asked for.")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = refuse
    __float__ = __int__ = __index__ = __complex__ = __array__ = __getitem__ = __contains__ = refuse
    __hash__ = object.__hash__


class Call(Opaque):
    """A function of the student's."""

    def __call__(self, *args, **kwargs):
        remote, _ = self._remote
        return remote.ask("call", self, args, tuple(kwargs.items()))


class Steps(Opaque):
    """An iterator of the student's."""

    __len__ = None  # or list() would ask for it

    def __iter__(self):
        return self

    def __next__(self):
        remote, _ = self._remote
        return remote.ask("operation", "next", self)


class Instance:
    """An object of a class that the instructor defines as well."""

    def __getattr__(self, name: str):
        if name.startswith("_remote") or name.startswith("__array"):
            raise AttributeError(name)
        remote, _ = self._remote
        return remote.ask("operation", "getattr", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        remote, _ = self._remote
        remote.ask("operation", "setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        remote, _ = self._remote
        remote.ask("operation", "delattr", self, name)


def forward(operation: str, reflected: bool):
    def operator(self, *others):
        remote, _ = self._remote
        return remote.ask("operation", operation, *((*others, self) if reflected else (self, *others)))

    return operator


def number_of(value: object) -> int | None:
    """The number that a handle, or a class that stands for one of the student's, has there."""
    name = "_remote_class" if isinstance(value, RemoteType) else "_remote"
    if not isinstance(value, RemoteType | Opaque | Instance):
        return None
    return (type if isinstance(value, RemoteType) else object).__getattribute__(value, name)[1]


def known_type(name: str) -> type:
    """Only types and errors of Python's and numpy's: a function that a student names is never called here."""
    found = called(name)
    if not isinstance(found, type) or found.__module__.partition(".")[0] not in ("builtins", "numpy"):
        raise NotPlain(f"{name} is no type")
    return found


def error_of(kinds: tuple, arguments: tuple, text: str) -> BaseException:
    """What the student's code raised, as a test can catch it: of the nearest class that there is here."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseException):
            try:
                return kind.__new__(kind, *arguments) if isinstance(kind, RemoteType) else kind(*arguments)
            except Exception:
                continue
    return RuntimeError(text)


def warning_class(name: str) -> type[Warning]:
    found = vars(builtins).get(name)
    return found if isinstance(found, type) and issubclass(found, Warning) else UserWarning
