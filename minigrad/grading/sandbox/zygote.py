"""A warm process, fenced in, that forks one process for each submission: milliseconds, not a new interpreter.

    grader ── starts ──> its child, which waits ──> the zygote, first process of its own namespaces
                                                       └── for each submission a guard, first process of new ones
                                                             └── the student's process

The zygote has imported what submissions will need, and has never held a test.
"""

import gc
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from minigrad.grading.ahead import import_all
from minigrad.grading.sandbox import files, guard, linux, seccomp
from minigrad.grading.sandbox.descriptors import forget
from minigrad.grading.sandbox.reasons import REFUSED

FIRST_USER, USERS = 60_000, 4_000  # as root: a user of its own for each submission
NEEDED = (6, 7, 8, 21)  # capabilities: to become another user, to leave all privileges, to make namespaces
LARGEST = 2**16  # bytes of a request


def main(warm_up: Callable[[], guard.Serve]) -> NoReturn:
    """Serve requests on descriptor 0. `warm_up` imports, and returns what the student's process is to do."""
    requests = socket.socket(fileno=os.dup(0))
    forget(0)
    try:
        may_choose_user = has_users_to_spare()
        fence_in(may_choose_user)
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)
    serve = warm_up()
    settle()
    requests.send(isolation(may_choose_user).encode())
    forget(2)  # on which was said why there can be no sandbox
    maker = Maker(requests, may_choose_user, serve)
    while True:
        asked, descriptors, *_ = socket.recv_fds(requests, LARGEST, 2)
        if not asked:
            os._exit(0)  # the grader has gone, and all here goes with it
        if descriptors:
            maker.make([socket.socket(fileno=each) for each in descriptors])
        else:
            import_all(json.loads(asked))
            settle()


def settle() -> None:
    """A collection in the student's process would write to, and so copy, all pages of this one."""
    gc.collect()
    gc.freeze()


class Maker:
    """Makes sandboxes, each on one processor."""

    def __init__(self, requests: socket.socket, may_choose_user: bool, serve: guard.Serve) -> None:
        self.requests, self.may_choose_user, self.serve = requests, may_choose_user, serve
        self.own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self.processors: dict[int, int] = {}  # of the guards that there are

    def make(self, given: list[socket.socket]) -> None:
        """Fork a guard, which has what the grader has `given` to itself."""
        user = FIRST_USER + secrets.randbelow(USERS) if self.may_choose_user else os.getuid()
        processor = self.least_used()
        linux.unshare(linux.NEW_PIDS)
        made = os.fork()
        if not made:
            self.requests.close()
            os.close(self.own_processes)
            channel, control = given
            guard.run(channel, control, user, processor, self.serve)
        linux.enter(self.own_processes)
        for each in given:
            each.close()
        self.processors[made] = processor

    def least_used(self) -> int:
        """One that this may run on; of equals that where the kernel, which knows of other programs, has put this."""
        for ended in guard.reap():
            self.processors.pop(ended, None)
        used, here = Counter(self.processors.values()), linux.processor()
        return min(os.sched_getaffinity(0), key=lambda each: (used[each], each != here))


def has_users_to_spare() -> bool:
    """Whether this is root, with all that root may do, and with more users than itself."""
    lines = Path("/proc/self/status").read_text().splitlines()
    allowed = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    users = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return all(allowed >> each & 1 for each in NEEDED) and any(
        first <= FIRST_USER and FIRST_USER + USERS <= first + count for first, _, count in users
    )


def fence_in(may_choose_user: bool) -> None:
    """Go on in a child that is in namespaces of its own; the parent waits for its end, and ends like it."""
    if not may_choose_user:
        enter_namespace_of_users()
    new_root = tempfile.mkdtemp(prefix="minigrad-")
    linux.unshare(linux.NEW_PIDS, "namespaces of processes")
    if zygote := os.fork():
        os.close(0)
        _, status = os.waitpid(zygote, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 255)
    linux.die_with_parent(signal.SIGKILL)
    linux.unshare(guard.FENCES)
    files.change_root(new_root)
    if seccomp.program() and not linux.can_filter_calls():
        raise OSError(0, "seccomp: this kernel has none")


def enter_namespace_of_users() -> None:
    """An ordinary user may make the other namespaces only inside one of users, where nobody else exists."""
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_USERS, "namespaces of users")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)


def isolation(may_choose_user: bool) -> str:
    """What keeps submissions apart, in a sentence."""
    means = "Linux namespaces and seccomp" if seccomp.program() else "Linux namespaces"
    return f"Isolated by {means}{', each submission as a user of its own' if may_choose_user else ''}."
