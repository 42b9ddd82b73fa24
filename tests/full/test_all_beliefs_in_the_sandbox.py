"""A check says the same of each belief's program in a notebook's own process and in the sandbox."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
from sandboxes import needs_linux  # noqa: E402
from test_checks_in_the_sandbox import LESSONS, assert_same, programs  # noqa: E402

from minigrad.grading.record import Limits  # noqa: E402
from minigrad.grading.remote import Remote  # noqa: E402
from minigrad.grading.sandbox.start import Zygote  # noqa: E402


@needs_linux
@pytest.mark.parametrize("lesson", LESSONS)
def test_the_verdict_is_the_same(lesson):
    zygote = Zygote()
    sandbox = zygote.sandbox(Limits())
    remote = Remote(sandbox, {}, {})
    for exercise in LESSONS[lesson]:
        for program in programs(exercise)[3:]:
            assert_same(remote, exercise, program)
    sandbox.close()
    zygote.close()
