"""`minigrad report ASSIGNMENT`: how the class did."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from minigrad.command.console import console
from minigrad.command.one_sentence import in_one_sentence
from minigrad.course.whole_file import write_whole

if TYPE_CHECKING:
    from minigrad.grading.report import Report, Spread

SHOWN = 20  # notes; all of them are on the page


@click.command()
@click.argument("assignment")
@click.option("--html", "page", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write the report as a web page.")  # fmt: skip
@click.option("--csv", "table", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write a table for spreadsheets: a row for each student, a column for each cell. Names and ids "
                   "that a spreadsheet would compute, such as +1 or =A1, get an apostrophe in front.")  # fmt: skip
def report(assignment: str, page: Path | None, table: Path | None) -> None:
    """Say how the class did: points in all and in each exercise, what was hardest, and which beliefs it holds.

    Run it in the course folder after `minigrad grade`. A belief is what a wrong answer to one of minigrad's exercises
    came from; the lesson that is about it stands beside it. At the end it says who needs you, what is to be marked by
    hand, and what was guessed or mended in which submission.
    """
    with in_one_sentence(), console.status("Reading the gradebook ..."):
        from minigrad.grading.course_folder import CourseFolder
        from minigrad.grading.report import report as report_on
        from minigrad.grading.report_forms import as_csv, as_page

        found = report_on(CourseFolder(), assignment)
        for path, text in ((page, as_page), (table, as_csv)):
            if path is not None:
                write(path, text(found))
    show(found)
    for path in filter(None, (page, table)):
        console.print(f"Written: {path}", markup=False)


def write(path: Path, text: str) -> None:
    """Spreadsheets take a file for UTF-8 if it begins with its mark."""
    try:
        write_whole(path, text, "utf-8-sig" if path.suffix == ".csv" else "utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None


def show(found: "Report") -> None:
    """The report in the terminal; what the instructor has to see to comes last, where it is seen."""
    console.print(f"[bold]{escape(found.assignment)}[/bold]: {summary(found)}")
    show_points(found)
    if found.histogram and found.counted:
        show_histogram(found)
    show_hardest(found)
    show_beliefs(found)
    show_notes(found)
    show_lists(found)


def summary(found: "Report") -> str:
    students = len(found.students)
    need = f"{len(found.problems) or 'none'} in need of you"
    return f"{students} student{'s' * (students != 1)}: {found.graded} graded, {need}, {len(found.absent)} missing."


def columns(*names: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for name in names:
        table.add_column(name, justify="left" if name in ("exercise", "belief", "lesson") else "right",
                         no_wrap=name in ("lesson", "quartiles", "all points"))  # fmt: skip
    return table


def show_points(found: "Report") -> None:
    table = columns("exercise", "of", "mean", "median", "quartiles", "all points")
    notebook = ""
    for each in found.exercises:
        if each.notebook != notebook:
            notebook = each.notebook
            table.add_row(f"[bold]{escape(notebook)}[/bold]")
        full = f"{each.full} of {each.marked}" if each.spread else f"{each.marked} of {each.of} marked"
        table.add_row(escape(each.title), f"{each.most:g}", *numbers(each.spread), full)
    table.add_row("[bold]total[/bold]", f"{found.most:g}", *numbers(found.spread), "")
    console.print()
    console.print(table)
    if found.counted < len(found.submissions):
        console.print(f"These are of {found.counted} students: those who handed in, but for those in need of you.")
    if found.by_hand.students:
        console.print("What is still to be marked by hand counts as 0 in the total.")


def numbers(spread: "Spread | None") -> list[str]:
    if spread is None:
        return ["", "", ""]
    return [f"{spread.mean:.3g}", f"{spread.median:.3g}", f"{spread.lower:.3g} to {spread.upper:.3g}"]


def show_histogram(found: "Report") -> None:
    from minigrad.grading.report_forms import ranges

    console.print("\n[bold]Share of the points[/bold]")
    highest = max(found.histogram)
    for name, count in zip(ranges(), found.histogram):
        bar = "█" * round(40 * count / highest) or "▏" * bool(count)
        console.print(f"{name:>11}  {bar} {count}")


def show_hardest(found: "Report") -> None:
    if found.hardest:
        console.print("\n[bold]Where most was lost[/bold]")
    for each in found.hardest:
        console.print(f"{100 * each.lost:3.0f} % of the points: {each.whole_title}", markup=False)


def show_beliefs(found: "Report") -> None:
    console.print("\n[bold]Beliefs that wrong answers came from[/bold]")
    if not found.beliefs:
        console.print("No wrong answer showed a belief that minigrad knows." if found.checked else
                      "Nothing is known of them: `minigrad grade` has not graded this assignment.")  # fmt: skip
        return
    table = columns("students", "belief", "lesson")
    for belief in found.beliefs:
        table.add_row(str(belief.students), escape(belief.words), belief.lesson)
    console.print(table)


def show_notes(found: "Report") -> None:
    """What was guessed or mended: a class may have thousands of these, and the page has all of them."""
    if not found.notes:
        return
    console.print("\n[bold]Notes[/bold]")
    for note in found.notes[:SHOWN]:
        where = f"{note.student}, {note.notebook}" if note.notebook else note.student
        console.print(f"{where}: {' '.join(note.sentence.split())}", markup=False)
    if len(found.notes) > SHOWN:
        console.print(f"and {len(found.notes) - SHOWN} more; --html FILE has all of them")


def show_lists(found: "Report") -> None:
    show_list("Need you", [f"{student}: {' '.join(why.split())}" for student, why in found.problems.items()])
    show_list("Not graded yet", [f"{', '.join(found.ungraded)}: run `minigrad grade {found.assignment}`"]
              if found.ungraded else [])  # fmt: skip
    show_list("Missing", [", ".join(found.absent)] if found.absent else [])
    none = [f"{student} ({', '.join(notebooks)})" for student, notebooks in found.not_handed_in.items()]
    show_list("Notebooks that were not handed in, and get no points", [", ".join(none)] if none else [])
    show_list("In the gradebook, but not in the folder of submissions any more", [", ".join(found.withdrawn)]
              if found.withdrawn else [])  # fmt: skip
    open_cells = ", ".join(f"{cell}: {count}" for cell, count in found.by_hand.cells.items())
    title = f"To be marked by hand, of {found.by_hand.students} student{'s' * (found.by_hand.students != 1)}"
    show_list(title, [open_cells] if open_cells else [])


def show_list(title: str, lines: list[str]) -> None:
    if lines:
        console.print(f"\n[bold]{title}[/bold]")
    for line in lines:
        console.print(line, markup=False)
