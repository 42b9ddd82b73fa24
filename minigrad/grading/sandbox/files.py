"""What a sandbox sees of the disk: Python and its libraries to read, a few devices, and an empty folder to write in."""

import os
import sys
from collections.abc import Iterator
from functools import cache
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

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/etc/ld.so.cache",
          "/etc/localtime", "/etc/alternatives", "/etc/fonts")  # fmt: skip
# Of an environment, which somebody may have made in the very folder of the course, with the gradebook beside these.
OF_PYTHON = ("bin", "lib", "lib32", "lib64", "libexec", "include", "share", "etc", "ssl", "pyvenv.cfg")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
LINKS = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
         "/dev/stderr": "/proc/self/fd/2", "/dev/ptmx": "pts/ptmx"}  # fmt: skip
USERS = "root:x:0:0::/:/bin/sh\nstudent:x:{user}:{user}::/tmp:/bin/sh\n"
HOME, SHARED_MEMORY = "/tmp", "/dev/shm"
MOST_FILES = 20_000


@cache
def readable() -> tuple[str, ...]:
    """The interpreter, its environment, libraries and minigrad, wherever they are; nothing that is merely beside."""
    named = [*SYSTEM, *(str(Path(prefix, part)) for prefix in (sys.prefix, sys.base_prefix) for part in OF_PYTHON)]
    named += [*filter(holds_libraries, sys.path), str(Path(minigrad.__file__).parent)]
    there = [path for path in named if os.path.exists(path)]
    paths = dict.fromkeys(each for path in there for each in (os.path.realpath(path), os.path.abspath(path)))
    links = {path for path in SYSTEM if os.path.islink(path)}  # which will be links again
    return tuple(path for path in paths if path not in links and not any(is_inside(path, other) for other in paths))


def holds_libraries(folder: str) -> bool:
    """Whether packages are installed there: not so in a folder of somebody's work that Python also looks through."""
    return os.access(folder, os.R_OK) and any(Path(folder).glob("*.dist-info"))


def hidden() -> Iterator[str]:
    """What is in there and not for students: the right answers, in each copy of minigrad, by each name it can have."""
    copies = (str(Path(minigrad.__file__).parent), *(f"{folder}/minigrad" for folder in sys.path))
    packages = set(map(os.path.realpath, copies))
    for answers in (Path(package, "course", folder) for package in packages for folder in ("exercises", "beliefs")):
        for path in readable():
            if os.path.isdir(answers) and answers.is_relative_to(os.path.realpath(path)):
                yield str(Path(path) / answers.relative_to(os.path.realpath(path)))


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
    for folder in (SHARED_MEMORY, "/dev/pts", "/proc", HOME, "/old"):
        os.makedirs(new + folder, exist_ok=True)
    for path, target in LINKS.items():
        os.symlink(target, new + path)
    Path(new, "etc").mkdir(exist_ok=True)
    Path(new, "etc", "passwd").write_text(USERS.format(user=os.getuid() or 65534))
    mount("proc", new + "/proc", "proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS)  # only where one is seen already
    pivot_root(new, new + "/old")
    os.chdir("/")
    os.rmdir("/old" + new)
    unmount("/old", DETACH)
    os.rmdir("/old")
    fresh_folders(16)
    protect("/", all_below=False)  # of which the devices are a part


def fresh_folders(megabytes: int) -> None:
    """New and empty: the folder to write in, shared memory, terminals; and only one's own processes in /proc."""
    mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS)
    kept = {path: os.open(path, os.O_PATH) for path in readable() if is_inside(path, HOME)}  # as it will lie below
    room = f"size={megabytes}m,nr_inodes={MOST_FILES},mode=1777"
    mount("tmp", HOME, "tmpfs", NO_SETUID | NO_DEVICES, room)
    mount("shm", SHARED_MEMORY, "tmpfs", NO_SETUID | NO_DEVICES | NO_PROGRAMS, room)
    for path, opened in kept.items():
        bind(f"/proc/self/fd/{opened}", path)
        os.close(opened)
    os.chdir(HOME)
    try:
        mount("devpts", "/dev/pts", "devpts", NO_SETUID | NO_PROGRAMS, "newinstance,ptmxmode=0666")
    except OSError:  # some containers forbid it, and only programs that ask for a terminal miss it
        pass


def is_full(folder: str) -> bool:
    left = os.statvfs(folder)
    return left.f_bavail == 0 or left.f_favail == 0


def bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    mount(source, target, flags=BIND | RECURSIVE)
