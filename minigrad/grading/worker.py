"""The trusted side of one worker: it holds a warm process, and grades one submission after the other."""

import json
from collections.abc import Callable, Collection
from dataclasses import replace

import nbformat
from nbformat import NotebookNode

from minigrad.grading import assignment, chance
from minigrad.grading.copy_of_process import Ended, in_a_copy
from minigrad.grading.fitness import fitness
from minigrad.grading.marking import Marked, Marking, Rules
from minigrad.grading.record import Graded, Job, MarkedNotebook, Task, graded_from, to_json
from minigrad.grading.sandbox.start import Zygote


class Grader:
    """Grades submissions to one assignment. `alarm(cell, seconds)` is called before each thing that may hang here.

    What hangs in C code cannot be stopped from within the process: whoever started it kills it once the seconds have
    passed, and has the submission graded again with that cell, "notebook:grade_id", among those to `skip`.
    """

    def __init__(self, task: Task, alarm: Callable[[str, float], None] = lambda cell, seconds: None,
                 sandboxed: bool = True) -> None:  # fmt: skip
        self.task, self.alarm = task, alarm
        self.zygote = Zygote()  # first: its memory must never have held a test
        chance.count_seedings()
        self.masters = {name: nbformat.reads(data.decode(), as_version=4) for name, data in task.masters.items()}
        self.rules = {name: self.rules_of(name) for name in task.masters}

    def rules_of(self, name: str) -> Rules:
        rules = Rules(assignment.read(name, self.masters[name]), self.task.limits, self.task.hidden, self.task.files)
        found = json.loads(in_a_copy(lambda: json.dumps(fitness(rules, self.zygote, self.alarm)).encode()))
        return replace(rules, **found)

    @property
    def isolation(self) -> str:
        """What fences the students' processes in, in a line."""
        return self.zygote.isolation

    @property
    def unfit(self) -> dict[str, str]:
        """The test cells, as "notebook:grade_id", that cannot be run on another process's objects, and why."""
        return {f"{name}:{cell}": why for name, rules in self.rules.items() for cell, why in rules.unfit.items()}

    def grade(self, job: Job, skip: Collection[str] = ()) -> Graded:
        self.zygote.revive()
        try:
            return graded_from(in_a_copy(lambda: to_json(self.graded(job, skip))))
        except Ended as error:
            return Graded(job.student, problem=str(error))

    def graded(self, job: Job, skip: Collection[str]) -> Graded:
        files = {name: data for name, data in job.files.items() if not name.endswith(".ipynb")}
        marked = []
        for name, rules in self.rules.items():
            notebook = nbformat.reads(job.files[f"{name}.ipynb"].decode(), as_version=4)
            cells = assignment.read(name, notebook).cells
            outcome = Marking(rules, self.zygote, self.alarm, skip, files).run(cells)
            fill(notebook, outcome)
            told = nbformat.writes(notebook)
            marked.append(MarkedNotebook(name, tuple(outcome.verdicts), told, tuple(outcome.notes)))
        return Graded(job.student, tuple(marked))

    def close(self) -> None:
        self.zygote.close()


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
