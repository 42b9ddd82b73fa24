"""The stepper in a real browser: JupyterLab, Notebook 7 and exported HTML, by mouse and by keyboard."""

import contextlib
import io

import nbformat
import pytest
from jupyters import (
    CHROMIUM,
    READY,
    STEPPER,
    assert_shows,
    keep_picture,
    page_for,
    playwright,
    run_all,
    serving,
)
from nbconvert import HTMLExporter

from minigrad.viz.filmstrip import Filmstrip
from minigrad.viz.stepper import Stepper
from minigrad.viz.words import sentence

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# Broadcasting, a gradient that is summed up, an untracked input, and a tensor hook.
PROGRAM = """\
import minigrad as torch
from minigrad.viz import record, trace

w = torch.tensor([2.0, -1.0], requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
x = torch.tensor([3.0, 5.0])
y = w * x + b
y.register_hook(lambda grad: grad * 2)
loss = (y * b).sum()
steps = trace(loss)
"""
# Two passes that add up, then one through the graph of a derivative.
SEVERAL_PASSES = """\
with record() as several:
    p = torch.tensor(2.0, requires_grad=True)
    q = p ** 3
    q.backward(retain_graph=True)
    q.backward(retain_graph=True)
    [slope] = torch.autograd.grad(q, p, create_graph=True)
    slope.backward()
several = several.trace()
"""
LONG_PROGRAM = """\
h = torch.ones(4, 3)
for _ in range(6):
    h = torch.tanh(h @ torch.ones(3, 3, requires_grad=True))
trace(h.sum()).step()
"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def traces():
    names = {}
    exec(PROGRAM + SEVERAL_PASSES, names)
    return names


@pytest.fixture(scope="module")
def passes(traces):
    return traces["steps"].passes


@pytest.fixture(scope="module", params=["jupyterlab", "notebook"])
def jupyter(request, browser, tmp_path_factory):
    """A notebook with a stepper, a filmstrip and a stepper of a larger graph, run in JupyterLab or Notebook 7."""
    home = tmp_path_factory.mktemp(request.param)
    sources = [PROGRAM, "steps.step()", "steps.show()", LONG_PROGRAM, SEVERAL_PASSES + "several.step()"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}  # or else JupyterLab asks for one
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, home / "steps.ipynb")
    server = serving(request.param, "--no-browser", "--allow-root", home=home)
    with server as address, page_for(browser, address) as page:
        open_notebook(page, address, request.param)
        cells = run_all(page)
        errors = [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
        assert errors == []
        page.address, page.kind, page.folder = address, request.param, home
        yield page


def open_notebook(page, address, kind, name="steps.ipynb"):
    page.goto(f"{address}/{'lab/tree' if kind == 'jupyterlab' else 'notebooks'}/{name}?token=secret")
    page.wait_for_function("() => window.jupyterapp !== undefined")


@pytest.fixture
def stepper(jupyter):
    found = jupyter.locator(STEPPER).first
    found.locator("input").fill("1")
    return found


def test_the_mouse_goes_next_to_the_end_and_back(stepper, passes):
    last = len(passes.steps) - 1
    for index in range(last):
        assert_shows(stepper, passes, index)
        stepper.get_by_role("button", name="Next").click()
    for index in range(last, 0, -1):
        assert_shows(stepper, passes, index)
        stepper.get_by_role("button", name="Back").click()
    assert_shows(stepper, passes, 0)


def test_several_passes_and_one_of_second_order_are_stepped_through(jupyter, traces):
    passes, stepper = traces["several"].passes, jupyter.locator(STEPPER).nth(2)
    assert {step.number for step in passes.steps} == {1, 2, 3, 4}
    for index in range(len(passes.steps) - 1):
        assert_shows(stepper, passes, index)
        stepper.get_by_role("button", name="Next").click()
    assert_shows(stepper, passes, len(passes.steps) - 1)
    for index in range(len(passes.steps) - 1, 0, -1):
        stepper.get_by_role("button", name="Back").click()
        assert_shows(stepper, passes, index - 1)


@pytest.mark.parametrize("part", ["button.next", "input", ".picture"])
def test_the_arrow_keys_go_to_the_end_and_back(jupyter, stepper, passes, part):
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    stepper.locator(part).focus()
    cell, last = jupyter.evaluate(active), len(passes.steps) - 1
    for index in range(1, last + 1):
        jupyter.keyboard.press("ArrowRight")
        assert_shows(stepper, passes, index)
    for index in reversed(range(last)):
        jupyter.keyboard.press("ArrowLeft")
        assert_shows(stepper, passes, index)
    jupyter.keyboard.press("End")
    assert_shows(stepper, passes, last)
    jupyter.keyboard.press("Home")
    assert_shows(stepper, passes, 0)
    assert jupyter.evaluate(active) == cell, "the keys moved to another cell as well"


def test_all_controls_are_reached_and_used_by_keyboard(jupyter, stepper, passes):
    stepper.locator("button.back").focus()
    jupyter.keyboard.press("Tab")
    jupyter.keyboard.press("Enter")  # on "Next"
    assert_shows(stepper, passes, 1)
    for _ in range(3):  # over "Play" and the slider to the list
        jupyter.keyboard.press("Tab")
    jupyter.keyboard.press("ArrowDown")
    assert_shows(stepper, passes, 2)
    jupyter.keyboard.press("Tab")
    assert stepper.locator(".picture").evaluate("picture => picture.matches(':focus')")


def test_a_click_on_a_box_goes_to_the_next_of_its_steps(stepper, passes):
    loss = passes.steps[0].box
    of_loss = [index for index, step in enumerate(passes.steps) if step.box == loss]
    assert len(of_loss) == 2, "it starts there, and its node runs"
    stepper.locator("input").fill(str(len(passes.steps)))
    for index in [*of_loss, of_loss[0]]:
        stepper.locator(f"[data-box='{loss}']").click()
        assert_shows(stepper, passes, index)


def test_the_list_goes_to_a_step(stepper, passes):
    stepper.locator("select").select_option(index=3)
    assert_shows(stepper, passes, 3)


def test_it_plays_to_the_end_and_stops(jupyter, stepper, passes):
    stepper.locator("input").fill(str(len(passes.steps) - 1))
    stepper.locator(".picture").focus()
    jupyter.keyboard.press("Space")
    playwright.expect(stepper.locator("button.play")).to_have_text("Pause")
    playwright.expect(stepper.locator("button.play")).to_have_text("Play", timeout=10_000)
    assert_shows(stepper, passes, len(passes.steps) - 1)


def test_it_steps_while_the_kernel_is_busy(jupyter, stepper, passes):
    status = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    jupyter.evaluate(f"() => {{ {kernel}.requestExecute({{code: 'import time; time.sleep(60)'}}); }}")
    jupyter.wait_for_function(f"() => {kernel}.status === 'busy'")
    # From the click to the picture that is drawn after it.
    took = stepper.locator("button.next").evaluate("""async button => {
        const start = performance.now();
        button.click();
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
    }""")
    print(f"{jupyter.kind}: a step took {took:.0f} ms with the kernel busy")
    assert_shows(stepper, passes, 1)
    assert jupyter.evaluate(status) == "busy"
    jupyter.evaluate(f"() => {kernel}.interrupt()")
    jupyter.wait_for_function(f"() => {kernel}.status === 'idle'")


def test_a_large_picture_scrolls_to_the_box_that_runs(jupyter):
    jupyter.set_viewport_size({"width": 700, "height": 900})
    try:
        stepper = jupyter.locator(STEPPER).nth(1)
        stepper.scroll_into_view_if_needed()
        steps = stepper.locator("option").count()
        for step in (None, steps // 2, steps, 1):
            if step is not None:  # as it is when it opens
                stepper.locator("input").fill(str(step))
            now = stepper.locator("[data-mark=now], [data-mark=sent]").first
            playwright.expect(now).to_be_in_viewport(ratio=0.9)
    finally:
        jupyter.set_viewport_size({"width": 1280, "height": 9000})


def violations(page, selector):
    found = axe.Axe().run(page, selector, RULES).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_our_elements(jupyter, stepper, theme):
    jupyter.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    jupyter.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    jupyter.wait_for_selector("#jupyterlab-splash", state="detached")  # it dims what lies behind it
    stepper.locator("input").fill("3")
    keep_picture(jupyter, f"{jupyter.kind} {theme}")
    tag = stepper.evaluate("live => live.getRootNode().host.localName")
    assert violations(jupyter, tag) == []
    assert violations(jupyter, ".minigrad-filmstrip") == []


def test_without_a_kernel_a_saved_notebook_still_steps(jupyter, passes):
    """One of the last two, as they leave the page."""
    jupyter.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    jupyter.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert (jupyter.folder / "steps.ipynb").stat().st_size < 500_000
    open_notebook(jupyter, jupyter.address, jupyter.kind)
    jupyter.evaluate(READY)
    jupyter.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    stepper = jupyter.locator(STEPPER).first
    assert_shows(stepper, passes, 0)
    stepper.get_by_role("button", name="Next").click()
    assert_shows(stepper, passes, 1)


def test_a_notebook_that_is_not_trusted_shows_all_pictures(jupyter, passes):
    notebook = nbformat.read(jupyter.folder / "steps.ipynb", as_version=4)
    html = [make(passes)._repr_html_() for make in (Stepper, Filmstrip)]
    notebook.cells = [
        nbformat.v4.new_code_cell("shown", outputs=[nbformat.v4.new_output("display_data", {"text/html": text})])
        for text in html
    ]
    nbformat.write(notebook, jupyter.folder / "foreign.ipynb")
    open_notebook(jupyter, jupyter.address, jupyter.kind, "foreign.ipynb")
    jupyter.evaluate(READY)
    panel = jupyter.locator(".jp-NotebookPanel:visible")  # JupyterLab has the other notebook open as well
    playwright.expect(panel.locator(".jp-OutputArea-output img")).to_have_count(2 * len(passes.steps))
    keep_picture(jupyter, f"{jupyter.kind} not trusted")
    assert panel.locator(STEPPER).count() == 0
    texts = panel.locator(".jp-OutputArea-output").all_inner_texts()
    assert all(sentence(passes, index) in text for text in texts for index in range(len(passes.steps)))
    assert not any("minigrad-stepper" in text or "findLast" in text for text in texts)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """What nbconvert makes of a notebook with two steppers and a filmstrip."""
    names, outputs = {}, []
    exec(PROGRAM, names)
    for shown in (names["steps"].step(), names["steps"].show(), names["steps"].step()):
        data = {"text/html": shown._repr_html_(), "text/plain": repr(shown)}
        outputs.append(nbformat.v4.new_output("execute_result", data, execution_count=1))
    cells = [nbformat.v4.new_code_cell("shown", outputs=[output], execution_count=1) for output in outputs]
    with contextlib.redirect_stderr(io.StringIO()):
        html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    file = tmp_path_factory.mktemp("exported") / "steps.html"
    file.write_text(html, encoding="utf-8")
    return file


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def static(request, browser, exported):
    """The page, opened from a file and without the net."""
    context = browser.new_context(java_script_enabled=request.param)
    page = context.new_page()
    page.route("**", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.goto(exported.as_uri())
    page.has_scripts = request.param
    yield page
    context.close()


def test_exported_html_steps_or_shows_all_pictures(static, passes):
    keep_picture(static, f"exported {static.has_scripts}")
    if static.has_scripts:
        assert static.locator(".live").count() == 2
        stepper = static.locator(".live").nth(1)
        stepper.get_by_role("button", name="Next").click()
        assert_shows(stepper, passes, 1)
        assert violations(static, ".minigrad-filmstrip") == []
        assert violations(static, stepper.evaluate("live => live.getRootNode().host.localName")) == []
    else:
        pictures = static.locator(".minigrad-filmstrip img")
        assert pictures.count() == 3 * len(passes.steps)
        assert all(picture.is_visible() for picture in pictures.all())


def test_what_is_printed_are_the_pictures(static, passes):
    static.emulate_media(media="print")
    pictures = static.locator(".minigrad-filmstrip img")
    assert all(picture.is_visible() for picture in pictures.all())
    assert not any(live.is_visible() for live in static.locator(".live").all())
