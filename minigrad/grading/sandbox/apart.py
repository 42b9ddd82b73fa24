"""Without a sandbox, for machines that have none: each submission in a process of its own, ended with its whole group.

It has all the rights of whoever grades. That it takes memory and files is limited where the system knows such limits.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from minigrad.grading.ahead import import_all
from minigrad.grading.channel import Channel
from minigrad.grading.record import Limits
from minigrad.grading.sandbox import ceilings, start
from minigrad.grading.sandbox.descriptors import forget
from minigrad.grading.sandbox.reasons import CRASHED, ENDED
from minigrad.grading.sandbox.start import ENDED_WITHIN, NO_FILES, WARM_WITHIN, Refused
from minigrad.grading.sandbox.work_folder import lay_out

TRIES = 100
MOST_TOLD = 2**16  # bytes


class Apart:
    """Has the interface of start.Zygote, but nothing that is warm: a copy of this process uses it as well."""

    isolation = "No isolation: submissions run with all your rights."

    modules: Collection[str] = ()

    def expect(self, modules: Collection[str]) -> None:
        self.modules = modules

    def sandbox(self, limits: Limits, files: Mapping[str, bytes] = NO_FILES) -> "Process":
        return Process(self.modules, limits, files)

    def wait(self) -> None: ...

    def revive(self) -> None: ...

    def close(self) -> None: ...


class Process:
    """Has the interface of start.Sandbox."""

    def __init__(self, modules: Collection[str], limits: Limits, files: Mapping[str, bytes]) -> None:
        self.reasons: str | None = None
        self.folder = tempfile.mkdtemp(prefix="minigrad-")
        work = Path(self.folder, "work")
        lay_out(work, files)
        self.process = subprocess.Popen(
            start.command("apart"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=self.environment(), cwd=work, start_new_session=True,
        )  # fmt: skip
        self.channel = self.met(modules, limits)

    def environment(self) -> dict[str, str]:
        """As in a sandbox, but for what the system itself needs to start a process and to make files."""
        places = {"HOME": self.folder, "TMPDIR": self.folder, "IPYTHONDIR": os.path.join(self.folder, ".ipython")}
        return {**start.environment(), "PATH": os.environ.get("PATH", os.defpath), **places}

    def met(self, modules: Collection[str], limits: Limits) -> socket.socket:
        """Tell the process what to import, what it may use and where to come; the connection, once it has."""
        token = secrets.token_bytes(32)  # others on this machine could connect, too
        with socket.create_server(("127.0.0.1", 0)) as listener:
            told = {"port": listener.getsockname()[1], "token": token.hex(), "limits": asdict(limits),
                    "modules": sorted(modules)}  # fmt: skip
            assert self.process.stdin
            with suppress(OSError):
                self.process.stdin.write(json.dumps(told).encode() + b"\n")
                self.process.stdin.flush()
            until = time.monotonic() + WARM_WITHIN
            listener.settimeout(1.0)
            while time.monotonic() < until and self.process.poll() is None:
                with suppress(OSError):
                    found, _ = listener.accept()
                    found.settimeout(1.0)
                    if found.recv(len(token), socket.MSG_WAITALL) == token:
                        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        return found
                    found.close()
        self.end()
        raise Refused("The process that runs submissions does not start.")

    def interrupt(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def close(self) -> str:
        """End it, with what it has started and left in its group; why it had ended by itself, for reasons.why."""
        if self.reasons is None:
            self.reasons = self.last_words()
            self.channel.close()
            self.end()
        return self.reasons

    def last_words(self) -> str:
        if not Channel(self.channel).is_quiet():
            with suppress(subprocess.TimeoutExpired):
                return CRASHED if self.process.wait(1.0) < 0 else ENDED
        return ""

    def end(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired, OSError):
            self.process.communicate(timeout=ENDED_WITHIN)
        shutil.rmtree(self.folder, ignore_errors=True)


# The other side


def main(warm_up: Callable[[], Callable[[socket.socket, Limits], None]]) -> None:
    """Be the process of one submission."""
    told = json.loads(os.read(0, MOST_TOLD))
    waiting = end_with_grader()
    serve = warm_up()
    import_all(told["modules"])
    limits = Limits(**told["limits"])
    with socket.create_connection(("127.0.0.1", told["port"])) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(bytes.fromhex(told["token"]))
        ceilings.set_ceilings(limits, count_processes=False)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        serve(connection, limits)
    waiting.join()  # either the grader ends this process, or the grader is no more


def end_with_grader() -> threading.Thread:
    """End when the grader is no more, which the other end of descriptor 0 shows, even while a cell runs."""
    source, folder = os.dup(0), Path.cwd().parent
    forget(0)

    def wait() -> None:
        while os.read(source, 1):
            pass
        for _ in range(TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():  # or else something was written there meanwhile
                break
        os._exit(1)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    return waiting


