"""A file written whole or not at all: who reads it meanwhile, or after a crash, finds the old one or the new one."""

import os
from pathlib import Path


def write_whole(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Put `text` in the place of what the file held, with the line ends that it has.

    Half a surrogate pair, which no encoding holds, becomes a question mark: it may come in an error of a student's.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")  # each process has its own
    try:
        unfinished.write_text(text, encoding=encoding, errors="replace", newline="")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
