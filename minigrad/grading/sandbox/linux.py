"""The calls of Linux that fence a process in, as Python functions: namespaces, mounts, limits on what it may become."""

import ctypes
import errno
import os

_libc = ctypes.CDLL(None, use_errno=True)

NEW_MOUNTS, NEW_HOST_NAME, NEW_IPC, NEW_USERS, NEW_PIDS, NEW_NETWORK = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
NEW_ANYTHING = NEW_MOUNTS | NEW_HOST_NAME | NEW_IPC | NEW_USERS | NEW_PIDS | NEW_NETWORK | 0x02000000  # control groups

NO_SETUID, NO_DEVICES, NO_PROGRAMS, BIND, RECURSIVE, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
DETACH = 2

_MOUNT_SETATTR, _HERE, _AND_BELOW, _READ_ONLY_NO_SETUID_NO_DEVICES = 442, -100, 0x8000, 1 | 2 | 4

_DEATH_SIGNAL, _DUMPABLE, _SECCOMP, _DROP_BOUNDING, _NO_NEW_PRIVILEGES = 1, 4, 22, 24, 38
_SECCOMP_FILTER = 2
_CAPABILITIES_VERSION_3 = 0x20080522


def _checked(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(namespaces: int, what: str = "namespaces") -> None:
    """Leave the namespaces given, for new ones; new process ids are those of children."""
    if _libc.unshare(namespaces) < 0:
        number = ctypes.get_errno()
        # The kernel's word for a limit reached is that of a full disk.
        why = "there may be no more of them here" if number == errno.ENOSPC else os.strerror(number)
        raise OSError(number, f"new {what}: {why}")


def enter(namespace: int) -> None:
    """Go into the namespace that a file descriptor stands for."""
    _checked(_libc.setns(namespace, 0), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    given = [text.encode() or None for text in (source, target, kind)]
    _checked(_libc.mount(*given, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def protect(target: str, all_below: bool = True) -> None:
    """Make a mount read-only, without devices and without programs that change the user; and all below it as well."""
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY_NO_SETUID_NO_DEVICES)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    flags = ctypes.c_uint(_AND_BELOW if all_below else 0)
    result = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR), ctypes.c_int(_HERE), target.encode(), flags, attributes, size
    )
    _checked(result, f"mount_setattr {target}")


def unmount(target: str, flags: int = 0) -> None:
    _checked(_libc.umount2(target.encode(), flags), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root, and put the old one at `old`."""
    _checked(_libc.pivot_root(new.encode(), old.encode()), "pivot_root")


def die_with_parent(signal: int) -> None:
    """Lost when the user or the capabilities change: to be said again after that."""
    _prctl(_DEATH_SIGNAL, signal)


def forbid_new_privileges() -> None:
    _prctl(_NO_NEW_PRIVILEGES, 1)


def hide_memory(hidden: bool = True) -> None:
    """Whether other processes of the same user may look into this one."""
    _prctl(_DUMPABLE, 0 if hidden else 1)


def drop_bounding_capabilities() -> None:
    """No program that is started from here on can become more than it is now."""
    for capability in range(64):
        if _libc.prctl(_DROP_BOUNDING, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # past the last that this kernel knows


def drop_capabilities() -> None:
    """Give up all that root may do."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing), "capset")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def filter_calls(program: bytes) -> None:
    """Have the kernel run a program of its own (classic BPF) on each call that is made from here on."""
    text = ctypes.create_string_buffer(program, len(program))
    told = _Program(len(program) // 8, ctypes.addressof(text))
    _checked(_libc.prctl(_SECCOMP, ctypes.c_ulong(_SECCOMP_FILTER), ctypes.byref(told), 0, 0), "seccomp")


def can_filter_calls() -> bool:
    """Whether filter_calls is there: the kernel then looks for a program where there is none."""
    return _libc.prctl(_SECCOMP, ctypes.c_ulong(_SECCOMP_FILTER), None, 0, 0) < 0 and ctypes.get_errno() == errno.EFAULT


def processor() -> int:
    """The one that this runs on at the moment."""
    return _libc.sched_getcpu()


def _prctl(option: int, value: int) -> None:
    _checked(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), "prctl")
