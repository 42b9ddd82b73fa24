"""What a submission may use ends somewhere, in well under a second where it can, and is said in a sentence."""

import time

import pytest
from sandboxes import USERS, Box, needs_linux, warm

from minigrad.grading.channel import ChannelError, TooSlow
from minigrad.grading.record import Limits
from minigrad.grading.sandbox.reasons import why

pytestmark = needs_linux
LIMITS = Limits(memory=256, disk=8, processes=16, output=10_000)


@pytest.fixture(scope="module", params=USERS)
def zygote(request):
    with warm(request.param) as zygote:
        yield zygote


def ends_as(zygote, source: str) -> str:
    """Run what ends its own sandbox; the sentence that is said then."""
    with Box(zygote, LIMITS) as box:
        with pytest.raises(ChannelError) as error:
            box.cell(source)
        assert not isinstance(error.value, TooSlow)
        return why(box.sandbox.close(), LIMITS)


FORK_BOMBS = {
    "children that fork": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "errors and all": "import os\nwhile True: os.fork()",
    "one by one": "import os, time\nwhile True:\n    if not os.fork(): time.sleep(60)",
    "programs": "import subprocess, time\nwhile True: subprocess.Popen(['sleep', '60'])",
}


@pytest.mark.parametrize("source", FORK_BOMBS.values(), ids=FORK_BOMBS)
def test_a_fork_bomb_is_over_soon_and_says_so(zygote, source):
    began = time.monotonic()
    said = "It started more than the 16 processes that a submission may start, and was ended."
    assert ends_as(zygote, source) == said
    assert time.monotonic() - began < 10  # half a second where nobody else is at work


MEMORY = {
    "in children": "import os, time\nfor _ in range(4):\n    if not os.fork():\n        x = bytearray(100 * 2**20)\n"
                   "        time.sleep(60)\ntime.sleep(60)",
    "in programs": "import subprocess, sys, time\nfor _ in range(4):\n    subprocess.Popen([sys.executable, '-c', "
                   "'import time; x = bytearray(100 * 2**20); time.sleep(60)'])\ntime.sleep(60)",
}  # fmt: skip


@pytest.mark.parametrize("source", MEMORY.values(), ids=MEMORY)
def test_the_memory_of_all_processes_counts_together(zygote, source):
    said = "It used more than the 256 megabytes of memory that a submission may use, and was ended."
    assert ends_as(zygote, source) == said


def test_memory_that_processes_share_counts_once(zygote):
    with Box(zygote, LIMITS) as box:
        assert box.text("""
import os, time
x = bytearray(150 * 2**20)
for _ in range(4):
    if not os.fork():
        time.sleep(0.2)
        os._exit(0)
for _ in range(4):
    os.wait()
"fine" """) == "'fine'"


def test_one_process_that_asks_for_too_much_gets_an_error_and_goes_on(zygote):
    with Box(zygote, LIMITS) as box:
        assert box.text("x = bytearray(2**30)").startswith("MemoryError")
        assert box.text("1 + 1") == "2"


FULL = {
    "one file": "open('x', 'wb').write(bytes(9 * 2**20))",
    "many files": "for i in range(100): open(str(i), 'wb').write(bytes(2**20))",
    "empty files": "import os\nfor i in range(10**6): os.mkdir(str(i))",
    "shared memory": "for i in range(100): open(f'/dev/shm/{i}', 'wb').write(bytes(2**20))",
}


@pytest.mark.parametrize("source", FULL.values(), ids=FULL)
def test_a_full_disk_is_an_error_and_is_said(zygote, source):
    with Box(zygote, LIMITS) as box:
        assert "OSError" in box.text(source)
        if source != FULL["one file"]:  # which is refused before it fills anything
            assert why(box.sandbox.close(), LIMITS) == "It filled the 8 megabytes of disk that a submission may use."


OUTPUTS = {
    "print": "print('y' * 10**7)",
    "many prints": "for _ in range(10**5): print('y' * 100)",
    "standard error": "import sys\nsys.stderr.write('y' * 10**7);",
    "display": "from IPython.display import HTML, display\nfor _ in range(1000): display(HTML('y' * 1000))",
    "a value": "'y' * 10**7",
    "an error": "raise ValueError('y' * 10**7)",
    "a descriptor": "import os\nos.write(1, b'y' * 10**6);",
    "a program": "import subprocess\nsubprocess.run('yes | head -c 1000000', shell=True);",
}


@pytest.mark.parametrize("source", OUTPUTS.values(), ids=OUTPUTS)
def test_what_a_cell_shows_is_cut_off(zygote, source):
    with Box(zygote, LIMITS) as box:
        shown = box.cell(source)
        assert len(str(shown)) < 40_000
        assert "cut off" in str(shown)
        assert box.text("'next'") == "'next'"


def test_a_cell_can_be_interrupted_and_the_next_one_runs(zygote):
    with Box(zygote) as box:
        assert "KeyboardInterrupt" in box.interrupted("kept = 1\nwhile True: pass")
        assert box.text("kept") == "1"


def test_what_does_not_let_itself_be_interrupted_is_ended(zygote):
    with Box(zygote) as box:
        with pytest.raises(TooSlow):
            box.cell("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", seconds=0.3)
        began = time.monotonic()
        assert box.sandbox.close() == ""
        assert time.monotonic() - began < 4
        assert box.sandbox.close() == ""  # once more does no harm


@pytest.mark.parametrize("source, said", {
    "import os; os._exit(0)": "It ended its own Python process.",
    "import ctypes; ctypes.string_at(0)": "Its Python crashed.",
    "import os; os.kill(os.getpid(), 9)": "Its Python crashed.",
}.items())  # fmt: skip
def test_a_process_that_ends_is_told_of(zygote, source, said):
    assert ends_as(zygote, source) == said


def test_an_honest_pool_of_processes_and_threads_is_within_the_limits(zygote):
    with Box(zygote) as box:
        assert box.text("""
import multiprocessing, threading
def square(x):
    return x * x
threads = [threading.Thread(target=square, args=(1,)) for _ in range(40)]
for each in threads: each.start()
for each in threads: each.join()
with multiprocessing.Pool(4) as pool:
    print(pool.map(square, range(4)))""") == "[0, 1, 4, 9]\n"
