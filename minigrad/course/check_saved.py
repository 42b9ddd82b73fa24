"""Check a saved notebook from outside: a kernel of its own runs it, with a time limit for every cell."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from minigrad.course.exercise import Exercise
from minigrad.course.notebook_file import Notebook, grade_id, read, source

CELL_SECONDS = 10
OURS = "from minigrad.course import check\n"  # whatever the notebook means by `check` by then


@dataclass(frozen=True)
class Report:
    """What the check of one exercise showed, as plain text; `points` is None if it did not come to a check."""

    exercise: Exercise
    text: str
    points: float | None


def check_saved(path: Path, exercises: Iterable[Exercise]) -> list[Report]:
    """Run the learner's notebook at `path` and check these exercises of it, in their order in the course.

    Raises ValueError if the file is not a notebook.
    """
    checks = {f"{exercise.cell_prefix}check": exercise for exercise in exercises}
    notebook = runnable(read(path), checks)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        store_widget_state=False,
        coalesce_streams=True,
        # Progress is noted as it is from JupyterLab, which runs a notebook in its folder.
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with suppress(DeadKernelError):  # a cell has ended its Python; the reports say what was not checked
        client.execute(env={**os.environ, "PYTHONWARNINGS": "ignore"})
    return [report(notebook, exercise) for exercise in checks.values()]


def runnable(notebook: Notebook, checks: dict[str, Exercise]) -> nbformat.NotebookNode:
    """The notebook's code with the wanted checks and no others; a check's source is ours, whatever became of it."""
    cells = []
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if cell["cell_type"] != "code" or name.endswith("-hidden") or name.endswith("-check") and name not in checks:
            continue
        text = OURS + checks[name].check_source if name in checks else source(cell)
        cells.append(nbformat.v4.new_code_cell(text, metadata={"name": name}))
    return nbformat.v4.new_notebook(cells=cells)


def report(notebook: nbformat.NotebookNode, exercise: Exercise) -> Report:
    """What the outputs of an exercise's check cell say, or why there are none."""
    title = f"Exercise {exercise.id} · {exercise.title}"
    cells = {cell.metadata.name: cell for cell in notebook.cells}
    check, answer = cells.get(f"{exercise.cell_prefix}check"), cells.get(f"{exercise.cell_prefix}answer")

    def unchecked(why: str) -> Report:
        return Report(exercise, f"{title} — {why}", None)

    if check is None:
        return unchecked(f"its check cell is gone; `minigrad reset {exercise.id}` brings it back.")
    for cell in (answer, check):
        for output in cell.outputs if cell else ():
            if output.output_type == "error":
                why = f"{output.ename}: {output.evalue}".strip(": ")
                if output.ename == "KeyboardInterrupt":
                    why = f"it was stopped after {CELL_SECONDS} seconds"
                return unchecked(f"the cell does not run to its end ({why}).")
    shown = [output.data["text/plain"] for output in check.outputs if "text/plain" in output.get("data", ())]
    if not shown:
        return unchecked("it was not checked, since a cell of the notebook ended Python.")
    return Report(exercise, "\n".join(shown[:-1]), float(shown[-1]))
