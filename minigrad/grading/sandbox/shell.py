"""IPython in the student's process: runs a cell, and collects what a notebook would store below it."""

import base64
import builtins
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from minigrad.grading.magics import is_python
from minigrad.grading.sandbox.borrowed import NO_INPUT
from minigrad.grading.sandbox.descriptors import Descriptors

CUT = {"output_type": "stream", "name": "stderr", "text": "\n[The rest was cut off.]\n"}
NAMES = {1: "stdout", 2: "stderr"}


class Outputs:
    """What one cell shows, in order, as nbformat has it; past a size nothing more is kept."""

    def __init__(self, most: int) -> None:
        self.told: list[dict] = []
        self.printed = io.StringIO()  # what goes on in the last one: a text that grows by a letter is copied each time
        self.left = most
        self.displays: dict[str, list[dict]] = {}  # by display_id, what can be shown anew

    @property
    def items(self) -> list[dict]:
        if printed := self.printed.getvalue():
            self.told[-1]["text"] += printed
            self.printed = io.StringIO()
        return self.told

    def add(self, item: dict, size: int) -> None:
        """`item` is no larger than what is left, but for what each output has around it."""
        if self.left <= 0:
            return
        self.left -= size
        last = self.told[-1] if self.told else {}
        if item["output_type"] == "stream" == last.get("output_type") and item["name"] == last["name"]:
            self.printed.write(item["text"])
        else:
            self.items.append(item)
        if self.left <= 0:
            self.items.append(dict(CUT))

    def stream(self, name: str, text: str) -> None:
        text = text[: max(self.left, 0)]
        if text:
            self.add({"output_type": "stream", "name": name, "text": text}, len(text))

    def data(self, item: dict, display_id: str | None = None, update: bool = False) -> None:
        forms = {kind: encoded(value) for kind, value in item["data"].items()}
        sizes = {kind: len(str(value)) for kind, value in forms.items()}
        if sum(sizes.values()) > self.left:  # half a picture is none, but half a text is
            forms = {"text/plain": str(forms.get("text/plain", ""))[: max(self.left, 0)]}
        item["data"] = forms
        if update and display_id in self.displays:
            for shown in self.displays[display_id]:
                shown.update(data=item["data"], metadata=item["metadata"])
            return
        if display_id:
            self.displays.setdefault(display_id, []).append(item)
        self.add(item, sum(sizes.values()))

    def error(self, name: str, text: str, lines: list[str]) -> None:
        most = max(self.left // (len(lines) + 2), 0)
        shown = {"ename": name, "evalue": text[:most], "traceback": [line[:most] for line in lines]}
        self.add({"output_type": "error", **shown}, len(text) + sum(map(len, lines)))


def encoded(value: Any) -> Any:
    """Pictures are text in a notebook."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


class Stream(io.TextIOBase):
    """What sys.stdout or sys.stderr is while a cell runs."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, shell: "Shell", descriptor: int) -> None:
        self.shell, self.descriptor = shell, descriptor
        self.name = f"<{NAMES[descriptor]}>"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.shell.outputs.stream(NAMES[self.descriptor], text)
        return len(text)


class Publisher(DisplayPublisher):
    shell: "Shell"

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs) -> None:
        item = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        self.shell.outputs.data(item, (transient or {}).get("display_id"), update)

    def clear_output(self, wait=False) -> None:
        self.shell.outputs.items.clear()


class Hook(DisplayHook):
    shell: "Shell"

    def start_displayhook(self) -> None: ...

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict, md_dict=None) -> None:
        count = self.exec_result.execution_count if self.exec_result else None
        item = {"output_type": "execute_result", "data": format_dict, "metadata": md_dict or {}}
        self.shell.outputs.data({**item, "execution_count": count})

    def finish_displayhook(self) -> None: ...


class Shell(InteractiveShell):
    """As in a notebook, but for what needs somebody at the keyboard, or a history."""

    most_output = 1_000_000  # letters of one cell
    descriptors: Descriptors | None = None
    outputs = Outputs(0)

    def settle(self, most_output: int) -> None:
        """In the process that is to stay: from here on, what is written to descriptors 1 and 2 is seen."""
        self.most_output = most_output
        self.descriptors = Descriptors((1, 2))

    def transform_cell(self, raw_cell: str) -> str:
        """What is Python already stays as it is: to look for magics in it takes longer than to run most cells."""
        if is_python(raw_cell):
            return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        return super().transform_cell(raw_cell)

    def enable_gui(self, gui=None) -> None: ...

    def ask_exit(self) -> None: ...

    def enable_matplotlib(self, gui=None):
        """Where there is no such window or widget as `%matplotlib` asks for, plots are pictures."""
        try:
            return super().enable_matplotlib(gui)
        except Exception:
            return super().enable_matplotlib("inline")

    def _showtraceback(self, kind, value, lines) -> None:
        self.outputs.error(kind.__name__, text_of(value), [str(line) for line in lines])


def text_of(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return ""


def make_shell() -> Shell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.display_page = True  # what would go to a pager is shown
    shell = Shell.instance(config=config, display_pub_class=Publisher, displayhook_class=Hook, user_module=None)
    builtins.input = refuse_input
    sys.path.insert(0, "")  # the files beside a notebook can be imported
    return shell


def refuse_input(prompt: object = "") -> str:
    raise RuntimeError(NO_INPUT)


@contextmanager
def collected(shell: Shell) -> Iterator[Outputs]:
    """Have what is printed and shown go to Outputs of its own."""
    before, streams = shell.outputs, (sys.stdout, sys.stderr)
    shell.outputs = outputs = Outputs(shell.most_output)
    sys.stdout, sys.stderr = Stream(shell, 1), Stream(shell, 2)
    try:
        yield outputs
    finally:
        if shell.descriptors:
            for descriptor, text in shell.descriptors.taken(outputs.left):
                outputs.stream(NAMES[descriptor], text)
        sys.stdout, sys.stderr = streams
        shell.outputs = before


def run_cell(shell: Shell, source: str) -> tuple[list[dict], bool]:
    """What the cell shows, and whether it ran to its end."""
    with collected(shell) as outputs:
        result = shell.run_cell(source, store_history=True)
    return outputs.items, result.success
