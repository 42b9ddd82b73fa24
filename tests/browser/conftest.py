"""One browser for the tests of a module: playwright cannot be started twice at a time."""

import pytest


@pytest.fixture(scope="module")
def browser():
    from jupyters import CHROMIUM, FLAGS, playwright

    with playwright.sync_playwright() as tool:
        yield tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
