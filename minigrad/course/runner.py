"""A runner carries out cases on the learner's objects, in this process, and returns a snapshot of each."""

import ast
import contextlib
import functools
import io
import linecache
import random
import traceback
import warnings
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

import minigrad as torch
from minigrad.course.alone import Others, alone
from minigrad.course.case import Again, Case, Helper, TensorArg
from minigrad.course.guard import put_originals, untouched
from minigrad.course.limit import Stopwatch, TimeUp, limited
from minigrad.course.snapshot import LETTERS, Snapshot, class_name, observe
from minigrad.course.walk import Walks, listening

CASE_SECONDS = 1.0  # as limit.py counts them
ALL_SECONDS = 2.0


class Runner(Protocol):
    """What carries out cases: only plain data goes in and comes out, so it may live in another process."""

    def run(self, cases: list[Case]) -> list[Snapshot]: ...


class KernelRunner:
    """Runs cases here, on objects given by name. Each case gets fresh inputs, and what it touches is put back."""

    def __init__(self, objects: dict[str, object], case_seconds=CASE_SECONDS, all_seconds=ALL_SECONDS):
        self.objects, self.case_seconds, self.all_seconds = objects, case_seconds, all_seconds

    def run(self, cases: list[Case]) -> list[Snapshot]:
        snapshots = []
        left = self.all_seconds
        for case in cases:
            stopwatch, seconds = Stopwatch(), min(self.case_seconds, left)
            snapshots.append(self.snapshot(case, seconds) if seconds > 0.01 else Snapshot("not run"))
            stopped = snapshots[-1].exception.get("type") == "KeyboardInterrupt"  # by the learner
            left = 0.0 if stopped else left - stopwatch.spent()
        return snapshots

    def snapshot(self, case: Case, seconds: float) -> Snapshot:
        with untouched(self.objects.values()):
            if case.of not in self.objects:
                return Snapshot("missing")
            target = self.objects[case.of]
            if case.program and callable(target):
                return self.run_program(case, seconds)
            if case.program or case.args is not None:
                return _call(target, case, seconds) if callable(target) else _look(target, "not callable")
            if case.key is None:
                return _look(target)
            return _entry(target, case.key)

    def run_program(self, case: Case, seconds: float) -> Snapshot:
        variables = {"__name__": "check", "np": np, **self.objects}
        program = functools.partial(_last_value, case.program, variables)
        if not case.own_engine:
            return _call(program, case, seconds)
        others, own = Others(), Walks()
        inside = alone(self.objects.values(), others), listening(self.objects.get("Tensor"), own)
        snapshot = _call(program, case, seconds, *inside)
        if others.engine:
            return Snapshot("not alone", exception={"type": others.engine})
        return replace(snapshot, walks=own.described(variables))


class ProgramRunner:
    """Runs cases on what a program defines, in a namespace of its own where `torch` is minigrad."""

    def __init__(self, program: str, names: tuple[str, ...]):
        self.program, self.names = program, names

    def run(self, cases: list[Case]) -> list[Snapshot]:
        with untouched(()):
            outcome, space = _watched(functools.partial(namespace, self.program), ALL_SECONDS)
        if outcome["outcome"] != "returned":
            return [Snapshot(**outcome) for _ in cases]
        objects = {name: space[name] for name in self.names if name in space}
        return KernelRunner(objects).run(cases)


def namespace(program: str) -> dict:
    """What a program defines, run with `torch` bound to minigrad."""
    space = {"__name__": "answer", "torch": torch}
    exec(compile(program, "<answer>", "exec"), space)
    return space


def _look(value, outcome: str = "returned") -> Snapshot:
    return Snapshot(outcome, **observe(value, {}))


def _entry(target, key) -> Snapshot:
    """One entry of a dict, list or tuple; a subclass's own `__getitem__` is not asked."""
    for kind in (dict, list, tuple):
        if issubclass(type(target), kind):
            try:
                return _look(kind.__getitem__(target, key))
            except (LookupError, TypeError):
                break
    return _look(target, "no entry")


def _call(function, case: Case, seconds: float, *inside: contextlib.AbstractContextManager) -> Snapshot:
    """Call `function` with the case's arguments while all of `inside` is entered, and observe what came of it."""
    calls: dict[str, int] = {}
    backward: dict[str, int] = {}
    given = case.args or ()
    arguments = [_build(arg, f"argument {i}", calls, backward) for i, arg in enumerate(given)]
    arguments = [arguments[arg.argument] if isinstance(arg, Again) else made
                 for arg, made in zip(given, arguments, strict=True)]
    keywords = {name: _build(arg, name, calls, backward) for name, arg in case.kwargs.items()}
    _seed()

    def run():
        result = function(*arguments, **keywords)
        if case.then:
            put_originals()  # the check's own code is not the answer's to change
            space = {"torch": torch, "result": result, "args": arguments, **keywords}
            exec(compile(case.then, "<check>", "exec"), space)
            result = space["result"]
        return result

    with contextlib.ExitStack() as entered:
        for each in inside:
            entered.enter_context(each)
        fields, result = _watched(run, seconds)
    put_originals()  # what is seen now must not be seen through the answer's eyes
    modes = {"grad": torch.is_grad_enabled(), "dtype": str(torch.get_default_dtype())}
    places = {f"argument {i}": argument for i, argument in enumerate(arguments)} | keywords
    return Snapshot(**fields, **observe(result, places), calls=calls, backward=backward, modes=modes)


def _last_value(program: str, variables: dict[str, object]):
    """Run a case's program; what its last line, an expression, is."""
    *lines, last = ast.parse(program).body
    exec(compile(ast.Module(lines, []), "<check>", "exec"), variables)
    return eval(compile(ast.Expression(last.value), "<check>", "eval"), variables)


def _watched(function, seconds: float) -> tuple[dict, Any]:
    """Call `function()` under a time limit with streams and warnings caught: fields of a snapshot, and the result."""
    stream, result, exception = Capped(), None, {}
    with (contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream),
          warnings.catch_warnings(record=True) as caught):
        warnings.simplefilter("always")
        try:
            outcome, result, exception = limited(functools.partial(_attempt, function), seconds)
        except TimeUp:
            outcome = "unfinished"
    return {
        "outcome": outcome,
        "exception": exception,
        "warnings": [[class_name(item.category), _text(item.message)] for item in caught[:100]],
        "printed": stream.text(),
    }, result


def _attempt(function) -> tuple[str, Any, dict]:
    try:
        return "returned", function(), {}
    except TimeUp:
        raise
    except BaseException as error:  # SystemExit and KeyboardInterrupt are answers like any other
        described = {
            "type": class_name(type(error)),
            "bases": [class_name(base) for base in type(error).__mro__],
            "text": _text(error),
            "line": _line(error),
        }
        traceback.clear_frames(error.__traceback__)
        return "raised", None, described


def _text(error) -> str:
    try:
        return str.__str__(str(error))[:LETTERS]
    except Exception:
        return ""


def _line(error) -> list | None:
    """Number and source of the line of the learner's code that raised: the last one that is in no installed module."""
    found = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if frame.f_globals.get("__name__") in ("answer", "__main__") and frame.f_code is not _attempt.__code__:
            found = [number, linecache.getline(name, number, frame.f_globals).strip()]
    return found


def _build(arg, where: str, calls: dict, backward: dict):
    """A fresh argument from its description."""
    if isinstance(arg, TensorArg):
        return torch.tensor(arg.values, dtype=getattr(torch, arg.dtype), requires_grad=arg.requires_grad)
    if isinstance(arg, Helper):
        return _counted(_evaluated(arg.source), where, calls, backward)
    if isinstance(arg, list | tuple):
        return type(arg)(_build(item, f"{where}[{i}]", calls, backward) for i, item in enumerate(arg))
    if isinstance(arg, dict):
        return {key: _build(item, f"{where}[{key!r}]", calls, backward) for key, item in arg.items()}
    return arg


def _evaluated(source: str):
    """What an expression is, or what the last `def` of a program defines."""
    last = ast.parse(source).body[-1]
    if isinstance(last, ast.FunctionDef | ast.ClassDef):
        return namespace(source)[last.name]
    return eval(source.strip(), {"torch": torch})


def _counted(function, where: str, calls: dict, backward: dict):
    """The function itself, but it is counted how often it is called, and how often gradients come back through it."""
    if not callable(function):
        return function
    calls[where] = backward[where] = 0

    def came_back(grad):
        backward[where] += 1

    @functools.wraps(function)
    def counted(*args, **kwargs):
        calls[where] += 1
        result = function(*args, **kwargs)
        if type(result) is torch.Tensor and result.grad_fn is not None:
            result.register_hook(came_back)
        return result

    return counted


def _seed() -> None:
    """The same random numbers for each case, whoever answers."""
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)


class Capped(io.TextIOBase):
    """A stream that keeps the first few thousand characters."""

    def __init__(self):
        self.parts, self.left = [], LETTERS

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.left > 0:
            self.parts.append(text[: self.left])
            self.left -= len(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts)
