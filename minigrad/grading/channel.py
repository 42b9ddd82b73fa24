"""Messages over a socket: frames of a few buffers each, with a limit on their size and on the time they take."""

import socket
import struct
import time

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
        self.ahead = bytearray()  # what has come in behind what was read

    def send(self, buffers: list) -> None:
        header = struct.pack(f"<I{len(buffers)}Q", len(buffers), *map(len, buffers))
        try:
            for each in joined([header, *buffers]):
                self.connection.settimeout(self.left())
                self.connection.sendall(each)
        except TimeoutError:
            raise TooSlow("it does not listen") from None
        except (OSError, ValueError) as error:
            raise ChannelError(f"it is gone ({getattr(error, 'strerror', None) or error})") from None

    def receive(self) -> list[memoryview]:
        [count] = struct.unpack("<I", self.exactly(4))
        if not 0 < count <= MOST_BUFFERS:
            raise ChannelError("it sent something that is no message")
        sizes = struct.unpack(f"<{count}Q", self.exactly(8 * count))
        if sum(sizes) > LARGEST or sizes[0] > LARGEST_TEXT:
            raise ChannelError(f"it sent more than {LARGEST // 2**20} megabytes at once")
        return [self.exactly(size) for size in sizes]

    def exactly(self, size: int) -> memoryview:
        buffer = memoryview(bytearray(size))
        done = 0
        while True:
            known = min(size - done, len(self.ahead))
            buffer[done : done + known] = self.ahead[:known]
            del self.ahead[:known]
            done += known
            if done == size:
                return buffer
            if size - done < SMALL:  # a small message comes in one piece
                self.ahead += self.some()
            else:
                done += self.some_into(buffer[done:])

    def some(self) -> memoryview:
        piece = memoryview(bytearray(SMALL))
        return piece[: self.some_into(piece)]

    def some_into(self, buffer: memoryview) -> int:
        """Wait for something to come in; how much it was."""
        self.connection.settimeout(self.left())
        try:
            count = self.connection.recv_into(buffer)
        except TimeoutError:
            raise TooSlow("no answer in time") from None
        except OSError as error:
            raise ChannelError(f"it is gone ({error.strerror})") from None
        if not count:
            raise ChannelError("it has ended")
        return count

    def left(self) -> float | None:
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooSlow("no answer in time")
        return left

    def is_quiet(self) -> bool:
        """Whether nothing has come in that nobody asked for."""
        self.connection.settimeout(0)
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self.ahead
        except OSError:
            pass
        return False


def joined(buffers: list) -> list:
    """One buffer of those that are small: each one that is sent apart wakes the other side once more."""
    return [b"".join(buffers)] if sum(map(len, buffers)) < SMALL else buffers
