"""The exercises go through nbgrader as an instructor runs it: full marks for what is right, and for nothing else."""

import json
import shutil

import pytest
from nbgrading import (
    ROOT,
    TOPICS,
    Graded,
    answered,
    assert_other_right_answers_get_full_marks,
    assert_wrong_answers_are_refused_with_their_own_messages,
    exercises_of,
    with_every_answer,
)

from minigrad.course.build_exercises import hidden_seed, run_nbgrader
from minigrad.course.notebook_file import read

# One worker for all of it: what the first test makes, the others look at.
pytestmark = pytest.mark.xdist_group("kernels")  # see conftest.py


@pytest.fixture(scope="module", params=TOPICS)
def graded(request, tmp_path_factory):
    """The solution, the untouched release, and one that brings its own check."""
    topic = request.param
    first = exercises_of(topic)[0]
    return Graded(topic, tmp_path_factory.mktemp("course"), {
        "solution": read(ROOT / "solutions" / topic / f"{topic}.ipynb"),
        "untouched": answered(topic, {}),
        "impostor": answered(topic, {first.id: f"{first.stub}\ndef check(*_, **__): return {first.points}"}),
    })  # fmt: skip


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


def test_another_function_of_that_name_is_not_the_hidden_check(graded):
    scores = graded.scores["impostor"]
    assert [score for name, (score, _) in scores.items() if name.endswith("-hidden") and score] == []


def test_each_answer_to_lesson_01_is_told_apart(tmp_path):
    # Those to all other lessons take long; see full/test_answers_through_nbgrader.py. That every program is told apart
    # is proved in course/, with the check that the notebooks call.
    graded = with_every_answer("01_requires_grad", tmp_path)
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


@pytest.mark.parametrize("topic", TOPICS)
def test_no_check_of_the_release_passes_nbgraders_validation(topic, tmp_path):
    shutil.copy(ROOT / "exercises" / topic / f"{topic}.ipynb", tmp_path)
    result = run_nbgrader(tmp_path, "validate", "--invert", f"{topic}.ipynb")
    assert result.returncode == 0, result.stderr
    # The hidden cells, emptied, have nothing to fail on; the ones that learners see must all fail.
    for exercise in exercises_of(topic):
        assert exercise.check_source not in result.stdout
