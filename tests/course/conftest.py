"""Each test of the course has a place of its own for progress."""

import pytest
from sample import SLOPE


@pytest.fixture(autouse=True)
def own_progress(monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGRAD_PROGRESS", str(tmp_path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture
def slope(monkeypatch):
    """The exercise, found by `check` under its id."""
    for module in ("exercise", "progress_file"):
        monkeypatch.setattr(f"minigrad.course.{module}.registry", lambda: {SLOPE.id: SLOPE})
    return SLOPE
