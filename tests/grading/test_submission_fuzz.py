"""Whatever bytes are handed in, reading them ends soon: with a sound notebook, or with one sentence."""

import json
import random
import time
from contextlib import suppress
from copy import deepcopy

import nbformat
import pytest
from an_assignment import READER, solved
from test_submission_cells import assert_sound

from minigrad.grading.repair import CODE, LONGEST, Unreadable

WHOLE = json.dumps(solved(), indent=1).encode()
ODD = [None, True, -1, 0.5, 10**400, float("nan"), "", "code", "\ud800", "\0", "x" * 1000, "scale", "test-scale",
       "id-setup", [], [None], ["a", 3, None], [[[[]]]], {}, {"": {}}, {"grade_id": "test-scale", "points": "many"},
       {"nbgrader": []}, {"image/png": ["a"]}, {"a.png": {"image/png": "x"}}]  # fmt: skip


def settle(data):
    """Read, or be told why not."""
    try:
        submission = READER.read(data)
    except Unreadable as error:
        sentence = str(error)
        assert sentence.endswith(".") and sentence.isprintable() and len(sentence) < 200
        return None
    assert_sound(submission)
    assert nbformat.writes(submission.notebook).encode()
    assert all(note.isprintable() and len(note) < 1000 for note in submission.notes)
    return submission


def damaged(rng):
    """The file with some bytes changed, left out or put in."""
    data = bytearray(WHOLE)
    for _ in range(rng.choice([1, 1, 3, 10])):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(5):
            case 0:
                data[at : at + 1] = rng.randbytes(1)
            case 1:
                del data[at : at + rng.choice([1, 5, 1000])]
            case 2:
                data[at:at] = rng.randbytes(rng.choice([1, 4, 100]))
            case 3:
                data[at:at] = data[rng.randrange(len(data) + 1) :][:200]
            case 4:
                del data[max(at, 1) :]
    return bytes(data)


def places(value):
    """All places in a notebook where something else can be put."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def distorted(rng):
    """The notebook with some of its fields holding something else, gone, or doubled."""
    notebook = solved()
    for _ in range(rng.choice([1, 2, 5, 20])):
        holder, key = rng.choice(list(places(notebook)) or [({"": 0}, "")])
        match rng.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, list):
                holder.insert(rng.randrange(len(holder) + 1), json.loads(json.dumps(holder[key])))
            case 2 if isinstance(holder, list):
                rng.shuffle(holder)
            case _:
                holder[key] = deepcopy(rng.choice(ODD))
    return json.dumps(notebook).encode()


@pytest.mark.parametrize("change", [damaged, distorted])
def test_any_bytes_are_read_or_refused(change):
    outcomes = [settle(change(random.Random(seed))) for seed in range(200)]
    assert any(outcomes)


def test_a_file_cut_off_anywhere_is_refused():
    rng = random.Random(0)
    for _ in range(200):
        assert settle(WHOLE[: rng.randrange(len(WHOLE) - 2)]) is None


def cells(*sources, kind=CODE):
    return json.dumps({"cells": [{"cell_type": kind, "metadata": {}, "source": source} for source in sources]}).encode()


SLOW = {
    "deep brackets": cells("(" * 90_000),
    "deep minus signs": cells("-" * 40_000 + "1"),
    "deep attributes": cells("a" + ".b" * 20_000),
    "deep blocks": cells("".join(" " * depth + "if 1:\n" for depth in range(300))),
    "a sum of 10,000": cells("+".join("1" * 10_000)),
    "blanks": cells(" " * (LONGEST - 1)),
    "a name and blanks": cells("a" + " " * (LONGEST - 2)),
    "a long name": cells("a" * (LONGEST - 1)),
    "many lines": cells("a\n" * (LONGEST // 2 - 1)),
    "many magics": cells("%time 1\n" * 6000),
    "many colons": cells("a:" * 20_000),
    "5,000 cells": cells(*(f"x{number} = {number}" for number in range(5000))),
    "5,000 copies of an answer": cells(*["def scale(v):\n    return v"] * 5000),
    "a million brackets": b'{"cells": [' + b"[],{}," * 300_000 + b"{}]}",
    "a million digits": b'{"cells": [{"cell_type": "code", "source": ' + b"9" * 3_000_000 + b"}]}",
    "a million names": ("{" + ",".join(f'"{number}":0' for number in range(300_000)) + ',"cells":[]}').encode(),
    "a million escapes": b'{"cells": [{"source": "' + rb"\u00e9\ud83d" * 300_000 + b'"}]}',
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW)
def test_nothing_takes_long(data):
    start = time.process_time()
    with suppress(Unreadable):
        READER.read(data)
    assert time.process_time() - start < 5
