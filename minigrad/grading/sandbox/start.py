"""The grader's side of the sandbox: start the warm process, and have it make a sandbox for a submission."""

import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict
from types import MappingProxyType

from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.record import Limits
from minigrad.grading.sandbox.reasons import REFUSED

NO_FILES: Mapping[str, bytes] = MappingProxyType({})
WARM_WITHIN, MADE_WITHIN, ENDED_WITHIN = 120.0, 60.0, 5.0  # seconds
WITHOUT = "grade without isolation with --no-sandbox, if you trust those who handed in"

# For linear algebra: there is a process at work for each processor.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
ENVIRONMENT = {"PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "USER": "student",
               "LANG": "C.UTF-8", "IPYTHONDIR": "/tmp/.ipython", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
               "PIP_NO_INDEX": "1",  # there is no network: %pip install says so at once, and does not try five times
               "MALLOC_ARENA_MAX": "2",  # a thread would reserve 64 megabytes, which count as used
               **ONE_THREAD}  # fmt: skip
START = """
import gc, sys
gc.disable()  # until all is loaded
sys.path[:] = {path}
from minigrad.grading.sandbox.{module} import main
from minigrad.grading.sandbox.student import warm_up
main(warm_up)
"""


class Refused(Exception):
    """No sandbox can be made on this machine; the text says why, in one sentence."""


class Sandbox:
    """The process of one submission: `channel` leads to it. Ends with all that it has started."""

    def __init__(self, channel: socket.socket, control: socket.socket, guard: int, student: int) -> None:
        self.channel, self.control, self.guard, self.student = channel, control, guard, student
        self.reasons: str | None = None

    def interrupt(self) -> None:
        """As Ctrl-C does: the cell that runs stops, if it lets itself be stopped."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.student, signal.SIGINT)

    def close(self) -> str:
        """End all that runs in it; what the guard had to say, for reasons.why."""
        if self.reasons is None:
            self.reasons = ""
            if not Channel(self.channel).is_quiet():  # perhaps it has ended by itself: the guard soon knows
                wait_for(self.student, 0.5)
            self.reasons = self.last_words()
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.guard, signal.SIGKILL)
            wait_for(self.guard, ENDED_WITHIN)  # the kernel has ended the others before that
            for each in (self.channel, self.control):
                each.close()
            for handle in (self.guard, self.student):
                os.close(handle)
        return self.reasons

    def last_words(self) -> str:
        """Let go; the guard looks once more, says what it saw, and ends."""
        told = b""
        self.control.settimeout(ENDED_WITHIN)
        with suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
            while part := self.control.recv(100):
                told += part
        return told.decode("ascii", "ignore")


class Zygote:
    """The warm process that all sandboxes of this grader are forked from. `isolation` says what fences them in."""

    def __init__(self) -> None:
        self.modules: list[str] = []
        if sys.platform != "linux":
            raise Refused(f"Submissions can be isolated on Linux only: {WITHOUT}.")
        self.start()

    def start(self) -> None:
        """Start it, and do not wait: there is other work to do meanwhile."""
        self.isolation = ""
        # A request is one message, whole: copies of this process can ask at the same time.
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                command("zygote"), stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, env=environment(), cwd="/", start_new_session=True,
            )  # fmt: skip
        if self.modules:
            self.expect(self.modules)

    def expect(self, modules: Collection[str]) -> None:
        """Have it import these now, as far as they are there: each submission would have to do it for itself."""
        self.modules = sorted(modules)
        with suppress(OSError):  # it may have ended, which `wait` finds out
            self.requests.send(json.dumps(self.modules).encode())

    def wait(self) -> None:
        """Until it is warm; Refused if it never will be. To be called before there are copies of this process."""
        if self.isolation:
            return
        self.requests.settimeout(WARM_WITHIN)
        try:
            with suppress(ConnectionError):  # it has ended, and had not read all
                self.isolation = self.requests.recv(1000).decode()
        except TimeoutError:
            self.process.kill()
        if not self.isolation:
            self.requests.close()
            raise Refused(self.refusal())

    def revive(self) -> None:
        """Start it again if it has ended. Only the process that has started it can tell, and no copy of that."""
        if self.process.poll() is not None:
            self.close()
            self.start()
        self.wait()

    def refusal(self) -> str:
        """Why it has ended, as it says itself."""
        said = self.process.communicate()[1].decode(errors="replace").strip().splitlines() or ["it does not say why"]
        if self.process.returncode == REFUSED:
            return f"This machine does not let submissions be isolated ({said[-1]}): {WITHOUT}."
        return f"The process that runs submissions does not start: {said[-1]}."

    def sandbox(self, limits: Limits, files: Mapping[str, bytes] = NO_FILES) -> Sandbox:
        """A new one, with these files in the folder where the submission works."""
        self.wait()
        (channel, students), (control, guards) = socket.socketpair(), socket.socketpair()
        handles: list[int] = []
        try:
            with students, guards:
                socket.send_fds(self.requests, [b"!"], [students.fileno(), guards.fileno()])
            Channel(control).send([json.dumps([asdict(limits), list(files)]).encode(), *files.values()])
            control.settimeout(MADE_WITHIN)
            told, handles, *_ = socket.recv_fds(control, 1000, 2)
        except (OSError, ChannelError) as error:
            told = str(error).encode()
        if not handles:
            channel.close()
            control.close()
            reason = told.decode(errors="replace") or "its first process has ended"
            raise Refused(f"No sandbox could be made for a submission: {reason}.")
        return Sandbox(channel, control, *handles)

    def close(self) -> None:
        self.requests.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDED_WITHIN)
        self.process.kill()
        self.process.communicate()


def wait_for(process: int, seconds: float) -> None:
    """Until the process has ended that a descriptor stands for."""
    end = select.poll()
    end.register(process, select.POLLIN)
    end.poll(1000 * seconds)


def command(module: str) -> list[str]:
    """Have Python run `module`'s main, with the libraries that there are here and nothing else of this process."""
    path = [path for path in sys.path if path]
    return [sys.executable, "-I", "-c", START.format(module=module, path=path)]


def environment() -> dict[str, str]:
    """Nothing of the grader's own: there may be passwords in it."""
    inline = importlib.util.find_spec("matplotlib_inline")
    return {**ENVIRONMENT, "MPLBACKEND": "module://matplotlib_inline.backend_inline" if inline else "agg"}
