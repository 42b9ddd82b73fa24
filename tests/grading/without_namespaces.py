"""Run a command where the kernel refuses new namespaces, as many containers have it."""

import os
import sys

from minigrad.grading.sandbox import linux, seccomp

if __name__ == "__main__":  # doctest imports it
    linux.forbid_new_privileges()
    linux.filter_calls(seccomp.program())
    os.execv(sys.argv[1], sys.argv[1:])
