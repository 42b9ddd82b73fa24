"""In a sandbox a notebook runs as in Jupyter, as far as nobody has to be at the keyboard."""

import base64
import importlib.util

import pytest
from sandboxes import Box, needs_linux, warm

pytestmark = needs_linux
FILES = {"data.csv": b"1,2\n", "tools.py": b"def double(x):\n    return 2 * x\n",
         "script.py": b"print('ran as', __name__)\n"}  # fmt: skip


@pytest.fixture(scope="module")
def zygote():
    with warm("ordinary user") as zygote:
        yield zygote


@pytest.fixture
def box(zygote):
    with Box(zygote, files=FILES) as box:
        yield box


SHOWN = {
    "the value of the last line": ("1 + 1", "2"),
    "no value after a semicolon": ("1 + 1;", ""),
    "print and standard error": ("import sys\nprint('a')\nprint('b', file=sys.stderr)", "a\nb\n"),
    "files beside the notebook": ("open('data.csv').read()", "'1,2\\n'"),
    "a module beside the notebook": ("import tools\ntools.double(4)", "8"),
    "a script beside the notebook": ("%run script.py", "ran as __main__\n"),
    "a script in its own process": ("!python script.py", "ran as __main__\r\n"),
    "a command": ("!echo hello", "hello\r\n"),
    "the lines of a command": ("lines = !echo hello\nlines[0]", "'hello'"),
    "a cell for bash": ("%%bash\necho hello", "hello\n"),
    "files that it writes": ("open('out.txt', 'w').write('x')\nopen('out.txt').read()", "'x'"),
    "a cell that writes a file": ("%%writefile made.py\nx = 3", "Writing made.py\n"),
    "a temporary file": ("import tempfile\nwith tempfile.TemporaryFile() as f: print(f.write(b'abc'))", "3\n"),
    "a database": ("import sqlite3\nc = sqlite3.connect('x.db')\nc.execute('select 3').fetchone()", "(3,)"),
    "await at the top level": ("import asyncio\nawait asyncio.sleep(0.001, 'done')", "'done'"),
    "asyncio.run": ("import asyncio\nasync def f():\n    return 7\nasyncio.run(f())", "7"),
    "the name of the main module": ("if __name__ == '__main__': print('main')", "main\n"),
    "the source of a function": (
        "import inspect\ndef f(): return 1\nprint(inspect.getsource(f))", "def f(): return 1\n\n"),
    "objects of its own classes in pickles": (
        "import pickle\nclass Point:\n    x = 1\npickle.loads(pickle.dumps(Point())).x", "1"),
    "threads": ("import threading\nt = threading.Thread(target=print, args=('in a thread',))\nt.start()\nt.join()",
                "in a thread\n"),
    "other processes": ("import subprocess\nsubprocess.run(['echo', 'hi'], capture_output=True).stdout", "b'hi\\n'"),
    "what other processes write": ("import subprocess\nsubprocess.run(['echo', 'hi']);", "hi\n"),
    "what C code writes": ("import ctypes\nctypes.CDLL(None).puts(b'from C');", "from C\n"),
    "a logger": ("import logging\nlogging.warning('careful')", "WARNING:root:careful\n"),
    "what is captured": ("%%capture kept\nprint('inside')", ""),
    "the last value by its name": ("_ = 0\n1 + 1\n2 + 2\n", "4"),
    "who it is": ("import getpass\ngetpass.getuser()", "'student'"),
}  # fmt: skip


@pytest.mark.parametrize("source, shown", SHOWN.values(), ids=SHOWN)
def test_a_cell_shows(box, source, shown):
    assert box.text(source) == shown


def test_cells_are_numbered_as_in_a_notebook(box):
    first, second = box.cell("'first'"), box.cell("'second'")
    assert [first[0]["execution_count"], second[0]["execution_count"]] == [1, 2]
    [error] = box.cell("x = 1\n1 / 0")
    assert "Cell In[3], line 2" in "".join(error["traceback"])
    assert box.text("Out[2], In[1]") == "('second', \"'first'\")"


def test_a_warning_is_shown_and_its_filters_stay(box):
    assert "UserWarning: careful" in box.text("import warnings\nwarnings.warn('careful')")
    assert box.text("warnings.simplefilter('error')") == ""
    assert box.text("warnings.warn('careful')") == "UserWarning: careful"


def test_a_cell_that_does_not_parse_is_an_error_and_the_next_one_runs(box):
    assert box.text("def f(:").startswith("SyntaxError")
    assert box.text("1 + 1") == "2"


def test_help_and_question_marks_are_shown(box):
    box.text("def f(x):\n    'Twice.'\n    return 2 * x")
    assert "Twice." in box.text("help(f)") and "Twice." in box.text("f?") and "return 2 * x" in box.text("f??")


def test_times_are_measured(box):
    assert "per loop" in box.text("%timeit -n 2 -r 2 pass") and "Wall time" in box.text("%%time\npass")


def test_all_forms_of_an_object_are_kept(box):
    [shown] = box.cell("class Bold:\n    def _repr_html_(self):\n        return '<b>bold</b>'\nBold()")
    assert shown["data"]["text/html"] == "<b>bold</b>" and "Bold" in shown["data"]["text/plain"]
    box.text("from IPython.display import Image")
    [shown] = box.cell("display(Image(b'\\x89PNG\\r\\n\\x1a\\n', format='png'))")
    assert base64.b64decode(shown["data"]["image/png"]).startswith(b"\x89PNG")


def test_what_is_shown_can_be_shown_anew(box):
    assert box.text("shown = display('before', display_id=True)\nshown.update('after')") == "'after'"
    assert box.text("from IPython.display import clear_output") == ""
    assert box.text("print('gone')\nclear_output()\nprint('kept')") == "kept\n"


def test_nobody_can_be_asked(box):
    assert "EOFError" in box.text("import getpass\ngetpass.getpass()")
    assert box.text("import sys\nsys.stdin.readline()") == "''"
    assert "nobody is there to answer" in box.text("input('Your name? ')")


def test_ending_oneself_politely_ends_nothing(box):
    box.text("exit()")
    assert box.text("import sys\nsys.exit(3)").startswith("SystemExit: 3")
    assert box.text("1 + 1") == "2"


def test_a_fork_that_forgets_to_end_changes_nothing(box):
    assert box.text("import os\nchild = os.fork()\nprint('parent' if child else 'child')") == "parent\n"
    assert box.text("1 + 1") == "2"


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_a_plot_is_a_picture():
    with warm("ordinary user") as zygote, Box(zygote) as box:
        for before in ("", "%matplotlib inline\n", "%matplotlib tk\n", "%matplotlib nothing-like-it\n"):
            shown = box.cell(f"{before}import matplotlib.pyplot as plt\nplt.plot([1, 2]);", seconds=60)
            assert all(item["output_type"] == "display_data" for item in shown), shown
            [png] = [item["data"]["image/png"] for item in shown if "image/png" in item.get("data", {})]
            assert base64.b64decode(png).startswith(b"\x89PNG")
