"""What a sandbox sees of the disk: Python and its libraries to read, a few devices, and an empty folder to write in."""

import os
import sys
from pathlib import Path

import minigrad
from minigrad.grading.sandbox.linux import (
    BIND,
    DETACH,
    NO_DEVICES,
    NO_PROGRAMS,
    NO_SETUID,
    PRIVATE,
    RECURSIVE,
    mount,
    pivot_root,
    protect,
    unmount,
)

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/ld.so.cache", "/etc/localtime",
          "/etc/alternatives")  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
LINKS = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
         "/dev/stderr": "/proc/self/fd/2", "/dev/ptmx": "pts/ptmx"}  # fmt: skip
USERS = "root:x:0:0::/:/bin/sh\nstudent:x:{user}:{user}::/tmp:/bin/sh\n"
HOME = "/tmp"


def readable() -> list[str]:
    """The interpreter, its environment, and minigrad, wherever they are; nothing else that happens to be beside them."""
    package = Path(minigrad.__file__).parent
    paths = [os.path.realpath(path) for path in (*SYSTEM, sys.base_prefix, sys.prefix, package) if os.path.exists(path)]
    return [path for path in dict.fromkeys(paths) if not any(is_inside(path, other) for other in paths)]


def hidden() -> list[str]:
    """What is in there and not for students: the right answers."""
    return [str(Path(minigrad.__file__).parent / "course" / "exercises")]


def is_inside(path: str, other: str) -> bool:
    return path != other and Path(path).is_relative_to(other)


def change_root(new: str) -> None:
    """Go to a root of our own, which is built in the empty folder `new`; all else is out of reach for good."""
    mount("", "/", flags=PRIVATE | RECURSIVE)
    mount("root", new, "tmpfs", NO_SETUID | NO_DEVICES, "size=4m,mode=755")
    for path in readable():
        bind(path, new + path)
        protect(new + path)
    for path in SYSTEM:
        if os.path.islink(path):
            os.symlink(os.readlink(path), new + path)
    for path in hidden():
        mount("nothing", new + path, "tmpfs", NO_SETUID | NO_DEVICES, "size=4k,mode=555")
    for path in DEVICES:
        bind(path, new + path)
    for folder in ("/dev/shm", "/dev/pts", "/proc", "/tmp", "/old"):
        os.makedirs(new + folder, exist_ok=True)
    for path, target in LINKS.items():
        os.symlink(target, new + path)
    Path(new, "etc").mkdir(exist_ok=True)
    Path(new, "etc", "passwd").write_text(USERS.format(user=os.getuid() or 65534))
    pivot_root(new, new + "/old")
    os.chdir("/")
    unmount("/old", DETACH)
    os.rmdir("/old")
    fresh_folders("16m")
    protect("/", all_below=False)  # of which the devices are a part


def fresh_folders(size: str) -> None:
    """New and empty: the folder to write in, shared memory, terminals; and only one's own processes in /proc."""
    kept = {path: os.open(path, os.O_PATH) for path in readable() if is_inside(path, HOME)}  # as it will lie below
    mount("tmp", HOME, "tmpfs", NO_SETUID | NO_DEVICES, f"size={size},mode=1777")
    mount("shm", "/dev/shm", "tmpfs", NO_SETUID | NO_DEVICES | NO_PROGRAMS, f"size={size},mode=1777")
    for path, opened in kept.items():
        os.fchdir(opened)
        bind(".", path)
        os.close(opened)
    os.chdir(HOME)
    for kind, target, options in (("devpts", "/dev/pts", "newinstance,ptmxmode=0666"), ("proc", "/proc", "")):
        try:
            mount(kind, target, kind, NO_SETUID | NO_DEVICES | NO_PROGRAMS, options)
        except OSError:  # some containers forbid it, and little depends on it
            continue


def bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    mount(source, target, flags=BIND | RECURSIVE)
