"""Plain data that crosses between the grader and a student's process, with what both can change kept in step.

A list that is passed to a student's function is there twice: here, and in the student's process. Both have the same
number in a Mirror, one on each side; with each message a side says which of the numbered objects have changed since the
last. So `f(l)` changes `l` in place, and `f(l) is l` can be asked.

Nothing is ever built from what comes in but Python's and numpy's own plain types. What is no plain data is described by
`refer`, and found again by `find`.
"""

import enum
import hashlib
import json
import marshal
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from minigrad.grading.plain_types import (
    FORM_OF,
    FORMS,
    IMMUTABLE,
    MOST_DIGITS,
    SHARED,
    SHARED_OF,
    TOLD_AS_THEY_ARE,
    NotPlain,
    Packed,
)

DEEPEST = 100  # of tuples in tuples


class Mirror:
    """One side. The one side has `first` 0 and the other 1, so that the numbers they give are never the same."""

    def __init__(self, first: int, refer: Callable[[object], Packed], find: Callable[[Packed], object],
                 classes: Mapping[str, type]) -> None:  # fmt: skip
        self.next, self.refer, self.find = first, refer, find
        self.share(classes)
        self.objects: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id(object) -> its number
        self.known: dict[int, bytes] = {}  # number -> the mark of the state that the other side has
        self.buffers: list[bytes | memoryview] = []  # of the message at hand, and
        self.pieces: list[bytes | memoryview] = []  # of one object in it
        self.depth = 0

    def share(self, classes: Mapping[str, type]) -> None:
        """From here on both sides have these classes of the instructor's, by name."""
        self.classes = classes
        self.names = {id(each): name for name, each in classes.items()}

    def pack(self, **fields: object) -> list[bytes | memoryview]:
        """A message: JSON, and then the buffers of its arrays."""
        self.buffers = []
        body = {name: self.out(value) for name, value in fields.items()}
        body["changed"] = list(self.changes())
        return [json.dumps(body).encode(), *self.buffers]

    def unpack(self, message: list[bytes | memoryview]) -> dict[str, Any]:
        """The fields of a message; NotPlain if it is none."""
        try:
            body = json.loads(str(message[0], "utf-8"))
            self.buffers = list(message[1:])
            self.accept(body.pop("changed"))
            return {name: self.into(value) for name, value in body.items()}
        except NotPlain:
            raise
        except Exception as error:  # numpy alone has more kinds for what makes no dtype than one would list
            raise NotPlain(f"{type(error).__name__}: {error}") from None

    def out(self, value: Any) -> Packed:
        kind = type(value)
        if kind in TOLD_AS_THEY_ARE or kind is int and -MOST_DIGITS < value < MOST_DIGITS:
            return value
        if kind in SHARED_OF:
            return {"same": self.number(value)}
        if tag := FORM_OF.get(kind):
            return {tag: self.told(tag, value)}
        if self.class_name(kind):
            if not issubclass(kind, IMMUTABLE):
                return {"same": self.number(value)}
            tag = "member" if issubclass(kind, enum.Enum) else "instance"
            return {tag: self.told(tag, value)}
        if name := self.class_name(value):
            return {"class": name}
        return {"other": self.refer(value)}

    def told(self, tag: str, value: Any) -> Packed:
        if self.depth > DEEPEST:
            raise NotPlain("too deep")
        self.depth += 1
        try:
            return FORMS[tag].told(self, value)
        finally:
            self.depth -= 1

    def into(self, packed: Packed) -> Any:
        if not isinstance(packed, dict):
            if isinstance(packed, list):
                raise NotPlain("a list without its number")
            return packed
        [(tag, told)] = packed.items()
        if tag == "same":
            return self.objects[told]
        if tag == "class":
            return self.classes[told]
        return self.find(told) if tag == "other" else FORMS[tag].made(self, told)

    def enumeration(self, name: str) -> type[enum.Enum]:
        found = self.classes[name]
        if not issubclass(found, enum.Enum):
            raise NotPlain(f"{name} has no members")
        return found

    def class_name(self, value: object) -> str:
        """The name of a class of the instructor's; "" for whatever else it is."""
        return self.names.get(id(value), "")

    def number(self, shared: object) -> int:
        """The number of an object that can be changed; a new one if it has none."""
        number = self.numbers.get(id(shared))
        if number is None:
            number = self.next
            self.next += 2
            self.keep(number, shared)
        return number

    def keep(self, number: int, shared: object) -> None:
        self.objects[number] = shared
        self.numbers[id(shared)] = number

    def changes(self) -> Iterator[Packed]:
        """What the other side does not know yet. To tell of an object may give numbers to others that are in it."""
        told: set[int] = set()
        while waiting := [number for number in self.objects if number not in told]:
            for number in waiting:
                told.add(number)
                tag, state, buffers = self.state(number)
                mark = fingerprint(state, buffers)
                if self.known.get(number) != mark:
                    self.known[number] = mark
                    yield [number, tag, state, len(self.buffers)]
                    self.buffers += buffers

    def state(self, number: int) -> tuple[str, Packed, list[bytes | memoryview]]:
        tag = SHARED_OF.get(type(self.objects[number]), "object")
        self.pieces = []
        state = SHARED[tag].told(self, self.objects[number])
        return tag, state, self.pieces

    def accept(self, changed: list[Packed]) -> None:
        """Make here what has changed on the other side."""
        entries = [(int(number), SHARED[tag], state, int(place)) for number, tag, state, place in changed]
        if len({number for number, *_ in entries}) < len(entries):
            raise NotPlain("an object that is told of twice")
        for number, form, state, place in entries:
            self.pieces = self.buffers[place:]
            if number not in self.objects:
                self.keep(number, form.new(self, state))
            elif SHARED_OF.get(type(self.objects[number]), "object") != form.tag:
                raise NotPlain(f"object {number} has become something else")
        for number, form, state, place in entries:
            self.pieces = self.buffers[place:]
            form.fill(self, self.objects[number], state)
        for number, *_ in entries:
            _, state, buffers = self.state(number)
            self.known[number] = fingerprint(state, buffers)


def fingerprint(state: Packed, buffers: list) -> bytes:
    # It takes a fifth of JSON's time; in this version of its format the same data is always written in the same way.
    digest = hashlib.blake2b(marshal.dumps(state, 2), digest_size=16)
    for buffer in buffers:
        digest.update(buffer)
    return digest.digest()
