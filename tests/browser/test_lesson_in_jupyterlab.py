"""A learner opens the course in JupyterLab, in a real browser: the lesson runs, and an exercise shows its card."""

import pytest
from jupyters import CHROMIUM, keep_picture, page_for, playwright, run_all, serving

from minigrad.course.exercise import registry
from minigrad.course.files import first_lesson, notebook_of_lesson

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

OPEN = """async path => {
    const panel = await window.jupyterapp.commands.execute('docmanager:open', {path});
    await panel.context.ready;
    await panel.revealed;
}"""

WRITE = """([name, source]) => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    const cell = cells.find(cell => cell.model.getMetadata('nbgrader')?.grade_id === name);
    cell.model.sharedModel.setSource(source);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """JupyterLab, started as a learner starts it."""
    with serving("minigrad.cli", "lab", "--no-browser", home=tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def page(browser, address):
    with page_for(browser, address) as page:
        yield page


def test_the_first_lesson_runs_and_an_exercise_shows_its_card(page, address):
    page.goto(f"{address}/?token=secret")
    page.wait_for_function("() => window.jupyterapp !== undefined")
    assert page.url.endswith(first_lesson().as_posix()), "the first lesson is not what opens"
    assert page.get_by_text("Nbgrader").count() == 0, "a learner is shown the tools of instructors"
    cells = run_all(page)
    keep_picture(page, "lesson")
    errors = [cell for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert errors == []
    assert page.locator(".jp-OutputArea img[src^='data:image/svg']").first.is_visible(), "the lesson shows no graph"

    solved, *others = registry().values()
    untouched = [exercise for exercise in others if exercise.lesson == solved.lesson]
    exercises = notebook_of_lesson(solved.lesson, "exercises").as_posix()
    page.evaluate(OPEN, exercises)
    page.wait_for_function("path => window.jupyterapp.shell.currentWidget.context?.path === path", arg=exercises)
    page.evaluate(WRITE, [f"{solved.cell_prefix}answer", solved.reference])
    cells = run_all(page)
    assert page.get_by_text("Validate", exact=True).count() == 0
    keep_picture(page, "exercises")
    errors = [cell for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert errors == []
    cards = page.locator(".jp-OutputArea-output").filter(has_text=f"{solved.id} · {solved.title}")
    assert cards.get_by_text("correct").first.is_visible()
    cards = page.locator(".jp-OutputArea-output").filter(has_text="not attempted")
    playwright.expect(cards).to_have_count(len(untouched), timeout=20_000)  # drawn a little later than computed
