"""A conversation with the student's process: what tests ask of the student's objects, and what comes of it.

Plain data crosses by value, all else as a handle (handles.py).
"""

import builtins
import io
import sys
import time
import types
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from minigrad.grading import errors, said
from minigrad.grading.chance import Chance
from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.handles import (
    ACTS_AS,
    DIRECT,
    NO_DATA,
    REFLECTED,
    Call,
    Instance,
    Opaque,
    RemoteType,
    Unfair,
    forward,
    number_of,
)
from minigrad.grading.lent import done, is_of_the_test, special_methods
from minigrad.grading.mirror import Mirror
from minigrad.grading.names import called, is_plain, name_of
from minigrad.grading.patches import Patches
from minigrad.grading.plain_types import NotPlain
from minigrad.grading.sandbox.borrowed import NO_INPUT
from minigrad.grading.sandbox.either import Either

if TYPE_CHECKING:  # or each of the two would import the other first
    from minigrad.grading.scratch import Scratch

STOPS_WITHIN = 1.0  # seconds, once it is interrupted
Use = tuple[str, str]  # of objects of a class: an operator, or "attributes"
USES = ("call", "operation")  # what runs a student's code during a test, and may read and write files
INPUT, KEYBOARD = builtins.input, sys.stdin


class Remote:
    """`operators` are, by class of the student's, those that the instructor's class of that name has. `classes` are on
    both sides."""

    def __init__(self, sandbox: Either, operators: Mapping[str, frozenset[str]], classes: Mapping[str, type]) -> None:
        self.sandbox, self.operators, self.classes = sandbox, operators, dict(classes)
        self.channel = Channel(sandbox.channel)
        self.handles: dict[int, Any] = {}
        self.lent: list[Any] = [answered]  # what is the test's; the first is there for input()
        self.places: dict[int, int] = {id(answered): 0}
        self.named: dict[str, object] = {}  # what was lent by its name in a library
        self.rebound: dict[str, object] = {}  # names that the test has bound to something else
        self.unbound: set[str] = set()  # and those that it has deleted
        self.sources: list[str] = []  # of the student's cells
        self.token = 0
        self.trouble: ChannelError | None = None
        self.patches: Patches | None = None
        self.folder: Scratch | None = None  # in which both sides see the same files
        self.has_news = False  # of files there
        self.used: set[Use] = set()  # in this test cell
        self.allowed: Collection[Use] | None = None
        self.follow: Callable[[str, object], None] = lambda name, value: None  # what the student's code binds anew
        self.chance = Chance()
        self.mirror = Mirror(0, self.refer, self.find, self.classes)

    def begin(self, names: Collection[str] = ()) -> tuple[dict[str, tuple[int, int]], dict[str, object]]:
        """Begin a test cell: what was shared before is kept in step no more.

        The files as `files` tells them, and what `names` stand for, of those that there are.
        """
        self.mirror = Mirror(0, self.refer, self.find, self.classes)
        self.rebound.clear()
        self.used.clear()
        self.unbound.clear()
        self.chance = Chance()
        self.channel.send([b"fresh"])
        files, found = self.ask("begin", tuple(self.operators), tuple(self.classes), tuple(names))
        return listed(files), {name: value for name, value in found if name in names}

    def files(self) -> dict[str, tuple[int, int]]:
        """The files in the student's folder, with their size and time as that side has them."""
        return listed(self.ask("files"))

    def use(self, kind: type, what: str) -> None:
        """A test uses an object of a class of the student's as such; Unfair if the instructor's answer has none there.

        An `__eq__` that is always true is then asked only where objects of that class are what is asked for.
        """
        uses = {(each.__name__, what) for each in kind.__mro__ if each.__name__ in self.operators}
        if self.allowed is not None and not any(use in self.allowed for use in uses):
            raise Unfair(NO_DATA)
        self.used |= uses

    def ask(self, do: str, *given: Any) -> Any:
        """Have the student's process do something; what came of it, or the error that it raised.

        ChannelError if it does not answer as it should, and from then on for good.
        """
        if self.trouble:
            raise self.trouble
        if self.folder and do in USES:
            self.folder.give(self)
        try:
            printed, warned, raised, value = self.reply(do, given)
        except ChannelError as trouble:
            self.trouble = trouble
            raise
        if self.folder and self.has_news:
            self.folder.update(self, self.files())
        said.say(printed, warned)
        if raised:
            raise errors.rebuilt(self.lent, *raised)
        return value

    def reply(self, do: str, given: tuple) -> tuple[tuple, tuple, tuple, Any]:
        """What was printed, warned of and raised, and the value."""
        if not self.channel.is_quiet():
            raise ChannelError("it spoke without being asked")
        token = self.token = self.token + 1  # a function of the test's that is called meanwhile may ask on its own
        self.channel.send(self.mirror.pack(do=do, given=given, token=token, **self.news(do)))
        while True:
            reply = self.received()
            if "call" in reply:
                self.call_back(*reply["call"])
                continue
            try:
                if reply["token"] != token:
                    raise ChannelError("it answered something else")
                printed = tuple((str(stream), str(text)) for stream, text in reply.get("printed", ()))
                warned = tuple((str(kind), str(text), int(number), str(line))
                               for kind, text, number, line in reply.get("warned", ()))  # fmt: skip
                for name, value in reply.get("rebound", ()):
                    self.follow(name, value)
                self.has_news = do in USES and reply.get("wrote") is True
                return printed, warned, errors.parts(reply.get("raised") or ()), reply.get("value")
            except (LookupError, TypeError, ValueError):
                raise ChannelError("it sent an answer that is none") from None

    def news(self, do: str) -> dict[str, Any]:
        """What the test has changed, since the last time, of what the student's code sees."""
        rebound, self.rebound = tuple(self.rebound.items()), {}
        unbound, self.unbound = tuple(self.unbound), set()
        patched = self.patches.news() if self.patches and do in USES else ()
        news = {"rebound": rebound, "unbound": unbound, "patched": patched, "chance": self.chance.news()}
        return {what: told for what, told in news.items() if told}

    def stop(self) -> Any:
        """After a time-out: interrupt what goes on there. What came of it; from here on all is as before.

        ChannelError if it does not stop.
        """
        self.sandbox.interrupt()
        self.channel.deadline = time.monotonic() + STOPS_WITHIN
        reply = self.received()
        if reply.get("token") != self.token:
            raise ChannelError("it did not stop")
        self.trouble = None
        return reply.get("value")

    def received(self) -> dict[str, Any]:
        try:
            return self.mirror.unpack(self.channel.receive())
        except NotPlain as error:
            raise ChannelError(f"it sent what is no plain data: {error}") from None

    def call_back(self, function: Any, args: tuple, kwargs: tuple) -> None:
        if not any(function is each for each in self.lent):
            raise ChannelError("it asked for a call of what is no function of the test's")
        try:
            is_function = callable(function) and not is_of_the_test(function)
            use = function if is_function else partial(done, function)
            result = {"value": use(*args, **dict(kwargs))}
        except Exception as error:
            result = {"raised": errors.told(error, self.classes.values())}
        if self.trouble:
            raise self.trouble
        self.channel.send(self.mirror.pack(**result))

    # What is no plain data

    def refer(self, value: object) -> dict:
        if (number := number_of(value)) is not None:
            return {"handle": number}
        if name := name_of(value):
            self.named[name] = value
            return {"name": name}
        if isinstance(value, types.ModuleType):
            return {"module": value.__name__}
        if id(value) not in self.places:
            self.places[id(value)] = len(self.lent)
            self.lent.append(value)
        place = self.places[id(value)]
        if callable(value) and not is_of_the_test(value):
            return {"callback": [place, *(str(getattr(value, name, None) or "") for name in ("__name__", "__doc__"))]}
        kind = "stream" if isinstance(value, io.IOBase) else "object" if is_of_the_test(value) else ""
        return {"borrowed": [place, kind, special_methods(value)]}

    def find(self, told: dict) -> object:
        if "plain" in told:
            return self.mirror.into(told["plain"])
        if "name" in told:
            name = told["name"]
            return self.named[name] if name in self.named else known_type(name)
        if "lent" in told:
            return self.lent[int(told["lent"])]
        if "named" in told:
            kind, fields, values = map(self.mirror.into, told["named"])
            return named(kind, fields)._make(values)
        number = int(told["handle"])
        if number not in self.handles:
            self.handles[number] = self.made(number, told)
        return self.handles[number]

    def made(self, number: int, told: dict) -> Any:
        if "bases" in told:
            return self.made_class(number, str(told["class_name"]), told["bases"])
        if told["acts as"] == "property":
            return property()  # there is no more to be known of one
        kind = self.mirror.into(told["class"])
        if isinstance(kind, RemoteType):
            base: Any = BaseException if issubclass(kind, BaseException) else object
            made: Any = base.__new__(kind)
        else:
            made = ACTS_AS.get(told["acts as"], Opaque)()
        object.__setattr__(made, "_remote", (self, number))
        return made

    def made_class(self, number: int, name: str, bases: list) -> type:
        """A class here that stands for one of the student's, for isinstance and except."""
        above = [base for base in map(self.mirror.into, bases) if isinstance(base, type)]
        known = [base for base in above if isinstance(base, RemoteType) or issubclass(base, BaseException)]
        parents: tuple[type, ...] = tuple(known)
        if not any(issubclass(each, Instance) for each in parents):
            parents = (*parents, Instance)
        own = self.operators.get(name, frozenset())
        operators: dict[str, Any] = {name: forward(DIRECT[name]) for name in own & DIRECT.keys()}
        operators |= {name: forward(REFLECTED[name], reflected=True) for name in own & REFLECTED.keys()}
        if "__call__" in own:
            operators["__call__"] = Call.__call__
        kind = RemoteType(name, parents, operators)
        type.__setattr__(kind, "_remote_class", (self, number))
        return kind


def listed(files: tuple) -> dict[str, tuple[int, int]]:
    return {str(name): (int(size), int(time)) for name, (size, time) in files}


def answered(prompt: object = "") -> str:
    """What the test has put in place of the keyboard answers input()."""
    if builtins.input is INPUT and sys.stdin is KEYBOARD:
        raise RuntimeError(NO_INPUT)
    return builtins.input(prompt)


@cache
def named(kind: RemoteType, fields: tuple[str, ...]) -> Any:
    """A class of named tuples like the student's, made here: only its fields are theirs."""
    made = namedtuple(str(kind.__name__), fields[:100])  # type: ignore[misc]
    setattr(made, "stands_for", kind)  # noqa: B010
    return made


def known_type(name: str) -> type:
    """Of what a student names, only types of plain values and errors are ever found here, and so called."""
    found = called(name)
    if not isinstance(found, type) or not is_plain(found):
        raise NotPlain(f"{name} is no type of plain values")
    return found
