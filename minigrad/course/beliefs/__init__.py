"""The catalogue of beliefs, a file for the lesson that meets them first. Exercises refer to them by id."""

import importlib
import pkgutil

from minigrad.course.beliefs.belief import Belief

BELIEFS: dict[str, Belief] = {}
LESSON_OF: dict[str, str] = {}  # a belief's id -> the lesson that meets it first, "01"
for _module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name.startswith("lesson")):
    for _belief in importlib.import_module(f"{__name__}.{_module}").BELIEFS:
        if _belief.id in BELIEFS:
            raise ValueError(f"two beliefs have the id {_belief.id}; the second is in {_module}.py")
        BELIEFS[_belief.id], LESSON_OF[_belief.id] = _belief, _module.removeprefix("lesson")
