"""A fresh run of each lesson gives the outputs that are stored in it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("kernels")  # see conftest.py
LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_fresh_run_gives_the_stored_outputs(lesson, tmp_path):
    # In a process of its own: nbval takes over how notebooks are collected, and its own warnings are not ours.
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-c", tmp_path / "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    result = subprocess.run([*command, lesson], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout
