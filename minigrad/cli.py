"""The `minigrad` command: for learners what they do with the course, for instructors what they do with a class."""

import importlib.util
import io
import os
import signal
import socket
import subprocess
import sys
from contextlib import chdir, suppress
from itertools import groupby
from pathlib import Path

try:
    import click
    from rich.console import Console
    from rich.markup import escape
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    from minigrad.command.course import course
    from minigrad.command.feedback import feedback
    from minigrad.command.grade import grade
    from minigrad.command.report import report
    from minigrad.course import checking, files, learner_copy, progress_file
    from minigrad.course.card import next_sentence
    from minigrad.course.exercise import Exercise, find as find_exercise, registry
    from minigrad.course.reset import reset as reset_exercise
except ImportError as error:
    sys.exit(f"The minigrad command needs more than minigrad itself: run "
             f"{sys.executable} -m pip install click rich jupyterlab ipywidgets nbgrader ({error}).")
except KeyboardInterrupt:
    sys.exit("Stopped.")

VERSION = "0.1.0"  # as in pyproject.toml

console = Console(highlight=False, soft_wrap=True)


class Problem(click.ClickException):
    """What went wrong and what to do about it, in one sentence; ends the command with exit code 1."""


def main() -> None:
    """Run the command. Whatever goes wrong that a user can mend is one sentence, never a traceback.

    The exit code is 2 then if the command was not understood, 1 otherwise.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not know the glyphs
    code = 1
    try:
        sys.exit(commands(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        code, sentence = error.exit_code, error.format_message()
    except click.ClickException as error:
        code, sentence = error.exit_code, " ".join(error.format_message().split())
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C has nothing more to stop
        sentence = "Stopped."
    except OSError as error:
        sentence = f"{f'{error.filename}: ' if error.filename else ''}{error.strerror or error}."
    print(sentence, file=sys.stderr)
    sys.exit(code)


class TwoKinds(click.Group):
    """Lists the commands of instructors apart from those of learners."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        room = formatter.width - 6 - max(map(len, self.commands))
        for title, names in (("Commands", self.commands.keys() - OF_INSTRUCTORS), ("For instructors", OF_INSTRUCTORS)):
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(room)) for name in sorted(names)])


@click.group(cls=TwoKinds)
@click.version_option(VERSION, message="minigrad %(version)s")
def commands() -> None:
    """Learn how autograd works, by reading, predicting and building it."""


@commands.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--browser/--no-browser", default=True, help="Open a browser, or only print the address.")
@click.option("--port", type=click.IntRange(1, 65535), help="Use this port. Otherwise the first free one from 8888 on.")
def lab(directory: Path | None, browser: bool, port: int | None) -> None:
    """Open the course in JupyterLab, in a copy of your own.

    The copy is made in DIRECTORY (default: the copy you are in, or else ./minigrad-course). Opening it again brings it
    up to date: what you have changed is never touched, and a newer version of such a file is put beside it.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise Problem(f"JupyterLab is not installed: run {sys.executable} -m pip install jupyterlab ipywidgets.")
    if port is not None and not is_free(port):
        raise Problem(f"Port {port} is in use: choose another one, or leave --port out.")
    directory = directory or learner_copy.find_copy(Path.cwd()) or Path(learner_copy.DEFAULT)
    if directory.exists() and not directory.is_dir():
        raise Problem(f"{directory} is a file: name a folder for your copy of the course.")
    try:
        update = learner_copy.update_copy(directory)
        progress_file.start(directory)
    except OSError as error:
        raise Problem(f"Cannot write to {directory.absolute()}: {error.strerror}. Name another folder.") from None
    tell_of_update(directory, update)
    # Settings of ours, which any of the learner's own override: no question about news, no tools for instructors.
    settings = [os.environ.get("JUPYTER_CONFIG_PATH"), str(files.PACKAGE / "course" / "jupyter")]
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings))}
    sys.exit(run(jupyterlab(directory, browser, port), environment))


def jupyterlab(directory: Path, browser: bool, port: int | None) -> list[str]:
    """The command that opens JupyterLab in the learner's copy, where the learner left off."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={directory.absolute()}",
               f"--LabApp.default_url=/lab/tree/{where_to_go_on(directory).as_posix()}"]
    if not browser:
        command.append("--no-browser")
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container everybody is root, and Jupyter would refuse to start.
        command.append("--allow-root")
    return command


def where_to_go_on(directory: Path) -> Path:
    """The notebook to open: the first lesson, then the exercises that are begun, or the lesson before the next ones."""
    with chdir(directory):  # progress is looked for from the current folder on
        rows, following = progress_file.rows(), progress_file.next_exercise()
    if following is None or not any(row.tries for row in rows):
        return files.first_lesson()
    begun = any(row.tries for row in rows if row.id.partition(".")[0] == following.lesson)
    return files.notebook_of_lesson(following.lesson, "exercises" if begun else "notebooks")


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end; its exit code. Ctrl-C is the command's: JupyterLab asks before it stops.

    Being told to end is passed on, so that neither the server nor its kernels outlive us.
    """
    process = subprocess.Popen(command, env=environment)
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            with suppress(KeyboardInterrupt):
                code = process.wait()
                return code if code >= 0 else 128 - code  # as shells say that a signal ended it
    finally:
        signal.signal(signal.SIGTERM, before)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":
            # As Jupyter's server does: a port that was closed a moment ago is free. On Windows it means "share it".
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tell_of_update(directory: Path, update: learner_copy.Update) -> None:
    console.print(f"Your copy of the course is in [bold]{directory.absolute()}[/bold].")
    for name in update.updated:
        console.print(f"  brought up to date: {name.as_posix()}")
    for name in update.beside:
        console.print(f"  newer version, put beside the file you have worked in: {name.as_posix()}")
    for name, fresh in update.damaged:
        console.print(f"  damaged, cannot be opened: {name.as_posix()}; a fresh one is beside it: {fresh.as_posix()}")


@commands.command()
@click.argument("names", metavar="[LESSON]...", nargs=-1)
@click.option("--to", "folder", metavar="FOLDER", default="minigrad-pages", show_default=True,
              type=click.Path(path_type=Path), help="Where the pages go.")
def export(names: tuple[str, ...], folder: Path) -> None:
    """Write lessons as web pages: those with the numbers given, or all.

    A page is one file that needs neither Jupyter nor the net. It is the lesson as the course has it, with what every
    cell shows, so it also holds the answers to what the lesson asks you to predict.
    """
    chosen = list(dict.fromkeys(map(find_lesson, names))) or list(files.lessons())
    if importlib.util.find_spec("nbconvert") is None:
        raise Problem(f"nbconvert is not installed: run {sys.executable} -m pip install nbconvert.")
    folder = folder.absolute()
    if folder.exists() and not folder.is_dir():
        raise Problem(f"{folder} is a file: name another folder for the pages.")
    pages = []
    try:
        with console.status("Loading nbconvert ...") as status:
            from minigrad.course.pages import write_pages  # here, since loading it takes a while

            for page in write_pages(chosen, folder):
                pages.append(page)
                status.update(f"Written: {escape(page.name)} ...")
    except OSError as error:
        raise Problem(f"Cannot write to {folder}: {error.strerror}. Name another folder with --to.") from None
    if len(pages) == 1:
        console.print(f"Lesson {chosen[0]} is in {pages[0]}", markup=False)
    else:
        console.print(f"{len(pages)} lessons are in {folder}. The first one is {pages[0].name}.", markup=False)


@commands.command()
def progress() -> None:
    """Show what is done and what is left."""
    os.chdir(copy_here())  # progress is looked for from the current folder on
    rows = progress_file.rows()
    narrow = console.width < 76  # the titles matter more than bars and tries
    columns = ["", "exercise", "points", ""] + ([] if narrow else ["", "tries"])
    table = Table(*columns, box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for row in rows:
        cells: list[str | ProgressBar] = [row.id, row.title, f"{row.points:g} of {row.of}", row.state]
        if not narrow:
            cells += [ProgressBar(total=row.of, completed=row.points, width=10), str(row.tries or "")]
        table.add_row(*cells)
    console.print(table)
    solved = sum(row.state == "solved" for row in rows)
    points, of = sum(row.points for row in rows), sum(row.of for row in rows)
    console.print(f"{solved} of {len(rows)} exercises solved, {points:g} of {of} points.")
    if following := progress_file.next_exercise():
        console.print(next_sentence(following), markup=False)
    if sentence := progress_file.told_of_damage():
        console.print(sentence, markup=False)


@commands.command()
@click.argument("name", metavar="[EXERCISE]", required=False)
def check(name: str | None) -> None:
    """Check what you have saved: one exercise, or all of them. The exit code is 0 if all that was checked is right."""
    exercises = [find(name)] if name is not None else list(registry().values())
    wrong = 0
    for path, group in groupby(exercises, notebook_of):
        try:
            with console.status("Starting Python ...") as status:
                from minigrad.course.check_saved import check_saved  # here, since loading Jupyter takes a while

                reports = check_saved(path, group, lambda cell: status.update(f"Running: {escape(cell)} ..."))
        except ValueError:
            raise unreadable(path) from None
        for report in reports:
            console.print(report.text, markup=False)
            console.print()
            wrong += report.points != report.exercise.points
    sys.exit(1 if wrong else 0)


@commands.command()
@click.argument("name", metavar="EXERCISE")
def hint(name: str) -> None:
    """Show the next hint of an exercise, from a nudge to nearly the answer."""
    exercise = find(name)
    os.chdir(copy_here())  # which hint comes next is kept with the learner's progress
    checking.hint(exercise.id)


@commands.command()
@click.argument("name", metavar="EXERCISE")
def reset(name: str) -> None:
    """Start one exercise again: its cells become what they were, all others stay, and a backup is kept.

    Its progress starts again too: points, tries and hints.
    """
    exercise = find(name)
    path = notebook_of(exercise)
    try:
        backup = reset_exercise(exercise, path)
    except ValueError:
        raise unreadable(path) from None
    os.chdir(path.parent)
    if progress_file.forget(exercise.id):
        console.print(f"Exercise {exercise.id} counts as not attempted again.")
    elif backup is None:
        console.print(f"Exercise {exercise.id} is as you were given it: nothing to reset.")
    if backup is not None:
        console.print(f"Its cells are as you were given them. Your notebook as it was before: {backup}")
        console.print("If it is open in JupyterLab, choose File > Reload Notebook from Disk.")


def unreadable(path: Path) -> Problem:
    return Problem(f"{path} is not a notebook that can be read: rename it and run `minigrad lab` for a new one.")


def find(name: str) -> Exercise:
    """The exercise with this number."""
    try:
        return find_exercise(name)
    except LookupError as error:
        raise Problem(error.args[0]) from None


def find_lesson(name: str) -> str:
    """The number of a lesson, "03", which may be given as "3" or "03_backward" too."""
    lessons = files.lessons()
    for number, notebook in lessons.items():
        if name in (number, str(int(number)), notebook.stem):
            return number
    raise Problem(f"There is no lesson {name.strip() or 'without a number'}. "
                  f"The lessons are {min(lessons)} to {max(lessons)}.")


def copy_here() -> Path:
    """The learner's copy of the course that belongs to the current folder."""
    copy = learner_copy.find_copy(Path.cwd())
    if copy is None:
        raise Problem(f"There is no course in {Path.cwd()}: go to your copy of it, or make one with `minigrad lab`.")
    return copy


def notebook_of(exercise: Exercise) -> Path:
    """The learner's notebook that an exercise is in."""
    copy = copy_here()
    for path in sorted(copy.glob(f"exercises/{exercise.lesson}_*/{exercise.lesson}_*.ipynb")):
        if path.stem == path.parent.name:
            return path
    raise Problem(f"The notebook of exercise {exercise.id} is not in {copy}: run `minigrad lab` to get it back.")


OF_INSTRUCTORS = {"course": course, "grade": grade, "feedback": feedback, "report": report}

for name, command in OF_INSTRUCTORS.items():
    commands.add_command(command, name)


if __name__ == "__main__":
    main()
