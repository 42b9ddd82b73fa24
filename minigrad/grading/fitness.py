"""Which test cells can be run on objects in another process: found out first, with the instructor's own answers.

They are marked twice: as a student's will be, and with everything in one process, as a notebook runs. A cell that then
gets fewer points the first way cannot be run that way.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from minigrad.grading.assignment import TEXT, Cell
from minigrad.grading.marking import Marking, Rules, earned
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox.either import Sandboxes

PATIENCE = 120.0  # seconds for each of the instructor's own cells, whatever those of students may take


def fitness(rules: Rules, sandboxes: Sandboxes, alarm: Callable[[str, float], None]) -> dict[str, Any]:
    """What has been found out: the fields `unfit`, `partial`, `uses` and `from_data` of the rules; and the `modules`
    that the tests have imported here, some of them only when something in a library was used."""
    before = set(sys.modules)
    cells = rules.assignment.cells
    most = {cell.name: cell.points for cell in cells}
    marked = Marking(rules, sandboxes, alarm).run(cells)
    partial = [name for name, value in marked.values.items() if is_points(value, most[name])]
    short = [each for each in marked.verdicts if each.points is not None and each.points < each.most]
    usual = in_one_process(rules, sandboxes, alarm) if short else {}
    unfit = {each.name: each.detail or each.reason for each in short if usual[each.name] > (each.points or 0)}
    modules = sorted(sys.modules.keys() - before)
    return {"unfit": unfit, "partial": partial, "uses": marked.uses, "from_data": marked.from_data, "modules": modules}


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
