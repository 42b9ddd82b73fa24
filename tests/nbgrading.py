"""Answers handed in to nbgrader, and what it makes of them: what the tests of the release share."""

import json
import shutil
from pathlib import Path

from nbgrader.api import Gradebook

from minigrad.course.build_exercises import run_in
from minigrad.course.exercise import registry
from minigrad.course.notebook_file import read
from minigrad.course.source_notebook import topics

ROOT = Path(__file__).parent.parent
TOPICS = sorted(topics().values())
EXERCISES = list(registry().values())


def exercises_of(topic):
    return [exercise for exercise in EXERCISES if exercise.lesson == topic[:2]]


def programs(exercise):
    """(kind, program, what the card must say) for each wrong and each other right answer of an exercise."""
    wrong = [("wrong", held.program, held.message) for held in exercise.beliefs]
    right = [("right", program, "") for program in exercise.also_right]
    return wrong + right


def answered(topic, answers):
    """The release with programs in the answer cells, `{exercise id: program}`."""
    notebook = read(ROOT / "exercises" / topic / f"{topic}.ipynb")
    by_name = {f"{exercise.cell_prefix}answer": answers.get(exercise.id) for exercise in exercises_of(topic)}
    for cell in notebook["cells"]:
        program = by_name.get(cell["metadata"]["nbgrader"]["grade_id"])
        if program is not None:
            cell["source"] = program
    return notebook


def students(topic):
    """The answers of each student: the first program of every exercise, the second of every one, and so on.

    Where exercises build on others, a student has one program, and the right answers to all others around it.
    """
    references = {exercise.id: exercise.reference for exercise in exercises_of(topic)}
    answers = {}
    for exercise in exercises_of(topic):
        for number, (_, program, _) in enumerate(programs(exercise)):
            around = references if builds(topic) else {}
            answers.setdefault(student(exercise, number), dict(around))[exercise.id] = program
    return answers


def builds(topic):
    return any(exercise.builds_on for exercise in exercises_of(topic))


def student(exercise, number):
    """Who handed in this program."""
    return f"student-{exercise.id}-{number}" if builds(topics()[exercise.lesson]) else f"student-{number}"


# All that nbgrader's own commands do, in one process for all assignments: each start of one takes seconds.
GRADE = """
import sys
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py").load_config())
for topic in sys.argv[1:]:
    tasks = [api.generate_assignment(topic)]
    tasks += [api.autograde(topic, student) for student in sorted(api.get_submitted_students(topic))]
    for task in tasks:
        if not task["success"]:
            sys.exit(task["log"] + task.get("error", ""))
"""


def grade(root, submissions):
    """Have nbgrader grade what is handed in, `{topic: {student: notebook}}`: a Graded for each topic."""
    for topic, notebooks in submissions.items():
        shutil.copytree(ROOT / "solutions" / topic, root / "solutions" / topic)
        for student, notebook in notebooks.items():
            path = root / "submitted" / student / topic / f"{topic}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(notebook), encoding="utf-8")
    result = run_in(root, "-c", GRADE, *submissions)
    assert result.returncode == 0, result.stderr
    return {topic: Graded(topic, root) for topic in submissions}


class Graded:
    """The graded submissions of one assignment; `scores` by student and cell are (points, of how many)."""

    def __init__(self, topic, root):
        self.topic, self.root, self.scores = topic, root, {}
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            for submission in gradebook.assignment_submissions(topic):
                self.scores[submission.student.id] = {
                    grade.cell.name: (grade.score, grade.max_score)
                    for notebook in submission.notebooks for grade in notebook.grades
                }

    def notebook(self, student):
        return read(self.root / "autograded" / student / self.topic / f"{self.topic}.ipynb")

    def shown(self, student, name):
        """What a graded cell printed and displayed, as one line of text."""
        cells = self.notebook(student)["cells"]
        [cell] = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == name]
        said = []
        for output in cell["outputs"]:
            plain = output.get("text", output.get("data", {}).get("text/plain", ""))
            said.append(plain if isinstance(plain, str) else "".join(plain))
        return " ".join(" ".join(said).split())


def with_every_answer(topic, root):
    """The assignment with all wrong and other right answers that its exercises know."""
    return grade(root, {topic: {name: answered(topic, answers) for name, answers in students(topic).items()}})[topic]


def assert_wrong_answers_are_refused_with_their_own_messages(graded):
    for exercise in exercises_of(graded.topic):
        for number, (kind, program, message) in enumerate(programs(exercise)):
            if kind == "wrong":
                who = student(exercise, number)
                for cell in ("check", "hidden"):
                    score, points = graded.scores[who][f"{exercise.cell_prefix}{cell}"]
                    assert 0 <= score < points == exercise.points, (exercise.id, cell, program)
                assert message in graded.shown(who, f"{exercise.cell_prefix}check"), (exercise.id, program)


def assert_other_right_answers_get_full_marks(graded):
    for exercise in exercises_of(graded.topic):
        for number, (kind, program, _) in enumerate(programs(exercise)):
            if kind == "right":
                for cell in ("check", "hidden"):
                    score = graded.scores[student(exercise, number)][f"{exercise.cell_prefix}{cell}"]
                    assert score == (exercise.points, exercise.points), (exercise.id, cell, program)
