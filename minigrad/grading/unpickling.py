"""What a test may unpickle: a pickle calls whatever it names, and what a test reads may come from a student.

Always allowed are plain types, and what makes arrays and objects of what is allowed. Beyond that a test may unpickle
the classes that come up with the instructor's own answers, and never a function.
"""

import importlib
import sys
from collections.abc import Collection

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


class Unpickling:
    """Holds in this process from here on, until it is closed. `found` are the classes that have come up.

    `known` are those that come up with the instructor's answers; None while these are run.
    """

    def __init__(self, known: Collection[str] | None) -> None:
        self.known, self.found, self.is_closed = known, set[str](), False
        sys.addaudithook(self.look)  # for good: there is no way to take one back

    def look(self, event: str, given: tuple) -> None:
        if event != "pickle.find_class" or self.is_closed or ".".join(given) in ALWAYS:
            return
        name = ".".join(given)
        if not (is_class(*given) if self.known is None else name in self.known):
            raise PermissionError(f"{name} is not unpickled here: it comes in no pickle of the instructor's.")
        self.found.add(name)

    def close(self) -> None:
        self.is_closed = True


def is_class(module: str, name: str) -> bool:
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return isinstance(found, type)
