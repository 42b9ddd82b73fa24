"""The test's functions and objects, as the student's code sees them: each use is asked of the grader."""

from typing import Any

STREAM = ("read", "readline", "readlines", "write", "writelines", "seek", "tell", "flush", "close", "getvalue")
NO_INPUT = "input() was called, and nobody is there to answer. Give the value in the code."


class Token:
    """Something of the test's that can be held and given back, and no more."""

    def __init__(self, student: Any, number: int) -> None:
        self.student, self.number = student, number


class Callback(Token):
    """A function of the test's."""

    def __init__(self, student: Any, number: int, name: str = "", text: str = "") -> None:
        super().__init__(student, number)
        self.__name__ = self.__qualname__ = name
        self.__doc__ = text or None

    def __call__(self, *args, **kwargs):
        return self.student.ask(self, args, kwargs)


class Borrowed(Token):
    """An object of the test's whose class is the test's as well."""

    def __init__(self, student: Any, number: int) -> None:
        object.__setattr__(self, "student", student)
        object.__setattr__(self, "number", number)

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.student.ask(self, ("get", name), {})

    def __setattr__(self, name: str, value: object) -> None:
        self.student.ask(self, ("set", name, value), {})


def forward(name: str):
    def method(self, *args, **kwargs):
        return self.student.ask(self, (name, *args), kwargs)

    return method


Stream = type("Stream", (Token,), {name: forward(name) for name in STREAM})


def borrowed(student: Any, number: int, kind: str, special: list[str]) -> Token:
    """What stands here for an object of the test's: with those special methods, and those of its kind."""
    base = {"stream": Stream, "object": Borrowed}.get(kind, Token)
    return type(base.__name__, (base,), {name: forward(name) for name in special})(student, number)
