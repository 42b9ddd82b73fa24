"""Run a command where the kernel refuses new namespaces, as many containers have it."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # as nothing of the environment is handed on
from minigrad.grading.sandbox import linux, seccomp  # noqa: E402

if __name__ == "__main__":  # doctest imports it
    linux.forbid_new_privileges()
    linux.filter_calls(seccomp.program())
    os.execv(sys.argv[1], sys.argv[1:])
