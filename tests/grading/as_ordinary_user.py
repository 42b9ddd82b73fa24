"""Run a command as an ordinary user, with an interpreter that may lie in root's home: that alone is seen of it."""

import os
import sys
from pathlib import Path

from minigrad.grading.sandbox import linux

NOBODY = 65534


def main() -> None:
    linux.unshare(linux.NEW_MOUNTS)
    linux.mount("", "/", flags=linux.PRIVATE | linux.RECURSIVE)
    closed = [folder for path in (sys.executable, sys.base_prefix) for folder in Path(os.path.realpath(path)).parents
              if not folder.stat().st_mode & 1]  # fmt: skip
    for folder in dict.fromkeys(closed[-1:]):
        inside = Path(os.path.realpath(sys.base_prefix)).relative_to(folder)
        opened = os.open(folder / inside, os.O_PATH)
        linux.mount("home", str(folder), "tmpfs", options="mode=755")
        (folder / inside).mkdir(parents=True)
        linux.mount(f"/proc/self/fd/{opened}", str(folder / inside), flags=linux.BIND | linux.RECURSIVE)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    linux.hide_memory(False)  # as of a process whose user never changed
    os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":  # doctest imports it
    main()
