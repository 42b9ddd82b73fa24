"""`minigrad course DIR`: a new course folder for an instructor."""

import shlex
from pathlib import Path

import click
from rich.markup import escape

from minigrad.command.console import console
from minigrad.command.one_sentence import in_one_sentence


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def course(folder: Path) -> None:
    """Make a new nbgrader course folder with all of minigrad's exercises, ready to release.

    In it are the exercises with their answers, a gradebook that knows them, nbgrader's settings, and a README with the
    commands that come next. The hidden checks draw inputs that no other course has. DIR must not be there yet, or be
    empty.
    """
    with in_one_sentence(), console.status("Loading nbgrader ...") as status:
        from minigrad.grading.new_course import FIRST, new_course

        names = new_course(folder, lambda name: status.update(f"{escape(name)} ..."))
    console.print(f"{len(names)} assignments are in {folder}. Its README.md says how to go on:", markup=False)
    console.print(f"    cd {shlex.quote(str(folder))}", markup=False)
    console.print(f"    nbgrader generate_assignment {FIRST}", markup=False)
