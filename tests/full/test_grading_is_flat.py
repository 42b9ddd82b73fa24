"""Two thousand submissions: each costs as much as one of a few hundred, and all together take no more memory.

Needs some minutes on a machine that does nothing else: time is compared here, as in no other test.
"""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from grading import course, marks, run  # noqa: E402

SIZES = (10, 400, 2000)


@pytest.fixture(scope="module")
def spent(tmp_path_factory):
    """By number of submissions, the seconds and megabytes that grading them took."""
    found = {}
    for count in SIZES:
        root = tmp_path_factory.mktemp("courses") / str(count)
        root.mkdir()
        course(root, count)
        found[count] = run(root, "minigrad.cli", "grade", "ps1", "--jobs", "2")
        assert len(marks(root)) == count
        print(f"{count} submissions: {found[count][0]:.1f} seconds, {found[count][1]:.0f} MB")
    return found


def test_a_submission_costs_the_same_among_many(spent):
    seconds = [spent[count][0] for count in SIZES]
    few, many = ((seconds[at + 1] - seconds[at]) / (SIZES[at + 1] - SIZES[at]) for at in (0, 1))
    assert many < 1.2 * few


def test_many_take_no_more_memory_than_a_few(spent):
    assert spent[2000][1] < 1.15 * spent[400][1]
