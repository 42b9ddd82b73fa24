"""Grading two thousand submissions takes no more memory than grading a few hundred. It needs some minutes."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))

from grading import course, marks, run  # noqa: E402

SIZES = (400, 2000)


def test_many_take_no_more_memory_than_a_few(tmp_path):
    megabytes = []
    for count in SIZES:
        root = tmp_path / str(count)
        root.mkdir()
        course(root, count)
        seconds, most = run(root, "minigrad.cli", "grade", "ps1", "--jobs", "2")
        assert len(marks(root)) == count
        print(f"{count} submissions: {seconds:.1f} seconds, {most:.0f} MB")
        megabytes.append(most)
    assert megabytes[1] < 1.15 * megabytes[0]
