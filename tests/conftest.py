"""The tests' own modules can be imported; the programs beside them are run by test_programs.py, never imported."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "browser")]  # jupyters.py serves tests/full too

collect_ignore_glob = ["programs/*"]

# Kernels pick their ports and bind them later, so that two that start at the same time may pick the same one: all tests
# that start kernels with ports are in the xdist_group "kernels", which runs in one worker.


def pytest_collection_modifyitems(items):
    """The examples of charts draw with matplotlib, which is installed where somebody asks for pictures."""
    if importlib.util.find_spec("matplotlib") is None:
        for item in items:
            if item.path.name == "charts.py":
                item.add_marker(pytest.mark.skip(reason="matplotlib is not installed"))


@pytest.fixture(scope="module")
def browser():
    """One browser for the tests of a module: playwright cannot be started twice at a time."""
    from jupyters import CHROMIUM, FLAGS, playwright

    with playwright.sync_playwright() as tool:
        yield tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
