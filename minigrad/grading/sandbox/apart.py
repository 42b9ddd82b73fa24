"""Without a sandbox, for machines that have none: each submission in a process of its own, ended with its whole group.

It has all the rights of whoever grades. That it takes memory and files is limited where the system knows such limits.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict

from minigrad.grading.channel import Channel, ChannelError
from minigrad.grading.record import Limits
from minigrad.grading.sandbox import ceilings, start
from minigrad.grading.sandbox.start import ENDED_WITHIN, NO_FILES, WARM_WITHIN, Refused
from minigrad.grading.sandbox.work_folder import lay_out

WINDOWS = sys.platform == "win32"
# Windows has other names for these.
INTERRUPT = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
INTERRUPTED = getattr(signal, "SIGBREAK", signal.SIGINT)
ISOLATION = "no isolation: submissions run with all your rights"


class Apart:
    """Has the interface of start.Zygote, but keeps nothing warm: each process starts from nothing, in half a second."""

    isolation = ISOLATION

    def sandbox(self, limits: Limits, files: Mapping[str, bytes] = NO_FILES) -> "Process":
        made = Process()
        made.begin(limits, files)
        return made

    def revive(self) -> None: ...

    def close(self) -> None: ...


class Process:
    """Has the interface of start.Sandbox."""

    channel: socket.socket

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="minigrad-", ignore_cleanup_errors=True)
        self.work = os.path.join(self.folder.name, "work")
        os.mkdir(self.work)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.token = secrets.token_bytes(32)  # others on this machine could connect, too
        self.reasons: str | None = None
        self.process = subprocess.Popen(
            start.command("apart", ()), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.environment(), cwd=self.work, start_new_session=not WINDOWS,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        assert self.process.stdin
        told = {"port": self.listener.getsockname()[1], "token": self.token.hex()}
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        self.process.stdin.flush()

    def environment(self) -> dict[str, str]:
        """As in a sandbox, but for what the system itself needs to start a process and to make files."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}
        places = {name: self.folder.name for name in ("HOME", "TMPDIR", "TEMP", "TMP")}
        return {**start.environment(), **kept, **places, "IPYTHONDIR": os.path.join(self.folder.name, ".ipython")}

    def begin(self, limits: Limits, files: Mapping[str, bytes]) -> None:
        """Meet the process, which is warm or soon will be, and tell it what it may use."""
        until = time.monotonic() + WARM_WITHIN
        try:
            self.channel = self.met(until)
        except OSError:
            self.close()
            raise Refused("The process that runs submissions does not start.") from None
        self.channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(ChannelError):
            Channel(self.channel).send([json.dumps([asdict(limits), list(files)]).encode(), *files.values()])

    def met(self, until: float) -> socket.socket:
        """The connection of the one who knows the token."""
        while time.monotonic() < until and self.process.poll() is None:
            self.listener.settimeout(1.0)
            with suppress(TimeoutError):
                found, _ = self.listener.accept()
                found.settimeout(1.0)
                if found.recv(len(self.token), socket.MSG_WAITALL) == self.token:
                    return found
                found.close()
        raise TimeoutError

    def interrupt(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(INTERRUPT)

    def close(self) -> str:
        """End it, with what it has started and left in its group; why it had ended by itself, for start.why."""
        if self.reasons is None:
            self.reasons = self.last_words()
            self.kill()
            self.process.communicate()
            self.listener.close()
            if hasattr(self, "channel"):
                self.channel.close()
            self.folder.cleanup()
        return self.reasons

    def last_words(self) -> str:
        if hasattr(self, "channel") and not Channel(self.channel).is_quiet():
            with suppress(subprocess.TimeoutExpired):
                return "c" if self.process.wait(1.0) < 0 else "e"
        return ""

    def kill(self) -> None:
        if WINDOWS:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(self.process.pid)], capture_output=True)
        else:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDED_WITHIN)


# The other side


def main(warm_up: Callable[[], Callable[[socket.socket, Limits], None]]) -> None:
    """Be the process of one submission."""
    told = json.loads(sys.stdin.readline())
    end_with_grader()
    serve = warm_up()
    connection = socket.create_connection(("127.0.0.1", told["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(bytes.fromhex(told["token"]))
    settings, *contents = Channel(connection).receive()
    limits, names = json.loads(bytes(settings))
    lay_out(os.getcwd(), dict(zip(names, map(bytes, contents), strict=True)))
    ceilings.set_ceilings(Limits(**limits), count_processes=False)
    signal.signal(INTERRUPTED, signal.default_int_handler)
    serve(connection, Limits(**limits))


def end_with_grader() -> None:
    """End when the grader is no more, which the other end of descriptor 0 shows, even while a cell runs."""
    source = os.dup(0)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)

    def wait() -> None:
        while os.read(source, 1):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
