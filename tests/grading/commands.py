"""Commands of instructors', as click's own runner calls them."""

from collections.abc import Callable

from click import Command
from click.testing import CliRunner


def runner(command: Command) -> Callable[..., tuple[int, str]]:
    """A function that runs the command with its arguments: the exit code, and what it said, in one line."""

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(command, arguments)
        return result.exit_code, " ".join(result.output.split())

    return run
