"""Feedback and report in a real browser: axe-core finds nothing, and nothing runs, is fetched or is cut off."""


import pytest
from a_class import course, enrol, hand_in, opened
from accessibility import found
from jupyters import CHROMIUM, playwright
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from test_feedback_page import HOSTILE, PNG, SVG

from minigrad.course.card import verdict_card
from minigrad.course.exercise import registry
from minigrad.course.judge import judge
from minigrad.course.runner import ProgramRunner
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.feedback_page import Marks, page as feedback_page
from minigrad.grading.report import report
from minigrad.grading.report_forms import as_page
from minigrad.grading.scores import Score

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

CUT_OFF = """() => [...document.querySelectorAll("body *")]
    .filter(part => getComputedStyle(part).overflowX === "hidden" && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent)"""


def graded_cell(name, source, outputs):
    facts = {"grade_id": name, "grade": True, "locked": True, "solution": False, "points": 3}
    return new_code_cell(source, outputs=outputs, metadata={"nbgrader": facts})


def html(text):
    return new_output("display_data", data={"text/html": text, "text/plain": ""})


def card():
    """What a learner is told of a wrong answer."""
    exercise = registry()["01.2"]
    runner = ProgramRunner(exercise.start + exercise.beliefs[0].program, exercise.names)
    return html(verdict_card(judge(exercise, runner))._repr_html_())


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Both kinds of pages, and one made of all that is hostile."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "class").mkdir()
    course(folder / "class")
    hand_in(folder / "class", "ada", manual={"essay": 5.0}, comment="Well put.")
    hand_in(folder / "class", "bob", (0.0, 1.0, None), beliefs=["every-tensor-is-tracked"])
    with opened(folder / "class") as book:
        enrol(book, "eve", "Eve", "Ünal")
    (folder / "report.html").write_text(as_page(report(CourseFolder(folder / "class"), "ps1")), encoding="utf-8")
    plot = [new_output("display_data", data={"image/png": PNG, "text/plain": "a dot"}),
            new_output("display_data", data={"image/svg+xml": SVG, "text/plain": "a circle"})]  # fmt: skip
    error = new_output("error", ename="E", evalue="", traceback=["\x1b[0;31mE\x1b[0m: \x1b[32mno\x1b[0m " + "x" * 300])
    notebook = new_notebook(cells=[
        new_markdown_cell("# Numbers\n\n## The mean\n\n| a | b |\n|---|---|\n| 1 | `2` |"),
        new_markdown_cell("```python\nx = 'y'  # z\n```"),
        graded_cell("plain", "def f(x):\n    '''Doc.'''\n    return x + 1  # more", [card(), *plot]),
        graded_cell("failed", "assert f(1) == 3", [error, html("<table><tr><td>1</td></tr></table>" + "y" * 300)]),
    ])  # fmt: skip
    scores = {"plain": Score(3.0, 3.0, False, False), "failed": Score(0.0, 3.0, False, False)}
    marks = Marks("ps1", "p1", "ada", scores, {"failed": "See **below**."}, penalty=0.5, notes=["Cell 2 was stopped."])
    (folder / "feedback.html").write_text(feedback_page(notebook, marks), encoding="utf-8")
    hostile = new_notebook(cells=[*map(new_markdown_cell, HOSTILE), new_code_cell("", outputs=[*map(html, HOSTILE)])])
    marks = Marks("ps1", "p1", HOSTILE[0], comments={}, notes=HOSTILE)
    (folder / "hostile.html").write_text(feedback_page(hostile, marks), encoding="utf-8")
    return folder


@pytest.fixture
def page(browser):
    """A page that notes what it asks for, what it says, and what it complains of."""
    page = browser.new_page()
    page.asked, page.said = [], []

    def answer(route):
        page.asked.append(route.request.url)
        route.continue_() if route.request.url.startswith("file:") else route.abort()

    def say(dialog):
        page.said.append(dialog.message)
        dialog.dismiss()

    page.route("**", answer)
    page.on("dialog", say)
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["feedback", "report"])
def test_axe_finds_nothing_and_the_page_stands_alone(page, pages, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto((pages / f"{name}.html").as_uri())
    assert found(page) == [[], []]
    assert page.asked == [(pages / f"{name}.html").as_uri()]


@pytest.mark.parametrize("name", ["feedback", "report"])
def test_nothing_is_cut_off_where_the_page_is_narrow(page, pages, name):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto((pages / f"{name}.html").as_uri())
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert page.evaluate(CUT_OFF) == []


def test_pictures_and_drawings_are_drawn(page, pages):
    page.goto((pages / "feedback.html").as_uri())
    drawn = page.locator(".theirs img").evaluate_all("all => all.map(one => one.complete && one.naturalWidth > 0)")
    assert drawn == [True, True]


def test_what_is_hostile_neither_runs_nor_asks_nor_leaves_its_frame(page, pages):
    page.goto((pages / "hostile.html").as_uri())
    page.wait_for_timeout(300)
    assert page.said == [] and page.asked == [(pages / "hostile.html").as_uri()]
    outside = page.locator("header").bounding_box()
    top = page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('header') !== null",
                        [outside["x"] + 5, outside["y"] + 30])  # fmt: skip
    assert top, "something lies over the header"


def test_a_link_in_the_table_leads_to_the_cell(page, pages):
    page.goto((pages / "feedback.html").as_uri())
    page.get_by_role("link", name="failed", exact=True).click()
    playwright.expect(page.locator("section[aria-label=failed]")).to_be_in_viewport()
