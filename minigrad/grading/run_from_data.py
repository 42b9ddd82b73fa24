"""What a test may run that it has as data: a pickle calls what it names, `eval` and doctest make programs of texts.

Such data may come from a student, and tests run where the marks are decided. So only that is run which comes up with
the instructor's own answers as well; of pickles always what makes plain types and arrays, and never a function.
"""

import hashlib
import importlib
import sys
from collections.abc import Collection
from types import CodeType
from typing import Any

from minigrad.grading.names import PLAIN

PLAIN_NAMES = {f"{module}.{kind.__name__}" for kind in PLAIN for module in ("builtins", "__builtin__")}
PLAIN_NAMES |= {f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta", "timezone")}
PLAIN_NAMES |= {"collections.OrderedDict", "collections.deque", "decimal.Decimal"}
MAKERS = {"copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "_codecs.encode", "numpy.ndarray",
          "numpy.dtype", "numpy.random._pickle.__randomstate_ctor", "numpy.random._pickle.__generator_ctor",
          "numpy.random._pickle.__bit_generator_ctor", "numpy.ma.core._mareconstruct"}  # fmt: skip
MAKERS |= {f"numpy.{core}.{name}" for core in ("core", "_core")
           for name in ("multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer")}  # fmt: skip
ALWAYS = PLAIN_NAMES | MAKERS

# What they run is in files, or written by themselves of nothing but names.
TRUSTED = ("importlib", "collections", "dataclasses", "_pytest", "minigrad")


class RunFromData:
    """Watches over this process from here on, until it is closed. `found` is what has come up.

    `known` is what comes up with the instructor's answers; None while these are run.
    """

    def __init__(self, known: Collection[str] | None) -> None:
        self.known, self.found, self.is_closed = known, set[str](), False
        self.begin()
        sys.addaudithook(self.look)  # for good: there is no way to take one back

    def begin(self) -> None:
        """A test cell begins."""
        self.refusal = ""
        self.methods: dict[type, dict[str, object]] = {}  # of the classes in pickles, as they were

    def refused(self) -> str:
        """A sentence on what was refused since then; "" if nothing was. A pickle can also set attributes of a class."""
        for kind, before in self.methods.items():
            now = methods(kind)
            for name in [name for name in now | before if now.get(name) is not before.get(name)]:
                if name in now:
                    delattr(kind, name)
                if name in before:
                    setattr(kind, name, before[name])
                self.refusal = f"A pickle that this test has read changes what {kind.__name__} does."
        return self.refusal

    def look(self, event: str, given: tuple) -> None:
        if event == "pickle.find_class" and not self.is_closed:
            name = ".".join(given)
            if name not in ALWAYS:
                kind: Any = found(*given) if self.known is None or name in self.known else None
                self.check(name, f"call {name}, for a pickle says so", isinstance(kind, type))
                self.methods.setdefault(kind, methods(kind))
        elif event == "exec" and not self.is_closed:
            caller = sys._getframe(1).f_globals.get("__name__", "")
            if caller.partition(".")[0] not in TRUSTED:
                self.check(mark(given[0]), "run a text as a program", True)

    def check(self, name: str, what: str, is_fit: bool) -> None:
        if not is_fit or self.known is not None and name not in self.known:
            self.refusal = f"This test would {what}, which it does not with the instructor's own answers."
            raise PermissionError(self.refusal)
        self.found.add(name)

    def close(self) -> None:
        self.is_closed = True


def found(module: str, name: str) -> Any:
    there: object = importlib.import_module(module)
    for part in name.split("."):
        there = getattr(there, part, None)
    return there


def methods(kind: type) -> dict[str, object]:
    """What a class does; what else it has, its own code may count or collect."""
    return {name: value for name, value in vars(kind).items()
            if callable(value) or hasattr(value, "__get__") or name.startswith("__")}  # fmt: skip


def mark(code: CodeType) -> str:
    """The same for the same program, wherever it stands."""
    constants = [mark(each) if isinstance(each, CodeType) else f"{type(each)} {each!r}" for each in code.co_consts]
    return hashlib.sha256(repr((code.co_code, code.co_names, code.co_varnames, constants)).encode()).hexdigest()
