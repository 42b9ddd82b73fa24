"""Each exercise's grader is proved with the exercise's own programs, and the proof itself is tried on broken ones."""

import dataclasses
import re
from pathlib import Path

import pytest
from sample import SLOPE

from minigrad.course.beliefs import BELIEFS
from minigrad.course.case import call, look, tensor
from minigrad.course.exercise import Held, find, registry
from minigrad.course.proof import prove
from minigrad.course.source_notebook import exercise_cells


@pytest.mark.parametrize("exercise", registry().values(), ids=registry())
def test_the_grader_tells_right_from_wrong(exercise):
    assert prove(exercise) == []


@pytest.mark.parametrize("exercise", registry().values(), ids=registry())
def test_the_same_seed_gives_the_same_cases(exercise):
    assert exercise.cases(5) == exercise.cases(5)


def test_ids_are_in_the_order_of_the_course():
    numbers = [tuple(map(int, name.split("."))) for name in registry()]
    assert numbers == sorted(numbers)


def test_beliefs_are_in_the_catalogue_under_their_own_id():
    assert all(belief.id == name for name, belief in BELIEFS.items())


def test_an_unknown_exercise_is_told_the_known_ones():
    with pytest.raises(LookupError, match=r"no exercise .?01\.99.*01\.1\b"):
        find("01.99")


LESSONS = sorted({exercise.lesson for exercise in registry().values()})


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_has_five_to_eight_exercises(number):
    assert 5 <= sum(exercise.lesson == number for exercise in registry().values()) <= 8


@pytest.mark.parametrize("number", LESSONS)
def test_the_lesson_says_how_long_its_exercises_take(number):
    minutes = sum(exercise.minutes for exercise in registry().values() if exercise.lesson == number)
    [lesson] = (Path(__file__).parents[2] / "notebooks").glob(f"{number}_*.py")
    said = re.findall(r"(\d+) minutes", lesson.read_text("utf-8").split("## Exercises\n")[1])
    assert said == [str(minutes)]


def faults(**changes):
    return prove(dataclasses.replace(SLOPE, **changes), seeds=(1,))


def test_only_the_form_of_the_sample_is_incomplete():
    assert faults() == ["2 beliefs; at least 5 are needed", "1 other right answers; at least 2 are needed"]


def test_a_refused_right_answer_is_found():
    wrong = ("def slope(f, x): return f(x)",)
    assert any("right answer 1 gets 0 points, not yet" in fault for fault in faults(also_right=wrong))


def test_an_accepted_belief_is_found():
    accepted = Held("flag-computes-now", SLOPE.reference, "")
    found = faults(beliefs=(accepted,))
    assert any("flag-computes-now gets 3 points, correct" in fault for fault in found)
    assert any("no case tells the reference from flag-computes-now" in fault for fault in found)


def test_two_beliefs_that_behave_alike_are_found():
    one = SLOPE.beliefs[1]
    found = faults(beliefs=(one, dataclasses.replace(one, belief="grad-starts-at-zero")))
    assert any("grad-starts-at-zero is told flag-computes-now" in fault for fault in found)
    assert any("no case tells flag-computes-now from grad-starts-at-zero" in fault for fault in found)


def test_a_belief_that_whoever_writes_nothing_seems_to_hold_is_found():
    empty = Held("flag-computes-now", "def slope(f, x): pass", "")
    assert "seed 1: 'def {name}(*args, **kwargs): pass' is told flag-computes-now" in faults(beliefs=(empty,))


def test_a_stub_that_gets_marks_is_found():
    assert any("the stub gets 3 points" in fault for fault in faults(stub=SLOPE.reference))


def test_a_reference_that_fails_is_found():
    found = faults(reference="def slope(f, x): return 1 / 0")
    assert any("could not be checked" in fault and "ZeroDivisionError" in fault for fault in found)


def test_a_belief_outside_the_catalogue_is_found():
    assert any("no belief 'moon'" in fault for fault in faults(beliefs=(Held("moon", "slope = 1", ""),)))


def test_a_call_is_shown_as_source():
    case = call("", "f", (1.0,), [2], tensor([1.0], "float64"), kwargs={"scale": {"a": 1}})
    assert str(case) == "f((1.0,), [2], torch.tensor([1.0], dtype=torch.float64), scale={'a': 1})"


def test_a_case_names_what_it_cannot_compare():
    with pytest.raises(ValueError, match="cannot compare colour"):
        look("w", compare=("colour",))


def test_a_picture_is_shown_below_the_text_with_its_words():
    picture = """
        from minigrad.viz import draw
        w = torch.tensor(2.0, requires_grad=True)
        picture = draw(w * w, names={"w": w})
        """
    text, *_ = exercise_cells(dataclasses.replace(SLOPE, picture=picture))
    assert text.source.index(SLOPE.text.strip()) < text.source.index('<img src="data:image/svg+xml;base64,')
    assert "output  mul(w, w)  MulBackward0" in text.source
