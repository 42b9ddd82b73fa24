"""The trusted side of one worker: it holds a warm process, and grades one submission after the other."""

import json
from collections.abc import Callable, Collection
from pathlib import PurePosixPath

import nbformat

from minigrad.grading import assignment, marking
from minigrad.grading.record import Graded, Job, MarkedNotebook, Task
from minigrad.grading.sandbox.start import Zygote


class Grader:
    """Grades submissions to one assignment. `alarm(cell, seconds)` is called before each thing that may hang here.

    What hangs in C code cannot be stopped from within the process: whoever started it kills it once the seconds have
    passed, and has the submission graded again with that cell, "notebook:grade_id", among those to `skip`.
    """

    def __init__(self, task: Task, alarm: Callable[[str, float], None] = lambda cell, seconds: None) -> None:
        self.task, self.alarm = task, alarm
        self.zygote = Zygote()  # first: its memory must never have held a test
        self.masters = {
            name: assignment.read(name, nbformat.reads(data.decode(), as_version=4)) for name, data in task.masters.items()
        }

    def grade(self, job: Job, skip: Collection[str] = ()) -> Graded:
        marked = []
        for name, master in self.masters.items():
            notebook = nbformat.reads(job.files[f"{name}.ipynb"].decode(), as_version=4)
            own = assignment.read(PurePosixPath(name).name, notebook)
            outcome = marking.mark(master, list(own.cells), self.zygote, self.task.limits)
            marked.append(MarkedNotebook(name, tuple(outcome.verdicts), json.dumps(notebook)))
        return Graded(job.student, tuple(marked))

    def close(self) -> None:
        self.zygote.close()
