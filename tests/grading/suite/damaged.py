"""Right answers in notebooks that something has damaged: an editor, a mail, a sync, a converter, an old version."""

import copy
import gzip
import json

import nbformat
from nbformat import NotebookNode

from suite.submission import ALL_EARNED, RIGHT, Submission, honest, unreadable

WHOLE = "problem.ipynb"


def data(notebook: NotebookNode) -> dict:
    """The notebook as plain JSON, to be damaged."""
    return json.loads(nbformat.writes(notebook))


def text(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook)


def as_json(change):
    """Damages the JSON in place, or makes another one."""

    def edit(notebook: NotebookNode) -> bytes:
        told = data(notebook)
        changed = change(told)
        return json.dumps(told if changed is None else changed).encode()

    return edit


def each_cell(change):
    def edit(told: dict) -> None:
        for number, cell in enumerate(told["cells"]):
            change(cell, number)

    return as_json(edit)


def code_cell(change):
    return each_cell(lambda cell, number: change(cell) if cell["cell_type"] == "code" else None)


def version_3(notebook: NotebookNode) -> bytes:
    return nbformat.v3.writes_json(nbformat.v4.downgrade(copy.deepcopy(notebook))).encode()


def version_4_0(told: dict) -> None:
    told["nbformat_minor"] = 0
    for cell in told["cells"]:
        del cell["id"]


def joined(told: dict) -> None:
    for cell in told["cells"]:
        cell["source"] = "".join(cell["source"])


def conflict(notebook: NotebookNode) -> bytes:
    lines = text(notebook).splitlines()
    place = next(number for number, line in enumerate(lines) if "def softmax" in line)
    lines[place:place] = ["<<<<<<< HEAD", lines[place], "=======", '    "def softmax(y):\\n",', ">>>>>>> theirs"]
    return "\n".join(lines).encode()


def conflict_in_cell(told: dict) -> None:
    for cell in told["cells"]:
        if "def flatten" in "".join(cell["source"]) and cell["cell_type"] == "code":
            cell["source"] = "<<<<<<< HEAD\n" + "".join(cell["source"]) + "\n=======\n>>>>>>> theirs"


def in_another_language(told: dict) -> None:
    told["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    told["metadata"]["language_info"] = {"name": "R", "codemirror_mode": "r"}


def smart_quotes(told: dict) -> None:
    for cell in told["cells"]:
        if cell["cell_type"] == "code" and "def flatten" in "".join(cell["source"]):
            cell["source"] = "def flatten(nested):\n    return [‘no’]"


def set_in(key, value):
    return lambda cell: cell.update({key: value})


def many_outputs(cell: dict) -> None:
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x" * 1000 + "\n"] * 1000}]


def surrogates(told: dict) -> None:
    told["cells"][0]["source"] = ["\ud800 a half letter"]
    told["cells"][0]["metadata"]["note"] = "\udfff"


READABLE = [
    ("A byte-order mark", lambda notebook: b"\xef\xbb\xbf" + text(notebook).encode()),
    ("UTF-16", lambda notebook: text(notebook).encode("utf-16")),
    ("Latin-1", lambda notebook: text(notebook).replace("Problem set 1", "Übung 1").encode("latin-1")),
    ("Windows line ends", lambda notebook: text(notebook).replace("\n", "\r\n").encode()),
    ("Windows line ends in the sources", code_cell(lambda cell: cell.update(
        source=[line.rstrip("\n") + "\r\n" for line in cell["source"]]))),
    ("One long line", lambda notebook: json.dumps(data(notebook)).encode()),
    ("An empty line and spaces before", lambda notebook: b"\n\n  " + text(notebook).encode()),
    ("Version 3 of the format, with worksheets", version_3),
    ("Version 4.0 of the format, without cell ids", as_json(version_4_0)),
    ("Version 4.4 declared, with cell ids", as_json(lambda told: told.update(nbformat_minor=4))),
    ("A minor version from the future", as_json(lambda told: told.update(nbformat_minor=99))),
    ("No minor version", as_json(lambda told: told.pop("nbformat_minor") and None)),
    ("A version as text", as_json(lambda told: told.update(nbformat="4", nbformat_minor="5"))),
    ("No version at all", as_json(lambda told: (told.pop("nbformat"), told.pop("nbformat_minor")) and None)),
    ("No metadata of the notebook", as_json(lambda told: told.pop("metadata") and None)),
    ("Metadata of the notebook that are a list", as_json(lambda told: told.update(metadata=[]))),
    ("No kernel named", as_json(lambda told: told["metadata"].pop("kernelspec") and None)),
    ("A kernel of another name", as_json(lambda told: told["metadata"]["kernelspec"].update(name="conda-env-my-py"))),
    ("A kernel of another language", as_json(in_another_language)),
    ("A kernel that is null", as_json(lambda told: told["metadata"].update(kernelspec=None, language_info=None))),
    ("Sources in one piece", as_json(joined)),
    ("Cells without outputs", code_cell(lambda cell: cell.pop("outputs") and None)),
    ("Cells without execution counts", code_cell(lambda cell: cell.pop("execution_count", None))),
    ("Execution counts as text", code_cell(set_in("execution_count", "*"))),
    ("Outputs that are null", code_cell(set_in("outputs", None))),
    ("Outputs of no known kind", code_cell(set_in("outputs", [{"output_type": "hologram"}, 7, None]))),
    ("Outputs of fifty megabytes", lambda notebook: text(notebook).replace(
        '"outputs": []',
            '"outputs": [{"output_type": "stream", "name": "stdout", "text": "' + "x" * 2_000_000 + '"}]').encode()),
    ("The same id in all cells", each_cell(lambda cell, number: cell.update(id="same"))),
    ("Ids that are none", each_cell(lambda cell, number: cell.update(id="ü" * 100 + " "))),
    ("Ids that are numbers", each_cell(lambda cell, number: cell.update(id=number))),
    ("No ids", each_cell(lambda cell, number: cell.pop("id") and None)),
    ("Unknown keys in cells", each_cell(lambda cell, number: cell.update(vscode={"languageId": "python"}, prompt=3))),
    ("Tags and collapsed cells", each_cell(lambda cell, number: cell["metadata"].update(tags=["a"], collapsed=True,
           scrolled="auto"))),
    ("Half letters in a text", as_json(surrogates)),
    ("Attachments that are broken", as_json(lambda told: told["cells"][0].update(attachments={"a.png": "no"}))),
    ("States of widgets", as_json(lambda told: told["metadata"].update(widgets={"application/x": {"state": [1, {}]}}))),
    ("Something after the notebook's end", lambda notebook: text(notebook).encode() + b"\n\n}\n"),
    ("A null byte at the end", lambda notebook: text(notebook).encode() + b"\x00" * 512),
    ("A cell of a kind that is none", as_json(lambda told: told["cells"].insert(
        1, {"cell_type": "heading", "level": 1, "source": "Title", "metadata": {}}))),
    ("A cell that is null", as_json(lambda told: told["cells"].insert(1, None))),
    ("A cell without a source", as_json(lambda told: told["cells"].insert(1, {"cell_type": "code", "metadata": {}}))),
    ("A source that is null", as_json(lambda told: told["cells"].insert(
        1, {"cell_type": "code", "metadata": {}, "source": None, "outputs": [], "execution_count": None}))),
    ("A cell whose metadata are null", each_cell(
        lambda cell, number: cell.update(metadata=None) if not cell["metadata"] else None)),
    ("Numbers that JSON does not know", as_json(lambda told: told["metadata"].update(a=float("nan"), b=float("inf")))),
    ("A null letter and a form feed in a text", as_json(lambda told: told["cells"][0].update(source=["# a\x00b\x0c"]))),
    ("A signature of an old notebook", as_json(lambda told: told["metadata"].update(signature="sha256:abc", name=""))),
]  # fmt: skip

UNREADABLE = [
    ("An empty file", lambda notebook: b""),
    ("Half a notebook", lambda notebook: text(notebook).encode()[:4000]),
    ("A web page", lambda notebook: b"<!DOCTYPE html><html><body>Please log in</body></html>"),
    ("A Python program", lambda notebook: b"def normalize(x):\n    return x\n"),
    ("A file of zeros", lambda notebook: bytes(10_000)),
    ("A packed notebook", lambda notebook: gzip.compress(text(notebook).encode())),
    ("A merge conflict in the file", conflict),
    ("JSON that is a list", as_json(lambda told: told["cells"])),
    ("JSON that is a text", as_json(lambda told: "problem")),
    ("JSON without cells", as_json(lambda told: {"metadata": {}, "nbformat": 4, "nbformat_minor": 5})),
    ("JSON nested a hundred thousand times", lambda notebook: b"[" * 100_000),
    ("Random bytes", lambda notebook: bytes(n * 37 % 251 for n in range(5000))),
    ("An archive in the notebook's place", lambda notebook: {"problem.zip": b"PK\x03\x04" + text(notebook).encode()}),
    ("Two notebooks of unknown names and contents", lambda notebook: {"a.ipynb": b"{}", "b.ipynb": b"{}"}),
]  # fmt: skip

MISSING = [
    ("No notebook, but a notebook's checkpoint", lambda notebook: {
        ".ipynb_checkpoints/problem-checkpoint.ipynb": text(notebook).encode()}),
    ("No file at all", lambda notebook: {}),
    ("A PDF in the notebook's place", lambda notebook: {"problem.pdf": b"%PDF-1.4"}),
]  # fmt: skip

RENAMED = ["Problem.ipynb", "problem (1).ipynb", "problem-Copy1.ipynb", "jane_doe_problem.ipynb", "homework.ipynb",
           "submission/problem.ipynb"]  # fmt: skip

SUBMISSIONS: list[Submission] = [
    *[honest(f"Costs no marks: {title[0].lower()}{title[1:]}", edit=edit) for title, edit in READABLE],
    *[unreadable(f"Cannot be marked, and the instructor is told: {title[0].lower()}{title[1:]}", edit)
      for title, edit in UNREADABLE],
    *[Submission(f"Gets no points, and the instructor is told of it: {title[0].lower()}{title[1:]}", RIGHT,
                 dict.fromkeys(ALL_EARNED, 0), edit, missing=True, noted=True) for title, edit in MISSING],
    *[honest(f"A notebook named {name} is found", noted=True,
             edit=lambda notebook, name=name: {name: text(notebook).encode()}) for name in RENAMED],
    honest("Of a notebook and its checkpoint, the notebook counts", edit=lambda notebook: {
        WHOLE: text(notebook).encode(), ".ipynb_checkpoints/problem-checkpoint.ipynb": b"{}"}),
    honest("Of a notebook and its copy, the one with the right name counts", edit=lambda notebook: {
        WHOLE: text(notebook).encode(), "problem-Copy1.ipynb": b"{}", "notes.txt": b"\xff",
            "data/numbers.csv": b"1,2"}),
    honest("A merge conflict in one cell costs its own test", {"test_flatten": 0}, edit=as_json(conflict_in_cell)),
    honest("Typographers' quotes in one cell cost its own test", {"test_flatten": 0}, edit=as_json(smart_quotes)),
    honest("Large outputs, kept in the notebook, cost no marks", edit=code_cell(many_outputs)),
]  # fmt: skip
