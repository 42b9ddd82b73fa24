"""A report on a class as a web page and as a table for spreadsheets."""

import csv
import io

from minigrad.grading.report import BINS, Report
from minigrad.grading.templates import TEMPLATES

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet would compute


def as_page(report: Report) -> str:
    """The report's HTML, which needs no other file."""
    return TEMPLATES.get_template("report.html.j2").render(report=report, ranges=ranges())


def ranges() -> list[str]:
    """What the bars of the histogram stand for."""
    return [f"{100 * number // BINS} to {100 * (number + 1) // BINS} %" for number in range(BINS)]


def as_csv(report: Report) -> str:
    """A row for each student: id, name, points in all, points of each cell; nothing where there are none yet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", "name", "total", *(as_text(cell.title) for cell in report.cells)])
    for student, name in report.students.items():
        submission = report.submissions.get(student)
        row: list[str] = [as_text(student), as_text(name), f"{submission.total:.10g}" if submission else ""]
        for cell in report.cells:
            score = submission.scores.get(cell.place) if submission else None
            row.append(f"{score.points:.10g}" if score and not score.open else "")
        writer.writerow(row)
    return text.getvalue()


def as_text(text: str) -> str:
    """A student may be called =HYPERLINK(...): with an apostrophe in front, spreadsheets take it for a name."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
