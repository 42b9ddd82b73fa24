"""The student's process, which is copied for each submission, loads no more than it needs."""

import subprocess
import sys

LOADED = """
import sys
def packages():
    return {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
import IPython.core.interactiveshell, numpy.random, numpy.testing
before = packages()
import minigrad.grading.sandbox.student
print(*packages() - before)
"""


def test_the_students_process_loads_ipython_numpy_and_minigrad():
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split() == ["minigrad"], "nbformat or nbgrader takes longer to load than to grade a submission"
