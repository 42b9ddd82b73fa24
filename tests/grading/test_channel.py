"""Whatever comes over a channel ends in a message or in a ChannelError: never in a wait or a size without bounds."""

import json
import socket
import struct
import threading
import time

import numpy as np
import pytest

from minigrad.grading import channel as channels
from minigrad.grading.channel import Channel, ChannelError, TooSlow
from minigrad.grading.mirror import Mirror, NotPlain


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


def frame(*buffers: bytes) -> bytes:
    return struct.pack(f"<I{len(buffers)}Q", len(buffers), *map(len, buffers)) + b"".join(buffers)


def test_a_message_arrives_as_it_was_sent(ends):
    channel, theirs = ends
    Channel(theirs).send([b"text", b"", memoryview(np.arange(3, dtype=np.uint8))])
    assert [bytes(each) for each in channel.receive()] == [b"text", b"", b"\0\1\2"]


@pytest.mark.parametrize("data", [
    struct.pack("<I", 0),
    struct.pack("<I", 2**32 - 1),
    struct.pack("<IQ", 1, 2**64 - 1),
    struct.pack("<IQ", 1, channels.LARGEST_TEXT + 1),
    struct.pack("<IQQ", 2, 1, channels.LARGEST),
    struct.pack("<IQQ", 2, 2**64 - 1, 2**64 - 1),
    b"", b"\1", frame(b"text")[:-1], b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100),
])  # fmt: skip
def test_what_is_no_message_is_refused(ends, data):
    channel, theirs = ends
    theirs.sendall(data)
    theirs.close()
    with pytest.raises(ChannelError):
        channel.receive()


def test_a_message_that_drips_in_has_one_deadline_for_all_of_it(ends):
    channel, theirs = ends
    stop = threading.Event()

    def drip():
        for byte in frame(bytes(1000)):
            if stop.wait(0.02):
                return
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    channel.deadline = began + 0.2
    with pytest.raises(TooSlow):
        channel.receive()
    assert time.monotonic() - began < 5
    stop.set()
    thread.join()


def test_one_who_does_not_listen_is_not_waited_for(ends):
    channel, _ = ends
    channel.deadline = time.monotonic() + 0.2
    with pytest.raises(TooSlow):
        channel.send([bytes(50 * 2**20)])


def test_one_who_is_gone_is_an_error_for_sender_and_receiver(ends):
    channel, theirs = ends
    theirs.close()
    with pytest.raises(ChannelError):
        channel.send([b"text"])
    with pytest.raises(ChannelError):
        channel.receive()
    assert not channel.is_quiet()


def test_what_nobody_asked_for_is_noticed(ends):
    channel, theirs = ends
    assert channel.is_quiet()
    theirs.sendall(b"x")
    assert not channel.is_quiet()


# What is in a message

ARRAY = {"shape": [2], "dtype": "<f8", "order": "C", "at": 0}
KEYS = {"shape": [624], "dtype": "<u4", "order": "C", "at": 0}
BAD = {
    "no JSON": b"\xff\xfe",
    "no object": b"[1, 2]",
    "no changes": b"{}",
    "deep lists": b'{"changed": [], "x": ' + b"[" * 10**5 + b"]" * 10**5 + b"}",
    "deep tuples": b'{"changed": [], "x": ' + b'{"tuple": [' * 10**4 + b"]}" * 10**4 + b"}",
    "tuples as deep as JSON goes": b'{"changed": [], "x": ' + b'{"tuple": [' * 400 + b"]}" * 400 + b"}",
    "an int of many digits": b'{"changed": [], "x": ' + b"9" * 10**6 + b"}",
    "two tags": {"changed": [], "x": {"int": "1", "tuple": []}},
    "no tag": {"changed": [], "x": {}},
    "an unknown tag": {"changed": [], "x": {"object at": 1}},
    "a list without its number": {"changed": [], "x": [1]},
    "an unknown number": {"changed": [], "x": {"same": 77}},
    "a number that is none": {"changed": [], "x": {"same": []}},
    "an object told of twice": {"changed": [[1, "list", [], 0], [1, "list", [1], 0]]},
    "a list in a set": {"changed": [[1, "list", [], 0], [3, "set", [{"same": 1}], 0]]},
    "a list as a key": {"changed": [[1, "list", [], 0], [3, "dict", [[{"same": 1}, 1]], 0]]},
    "a shape that does not fit": {"changed": [[1, "array", {**ARRAY, "shape": [3]}, 0]]},
    "a negative shape": {"changed": [[1, "array", {**ARRAY, "shape": [-2, -1]}, 0]]},
    "a huge shape": {"changed": [[1, "array", {**ARRAY, "shape": [2**62, 2**62]}, 0]]},
    "a dtype of objects": {"changed": [[1, "array", {**ARRAY, "dtype": "O"}, 0]]},
    "objects in a field": {"changed": [], "x": {"dtype": [["a", [["b", "O"]]]]}},
    "a dtype that is none": {"changed": [[1, "array", {**ARRAY, "dtype": "9" * 5000 + "f8,f8"}, 0]]},
    "a piece that is not there": {"changed": [[1, "array", {**ARRAY, "at": 5}, 0]]},
    "a place that is not there": {"changed": [[1, "array", ARRAY, 5]]},
    "an infinite shape": {"changed": [[1, "array", {**ARRAY, "shape": [float("inf")]}, 0]]},
    "half a hexadecimal": {"changed": [], "x": {"bytes": "abc"}},
    "a fraction by zero": {"changed": [], "x": {"fraction": [1, 0]}},
    "a fraction by its exponent": {"changed": [], "x": {"fraction": ["1e99999999", 1]}},
    "a day that never was": {"changed": [], "x": {"date": "2024-02-31"}},
    "a time too long": {"changed": [], "x": {"timedelta": [10**30, 0, 0]}},
    "a step of zero": {"changed": [], "x": {"range": [1, 2, 0]}},
    "a random state beyond its end": {
        "changed": [[3, "array", KEYS, 0], [1, "state", {"tuple": ["MT19937", {"same": 3}, 10**6, 0, 0.0]}, 1]]},
    "a random state before its begin": {
        "changed": [[3, "array", KEYS, 0], [1, "state", {"tuple": ["MT19937", {"same": 3}, -9, 0, 0.0]}, 1]]},
}  # fmt: skip


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_what_breaks_the_rules_is_not_plain(body):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    buffers = [bytes(624 * 4) if b'"<u4"' in text else bytes(16)]
    with pytest.raises(NotPlain):
        Mirror(0, str, str, {}).unpack([memoryview(each) for each in (text, *buffers)])


def test_an_object_keeps_its_kind():
    mirror = Mirror(0, str, str, {})
    [text] = mirror.pack(value=[1, 2])
    number = json.loads(text)["value"]["same"]
    with pytest.raises(NotPlain):
        mirror.unpack([memoryview(json.dumps({"changed": [[number, "dict", [], 0]]}).encode())])


def test_a_random_state_that_follows_the_rules_arrives():
    one, other = Mirror(0, str, str, {}), Mirror(1, str, str, {})
    sent = np.random.RandomState(3)
    got = other.unpack([memoryview(each) for each in one.pack(value=sent)])["value"]
    assert got.rand() == np.random.RandomState(3).rand()
