"""The process in which submissions are graded, watched: what hangs is ended, what has died is replaced."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from tempfile import TemporaryDirectory

from minigrad.grading.channel import Channel, ChannelError, TooSlow
from minigrad.grading.copy_of_process import how_ended
from minigrad.grading.sandbox.start import ONE_THREAD
from minigrad.grading.serving import NOT_SANDBOXED

START_WITHIN = 120  # seconds, on a machine with much else to do
UNTOLD = 120  # seconds for what is not announced: reading a submission, and writing it
GRACE = 3.0  # seconds beyond what was announced: the worker itself ends what a student's code does too long


class Lost(Exception):
    """The worker died over a submission, or hung where no cell can be left out; the text says how."""


class CannotGrade(Lost):
    """Nothing of this assignment can be graded here; the text says why and what to do."""


class Broken(Exception):
    """The grader itself went wrong; the text says where."""


class Hung(Exception):
    """A cell took longer than was announced."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


class Supervised:
    """Grades submissions, any number at the same time, each in a copy of a warm process.

    That is started at once, and loads what it needs while one finds out what to send it: first the task, by `prepare`.
    """

    channel: Channel
    folder: TemporaryDirectory[str]
    process: subprocess.Popen[bytes]
    told: dict  # what the process says of itself, once it is ready

    def __init__(self, sandboxed: bool = True) -> None:
        self.sandboxed, self.task = sandboxed, b""
        self.closed, self.starting, self.preparing = False, threading.Lock(), threading.Lock()
        self.start()

    def grade(self, job: bytes) -> bytes:
        """What came of a job, both as JSON. A cell that hangs is left out, and the submission graded again."""
        skip: list[str] = []
        while True:
            try:
                return self.attempt(job, skip)
            except Hung as hung:
                if not hung.cell or hung.cell in skip:
                    raise Lost(f"Reading and writing it took longer than {UNTOLD} seconds.") from None
                skip.append(hung.cell)

    def attempt(self, job: bytes, skip: list[str]) -> bytes:
        self.prepare(self.task)
        with self.copy() as connection:  # closed, the copy is ended
            kind, answer = self.ask(Channel(connection), UNTOLD, json.dumps(skip).encode(), job)
        if kind != "graded":
            raise (Lost if kind == "lost" else Broken)(json.loads(answer))
        return answer

    def copy(self) -> socket.socket:
        """Have the warm process make a copy of itself; what leads to that."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.channel.connection, [b"!"], [theirs.fileno()])
        except OSError:
            ours.close()
            raise Lost(self.how_it_ended()) from None
        return ours

    def prepare(self, task: bytes) -> dict:
        """Wait until it can grade this task; start another process if this has ended. What it tells of itself."""
        with self.preparing:
            self.task = task
            if self.process.poll() is not None:
                self.end()
                self.start()
            if not self.told:
                self.told = self.prepared()
            return self.told

    def prepared(self) -> dict:
        try:
            kind, answer = self.ask(self.channel, START_WITHIN, b"task", self.task)
        except Hung as hung:
            self.end()
            what = f"the cell {hung.cell} does not end" if hung.cell else "no worker gets ready"
            raise CannotGrade(f"Grading cannot start: {what}, with the assignment's own answers.") from None
        except Lost as lost:
            raise CannotGrade(f"Grading cannot start. {lost}") from None
        if kind != "ready":
            raise CannotGrade(json.loads(answer))
        return json.loads(answer)

    def ask(self, channel: Channel, seconds: float, *buffers: bytes) -> tuple[str, bytes]:
        """Send, and wait for the next message that is no alarm: for so long as was announced, or `seconds`."""
        cell = ""
        try:
            channel.deadline = time.monotonic() + seconds
            channel.send(list(buffers))
            while True:
                kind, content = map(bytes, channel.receive())
                if kind != b"alarm":
                    return kind.decode(), content
                cell, announced = json.loads(content)
                channel.deadline = time.monotonic() + (announced + GRACE if cell else seconds)
        except TooSlow:
            raise Hung(cell) from None
        except ChannelError:
            raise Lost(self.how_it_ended()) from None

    def start(self) -> None:
        """In a session of its own: Ctrl-C is the supervisor's, and what the worker has started can be ended with it."""
        if not hasattr(os, "fork"):
            raise CannotGrade("On Windows, grade inside WSL, where submissions can be isolated: "
                              "--no-sandbox, too, needs Linux or macOS.")  # fmt: skip
        ours, theirs = socket.socketpair()
        with self.starting, theirs:
            if self.closed:
                ours.close()
                raise Lost("Grading was stopped.")
            self.channel, self.told = Channel(ours), {}
            # What it leaves there, ended in the midst of something, goes with it.
            self.folder = TemporaryDirectory(prefix="minigrad-worker-", ignore_cleanup_errors=True)
            environment = {**os.environ, **ONE_THREAD, "TMPDIR": self.folder.name}
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "minigrad.grading.serving", *([] if self.sandboxed else [NOT_SANDBOXED])],
                stdin=theirs.fileno(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    def how_it_ended(self) -> str:
        try:
            code = self.process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "Its process ended without a word."
        if code == -signal.SIGKILL:
            return "Its worker was killed, as a system does when memory runs out."
        return f"Its worker ended with {how_ended(code)}."

    def end(self, within: float = 0.0) -> None:
        """End the process and all that it has started, unless it ends by itself within so many seconds."""
        with suppress(OSError):
            self.channel.connection.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for it, here and there
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.channel.connection.close()
        self.folder.cleanup()

    def close(self, within: float = 0.0) -> None:
        """End it for good. Another thread may be waiting for an answer: it gets none."""
        with self.starting:
            self.closed = True
        self.end(within)
