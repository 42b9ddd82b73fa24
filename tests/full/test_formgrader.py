"""nbgrader's formgrader in JupyterLab, in a real browser: it shows our marks, and what a person gives there is kept."""

import subprocess
import sys

import pytest
from jupyters import CHROMIUM, keep_picture, playwright, serving
from nbgrader_courses import hand_in, make_course, stock

from minigrad.grading.course_folder import CourseFolder

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
expect = playwright.expect
LONG = 30_000  # milliseconds, for a page of nbgrader's on a busy machine

ANSWER = {"p1-double": "def double(x):\n    return x + 1", "p1-why": "One more.", "p1-plot": "print('plot')"}
POINTS = {"p1-test": "0", "p1-partly": "1.5", "p1-why": None, "p1-plot": None, "p1-task": None}
GIVEN = {"p1-partly": "2", "p1-why": "2.5", "p1-why-comment": "Why *one* more?"}


@pytest.fixture
def folder(tmp_path):
    """A course folder in which bob's submission has been graded."""
    make_course(tmp_path)
    hand_in(tmp_path, "bob", ANSWER)
    grade(tmp_path)
    return tmp_path


@pytest.fixture
def page(browser, folder):
    """formgrader, as an instructor comes to it: `jupyter lab` in the course folder, then the menu."""
    with serving("jupyterlab", "--no-browser", "--allow-root", home=folder) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())  # it asks for MathJax
        page.goto(f"{address}/lab?token=secret")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        yield page
        page.close()


def grade(folder, *options):
    command = [sys.executable, "-m", "minigrad.cli", "grade", "ps1", *options]
    run = subprocess.run(command, cwd=folder, text=True, capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr


def open_submission(page, total):
    """Go to bob's notebook, by way of what he has in all: the part of the page that shows it."""
    formgrader = page.frame_locator("iframe:visible")
    formgrader.get_by_role("link", name="Manual Grading").click()  # from everywhere; to the students from there only
    formgrader.get_by_role("link", name="Manage Students").click()
    formgrader.get_by_role("row", name="bob").get_by_role("link").first.click()
    expect(formgrader.get_by_role("row", name="ps1")).to_contain_text(total, timeout=LONG)
    formgrader.get_by_role("link", name="ps1").click()
    formgrader.get_by_role("link", name="p1").click()
    expect(formgrader.locator("#p1-test")).to_have_attribute("placeholder", POINTS["p1-test"], timeout=LONG)
    return formgrader


def type_in(page, field, text):
    """Type into a field, and leave it: formgrader then saves it."""
    with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
        field.fill(text)
        field.blur()
    assert saved.value.ok


def test_our_marks_are_shown_and_what_a_person_gives_outlives_grading_again(page, folder):
    shown = open_submission(page, total="1.5 / 15")
    fields = shown.locator("input.score").all()
    assert {field.get_attribute("id"): field.get_attribute("placeholder") for field in fields} == POINTS
    for name, text in GIVEN.items():
        type_in(page, shown.locator(f"#{name}"), text)
    keep_picture(page, "formgrader")
    in_gradebook(folder)

    grade(folder, "--force")
    in_gradebook(folder)
    shown = open_submission(page, total="4.5 / 15")
    for name, text in GIVEN.items():
        expect(shown.locator(f"#{name}")).to_have_value(text)
    assert shown.locator("#p1-partly").get_attribute("placeholder") == POINTS["p1-partly"], "ours is still known"
    keep_picture(page, "formgrader, graded again")


def in_gradebook(folder):
    """What a person gave is in the gradebook, beside our marks."""
    with stock(CourseFolder(folder)) as book:
        submission = book.find_submission_notebook("p1", "ps1", "bob")
        grades = {each.name: (each.auto_score, each.manual_score) for each in submission.grades}
        comments = {each.name: each.manual_comment for each in submission.comments if each.manual_comment}
    assert grades == {"p1-test": (0, None), "p1-partly": (1.5, 2), "p1-why": (None, 2.5), "p1-plot": (None, None),
                      "p1-task": (None, None)}  # fmt: skip
    assert comments == {"p1-why": "Why *one* more?"}
