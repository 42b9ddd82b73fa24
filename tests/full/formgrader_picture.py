"""The README's picture of formgrader: `python tests/full/formgrader_picture.py` takes it again. It needs Pillow."""

import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "browser"))
from jupyters import CHROMIUM, FLAGS, playwright, serving  # noqa: E402

from minigrad.course.files import course_folder, notebook_of_lesson  # noqa: E402

PICTURE = ROOT / ".github" / "formgrader.png"
ASSIGNMENT = "01_requires_grad"
PREDICTED = """\
grads = {
    "before": 0.0,
    "w": 28.0,
    "b": 14.0,
    "x": 0.0,
    "y": None,
    "loss": None,
}"""
# The cells from edge to edge, the answer just below the bar at the top.
CLIP = {"x": 60, "y": 0, "width": 880, "height": 940}
TO_THE_ANSWER = "field => scrollBy(0, field.closest('.nbgrader_cell').getBoundingClientRect().top - 70)"
AT_THE_EDGES = ".help, .previous, .next { visibility: hidden }"


def minigrad(folder: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "minigrad.cli", *words], cwd=folder, check=True)


def hand_in(course: Path) -> None:
    """Somebody believes that `.grad` starts at 0."""
    notebook = nbformat.read(course_folder() / notebook_of_lesson("01", "exercises"), as_version=4)
    next(cell for cell in notebook.cells if cell.id == "ex-01-2-answer").source = PREDICTED
    folder = course / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")


def picture(course: Path) -> bytes:
    with (
        serving("jupyterlab", "--no-browser", "--allow-root", home=course) as address,
        playwright.sync_playwright() as tool,
    ):
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": CLIP["height"]})
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.goto(f"{address}/formgrader?token=secret")
        page.goto(f"{address}/formgrader/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
        page.get_by_role("link", name="Submission #1").click()
        page.locator("#ex-01-2-check[placeholder='2']").wait_for()
        page.add_style_tag(content=AT_THE_EDGES)
        page.locator("#ex-01-2-answer-comment").evaluate(TO_THE_ANSWER)
        shown = page.screenshot(clip=CLIP)
        browser.close()
    return shown


def small(shown: bytes) -> bytes:
    """With a palette: half the size, and the eye sees no difference."""
    from PIL import Image  # here, since tests that are collected import this file

    file = BytesIO()
    Image.open(BytesIO(shown)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        minigrad(course.parent, "course", str(course))
        hand_in(course)
        minigrad(course, "grade", ASSIGNMENT)
        PICTURE.write_bytes(small(picture(course)))
