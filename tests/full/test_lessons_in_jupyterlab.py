"""Every lesson and its untouched exercises, as `minigrad lab` lays them out, run from top to bottom in JupyterLab."""

import nbformat
import pytest
from jupyters import CHROMIUM, READY, STEPPER, keep_picture, page_for, run_all, serving
from learner import IS_OPEN, PANEL, PRINTED, expect, shown_lines, stored_text

from minigrad.course.exercise import registry
from minigrad.course.files import course_folder, course_notebooks

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

OPEN = "async path => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }"
CLOSE = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.save();
    await panel.sessionContext.shutdown();
    panel.dispose();
}"""
NOTEBOOKS = {part: [path for path in course_notebooks(course_folder()) if path.parts[0] == part]
             for part in ("notebooks", "exercises")}


@pytest.fixture(scope="module")
def jupyterlab(browser, tmp_path_factory):
    """One JupyterLab for all lessons, with nothing but the first one open; what the page says is wrong."""
    complaints = []
    server = serving("minigrad.cli", "lab", "--no-browser", home=tmp_path_factory.mktemp("home"))
    with server as address, page_for(browser, address) as page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
        page.goto(f"{address}/?token=secret")
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.evaluate(READY)
        page.complaints = complaints
        yield page


@pytest.fixture
def run(jupyterlab):
    """Open a notebook and run it from top to bottom; no cell may fail, and the page may not complain."""
    page = jupyterlab

    def run(path):
        del page.complaints[:]
        page.evaluate(OPEN, path.as_posix())
        page.wait_for_function(IS_OPEN, arg=path.as_posix())
        cells = run_all(page)
        errors = [(cell["source"], output["evalue"]) for cell in cells for output in cell["outputs"]
                  if output["output_type"] == "error"]
        assert errors == []
        return page

    yield run
    page.evaluate(CLOSE)


@pytest.mark.parametrize("path", NOTEBOOKS["notebooks"], ids=lambda path: path.stem)
def test_a_lesson_shows_what_is_stored_of_it(run, path):
    page = run(path)
    keep_picture(page, path.stem)
    stored = nbformat.read(course_folder() / path, as_version=4).cells
    cells = page.locator(f"{PANEL} .jp-Notebook-cell")
    expect(cells).to_have_count(len(stored))
    for place, cell in enumerate(stored):
        if cell.cell_type == "code":
            shown = cells.nth(place)
            html = "".join(output.data.get("text/html", "") for output in cell.outputs if "data" in output)
            steppers = html.count('type="application/json"')
            expect(shown.locator(STEPPER)).to_have_count(steppers)
            expect(shown.locator(".widget-radio-box")).to_have_count(stored_text(cell).count("Predict: "))
            assert shown_lines("\n".join(shown.locator(PRINTED).all_text_contents())) == shown_lines(stored_text(cell))
            if not steppers:
                pictures = shown.locator(".jp-OutputArea-output img")
                expect(pictures).to_have_count(html.count("<img"))
    widths = "pictures => Promise.all(pictures.map(p => p.decode().then(() => p.naturalWidth)))"
    assert all(width > 50 for width in page.locator(f"{PANEL} .jp-OutputArea-output img:visible").evaluate_all(widths))
    assert page.complaints == []


@pytest.mark.parametrize("path", NOTEBOOKS["exercises"], ids=lambda path: path.stem)
def test_untouched_exercises_are_not_attempted(run, path):
    page = run(path)
    keep_picture(page, f"{path.stem} exercises")
    exercises = [exercise for exercise in registry().values() if exercise.lesson == path.stem[:2]]
    cards = page.locator(f"{PANEL} .minigrad-card")
    expect(cards).to_have_count(len(exercises))
    for exercise, card in zip(exercises, cards.all(), strict=True):
        expect(card).to_contain_text(f"○ Exercise {exercise.id} · {exercise.title} — not attempted")
        expect(card).to_contain_text(f"0 of {exercise.points} points")
    assert page.complaints == []
