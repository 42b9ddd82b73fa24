"""What the student's code raises, as a test can catch it; and what a test's function raises, as that code can."""

from collections.abc import Collection
from typing import Any

from minigrad.grading.handles import Instance, RemoteType
from minigrad.grading.names import name_of


def parts(raised: tuple) -> tuple:
    """What the student's process tells of an error (student.described); ValueError or TypeError if it is none."""
    if not raised:
        return ()
    kinds, arguments, text, own, cause = raised
    return tuple(kinds), tuple(arguments), str(text), own, parts(cause)


def rebuilt(lent: list, kinds: tuple, arguments: tuple, text: str, own: object, cause: tuple) -> BaseException:
    """The error that has these parts. One of the test's own, which was lent, comes back as itself."""
    if any(own is each for each in lent if isinstance(each, Exception)):
        error: Any = own
    elif isinstance(own, Instance) and isinstance(own, BaseException):
        error = with_arguments(own, arguments, text)
    else:
        error = made(kinds, arguments, text)
    if cause:
        BaseException.__setattr__(error, "__cause__", rebuilt(lent, *cause))  # past what the class makes of it
    return error


def with_arguments(error: Any, arguments: tuple, text: str) -> BaseException:
    """An error of a class of the student's, with the text that it has there."""
    known: Any = next(kind for kind in type(error).__mro__
                      if not isinstance(kind, RemoteType) and "__str__" in vars(kind))  # fmt: skip
    for each in (arguments, (text,)):
        BaseException.__setattr__(error, "args", each)
        if known.__str__(error) == text:
            break
    return error


def made(kinds: tuple[Any, ...], arguments: tuple, text: str) -> BaseException:
    """One of the nearest class that there is here."""
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseException):
            try:
                is_theirs = isinstance(kind, RemoteType)
                return BaseException.__new__(kind, *arguments) if is_theirs else kind(*arguments)
            except Exception:
                continue
    return RuntimeError(text)


def told(error: Exception, on_both_sides: Collection[type]) -> tuple:
    """What the student's process is told of an error of the test's: of its classes, those that can be known there."""
    kinds = tuple(kind for kind in type(error).__mro__ if issubclass(kind, BaseException)
                  and (name_of(kind) or isinstance(kind, RemoteType) or kind in on_both_sides))  # fmt: skip
    return kinds or (RuntimeError,), tuple(map(str, error.args)), str(error), error
