"""The trusted side of one worker: it holds a warm process, and grades one submission after the other."""

import gc
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

import nbformat
from nbformat import NotebookNode

from minigrad.grading import assignment, chance, patches, testcell
from minigrad.grading.ahead import import_all
from minigrad.grading.assignment import MARKED_BY_HAND, TEST, Assignment
from minigrad.grading.copy_of_process import in_a_copy
from minigrad.grading.fitness import fitness
from minigrad.grading.magics import UNPARSABLE
from minigrad.grading.marking import Marked, Marking, Rules
from minigrad.grading.own_answers import has_answers
from minigrad.grading.record import MISSING, Graded, Job, MarkedNotebook, Task, Verdict
from minigrad.grading.repair import Unreadable
from minigrad.grading.sandbox.either import Sandboxes
from minigrad.grading.submission import Reader
from minigrad.grading.which_notebook import find_notebooks, shown

Alarm = Callable[[str, float], None]
NOT_HANDED_IN = "The notebook was not handed in."


class Grader:
    """Grades submissions to one assignment. An `alarm(cell, seconds)` is called before each thing that may hang here.

    What hangs in C code cannot be stopped from within the process: whoever started it kills it once the seconds have
    passed, and has the submission graded again with that cell, "notebook:grade_id", among those to `skip`.
    """

    def __init__(self, task: Task, sandboxes: Sandboxes, alarm: Alarm) -> None:
        self.task, self.sandboxes = task, sandboxes
        masters = {name: notebook(data) for name, data in task.masters.items()}
        assignments = {name: assignment.read(name, master) for name, master in masters.items()}
        modules = [item for each in assignments.values() for item in each.modules.items()]
        # A program of its own, the warm process knows nothing of the tests; not even what they import.
        sandboxes.expect({name for kind, names in modules if kind != TEST for name in names})
        self.masters = masters
        import_all({name for _, names in modules for name in names})
        chance.count_seedings()
        given = {name: (notebook(kept), notebook(shown)) for name, (kept, shown) in task.given.items()}
        self.readers = {name: Reader(*given[name], each.cells) for name, each in assignments.items()}
        self.given = {name: {each.cell.name or each.texts[0]: each.texts[0] for each in reader.given}
                      for name, reader in self.readers.items()}
        sandboxes.wait()
        self.rules = {name: self.rules_of(each, alarm) for name, each in assignments.items()}
        gc.collect()  # and freeze: a collection in a copy would write to, and so copy, all pages of this process
        gc.freeze()

    def rules_of(self, assignment: Assignment, alarm: Alarm) -> Rules:
        for cell in assignment.cells:
            if cell.kind == TEST:
                with suppress(*UNPARSABLE):  # told when it is run
                    testcell.compiled(cell)  # here, for all copies of this process
                patches.targets(cell)
        rules = Rules(assignment, self.task.limits, self.task.hidden, self.task.files)
        answered = has_answers(self.readers[assignment.name].given)
        found = json.loads(in_a_copy(lambda: json.dumps(fitness(rules, self.sandboxes, alarm, answered)).encode()))
        import_all(found.pop("modules"))
        if found["uses"] is not None:
            found["uses"] = {name: {(kind, what) for kind, what in uses} for name, uses in found["uses"].items()}
        return replace(rules, **found)

    @property
    def isolation(self) -> str:
        """What fences the students' processes in, in a sentence."""
        return self.sandboxes.isolation

    @property
    def unfit(self) -> dict[str, str]:
        """The test cells, as "notebook:grade_id", that are not run, and why."""
        return {f"{name}:{cell}": why for name, rules in self.rules.items() for cell, why in rules.unfit.items()}

    @property
    def remarks(self) -> list[str]:
        """What else the instructor is to know of the notebooks, before any student is marked."""
        return [remark for rules in self.rules.values() for remark in rules.remarks]

    def graded(self, job: Job, skip: Collection[str], alarm: Alarm) -> Graded:
        """To be called in a copy of this process: tests may leave anything behind."""
        found = find_notebooks(job.files, self.masters, self.given)
        files = {name: data for name, data in job.files.items() if not name.endswith(".ipynb")}
        own = {*found.paths.values(), *self.task.files, "timestamp.txt"}
        marked, problems = [], []
        for name, rules in self.rules.items():
            try:
                path = found.path(name)
                if path is None:
                    marked.append(missing(rules.assignment, job.files.keys() - own))
                    continue
                submission = self.readers[name].read(job.files[path])
            except Unreadable as error:
                problems.append(f"{name}.ipynb: {error}")
                continue
            if name in found.doubts:
                problems.append(f"{name}.ipynb: {found.doubts[name]}")
            outcome = Marking(rules, self.sandboxes, alarm, skip, files).run(submission.cells)
            fill(submission.notebook, outcome)
            notes = (*found.notes.get(name, ()), *submission.notes, *outcome.notes)
            told = json.dumps(submission.notebook)  # without nbformat's line breaks, which take it as long as all else
            marked.append(MarkedNotebook(name, tuple(outcome.verdicts), told, notes))
        return Graded(job.student, tuple(marked), " ".join(problems))


def notebook(data: bytes) -> NotebookNode:
    return nbformat.reads(data.decode(), as_version=4)


def missing(assignment: Assignment, there: Collection[str]) -> MarkedNotebook:
    """A notebook that was not handed in: as nbgrader has it, no points, also where a person would give them.

    What is `there` instead is told.
    """
    cells = [cell for cell in assignment.cells if cell.name and cell.kind in (TEST, *MARKED_BY_HAND)]
    verdicts = tuple(Verdict(cell.name, 0.0, cell.points, MISSING, NOT_HANDED_IN) for cell in cells)
    told = (f"In its place there is: {', '.join(map(shown, sorted(there)[:5]))}.",) if there else ()
    return MarkedNotebook(assignment.name, verdicts, "", (NOT_HANDED_IN, *told))


def fill(notebook: NotebookNode, marked: Marked) -> None:
    """Put below each code cell what it showed."""
    count = 0
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            count += place in marked.shown
            cell.outputs = [nbformat.from_dict(output) for output in marked.shown.get(place, [])]
            cell.execution_count = count if place in marked.shown else None
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
