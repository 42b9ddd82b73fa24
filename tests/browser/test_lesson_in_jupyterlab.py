"""A learner opens the course in JupyterLab, in a real browser: the lesson runs, and an exercise shows its card."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from minigrad.course.exercise import registry

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.xdist_group("kernels"),  # see test_build.py
]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]

# Runs every cell of the open notebook and waits until each has run. The "Idle" sign says so too early.
RUN_ALL = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    while (!app.shell.currentWidget?.sessionContext) await new Promise(done => setTimeout(done, 100));
    const panel = app.shell.currentWidget;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    await app.commands.execute('notebook:run-all-cells');
}"""
PROMPTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.source.trim())
    .every(cell => cell.model.executionCount !== null && cell.model.executionState !== 'running')"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({source: cell.model.sharedModel.source, outputs: cell.model.outputs.toJSON()}))"""
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
    """JupyterLab, started as a learner starts it, apart from the settings of whoever runs the test."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HOME": str(home), "JUPYTER_TOKEN": "secret"}
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        environment[f"JUPYTER_{name}"] = str(home / name)
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(home / "workspaces")
    (home / "CONFIG_DIR").mkdir()
    (home / "CONFIG_DIR" / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n")
    command = [sys.executable, "-m", "minigrad.cli", "lab", "--no-browser", "--port", str(port)]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            command, cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


@pytest.fixture
def page(address):
    outside = []
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        # Tall, since JupyterLab draws only the cells that are in view.
        page = browser.new_page(viewport={"width": 1280, "height": 9000})
        page.on("request", lambda request: outside.append(request.url))
        wait_for(address)
        yield page
        browser.close()
    inside = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in outside if not url.startswith(inside)] == []


def wait_for(address):
    for _ in range(300):
        try:
            return urllib.request.urlopen(f"{address}/api/status?token=secret").close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("JupyterLab did not start")


def run_all(page):
    page.evaluate(RUN_ALL)
    page.wait_for_function(PROMPTS, timeout=60_000)
    return page.evaluate(OUTPUTS)


def keep_picture(page, name):
    """Where somebody asks for it, a picture of the page to look at."""
    if "MINIGRAD_PICTURES" in os.environ:
        page.screenshot(path=os.path.join(os.environ["MINIGRAD_PICTURES"], f"{name}.png"))


def test_the_first_lesson_runs_and_an_exercise_shows_its_card(page, address):
    page.goto(f"{address}/?token=secret")
    page.wait_for_function("() => window.jupyterapp !== undefined")
    assert page.url.endswith(".ipynb"), "the first lesson is not what opens"
    assert page.get_by_text("Nbgrader").count() == 0, "a learner is shown the tools of instructors"
    cells = run_all(page)
    keep_picture(page, "lesson")
    errors = [cell for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert errors == []
    assert page.locator(".jp-OutputArea img[src^='data:image/svg']").first.is_visible(), "the lesson shows no graph"

    exercises = "exercises/01_requires_grad/01_requires_grad.ipynb"
    page.evaluate(OPEN, exercises)
    page.wait_for_function("path => window.jupyterapp.shell.currentWidget.context?.path === path", arg=exercises)
    solved, *untouched = [exercise for exercise in registry().values() if exercise.lesson == "01"]
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
