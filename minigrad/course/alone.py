"""While an engine is checked that is to be the learner's own, all others are out of reach, and calling one is noted."""

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from minigrad.course.guard import namespaces
from minigrad.graph import Observer, seam

ENGINES = ("torch", "jax", "tensorflow", "autograd")  # hidden; minigrad, which the check itself needs, is watched


class Others(Observer):
    """The first engine that was called in this thread, "minigrad" or "torch"; "" if none was."""

    def __init__(self) -> None:
        self.engine = ""
        self.thread = threading.get_ident()

    def note(self, engine: str) -> None:
        if threading.get_ident() == self.thread:
            self.engine = self.engine or engine

    def made(self, node) -> None:
        self.note("minigrad")

    def computed(self, name, arguments, result, kind=None) -> None:
        self.note("minigrad")

    def around(self, node, step):
        self.note("minigrad")
        return step()


class OutOfReach:
    """What stands in place of another engine's module, function or class."""

    def __init__(self, engine: str, others: Others) -> None:
        self.__dict__.update(engine=engine, others=others)

    def __getattr__(self, name: str):
        self.others.note(self.engine)
        raise AttributeError(f"{self.engine} is out of reach")

    def __call__(self, *args, **kwargs):
        self.others.note(self.engine)
        raise RuntimeError(f"{self.engine} is out of reach")


class Blocker:
    """Refuses to import another engine."""

    def __init__(self, others: Others) -> None:
        self.others = others

    def find_spec(self, name: str, path=None, target=None):
        engine = name.partition(".")[0]
        if engine in ENGINES:
            self.others.note(engine)
            raise ModuleNotFoundError(f"{engine} is out of reach", name=name)


@contextmanager
def alone(objects: Iterable[object], others: Others) -> Iterator[None]:
    """Keep other engines from the functions among `objects` while the block runs; `others` notes a call of one."""
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in ENGINES}
    hidden = [(space, name, value) for space in namespaces(objects) for name, value in space.items()
              if engine_of(value) in ENGINES]
    blocker = Blocker(others)
    seam.watch(others)
    sys.meta_path.insert(0, blocker)
    for name in modules:
        del sys.modules[name]
    for space, name, value in hidden:
        space[name] = OutOfReach(engine_of(value), others)
    try:
        yield
    finally:
        for space, name, value in hidden:
            space[name] = value
        sys.modules.update(modules)
        sys.meta_path.remove(blocker)
        seam.unwatch(others)


def engine_of(value: object) -> str:
    """The package that a module, a function or a class is from; "" for anything else."""
    name = getattr(value, "__name__", "") if isinstance(value, type(sys)) else getattr(value, "__module__", "")
    return name.partition(".")[0] if isinstance(name, str) else ""
