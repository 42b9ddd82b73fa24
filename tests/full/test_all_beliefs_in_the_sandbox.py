"""A check says the same of each belief's program in a notebook's own process and in the sandbox."""


import pytest
from sandboxes import needs_linux
from test_checks_in_the_sandbox import LESSONS, assert_same, programs

from minigrad.grading.record import Limits
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox.start import Zygote


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
