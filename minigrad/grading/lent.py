"""The test's objects that are no plain data, in the hands of a student's code: what may be done with them there.

Of an iterator the next item can be had; of a stream, what is read and written; of an object of a class that the test
defines, its public attributes. Nothing leads from them to the test itself.
"""

import io
import operator
from typing import Any
from unittest.mock import NonCallableMock

from minigrad.grading.sandbox.borrowed import STREAM

SPECIAL = {f"__{name}__": getattr(operator, name.strip("_")) for name in (
    "eq ne lt le gt ge add sub mul truediv floordiv mod pow matmul neg pos abs contains getitem setitem "
    "delitem").split()}  # fmt: skip
SPECIAL |= {"__len__": len, "__iter__": iter, "__next__": next, "__str__": str, "__float__": float, "__int__": int,
            "__bool__": bool, "__call__": lambda value, *args, **named: value(*args, **named),
            "__enter__": lambda value: value.__enter__(),
            "__exit__": lambda value, *_: value.__exit__(None, None, None)}  # fmt: skip


def special_methods(value: object) -> list[str]:
    """What can be done with an object that is lent; nothing at all with most."""
    if isinstance(value, io.IOBase):
        return ["__iter__", "__next__", "__enter__", "__exit__"]
    if not is_of_the_test(value):
        return ["__iter__", "__next__"] if hasattr(type(value), "__next__") else []
    return [name for name in SPECIAL if any(name in vars(kind) for kind in type(value).__mro__[:-1])]


def is_of_the_test(value: object) -> bool:
    return type(value).__module__ == "__main__" or isinstance(value, NonCallableMock)


def done(value: Any, what: str, *args: object, **named: object) -> object:
    """What comes of using something lent. AttributeError if that is not what it was lent for."""
    if what in special_methods(value):
        return value if what == "__iter__" and hasattr(value, "__next__") else SPECIAL[what](value, *args, **named)
    if isinstance(value, io.IOBase) and what in STREAM:
        return getattr(value, what)(*args, **named)
    if what == "get" and is_of_the_test(value) and not str(args[0]).startswith("_"):
        return getattr(value, str(args[0]))
    if what == "set" and is_of_the_test(value) and not str(args[0]).startswith("_"):
        setattr(value, str(args[0]), args[1])
        return None
    raise AttributeError(f"{args[0] if args else what} of {type(value).__name__}")
