"""Messages over a socket: frames of a few buffers each, with a limit on their size and on the time they take."""

import json
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

LARGEST = 256 * 2**20  # bytes of one message
LARGEST_TEXT = 32 * 2**20  # of its first buffer, which is JSON: as objects, that takes up to thirty times as much
MOST_BUFFERS = 10_000
SMALL = 2**16  # bytes


class ChannelError(Exception):
    """The other side is gone, or does not follow the rules."""


class TooSlow(ChannelError):
    """No whole message came in time."""


class Channel:
    """Both ends of a conversation have one. `deadline`, by time.monotonic(), is for whatever comes in; None waits."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.deadline: float | None = None
        self.ahead = b""  # what has come in behind what was read
        connection.setblocking(False)  # all waiting is done by `wait_for`

    def send(self, buffers: list) -> None:
        header = struct.pack(f"<I{len(buffers)}Q", len(buffers), *map(len, buffers))
        for each in joined([header, *buffers]):
            rest = memoryview(each)
            while rest:
                try:
                    rest = rest[self.connection.send(rest) :]
                except BlockingIOError:
                    self.wait_for(select.POLLOUT, "it does not listen")
                except (OSError, ValueError) as error:
                    raise gone(error) from None

    def receive(self) -> list[bytes | memoryview]:
        [count] = struct.unpack("<I", self.exactly(4))
        if not 0 < count <= MOST_BUFFERS:
            raise ChannelError("it sent something that is no message")
        sizes = struct.unpack(f"<{count}Q", self.exactly(8 * count))
        if sum(sizes) > LARGEST or sizes[0] > LARGEST_TEXT:
            raise ChannelError(f"it sent more than {LARGEST // 2**20} megabytes at once")
        return [self.exactly(size) for size in sizes]

    def exactly(self, size: int) -> bytes | memoryview:
        while len(self.ahead) < min(size, SMALL):  # a small message comes in one piece
            self.ahead += self.come_in(self.connection.recv, SMALL)
        taken, self.ahead = self.ahead[:size], self.ahead[size:]
        return taken if len(taken) == size else self.filled(memoryview(bytearray(size)), taken)

    def filled(self, buffer: memoryview, begun: bytes) -> memoryview:
        """A large buffer, whose beginning is there."""
        done = len(begun)
        buffer[:done] = begun
        while done < len(buffer):
            done += self.come_in(self.connection.recv_into, buffer[done:])
        return buffer

    def come_in(self, receive: Callable, what: object) -> Any:
        """Wait for what comes in next: the bytes, or how many."""
        self.wait_for(select.POLLIN, "no answer in time")
        try:
            come = receive(what)
        except OSError as error:
            raise gone(error) from None
        if not come:
            raise ChannelError("it has ended")
        return come

    def wait_for(self, event: int, otherwise: str) -> None:
        """Until the socket is ready for it, or the other side has gone."""
        left = None if self.deadline is None else self.deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TooSlow(otherwise)
        waiting = select.poll()
        waiting.register(self.connection, event)
        if not waiting.poll(None if left is None else 1000 * left):
            raise TooSlow(otherwise)

    def is_quiet(self) -> bool:
        """Whether nothing has come in that nobody asked for."""
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self.ahead
        except OSError:
            pass
        return False


def tell(channel: Channel, kind: str, what: object) -> None:
    """Say something that is plain data: which kind of message it is, and what it says."""
    channel.send([kind.encode(), json.dumps(what).encode()])


def gone(error: OSError | ValueError) -> ChannelError:
    return ChannelError(f"it is gone ({getattr(error, 'strerror', None) or error})")


def joined(buffers: list) -> list:
    """One buffer of those that are small: each one that is sent apart wakes the other side once more."""
    return [b"".join(buffers)] if sum(map(len, buffers)) < SMALL else buffers
