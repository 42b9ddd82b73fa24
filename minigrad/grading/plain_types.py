"""The plain types: how each is told in a message, and made from what was told. A table, and what its rows need."""

import datetime
import decimal
import enum
import fractions
import math
import random
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from minigrad.grading.mirror import Mirror

TOLD_AS_THEY_ARE = {type(None), bool, str, float}  # JSON has them
MOST_DIGITS = 2**53  # a larger int goes in hexadecimal: JSON's decimals take time that grows with the square
IMMUTABLE = (enum.Enum, tuple, str, bytes, int, float, complex, frozenset)  # whose objects have their value for good

Packed = Any  # what JSON can hold, with the places of buffers in it


class NotPlain(Exception):
    """What came in is nothing that the other side would send if it followed the rules."""


class Form(NamedTuple):
    """How a plain type is told: `told` of a value, `made` of what was told."""

    kind: type
    told: Callable[["Mirror", Any], Packed]
    made: Callable[["Mirror", Packed], Any]


class Shared(NamedTuple):
    """How a type is told whose objects can be changed in place: `new` is an empty one, for `fill` to fill."""

    tag: str
    kind: type
    told: Callable[["Mirror", Any], Packed]
    new: Callable[["Mirror", Packed], Any]
    fill: Callable[["Mirror", Any, Packed], None]


def listed(mirror: "Mirror", values) -> Packed:
    values = list(values)
    return values if TOLD_AS_THEY_ARE.issuperset(map(type, values)) else [mirror.out(value) for value in values]


def found(mirror: "Mirror", told: Packed) -> list:
    return list(told) if TOLD_AS_THEY_ARE.issuperset(map(type, told)) else [mirror.into(each) for each in told]


def pairs(mirror: "Mirror", told: Packed) -> list[tuple]:
    return [(mirror.into(key), mirror.into(value)) for key, value in told]


def told_pairs(mirror: "Mirror", mapping: dict, kind: type[dict] = dict) -> Packed:
    return [[mirror.out(key), mirror.out(value)] for key, value in kind.items(mapping)]


def refill(mirror: "Mirror", value: dict, told: Packed, kind: type[dict] = dict) -> None:
    """`kind` has the methods: with dict's own, the order of an OrderedDict would not be kept."""
    kind.clear(value)
    for key, item in pairs(mirror, told):
        kind.__setitem__(value, key, item)


def refill_set(mirror: "Mirror", value: set, told: Packed) -> None:
    set.clear(value)
    set.update(value, found(mirror, told))


def refill_deque(mirror: "Mirror", value: deque, told: Packed) -> None:
    value.clear()
    value.extend(found(mirror, told[1]))


def told_array(mirror: "Mirror", array: np.ndarray) -> Packed:
    if array.dtype.hasobject:
        return {"shape": array.shape, "items": listed(mirror, array.ravel().tolist())}
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    flat: Any = array.ravel("F" if order == "F" else "C").view(np.uint8)
    mirror.pieces.append(memoryview(flat) if array.size else b"")
    return {"shape": array.shape, "dtype": told_dtype(array.dtype), "order": order, "at": len(mirror.pieces) - 1}


def made_array(mirror: "Mirror", told: Packed) -> np.ndarray:
    shape = tuple(map(int, told["shape"]))
    if "items" in told:
        if math.prod(shape) != len(told["items"]):
            raise NotPlain("a shape that does not fit")
        return np.empty(shape, object)
    flat = np.frombuffer(mirror.pieces[told["at"]], made_dtype(told["dtype"]))
    return flat.reshape(shape, order=told["order"]).copy(order="K")


def fill_array(mirror: "Mirror", array: np.ndarray, told: Packed) -> None:
    if "items" in told:
        items = found(mirror, told["items"])
        for place, item in enumerate(items):
            array.flat[place] = item
        return
    new = made_array(mirror, told)
    if new.dtype != array.dtype:
        raise NotPlain("an array of another dtype")
    if new.shape != array.shape:
        array.resize(new.shape, refcheck=False)
    np.copyto(array, new)


# Objects of the instructor's own classes: what they hold, and, if they come from a list or the like, what is in that.


def told_object(mirror: "Mirror", value: Any) -> Packed:
    base = mutable_base(type(value))
    held = [[name, mirror.out(each)] for name, each in attributes(value).items()]
    return [mirror.class_name(type(value)), SHARED[base].told(mirror, value) if base else None, held]


def new_object(mirror: "Mirror", told: Packed) -> Any:
    kind = mirror.classes[told[0]]
    base = mutable_base(kind)
    make: Any = SHARED[base].kind if base else object
    return make.__new__(kind)


def fill_object(mirror: "Mirror", value: Any, told: Packed) -> None:
    if told[1] is not None:
        SHARED[mutable_base(type(value))].fill(mirror, value, told[1])
    for name in attributes(value):
        object.__delattr__(value, name)
    for name, each in told[2]:
        object.__setattr__(value, str(name), mirror.into(each))


def mutable_base(kind: type) -> str:
    """The tag of the list, dict, set or the like that a class comes from; "" if it comes from none."""
    return next((SHARED_OF[each] for each in kind.__mro__ if each in SHARED_OF), "")


def attributes(value: Any) -> dict[str, Any]:
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return {**getattr(value, "__dict__", {}), **{name: getattr(value, name) for name in slots if hasattr(value, name)}}


def told_instance(mirror: "Mirror", value: Any) -> Packed:
    base: Any = next(base for base in IMMUTABLE if isinstance(value, base))
    inside = listed(mirror, tuple.__iter__(value)) if base is tuple else mirror.out(base(value))
    return [mirror.class_name(type(value)), inside]


def made_instance(mirror: "Mirror", told: Packed) -> Any:
    kind = mirror.classes[told[0]]
    base: Any = next(base for base in IMMUTABLE if issubclass(kind, base))
    return base.__new__(kind, found(mirror, told[1]) if base is tuple else mirror.into(told[1]))


def told_dtype(dtype: np.dtype) -> Packed:
    return dtype.str if dtype.names is None else [[name, told_dtype(dtype[name])] for name in dtype.names]


def made_dtype(told: Packed) -> np.dtype:
    dtype = np.dtype(told if isinstance(told, str) else [(str(name), made_dtype(inner)) for name, inner in told])
    if dtype.hasobject:
        raise NotPlain("a dtype of objects")
    return dtype


def told_scalar(mirror: "Mirror", scalar: np.generic) -> Packed:
    return [scalar.dtype.str, np.generic.tobytes(scalar).hex()]


def made_scalar(mirror: "Mirror", told: Packed) -> np.generic:
    dtype, data = told
    return np.frombuffer(bytes.fromhex(data), made_dtype(dtype))[0]


def told_tuple(mirror: "Mirror", value: tuple) -> Packed:
    return listed(mirror, tuple.__iter__(value))


def checked_state(state: tuple) -> tuple:
    """The state of a RandomState, if it reads its own numbers: numpy does not look, and would read what lies behind."""
    if state[0] != "MT19937" or not 0 <= state[2] <= 624:
        raise ValueError("a random state that points outside of itself")
    return state


FORMS = {
    "int": Form(int, lambda mirror, value: hex(value), lambda mirror, told: int(told, 16)),
    "complex": Form(complex, lambda mirror, value: [value.real, value.imag],
                    lambda mirror, told: complex(float(told[0]), float(told[1]))),
    "bytes": Form(bytes, lambda mirror, value: value.hex(), lambda mirror, told: bytes.fromhex(told)),
    "tuple": Form(tuple, told_tuple, lambda mirror, told: tuple(found(mirror, told))),
    "frozenset": Form(frozenset, listed, lambda mirror, told: frozenset(found(mirror, told))),
    "range": Form(range, lambda mirror, value: listed(mirror, (value.start, value.stop, value.step)),
                  lambda mirror, told: range(*found(mirror, told))),
    "slice": Form(slice, lambda mirror, value: listed(mirror, (value.start, value.stop, value.step)),
                  lambda mirror, told: slice(*found(mirror, told))),
    "keys": Form(type({}.keys()), listed, lambda mirror, told: dict.fromkeys(found(mirror, told)).keys()),
    "values": Form(type({}.values()), listed, lambda mirror, told: dict(enumerate(found(mirror, told))).values()),
    "items": Form(type({}.items()), lambda mirror, items: [listed(mirror, item) for item in items],
                  lambda mirror, told: dict(pairs(mirror, told)).items()),
    "ellipsis": Form(type(...), lambda mirror, value: None, lambda mirror, told: ...),
    "not implemented": Form(type(NotImplemented), lambda mirror, value: None, lambda mirror, told: NotImplemented),
    "decimal": Form(decimal.Decimal, lambda mirror, value: str(value), lambda mirror, told: decimal.Decimal(told)),
    "fraction": Form(fractions.Fraction, lambda mirror, value: listed(mirror, (value.numerator, value.denominator)),
                     lambda mirror, told: fractions.Fraction(*found(mirror, told))),
    "date": Form(datetime.date, lambda mirror, value: value.isoformat(),
                 lambda mirror, told: datetime.date.fromisoformat(told)),
    "datetime": Form(datetime.datetime, lambda mirror, value: value.isoformat(),
                     lambda mirror, told: datetime.datetime.fromisoformat(told)),
    "timedelta": Form(datetime.timedelta, lambda mirror, value: [value.days, value.seconds, value.microseconds],
                      lambda mirror, told: datetime.timedelta(*map(int, told))),
    "dtype": Form(np.dtype, lambda mirror, value: told_dtype(value), lambda mirror, told: made_dtype(told)),
    "scalar": Form(np.generic, told_scalar, made_scalar),
    "member": Form(enum.Enum, lambda mirror, value: [mirror.class_name(type(value)), value.name],
                   lambda mirror, told: mirror.enumeration(told[0])[told[1]]),
    "instance": Form(object, told_instance, made_instance),
}  # fmt: skip
SHARED = {form.tag: form for form in (
    Shared("list", list, listed, lambda mirror, told: [],
           lambda mirror, value, told: list.__setitem__(value, slice(None), found(mirror, told))),
    Shared("ordered", OrderedDict, lambda mirror, value: told_pairs(mirror, value, OrderedDict),
           lambda mirror, told: OrderedDict(),
           lambda mirror, value, told: refill(mirror, value, told, OrderedDict)),
    Shared("counter", Counter, told_pairs, lambda mirror, told: Counter(), refill),
    Shared("defaults", defaultdict,
           lambda mirror, value: [mirror.out(value.default_factory), told_pairs(mirror, value)],
           lambda mirror, told: defaultdict(mirror.into(told[0])),
           lambda mirror, value, told: refill(mirror, value, told[1])),
    Shared("dict", dict, told_pairs, lambda mirror, told: {}, refill),
    Shared("set", set, lambda mirror, value: listed(mirror, set.__iter__(value)), lambda mirror, told: set(),
           refill_set),
    Shared("deque", deque, lambda mirror, value: [value.maxlen, listed(mirror, value)],
           lambda mirror, told: deque(maxlen=told[0]), refill_deque),
    Shared("bytearray", bytearray, lambda mirror, value: value.hex(), lambda mirror, told: bytearray(),
           lambda mirror, value, told: value.__setitem__(slice(None), bytes.fromhex(told))),
    Shared("array", np.ndarray, told_array, made_array, fill_array),
    Shared("random", random.Random, lambda mirror, value: mirror.out(value.getstate()),
           lambda mirror, told: random.Random(),
           lambda mirror, value, told: value.setstate(mirror.into(told))),
    Shared("state", np.random.RandomState, lambda mirror, value: mirror.out(value.get_state()),
           lambda mirror, told: np.random.RandomState(),
           lambda mirror, value, told: value.set_state(checked_state(mirror.into(told)))),
    Shared("generator", np.random.Generator, lambda mirror, value: value.bit_generator.state,
           lambda mirror, told: np.random.default_rng(),
           lambda mirror, value, told: setattr(value.bit_generator, "state", told)),
    Shared("object", object, told_object, new_object, fill_object),
)}  # fmt: skip
FORM_OF = {form.kind: tag for tag, form in FORMS.items() if form.kind not in (object, enum.Enum)}
DTYPES = [np.dtype(code) for code in np.typecodes["All"] if code != "O"]
FORM_OF |= {dtype.type: "scalar" for dtype in DTYPES} | {type(dtype): "dtype" for dtype in DTYPES}
SHARED_OF = {form.kind: tag for tag, form in SHARED.items() if form.kind is not object}
