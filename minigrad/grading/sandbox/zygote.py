"""A warm process, fenced in, that forks one process for each submission: milliseconds, not a new interpreter.

    grader ── starts ──> its child, which waits ──> the zygote, first process of its own namespaces
                                                       └── for each submission a guard, first process of new ones
                                                             └── the student's process

The zygote has imported what submissions will need, and has never held a test. A guard watches how much memory is in use,
and takes with it all that the student has started.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from minigrad.grading.sandbox import files, linux

FENCES = linux.NEW_MOUNTS | linux.NEW_NETWORK | linux.NEW_IPC | linux.NEW_HOST_NAME
LOOK_EVERY = 0.02  # seconds, at the memory
FIRST_USER, USERS = 60_000, 4_000  # as root: a user of its own for each submission
MEGABYTE = 2**20
ENDED, MEMORY = b"e", b"m"  # what a guard says in the end: why


def main(warm_up: Callable[[], Callable[[socket.socket], None]]) -> None:
    """Serve requests that come in on descriptor 0. `warm_up` imports, and returns what the student's process is to do."""
    requests = socket.socket(fileno=os.dup(0))
    forget(0)
    linux.die_with_parent(signal.SIGKILL)
    is_root = os.getuid() == 0
    if not is_root:
        enter_namespace_of_users()
    new_root = tempfile.mkdtemp(prefix="minigrad-")
    linux.unshare(linux.NEW_PIDS)
    if zygote := os.fork():
        requests.close()
        os.waitpid(zygote, 0)
        os.rmdir(new_root)
        return
    linux.die_with_parent(signal.SIGKILL)
    linux.unshare(FENCES)
    files.change_root(new_root)
    serve = warm_up()
    gc.collect()
    gc.freeze()
    requests.send(b"warm")
    forget(2)  # on which was said why there can be no sandbox
    own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY)
    for number in range(sys.maxsize):
        request, descriptors, *_ = socket.recv_fds(requests, 4096, 2)
        if not request:
            return  # the grader has gone, and all here goes with it
        channel, status = descriptors
        ours, guards = socket.socketpair()
        linux.unshare(linux.NEW_PIDS)
        guard = os.fork()
        if not guard:
            for each in (requests, ours):
                each.close()
            os.close(own_pids)
            student = FIRST_USER + number % USERS if is_root else 0
            be_guard(json.loads(request), student, guards, status, lambda: serve(socket.socket(fileno=channel)))
        linux.enter(own_pids)
        guards.close()
        _, [student_handle], *_ = socket.recv_fds(ours, 1, 1)
        guard_handle = os.pidfd_open(guard)
        socket.send_fds(requests, [b"!"], [guard_handle, student_handle])
        for descriptor in (channel, status, guard_handle, student_handle):
            os.close(descriptor)
        ours.close()
        reap()


def forget(descriptor: int) -> None:
    """Have it lead nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def enter_namespace_of_users() -> None:
    """An ordinary user may make the other namespaces only inside one of users, where nobody else exists."""
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_USERS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(text)


def be_guard(limits: dict, user: int, handles: socket.socket, status: int, serve: Callable[[], None]) -> None:
    """Fence in, start the student's process, and stay until it ends or uses too much memory. Does not come back."""
    linux.unshare(FENCES)
    files.fresh_folders(f"{limits['disk']}m")
    limit(limits)
    linux.drop_bounding_capabilities()
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    linux.die_with_parent(signal.SIGKILL)
    student = os.fork()
    if not student:
        handles.close()
        os.close(status)
        linux.die_with_parent(signal.SIGKILL)
        try:
            serve()
        finally:
            os._exit(0)
    linux.hide_memory()
    socket.send_fds(handles, [b"!"], [os.pidfd_open(student)])
    handles.close()
    os.write(status, watch(student, limits["memory"] * MEGABYTE))
    os._exit(0)


def limit(limits: dict) -> None:
    """What each process may use; of what all use together, the guard and the size of the folders take care."""
    room = address_space() + limits["memory"] * MEGABYTE
    for kind, most in (
        (resource.RLIMIT_AS, room),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["disk"] * MEGABYTE),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_NPROC, limits["processes"]),
    ):
        resource.setrlimit(kind, (most, most))


def address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def watch(student: int, memory: int) -> bytes:
    """Reap until the student's process has ended, or all together have taken more memory than they may."""
    own = resident("self")
    while True:
        if student in reap():
            return ENDED
        if sum(max(resident(name) - own, 0) for name in os.listdir("/proc") if name.isdigit()) > memory:
            return MEMORY
        time.sleep(LOOK_EVERY)


def resident(process: str) -> int:
    """The memory of a process in bytes; 0 once it is gone."""
    try:
        return int(Path("/proc", process, "statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def reap() -> list[int]:
    """Which children have ended."""
    ended = []
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if not process:
            return ended
        ended.append(process)
