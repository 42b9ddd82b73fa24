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

SHOWN = 20  # students of a list; all of them are in the files


@click.command()
@click.argument("assignment")
@click.option("--html", "page", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write the report as a web page.")  # fmt: skip
@click.option("--csv", "table", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write a table for spreadsheets: a row for each student, a column for each cell.")  # fmt: skip
def report(assignment: str, page: Path | None, table: Path | None) -> None:
    """Say how the class did: points in all and in each cell, what was hardest, and which beliefs it holds.

    Run it in the course folder after `minigrad grade`. A belief is what a wrong answer to one of minigrad's exercises
    came from; the lesson that is about it stands beside it.
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
    """The report in the terminal."""
    there, handed_in = len(found.students), len(found.submissions)
    console.print(f"[bold]{escape(found.assignment)}[/bold]: {handed_in} of {there} students have handed in: "
                  f"{found.graded} graded, {len(found.waiting)} need you, {len(found.missing)} missing.")  # fmt: skip
    if not found.submissions:
        console.print(f"Nobody has marks yet. `minigrad grade {found.assignment}` gives them.", markup=False)
        return
    show_points(found)
    show_histogram(found)
    if found.hardest:
        listed = ", ".join(f"{cell.title} (the class has {100 * cell.share:.0f} %)" for cell in found.hardest)
        console.print(f"\nMost was lost in: {listed}", markup=False)
    show_beliefs(found)
    show_some("Need you", [f"{student}: {why}" for student, why in found.waiting.items()])
    show_some("Missing", list(found.missing))


def columns(*names: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for name in names:
        table.add_column(name, justify="left" if name in ("cell", "", "belief", "lesson") else "right")
    return table


def show_points(found: "Report") -> None:
    table = columns("cell", "of", "mean", "median", "quartiles", "all points")
    for cell in found.cells:
        table.add_row(escape(cell.title), f"{cell.most:g}", *numbers(cell.spread), f"{cell.full} of {cell.marked}")
    table.add_row("[bold]total[/bold]", f"{found.most:g}", *numbers(found.spread), "")
    console.print()
    console.print(table)
    if found.waiting:
        console.print("Cells that are still to be marked count as 0 in the total.")


def numbers(spread: "Spread | None") -> list[str]:
    if spread is None:
        return ["", "not marked yet", ""]
    return [f"{spread.mean:.3g}", f"{spread.median:.3g}", f"{spread.lower:.3g} to {spread.upper:.3g}"]


def show_histogram(found: "Report") -> None:
    from minigrad.grading.report_forms import ranges

    console.print("\n[bold]Share of the points[/bold]")
    highest = max(found.histogram)
    for name, count in zip(ranges(), found.histogram):
        bar = "█" * round(40 * count / highest) or "▏" * bool(count)
        console.print(f"{name:>11}  {bar} {count}")


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


def show_some(title: str, lines: list[str]) -> None:
    if lines:
        console.print(f"\n[bold]{title}[/bold]")
    for line in lines[:SHOWN]:
        console.print(line, markup=False)
    if len(lines) > SHOWN:
        console.print(f"and {len(lines) - SHOWN} more")
