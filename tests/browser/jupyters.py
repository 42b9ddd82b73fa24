"""Jupyter's servers and a real browser, for tests: apart from the settings of whoever runs them, and from the net."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

from minigrad.viz.frames import frames
from minigrad.viz.words import formulas, sentence

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium")

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
CONFIGURATION = "c.LabApp.expose_app_in_browser = True\nc.JupyterNotebookApp.expose_app_in_browser = True\n"

# The notebook that is open and has a kernel to run it.
READY = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    while (!app.shell.currentWidget?.sessionContext) await new Promise(done => setTimeout(done, 100));
    const panel = app.shell.currentWidget;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
# Runs every cell of the open notebook, to be waited for until each has run, or one has failed, which ends the run. The
# "Idle" sign says so too early.
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
HAS_RUN = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets
        .map(cell => cell.model).filter(cell => cell.type === 'code' && cell.sharedModel.source.trim());
    return cells.some(cell => cell.outputs.toJSON().some(output => output.output_type === 'error'))
        || cells.every(cell => cell.executionCount !== null && cell.executionState !== 'running');
}"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({source: cell.model.sharedModel.source, outputs: cell.model.outputs.toJSON()}))"""

STEPPER = ".jp-OutputArea-output .live"


@contextmanager
def serving(*command, home):
    """Run `python -m *command` as a server on a free port; its address. Its token is "secret"."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HOME": str(home), "JUPYTER_TOKEN": "secret"}
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        environment[f"JUPYTER_{name}"] = str(home / name)
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(home / "workspaces")
    (home / "CONFIG_DIR").mkdir(exist_ok=True)
    for name in ("jupyter_lab_config.py", "jupyter_notebook_config.py"):
        (home / "CONFIG_DIR" / name).write_text(CONFIGURATION)
    command = [sys.executable, "-m", *command, "--port", str(port)]
    with open(home / "log", "a") as log:
        server = subprocess.Popen(
            command, cwd=home, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        # Jupyter asks its kernels to end and waits for them; now and then, on a busy machine, for one that never does.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for(address):
    for _ in range(300):
        try:
            return urllib.request.urlopen(f"{address}/api/status?token=secret").close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Jupyter did not start")


@contextmanager
def page_for(browser, address):
    """A page of a browser. Tall, since JupyterLab draws only the cells that are in view.

    Fails at the end if anything was requested from elsewhere than `address`.
    """
    outside = []
    page = browser.new_page(viewport={"width": 1280, "height": 9000})
    page.on("request", lambda request: outside.append(request.url))
    yield page
    page.close()
    inside = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in outside if not url.startswith(inside)] == []


def run_all(page):
    """Run all cells of the open notebook; a list of their sources and outputs."""
    page.evaluate(READY)
    page.evaluate(RUN_ALL)
    page.wait_for_function(HAS_RUN, timeout=60_000)
    return page.evaluate(OUTPUTS)


def assert_shows(stepper, passes, index):
    """The stepper shows what the trace says of step `index`: the count, the words, and each fact of each box."""
    film = frames(passes)
    playwright.expect(stepper.locator(".count")).to_have_text(f"step {index + 1} of {len(film)}")
    assert stepper.locator("[aria-live]").inner_text() == sentence(passes, index)
    assert stepper.locator("li").all_inner_texts() == ["\n".join(line.lines()) for line in formulas(passes, index)]
    shown = {}
    for place, box in enumerate(film[index].boxes):
        element = stepper.locator(f"[data-box='{place}']")
        shown[place] = element.get_attribute("data-mark")
        facts = {fact.get_attribute("data-fact"): fact.text_content() for fact in element.locator("[data-fact]").all()}
        assert facts == dict(box.facts)
    assert {box: mark for box, mark in shown.items() if mark} == film[index].marks
    grads = {step.box: step.after for step in passes.steps[: index + 1] if step.kind == "leaf"}
    for box, grad in grads.items():
        if grad.size == 1:
            text = stepper.locator(f"[data-box='{box}'] [data-fact='.grad']").text_content()
            assert float(text) == pytest.approx(grad.item(), rel=1e-3)


def keep_picture(page, name):
    """Where somebody asks for it, a picture of the page to look at."""
    if "MINIGRAD_PICTURES" in os.environ:
        page.screenshot(path=os.path.join(os.environ["MINIGRAD_PICTURES"], f"{name}.png"))
