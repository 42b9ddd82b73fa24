"""A file that should be a notebook, however damaged, read into cells: kinds, texts, names and pictures, no more."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

CODE, MARKDOWN, RAW = "code", "markdown", "raw"

LARGEST = 200_000_000  # bytes of a file: big outputs are no crime
MOST = 5_000  # cells
LONGEST = 1_000_000  # letters of a cell

# Bytes that are no UTF-8 become lone surrogates, and these what Windows means by such bytes in western Europe.
WESTERN = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
OTHER_FILES = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF", b"\x89PNG": "a picture",
               b"<!doctype": "a web page", b"<html": "a web page", b"{\\rtf": "a text with formats"}  # fmt: skip
CONFLICT = re.compile(r"^(<<<<<<<|>>>>>>>)( |$)", re.MULTILINE)
LONE_SURROGATES = re.compile("[\ud800-\udfff]")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MEDIA_TYPE = re.compile(r"[a-zA-Z0-9.+-]{1,64}/[a-zA-Z0-9.+-]{1,64}")


def without_outputs(told: dict[str, Any]) -> dict[str, Any] | None:
    """What a cell has shown is of no use here, and may be large: it is gone before the next one is read."""
    return told if "output_type" not in told or "cell_type" in told or "cells" in told else None


# No notebook needs NaN, nor an integer: a text of digits without an end would take forever to become one.
DECODER = json.JSONDecoder(strict=False, parse_int=float, parse_constant=lambda _: None, object_hook=without_outputs)


class Unreadable(Exception):
    """Nothing can be made of a file. The text is one sentence that says why."""


@dataclass(frozen=True)
class Written:
    """One cell as a student left it. `name` is the grade_id that it claims to have, which anybody can edit."""

    place: int  # as people count
    type: str
    source: str
    name: str = ""
    id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def read_cells(data: bytes) -> tuple[list[Written], list[str]]:
    """The cells of a notebook's file, and a sentence for each thing about it that had to be mended or guessed."""
    if len(data) > LARGEST:
        raise Unreadable(f"The file has {len(data) / 10**6:.1f} MB; more than {LARGEST // 10**6} MB are not read.")
    notes: list[str] = []
    try:
        found = sheets(notebook_in(text_of(data, notes), data, notes))
    except MemoryError:
        raise Unreadable("The file takes more memory to read than there is for grading.") from None
    if len(found) > MOST:
        raise Unreadable(f"The notebook has {len(found)} cells; more than {MOST} are not read.")
    cells = [cell_of(place, told, notes) for place, told in enumerate(found, 1) if isinstance(told, dict)]
    if len(cells) < len(found):
        notes.append(f"{len(found) - len(cells)} of the notebook's cells could not be read.")
    return cells, notes


def text_of(data: bytes, notes: list[str]) -> str:
    encoding = json.detect_encoding(data)
    if not encoding.startswith("utf-8"):
        return data.decode(encoding, "replace")
    text = data.decode("utf-8", "surrogateescape")
    if LONE_SURROGATES.search(text):
        notes.append("The file is not in UTF-8: some letters may have been read wrongly.")
    return text.translate(WESTERN) if LONE_SURROGATES.search(text) else text


def notebook_in(text: str, data: bytes, notes: list[str]) -> dict[str, Any]:
    """The JSON object in a text. What stands before it and after it does not matter."""
    text = text.strip("\ufeff\0 \t\r\n")
    if not text:
        raise Unreadable("The file is empty.")
    start = text.find("{") if "{" in text else len(text)
    try:
        notebook, end = DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise Unreadable(why(text, data, error)) from None
    except RecursionError:
        raise Unreadable("The file is JSON that is nested too deeply for a notebook.") from None
    around = text[:start] + "\n" + text[end:]
    if CONFLICT.search(around):
        raise Unreadable(IN_CONFLICT)
    if around.strip():
        notes.append("The file holds something more than the notebook, which was ignored.")
    return notebook or {}


IN_CONFLICT = "The file holds two versions of the notebook, with the marks of a merge conflict between them."


def why(text: str, data: bytes, error: json.JSONDecodeError) -> str:
    """Why a text is no notebook."""
    for start, kind in OTHER_FILES.items():
        if data[:64].lstrip().lower().startswith(start.lower()):
            return f"The file is {kind}, not a notebook."
    if CONFLICT.search(text):
        return IN_CONFLICT
    if not text.startswith("{"):
        return "The file is not a notebook: there is no JSON object in it."
    if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
        return "The file ends in the middle of the notebook: it was not saved or sent whole."
    return f"The file is damaged: from line {error.lineno} on it is no JSON ({error.msg})."


def sheets(notebook: dict[str, Any]) -> list:
    """The cells, which were in worksheets until nbformat 3."""
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    worksheets = notebook.get("worksheets")
    found = [sheet["cells"] for sheet in (worksheets if isinstance(worksheets, list) else ())
             if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]  # fmt: skip
    if not found:
        raise Unreadable("The file is JSON, but not a notebook: it has no cells.")
    return [cell for cells in found for cell in cells]


def cell_of(place: int, told: dict[str, Any], notes: list[str]) -> Written:
    source = joined(told["source"] if "source" in told else told.get("input"))
    if len(source) > LONGEST:
        notes.append(f"Cell {place} is {len(source)} letters long and was left out.")
        source = f"# {len(source)} letters were left out"
    if told.get("cell_type") == "heading":
        level = told.get("level")
        source = "#" * int(min(max(level, 1), 6) if isinstance(level, float) else 1) + " " + source
    metadata = told.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    number = told.get("id")
    return Written(place, type_of(told), source, name if isinstance(name, str) else "",
                   number if isinstance(number, str) and CELL_ID.fullmatch(number) else "",
                   dict(attached(told.get("attachments"))))  # fmt: skip


def type_of(told: dict[str, Any]) -> str:
    """The kind of a cell; where that is lost, only code has outputs."""
    kind = told.get("cell_type")
    if kind in (CODE, MARKDOWN, RAW):
        return kind
    if kind in ("heading", "html"):
        return MARKDOWN
    return CODE if {"outputs", "execution_count", "input", "prompt_number"} & told.keys() else RAW


def joined(source: object) -> str:
    """A cell's text, which may be a list of lines; some programs leave the ends of the lines out."""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        has_ends = any(line.endswith("\n") for line, _ in pairwise(lines))
        source = ("" if has_ends else "\n").join(lines)
    text = source if isinstance(source, str) else ""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(text: str) -> str:
    """Half of a surrogate pair cannot be written to a file."""
    return text if text.isascii() else LONE_SURROGATES.sub("\ufffd", text)


def attached(attachments: object) -> Iterator[tuple[str, dict[str, str]]]:
    """The pictures that a student pasted into a text."""
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        if isinstance(bundle, dict):
            good = {media: clean(data) for media, data in bundle.items()
                    if isinstance(data, str) and MEDIA_TYPE.fullmatch(media)}  # fmt: skip
            if good:
                yield clean(name), good
