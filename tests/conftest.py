"""What all tests share. The programs beside them are run by test_programs.py, never imported."""

import importlib.util
import sys
from pathlib import Path

import pytest

collect_ignore_glob = ["programs/*"]

# Files whose tests run in one worker. Kernels pick their ports and bind them later, so that two that start at the same
# time may pick the same one. The others make something that takes long, once for all of their tests.
TOGETHER = {
    "test_cli": "kernels",
    "test_lessons": "kernels",
    "test_nbgrader": "kernels",
    "test_notebook_cells": "kernels",
    "test_stepper": "kernels",
    "test_elements_in_jupyterlab": "kernels",
    "test_lesson_in_jupyterlab": "kernels",
    "test_stepper_in_jupyter": "kernels",
    "test_answers_through_nbgrader": "kernels",
    "test_first_half_hour": "kernels",
    "test_formgrader": "kernels",
    "test_lessons_in_jupyterlab": "kernels",
    "test_course_folder": "kernels",
    "test_gradebook_as_nbgrader": "kernels",
    "test_postgresql_gradebook": "kernels",
    "test_gradebook": "gradebook",
    "test_build": "build",
    "test_wheel": "wheel",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """The marks that pytest-xdist 3.8 has for groups do nothing with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return TOGETHER.get(Path(file).stem, nodeid)

    return Together(config, log)


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


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command: (exit code, what it printed, what it complained about)."""
    from minigrad import cli

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["minigrad", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run
