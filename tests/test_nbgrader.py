"""The exercises go through nbgrader as an instructor runs it: full marks for what is right, and for nothing else."""

import json
import shutil

import pytest
from nbgrading import (
    ROOT,
    TOPICS,
    answered,
    assert_other_right_answers_get_full_marks,
    assert_wrong_answers_are_refused_with_their_own_messages,
    exercises_of,
    grade,
    with_every_answer,
)

from minigrad.course.build_exercises import run_nbgrader
from minigrad.course.exercise import registry
from minigrad.course.notebook_file import read
from minigrad.course.source_notebook import hidden_seed

LESSON_01 = "01_requires_grad"


@pytest.fixture(scope="module")
def all_graded(tmp_path_factory):
    """Of each topic the solution and the untouched release; of lesson 01, one with its own check."""
    submissions = {
        topic: {
            "solution": read(ROOT / "solutions" / topic / f"{topic}.ipynb"),
            "untouched": answered(topic, {}),
        }
        for topic in TOPICS
    }
    first = exercises_of(LESSON_01)[0]
    own_check = f"{first.stub}\ndef check(*_, **__): return {first.points}"
    submissions[LESSON_01]["impostor"] = answered(LESSON_01, {first.id: own_check})
    return grade(tmp_path_factory.mktemp("course"), submissions)


@pytest.fixture(params=TOPICS)
def graded(request, all_graded):
    return all_graded[request.param]


def test_the_solution_gets_full_marks(graded):
    scores = graded.scores["solution"]
    assert len(scores) == 2 * len(exercises_of(graded.topic))
    assert {name: score for name, score in scores.items() if score[0] != score[1]} == {}


def test_the_untouched_release_runs_through_gets_nothing_and_says_so(graded):
    assert {score for score, _ in graded.scores["untouched"].values()} == {0}
    outputs = [output for cell in graded.notebook("untouched")["cells"] for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    for exercise in exercises_of(graded.topic):
        assert "not attempted" in graded.shown("untouched", f"{exercise.cell_prefix}check")


def test_another_function_of_that_name_is_not_the_hidden_check(all_graded):
    scores = all_graded[LESSON_01].scores["impostor"]
    assert sum(name.endswith("-hidden") for name in scores) == len(exercises_of(LESSON_01))
    assert [score for name, (score, _) in scores.items() if name.endswith("-hidden") and score] == []


def test_each_answer_to_lesson_01_is_told_apart(tmp_path):
    # Those to all other lessons take long; see full/test_answers_through_nbgrader.py. That every program is told apart
    # is proved in course/, with the check that the notebooks call.
    graded = with_every_answer(LESSON_01, tmp_path)
    assert_wrong_answers_are_refused_with_their_own_messages(graded)
    assert_other_right_answers_get_full_marks(graded)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_release_holds_neither_answers_nor_hidden_checks(topic):
    text = json.dumps(read(ROOT / "exercises" / topic / f"{topic}.ipynb"))
    assert "BEGIN" not in text and "seed=" not in text
    for exercise in exercises_of(topic):
        assert str(hidden_seed(exercise)) not in text
        assert json.dumps(exercise.reference)[1:-1] not in text
    assert [path.name for path in (ROOT / "solutions" / topic).iterdir()] == [f"{topic}.ipynb"]


def test_no_check_of_the_release_passes_nbgraders_validation(tmp_path):
    for topic in TOPICS:
        shutil.copy(ROOT / "exercises" / topic / f"{topic}.ipynb", tmp_path)
    result = run_nbgrader(tmp_path, "validate", "--invert", *(f"{topic}.ipynb" for topic in TOPICS))
    assert result.returncode == 0, result.stderr
    # The hidden cells, emptied, have nothing to fail on; the ones that learners see must all fail.
    assert result.stdout.count("NOTEBOOK PASSED ON") == len(TOPICS)
    for exercise in registry().values():
        assert exercise.check_source not in result.stdout
