"""Copies of this process, made when somebody asks for one: what a submission's tests do to it is gone with the copy."""

import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, NoReturn

from minigrad.grading.channel import Channel, ChannelError, tell
from minigrad.grading.copy_of_process import die_with_parent, how_ended
from minigrad.grading.sandbox.start import Refused

IDLE = 600  # seconds in which nobody asks, after which it ends: a cluster may have forgotten it
LISTENS_WITHIN = 5.0  # seconds


class Copy(NamedTuple):
    """One that is at work. `life` ends when it does; `channel` is hung up when nobody wants it any more."""

    process: int
    life: int
    channel: socket.socket
    folder: tempfile.TemporaryDirectory[str]


class Copies:
    """All that are at work. Each has a `channel` of its own, does `work(channel)`, and ends.

    `before` is called here before each is made. What one cannot tell, since it is none or is none any more, is told
    from here: `lost`, and why.
    """

    def __init__(self, before: Callable[[], None], work: Callable[[Channel], None]) -> None:
        self.before, self.work = before, work
        self.at_work: dict[int, Copy] = {}  # by each of the descriptors that tell of it
        self.events = select.poll()

    def serve(self, requests: socket.socket) -> None:
        """Make one for each socket that comes; until nobody can ask any more, or nobody has for long."""
        self.events.register(requests, select.POLLIN)
        try:
            while (events := self.events.poll(1000 * IDLE)) or self.at_work:
                for descriptor, _ in events:
                    if descriptor != requests.fileno():
                        self.end(self.at_work.get(descriptor))
                    elif not self.start(requests):
                        return
        finally:
            for copy in set(self.at_work.values()):
                self.end(copy)

    def start(self, requests: socket.socket) -> bool:
        """Make one, unless nobody can ask any more."""
        asked, descriptors, *_ = socket.recv_fds(requests, 1, 1)
        if not asked:
            return False
        channel = socket.socket(fileno=descriptors[0])
        try:
            self.before()
            copy = self.made(channel, requests)
        except (Refused, OSError) as error:  # the next may find what this one misses
            self.tell_lost(channel, f"No process could be made for its tests: {str(error).rstrip('.')}.")
            channel.close()
            return True
        for descriptor, event in ((copy.life, select.POLLIN), (channel.fileno(), 0)):
            self.at_work[descriptor] = copy
            self.events.register(descriptor, event)
        return True

    def made(self, channel: socket.socket, requests: socket.socket) -> Copy:
        life, alive = os.pipe()
        folder = tempfile.TemporaryDirectory(prefix="minigrad-copy-", ignore_cleanup_errors=True)
        try:
            process = os.fork()
        except OSError:
            os.close(life)
            os.close(alive)
            folder.cleanup()
            raise
        if not process:
            for descriptor in {requests.fileno(), life, *self.at_work}:
                os.close(descriptor)
            self.be_one(channel, folder.name)
        os.close(alive)
        return Copy(process, life, channel, folder)

    def be_one(self, channel: socket.socket, folder: str) -> NoReturn:
        """In a group of its own: what a test starts ends with it."""
        try:
            os.setpgid(0, 0)
            die_with_parent()
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            with suppress(ChannelError):
                self.work(Channel(channel))
        finally:
            os._exit(0)

    def end(self, copy: Copy | None) -> None:
        """It has ended, or is to end. What it leaves on the disk, ended in the midst of something, goes with it."""
        if copy is None:  # told of twice at the same time
            return
        with suppress(ProcessLookupError):
            os.kill(copy.process, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(copy.process, signal.SIGKILL)
        _, status = os.waitpid(copy.process, 0)
        if status:
            how = how_ended(os.waitstatus_to_exitcode(status))
            self.tell_lost(copy.channel, f"The process of its tests has ended: {how}.")
        for descriptor in (copy.life, copy.channel.fileno()):
            self.events.unregister(descriptor)
            del self.at_work[descriptor]
        os.close(copy.life)
        copy.channel.close()
        copy.folder.cleanup()

    def tell_lost(self, channel: socket.socket, why: str) -> None:
        conversation = Channel(channel)
        conversation.deadline = time.monotonic() + LISTENS_WITHIN
        with suppress(ChannelError):
            tell(conversation, "lost", why)
