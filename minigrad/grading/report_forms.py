"""A report on a class as a web page and as a table for spreadsheets."""

import csv
import io
import re

from markupsafe import Markup

from minigrad.grading.report import BINS, Report
from minigrad.grading.templates import TEMPLATES

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet would compute


def as_page(report: Report) -> str:
    """The report's HTML, which needs no other file."""
    template = TEMPLATES.get_template("report.html.j2")
    return template.render(report=report, ranges=ranges(), with_code=with_code)


def ranges() -> list[str]:
    """What the bars of the histogram stand for."""
    return [f"{100 * number // BINS} to {100 * (number + 1) // BINS} %" for number in range(BINS)]


def with_code(text: str) -> Markup:
    """A sentence of ours: what stands in backticks is code."""
    parts = (Markup("<code>{}</code>").format(part) if number % 2 else part
             for number, part in enumerate(re.split(r"`([^`]*)`", text)))  # fmt: skip
    return Markup("").join(parts)


def as_csv(report: Report) -> str:
    """A row for each student: id, name, points in all, the penalty, of each cell; nothing where there are none."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", "name", "total", "late penalty", *map(as_text, report.cells.values())])
    for student, name in report.students.items():
        submission = report.submissions.get(student)
        row: list[str] = [as_text(student), as_text(name)]
        row += [plain(submission.total), plain(sum(submission.penalties.values()))] if submission else ["", ""]
        for place in report.cells:
            score = submission.scores.get(place) if submission else None
            row.append(plain(score.points) if score and score.decided else "")
        writer.writerow(row)
    return text.getvalue()


def plain(number: float) -> str:
    return f"{number:.10g}"


def as_text(text: str) -> str:
    """A student may be called =HYPERLINK(...): with an apostrophe in front, spreadsheets take it for a name."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
