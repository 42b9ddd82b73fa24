"""The student's process: runs the student's cells, and does what test cells ask of the objects they leave.

All that is here runs beside the student's code and may be changed by it: whatever it answers is a claim.
"""

import gc
import importlib
import inspect
import json
import os
import socket
import types
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from typing import Any

import numpy.random
import numpy.testing  # lazy in numpy, and slow the first time  # noqa: F401

from minigrad.course.runner import KernelRunner
from minigrad.grading import chance, said
from minigrad.grading.cases import cases_from
from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.mirror import Mirror
from minigrad.grading.names import called, is_plain, name_of
from minigrad.grading.patches import patch
from minigrad.grading.record import Limits
from minigrad.grading.sandbox.borrowed import Callback, Token, borrowed
from minigrad.grading.sandbox.operations import OPERATIONS, PLAIN_PARTS
from minigrad.grading.sandbox.shell import Shell, collected, make_shell, run_cell
from minigrad.grading.sandbox.work_folder import WorkFolder

MOST_CAUSES = 3
MOST_TOLD = 10_000  # letters of an error


class Student:
    """Serves one grader until it is gone."""

    def __init__(self, connection: socket.socket, shell: Shell) -> None:
        self.channel, self.shell = Channel(connection), shell
        self.process, self.folder = os.getpid(), WorkFolder()
        self.defined: tuple[str, ...] = ()  # classes that the instructor has too: their instances act as objects
        self.patched: dict[tuple[str, str], object] = {}  # what a test has replaced in a library, as it was
        self.handles: list[object] = []
        self.numbers: dict[int, int] = {}  # id(object) -> its place in handles
        self.told: dict[str, object] = {}  # what the test knows by the student's names
        self.named: set[str] = set()  # what was lent by its name in a library
        self.lent: dict[int, Token] = {}  # what is the test's, by its number there
        self.mirror = self.new_mirror(())
        shell.user_ns["input"] = self.find({"callback": [0, "input"]})

    def new_mirror(self, classes: tuple[str, ...]) -> Mirror:
        found = {name: self.shell.user_ns.get(name) for name in classes}
        return Mirror(1, self.refer, self.find, {name: each for name, each in found.items() if isinstance(each, type)})

    def serve(self) -> None:
        while True:
            frame = self.channel.receive()
            if frame[0] == b"fresh":
                self.mirror = self.new_mirror(())
            else:
                self.answer(self.mirror.unpack(frame))

    def answer(self, request: dict) -> None:
        """Do what is asked for; tell what came of it, and what was printed and warned of on the way."""
        for name in request.get("unbound", ()):
            self.shell.user_ns.pop(name, None)
        for name, value in request.get("rebound", ()):
            self.shell.user_ns[name] = value
            self.told.pop(name, None)
        for each in request.get("patched", ()):
            patch(self.patched, *each)
        if "chance" in request:
            chance.take(request["chance"])
        with collected(self.shell) as outputs, said.warned_of(request["do"] != "cell") as warned:
            try:
                reply = {"value": getattr(self, f"do_{request['do']}")(*request["given"])}
            except BaseException as error:
                reply = {"raised": self.described(error)}
        if os.getpid() != self.process:
            os._exit(0)  # the copy of a process that forked itself
        printed = tuple((item["name"], item["text"]) for item in outputs.items if item["output_type"] == "stream")
        wrote = request["do"] in ("call", "operation") and self.folder.has_changed()
        news = {"printed": printed, "warned": said.parts(warned), "wrote": wrote, "rebound": self.rebound()}
        reply |= {what: told for what, told in news.items() if told}
        self.channel.send(self.mirror.pack(token=request["token"], **reply))

    def rebound(self) -> tuple[tuple[str, object], ...]:
        """The names that the test knows and that stand for something else now, with what that is."""
        names = self.shell.user_ns
        changed = {name: names[name] for name, was in self.told.items() if names.get(name, was) is not was}
        self.told |= changed
        return tuple(changed.items())

    # What may be asked for

    def do_begin(self, defined: tuple, shared: tuple, names: tuple) -> tuple:
        self.defined = defined
        self.mirror.share(self.new_mirror(shared).classes)
        self.told = {name: self.shell.user_ns[name] for name in names if name in self.shell.user_ns}
        return self.folder.files(), tuple(self.told.items())

    def do_cell(self, source: str) -> str:
        return json.dumps(run_cell(self.shell, source))

    def do_get(self, name: str) -> object:
        self.told[name] = self.shell.user_ns[name]
        return self.told[name]

    def do_call(self, function, args: tuple, kwargs: tuple) -> object:
        return function(*args, **dict(kwargs))

    def do_operation(self, name: str, *args) -> object:
        return OPERATIONS[name](*args)

    def do_parameters(self, function) -> tuple:
        """Those of a function, as inspect.Parameter takes them."""
        return tuple((each.name, int(each.kind), () if each.default is each.empty else (("default", each.default),))
                     for each in inspect.signature(function).parameters.values())  # fmt: skip

    def do_cases(self, objects: tuple, cases: str) -> str:
        """Have cases of a check carried out on objects, by name."""
        runner = KernelRunner(dict(objects))
        return json.dumps([asdict(snapshot) for snapshot in runner.run(cases_from(cases))])

    def do_files(self) -> tuple:
        return self.folder.files()

    def do_put(self, *given) -> None:
        self.folder.put(*given)

    def do_file(self, *given) -> bytes:
        return self.folder.piece(*given)

    # The test's own functions

    def ask(self, callback: Token, args: tuple, kwargs: dict) -> object:
        given = (callback, args, tuple(kwargs.items()))
        self.channel.send(self.mirror.pack(call=given))
        while True:
            message = self.mirror.unpack(self.channel.receive())
            if "do" in message:
                self.answer(message)
            elif "raised" in message:
                raise error_of(*message["raised"])
            else:
                return message["value"]

    # What is no plain data

    def refer(self, value: object) -> dict:
        """How the grader is told of it: as its own, by a name that all processes know, as plain data, by a number."""
        if isinstance(value, Token):
            return {"lent": value.number}
        name = name_of(value)
        if name and (is_plain(value) or name in self.named):
            return {"name": name}
        kind = type(value)
        if isinstance(value, tuple) and isinstance(fields := getattr(kind, "_fields", None), tuple):
            return {"named": [self.mirror.out(part) for part in (kind, fields, tuple(tuple.__iter__(value)))]}
        if not self.is_defined(kind):
            for base, plain in PLAIN_PARTS.items():
                if issubclass(kind, base):
                    return {"plain": self.mirror.out(plain(value))}
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.handles)
            self.handles.append(value)
        described: dict[str, Any] = {"handle": number, "acts as": acts_as(value)}
        if isinstance(value, type):
            described["class_name"] = value.__name__
            described["bases"] = [self.mirror.out(base) for base in value.__bases__ if base is not object]
        else:
            described["class"] = self.mirror.out(kind) if self.is_defined(kind) else None
        return described

    def described(self, error: BaseException, depth: int = 0) -> tuple:
        """An error: its classes from its own upwards, its arguments if they are plain, its text, itself if a test may
        know it, and what it was raised from."""
        kinds = tuple(kind for kind in type(error).__mro__ if issubclass(kind, BaseException))
        try:
            text = str(error)[:MOST_TOLD]
        except BaseException:  # it is the student's class that says it
            text = ""
        arguments = tuple(error.args) if are_plain(error.args) else (text,)
        own = getattr(error, "of_the_test", error if self.is_defined(type(error)) else None)
        cause = error.__cause__
        return kinds, arguments, text, own, self.described(cause, depth + 1) if cause and depth < MOST_CAUSES else ()

    def is_defined(self, kind: type) -> bool:
        """Whether it is, or comes from, a class of the student's that the instructor's notebook defines too."""
        return any(each.__name__ in self.defined and each.__module__ == "__main__" for each in kind.__mro__)

    def find(self, told: dict) -> object:
        [(what, value)] = told.items()
        if what == "handle":
            return self.handles[value]
        if what == "name":
            self.named.add(value)
            return called(value)
        if what == "module":
            return imported(value)
        number, *more = value
        if number not in self.lent:
            self.lent[number] = (Callback if what == "callback" else borrowed)(self, number, *more)
        return self.lent[number]


def imported(name: str) -> object:
    """A module that the test has imported under a name that is read here; None if there is none here."""
    try:
        return importlib.import_module(name)
    except BaseException:  # a file of the student's may have this name
        return None


def acts_as(value: object) -> str:
    kind = type(value)
    if hasattr(kind, "__next__"):
        return "generator" if kind is types.GeneratorType else "iterator"
    if isinstance(value, AbstractContextManager) and kind.__module__ == "contextlib":
        return "context"
    if hasattr(kind, "__await__"):
        return "awaitable"
    if kind is property:
        return "property"
    return "function" if kind is types.FunctionType else "callable" if callable(value) else ""


def are_plain(values: tuple) -> bool:
    """Whether nothing in there needs more than numbers and a little text."""
    return all(type(value) in (bool, int, float, str, type(None)) for value in values) and len(str(values)) < MOST_TOLD


def error_of(kinds: tuple, arguments: tuple, text: str, token: Token) -> BaseException:
    """An error of the test's, as the student's code can catch it: by its nearest class that is known here."""
    kind = next(kind for kind in kinds if isinstance(kind, type))
    try:
        error = kind(*arguments)
    except Exception:
        error = RuntimeError(text)
    error.of_the_test = token
    return error


def warm_up() -> Callable[[socket.socket, Limits], None]:
    """Do once what is slow the first time; what is left to do is to serve."""
    shell = make_shell()
    for source in ("1 + 1", "1 / 0", "def"):
        run_cell(shell, source)
    shell.reset(new_session=True)
    shell.execution_count = 1
    gc.enable()  # which start.py has disabled

    def serve(connection: socket.socket, limits: Limits) -> None:
        numpy.random.seed()
        shell.settle(limits.output)
        with suppress(ChannelError):
            Student(connection, shell).serve()

    return serve
