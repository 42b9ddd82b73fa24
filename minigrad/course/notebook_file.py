"""A notebook's file: refused if it is none, written whole or not at all; what its cells say and are called."""

import json
from pathlib import Path
from typing import Any

from minigrad.course.whole_file import write_whole

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    """A notebook's JSON; ValueError if the file holds none. Editors on Windows may put a byte order mark in front."""
    notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    try:
        for cell in notebook["cells"]:
            cell["cell_type"], source(cell), grade_id(cell)
        notebook["metadata"].get("minigrad", {}).get("shipped")
    except (AttributeError, KeyError, TypeError):
        raise ValueError(f"{path} is not a notebook") from None
    return notebook


def write(path: Path, notebook: Notebook) -> None:
    """Write whole or not at all: a full disk or a closed lid leaves the file that was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def source(cell: dict[str, Any]) -> str:
    """A cell's source; files hold it as one string or as a list of lines, whichever program saved them."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def grade_id(cell: dict[str, Any]) -> str:
    """The name nbgrader knows a cell by; a cell that the learner added has none."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
