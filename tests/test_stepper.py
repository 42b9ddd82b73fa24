"""What is said and shown of every step of a backward pass: sentences, formulas, frames, and the HTML made of them."""

import base64
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import minigrad as torch
from minigrad.viz import record, trace
from minigrad.viz.boxes import DATA, LEAF, OPERATION, Box
from minigrad.viz.filmstrip import Filmstrip, filmstrip
from minigrad.viz.frames import frames
from minigrad.viz.stepper import MOST_STEPS, Stepper, film_data, stepper_html
from minigrad.viz.steps import NODE, START, Hook, Passes, Sent, Step
from minigrad.viz.words import as_text, formulas, sentence, title


def array(*numbers):
    return np.array(numbers if len(numbers) > 1 else numbers[0], dtype=np.float32)


def passes_of_mul(**changes):
    """t = w * x with x untracked: the pass that starts at t, by hand, with some fields of its node changed."""
    boxes = (
        Box(LEAF, "", "AccumulateGrad", "w", (("shape", "()"), ("grad", "None")), ()),
        Box(DATA, "", "", "x", (("shape", "()"),), ()),
        Box(OPERATION, "mul", "MulBackward0", "t", (("shape", "()"),), (0, 1), True),
    )
    sent = (Sent(0, "self", "grad * other", "1.0 * 3.0", array(3.0), array(3.0), array(3.0)),)
    node = {"gradient": array(1.0), "sent": sent, "untracked": ("other",), **changes}
    return Passes(boxes, (
        Step(START, 2, "", 1, array(1.0)),
        Step(NODE, 2, "MulBackward0", 1, **node),
        Step("leaf", 0, "AccumulateGrad", 1, array(3.0), before=None, after=array(3.0)),
    ))  # fmt: skip


@pytest.fixture
def accumulated():
    """Two passes through one graph in which one leaf is used twice: everything that a small film can have."""
    w = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (b * w + w).sum()
    first = trace(loss, retain_graph=True).passes
    second = trace(loss).passes
    steps = first.steps + tuple(replace(step, number=2) for step in second.steps)
    return Passes(first.boxes, steps)


def test_a_node_says_what_it_got_what_it_sends_and_who_gets_nothing():
    words = sentence(passes_of_mul(), 1)
    assert words == "mul (t) ran backward: it got 1.0 and sends 3.0 to w; x is untracked and gets nothing."


def test_a_start_tells_its_gradient():
    assert sentence(passes_of_mul(), 0) == "Backward starts at t with the gradient 1.0."


def test_an_untracked_input_without_a_box_is_called_what_the_rules_call_it():
    passes = passes_of_mul()
    boxes = (passes.boxes[0], Box(OPERATION, "mul", "MulBackward0", "t", (), (0, None)))
    moved = tuple(replace(step, box=min(step.box, 1)) for step in passes.steps)
    assert sentence(Passes(boxes, moved), 1).endswith("other is untracked and gets nothing.")


def test_a_hook_that_changes_the_gradient_is_told_before_the_node():
    passes = passes_of_mul(hooks=(Hook("double", "tensor hook", array(0.5), array(1.0)),))
    said = sentence(passes, 1)
    assert said.startswith("The tensor hook double turned 0.5 into 1.0. mul (t) ran backward: it got 1.0 ")


def test_a_hook_that_only_looks_says_so():
    passes = passes_of_mul(hooks=(Hook("look", "hook", array(3.0), array(3.0)),))
    assert sentence(passes, 1).endswith("The hook look saw 3.0 and left it.")


def test_a_hook_that_is_given_no_gradient_ran():
    passes = passes_of_mul(hooks=(Hook("look", "hook", None, None),))
    assert sentence(passes, 1).endswith(" The hook look ran.")


def test_what_a_post_accumulate_hook_leaves_is_what_grad_shows():
    passes = passes_of_mul()
    hook = Hook("half", "post-accumulate hook", array(3.0), array(1.5))
    passes = Passes(passes.boxes, (*passes.steps[:2], replace(passes.steps[2], hooks=(hook,))))
    assert sentence(passes, 2).endswith("is now 3.0. The post-accumulate hook half turned 3.0 into 1.5.")
    assert dict(frames(passes)[-1].boxes[0].facts)[".grad"] == "1.5"


def test_a_node_with_several_outputs_tells_the_gradient_of_each():
    passes = passes_of_mul(gradients=(array(1.0), None, array(2.0)))
    assert "mul (t) ran backward: it got 1.0, None and 2.0 and sends 3.0 to w" in sentence(passes, 1)


def test_a_node_that_fails_says_how():
    passes = passes_of_mul(sent=(), untracked=(), error="ValueError: no")
    words = sentence(passes, 1)
    assert words == "mul (t) ran backward: it got 1.0 and failed, and the pass with it: ValueError: no."


def test_what_only_a_step_knows_the_name_of_is_called_by_it():
    passes = passes_of_mul()
    sent = (replace(passes.steps[1].sent[0], called="p"),)
    assert "sends 3.0 to p" in sentence(passes_of_mul(sent=sent), 1)
    assert formulas(passes_of_mul(sent=sent), 1)[0].target == "p"
    start = Passes(passes.boxes, (replace(passes.steps[0], called="y"), *passes.steps[1:]))
    assert title(start) == "Backward from y, 3 steps"
    assert sentence(start, 0) == "Backward starts at y with the gradient 1.0."


def test_what_was_freed_is_told_last():
    assert sentence(passes_of_mul(freed=("self", "other")), 1).endswith(" It freed its saved self and other.")


def test_a_node_that_nothing_reached_says_so():
    words = sentence(passes_of_mul(gradient=None, sent=(), untracked=()), 1)
    assert words == "mul (t) ran backward: it got no gradient and sends nothing on."


def test_an_input_whose_rule_gives_none_is_named():
    sent = passes_of_mul().steps[1].sent + (Sent(2, "other", "", "", None, None, None),)
    assert "sends 3.0 to w; nothing goes to t" in sentence(passes_of_mul(sent=sent, untracked=()), 1)


def test_large_gradients_are_told_by_shape_and_norm():
    ones = np.ones((3, 4), dtype=np.float32)
    sent = (Sent(0, "self", "grad * other", "", ones, ones, ones),)
    assert "it got (3, 4) of norm 3.464 and sends (3, 4) of norm 3.464 to w" in sentence(
        passes_of_mul(gradient=ones, sent=sent), 1
    )


def test_a_node_with_many_inputs_does_not_list_them_all():
    inputs = [torch.tensor([float(i)], requires_grad=True) for i in range(20)]
    passes = trace(torch.cat(inputs).sum(), names={f"x{i}": tensor for i, tensor in enumerate(inputs)}).passes
    index = next(index for index, step in enumerate(passes.steps) if step.node == "CatBackward0")
    assert sentence(passes, index).endswith("sends gradients to x0, x1, x2 and 17 more inputs.")


def test_unbroadcasting_and_waiting_and_the_sum_are_told():
    w = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor([1.0, 2.0], requires_grad=True)
    passes = trace((b * w + w).sum()).passes
    add, mul = (next(i for i, step in enumerate(passes.steps) if step.node == node)
                for node in ("AddBackward0", "MulBackward0"))  # fmt: skip
    assert "2.0 to w (summed to its shape (), which waits for 1 more)" in sentence(passes, add)
    assert "3.0 to w (summed to its shape (), the sum there is now 5.0)" in sentence(passes, mul)
    [to_w] = [formula for formula in formulas(passes, mul) if formula.target == "w"]
    assert str(to_w) == (
        "w: grad * self = [1.0, 1.0] * [1.0, 2.0] = [1.0, 2.0]; summed from (2,) to (); "
        "sum so far 2.0 + 3.0 = 5.0 (2 of 2 gradients)"
    )


def test_a_negative_term_of_a_sum_stands_in_parentheses():
    w = torch.tensor(2.0, requires_grad=True)
    passes = trace(w - w * 3).passes
    totals = [formula.total for index in range(len(passes.steps)) for formula in formulas(passes, index)]
    assert "1.0 + (-3.0) = -2.0 (2 of 2 gradients)" in totals


def test_a_second_pass_adds_to_grad(accumulated):
    leaves = [index for index, step in enumerate(accumulated.steps) if accumulated.boxes[step.box].name == "w"]
    assert sentence(accumulated, leaves[0]) == "w has its whole gradient: its .grad was None and is now 5.0."
    words = sentence(accumulated, leaves[1])
    assert words == "w has its whole gradient, which is added to its .grad: 5.0 + 5.0 = 10.0."
    assert sentence(accumulated, 0).startswith("Pass 1 starts at loss")
    assert title(accumulated) == f"2 backward passes from loss, {len(accumulated.steps)} steps"


def test_sums_are_of_one_pass_alone(accumulated):
    totals = [line.total for index in range(len(accumulated.steps)) for line in formulas(accumulated, index)]
    assert [total for total in totals if total] == 2 * [
        "2.0 (1 of 2 gradients)", "2.0 + 3.0 = 5.0 (2 of 2 gradients)"
    ]  # fmt: skip


def test_operations_without_a_name_are_told_apart_by_their_steps():
    x = torch.tensor(1.0, requires_grad=True)
    passes = trace((x * 2).sin().exp().sin()).passes
    sends = [sentence(passes, index).split(" to ", 1)[-1] for index in range(1, 5)]
    assert sends[0].startswith("exp."), "there is one alone"
    assert sends[1].startswith("the sin of step 4.")
    assert sentence(passes, 3).startswith("sin ran backward: "), "the step itself needs no number"
    assert sends[2].startswith("mul.")


def test_a_step_that_is_named_is_one_of_the_same_pass():
    x = torch.tensor(1.0, requires_grad=True)
    y = x.sin().sin().exp()
    passes = trace(y, retain_graph=True).passes
    both = Passes(passes.boxes, passes.steps + tuple(replace(step, number=2) for step in passes.steps))
    assert "to the sin of step 3." in sentence(both, 1)
    assert f"to the sin of step {3 + len(passes.steps)}." in sentence(both, 1 + len(passes.steps))


def test_the_outputs_of_one_node_have_sums_of_their_own():
    p, q = torch.tensor([2.0, 3.0], requires_grad=True).unbind(0)
    passes = trace(p * q).passes
    assert all(formula.total == "" for index in range(len(passes.steps)) for formula in formulas(passes, index))
    film = frames(passes)
    [box] = [index for index, box in enumerate(passes.boxes) if box.operation == "unbind"]
    assert dict(film[1].boxes[box].facts)["gradient"] == "3.0, 2.0"


def test_the_text_has_every_step_and_every_formula(accumulated):
    text = as_text(accumulated)
    for index in range(len(accumulated.steps)):
        assert f"{index + 1:2}. {sentence(accumulated, index)}" in text
        for formula in formulas(accumulated, index):
            assert str(formula) in text


def test_a_folded_block_tells_which_of_its_nodes_ran():
    x = torch.tensor(0.5, requires_grad=True)
    y = x
    for _ in range(20):
        y = y.sin() * x
    passes = trace(y, fold=True).passes
    assert "mul (y) in 20 × (sin, mul) ran" in sentence(passes, 1)
    facts = dict(frames(passes)[-1].boxes[passes.steps[1].box].facts)
    assert re.fullmatch(r"(\d+) of \1 arrived", facts["gradient"])


def test_frames_mark_who_runs_who_got_something_and_who_ran_before():
    film = frames(passes_of_mul())
    assert [frame.marks for frame in film] == [{2: "sent"}, {2: "now", 0: "sent"}, {2: "done", 0: "now"}]


def test_frames_show_the_sums_of_the_pass_and_grad(accumulated):
    [w] = [index for index, box in enumerate(accumulated.boxes) if box.name == "w"]
    facts = [dict(frame.boxes[w].facts) for frame in frames(accumulated)]
    assert list(dict.fromkeys((fact["gradient"], fact[".grad"]) for fact in facts)) == [
        ("–", "None"), ("2.0", "None"), ("5.0", "None"), ("5.0", "5.0"),
        ("–", "5.0"), ("2.0", "5.0"), ("5.0", "10.0"),
    ]  # fmt: skip


def test_a_box_tells_of_its_gradient_once():
    w = torch.tensor(2.0, requires_grad=True)
    with record() as recording:
        loss = (w * 3).detach() * w
        loss.backward()
    for frame in frames(recording.trace().passes):
        for box in frame.boxes:
            labels = [label for label, _ in box.facts]
            assert len(labels) == len(set(labels))
            assert ("gradient" in labels) == box.is_tracked


class Page(HTMLParser):
    """Collects what a page says, and fails where its tags do not match."""

    def __init__(self, html):
        super().__init__()
        self.open, self.images, self.rows, self.tags = [], [], 0, set()
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.rows += tag == "tr"
        if tag == "img":
            self.images.append(dict(attributes))
        elif tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def long_passes(layers=29):
    x = torch.ones(2, 3)
    for _ in range(layers):
        x = torch.tanh(x * torch.ones(3, requires_grad=True))
    return trace(x.sum(), fold=False).passes


def test_a_short_pass_is_a_picture_for_every_step_with_words_for_who_cannot_see_it(accumulated):
    page = Page(filmstrip(accumulated))
    assert len(page.images) == len(accumulated.steps)
    for image in page.images:
        kind, data = image["src"].split(",")
        assert kind == "data:image/svg+xml;base64"
        ElementTree.fromstring(base64.b64decode(data))
        assert image["alt"].startswith("The graph in step ")
    assert not page.tags & {"script", "style", "svg"}


def test_a_long_pass_is_one_picture_and_a_table():
    passes = long_passes()
    page = Page(filmstrip(passes))
    assert len(page.images) == 1
    assert page.rows == 1 + len(passes.steps)
    svg = base64.b64decode(page.images[0]["src"].split(",")[1]).decode()
    for number in range(2, len(passes.steps) + 1):
        assert f">{number}</text>" in svg or f", {number}</text>" in svg


def test_a_very_long_pass_has_the_first_and_the_last_rows():
    x = w = torch.tensor(1.0, requires_grad=True)
    for _ in range(400):
        x = torch.sin(x)
    passes = trace(x).passes
    html = filmstrip(passes)
    assert Page(html).rows == 1 + 300 + 1
    assert f"… {len(passes.steps) - 300} more steps" in html
    assert f"<td>{len(passes.steps)}</td>" in html
    assert w.grad is not None


def test_sixty_boxes_take_little_room():
    passes = long_passes()
    assert len(passes.boxes) >= 60
    assert len(filmstrip(passes)) < 150_000
    assert len(stepper_html(passes)) < 300_000


def test_html_is_the_same_every_time_under_any_hash_seed(tmp_path):
    program = (
        "import minigrad as torch\nfrom minigrad.viz import trace\n"
        "w, b = (torch.tensor(2.0, requires_grad=True) for _ in range(2))\n"
        "made = trace(w * b + w, names={'w': w, 'b': b})\n"
        "print(made.step()._repr_html_(), made.show()._repr_html_(), made)\n"
    )
    pages = [
        subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}).stdout
        for seed in ("0", "1", "2")
    ]  # fmt: skip
    assert len(pages[0]) > 10_000
    assert pages[0] == pages[1] == pages[2]


def test_the_stepper_holds_the_filmstrip_and_the_data_of_every_step(accumulated):
    html = stepper_html(accumulated)
    Page(html)
    assert filmstrip(accumulated) in html
    [data] = re.findall(r'<script type="application/json">(.*?)</script>', html)
    assert json.loads(data) == json.loads(json.dumps(film_data(accumulated)))


def test_the_data_give_the_facts_and_marks_of_every_frame(accumulated):
    data = film_data(accumulated)

    def at(pairs, index):
        return [text for start, text in pairs if start <= index][-1]

    for index, frame in enumerate(frames(accumulated)):
        assert data["steps"][index]["sentence"] == sentence(accumulated, index)
        for place, box in enumerate(frame.boxes):
            changing = data["boxes"].get(str(place), {"marks": [[0, ""]], "facts": {}})
            assert at(changing["marks"], index) == frame.marks.get(place, "")
            for label, pairs in changing["facts"].items():
                assert at(pairs, index) == dict(box.facts)[label]


def test_a_name_cannot_end_the_script_that_it_stands_in():
    w = torch.tensor(2.0, requires_grad=True)
    name = "</script><b>"
    html = trace(w * 2, names={name: w}).step()._repr_html_()
    Page(html)
    assert name not in html


def test_steppers_and_filmstrips_show_as_text_in_a_terminal(accumulated):
    assert repr(Filmstrip(accumulated)) == repr(Stepper(accumulated)) == as_text(accumulated)


def test_what_a_folded_block_sends_to_itself_goes_to_another_node_inside():
    block = Box("block", "9 × mul", "", "", (), (0,))
    inside = Sent(2, "self", "", "", array(3.0), array(3.0), array(3.0), slot=1)
    passes = passes_of_mul(sent=(inside,), untracked=())
    folded = Passes((*passes.boxes[:2], block), passes.steps)
    assert sentence(folded, 1) == "mul in 9 × mul ran backward: it got 1.0 and sends 3.0 to another node inside."


@pytest.mark.parametrize("make", [Filmstrip, Stepper])
def test_a_page_of_its_own_holds_what_a_notebook_shows(make, accumulated, tmp_path):
    shown = make(accumulated)
    shown.save(tmp_path / "steps.html")
    assert shown._repr_html_() in (tmp_path / "steps.html").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="ends in .html, not 'steps.svg'"):
        shown.save(tmp_path / "steps.svg")


@pytest.mark.parametrize("make", [Filmstrip, Stepper])
def test_passes_without_steps_cannot_be_shown(make):
    with pytest.raises(ValueError, match="no backward pass was recorded, so there are no steps to show: call backward"):
        make(Passes(passes_of_mul().boxes, ()))


def test_too_many_steps_cannot_be_stepped_through():
    passes = passes_of_mul()
    many = Passes(passes.boxes, passes.steps * MOST_STEPS)
    with pytest.raises(ValueError, match="3000 steps are too many to go through one by one, at most 1000 can be"):
        Stepper(many)


def test_a_notebook_with_pictures_passes_nbval_and_stays_small(tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    pytest.importorskip("nbval", reason="nbval is not installed")
    sources = [
        "import minigrad as torch\nfrom minigrad.viz import draw, trace\nw = torch.tensor(2.0, requires_grad=True)\n"
        "x = torch.ones(4, 3)\nloss = ((x @ torch.ones(3, 3, requires_grad=True)).tanh() * w).sum()",
        "draw(loss)",
        "steps = trace(loss)\nsteps",
        "steps.show()",
        "steps.step()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    nbformat.write(notebook, tmp_path / "steps.ipynb")
    assert (tmp_path / "steps.ipynb").stat().st_size < 300_000
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-c", tmp_path / "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    result = subprocess.run([*command, tmp_path / "steps.ipynb"], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout
