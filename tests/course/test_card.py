"""A card says the same in HTML and in plain text, escapes what learners wrote, and stays short."""

import io
import re
from html.parser import HTMLParser

import pytest
from sample import SLOPE

from minigrad.course.card import hint_card, progress_card, verdict_card
from minigrad.course.exercise import find
from minigrad.course.judge import judge
from minigrad.course.progress_file import Row
from minigrad.course.runner import KernelRunner
from minigrad.course.verdict import Incorrect, Result


class Words(HTMLParser):
    """The text of a page; fails on tags that do not close in order."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.words += [value for name, value in attrs if name == "aria-label"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def words(page: str) -> str:
    parser = Words()
    parser.feed(page)
    assert parser.open == []
    return " ".join(parser.words)


def card(answer):
    return verdict_card(judge(SLOPE, KernelRunner({"slope": answer})))


def right(f, x):
    return (f(x + 0.01) - f(x - 0.01)) / 0.02


def stub(f, x):
    raise NotImplementedError


def test_a_solved_exercise_explains_itself():
    shown = card(right)
    assert "correct" in repr(shown) and SLOPE.explanation in repr(shown)
    assert SLOPE.explanation in words(shown._repr_html_()) and "Hint" not in shown._repr_html_()


def test_a_wrong_answer_gets_the_belief_and_hints_that_unfold():
    page = card(lambda f, x: f(x))._repr_html_()
    assert "That is the value, not the slope." in words(page)
    assert page.count("<details") == 3 and page.count("display:list-item") == 3


def test_expected_and_got_are_aligned():
    lines = repr(card(lambda f, x: f(x))).splitlines()
    pairs = [(lines[i], lines[i + 1]) for i, line in enumerate(lines) if "expected" in line]
    assert pairs
    for expected, got in pairs:
        assert expected.index("expected") == got.index("got")
        assert expected.index(expected.split("expected")[1].strip()) == got.index(got.split("got")[1].strip())


def test_a_long_line_goes_on_below_its_beginning_and_nothing_scrolls():
    page = card(lambda f, x: [x] * 4)._repr_html_()
    lines = re.findall(r"<span style='display:block;padding-left:(\d+)ch;text-indent:-\1ch'>([^<]*)\n</span>", page)
    heads = [line[: int(indent)].split()[-1] for indent, line in lines]
    assert heads and heads == ["expected", "got"] * (len(heads) // 2)
    assert "white-space:pre-wrap;overflow-wrap:anywhere" in page and "overflow-x" not in page


@pytest.mark.parametrize("answer", [right, stub, lambda f, x: f(x), 3, lambda f, x: None])
def test_html_is_well_formed_and_says_what_the_text_says(answer):
    shown = card(answer)
    said = " ".join(words(shown._repr_html_()).split())
    for line in repr(shown).splitlines():
        line = re.sub(r"^[✓✗○] |`", "", line.strip())
        if line and not line.startswith("hint("):
            assert line.replace("`", "")[:40] in said.replace("`", "") or " ".join(line.split())[:40] in said


def test_what_a_learner_wrote_is_escaped():
    def evil(f, x):
        print("<script>alert(1)</script>")
        return "<img src=x onerror=alert(1)>"

    page = card(evil)._repr_html_()
    assert "<script" not in page and "<img" not in page and "&lt;of&gt;" in page


def test_half_a_character_does_not_stop_a_card_from_being_sent():
    def prints_half(f, x):
        print("\ud83d")
        raise ValueError("\ude00")

    shown = card(prints_half)
    assert "ValueError: ?" in repr(shown)
    (repr(shown) + shown._repr_html_()).encode()


def test_long_values_are_shortened():
    shown = card(lambda f, x: "a" * 10**6)
    assert len(repr(shown)) < 5000 and len(shown._repr_html_()) < 20_000

    def chatters(f, x):
        for i in range(10**5):
            print(i)

    assert len(repr(card(chatters))) < 5000


def test_text_is_the_same_each_time_and_holds_no_address():
    answers = [lambda f, x: object(), lambda f, x: f, lambda f, x: [x, x]]
    for answer in answers:
        assert repr(card(answer)) == repr(card(answer))
        assert " at 0x" not in repr(card(answer))


def test_what_was_warned_of_is_shown_once():
    def warns(f, x):
        return (x.requires_grad_() * 2).grad

    shown = card(warns)
    assert repr(shown).count("Warning: The .grad attribute of a Tensor that is not a leaf Tensor is being") == 1
    assert "Warning: The .grad attribute" in words(shown._repr_html_())


def test_a_wrong_prediction_is_not_told_the_right_one():
    exercise = find("01.2")
    answers = {"before": 0.0, "w": 27.0, "b": "14", "x": ..., "y": None}
    verdict = judge(exercise, KernelRunner({"grads": answers}))
    shown = verdict_card(verdict)
    assert "You predicted 27.0 for `grads['w']`. That is not what happens." in repr(shown)
    assert "`grads['b']` is a str; asked for is None or a float." in repr(shown)
    for form in (repr(shown).partition("hint(")[0], words(shown._repr_html_()).partition("Hint 1")[0]):
        assert "28" not in form and "expected" not in form
    assert verdict.passed == 1 and "run the lines in a new cell" in words(shown._repr_html_())


def test_nothing_is_said_by_colour_alone():
    page = card(lambda f, x: f(x))._repr_html_()
    assert page.count("role='img' aria-label='failed'") == 2


def test_hints_and_progress_have_both_forms():
    for shown in (hint_card("Hint 1", "Try `f(x)`."), progress_card([Row("01.1", "A <b> title", 1, 2, "begun", 1, 0)])):
        said = words(shown._repr_html_())
        assert repr(shown).splitlines()[0].split(":")[0] in said
    assert "<code" in hint_card("Hint 1", "Try `f(x)`.")._repr_html_()


def test_progress_unfolds_the_lesson_that_comes_next():
    rows = [Row("01.1", "One", 1, 2, "begun", 1, 0), Row("02.1", "Two", 0, 2, "not attempted", 0, 0)]
    page = progress_card(rows, find("01.1"))._repr_html_()
    assert [part.partition(">")[0].endswith(" open") for part in page.split("<details")[1:]] == [True, False]
    assert "◐ Lesson 01: 0 of 1 solved, 1 of 2 points" in words(page)
    assert page.index("Next: exercise 01.1") < page.index("<details")


def test_what_did_not_fail_shares_a_line_and_what_failed_has_its_own():
    results = Result("one", True), Result("two", False, sentence="It fails."), Result("three", False, attempted=False)
    page = verdict_card(Incorrect(SLOPE, results))._repr_html_()
    assert ["inline-block" in item for item in page.split("<li")[1:]] == [True, False, True]


def test_a_terminal_that_does_not_know_the_glyphs_is_no_obstacle(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr("sys.stdout", stream)
    card(right).show()
    stream.seek(0)
    assert stream.read().startswith("? Exercise 99.1 · ")
