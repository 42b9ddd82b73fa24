"""A learner's first half hour in JupyterLab, in a real browser: a lesson, wrong and right answers, and the next day."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from jupyters import CHROMIUM, STEPPER, assert_shows, serving
from learner import Learner, expect, shown_lines, stored_text

import minigrad as torch
from minigrad.course.exercise import find, registry
from minigrad.course.files import course_folder
from minigrad.viz import trace

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

LESSON = "notebooks/01_requires_grad.ipynb"
EXERCISES = "exercises/01_requires_grad/01_requires_grad.ipynb"
BLANKS = {"# blank 1": "a.requires_grad_()", "# blank 2": "loss.backward()"}

# Wrong in a way that no belief leads to: half of the gradient.
HALF = """\
def gradient_at(f, x):
    p = x.clone().requires_grad_()
    f(p).backward()
    return p.grad / 2
"""


@pytest.fixture
def home(tmp_path):
    """An empty folder."""
    return tmp_path


def lab(home):
    """JupyterLab, started as the README says."""
    return serving("minigrad.cli", "lab", "--no-browser", home=home)


def terminal(home, *command):
    """What a second terminal in the same folder shows."""
    environment = {**os.environ, "COLUMNS": "200"}
    run = subprocess.run([sys.executable, "-m", "minigrad.cli", *command], cwd=home, env=environment, text=True,
                         capture_output=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_first_lesson_is_run_cell_by_cell(browser, home):
    stored = nbformat.read(course_folder() / LESSON, as_version=4).cells
    answers = dict(re.findall(r"^(\S.+)  ([a-d])\)  .+$", "\n".join(map(stored_text, stored)), re.MULTILINE))
    with lab(home) as address:
        learner = Learner(browser, address)
        assert learner.path == "notebooks/00_welcome.ipynb"
        learner.follow("01", to=LESSON)
        predicted = {}
        for place, cell in enumerate(stored):
            assert learner.active == place, "Shift+Enter goes to the next cell"
            if "# blank" in cell.source:
                fill_the_blanks(learner, place)
                expect(learner.cell(place)).to_contain_text("tensor(-74.6667) tensor(-11.3333)")
                continue
            learner.run()
            if cell.cell_type == "code":
                shows(learner, place, cell)
                if "predict(" in cell.source:
                    predicted |= choose(learner, place, predicted, answers)
                if ".compare(" in cell.source:
                    is_told(learner, place, predicted)
                if ".step()" in cell.source:
                    go_through(learner, learner.cell(place).locator(STEPPER))
                learner.keep_picture(f"lesson {place:02}")
            if learner.active == place:  # as a click has made it: the next Shift+Enter runs it once more
                learner.run()
                shows(learner, place, cell)
                shows_choices(learner, place, predicted)
        assert set(predicted) == set(answers), "each question was asked, and answered later"
        assert learner.complaints == []
        learner.save()
        learner.leave()

    with lab(home) as address:  # another day
        learner = Learner(browser, address)
        learner.follow("01", to=LESSON)
        for place, cell in enumerate(stored):
            if "predict(" in cell.source:
                shows_choices(learner, place, predicted)
        assert learner.complaints == []
        learner.leave()


def fill_the_blanks(learner, place):
    """First run it as it is, which must not stop anybody, then write a line in place of each `...`."""
    learner.run()
    assert learner.cell(place).locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    source = learner.cells[place]["source"]
    for blank, line in BLANKS.items():
        source = re.sub(rf"^\.\.\.  {blank}.*$", line, source, flags=re.MULTILINE)
    learner.write(place, source)
    learner.run()


def shows(learner, place, cell):
    """Below the cell stands what is stored for it in the course: the text, each picture, and the stepper, if any."""
    assert shown_lines(learner.printed(place)) == shown_lines(stored_text(cell))
    html = "".join(output.data.get("text/html", "") for output in cell.outputs if "data" in output)
    if steppers := html.count('type="application/json"'):
        expect(learner.cell(place).locator(STEPPER)).to_have_count(steppers)
    elif drawn := html.count("<img"):
        pictures = learner.cell(place).locator(".jp-OutputArea-output img")
        expect(pictures).to_have_count(drawn)
        for picture in pictures.all():
            assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth > 100)")


def go_through(learner, stepper):
    """The lesson's own backward pass, forwards with the button and back with the keys."""
    x, w, b = torch.tensor(2.0), torch.tensor(3.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    y = w * x + b
    passes = trace(y, retain_graph=True).passes
    last = len(passes.steps) - 1
    for index in range(last):
        assert_shows(stepper, passes, index)
        stepper.get_by_role("button", name="Next").click()
    for index in range(last, 0, -1):
        assert_shows(stepper, passes, index)
        learner.page.keyboard.press("ArrowLeft")
    assert_shows(stepper, passes, 0)


def predictions(learner, place):
    """The questions of a cell, and the buttons of each."""
    groups = learner.cell(place).locator(".widget-radio-box")
    questions = [line.removeprefix("Predict: ") for line in learner.printed(place).splitlines() if "Predict: " in line]
    expect(groups).to_have_count(len(questions))
    return questions, groups.all()


def choose(learner, place, before, answers):
    """Choose an option for each question of a cell: of all questions a wrong one first, later on none, else right."""
    chosen = {}
    for question, group in zip(*predictions(learner, place), strict=True):
        wrong = next(letter for letter in group.locator("label").all_inner_texts() if letter != answers[question])
        chosen[question] = {0: wrong, 2: None}.get(len(before | chosen), answers[question])
        if chosen[question]:
            group.get_by_text(chosen[question], exact=True).click()
    return chosen


def shows_choices(learner, place, predicted):
    for question, group in zip(*predictions(learner, place), strict=True):
        checked = group.locator("label", has=learner.page.locator("input:checked")).all_text_contents()
        chosen = [predicted[question]] if predicted.get(question) else []
        assert [text.strip() for text in checked] == chosen, "the choice is lost"


def is_told(learner, place, predicted):
    """What happened stands beside what was predicted."""
    lines = learner.printed(place).splitlines()
    for line, told in zip(lines, lines[1:]):
        if match := re.fullmatch(r"(.+)  ([a-d])\)  .+", line):
            question, right = match.groups()
            if predicted[question] is None:
                assert told.startswith("   (You had chosen nothing.")
            elif predicted[question] == right:
                assert told == "   You predicted just that."
            else:
                assert told.startswith("   You predicted: ") and "Find out where the two part" in told


def test_exercises_from_wrong_to_right_and_the_next_day(browser, home):
    with lab(home) as address:
        learner = Learner(browser, address)
        learner.follow("01", to=LESSON)
        learner.follow("exercises/01_requires_grad", to=EXERCISES)
        for _ in range(5):  # down to the first check
            check = learner.run()
        expect(learner.cell(check)).to_contain_text("○ Exercise 01.1 · Who is tracked? — not attempted")
        a_known_belief_is_named(learner)
        an_unforeseen_answer_is_told_what_was_expected(learner)
        an_error_is_told_where_it_is(learner)
        three_hints_are_given_one_by_one(learner)
        a_right_answer_unfolds_why(learner)
        progress_says_what_comes_next(learner)
        assert not learner.complaints
        learner.save()
        learner.leave()
    assert "Next: exercise 01.2, What is in .grad?" in terminal(home, "progress")
    assert "✓ Exercise 01.1" in terminal(home, "check", "01.1")

    with lab(home) as address:
        learner = Learner(browser, address)
        assert learner.path == EXERCISES, "it opens where the learner left off"
        answer = learner.place("ex-01-1-answer")
        assert learner.cells[answer]["source"] == find("01.1").reference
        expect(learner.cell(answer + 1)).to_contain_text("✓ Exercise 01.1 · Who is tracked? — correct")
        learner.keep_picture("the next day")
        learner.run(), learner.run()  # the setup
        progress_says_what_comes_next(learner)
        for exercise in registry().values():
            if exercise.lesson == "01":
                check = learner.answer(exercise.cell_prefix, exercise.reference)
                expect(learner.cell(check)).to_contain_text(f"✓ Exercise {exercise.id} · {exercise.title} — correct")
        learner.save()
        learner.leave()

    with lab(home) as address:
        learner = Learner(browser, address)
        assert learner.path == "notebooks/02_propagation.ipynb", "after the last exercise comes the next lesson"
        learner.leave()


def a_known_belief_is_named(learner):
    held = find("01.1").beliefs[0]
    check = learner.answer("ex-01-1-", held.program)
    learner.keep_picture("belief")
    card = learner.cell(check).locator(".minigrad-card")
    expect(card).to_contain_text("✗ Exercise 01.1 · Who is tracked? — not yet")
    expect(card).to_contain_text("6 of 9 checks passed, 2 of 3 points")
    expect(card).to_contain_text(held.message)
    checks = [check.splitlines()[0] for check in card.locator("li").all_inner_texts()]
    assert checks == [f"{'✗' if name in 'xms' else '✓'} {name}.requires_grad" for name in "wxbcyzmks"]
    expect(card.get_by_text(held.message)).to_be_in_viewport()
    hints = card.locator("details")
    expect(hints).to_have_count(3)
    assert not hints.locator("p").first.is_visible()


def an_unforeseen_answer_is_told_what_was_expected(learner):
    check = learner.answer("ex-01-4-", HALF)
    learner.keep_picture("unforeseen")
    card = learner.cell(check).locator(".minigrad-card")
    expect(card).to_contain_text("✗ Exercise 01.4 · A gradient, in the right order — not yet")
    calls = re.findall(r"(gradient_at\(f=.+\))\s+expected  (.+)\n\s*got +(.+)", card.inner_text())
    assert len(calls) == 3
    for call, expected, got in calls:
        names = {"torch": torch}
        exec(find("01.4").reference, names)
        assert repr(eval(call, names)) == expected
        exec(HALF, names)
        assert repr(eval(call, names)) == got
    assert not any(held.message in card.inner_text() for held in find("01.4").beliefs)


def an_error_is_told_where_it_is(learner):
    """Inside the function, in the cell, and in a cell whose last version is still there."""
    check = learner.answer("ex-01-4-", HALF.replace("p.grad / 2", "pp.grad"))
    learner.keep_picture("error")
    card = learner.cell(check).locator(".minigrad-card")
    expect(card).to_contain_text("raised NameError: name 'pp' is not defined")
    expect(card).to_contain_text("line 4: return pp.grad")
    check = learner.answer("ex-01-4-", HALF.replace("x):", "x:"))
    learner.keep_picture("syntax error")
    expect(learner.cell(check - 1)).to_contain_text("SyntaxError")
    expect(learner.cell(check).locator(".minigrad-card")).to_contain_text("The cell of your answer ended in an error")


def three_hints_are_given_one_by_one(learner):
    place = learner.type_below(learner.place("ex-01-1-hidden"), 'hint("01.1")')
    for number, text in enumerate((*find("01.1").hints, find("01.1").hints[-1]), start=1):
        learner.page.keyboard.press("Control+Enter")
        card = learner.cell(place).locator(".minigrad-card")
        expect(card).to_contain_text(f"Hint {min(number, 3)} of 3 · 01.1 Who is tracked?")
        expect(card).to_contain_text(text)
    learner.keep_picture("hint")


def a_right_answer_unfolds_why(learner):
    exercise = find("01.1")
    check = learner.answer("ex-01-1-", exercise.reference)
    card = learner.cell(check).locator(".minigrad-card")
    expect(card).to_contain_text("✓ Exercise 01.1 · Who is tracked? — correct")
    expect(card).to_contain_text("9 of 9 checks passed, 3 of 3 points")
    why = card.get_by_text(exercise.explanation)
    assert not why.is_visible()
    card.get_by_text("Why", exact=True).click()
    expect(why).to_be_visible()
    assert learner.printed(check) == "3"
    learner.keep_picture("right")


def progress_says_what_comes_next(learner):
    place = learner.type_below(learner.place("ex-01-1-hidden"), "progress()")
    learner.run("Control+Enter")
    card = learner.cell(place).locator(".minigrad-card")
    expect(card).to_contain_text("Next: exercise 01.2, What is in .grad?")
    expect(card.get_by_text("Next:")).to_be_in_viewport()
    learner.keep_picture("progress")
