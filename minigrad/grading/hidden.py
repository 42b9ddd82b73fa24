"""What a student is not to see: hidden tests, and what the student's own code tells of them once it has met them."""

import ast
import re
import textwrap
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property, lru_cache

from nbformat import NotebookNode

from minigrad.grading.assignment import parsed

MARK_SCHEME = ("BEGIN MARK SCHEME", "END MARK SCHEME")
HIDDEN_FAILED = "A hidden test failed."  # which is all that a student is told of it

NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
RASTER = ("image/png", "image/jpeg", "image/gif")

Delimiters = Sequence[tuple[str, str]]  # of what is to be cut


def parted(source: str, delimiters: Delimiters) -> tuple[str, str | None]:
    """The source without what stands between each pair of delimiters, and that; None if there is nothing of it.

    A beginning without an end cuts all that follows.
    """
    lines = list(each_line(source, delimiters))
    kept = [line for line, is_cut in lines if is_cut is False]
    cut = [line for line, is_cut in lines if is_cut]
    return "\n".join(kept), "\n".join(cut) if len(kept) < len(lines) else None


def each_line(source: str, delimiters: Delimiters) -> Iterator[tuple[str, bool | None]]:
    """Each line, and whether it is to be cut; None for a delimiter, which belongs to neither."""
    ends: list[str] = []  # of the parts that a line is in
    for line in source.splitlines():
        if begun := [end for begin, end in delimiters if begin and begin in line]:
            ends += begun
            yield line, None
        elif ends and ends[-1] in line:
            ends.pop()
            yield line, None
        else:
            yield line, bool(ends)


def is_hidden(number: int, source: str, delimiters: Delimiters) -> bool:
    """Whether the line of this number, from 1 on, is to be cut."""
    return any(at == number and is_cut for at, (_, is_cut) in enumerate(each_line(source, delimiters), 1))


class Learnt:
    """What hidden tests have shown to the student's code so far: a function of theirs sees what it is called with.

    It may keep that, and tell it in a later cell. So of what a cell of the student's shows after hidden tests, only
    what the notebook showed when it was handed in is passed on: `before`, as text. What a test says of an answer was
    never there before; it is passed on unless it holds a string or a number of the hidden tests that the student cannot
    know: `known` is what can be read in the notebook.
    """

    def __init__(self, known: str, before: Collection[str]) -> None:
        self.known, self.before = known, set(before)
        self.begun = False
        self.words: set[str] = set()
        self.numbers: set[float] = set()

    def meet(self, hidden: str) -> None:
        """The student's code meets these tests."""
        self.begun = True
        words, numbers = constants(hidden)
        self.words |= {word for word in words if word not in self.known}
        self.numbers |= numbers - self.known_numbers

    @cached_property
    def known_numbers(self) -> set[float]:
        return numbers_in(self.known)

    def tells(self, text: str) -> bool:
        """Whether a text holds a constant of the tests that it has met, however a number is written."""
        return any(word in text for word in self.words) or not self.numbers.isdisjoint(numbers_in(text))

    def harmless(self, cell: NotebookNode, is_test: bool) -> list[NotebookNode]:
        """The outputs of a cell that may be passed on."""
        if not self.begun:
            return cell.outputs
        if is_test:
            return [output for output in cell.outputs if not any(map(self.tells, texts(output)))]
        printed = streams(cell)
        return [brief(output) for output in cell.outputs if set(forms(output, printed)) <= self.before]


def shown_by(notebook: NotebookNode) -> set[str]:
    """All that the cells of a notebook show, as text."""
    found: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            printed = streams(cell)
            found.update(printed.values())
            found.update(form for output in cell.outputs if output.output_type != "stream"
                         for form in forms(output, printed))  # fmt: skip
    return found


@lru_cache(maxsize=256)  # the same tests are met by all students
def constants(source: str) -> tuple[set[str], set[float]]:
    """The texts and numbers in a piece of code, but for those so short that they stand everywhere."""
    values = [node.value for node in ast.walk(parsed(textwrap.dedent(source))) if isinstance(node, ast.Constant)]
    words = {value for value in values if isinstance(value, str) and len(value.strip()) > 3}
    numbers = {abs(float(value)) for value in values if isinstance(value, int | float) and not isinstance(value, bool)
               and abs(value) < 1e300 and len(digits(value)) > 2}  # fmt: skip
    return words, numbers


def digits(number: float) -> str:
    return re.sub(r"\D", "", repr(number).removesuffix(".0"))


def numbers_in(text: str) -> set[float]:
    return {float(number) for number in NUMBER.findall(text)}


def streams(cell: NotebookNode) -> dict[str, str]:
    """All that a cell prints, by stream."""
    pieces: dict[str, list[str]] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            pieces.setdefault(output.name, []).append(output.text)
    return {name: "".join(each).rstrip() for name, each in pieces.items()}


def forms(output: NotebookNode, printed: dict[str, str]) -> list[str]:
    """What an output tells, as text that does not depend on how many pieces it came in, or on who ran it."""
    if output.output_type == "stream":
        return [printed[output.name]]
    return [f"{output.ename}: {output.evalue}"] if output.output_type == "error" else texts(output)


def brief(output: NotebookNode) -> NotebookNode:
    """An error without its traceback, which the student's process may have written."""
    return NotebookNode(output, traceback=[]) if output.output_type == "error" else output


def texts(output: NotebookNode) -> list[str]:
    """All of an output that is text. A photograph is none."""
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return [output.ename, output.evalue, *output.traceback]
    return [text for kind, text in output.data.items() if isinstance(text, str) and kind not in RASTER]
