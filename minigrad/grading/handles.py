"""The student's objects that are no plain data, as a test sees them: each use is asked of the student's process.

A handle acts as an object (attributes, operators, methods) only if its class is one that the instructor defines by a
`class` statement too, and only as the instructor's own objects do in that test cell. Of anything else a test can ask no
more than what a call gives: an object that compares equal to everything never gets to say so.
"""

import collections.abc
import inspect
import types
from typing import Any

from minigrad.grading.sandbox.operations import OPERATORS
from minigrad.grading.source import function_in

DIRECT = {f"__{name.strip('_')}__": name for name in OPERATORS}
REFLECTED = {f"__r{name}__": DIRECT[f"__{name}__"] for name in (
    "add sub mul truediv floordiv mod pow matmul lshift rshift and or xor divmod").split()}  # fmt: skip
TOLD_OF_FUNCTIONS = {"__name__", "__qualname__", "__module__", "__defaults__", "__kwdefaults__"}
NO_DATA = "The answer is an object of a class of its own, where plain data is asked for."


class Unfair(Exception):
    """A test did with a student's object what only its own class could answer."""


class RemoteType(type):
    """The class of classes that stand for the student's."""

    def __call__(cls, *args, **kwargs):
        return call(cls, args, kwargs)

    def __getattr__(cls, name: str):
        if name.startswith("_remote") or name in ("__abstractmethods__", "__isabstractmethod__"):
            raise AttributeError(name)
        return asked(cls, "getattr", name)

    def __setattr__(cls, name: str, value: object) -> None:
        asked(cls, "setattr", name, value)

    def __getitem__(cls, key):
        return asked(cls, "getitem", key)

    def __iter__(cls):
        return iter(asked(cls, "iter"))

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or getattr(type(instance), "stands_for", None) is cls

    def __len__(cls) -> int:
        return asked(cls, "len")

    def __bool__(cls) -> bool:
        return True

    def __dir__(cls) -> list[str]:
        return asked(cls, "dir")


class Opaque:
    """Something of the student's that a test can hold and hand back, and find out nothing of."""

    _remote: tuple[Any, int]

    def refuse(self, *_):
        raise Unfair(NO_DATA)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = refuse
    __float__ = __int__ = __index__ = __complex__ = __array__ = __getitem__ = __contains__ = refuse
    __hash__ = object.__hash__


class Call(Opaque):
    """Something of the student's that can be called."""

    def __call__(self, *args, **kwargs):
        return call(self, args, kwargs)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    __hash__ = object.__hash__
    # What every class has of its own, and so is not looked for by __getattr__.
    __doc__ = property(lambda self: asked(self, "getattr", "__doc__"))
    __annotations__ = property(lambda self: asked(self, "getattr", "__annotations__"))

    def __get__(self, instance: object, owner: type | None = None):
        """As an attribute of a class of the test's, a method of its objects."""
        return self if instance is None else types.MethodType(self, instance)

    def __getattr__(self, name: str):
        remote, _ = place_of(self)
        if name in TOLD_OF_FUNCTIONS:
            return asked(self, "getattr", name)
        if name == "__signature__":
            parameters = remote.ask("parameters", self)
            return inspect.Signature([inspect.Parameter(own, inspect._ParameterKind(kind), **dict(more))
                                      for own, kind, more in parameters])  # fmt: skip
        if name in ("__wrapped__", "__code__"):
            if found := function_in(remote.sources, self.__name__):
                return found if name == "__wrapped__" else found.__code__
        raise AttributeError(f"{name} of a student's function cannot be asked for")


class Function(Call):
    """A function of the student's, by `def` or `lambda`."""

    __doc__ = Call.__dict__["__doc__"]
    __class__ = property(lambda self: types.FunctionType)


class Steps(Opaque):
    """An iterator of the student's."""

    __len__ = None  # or list() would ask for it

    def __iter__(self):
        return self

    def __next__(self):
        return asked(self, "next")

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return any(each is item or each == item for each in self)


collections.abc.Iterator.register(Steps)


class Generator(Steps):
    """What a call of a function with `yield` gives."""

    __class__ = property(lambda self: types.GeneratorType)

    def send(self, value: object):
        return asked(self, "send", value)

    def close(self) -> None:
        asked(self, "close")


class Awaitable(Opaque, collections.abc.Coroutine):
    """What a call of an `async def` of the student's gives: it runs to its end in the student's process."""

    def send(self, value: object):
        raise StopIteration(asked(self, "await"))

    def throw(self, kind, value=None, trace=None):
        raise kind

    def close(self) -> None: ...

    def __await__(self):
        return asked(self, "await")
        yield  # never reached: it makes this a generator, as `await` wants one


class Instance:
    """An object of a class that the instructor defines as well."""

    _remote: tuple[Any, int]

    def __getattr__(self, name: str):
        if name.startswith("_remote") or name.startswith("__array"):
            raise AttributeError(name)
        return self._asked("getattr", name)

    def __setattr__(self, name: str, value: object) -> None:
        asked(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        asked(self, "delattr", name)

    def __dir__(self) -> list[str]:
        return self._asked("dir")

    def __copy__(self):
        return self._asked("copy")

    def __deepcopy__(self, known: dict):
        return self._asked("deepcopy")

    def _asked(self, operation: str, *given: object):
        remote, _ = place_of(self)
        remote.use(type(self), "attributes")
        return asked(self, operation, *given)

    __dict__ = property(lambda self: self._asked("vars"))


class Context(Call):
    """A context manager of a function with `yield`: `with` is two calls."""

    def __enter__(self):
        return asked(self, "enter")

    def __exit__(self, *error):
        return asked(self, "exit", *error)


ACTS_AS = {"function": Function, "callable": Call, "generator": Generator, "iterator": Steps, "awaitable": Awaitable,
           "context": Context}  # fmt: skip


def forward(operation: str, reflected: bool = False):
    """An operator, asked of the student's process."""

    def operator(self, *others):
        remote, _ = place_of(self)
        remote.use(type(self), operation)
        return remote.ask("operation", operation, *((*others, self) if reflected else (self, *others)))

    return operator


def call(handle: Any, args: tuple, kwargs: dict):
    remote, _ = place_of(handle)
    return remote.ask("call", handle, args, tuple(kwargs.items()))


def asked(handle: Any, operation: str, *given: object):
    """What comes of an operation, of those in sandbox/operations.py, on what a handle stands for."""
    remote, _ = place_of(handle)
    return remote.ask("operation", operation, handle, *given)


def place_of(handle: Any) -> tuple[Any, int]:
    """The conversation that a handle, or a class that stands for one of the student's, comes from; its number there."""
    if isinstance(handle, RemoteType):
        return type.__getattribute__(handle, "_remote_class")
    return object.__getattribute__(handle, "_remote")


def number_of(value: object) -> int | None:
    return place_of(value)[1] if isinstance(value, RemoteType | Opaque | Instance) else None
