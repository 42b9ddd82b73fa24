"""The folder where a submission works, with the files that belong to it."""

import os
from collections.abc import Mapping
from pathlib import Path


def lay_out(folder: str | Path, given: Mapping[str, bytes]) -> None:
    """Write files, by relative path; one that would lie outside of the folder is left out."""
    os.makedirs(folder, exist_ok=True)
    for name, content in given.items():
        path = Path(os.path.normpath(Path(folder, name)))
        if path != Path(folder) and path.is_relative_to(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
