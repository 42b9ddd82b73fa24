"""Each lesson has the parts of the spine, in their order, and says nothing that its own outputs do not show."""

import html
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
EXERCISES = sorted((NOTEBOOKS.parent / "exercises").glob("*/*.ipynb"))
SPINE = [
    "Predict", "Run it", "The idea", "Step backwards through the graph", "Worked examples", "Exercises",
    "The same in PyTorch", "Exit ticket", "Summary",
]  # fmt: skip
# The first lesson also says how the course works, each thing after the part of the spine where it is needed.
WELCOME = {"Worked examples": ["What a card says", "When you are stuck"], "Exit ticket": ["Where things are"]}

def is_welcome(lesson):
    return lesson.stem.startswith("00")


for_each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


def cells(lesson):
    return json.loads(lesson.read_text("utf-8"))["cells"]


def source(cell):
    return "".join(cell["source"])


def prose(lesson):
    """All markdown, without the code in it."""
    text = "\n".join(source(cell) for cell in cells(lesson) if cell["cell_type"] == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def code(lesson):
    return "\n".join(source(cell) for cell in cells(lesson) if cell["cell_type"] == "code")


def outputs(lesson):
    """Everything that the cells show, as text."""
    shown = []
    for cell in cells(lesson):
        for output in cell.get("outputs", []):
            shown.append("".join(output.get("text", [])))
            shown += ["".join(value) for kind, value in output.get("data", {}).items() if kind == "text/plain"]
    return "\n".join(shown)


def headings(lesson):
    """(level, words) of each heading."""
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.*)$", prose(lesson), re.MULTILINE)]


def section(lesson, name):
    return re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", prose(lesson), re.DOTALL | re.MULTILINE)[1]


@for_each_lesson
def test_the_parts_of_the_spine_are_there_in_order(lesson):
    more = WELCOME if is_welcome(lesson) else {}
    spine = [name for part in SPINE for name in (part, *more.get(part, ()))]
    assert [words for level, words in headings(lesson) if level == 2] == spine


@for_each_lesson
def test_there_is_one_title_and_no_level_is_skipped(lesson):
    levels = [level for level, _ in headings(lesson)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert headings(lesson)[0][1].startswith(f"Lesson {lesson.stem[:2]}: ")
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


@for_each_lesson
def test_minutes_needs_and_three_abilities_are_said_first(lesson):
    beginning = prose(lesson).split("\n## ")[0]
    [minutes] = re.findall(r"About (\d+) minutes", beginning)
    assert 25 <= int(minutes) <= 40 and "You need" in beginning and "After this lesson you can" in beginning
    assert re.findall(r"^(\d)\. ", beginning, re.MULTILINE) == ["1", "2", "3"]


@for_each_lesson
def test_the_idea_takes_no_more_than_150_words(lesson):
    assert len(section(lesson, "The idea").split()) <= 170  # marks of lists and of code count as words here


@for_each_lesson
def test_one_predicts_steps_draws_and_compares_with_pytorch(lesson):
    program = code(lesson)
    assert program.count("predict(\n") + program.count("predict(\"") >= 6
    assert ".step()" in program and "draw(" in program and "same_in_pytorch(" in program
    ticket = program[program.rindex("same_in_pytorch("):]
    assert len(re.findall(r"\bpredict\(", ticket)) == 3
    assert lesson.stem[:2] in ("00", "01") or f'recall("{lesson.stem[:2]}")' in ticket


def test_the_first_lesson_says_how_to_go_on_by_oneself():
    [welcome] = filter(is_welcome, LESSONS)
    text = prose(welcome)
    for needed in ("Shift+Enter", "*Next*", "arrow keys", "click the box", "hint(", "progress()", "minigrad lab",
                   "minigrad reset", "Restart Kernel"):
        assert needed in text, needed
    assert "points" in outputs(welcome) and "not yet" in outputs(welcome), "no card is shown"


@for_each_lesson
def test_there_is_something_to_complete(lesson):
    assert re.search(r"### The same(, with| with) (two blanks|its lines)", prose(lesson))


@for_each_lesson
def test_a_picture_has_its_text(lesson):
    for cell in cells(lesson):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" not in data:
                continue
            assert "".join(data.get("text/plain", [])).strip(), "a picture without words"
            for image in re.findall(r"<img [^>]*>", "".join(data["text/html"])):
                assert html.unescape(re.search(r'alt="([^"]*)"', image)[1]).strip()


@pytest.mark.parametrize("notebook", [*LESSONS, *EXERCISES], ids=lambda path: f"{path.parts[-2]}/{path.stem}")
def test_every_column_of_a_table_has_a_name(notebook):
    heads = re.findall(r"^(\|.*\|)\n\|[-:| ]+\|$", prose(notebook), re.MULTILINE)
    assert [head for head in heads if not all(name.strip() for name in head.strip("|").split("|"))] == []


@for_each_lesson
def test_links_lead_somewhere(lesson):
    for target in re.findall(r"(?:\]\(|^\[[^\]]+\]: )([^)\s]+)", prose(lesson), re.MULTILINE):
        assert target.startswith("https://") or (lesson.parent / target.partition("#")[0]).exists(), target


NAMED = r"[Ll]essons?\s+((?:\[?\d\d\]?(?:\([^)]*\))?(?:,\s+|\s+and\s+|\s+to\s+)?)+)"  # one lesson, or several


@for_each_lesson
def test_a_lesson_that_is_named_is_linked(lesson):
    text = re.sub(r"^# .*$", "", prose(lesson), count=1, flags=re.MULTILINE)  # but for the lesson's own title
    named = {number for several in re.findall(NAMED, text) for number in re.findall(r"(?<![\w(])\d\d\b", several)}
    linked = set(re.findall(r"(?:\]\(|^\[\d\d\]: )(\d\d)_\w+\.ipynb", text, re.MULTILINE))
    assert sorted(named - linked) == []


@for_each_lesson
def test_what_comes_back_comes_at_the_end_of_the_exit_ticket(lesson):
    *_, last = [source(cell) for cell in cells(lesson) if cell["cell_type"] == "code"]
    assert is_welcome(lesson) or last.strip().splitlines()[-1].startswith(f'recall("{lesson.stem[:2]}")')


# Numbers that are no results: of lessons and exercises, minutes, versions, numerals of a list.
NOT_SHOWN = r"\b0\d\b|[Ll]essons? \d\d|\d\d\.\d\b|\d+ minutes|2\.13|^\d+\. |^\| \d+ \||\d+ to \d\d"


@for_each_lesson
def test_every_number_in_the_prose_is_in_an_output_or_in_the_code(lesson):
    text = re.sub(NOT_SHOWN, "", prose(lesson), flags=re.MULTILINE)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)  # code, and where links lead
    shown = set(re.findall(r"\d+(?:\.\d+)?", f"{outputs(lesson)}\n{code(lesson)}"))
    shown |= {number.removesuffix(".0") for number in shown} | {number.split(".")[0] for number in shown}
    said = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", text.replace(",", "")))
    assert sorted(said - shown) == []
