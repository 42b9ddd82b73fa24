"""The grader's side of the sandbox: start the warm process, and have it make a sandbox for a submission."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What a submission may use, in all its processes together where that can be measured."""

    memory: int = 1024  # megabytes
    disk: int = 64  # megabytes
    processes: int = 64


ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "MPLBACKEND": "agg",
               "IPYTHONDIR": "/tmp/.ipython", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
               **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}}  # fmt: skip
START = "import sys; sys.path[:] = {path}; from minigrad.grading.sandbox.{module} import main; main()"


class Refused(Exception):
    """No sandbox can be made on this machine; the text says why."""


class Sandbox:
    """The process of one submission: `channel` leads to it. Ends with all that it has started."""

    def __init__(self, channel: socket.socket, status: int, guard: int, student: int) -> None:
        self.channel, self.status, self.guard, self.student = channel, status, guard, student

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.student, signal.SIGINT)

    def close(self) -> str:
        """End it; "m" if it used too much memory, "e" if it had ended by itself, "" otherwise."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.guard, signal.SIGKILL)
        self.channel.close()
        reason = os.read(self.status, 1).decode()
        for descriptor in (self.status, self.guard, self.student):
            os.close(descriptor)
        return reason


class Zygote:
    """The warm process that all sandboxes of this grader are forked from."""

    def __init__(self, module: str = "student") -> None:
        self.requests, theirs = socket.socketpair()
        command = START.format(path=[path for path in sys.path if path], module=module)
        with theirs:
            self.process = subprocess.Popen([sys.executable, "-I", "-c", command], stdin=theirs, env=ENVIRONMENT,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")  # fmt: skip
        if self.requests.recv(4) != b"warm":
            raise Refused(self.process.communicate()[1].decode(errors="replace"))

    def sandbox(self, limits: Limits = Limits()) -> Sandbox:
        channel, theirs = socket.socketpair()
        status, told = os.pipe()
        socket.send_fds(self.requests, [json.dumps(asdict(limits)).encode()], [theirs.fileno(), told])
        theirs.close()
        os.close(told)
        _, handles, *_ = socket.recv_fds(self.requests, 1, 2)
        return Sandbox(channel, status, *handles)

    def close(self) -> None:
        self.requests.close()
        self.process.kill()
        self.process.communicate()
