"""What a student's process may not ask the kernel for: new fences, a look into others, memory that nobody counts.

The kernel runs a small program on the number of each call. Whatever else is dangerous needs a capability, and a
student's process has none.
"""

import errno
import os
import struct

from minigrad.grading.sandbox import linux

# By name: the call's number on x86_64 and on aarch64. Those from 424 on have the same number everywhere.
FORBIDDEN = {
    # new namespaces and mounts, in which an ordinary user would be root
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    # going to another processor, where it would be in the way of another submission
    "sched_setaffinity": (203, 122),
    # what all users of the machine share
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "syslog": (103, 116),
    # large parts of the kernel that no notebook needs, where ways out have been found before
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "fanotify_init": (300, 262),
    # memory that belongs to no process, so that no limit meets it
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "msgget": (68, 186),
    "mq_open": (240, 180),
}  # fmt: skip
# Python and C libraries have another way when the kernel does not know these.
UNKNOWN = {"clone3": (435, 435), "memfd_create": (319, 279), "memfd_secret": (447, 447)}
NEWEST = 466  # what later kernels may add is unknown, too; so are x86_64's second set of numbers, which are large
CLONE, SOCKET = (56, 220), (41, 198)
FAMILIES = (1, 2, 10)  # local, IPv4 and IPv6, which lead nowhere from here; a virtual machine's own would lead outside

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # the column above, and the kernel's name for it
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where the kernel tells what, in bytes
LOAD, IF_EQUAL, IF_GREATER, IF_ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000


def program() -> bytes:
    """The filter for this machine; empty for a kind of machine whose numbers are not listed here."""
    if os.uname().machine not in MACHINES:
        return b""
    column, machine = MACHINES[os.uname().machine]
    refuse, unknown = FAIL | errno.EPERM, FAIL | errno.ENOSYS
    steps = [(LOAD, MACHINE), (IF_EQUAL, machine, 1, 0), (RETURN, KILL), (LOAD, NUMBER)]
    steps += [(IF_GREATER, NEWEST, 0, 1), (RETURN, unknown)]
    for calls, answer in ((UNKNOWN, unknown), (FORBIDDEN, refuse)):
        for numbers in calls.values():
            steps += [(IF_EQUAL, numbers[column], 0, 1), (RETURN, answer)]
    steps += [(IF_EQUAL, CLONE[column], 0, 4), (LOAD, FIRST_ARGUMENT), (IF_ANY_BIT, linux.NEW_ANYTHING, 0, 1),
              (RETURN, refuse), (RETURN, ALLOW)]  # fmt: skip
    steps += [(IF_EQUAL, SOCKET[column], 1, 0), (RETURN, ALLOW), (LOAD, FIRST_ARGUMENT)]
    for family in FAMILIES:
        steps += [(IF_EQUAL, family, 0, 1), (RETURN, ALLOW)]
    steps.append((RETURN, FAIL | errno.EAFNOSUPPORT))
    return b"".join(step(*each) for each in steps)


def step(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if_true, skip_if_false, value)
