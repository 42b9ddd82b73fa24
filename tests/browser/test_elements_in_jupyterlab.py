"""Cards, pictures and questions in JupyterLab, light and dark: axe-core finds nothing in any of them."""

import nbformat
import pytest
from jupyters import CHROMIUM, keep_picture, page_for, run_all, serving

pytest.importorskip("matplotlib", reason="matplotlib is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# A card for each kind of exercise and each outcome: right, each wrong belief, and not attempted.
VERDICTS = """\
from minigrad.course import card, checking, progress_file
from minigrad.course.exercise import find, registry
from minigrad.course.judge import judge
from minigrad.course.runner import ProgramRunner
from minigrad.course.verdict import Uncheckable

def show_verdicts(exercise):
    for program in (exercise.reference, exercise.stub, *(held.program for held in exercise.beliefs)):
        card.verdict_card(judge(exercise, ProgramRunner(exercise.start + program, exercise.names))).show()
exercises = list({exercise.kind: exercise for exercise in registry().values()}.values())
for exercise in exercises:
    show_verdicts(exercise)
card.verdict_card(Uncheckable(exercises[0], reason="`draw` is not there.")).show()
"""
WALKS = 'show_verdicts(find("09.5"))  # each with a picture of where two walks part'  # JupyterLab shows 50 to a cell
OTHER_CARDS = """\
checking.hint("01.1")
checking.check("99.9")
card.recall_card("01.2", "A result is tracked.", "Only if an input is: `x.requires_grad`.").show()
checking.progress()
"""
PICTURES = """\
import minigrad as torch
from minigrad.course.lesson import predict
from minigrad.viz import compare, draw, gradient_sizes, jacobian_picture, loss_curve, record, trace

w = torch.tensor([2.0, -1.0], requires_grad=True)
x = torch.tensor([3.0, 5.0])
question = predict("Is `w * x` tracked?", ["yes", "no"])
with record() as r:
    y = (w * x).detach() + w.sum()
display(draw((w * x).sum(), saved=True), r.draw(), jacobian_picture(lambda t: t * t, x, x))
one, other = trace((w * x).sum()), trace((w * 2 * x).sum())
display(one.step(), one.show(), compare(one, other))
display(trace((torch.cat([w] * 20).exp() * 2).tanh().sum()).show())
for _ in range(6):
    w = torch.tanh(w @ torch.ones(2, 2, requires_grad=True))
display(trace(w.sum()).show())
"""
CHARTS = "display(loss_curve([3.0, 1.0, float('nan')]), gradient_sizes({'a': 0.5, 'b': None}))"

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A notebook with all that ours shows, run in JupyterLab."""
    home = tmp_path_factory.mktemp("elements")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}  # or else JupyterLab asks for one
    cells = [nbformat.v4.new_code_cell(source) for source in (VERDICTS, WALKS, OTHER_CARDS, PICTURES, CHARTS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), home / "all.ipynb")
    with serving("jupyterlab", "--no-browser", "--allow-root", home=home) as address:
        with page_for(browser, address) as page:
            page.set_viewport_size({"width": 1280, "height": 30_000})
            page.goto(f"{address}/lab/tree/all.ipynb?token=secret")
            page.wait_for_function("() => window.jupyterapp !== undefined")
            cells = run_all(page)
            errors = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
            assert errors == []
            yield page


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_what_a_cell_shows(page, theme):
    page.evaluate(THEME, theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    page.wait_for_selector("#jupyterlab-splash", state="detached")  # it dims what lies behind it
    keep_picture(page, f"elements {theme}")
    assert page.locator(".minigrad-card").count() > 25
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.locator(".minigrad-card img, .minigrad-card svg").count() > 10
    for part in (".live", ".minigrad-filmstrip table", "input[type=radio]"):
        assert page.locator(f".jp-OutputArea-output {part}").count() > 0
    assert page.locator("img[alt^=Gradient]").is_visible(), "the last of all is not drawn"
    found = axe.Axe().run(page, ".jp-OutputArea-output", RULES).response["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []
