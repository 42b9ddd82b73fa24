"""Text cells on a page: formulas are drawn without a script, pictures that lie beside the notebook are in it."""

import base64

import pytest

from minigrad.grading import text_cell
from minigrad.grading.safe_html import safe_html
from minigrad.grading.text_cell import Room, from_markdown

PNG = b"\x89PNG\r\n\x1a\n and so on"
DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


@pytest.mark.parametrize("source, drawn", [
    ("a $x_i$ b", '<math display="inline"><mrow><msub><mi>x</mi><mi>i</mi></msub></mrow></math>'),
    ("$$\\frac{1}{2}$$", '<math display="block"><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>'),
    ("\\begin{align}\na &= b\n\\end{align}", '<math display="block"><mrow><mtable displaystyle="true"'),
])  # fmt: skip
def test_a_formula_is_drawn(source, drawn):
    assert drawn in from_markdown(source) and "$" not in from_markdown(source)


@pytest.mark.parametrize("source", ["$a_$", "$\\begin{<b>$", f"${'(' * 5001}$", f"${'{' * 4000}$", "it costs $5"])
def test_what_is_no_formula_stays_as_it_was_written(source):
    assert from_markdown(source) == f"<p>{source.replace('<b>', '&lt;b&gt;')}</p>\n"


@pytest.mark.parametrize("body", [
    "\\text{<img src=x onerror=alert(1)>}", "\\href{javascript:alert(1)}{x}", "<script>alert(1)</script>",
    "\\text{<style>p{}</style>}", "\\style{position:fixed}{x}", '"><img src=x onerror=alert(1)>',
    "\\text{</math><script>alert(1)</script>}"])  # fmt: skip
def test_nothing_in_a_formula_runs(body):
    for source in (f"${body}$", f"$${body}$$"):
        tags = "".join(f"<{part.partition('>')[0]}" for part in from_markdown(source).split("<")[1:])
        assert not [dead for dead in ("<script", "onerror", "href", "<style", "position", "src=") if dead in tags]


@pytest.fixture
def folder(tmp_path):
    """A student's folder, and a picture that is in none."""
    (tmp_path / "ada" / "images").mkdir(parents=True)
    for name in ("ada/images/my plot.png", "ada/small.PNG", "bob.png"):
        (tmp_path / name).write_bytes(PNG)
    (tmp_path / "ada" / "link.png").symlink_to(tmp_path / "bob.png")
    (tmp_path / "ada" / "tests.py").write_bytes(PNG)
    return tmp_path / "ada"


@pytest.mark.parametrize("source", ["![a plot](images/my%20plot.png)", '![a plot](./small.PNG "title")',
                                    "words <img width=3 src='small.PNG' alt='a plot'> words",
                                    '<img alt="a plot" src="images/my plot.png"/>'])
def test_a_picture_beside_the_notebook_is_in_the_page(folder, source):
    text = from_markdown(source, Room(folder))
    assert f'src="{DATA}"' in text and 'alt="a plot"' in text
    assert "data:" not in from_markdown(source)


@pytest.mark.parametrize("name", ["../bob.png", "link.png", "{folder}/../bob.png", "tests.py", "none.png", "images",
                                  "https://example.org/small.PNG", "%00.png", "a" * 5000 + ".png"])
def test_no_other_file_is(folder, name):
    text = from_markdown(f"![a plot]({name.format(folder=folder)})", Room(folder))
    assert "src=" not in text and "a plot" in text


def test_large_pictures_are_left_out(folder, monkeypatch):
    monkeypatch.setattr(text_cell, "TOGETHER", 3 * len(PNG))
    room = Room(folder)
    assert from_markdown("![a](small.PNG)" * 5, room).count(DATA) == 3
    monkeypatch.setattr(text_cell, "LARGEST", len(PNG) - 1)
    assert DATA not in from_markdown("![a](small.PNG)", Room(folder))


@pytest.mark.parametrize("source", ["<img " * 40_000, "<img src=" * 20_000, "$x$ " * 50_000, "![a](" * 40_000])
def test_a_text_that_repeats_itself_does_not_take_for_ever(folder, source):
    assert from_markdown(source, Room(folder)) and safe_html(f"{source}>") is not None


def test_more_text_than_a_page_has_room_for_stays_as_it_was_written():
    room = Room()
    long = "**a** " * 30_000
    assert "<strong>" in from_markdown(long, room) and from_markdown(long, room) == long


def test_a_large_picture_that_was_pasted_is_left_out():
    for size, shown in ((2_000_000, 4), (2_000_001, 0)):  # eight million are what a page takes
        attachments = {"a.png": {"image/png": "A" * size}}
        assert from_markdown("![words](attachment:a.png)" * 9, attachments=attachments).count("A" * size) == shown
