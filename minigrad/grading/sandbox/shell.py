"""IPython in the student's process: runs a cell, and collects what a notebook would store below it."""

import io
import sys
from contextlib import contextmanager

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

MOST_OUTPUT = 2**20  # letters of all outputs of a cell
NO_INPUT = "input() was called, and nobody is there to answer. Give the value in the code."


class Outputs:
    """What one cell shows, in order, as nbformat has it; past a size nothing more is kept."""

    def __init__(self) -> None:
        self.items: list[dict] = []
        self.left = MOST_OUTPUT

    def add(self, item: dict, size: int) -> None:
        if self.left <= 0:
            return
        self.left -= size
        last = self.items[-1] if self.items else {}
        if item["output_type"] == "stream" == last.get("output_type") and item["name"] == last["name"]:
            last["text"] += item["text"]
        else:
            self.items.append(item)
        if self.left <= 0:
            self.items.append({"output_type": "stream", "name": "stderr", "text": "\n[The rest was cut off.]\n"})

    def stream(self, name: str, text: str) -> None:
        text = text[: max(self.left, 0)]
        self.add({"output_type": "stream", "name": name, "text": text}, len(text))

    def data(self, kind: str, data: dict, metadata: dict, **more) -> None:
        size = sum(len(str(value)) for value in data.values())
        self.add({"output_type": kind, "data": data, "metadata": metadata, **more}, size)


OUTPUTS = Outputs()


class Stream(io.TextIOBase):
    def __init__(self, name: str) -> None:
        self.stream_name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        OUTPUTS.stream(self.stream_name, str(text))
        return len(text)


class Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **kwargs) -> None:
        OUTPUTS.data("display_data", data, metadata or {})

    def clear_output(self, wait=False) -> None:
        OUTPUTS.items.clear()


class Hook(DisplayHook):
    def start_displayhook(self) -> None: ...

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict, md_dict=None) -> None:
        OUTPUTS.data("execute_result", format_dict, md_dict or {}, execution_count=self.shell.execution_count)

    def finish_displayhook(self) -> None: ...


class Shell(InteractiveShell):
    """As in a notebook, but for what needs somebody at the keyboard, or a history."""

    def ask_exit(self) -> None: ...

    def _showtraceback(self, kind, value, lines) -> None:
        OUTPUTS.add({"output_type": "error", "ename": kind.__name__, "evalue": str(value)[:10_000],
                     "traceback": [str(line) for line in lines]}, sum(map(len, lines)))  # fmt: skip


def make_shell() -> Shell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.colors = "nocolor"
    shell = Shell.instance(config=config, display_pub_class=Publisher, displayhook_class=Hook, user_module=None)
    shell.enable_gui = lambda gui=None: None
    shell.user_ns["input"] = refuse_input
    return shell


def refuse_input(prompt: object = "") -> str:
    raise RuntimeError(NO_INPUT)


@contextmanager
def collected():
    """Have what is printed and shown go to Outputs of its own."""
    global OUTPUTS
    before, streams = OUTPUTS, (sys.stdout, sys.stderr)
    OUTPUTS = Outputs()
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    try:
        yield OUTPUTS
    finally:
        sys.stdout, sys.stderr = streams
        OUTPUTS = before


def run_cell(shell: Shell, source: str) -> tuple[list[dict], bool]:
    """What the cell shows, and whether it ran to its end."""
    with collected() as outputs:
        result = shell.run_cell(source, store_history=True)
    return outputs.items, result.success
