"""Without a sandbox each submission has a process of its own, with the same interface, and is ended with its group."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandboxes import HERE, Box, commands_running

from minigrad.grading.copy_of_process import in_a_copy
from minigrad.grading.record import Limits
from minigrad.grading.sandbox.apart import Apart
from minigrad.grading.sandbox.reasons import why

GRADER = """
import sys
sys.path.insert(0, {here!r})
from sandboxes import Box
from minigrad.grading.sandbox.apart import Apart
with Box(Apart()) as box:
    print(box.text("import os; os.getcwd()"), flush=True)
    box.text("while True: pass")
"""


def test_it_says_that_there_is_no_isolation():
    assert "No isolation" in Apart().isolation


def test_a_notebook_runs_among_its_files_and_leaves_nothing():
    with Box(Apart(), files={"parts/data.csv": b"1,2"}) as box:
        folder = box.text("import os\nprint(os.getcwd(), end='')")
        assert box.text("open('parts/data.csv').read()") == "'1,2'"
        assert box.text("import subprocess\nsubprocess.run(['echo', 'hi']);") == "hi\n"
        assert "KeyboardInterrupt" in box.interrupted("while True: pass")
        assert box.text("'PASSWORD' in os.environ, os.environ['HOME'] == os.path.expanduser('~')") == "(False, True)"
        assert Path(folder).is_dir()
    assert not Path(folder).parent.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where Linux shows them")
def test_what_it_has_started_ends_with_it():
    with Box(Apart()) as box:
        said = box.text("import subprocess\nchild = subprocess.Popen(['sleep', '2000001'])")
        assert soon(lambda: commands_running("2000001")), said
    assert soon(lambda: not commands_running("2000001"))


def test_a_copy_of_the_grader_uses_it_too():
    apart = Apart()

    def work() -> bytes:
        with Box(apart) as box:
            return box.text("1 + 1").encode()

    assert [in_a_copy(work) for _ in range(2)] == [b"2", b"2"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process reserves")
def test_too_much_memory_is_an_error_and_an_end_is_told_of():
    with Box(Apart(), Limits(memory=256)) as box:
        assert box.text("x = bytearray(2**30)").startswith("MemoryError")
        with pytest.raises(Exception, match="ended"):
            box.cell("import os; os._exit(0)")
        assert why(box.sandbox.close(), Limits()) == "It ended its own Python process."


def test_it_ends_with_a_grader_that_is_killed():
    program = GRADER.format(here=str(HERE))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as grader:
        folder = Path(grader.stdout.readline().strip().strip("'"))
        assert folder.is_dir()
        grader.kill()
    assert soon(lambda: not folder.parent.exists())


def soon(is_so):
    """Whether something is so within ten seconds."""
    until = time.monotonic() + 10
    while not (found := is_so()) and time.monotonic() < until:
        time.sleep(0.02)
    return found
