"""A message changed at random is read, or it is NotPlain: no other error, and no object but of the plain kinds."""

import collections
import datetime
import decimal
import fractions
import json
import random

import numpy as np
import pytest

from minigrad.grading.mirror import Mirror, NotPlain

VALUE = (
    [1, 2.5, "x", None, True, [1], {"a": (1, 2)}], np.arange(6.0).reshape(2, 3), np.float32(3), 2**70, 3j, b"ab",
    frozenset([1]), range(3), slice(1, 2), ..., decimal.Decimal("1.5"), fractions.Fraction(1, 3), np.dtype("f8"),
    {1, 2}, datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1), datetime.timedelta(1), collections.Counter("ab"),
    collections.deque([1], 3), bytearray(b"x"), collections.OrderedDict(a=1), collections.defaultdict(int),
    random.Random(1), np.random.RandomState(1), np.random.default_rng(1), np.array([[1, None]], object),
    np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), np.array(["ab"]), np.array("2024-01-01", dtype="M8[D]"),
)  # fmt: skip
JUNK = [
    None, True, 0, -1, 2**31, 2**63, -(2**63), 10**30, 1e308, float("nan"), float("inf"), "", "x", "O", "V1000000000",
    "(100000,100000)f8", "f8,f8", "S0", "M8[1000000000000Y]", "9" * 5000, "\ud800", [], [[]], {}, [0] * 50, [1] * 100,
    {"same": 0}, {"same": 1}, {"same": 99}, {"same": None}, {"same": []}, {"other": {}}, {"tuple": []}, {"int": "zz"},
    {"int": "f" * 10**5}, {"frozenset": [{"same": 1}]}, {"range": [1, 2, 3, 4]}, {"array": {}}, {"scalar": ["f8", ""]},
    {"fraction": ["1e99999", 1]}, {"decimal": "1e999999999999"}, {"slice": [1]}, {"member": ["A", "b"]},
    {"instance": ["A", 1]}, {"class": "A"}, {"a": 1, "b": 2}, {"dtype": [["a", "O"]]},
]  # fmt: skip


def places(value, path=()) -> list[tuple]:
    inside = value.items() if isinstance(value, dict) else enumerate(value[:40]) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


def changed(body: dict, chance: random.Random) -> bytes:
    """The message with up to four of its parts replaced, left out, doubled or given another tag."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        *path, last = chance.choice([place for place in places(body) if place])
        parent = body
        for key in path:
            parent = parent[key]
        way = chance.random()
        if way < 0.6:
            parent[last] = json.loads(json.dumps(chance.choice(JUNK)))
        elif way < 0.75:
            del parent[last]
        elif isinstance(parent, list):
            parent.insert(last, json.loads(json.dumps(parent[last])))
        else:
            parent[chance.choice(["same", "tuple", "list", "array", "x"])] = parent.pop(last)
    return json.dumps(body).encode()


@pytest.mark.parametrize("seed", range(10))
def test_a_message_changed_at_random_is_read_or_is_not_plain(seed):
    text, *buffers = Mirror(1, lambda value: {"handle": 0}, str, {}).pack(token=1, value=VALUE)
    chance = random.Random(seed)
    refused = 0
    for _ in range(60):
        pieces = [bytes(each) for each in buffers]
        if chance.random() < 0.3:
            place = chance.randrange(len(pieces))
            pieces[place] = chance.choice([b"", b"x", pieces[place][:-1], pieces[place] + b"x", bytes(8)])
        try:
            message = [changed(json.loads(bytes(text)), chance), *pieces]
            Mirror(0, str, lambda told: int, {}).unpack([memoryview(each) for each in message])
        except NotPlain:
            refused += 1
    assert 10 < refused < 60
