"""Every lesson as a web page in a real browser: axe-core finds nothing, nothing is cut off, and it stands alone."""

import contextlib
import io

import pytest
from accessibility import found
from jupyters import CHROMIUM, keep_picture, playwright
from nbconvert import HTMLExporter

from minigrad.course.files import course_folder, lessons
from minigrad.course.pages import write_pages

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

GROUND = "() => getComputedStyle(document.body).backgroundColor"
CUT_OFF = """() => [...document.querySelectorAll("main *")]
    .filter(part => getComputedStyle(part).overflowX === "hidden" && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages of all lessons."""
    folder = tmp_path_factory.mktemp("pages")
    assert len(list(write_pages(list(lessons()), folder))) == len(lessons())
    return folder


@pytest.fixture
def page(browser):
    """A page that can open files, and notes in `outside` what else it asks for."""
    page = browser.new_page()
    page.outside = []

    def answer(route):
        if route.request.url.startswith("file:"):
            return route.continue_()
        page.outside.append(route.request.url)
        route.abort()

    page.route("**", answer)
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lesson", lessons())
def test_axe_finds_nothing_on_the_page(page, folder, lesson, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto((folder / f"{lessons()[lesson].stem}.html").as_uri())
    keep_picture(page, f"page {lesson} {scheme}")
    assert page.evaluate(GROUND) == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}[scheme]
    assert page.locator(".live").count() > 0, "no stepper was there to be looked at"
    assert found(page) == [[], []]


@pytest.mark.parametrize("lesson", lessons())
def test_nothing_is_cut_off_where_the_page_is_narrow_or_enlarged(page, folder, lesson):
    page.set_viewport_size({"width": 320, "height": 900})  # a telephone, or 1280 enlarged four times, as WCAG asks for
    page.goto((folder / f"{lessons()[lesson].stem}.html").as_uri())
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert page.evaluate(CUT_OFF) == []
    violations, _ = found(page)  # it cannot judge the colours of a piece of code that goes on in the next line
    assert violations == []


@pytest.mark.parametrize("lesson", lessons())
def test_every_link_leads_to_a_page_that_is_there(page, folder, lesson):
    page.goto((folder / f"{lessons()[lesson].stem}.html").as_uri())
    links = page.locator("main a:not(.anchor-link)").evaluate_all("all => all.map(link => link.getAttribute('href'))")
    assert [link for link in links if not (link.startswith("https://") or (folder / link).is_file())] == []
    assert links


@pytest.mark.parametrize("lesson", lessons())
def test_the_page_needs_nothing_but_its_file(page, folder, lesson):
    page.goto((folder / f"{lessons()[lesson].stem}.html").as_uri())
    assert page.outside == []
    stepper = page.locator(".live").first
    stepper.get_by_role("button", name="Next").click()
    playwright.expect(stepper.locator(".count")).to_contain_text("step 2 of")
    words = page.title().partition(": ")[2]
    assert page.title().startswith(f"Lesson {lesson}: ") and words in page.get_by_role("heading", level=1).inner_text()


def test_a_link_leads_to_the_page_of_the_other_lesson(page, folder):
    first, second = (folder / f"{lessons()[lesson].stem}.html" for lesson in ("00", "01"))
    page.goto(first.as_uri())
    page.locator(f"a[href='{second.name}']").first.click()
    page.wait_for_url(second.as_uri())
    assert page.title().startswith("Lesson 01")


def test_axe_does_find_what_is_wrong_with_the_page_of_nbconvert_alone(page, tmp_path):
    with contextlib.redirect_stderr(io.StringIO()):
        html, _ = HTMLExporter().from_filename(str(course_folder() / lessons()["01"]))
    (tmp_path / "stock.html").write_text(html, encoding="utf-8")
    page.goto((tmp_path / "stock.html").as_uri())
    violations, _ = found(page)
    assert {rule for rule, _ in violations} == {"color-contrast", "link-in-text-block"}
    assert page.outside != []
