"""Copies of the warm process, one for each submission."""

import socket
import time

import pytest

from minigrad.grading.channel import Channel
from minigrad.grading.copies import Copies
from minigrad.grading.sandbox.start import Refused


def work(channel):
    channel.send([b"done"])


def lost(channel, why):
    channel.send([why.encode()])


def answer(copies):
    """What comes of asking for one."""
    ours, theirs = socket.socketpair()
    asking, asked = socket.socketpair()
    with ours, theirs, asking, asked:
        socket.send_fds(ours, [b"!"], [asked.fileno()])
        copies.start(theirs)
        channel = Channel(asking)
        channel.deadline = time.monotonic() + 20
        told = bytes(channel.receive()[0]).decode()
        for copy in set(copies.at_work.values()):
            copies.end(copy)
    return told


@pytest.mark.parametrize("trouble", [Refused("no sandbox."), OSError(11, "no process")])
def test_that_one_cannot_be_made_is_told_and_does_not_stop_the_next(trouble):
    troubles = [None, trouble]

    def before():
        if trouble := troubles.pop():
            raise trouble

    copies = Copies(before, work, lost)
    told = [answer(copies) for _ in range(2)]
    assert told[1] == "done"
    assert told[0] == f"No process could be made for its tests: {str(trouble).rstrip('.')}."
