"""Which test cells can be run on objects in another process: found out first, with the instructor's own answers.

They are marked twice: as a student's will be, and with everything in one process, as a notebook runs. A cell that then
gets fewer points the first way cannot be run that way. One that gets none either way would take its points from all.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from minigrad.grading.assignment import RUN_BY_STUDENT, TEXT, Cell
from minigrad.grading.marking import Marked, Marking, Rules, earned
from minigrad.grading.record import TOO_SLOW, Limits, Verdict
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox.either import Sandboxes

PATIENCE = 120.0  # seconds for each of the instructor's own cells, whatever those of students may take


def fitness(rules: Rules, sandboxes: Sandboxes, alarm: Callable[[str, float], None],
            answered: bool) -> dict[str, Any]:  # fmt: skip
    """What has been found out: the fields `unfit`, `partial`, `uses`, `from_data` and `remarks` of the rules; and the
    `modules` that the tests have imported here, some of them only when something in a library was used.

    Of a notebook that is not `answered`, tests that fail say nothing: only students can pass them.
    """
    before = set(sys.modules)
    cells = rules.assignment.cells
    most = {cell.name: cell.points for cell in cells}
    marked = Marking(rules, sandboxes, alarm).run(cells)
    partial = [name for name, value in marked.values.items() if is_points(value, most[name])]
    short = [each for each in marked.verdicts if each.points is not None and each.points < each.most]
    usual = in_one_process(rules, sandboxes, alarm) if short else {}
    unfit = {each.name: why for each in short if (why := unfit_for(each, usual[each.name], rules.limits, answered))}
    remarks = [*remarks_on(rules, marked, bool(short), answered),
               *(f"{rules.assignment.name}:{name}: your own answer gets {points:g} of {most[name]:g} points"
                 for name in partial if (points := earned(marked.values[name], most[name])) < most[name])]  # fmt: skip
    # Where nobody has answered, nobody has used what correct answers will have.
    uses = marked.uses if answered else None
    return {"unfit": unfit, "partial": partial, "uses": uses, "from_data": marked.from_data, "remarks": remarks,
            "modules": sorted(sys.modules.keys() - before)}  # fmt: skip


def unfit_for(verdict: Verdict, usual: float, limits: Limits, answered: bool) -> str:
    """Why a test cell that takes points from the instructor's own answer gives none, and what to do; "" if it does."""
    said = (verdict.detail or verdict.reason).strip().rstrip(".:")
    if usual > (verdict.points or 0):
        if verdict.kind == TOO_SLOW:
            return f"your own answer takes more than {limits.seconds:g} seconds with it. Grade with a longer --timeout"
        return ("your own answer passes it in a notebook, but it cannot be run apart from a student's code "
                f"({said}). Have it compare what that code returns, or give its points by hand")  # fmt: skip
    if answered and not verdict.points:
        return f"your own answer does not pass it ({said}). Mend the one or the other, and grade again"
    return ""


def remarks_on(rules: Rules, marked: Marked, falls_short: bool, answered: bool) -> Iterator[str]:
    """What else the instructor is to know: the cells that fail, where that matters, and that there are no answers."""
    name = rules.assignment.name
    for place, cell in enumerate(rules.assignment.cells):
        errors = [shown for shown in marked.shown.get(place, []) if shown["output_type"] == "error"]
        for error in errors if cell.kind in RUN_BY_STUDENT else []:
            is_import = error["ename"] in ("ImportError", "ModuleNotFoundError")
            if is_import or falls_short and answered:
                advice = ". Install it in this environment" if is_import else ""
                yield f"{name}: cell {place + 1} fails with your own answers: {error['evalue']}{advice}"
    if falls_short and not answered:
        yield f"{name}: there are no answers of yours to try the tests with"


def is_points(value: Any, most: float) -> bool:
    return not isinstance(value, bool | str | bytes) and 0 < earned(value, most) <= most and float(value) <= most


def in_one_process(rules: Rules, sandboxes: Sandboxes, alarm: Callable[[str, float], None]) -> dict[str, float]:
    """The points of each test cell, by the rules of nbgrader."""
    remote = Remote(sandboxes.sandbox(rules.limits, rules.files), {}, {})
    points = {}
    try:
        for number, cell in enumerate(rules.assignment.cells, 1):
            if cell.kind != TEXT:
                alarm(f"{rules.assignment.name}:{cell.name or f'cell {number}'}", PATIENCE)
                points[cell.name] = usual_points(cell, *json.loads(remote.ask("cell", cell.source)))
        alarm("", 0)
    finally:
        remote.sandbox.close()
    return points


def usual_points(cell: Cell, shown: list[dict], succeeded: bool) -> float:
    if not succeeded:
        return 0.0
    values = [item["data"].get("text/plain", "") for item in shown if item["output_type"] == "execute_result"]
    try:
        return float(values[-1])
    except (IndexError, ValueError):
        return cell.points
