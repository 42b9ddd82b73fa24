"""A card is what a learner sees of a verdict, a hint or the progress: HTML, and the same as plain text."""

import html
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from minigrad.course.exercise import Exercise
from minigrad.course.progress_file import Row
from minigrad.course.verdict import Correct, Incorrect, NotAttempted, Result, Verdict
from minigrad.course.words import shortened
from minigrad.viz.compare import Comparison

TRY = "To see what happens, run the lines in a new cell; then say why, and predict again."
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#767676"
STATES = {"solved": "✓", "begun": "◐", "not attempted": "○"}
COLOURS = {"✓": BLUE, "✗": ORANGE, "!": ORANGE, "○": GREY}


class Card:
    """Shown by IPython as HTML or as plain text, whichever the frontend can do."""

    def __init__(self, text: str, body: str):
        # A learner may print half of a character; a kernel cannot send it, and would lose the whole card.
        self.text, self.body = (form.encode("utf-8", "replace").decode() for form in (text, body))

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.body

    def show(self) -> None:
        """Display it in a notebook, print its text elsewhere."""
        if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
            from IPython.display import display

            display(self)
        else:
            coding = getattr(sys.stdout, "encoding", None) or "utf-8"  # a terminal may not know the glyphs
            print(self.text.encode(coding, "replace").decode(coding))


def verdict_card(verdict: Verdict) -> Card:
    """What was found out, case by case, with the belief behind it; hints, or the explanation once it is solved."""
    exercise = verdict.exercise
    title = f"{verdict.glyph} Exercise {exercise.id} · {exercise.title} — {verdict.word}"
    counted = f"{verdict.passed} of {len(verdict.results)} checks passed" if verdict.results else ""
    points = f"{verdict.points:g} of {exercise.points} points"
    summary = ", ".join(part for part in (counted, points) if part)
    advice = [text for text in (verdict.reason, verdict.held.message if verdict.held else "") if text]
    if isinstance(verdict, NotAttempted):
        advice.insert(0, "It still behaves like the code you were given.")
    ratio = verdict.passed / len(verdict.results) if verdict.results else 0
    more = _folded("Why", exercise.explanation) if isinstance(verdict, Correct) else "".join(
        _folded(f"Hint {i} of {len(exercise.hints)}", hint) for i, hint in enumerate(exercise.hints, 1))

    text = [title, summary, *advice]
    text += [f"    {line}" for result in _said_once(verdict.results) for line in _result_text(result)]
    if isinstance(verdict, Correct):
        text.append(exercise.explanation)
    elif isinstance(verdict, Incorrect):
        text.append(f'hint("{exercise.id}") gives a hint.{" " + TRY if exercise.kind == "predict" else ""}')
    body = _heading(title) + _bar(ratio, summary)
    body += "".join(f"<p style='margin:8px 0'>{_marked(line)}</p>" for line in advice)
    body += _results(verdict.results)
    if isinstance(verdict, Incorrect) and exercise.kind == "predict":
        body += f"<p style='margin:8px 0'>{TRY}</p>"
    body += more
    return Card("\n".join(text), _frame(body, COLOURS[verdict.glyph]))


def hint_card(title: str, text: str) -> Card:
    """One hint."""
    return Card(f"{title}\n{text}", _frame(_heading(title) + f"<p style='margin:8px 0'>{_marked(text)}</p>", GREY))


def note_card(sentence: str) -> Card:
    """One sentence."""
    return Card(sentence, _frame(f"<p style='margin:0'>{_marked(sentence)}</p>", GREY))


def recall_card(exercise_id: str, words: str, why: str) -> Card:
    """A belief that an answer fitted once, to be thought about again before its truth is unfolded."""
    title = f"Looking back at exercise {exercise_id}"
    question = f"An answer of yours fitted this: “{words}” Say why it is not so, before you unfold the answer."
    body = _heading(title) + f"<p style='margin:8px 0'>{_marked(question)}</p>" + _folded("Why it is not so", why)
    return Card("\n".join([title, question, why]), _frame(body, GREY))


def progress_card(rows: Iterable[Row], following: Exercise | None = None) -> Card:
    """All exercises, with the points so far, and which one comes next; as HTML, a lesson unfolds its own."""
    rows = list(rows)
    summary = _points(rows)
    text = ["Progress: " + summary]
    text += [f"    {STATES[row.state]} {row.id}  {row.title} — {row.points:g} of {row.of}, {row.state}" for row in rows]
    comes_next = next_sentence(following) if following else "Everything is solved."
    text.append(comes_next)
    done, of = sum(row.points for row in rows), sum(row.of for row in rows)
    body = _heading("Progress") + _bar(done / of if of else 0, summary)
    body += f"<p style='margin:8px 0'>{_marked(comes_next)}</p>"
    for lesson, group in groupby(rows, lambda row: row.id.partition(".")[0]):
        body += _lesson(lesson, list(group), following is not None and following.lesson == lesson)
    return Card("\n".join(text), _frame(body, BLUE))


def next_sentence(following: Exercise) -> str:
    """Where to go on. A title that asks has its own mark at the end."""
    return f"Next: exercise {following.id}, {following.title}" + "." * (not following.title.endswith("?"))


def _points(rows: Iterable[Row]) -> str:
    rows = list(rows)
    return f"{sum(row.points for row in rows):g} of {sum(row.of for row in rows)} points"


def _lesson(lesson: str, rows: list[Row], unfolded: bool) -> str:
    """One line for a lesson, which unfolds the table of its exercises."""
    solved = sum(row.state == "solved" for row in rows)
    state = "solved" if solved == len(rows) else "begun" if any(row.tries for row in rows) else "not attempted"
    cell = "<td style='text-align:left;padding:2px 12px 2px 0'>"
    table = "".join(
        f"<tr>{cell}{STATES[row.state]} {row.state}</td>{cell}{_marked(row.id)}</td>{cell}{_marked(row.title)}</td>"
        f"{cell}{row.points:g} of {row.of}</td></tr>" for row in rows)
    head = "".join(f"<th style='text-align:left;padding:2px 12px 2px 0'>{name}</th>"
                   for name in ("State", "Exercise", "Title", "Points"))
    line = f"{STATES[state]} Lesson {lesson}: {solved} of {len(rows)} solved, {_points(rows)}"
    return (f"<details style='margin:2px 0'{' open' if unfolded else ''}>"
            f"<summary style='display:list-item;cursor:pointer'>{_marked(line)}</summary>"
            f"<table style='margin:2px 0 6px 16px'><tr>{head}</tr>{table}</table></details>")


def _result_text(result: Result) -> list[str]:
    """A case in plain text: its title, and what differs in aligned lines."""
    lines = [f"{result.mark[0]} {result.title}"]
    if said := _said(result):
        lines.append(f"    {said}")
    lines += [f"    Warning: {warning}" for warning in result.warnings]
    lines += [f"    {head}{line}" for head, line in _table(result)]
    return lines + ([f"    {line}" for line in _walks(result.comparison)] if result.comparison else [])


def _said(result: Result) -> str:
    """The sentence, or else at least which call it was."""
    return result.sentence or (f"`{result.call}`" if result.call and result.differences else "")


def _said_once(results: Iterable[Result]) -> Iterable[Result]:
    """The results, without what one before has said already: the sentence of the last one, a warning of any."""
    before = ""
    warned: set[str] = set()
    for result in results:
        same = result.sentence and result.sentence == before
        before = result.sentence
        result = replace(result, warnings=tuple(text for text in result.warnings if text not in warned))
        warned.update(result.warnings)
        yield replace(result, sentence="", call="") if same else result


def _table(result: Result) -> list[tuple[str, str]]:
    """The lines, each with its head: what was run; expected above got, aligned; what the learner's code printed."""
    rows = []
    told = result.differences[:4]
    for difference in told:
        rows.append((difference.what or ("value" if len(told) > 1 else ""), "expected", difference.expected))
        rows.append(("", "got", difference.got))
    if result.printed.strip():
        rows.append(("", "printed", shortened(result.printed.rstrip())))
    wide = max((len(what) for what, _, _ in rows), default=0)
    lines = [("", line) for line in result.program.rstrip().splitlines()]
    for what, name, value in rows:
        head = f"{what:<{wide}}  {name:<8}  " if wide else f"{name:<8}  "
        first, *others = value.splitlines() or [""]
        lines += [(head, first), *((" " * len(head), line) for line in others)]
    return lines


def _frame(body: str, colour: str) -> str:
    style = (f"border:1px solid var(--jp-border-color2, #c8c8c8);border-left:5px solid {colour};border-radius:3px;"
             "padding:10px 14px;margin:4px 0;max-width:720px;line-height:1.5;"
             "color:var(--jp-content-font-color1, #1a1a1a);background:var(--jp-layout-color0, #ffffff);"
             "font-family:var(--jp-content-font-family, system-ui, sans-serif);font-size:14px")
    return f'<div class="minigrad-card" style="{style}">{body}</div>'


def _heading(title: str) -> str:
    return f"<div style='font-size:16px;font-weight:600'>{_marked(title)}</div>"


def _bar(ratio: float, words: str) -> str:
    """How far: a bar, and the same in words beside it."""
    outer = ("display:inline-block;width:168px;height:7px;border:1px solid #767676;border-radius:2px;"
             "vertical-align:middle;background:var(--jp-layout-color2, #eeeeee)")
    inner = f"display:block;width:{100 * ratio:.0f}%;height:100%;background:{BLUE}"
    return (f"<div style='margin:4px 0'><span aria-hidden='true' style='{outer}'><span style='{inner}'></span></span> "
            f"{_marked(words)}</div>")


def _results(results: Iterable[Result]) -> str:
    items = []
    for result in _said_once(results):
        glyph, word = result.mark
        mark = f"<span role='img' aria-label='{word}' style='font-weight:700'>{glyph}</span>"
        said = _said(result)
        # What did not fail and says no more shares its line with others: JupyterLab scrolls on to the next cell, and a
        # long card would lose its top, where the belief is named.
        brief = (result.passed or not result.attempted) and not (said or result.warnings or _table(result))
        place = "display:inline-block;margin:2px 16px 2px 0" if brief else "margin:4px 0"
        item = f"<li style='{place};list-style:none'>{mark} {_marked(result.title)}"
        item += f"<div style='margin-left:20px'>{_marked(said)}</div>" if said else ""
        item += "".join(f"<div style='margin-left:20px'>Warning: {_marked(text)}</div>" for text in result.warnings)
        table = "".join(_wrapped(head, line) for head, line in _table(result))
        pre = ("margin:2px 0 2px 20px;font-family:var(--jp-code-font-family, monospace), monospace;font-size:13px;"
               "white-space:pre-wrap;overflow-wrap:anywhere;color:inherit;background:transparent")
        item += f"<pre style='{pre}'>{table}</pre>" if table else ""
        if result.comparison:
            pictures = _unfolding("Both at that step", result.comparison.pictures())
            item += f"<div style='margin-left:20px'>{_marked(_walks(result.comparison)[0])}{pictures}</div>"
        items.append(item + "</li>")
    return f"<ul style='margin:6px 0 6px 12px;padding:0'>{''.join(items)}</ul>"


def _walks(comparison: Comparison) -> list[str]:
    """Where a walk and the right one part, in words."""
    first, *others = comparison.text.splitlines()
    return [first[0].upper() + first[1:], *others]


def _wrapped(head: str, line: str) -> str:
    """A line that goes on in the next one, below where it began: one that scrolls is out of reach without a mouse."""
    start = len(head) or 4
    style = f"display:block;padding-left:{start}ch;text-indent:-{start}ch"
    return f"<span style='{style}'>{html.escape(head + line)}\n</span>"


def _folded(title: str, text: str) -> str:
    return _unfolding(title, f"<p style='margin:4px 0 4px 16px'>{_marked(text)}</p>")


def _unfolding(title: str, body: str) -> str:
    # JupyterLab's own style takes away the triangle of a summary.
    summary = f"<summary style='display:list-item;cursor:pointer'>{_marked(title)}</summary>"
    return f"<details style='margin:6px 0'>{summary}{body}</details>"


def _marked(text: str) -> str:
    """Escaped; what stands between backticks is code."""
    parts = html.escape(text).split("`")
    code = "<code style='background:transparent;color:inherit;padding:0'>{}</code>"
    if len(parts) % 2 == 0:  # an odd backtick opens nothing
        return "`".join(parts)
    return "".join(code.format(part) if i % 2 else part for i, part in enumerate(parts))
