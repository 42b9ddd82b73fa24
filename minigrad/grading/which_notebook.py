"""Which of the files that a student handed in is which notebook of the assignment, whatever it is called by now."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from types import MappingProxyType

from nbformat import NotebookNode

from minigrad.grading.released import squeezed
from minigrad.grading.repair import Unreadable, read_cells
from minigrad.grading.several import choose

# Copies of notebooks that programs make for themselves: Jupyter, macOS, and trash bins.
NOT_HANDED_IN = re.compile(r"(^|/)(\.[^/]*|__MACOSX|\$RECYCLE\.BIN)(/|$)|-checkpoint\.ipynb$", re.IGNORECASE)
NOTEBOOK = re.compile(r"\.ipynb(\.json|\.txt)?$", re.IGNORECASE)
ARCHIVE = re.compile(r"\.(zip|tar|tgz|gz|bz2|xz|7z|rar)$", re.IGNORECASE)
# What browsers and people add to the name of a copy: "ps1 (1)", "ps1-Copy1", "Copy of ps1", "ps1 - final".
COPIED = re.compile(r"\bcopy of\b|\(\d*\)|\bcopy *\d*\b|\b(final|final version|submission|submitted|solution|new)\b")

NOTHING: Mapping = MappingProxyType({})


@dataclass(frozen=True)
class Found:
    """By notebook, the path of its file; a notebook that was not handed in is not in it. `notes` are sentences."""

    paths: dict[str, str]
    notes: dict[str, tuple[str, ...]]
    unknown: tuple[str, ...] = ()  # files that may be a notebook under another name, or hold one
    doubts: dict[str, str] = field(default_factory=dict)  # by notebook, what the instructor is to decide

    def path(self, name: str) -> str | None:
        """The path of a notebook's file, None if it was not handed in. Unreadable if that cannot be told."""
        if name not in self.paths and self.unknown:
            files = ", ".join(map(shown, self.unknown[:3]))
            raise Unreadable(f"The notebook was not handed in, unless {files} is or holds it: put it in its place, "
                             "or take that away.")  # fmt: skip
        return self.paths.get(name)

    def doubt(self, name: str, guessed: Collection[str]) -> None:
        """Note that any of these may be the notebook."""
        if guessed:
            self.doubts[name] = (f"{listed(guessed)} hold different answers, and {shown(self.paths[name])} was marked: "
                                 f"name the one that counts {name}.ipynb, and grade again.")  # fmt: skip


def find_notebooks(files: Mapping[str, bytes], masters: Mapping[str, NotebookNode],
                   given: Mapping[str, Mapping[str, str]] = NOTHING) -> Found:  # fmt: skip
    """By the exact name, unless it is another's; then by nearly that name; then by what is in it.

    `given` are the texts of cells as students got them, by notebook and grade_id: files with no others come last.
    """
    paths = {name: path for name in masters if (path := f"{name}.ipynb") in files}
    found = Found(paths, {})
    common = Common(files, masters)
    put_right(paths, found.notes, common)
    free = sorted(path for path in files if path not in paths.values() and not NOT_HANDED_IN.search(path)
                  and (NOTEBOOK.search(path) or is_notebook(files[path])))  # fmt: skip
    for name, path in paths.items():
        others = [other for other in free if is_renamed(other, name, masters)]
        if others:
            paths[name], guessed = choose([path, *others], files, given.get(name, NOTHING), named=path)
            free = [other for other in free if other not in others]
            found.notes[name] = (f"Of several copies {shown(paths[name])} was graded, not "
                                 f"{listed({path, *others} - {paths[name]})}.",)  # fmt: skip
            found.doubt(name, guessed)

    def take(fits: Callable[[str, str], bool]) -> None:
        """For each notebook that is missing, of the files that fit the one that counts."""
        for name in masters:
            fitting = [path for path in free if name not in paths and fits(path, name)]
            if fitting:
                paths[name], guessed = choose(fitting, files, given.get(name, NOTHING))
                free.remove(paths[name])
                others = f", not {listed({*fitting} - {paths[name]})}" if len(fitting) > 1 else ""
                found.notes[name] = (f"{name}.ipynb was not handed in: {shown(paths[name])} was taken for it{others}.",)
                found.doubt(name, guessed)

    take(lambda path, name: is_renamed(path, name, masters))
    take(lambda path, name: names_it(path, name, masters))
    if free and len(paths) < len(masters):
        take(common.is_most)
    missing = [name for name in masters if name not in paths]
    if len(missing) == len(masters) == len(free) == 1:
        take(lambda path, name: True)
    for name in missing:
        holding = [path for path in paths.values() if len(common.own_names(path, name)) > 1]
        if holding and name not in paths:
            paths[name] = holding[0]
            found.notes[name] = (f"{name}.ipynb was not handed in: its cells were taken from {shown(holding[0])}.",)
    return replace(found, unknown=(*free, *sorted(filter(ARCHIVE.search, files))))


def put_right(paths: dict[str, str], notes: dict[str, tuple[str, ...]], common: "Common") -> None:
    """Notebooks that have each other's name, or that of one that was not handed in."""
    held = {name: common.held_instead(path, name) for name, path in paths.items()}
    right = {other: paths[name] for name, other in held.items() if other and (other not in held or held[other])}
    for name in held:
        if paths[name] in right.values():
            del paths[name]
    paths.update(right)
    for name, path in right.items():
        notes[name] = (f"{path} holds the notebook {name}, and was graded as that.",)


def is_notebook(data: bytes) -> bool:
    """Whether a file seems to be a notebook. Some systems hide how its name ends, or put more behind it."""
    return data[:64].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{") and b'"cells"' in data and b'"nbformat"' in data


def is_renamed(path: str, name: str, masters: Collection[str]) -> bool:
    """Whether a file's name is the notebook's and no other's, but for capitals, spaces, and what copying adds."""
    return [other for other in masters if plain(other).replace(" ", "") == plain(path).replace(" ", "")] == [name]


def names_it(path: str, name: str, masters: Collection[str]) -> bool:
    """Whether a file's name holds the notebook's, as "ps1_problem2_ada" does, and no longer name of another one."""
    words = f" {plain(path)} "
    held = [other for other in masters if f" {plain(other)} " in words]
    return name in held and all(len(plain(name)) >= len(plain(other)) for other in held)


def plain(path: str) -> str:
    """The words of a file's name, without what copying it adds."""
    words = re.sub(r"[\s_.,+-]+", " ", NOTEBOOK.sub("", PurePosixPath(path).name).casefold())
    return " ".join(COPIED.sub(" ", words).split()) or words.strip()


def shown(path: str) -> str:
    """A file's name in a sentence: short, and without what would not print."""
    name = "".join(letter if letter.isprintable() else "?" for letter in path)
    return name if len(name) <= 80 else f"{name[:77]}..."


def listed(paths: Collection[str]) -> str:
    return ", ".join(map(shown, sorted(paths)))


class Common:
    """How much the files that are left have in common with the notebooks, by names, ids and texts of cells."""

    def __init__(self, files: Mapping[str, bytes], masters: Mapping[str, NotebookNode]) -> None:
        self.files, self.notebooks = files, masters
        self.known: dict[str, set[str]] = {}

    @cached_property
    def masters(self) -> dict[str, set[str]]:
        return {name: set(map(squeezed, marks_of(master))) for name, master in self.notebooks.items()}

    def held_instead(self, path: str, name: str) -> str:
        """The notebook that a file holds, if it has no cell of the one whose name it has; "" otherwise."""
        others = [other for other in self.notebooks if other != name]
        return next((other for other in others if not self.own_names(path, name) and self.is_most(path, other)), "")

    def own_names(self, path: str, name: str) -> set[str]:
        """The cells of a notebook, of those with names that no other notebook has, which seem to be in a file."""
        others = (names_in(other) for known, other in self.notebooks.items() if known != name)
        own = names_in(self.notebooks[name]).difference(*others)
        return {each for each in own if f'"{each}"'.encode() in self.files[path]}

    def is_most(self, path: str, name: str) -> bool:
        """Whether a file has more in common with this notebook than with any other, and more than one thing."""
        count = {other: len(self.marks(path) & marks) for other, marks in self.masters.items()}
        return count[name] > 1 and all(count[name] > count[other] for other in count if other != name)

    def marks(self, path: str) -> set[str]:
        if path not in self.known:
            try:
                cells, _ = read_cells(self.files[path])
            except Unreadable:
                cells = []
            self.known[path] = {mark for cell in cells for mark in (cell.name, cell.id, squeezed(cell.source)) if mark}
        return self.known[path]


def names_in(master: NotebookNode) -> set[str]:
    return {marks["grade_id"] for cell in master.cells if (marks := cell.metadata.get("nbgrader"))}


def marks_of(master: NotebookNode) -> set[str]:
    marks = [(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.get("id"), cell.source) for cell in master.cells]
    return {mark for each in marks for mark in each if mark}
