"""A lesson's source (`NN_topic.py`, percent format) becomes the notebook that learners open, with its outputs."""

import asyncio
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import jupytext
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from minigrad.course.built import BuildError, notebook_text
from minigrad.course.files import PACKAGE

WIDGET = "application/vnd.jupyter.widget-view+json"

UNSTABLE = {
    "an address": r"\bat 0x[0-9a-f]{6,}",
    # A warning names the file that IPython keeps a cell in; a traceback names ours.
    "a path": rf"ipykernel_\d|{re.escape(sys.prefix)}|{re.escape(str(PACKAGE))}",
}


def build_lesson(source: Path) -> str:
    """The text of the executed notebook of one lesson; the same text whenever the source is the same."""
    notebook = jupytext.read(source, fmt="py:percent")
    give_fixed_ids(notebook)
    execute(notebook, source.name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if without_widget(output)]
            refuse_unstable(cell, source.name)
    return notebook_text(notebook)


def give_fixed_ids(notebook: NotebookNode) -> None:
    """An id made from the cell's own source: inserting a cell changes no other cell's id, so diffs stay small."""
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        name = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def execute(notebook: NotebookNode, name: str) -> None:
    """Run all cells in a fresh kernel and an empty folder, untouched by the builder's own IPython profile."""
    with tempfile.TemporaryDirectory() as folder:
        kernel = AsyncKernelManager(kernel_name="python3", connection_file=f"{folder}/kernel.json")
        if sys.platform != "win32":
            kernel.transport = "ipc"  # ports are chosen before they are bound: another kernel may take them meanwhile
        client = NotebookClient(
            notebook,
            km=kernel,
            timeout=120,
            # With it, the file grows by 29 KB of random ids, and its HTML export wants a CDN.
            store_widget_state=False,
            # Where a stream is cut into messages depends on timing.
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )

        async def run_and_end() -> None:
            try:
                await client.async_execute(env={**os.environ, "IPYTHONDIR": folder})
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()
                await kernel.shutdown_kernel(now=True)

        try:
            asyncio.run(run_and_end())
        except Exception as error:
            raise BuildError(f"{name}: a cell failed.\n{error}") from None


def without_widget(output: NotebookNode) -> bool:
    """Take the live widget out of an output, since no kernel stands behind a stored one; False if that was all."""
    if WIDGET not in output.get("data", {}):
        return True
    del output.data[WIDGET]
    return bool(output.data)


def refuse_unstable(cell: NotebookNode, name: str) -> None:
    for text in texts(cell.outputs):
        for what, pattern in UNSTABLE.items():
            if re.search(pattern, text):
                raise BuildError(
                    f"{name}: the output of this cell holds {what}, which is different on every run or machine. "
                    f"Print something else.\n\n{cell.source}"
                )


def texts(outputs: list[NotebookNode]) -> Iterator[str]:
    for output in outputs:
        yield output.get("text", "")
        yield from output.get("traceback", [])
        yield from (value for value in output.get("data", {}).values() if isinstance(value, str))
