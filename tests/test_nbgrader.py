"""The exercises go through nbgrader as an instructor runs it: full marks for what is right, and for nothing else."""

import json
import os
import shutil
from itertools import zip_longest
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from minigrad.course.build_exercises import hidden_seed, run_nbgrader, topics
from minigrad.course.exercise import registry
from minigrad.course.notebook_file import read

# One worker for all of it: what the first test makes, the others look at.
pytestmark = pytest.mark.xdist_group("kernels")  # see conftest.py

ROOT = Path(__file__).parent.parent
TOPICS = sorted(topics().values())
# nbgrader takes more than a second for a notebook: all lessons go through it only where that is asked for. That every
# program is told apart is proved in course/, with the check that the notebooks call.
GRADED = TOPICS if "MINIGRAD_FULL" in os.environ else [topic for topic in TOPICS if topic.startswith("01")]
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
    """One student for each column of programs: the first wrong answer of every exercise, the second, and so on.

    Where exercises build on others, a wrong answer has right ones around it.
    """
    columns = zip_longest(*[programs(exercise) for exercise in exercises_of(topic)])
    for number, column in enumerate(columns):
        given = {exercise: program for exercise, program in zip(exercises_of(topic), column, strict=True) if program}
        together = {exercise.id: program for exercise, (kind, program, _) in given.items()
                    if kind == "right" or not builds(topic)}
        if together:
            yield f"student-{number}", together
        for exercise, (_, program, _) in given.items():
            if exercise.id not in together:
                right = {other.id: other.reference for other in exercises_of(topic)}
                yield student(exercise, number, "wrong"), right | {exercise.id: program}


def builds(topic):
    return any(exercise.builds_on for exercise in exercises_of(topic))


def student(exercise, number, kind):
    """Who handed in this program."""
    alone = kind == "wrong" and builds(topics()[exercise.lesson])
    return f"student-{exercise.id}-{number}" if alone else f"student-{number}"


@pytest.fixture(scope="module", params=GRADED)
def graded(request, tmp_path_factory):
    """All submissions of one assignment, autograded in one go: (topic, folder, scores by student and cell)."""
    topic, root = request.param, tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions" / topic, root / "solutions" / topic)
    submissions = {name: answered(topic, answers) for name, answers in students(topic)}
    submissions["untouched"] = answered(topic, {})
    first = exercises_of(topic)[0]
    submissions["impostor"] = answered(topic, {first.id: f"{first.stub}\ndef check(*_, **__): return {first.points}"})
    submissions["solution"] = read(ROOT / "solutions" / topic / f"{topic}.ipynb")
    for student, notebook in submissions.items():
        path = root / "submitted" / student / topic / f"{topic}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")
    for arguments in [("generate_assignment", topic, "--create"), ("autograde", topic, "--create")]:
        result = run_nbgrader(root, *arguments)
        assert result.returncode == 0, result.stderr
    scores = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(topic):
            scores[submission.student.id] = {
                grade.cell.name: (grade.score, grade.max_score)
                for notebook in submission.notebooks for grade in notebook.grades
            }
    return topic, root, scores


def shown(root, topic, student, name):
    """What a graded cell printed and displayed, as one line of text."""
    notebook = read(root / "autograded" / student / topic / f"{topic}.ipynb")
    [cell] = [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name]
    said = []
    for output in cell["outputs"]:
        plain = output.get("text", output.get("data", {}).get("text/plain", ""))
        said.append(plain if isinstance(plain, str) else "".join(plain))
    return " ".join(" ".join(said).split())


def test_the_solution_gets_full_marks(graded):
    topic, _, scores = graded
    assert len(scores["solution"]) == 2 * len(exercises_of(topic))
    assert {name: score for name, score in scores["solution"].items() if score[0] != score[1]} == {}


def test_the_untouched_release_runs_through_gets_nothing_and_says_so(graded):
    topic, root, scores = graded
    assert {score for score, _ in scores["untouched"].values()} == {0}
    notebook = read(root / "autograded" / "untouched" / topic / f"{topic}.ipynb")
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    for exercise in exercises_of(topic):
        assert "not attempted" in shown(root, topic, "untouched", f"{exercise.cell_prefix}check")


def test_another_function_of_that_name_is_not_the_hidden_check(graded):
    _, _, scores = graded
    assert [score for name, (score, _) in scores["impostor"].items() if name.endswith("-hidden") and score] == []


def test_every_known_wrong_answer_is_refused_with_its_own_message(graded):
    topic, root, scores = graded
    for exercise in exercises_of(topic):
        for number, (kind, program, message) in enumerate(programs(exercise)):
            if kind == "wrong":
                who = student(exercise, number, kind)
                for cell in ("check", "hidden"):
                    score, points = scores[who][f"{exercise.cell_prefix}{cell}"]
                    assert 0 <= score < points == exercise.points, (exercise.id, cell, program)
                assert message in shown(root, topic, who, f"{exercise.cell_prefix}check"), (exercise.id, program)


def test_every_other_right_answer_gets_full_marks(graded):
    topic, _, scores = graded
    for exercise in exercises_of(topic):
        for number, (kind, program, _) in enumerate(programs(exercise)):
            if kind == "right":
                for cell in ("check", "hidden"):
                    score = scores[f"student-{number}"][f"{exercise.cell_prefix}{cell}"]
                    assert score == (exercise.points, exercise.points), (exercise.id, cell, program)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_release_holds_neither_answers_nor_hidden_checks(topic):
    text = json.dumps(read(ROOT / "exercises" / topic / f"{topic}.ipynb"))
    assert "BEGIN" not in text and "seed=" not in text
    for exercise in exercises_of(topic):
        assert str(hidden_seed(exercise)) not in text
        assert json.dumps(exercise.reference)[1:-1] not in text
    assert [path.name for path in (ROOT / "solutions" / topic).iterdir()] == [f"{topic}.ipynb"]


@pytest.mark.parametrize("topic", TOPICS)
def test_no_check_of_the_release_passes_nbgraders_validation(topic, tmp_path):
    shutil.copy(ROOT / "exercises" / topic / f"{topic}.ipynb", tmp_path)
    result = run_nbgrader(tmp_path, "validate", "--invert", f"{topic}.ipynb")
    assert result.returncode == 0, result.stderr
    # The hidden cells, emptied, have nothing to fail on; the ones that learners see must all fail.
    for exercise in exercises_of(topic):
        assert exercise.check_source not in result.stdout
