"""`__main__`, as a test cell finds it: a notebook's names. unittest looks for its cases there."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType


class Main(ModuleType):
    """A module whose names are those of `space`."""

    def __init__(self, space: Mapping[str, object]) -> None:
        super().__init__("__main__")
        self.__dict__["space"] = space

    def __getattr__(self, name: str) -> object:
        try:
            return self.__dict__["space"][name]
        except (KeyError, NameError):
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return list(dict.keys(self.__dict__["space"]))


@contextmanager
def as_main(space: Mapping[str, object]) -> Iterator[None]:
    before = sys.modules["__main__"]
    sys.modules["__main__"] = Main(space)
    try:
        yield
    finally:
        sys.modules["__main__"] = before
