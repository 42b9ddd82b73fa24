"""What the sandbox's tests share: sandboxes as root and as an ordinary user, and a way to run cells in them."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from minigrad.grading.channel import TooSlow
from minigrad.grading.record import Limits
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox import start

HERE = Path(__file__).parent
SCRIPT = "import runpy, sys; sys.path[:] = {path}; runpy.run_path({script!r}, run_name='__main__')"
USERS = ["root", "ordinary user"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["ordinary user"]
COMMAND = start.command
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")


def script(name: str) -> list[str]:
    """The command that runs one of the scripts here, where nothing of the environment is handed on."""
    return [sys.executable, "-c", SCRIPT.format(path=sys.path, script=str(HERE / name))]


@contextmanager
def warm(user: str, *before: str) -> Iterator[start.Zygote]:
    """A warm process of this user. What is in `before` is run as a command, with Python's own as arguments."""
    with pytest.MonkeyPatch.context() as patch:
        prefix = script("as_ordinary_user.py") if user != USERS[0] else []
        patch.setattr(start, "command", lambda *given: [*before, *prefix, *COMMAND(*given)])
        zygote = start.Zygote()
        zygote.wait()
        try:
            yield zygote
        finally:
            zygote.close()


class Box:
    """One sandbox, and the conversation with the student's process in it."""

    def __init__(self, zygote, limits: Limits | None = None, files: dict[str, bytes] | None = None) -> None:
        self.sandbox = zygote.sandbox(limits or Limits(), files or {})
        self.remote = Remote(self.sandbox, {}, {})

    def __enter__(self) -> "Box":
        return self

    def __exit__(self, *_) -> None:
        self.sandbox.close()

    def cell(self, source: str, seconds: float = 20.0) -> list[dict]:
        """What the cell shows."""
        self.remote.channel.deadline = time.monotonic() + seconds
        return json.loads(self.remote.ask("cell", source))[0]

    def text(self, source: str, seconds: float = 20.0) -> str:
        """What the cell prints, its value, and its error."""
        parts = []
        for item in self.cell(source, seconds):
            parts.append(item.get("text") or item.get("data", {}).get("text/plain") or "")
            parts.append(f"{item['ename']}: {item['evalue']}" if "ename" in item else "")
        return "".join(parts)

    def interrupted(self, source: str) -> str:
        """What a cell says that does not come to an end, once it is interrupted."""
        with pytest.raises(TooSlow):
            self.cell(source, seconds=0.3)
        return self.remote.stop()

    def value(self, source: str, seconds: float = 20.0):
        """The cell's last line must print JSON."""
        return json.loads(self.text(source, seconds))


def commands_running(mark: str) -> list[int]:
    """Which processes of this machine were started with `mark` in their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
