"""The first process of each sandbox: fences itself in, starts the student's process, and watches what all of it uses.

When a guard ends, the kernel ends all that runs in its sandbox. It ends when the student's process has ended, when a
limit is passed, and when the grader lets go of `control`, be it because the grader is no more.
"""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from minigrad.grading.channel import Channel
from minigrad.grading.record import MEGABYTE, Limits
from minigrad.grading.sandbox import ceilings, files, linux, seccomp
from minigrad.grading.sandbox.reasons import CRASHED, DISK, ENDED, MEMORY, PROCESSES
from minigrad.grading.sandbox.work_folder import lay_out

FENCES = linux.NEW_MOUNTS | linux.NEW_NETWORK | linux.NEW_IPC | linux.NEW_HOST_NAME
LOOK_EVERY, SETTINGS_WITHIN = 0.02, 60.0  # seconds
MOST_TOLD = 1000  # bytes
WORK = "/tmp/work"
PAGE = os.sysconf("SC_PAGE_SIZE")

Serve = Callable[[socket.socket, Limits], None]


def run(channel: socket.socket, control: socket.socket, user: int, processor: int, serve: Serve) -> None:
    """Be the guard of one sandbox; does not come back. The grader gets handles of both processes, or a reason."""
    try:
        limits, given = settings(control)
        fence_in(limits, given, user, processor)
        student = start(serve, channel, limits, control)
        handles = [os.pidfd_open(os.getpid()), os.pidfd_open(student)]
        socket.send_fds(control, [b"!"], handles)
    except Exception as error:
        control.send(str(error).encode()[:MOST_TOLD] or b"it does not say why")
        os._exit(1)
    channel.close()
    control.send(watch(student, handles[1], control, limits).encode())
    os._exit(0)


def settings(control: socket.socket) -> tuple[Limits, dict[str, bytes]]:
    """What the submission may use, and the files that it finds where it works."""
    conversation = Channel(control)
    conversation.deadline = time.monotonic() + SETTINGS_WITHIN
    told, *contents = conversation.receive()
    control.settimeout(None)
    limits, names = json.loads(bytes(told))
    return Limits(**limits), dict(zip(names, map(bytes, contents), strict=True))


def fence_in(limits: Limits, given: dict[str, bytes], user: int, processor: int) -> None:
    """Leave for good all that is outside. What a student's process may not change is done before it is there."""
    linux.unshare(FENCES)
    os.sched_setaffinity(0, {processor})  # where fifty busy processes take no time from the submission beside it
    files.fresh_folders(limits.disk + sum(map(len, given.values())) // MEGABYTE)
    Path("/proc/self/oom_score_adj").write_text("1000")  # when the whole machine runs out, this goes first
    linux.protect("/proc")
    linux.drop_bounding_capabilities()
    if own_user := user != os.getuid():
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    if program := seccomp.program():
        linux.filter_calls(program)
    linux.hide_memory()
    lay_out(WORK, given)
    ceilings.set_ceilings(limits, count_processes=own_user or ceilings.namespaces_count_processes())


def start(serve: Serve, channel: socket.socket, limits: Limits, control: socket.socket) -> int:
    """Fork the student's process; its id."""
    if student := os.fork():
        return student
    try:
        control.close()
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background without
        linux.hide_memory(False)  # or it could not open its own /dev/stdout
        os.chdir(WORK)
        serve(channel, limits)
    finally:
        os._exit(0)


def watch(student: int, handle: int, control: socket.socket, limits: Limits) -> str:
    """Stay until there is a reason to end it all; the reason."""
    events = select.poll()
    for each in (handle, control.fileno()):
        events.register(each, select.POLLIN)
    disk_was_full = was_too_much = False
    own = resident("self")
    while True:
        happened = [descriptor for descriptor, _ in events.poll(1000 * LOOK_EVERY)]
        if not disk_was_full and (files.is_full(files.HOME) or files.is_full(files.SHARED_MEMORY)):
            disk_was_full = True
            control.send(DISK.encode())
        others = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        sizes = {name: size for name in others if (size := resident(name))}
        if len(sizes) > limits.processes:
            return PROCESSES
        too_much = sum(sizes.values()) - own > limits.memory * MEGABYTE and used(sizes) > limits.memory * MEGABYTE
        if too_much and was_too_much:  # once may be by mistake, when processes end while they are looked at
            return MEMORY
        was_too_much = too_much
        if (status := reap().get(student)) is not None:
            return CRASHED if os.WIFSIGNALED(status) else ENDED
        if control.fileno() in happened:
            return ""


def resident(process: str) -> int:
    """The memory of a process in bytes; 0 once it has ended."""
    try:
        return int(Path("/proc", process, "statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def used(sizes: dict[str, int]) -> int:
    """The memory of all processes, where what several share counts once; slower to find out."""
    return sum(proportional(process, size) for process, size in sizes.items()) - proportional("self", 0)


def proportional(process: str, otherwise: int) -> int:
    try:
        lines = Path("/proc", process, "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except PermissionError:  # it hides its memory
        return otherwise
    except (OSError, StopIteration):  # it has just ended
        return 0


def reap() -> dict[int, int]:
    """How children ended that have: also those of processes which have ended before them."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended.update([found])
    return ended
