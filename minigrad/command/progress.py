"""How far a long command is: a bar with a rate and an estimate, or a line every few seconds where nobody watches."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

LINE_EVERY = 5.0  # seconds, where there is no terminal


class PerMinute(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f} a minute" if task.speed else "", style="progress.data.speed")


@contextmanager
def progress(console: Console, what: str, total: int) -> Iterator[Callable[[Collection[str]], None]]:
    """Show it while the body runs, which calls what it is given once for each thing that is done.

    It gives the names of the last few that are waited for, or none while there are more.
    """
    if not console.is_terminal:
        yield Lines(console, what, total).advance
        return
    named = TextColumn("{task.description}", markup=False)
    columns = (named, BarColumn(), MofNCompleteColumn(), PerMinute(), TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda last: bar.update(task, advance=1, description=f"{what}{waiting_for(last)}")


def waiting_for(last: Collection[str]) -> str:
    return f", waiting for {', '.join(sorted(last))}" if last else ""


class Lines:
    """The same in plain lines, for logs."""

    def __init__(self, console: Console, what: str, total: int) -> None:
        self.console, self.what, self.total = console, what, total
        self.done, self.begun = 0, time.monotonic()
        self.told = self.begun

    def advance(self, last: Collection[str]) -> None:
        self.done += 1
        now = time.monotonic()
        if now >= self.told + LINE_EVERY:
            self.told = now
            rate = self.done / (now - self.begun)
            left = round((self.total - self.done) / rate)
            then = waiting_for(last) or f", {left} second{'s' * (left != 1)} left"
            self.console.print(f"{self.what}: {self.done} of {self.total}, {60 * rate:.0f} a minute{then}",
                               markup=False)  # fmt: skip
