"""What a process may use by itself, one of a submission or one that grades, as far as the system has a ceiling for it.

What all processes of a submission use together only a guard can see.
"""

import os
from pathlib import Path

from minigrad.grading.record import MEGABYTE, Limits

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def set_ceilings(limits: Limits, count_processes: bool) -> None:
    """For this process and all that it will start. Processes are counted by user: not where others run as this one."""
    if resource is None:
        return
    most = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.disk * MEGABYTE,
        resource.RLIMIT_NOFILE: 256,
    }
    if used := address_space():
        most[resource.RLIMIT_AS] = used + limits.memory * MEGABYTE
    if count_processes:
        most[resource.RLIMIT_NPROC] = 2 * limits.processes  # threads count too
    for kind, value in most.items():
        value, _ = lowered(kind, value)
        resource.setrlimit(kind, (value, value))


def limit_own_memory(megabytes: int) -> None:
    """Of this process, beyond what it has now; what it starts may raise the limit again."""
    if resource is not None and (used := address_space()):
        resource.setrlimit(resource.RLIMIT_AS, lowered(resource.RLIMIT_AS, used + megabytes * MEGABYTE))


def lowered(kind: int, value: int) -> tuple[int, int]:
    """This limit as far as it may be set, and what it may be raised to."""
    _, highest = resource.getrlimit(kind)
    return value if highest == resource.RLIM_INFINITY else min(value, highest), highest


def address_space() -> int:
    """What this process has reserved, in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def namespaces_count_processes() -> bool:
    """Whether a namespace of users has a count of its own; before Linux 5.14 all that the user runs was counted."""
    return tuple(int(part) for part in os.uname().release.partition("-")[0].split(".")[:2]) >= (5, 14)
