"""Where the commands for instructors write."""

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
