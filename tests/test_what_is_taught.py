"""Does some cell teach each thing that introductions show and say, and show what they get wrong? (See taught.toml.)"""

import contextlib
import io
import re
import tomllib
import warnings
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from record import VERSION
from transcripts import same

from minigrad.course import notebook_file
from minigrad.course.lesson import predict

HERE = Path(__file__).parent
TEXTS = tomllib.loads((HERE / "taught.toml").read_text(encoding="utf-8"))["text"]
ROWS = [row for text in TEXTS for row in text["row"]]


class Cell(NamedTuple):
    under: str  # the last heading before it
    source: str
    printed: str
    pictures: str  # in their text form


def statement(row):
    return row["says"] if "says" in row else row["shows"]


def squeezed(text):
    """On one line, with single spaces: how code is broken into lines, and columns are aligned, may change."""
    return " ".join(text.split())


@cache
def code_cells(lesson):
    """The code cells of a lesson's notebook, with the text that each of them shows."""
    [notebook] = (HERE.parent / "notebooks").glob(f"{lesson}_*.ipynb")
    found, heading = [], ""
    for cell in notebook_file.read(notebook)["cells"]:
        source = notebook_file.source(cell)
        if cell["cell_type"] == "code":
            printed = "".join("".join(output.get("text", "")) for output in cell["outputs"])
            pictures = "".join("".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"])
            found.append(Cell(heading, source, printed, pictures))
        else:
            prose = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
            heading = [heading, *re.findall(r"^#+ (.*)$", prose, re.MULTILINE)][-1]
    return found


def cell_of(row):
    """The cell that a row names. Otherwise an AssertionError says which part of the row no longer holds."""
    where = f"lesson {row['lesson']}, under {row['under']!r}"
    under = [cell for cell in code_cells(row["lesson"]) if cell.under == row["under"]]
    headings = ", ".join(dict.fromkeys(cell.under for cell in code_cells(row["lesson"])))
    assert under, f"{where}: there is no code under such a heading, only under: {headings}"
    meant = [cell for cell in under if squeezed(row["source"]) in squeezed(cell.source)]
    assert meant, f"{where}: no cell has the code\n{row['source']}"
    showing = [cell for cell in meant if squeezed(row["output"]) in squeezed(cell.printed + cell.pictures)]
    shown = "\n".join(cell.printed + cell.pictures for cell in meant)
    assert showing, f"{where}: the cell with {row['source']!r} does not show\n{row['output']}\nbut\n{shown}"
    return showing[0]


@pytest.mark.parametrize("row", ROWS, ids=statement)
def test_a_cell_teaches_it(row):
    cell_of(row)


@pytest.mark.parametrize("row", ROWS, ids=statement)
def test_what_was_not_told_right_is_corrected(row):
    kind = "says" if "says" in row else "shows"
    assert row["told"] in ("right", "half", "wrong")
    corrected = {"truth"} if row["told"] != "right" else set()
    assert set(row) == {kind, "told", "lesson", "under", "source", "output"} | corrected
    if corrected:  # by what can be printed in PyTorch as well: see below
        assert squeezed(row["output"]) in squeezed(cell_of(row).printed)


def test_nothing_is_in_the_table_twice():
    assert len({statement(row) for row in ROWS}) == len(ROWS)


# What of a lesson's tools its cells need in PyTorch: questions, passes, and nothing in the place of pictures.


def nothing(*args, **options):
    return None


def go_back(result, *gradient, **options):
    result.backward(*gradient, **options)
    return SimpleNamespace(step=nothing, steps=[])


@contextlib.contextmanager
def no_recording():
    yield SimpleNamespace(draw=nothing, trace=nothing)


TOOLS = {"predict": predict, "trace": go_back, "record": no_recording} | dict.fromkeys(
    ("draw", "jacobian_picture", "recall", "same_in_pytorch"), nothing
)


def printed_in_pytorch(torch, lesson):
    """What each code cell of a lesson prints in PyTorch, by its source. Cells about minigrad's own tools fail in it."""
    scope, printed = {"torch": torch, **TOOLS}, {}
    for cell in code_cells(lesson):
        source = re.sub(r"^(from|import) minigrad.*", "", cell.source, flags=re.MULTILINE)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(compile(source, f"<a cell of lesson {lesson}>", "exec"), scope)
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        printed[cell.source] = out.getvalue()
    return printed


@pytest.mark.parametrize("lesson", sorted({row["lesson"] for row in ROWS}))
def test_pytorch_prints_what_the_cells_print(lesson):
    torch = pytest.importorskip("torch", reason="needs torch")
    if torch.__version__.split("+")[0] != VERSION:
        pytest.skip(f"needs torch {VERSION}")
    torch.set_warn_always(True)
    found = printed_in_pytorch(torch, lesson)
    for cell in [cell_of(row) for row in ROWS if row["lesson"] == lesson]:
        assert same(found[cell.source], cell.printed), f"{cell.source}\n--- PyTorch\n{found[cell.source]}"
