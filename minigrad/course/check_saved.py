"""Check a saved notebook from outside: a kernel of its own runs it, with a time limit for every cell."""

import asyncio
import os
import re
import symtable
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from minigrad.course.exercise import SETUP, Exercise, registry
from minigrad.course.notebook_file import Notebook, grade_id, read, source

CELL_SECONDS = 10
STARTS = 3  # a kernel's ports are chosen before it binds them: somebody may have taken one meanwhile
OURS = "from minigrad.course import check\n"  # whatever the notebook means by `check` by then


@dataclass(frozen=True)
class Report:
    """What the check of one exercise showed, as plain text; `points` is None if it did not come to a check."""

    exercise: Exercise
    text: str
    points: float | None


def check_saved(path: Path, exercises: Iterable[Exercise], tell: Callable[[str], object] = str) -> list[Report]:
    """Run the learner's notebook at `path` and check these exercises of it, in their order in the course.

    `tell` is told which cell is about to run. Raises ValueError if the file is not a notebook.
    """
    checks = {f"{exercise.cell_prefix}check": exercise for exercise in exercises}
    saved = read(path)
    notebook = needed(runnable(saved, checks), checks)
    ended_by = execute(notebook, path.parent, tell)
    notes = [f"{called(cell)} was stopped after {CELL_SECONDS} seconds." for cell in notebook.cells if stopped(cell)]
    notes += [f"{ended_by} ended Python."] if ended_by else []
    if not any(grade_id(cell).endswith("-setup") for cell in saved["cells"]):
        some = next(iter(checks.values()))
        notes.append(f"The notebook's first code cell is gone; `minigrad reset {some.id}` brings it back.")
    return [report(notebook, exercise, notes) for exercise in checks.values()]


def runnable(notebook: Notebook, checks: dict[str, Exercise]) -> nbformat.NotebookNode:
    """The notebook's code with the wanted checks and no others.

    The source of a check and that of the setup are ours, whatever became of theirs.
    """
    cells = [nbformat.v4.new_code_cell(SETUP, metadata={"grade_id": "setup"})]
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if cell["cell_type"] != "code" or name.endswith("-hidden") or name.endswith("-check") and name not in checks:
            continue
        text = OURS + checks[name].check_source if name in checks else source(cell)
        cells.append(nbformat.v4.new_code_cell(text, metadata={"grade_id": name}))
    return nbformat.v4.new_notebook(cells=cells)


def needed(notebook: nbformat.NotebookNode, checks: dict[str, Exercise]) -> nbformat.NotebookNode:
    """Without the cells of exercises that these do not build on, unless what they define is mentioned.

    So nobody waits for a loop in them.
    """
    found = {name for exercise in checks.values() for name in (exercise.id, *exercise.builds_on)}
    others = tuple(exercise.cell_prefix for name, exercise in registry().items() if name not in found)
    wanted = [cell for cell in notebook.cells if not cell.metadata.grade_id.startswith(others)]
    unsure = [cell for cell in notebook.cells if cell.metadata.grade_id.startswith(others)]
    while more := [cell for cell in unsure if mentions(wanted, defined(cell.source))]:
        wanted += more
        unsure = [cell for cell in unsure if cell not in more]
    return nbformat.v4.new_notebook(cells=[cell for cell in notebook.cells if cell in wanted])


def mentions(cells: list[nbformat.NotebookNode], names: set[str]) -> bool:
    return any(names & set(re.findall(r"\w+", cell.source)) for cell in cells)


def defined(program: str) -> set[str]:
    """The names that a cell leaves behind; none if it is no Python."""
    try:
        symbols = symtable.symtable(program, "cell", "exec").get_symbols()
    except (SyntaxError, ValueError):
        return set()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned()}


def execute(notebook: nbformat.NotebookNode, folder: Path, tell: Callable[[str], object]) -> str:
    """Run all cells in `folder` and leave their outputs in them; which cell ended Python, or ""."""
    started = [""]

    def begin(cell: str) -> None:
        started.append(cell)
        tell(cell)

    for left in reversed(range(STARTS)):
        try:
            run_in_kernel(notebook, folder, begin)
            break
        except DeadKernelError:
            return started[-1]
        except RuntimeError:  # what nbclient raises where a kernel does not come up
            if started[1:] or not left:
                raise
    return ""


def run_in_kernel(notebook: nbformat.NotebookNode, folder: Path, tell: Callable[[str], object]) -> None:
    """Run all cells once, and end the kernel whatever happens.

    It is done in another thread, since in the main one nbclient takes Ctrl-C for itself and leaves a kernel behind.
    """
    kernel = AsyncKernelManager(kernel_name="python3")
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=CELL_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_start=lambda cell, cell_index: tell(called(cell)),
        # Progress is noted as it is from JupyterLab, which runs a notebook in its folder.
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    stop = threading.Event()

    async def run_to_the_end_or_stop() -> None:
        work = asyncio.ensure_future(client.async_execute(env={**os.environ, "PYTHONWARNINGS": "ignore"}))
        try:
            while not work.done() and not stop.is_set():
                await asyncio.wait([work], timeout=0.1)
            if work.done():
                await work
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await work
            if client.kc is not None:
                client.kc.stop_channels()
            await kernel.shutdown_kernel(now=True)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(asyncio.run, run_to_the_end_or_stop())
        try:
            running.result()
        finally:
            stop.set()


def called(cell: Any) -> str:
    """What a learner would call the cell."""
    name = cell.metadata.grade_id
    for exercise in registry().values():
        if name.startswith(exercise.cell_prefix):
            return f"The {name.removeprefix(exercise.cell_prefix)} cell of exercise {exercise.id}"
    if name:
        return "The setup cell"
    return f"The cell that begins with `{(cell.source.strip().splitlines() or [''])[0][:40]}`"


def stopped(cell: Any) -> bool:
    return any(output.output_type == "error" and output.ename == "KeyboardInterrupt" for output in cell.outputs)


def report(notebook: nbformat.NotebookNode, exercise: Exercise, notes: list[str]) -> Report:
    """What the outputs of an exercise's check cell say, or why there are none; and what else is to be noted."""
    cells = {cell.metadata.grade_id: cell for cell in notebook.cells}
    check, answer = cells.get(f"{exercise.cell_prefix}check"), cells.get(f"{exercise.cell_prefix}answer")

    def unchecked(why: str) -> Report:
        return Report(exercise, "\n".join([f"Exercise {exercise.id} · {exercise.title} — {why}", *notes]), None)

    if check is None:
        return unchecked(f"its check cell is gone; `minigrad reset {exercise.id}` brings it back.")
    for part, cell in (("answer", answer), ("check", check)):
        for output in cell.outputs if cell else ():
            if output.output_type == "error":
                why = f" ({output.ename}: {output.evalue})".replace(": )", ")")
                return unchecked(f"its {part} cell does not run to its end{'' if stopped(cell) else why}.")
    shown = [output.data["text/plain"] for output in check.outputs if "text/plain" in output.get("data", ())]
    if not shown:
        return unchecked("it was not checked.")
    return Report(exercise, "\n".join([*shown[:-1], *notes]), float(shown[-1]))
