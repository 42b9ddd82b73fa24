"""What a student's page says of the marks, and that neither hidden tests nor anything that runs is in it."""

import base64
import html
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader_cells import marked

from minigrad.grading.feedback_page import ERROR_LEFT_OUT, LEFT_OUT, LONGEST, Marks, Sum, page
from minigrad.grading.hidden import parted, shown_by
from minigrad.grading.record import BY_HAND, FAILED, HIDDEN_TESTS, MISSING, PARTLY, PASSED, TOO_SLOW, UNFIT, Verdict
from minigrad.grading.safe_html import picture, safe_html
from minigrad.grading.scores import Score
from minigrad.grading.text_cell import from_markdown

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><circle r="4"/></svg>'


def cell(source, name, outputs=(), **facts):
    return marked(new_code_cell(source, outputs=list(outputs)), name, **facts)


def check(source, *outputs):
    return cell(source, "test", outputs, grade=True, points=2)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(**data):
    kinds = {name: name.replace("_", "/").replace("-", "+") for name in data}
    return new_output("display_data", data={kinds[name]: value for name, value in data.items()})


def page_of(*cells, points=0.0, verdict=None, score=None, **known):
    auto = verdict.points if verdict else points
    scores = {"test": score or Score(points, 2.0, False, False, auto)}
    verdicts = {"test": verdict} if verdict else {}
    return page(new_notebook(cells=list(cells)), Marks("ps1", "p1", "hacker", scores, verdicts=verdicts, **known))


def words(text):
    text = re.sub(r"</?(a|b|code|span|strong)\b[^>]*>", "", text.partition("<body>")[2])
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


class TestHidden:
    SOURCE = """assert f(1) == 2
### BEGIN HIDDEN TESTS
assert f(77001) == 77002
### END HIDDEN TESTS
assert f(3) == 4"""

    def test_the_hidden_part_of_a_test_is_cut_and_what_it_showed_too(self):
        error = new_output("error", ename="AssertionError", evalue="77003", traceback=["assert f(77004) == 77005"])
        text = page_of(check(self.SOURCE, printed("77006"), error, shown(text_html="<b>77007</b>", text_plain="77008")))
        assert "7700" not in text
        assert "f(1) == 2" in words(text) and "f(3) == 4" in words(text)

    def test_that_it_failed_is_said_in_one_sentence(self):
        assert "A hidden test failed." in words(page_of(check(self.SOURCE)))
        assert "A hidden test failed." not in words(page_of(check(self.SOURCE), points=2.0))

    def test_of_a_task_with_a_scheme_for_marking_it_says_neither_that_nor_what_the_scheme_is_called(self):
        source = "Draw.\n\n### BEGIN MARK SCHEME\n# 77001\n### END MARK SCHEME"
        task = marked(new_markdown_cell(source), "test", task=True, locked=True, points=2)
        text = page_of(new_markdown_cell("## A question"), task, verdict=Verdict("test", None, 2.0, BY_HAND))
        assert "hidden" not in words(text) and "SCHEME" not in text and "7700" not in text
        assert "A question" in words(text.partition("</table>")[0])

    def test_the_detail_that_the_instructor_sees_stays_out(self):
        verdict = Verdict("test", 0.0, 2.0, FAILED, "Failed on a list of numbers.", "77001 in line 3", hidden=True)
        text = page_of(check(self.SOURCE), verdict=verdict)
        assert "7700" not in text and "Failed on a list of numbers." in words(text)

    def test_the_line_that_failed_is_told_if_it_can_be_seen(self):
        def told(line, hidden=False):
            verdict = Verdict("test", 0.0, 2.0, FAILED, "AssertionError: ", f"line {line}: AssertionError: ", hidden)
            return words(page_of(check(self.SOURCE), verdict=verdict))

        assert "AssertionError It failed in this line: assert f(3) == 4" in told(5)
        assert "in this line" not in told(3) and "in this line" not in told(5, hidden=True) + told(9)

    def test_a_cell_whose_verdict_is_hidden_shows_nothing_though_no_part_of_it_is_marked(self):
        verdict = Verdict("test", 0.0, 2.0, FAILED, detail="77001", hidden=True)
        assert "7700" not in page_of(check("assert f(1) == 2", printed("77001")), verdict=verdict)

    def test_a_part_that_does_not_end_is_cut_to_the_end(self):
        assert parted("a\n# BEGIN HIDDEN TESTS\nb\nc", [HIDDEN_TESTS]) == ("a", "b\nc")

    def test_a_part_within_a_part_is_cut_with_it(self):
        source = "# BEGIN HIDDEN TESTS\n# BEGIN HIDDEN TESTS\nb\n# END HIDDEN TESTS\nc\n# END HIDDEN TESTS\nd"
        assert parted(source, [HIDDEN_TESTS]) == ("d", "b\nc")
        assert parted("a\nb", [HIDDEN_TESTS]) == ("a\nb", None)

    def test_a_mark_scheme_is_cut(self):
        task = new_markdown_cell("Explain.\n=== BEGIN MARK SCHEME ===\n77001\n=== END MARK SCHEME ===")
        task.metadata["nbgrader"] = {"grade_id": "test", "task": True, "points": 2}
        text = page_of(task)
        assert "77001" not in text and "Explain." in text

    def test_nothing_of_metadata_attachments_or_the_file_is_copied(self):
        probe = check(self.SOURCE)
        probe.metadata["note"] = "77010"
        text = new_markdown_cell("none", attachments={"a.png": {"image/png": "77011"}}, metadata={"x": "77012"})
        assert "770" not in page_of(probe, text)


class TestLearnt:
    """A function of the student's keeps what hidden tests call it with; a cell below tells it."""

    TEST = check("### BEGIN HIDDEN TESTS\nassert f('secret-77001', 0.77002) == 2\n### END HIDDEN TESTS")

    def after(self, *outputs, before=(), name="later", cells_before=()):
        """What the page says of a cell below the hidden test."""
        handed_in = new_notebook(cells=[new_code_cell("other", outputs=list(before))])
        text = page_of(self.TEST, cell("seen", name, outputs, solution=name == "later", grade=name != "later"),
                       before=shown_by(handed_in), cells_before=dict(cells_before))  # fmt: skip
        return text.partition('id="cell-2"')[2]

    def test_what_the_notebook_showed_when_it_was_handed_in_is_shown(self):
        outputs = [printed("one\n"), printed("two\n"), shown(text_html="<b>three</b>", text_plain="3")]
        told = self.after(*outputs, before=[printed("one\ntwo\n"), outputs[2]])
        assert "one" in told and "two" in told and "<b>three</b>" in told and LEFT_OUT not in told

    @pytest.mark.parametrize("output", [
        printed("['secret-77001']"), printed("10077-terces"), shown(text_html="<b>secret-77001</b>", text_plain="1"),
        new_output("error", ename="E", evalue="secret-77001", traceback=["secret-77001"]),
    ])  # fmt: skip
    def test_what_it_did_not_show_then_is_left_out_and_that_is_said(self, output):
        told = self.after(output, before=[printed("1"), new_output("error", ename="E", evalue="1", traceback=[])])
        assert "77001" not in told and "10077" not in told
        assert (ERROR_LEFT_OUT if output.output_type == "error" else LEFT_OUT) in told

    def test_where_it_shows_something_else_now_it_is_shown_as_it_was_handed_in(self):
        before = {"seen": [printed("0.123 then")]}
        told = self.after(printed("0.456 now"), cells_before=before)
        assert "0.123 then" in told and "0.456" not in told and LEFT_OUT not in told
        assert "0.123" not in self.after(printed("secret-77001"), name="test", cells_before=before)
        error = new_output("error", ename="E", evalue="secret-77001", traceback=[])
        assert "0.123 then" in (told := self.after(error, cells_before=before)) and ERROR_LEFT_OUT in told

    def test_an_error_that_was_there_then_is_shown_but_for_its_traceback_which_may_be_forged(self):
        error = new_output("error", ename="E", evalue="no", traceback=["secret-77001"])
        told = self.after(error, before=[new_output("error", ename="E", evalue="no", traceback=["..."])])
        assert "E: no" in told and "77001" not in told

    def test_a_photograph_is_shown(self):
        assert PNG in self.after(shown(image_png=PNG))

    def test_before_any_hidden_test_all_is_shown(self):
        assert "new" in page_of(cell("seen", "later", [printed("new")], solution=True), self.TEST)

    def test_a_test_shows_what_it_finds_but_no_constant_of_a_hidden_test(self):
        for harmless in ("AssertionError: got 3", "AssertionError: 2 is not 0.5"):
            error = new_output("error", ename="AssertionError", evalue="", traceback=[harmless])
            assert harmless in self.after(error, name="test")
        for leak in ("got secret-77001", "got [0.77002]", "got [0.770020]", "got 77002e-5"):
            error = new_output("error", ename="ValueError", evalue=leak, traceback=[leak])
            told = self.after(error, name="test")
            assert "770" not in told and ERROR_LEFT_OUT in told

    def test_nor_does_the_reason(self):
        verdict = Verdict("test", 0.0, 2.0, FAILED, "ValueError: secret-77001" + 9999 * "x")
        text = page_of(cell(self.TEST.source, "first", grade=True), check("assert f(1) == 2"), verdict=verdict)
        assert "77001" not in text and "ValueError." in words(text)

    def test_what_the_notebook_says_itself_is_no_secret(self):
        known = cell("x = 'secret-77001'", "known", solution=True)
        error = new_output("error", ename="ValueError", evalue="", traceback=["got secret-77001"])
        assert "got secret-77001" in page_of(known, cell(self.TEST.source, "first", grade=True), check("", error))


class TestPoints:
    @pytest.mark.parametrize("points, said", [(2.0, "✓ passed"), (0.5, "◐ in part"), (0.0, "✗ not passed")])
    def test_without_a_verdict_the_points_tell_how_it_went(self, points, said):
        text = words(page_of(check("assert True"), points=points))
        assert said in text and f"{points:g} of 2" in text

    @pytest.mark.parametrize("kind, said", [(PASSED, "passed"), (PARTLY, "in part"), (TOO_SLOW, "took too long"),
                                            (UNFIT, "not decided yet")])  # fmt: skip
    def test_a_verdict_tells_it(self, kind, said):
        assert said in words(page_of(check("assert True"), verdict=Verdict("test", 0.0, 2.0, kind)))

    def test_an_answer_that_was_not_given_has_no_points_though_no_test_failed(self):
        verdict = Verdict("test", None, 2.0, BY_HAND)
        essay = cell("", "test", solution=True, grade=True)
        assert "✗ no points" in words(page_of(essay, score=Score(0.0, 2.0, False, False, 0.0), verdict=verdict))

    def test_what_waits_for_a_person_is_not_marked_yet(self):
        text = words(page_of(check(""), score=Score(0.0, 2.0, True, False)))
        assert "p1: not marked yet" in text and "– of 2 ○ not marked yet" in text and "0 of" not in text

    def test_what_is_not_marked_yet_is_no_loss(self):
        scores = {"test": Score(1.0, 2.0, False, False, 1.0), "essay": Score(0.0, 5.0, True, False)}
        text = words(page(new_notebook(cells=[check("")]), Marks("ps1", "p1", "ada", scores, penalty=0.5)))
        assert "p1: 0.5 of 2 points so far" in text and "5 more are not marked yet." in text
        assert "Together 0.5 of 2 so far" in text and "– of 5 ○ not marked yet" in text

    def test_a_mark_that_nbgrader_wants_looked_at_again_is_a_mark(self):
        text = words(page_of(check(""), score=Score(1.5, 2.0, True, True, 0.0)))
        assert "p1: 1.5 of 2 points" in text and "● marked by your instructor, to be confirmed" in text

    def test_the_sum_of_the_assignment_leads_to_its_other_notebooks(self):
        sums = {"p1": Sum(2, 2), "a b/ü": Sum(1, 3, 4)}
        text = page_of(check(""), points=2.0, all_notebooks=sums)
        assert "ps1: 3 of 5 points so far (4 more not marked yet), in its notebooks p1 (2 of 2)," in words(text)
        assert '<a href="./a%20b/%C3%BC.html">a b/ü</a> (1 of 3 so far)' in text
        assert "in its notebooks" not in words(page_of(check(""), all_notebooks={"p1": Sum(0, 2)}))

    def test_what_kept_a_cell_from_its_end_is_told_at_the_cell(self):
        notes = ["Cell 3: It did not come to an end.", "Cell 9: It crashed.", "Cells were put back."]
        text = page_of(new_markdown_cell("## The mean"), check(""), cell("while True: ...", "loop"), notes=notes)
        assert '<a href="#cell-3">A cell under “The mean”</a>: It did not come to an end.' in text
        assert "It did not come to an end." in text.partition('id="cell-3"')[2]
        assert "Cells were put back. Cell 9: It crashed." in words(text).partition("How it went")[0]

    def test_an_answer_that_was_left_as_it_was_is_no_comment(self):
        text = words(page_of(check(""), cell("...", "mean", solution=True), unanswered={"mean"}))
        assert "It was left as it was given out." in text and "omment" not in text

    def test_a_persons_decision_goes_before_the_verdict_and_its_reason(self):
        verdict = Verdict("test", 0.0, 2.0, FAILED, "It returned 3.")
        text = words(page_of(check("assert True"), score=Score(1.5, 2.0, False, True, 0.0), verdict=verdict))
        assert "marked by your instructor" in text and "1.5 of 2" in text and "It returned 3." not in text

    def test_of_a_notebook_that_was_not_handed_in_each_cell_says_so(self):
        verdict = Verdict("test", 0.0, 2.0, MISSING, "The notebook was not handed in.")
        text = words(page_of(verdict=verdict, notes=[verdict.reason]))
        assert "For hacker, ps1 The notebook was not handed in." in text and "0 of 2 ✗ not handed in" in text

    def test_a_verdict_on_marks_that_nbgrader_has_replaced_is_not_told(self):
        verdict = Verdict("test", 0.0, 2.0, FAILED, "It returned 3.")
        text = words(page_of(check("assert True"), score=Score(2.0, 2.0, False, False, 2.0), verdict=verdict))
        assert "✓ passed" in text and "It returned 3." not in text

    def test_a_visible_test_that_failed_shows_its_error(self):
        error = new_output("error", ename="AssertionError", evalue="", traceback=["\x1b[31mAssertionError\x1b[0m: no"])
        assert "AssertionError: no" in words(page_of(check("assert f() == 2", error)))
        verdict = Verdict("test", 0.0, 2.0, FAILED, "AssertionError: no\n x: [1,  2]\n y: [1,  3]")
        text = page_of(check("assert f() == 2", error), verdict=verdict)
        assert words(text).count("AssertionError: no") == 1  # not once more as its reason
        assert '<p class="told lines">AssertionError: no\n x: [1,  2]' in page_of(check(""), verdict=verdict)
        verdict = Verdict("test", 0.0, 2.0, FAILED, "AssertionError: from the verdict")
        assert "from the verdict" in words(page_of(check("assert f() == 2"), verdict=verdict))

    def test_the_total_is_less_the_late_penalty(self):
        text = words(page_of(check(""), points=2.0, penalty=0.5))
        assert "p1: 1.5 of 2 points" in text and "Handed in late −0.5" in text

    def test_comments_limits_and_the_section_are_told(self):
        text = page_of(
            new_markdown_cell("# Numbers\n\n## The `mean`"), check(""), comments={"test": "See **here**."},
            notes=["Cell 3 was stopped after 30 seconds."]
        )  # fmt: skip
        assert "See here." in words(text) and "<strong>here</strong>" in text
        assert "Cell 3 was stopped after 30 seconds." in words(text)
        assert '<a href="#cell-2">test</a>' in text and '<a href="#cell-2-comment">' in text

    def test_very_long_output_is_shortened(self):
        text = page_of(check("", printed("x" * (LONGEST + 1234))))
        assert len(text) < LONGEST + 15_000 and "and 1,234 letters more" in text


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/x.png' srcset='https://evil.example/x.png 2x'>",
    "<svg><rect fill='url(https://evil.example/x)' /><use href='https://evil.example/x#y' /></svg>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x /></svg>",
    "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<form action='https://evil.example'><button formaction='javascript:alert(1)'>x</button></form>",
    "<meta http-equiv='refresh' content='0;url=https://evil.example'><base href='https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'><object data='https://evil.example'></object>",
    "<p style='position:fixed;top:0;z-index:9'>10 of 10 points</p>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<p title=\"<img><script>alert(1)</script>\">x</p>",
    "<video src='https://evil.example/x' onerror=alert(1)></video><embed src='https://evil.example'>",
    "<style>nav { display: none } @import url(https://evil.example)</style>",
    "<p id='top' class='points' name='top'>x</p>",
]
DEAD = ("<script", "<iframe", "onerror=", "onload=", "onbegin=", "javascript:", "data:text", "evil.example/", "<form",
        "<meta", "<base", "<link", "<object", "<embed", "<video", "<style", "position")  # fmt: skip


class TestUntrusted:
    @pytest.mark.parametrize("source", HOSTILE)
    def test_nothing_that_runs_fetches_or_imitates_is_left(self, source):
        for made in (safe_html(source), from_markdown(source)):
            tags = "".join(f"<{part.partition('>')[0]}" for part in made.split("<")[1:])
            assert [dead for dead in DEAD if dead in tags.lower()] == []
            assert 'id="top"' not in made and 'class="points"' not in made

    def test_tables_pictures_and_drawings_still_show(self):
        drawing = '<svg viewBox="0 0 9 9"><marker id="tip"></marker><path d="M0 0" marker-end="url(#tip)"/></svg>'
        table = "<table><tr><td style='color:red'>1</td></tr></table>"
        plot = shown(image_png=PNG, text_plain="a <b>plot</b>")
        text = page_of(check("", shown(text_html=table + drawing), plot, shown(**{"image_svg-xml": SVG})))
        assert '<td style="color:red">1</td>' in text
        assert 'viewBox="0 0 9 9"' in text and 'id="theirs-tip"' in text and 'marker-end="url(#theirs-tip)"' in text
        assert f'<img src="data:image/png;base64,{PNG}" alt="a &lt;b&gt;plot&lt;/b&gt;">' in text
        assert base64.b64encode(SVG.encode()).decode() in text and "<script" not in text

    def test_what_cannot_be_shown_gives_way_to_the_plain_form(self):
        live = shown(text_html="<script>plot()</script>", application_javascript="x()", text_plain="Plot(3)")
        text = page_of(check("", live))
        assert "Plot(3)" in text and "<script" not in text and "plot()" not in text

    def test_names_notes_raw_cells_and_printed_text_are_text(self):
        probe = "<script>alert(1)</script>"
        text = page(new_notebook(cells=[new_raw_cell(probe), new_code_cell(f"'{probe}'", outputs=[printed(probe)])]),
                    Marks(probe, probe, probe, notes=[probe]))  # fmt: skip
        assert "<script" not in text and text.count("&lt;script&gt;") >= 6

    def test_a_picture_whose_data_is_none_is_not_shown(self):
        assert "<img" not in picture("image/png", 'AA"><script>alert(1)</script>', "")

    def test_the_page_forbids_scripts_and_the_net_to_whatever_slipped_through(self):
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in page_of()
