"""CONTRIBUTING's map of the grader knows every file."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def mapped():
    folder = ""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Grading, in reading order")[1]
    for line in text.split("```")[1].splitlines():
        if line.startswith("minigrad/"):
            folder = line
        elif match := re.match(r" {4}(\w+\.py) ", line):
            yield f"{folder}{match[1]}"


def test_every_file_of_the_grader_is_in_the_map():
    files = (path for folder in ("grading", "grading/sandbox") for path in ROOT.glob(f"minigrad/{folder}/*.py"))
    assert sorted(mapped()) == sorted(path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py")
