"""Copies of the warm process, one for each submission."""

import json
import socket
import time

import pytest

from minigrad.grading.channel import Channel, tell
from minigrad.grading.copies import Copies
from minigrad.grading.sandbox.start import Refused


def work(channel):
    tell(channel, "done", "")


def answer(copies):
    """What is told to who asks for one."""
    ours, theirs = socket.socketpair()
    asking, asked = socket.socketpair()
    with ours, theirs, asking, asked:
        socket.send_fds(ours, [b"!"], [asked.fileno()])
        copies.start(theirs)
        channel = Channel(asking)
        channel.deadline = time.monotonic() + 20
        kind, what = map(bytes, channel.receive())
        for copy in set(copies.at_work.values()):
            copies.end(copy)
    return kind, json.loads(what)


@pytest.mark.parametrize("trouble", [Refused("no sandbox."), OSError(11, "no process")])
def test_that_one_cannot_be_made_is_told_and_does_not_stop_the_next(trouble):
    troubles = [None, trouble]

    def before():
        if trouble := troubles.pop():
            raise trouble

    copies = Copies(before, work)
    told = [answer(copies) for _ in range(2)]
    assert told[1] == (b"done", "")
    assert told[0] == (b"lost", f"No process could be made for its tests: {str(trouble).rstrip('.')}.")
