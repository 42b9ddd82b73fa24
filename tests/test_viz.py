"""Pictures of graphs: the right facts, in words and in SVG, laid out so that nothing hides anything."""

import base64
import html
import re
import subprocess
import sys
import weakref
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

import minigrad as torch
from minigrad import nn
from minigrad.viz import draw, layout, order, read, shapes, trace
from minigrad.viz.boxes import BLOCK, DATA, LEAF, OPERATION, PARAMETER, Box, Saved
from minigrad.viz.drawing import Drawing
from minigrad.viz.names import readable
from minigrad.viz.numbers import show_gradient, show_numbers
from minigrad.viz.svg import Picture, as_svg
from minigrad.viz.text import as_text

ROOT = Path(__file__).parent.parent
README_PICTURE = ROOT / ".github" / "graph.svg"
SVG = "{http://www.w3.org/2000/svg}"


def line():
    w = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    x = torch.tensor(3.0)
    return w, b, w * x + b


def network(layers=3):
    """A small network with a shortcut around its second layer; weights filled with plain numbers."""
    h = torch.ones(5, 4)
    for layer in range(layers):
        weight = torch.full((4, 4), 0.1 * (layer + 1), requires_grad=True)
        bias = torch.zeros(4, requires_grad=True)
        after = torch.tanh(h @ weight + bias)
        h = h + after if layer == 1 else after
    return (h * h).mean()


def every_kind():
    """Boxes of every kind, as `record` makes them: some of it is in no graph."""
    shape = ("shape", "(2, 3)")
    return [
        Box(DATA, "", "", "x", (shape,), ()),
        Box(PARAMETER, "", "AccumulateGrad", "model.weight", (shape, ("grad", "norm 3.0")), ()),
        Box(OPERATION, "mm", "MmBackward0", "", (shape,), (0, 1)),
        Box(OPERATION, "pow", "PowBackward0", "h", (shape,), (2,), saved=(
            Saved("self", "shape (2, 3)", (("self", "grad * exponent * self ** (exponent - 1) * a_last_factor"),)),
            Saved("exponent", "2", (("self", "grad * exponent * self ** (exponent - 1) * a_last_factor"),)),
            Saved("result", "freed", (("self", "grad * result"), ("other", "grad"))),
        )),
        Box(OPERATION, "detach", "", "d", (shape,), (3,), cut="detach"),
        Box(OPERATION, "mul", "", "", (shape,), (4, 4), cut="no_grad"),
        Box(LEAF, "", "AccumulateGrad", "b", (shape, ("grad", "None")), ()),
        Box(DATA, "exp", "", "", (shape,), (0,)),
        Box(BLOCK, "12 × Block", "", "model.0 … model.11", (("each", "3 operations"), shape), (3,)),
        Box(PARAMETER, "12 × parameter", "AccumulateGrad", "p.0 … p.11", (shape,), ()),
        Box(OPERATION, "cat", "CatBackward0", "loss", (shape, ("value", "7.0")), (8, 6, 5, 7, 9), True),
        Box(LEAF, "", "AccumulateGrad", "again", (shape,), (5,)),
        Box(PARAMETER, "", "AccumulateGrad", "updated", (shape,), (1,)),
    ]  # fmt: skip


def readme_picture():
    w, b, y = line()
    y.backward()
    return draw(y, names={"w": w, "b": b, "y": y}).svg


# What is said


def test_text_has_every_box_with_its_inputs_and_facts():
    w, b, y = line()
    assert draw(y).text.splitlines() == [
        "Graph of y: 2 leaves, 2 operations. Forward runs down this list, backward runs up.",
        "w   leaf                             shape ()  value 2.0  grad None",
        "#2  mul(w, untracked)  MulBackward0  shape ()",
        "b   leaf                             shape ()  value 1.0  grad None",
        "y   add(#2, b)         AddBackward0  shape ()  value 7.0",
    ]


def test_gradients_appear_after_backward_although_the_graph_is_freed():
    w, b, y = line()
    (y * y).backward()
    assert "value 2.0  grad 42.0" in draw(y).text


def test_the_retained_gradient_of_a_result_is_shown_and_no_warning_given():
    w, b, y = line()
    loss = y * y
    y.retain_grad()
    loss.backward()
    assert "value 7.0  grad 14.0" in draw(loss).text


def test_an_input_used_twice_has_two_arrows():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    z = x * x + x
    assert "mul(x, x)" in draw(z).text
    assert len(arrows_in(draw(z))) == 4


def test_what_is_too_large_to_print_is_told_by_shape_and_norm():
    w = torch.ones(3, 3, requires_grad=True)
    total = w.sum()
    total.backward()
    assert re.search(r"^w +leaf +shape \(3, 3\)  grad norm 3\.0$", draw(total).text, re.MULTILINE)


def test_several_outputs_share_what_they_were_computed_from():
    w, b, y = line()
    u, v = y * 2, y * y
    text = draw([u, v]).text
    assert text.startswith("Graph of u, v: 2 leaves, 4 operations")
    assert text == draw((u, v)).text


def test_what_a_module_returns_may_be_nested():
    w, b, y = line()
    assert draw((y, (y * 2, [y * 3]))).text.startswith("Graph of y, #5, #6: 2 leaves, 4 operations")


def test_the_keys_of_a_dict_name_what_is_drawn():
    w, b, y = line()
    text = draw({"mean": y * 2, "result": y, "state": (y * 3, [y * 4])}).text
    assert text.startswith("Graph of result, mean, state[0], state[1][0]: 2 leaves, 5 operations")
    assert draw({"mean": y}, names={"given": y}).text.startswith("Graph of given: ")


def test_of_several_outputs_those_without_a_graph_are_left_out():
    w, b, y = line()
    text = draw(y).text
    assert draw((y, None, y.detach(), torch.tensor(3) > 2)).text == text
    x = torch.tensor([[1.0, 5.0], [2.0, 4.0]], requires_grad=True)
    assert draw(x.max(0)).text.startswith("Graph of output: 1 leaf, 1 operation")
    assert [step.node for step in trace((y, None)).steps] == [step.node for step in trace(line()[2]).steps]


def test_a_double_backward_graph_is_drawn():
    x = torch.tensor(2.0, requires_grad=True)
    (g,) = torch.autograd.grad(x**4, x, create_graph=True)
    assert re.search(r"^g +mul\(.*value 32\.0$", draw(g).text, re.MULTILINE)


def test_a_picture_is_of_the_moment_it_was_drawn():
    w, b, y = line()
    before = draw(y)
    y.backward()
    assert "grad None" in before.text and "grad None" in before.svg


@pytest.mark.parametrize(
    "node, operation",
    [
        ("AddBackward0", "add"),
        ("LogSoftmaxBackward0", "log_softmax"),
        ("Log1PBackward0", "log1p"),
        ("TanhBackwardBackward0", "tanh_backward"),
        ("CopyBackwards", "copy"),
        ("torch::autograd::CopySlices", "CopySlices"),
        ("MyExpBackward", "MyExp"),
        ("MaxPool2DWithIndicesBackward0", "max_pool2d_with_indices"),
        ("L1LossBackward0", "l1_loss"),
        ("SmoothL1LossBackwardBackward0", "smooth_l1_loss_backward"),
        ("NllLoss2DBackwardBackward0", "nll_loss2d_backward"),
        ("Deg2RadBackward0", "deg2rad"),
        ("DiagonalBackward0_copy", "diagonal_copy"),
    ],
)
def test_an_operation_is_called_as_the_code_calls_it(node, operation):
    assert read.operation_name(node) == operation


@pytest.mark.parametrize(
    "numbers, text",
    [(7.0, "7.0"), (1 / 3, "0.3333"), (123456.0, "1.235e+05"), (float("nan"), "nan"), (-2.0, "-2.0"), (3, "3"),
     ([[1.0, 2.5]], "[[1.0, 2.5]]"), ([], "[]")],
)
def test_numbers_have_four_digits(numbers, text):
    assert show_numbers(numbers) == text


def test_a_gradient_is_shown_alike_as_a_tensor_and_as_an_array():
    for gradient in (torch.tensor([3.0, 4.0]), torch.full((2, 8), -0.5)):
        assert show_gradient(gradient) == show_gradient(gradient.numpy())
    assert show_gradient(torch.full((2, 8), -0.5)) == "norm 2.0" and show_gradient(None) == "None"


# Several results of one operation


def test_an_input_that_is_one_of_several_results_is_told_by_its_name_or_its_number():
    t = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    a, b = t.split(2)
    rows = draw((a.exp() * b).sum()).text.splitlines()
    assert [row.split("  ")[0] for row in rows[1:4]] == ["t", "a, b", "#3"]
    assert "exp(a) " in rows[3] and "mul(#3, b) " in rows[4] and "shape (2,), (2,)" in rows[2]
    _, second = [1, t.split(2)[1]]
    text = draw([second.exp(), t.split(2)[1].sin()]).text
    assert "exp(second) " in text and "sin(#4[1]) " in text


def test_a_box_says_which_of_several_results_it_takes():
    t = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    a, b = t.split(2)
    boxes = {texts[0]: texts for texts in ([text.text for text in box.iter(f"{SVG}text")]
                                           for box in boxes_in(draw([a.exp(), a * b, t.split(2)[0].sin()]).svg))}
    assert boxes["exp"][1:3] == ["takes", "a"] and boxes["mul"][1:3] == ["takes", "a, b"]
    assert boxes["sin"][1:3] == ["takes", "[0]"] and "takes" not in boxes["split"]


def test_many_results_are_told_by_the_first_and_the_last():
    t = torch.ones(12, requires_grad=True)
    parts = t.split(1)
    total = parts[0] * parts[11]
    text = draw(total).text
    assert re.search(r"^parts\[0\] … parts\[11\]  split\(t\) +SplitBackward0  shape 12 × \(1,\)$", text, re.MULTILINE)
    assert "mul(parts[0], parts[11])" in text


def test_results_of_pytorch_are_told_apart_too():
    pytorch = pytest.importorskip("torch")
    t = pytorch.ones(4, requires_grad=True)
    a, b = t.split(2)
    text = draw((a.exp() * b).sum()).text
    assert "exp(a) " in text and "mul(#3, b) " in text
    assert "mul(t, 3)" not in draw(t * 3).text  # a saved tensor is not unpacked: that may run a hook
    assert "pow(t, 2) " in draw(t**2).text


# Numbers


def test_a_number_that_was_saved_stands_where_the_tensor_would():
    w = torch.tensor(2.0, requires_grad=True)
    for result, call in [
        (w * 3, "mul(w, 3)"), (w * 0.5, "mul(w, 0.5)"), (w**2, "pow(w, 2)"), (2**w, "pow(2, w)"), (w / 4, "div(w, 4)"),
        (w + 1, "add(w, untracked)"), (w * torch.tensor(3.0), "mul(w, untracked)"),
    ]:  # fmt: skip
        assert f"  {call} " in draw(result).text
    assert texts_in(draw(w**2))[7:11] == ["pow", "exponent", "2", "shape"]
    assert legend_of(draw(w * 3).svg)[-1] == "forward; backward goes the other way"
    assert legend_of(draw(w + 3).svg)[-1] == "untracked inputs are not in the graph"


def test_a_number_is_looked_up_without_unpacking_anything():
    w = torch.tensor(2.0, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda value: value, pytest.fail):
        y = w * 3 * w
    assert "mul(w, 3) " in draw(y).text and "mul(#2, w) " in draw(y).text


# Names


def test_given_names_come_before_variables():
    w, b, y = line()
    assert "weight  leaf" in draw(y, names={"weight": w}).text
    assert "b       leaf" in draw(y, names={"weight": w}).text


def test_results_between_are_named_after_variables_too():
    w = torch.tensor(2.0, requires_grad=True)
    between = w * 3
    loss = between + 1
    assert "loss     add(between, untracked)" in draw(loss).text


def test_the_first_of_several_names_is_used_and_those_with_an_underscore_are_not():
    _, first = [torch.tensor(2.0, requires_grad=True)] * 2
    second = first
    assert draw(second * 1).text.splitlines()[1].startswith("first ")


def test_a_view_that_has_lost_its_history_is_no_obstacle():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    half, _ = (w * 2).unbind()
    with torch.no_grad():
        half.mul_(2)
    with pytest.raises(RuntimeError, match="multiple views"):
        draw(half)
    total = w.sum()
    assert draw(total).text.startswith("Graph of total: 1 leaf, 1 operation")


def test_what_nobody_names_has_a_number_and_the_result_is_the_output():
    assert draw(torch.ones(1, requires_grad=True) * 2).text.splitlines()[1:] == [
        "#1      leaf                      shape (1,)  value [1.0]  grad None",
        "output  mul(#1, 2)  MulBackward0  shape (1,)  value [2.0]",
    ]


def test_globals_name_what_locals_do_not():
    scope = {"draw": draw, "w": torch.tensor(2.0, requires_grad=True), 7: "not a name"}
    exec("def f(a): return draw(a * w)", scope)
    text = scope["f"](torch.tensor(1.0, requires_grad=True)).text
    assert "mul(a, w)" in text


def test_any_text_can_be_a_name():
    w, b, y = line()
    picture = draw(y, names={'<w & "co">\n\x00': w, "ω" * 40: b})
    assert r'<w & "co">\n\x00' in texts_in(picture)
    assert "ω" * 23 + "…" in texts_in(picture)
    assert alternative_text(picture) == picture.text


def test_parameters_are_named_after_the_module_that_a_variable_holds():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    loss = model(torch.ones(1, 2)).sum()
    text = draw(loss).text
    assert re.findall(r"^(\S+) +parameter", text, re.MULTILINE) == [
        "model.0.weight", "model.0.bias", "model.2.weight", "model.2.bias",
    ]  # fmt: skip
    assert "Graph of loss: 4 parameters, " in text


def test_a_module_names_a_parameter_before_a_variable_does_and_a_given_name_before_both():
    model = nn.Linear(2, 1)
    for p in model.parameters():
        assert p.requires_grad
    output = model(torch.ones(1, 2))
    assert re.findall(r"^(\S+) +parameter", draw(output).text, re.MULTILINE) == ["model.weight", "model.bias"]
    text = draw(output, names={"net": model, "w": model.weight}).text
    assert re.findall(r"^(\S+) +parameter", text, re.MULTILINE) == ["w", "net.bias"]


def test_what_is_in_lists_and_dicts_is_named_by_its_place_there():
    made = [torch.tensor(2.0, requires_grad=True) for _ in range(5)]
    params, pd, layers = made[:2], {"W1": made[2], 7: made[3]}, [nn.Linear(1, 1)]
    pair = (made[4], 3)
    del made
    loss = params[0] * params[1] * pd["W1"] * pd[7] * pair[0] * layers[0](torch.ones(1, 1))
    text = draw(loss).text
    assert re.findall(r"^(\S+) +(?:leaf|parameter) ", text, re.MULTILINE) == [
        "params[0]", "params[1]", "pd['W1']", "#6", "pair[0]", "layers[0].weight", "layers[0].bias",
    ]  # fmt: skip
    for p in params:
        assert "mul(params[0], params[1])" in draw(loss).text and p.requires_grad


def test_a_variable_that_was_there_before_the_list_names_the_tensor():
    a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    params = [a, b]
    assert "mul(a, b)" in draw(params[0] * params[1]).text


def test_a_long_name_keeps_what_tells_it_from_others():
    assert readable("ω" * 40) == "ω" * 23 + "…"
    assert readable("transformer.layers.11.attention.weight") == "…11.attention.weight"
    assert readable("a." + "b" * 40) == "…" + "b" * 23
    assert readable("all_of_the_parameters_here[12]") == "…the_parameters_here[12]"


# How much is said


def test_detail_chooses_between_names_shapes_and_values():
    w, b, y = line()
    facts = {detail: re.findall(r"(shape|value|grad) ", draw(y, detail=detail).text) for detail in read.DETAILS}
    assert facts["names"] == [] and set(facts["shapes"]) == {"shape"} and len(facts["shapes"]) == 4
    assert set(facts["values"]) == {"shape", "value", "grad"} and draw(y).text == draw(y, detail="values").text


def test_an_unknown_detail_is_refused():
    with pytest.raises(ValueError, match="detail must be one of 'names', 'shapes', 'values'; got 'value'"):
        draw(line()[2], detail="value")
    with pytest.raises(ValueError, match=r"detail must be one of .*; got \['names'\]"):
        draw(line()[2], detail=["names"])


@pytest.mark.parametrize(
    "options, message",
    [({"fold": "yes"}, "fold must be None, True or False; got 'yes'"),
     ({"saved": "yes"}, "saved must be True or False; got 'yes'")],
)  # fmt: skip
def test_an_option_that_is_no_choice_is_refused(options, message):
    with pytest.raises(TypeError, match=message):
        draw(line()[2], **options)


def test_a_trace_refuses_it_before_anything_runs():
    w, b, y = line()
    with pytest.raises(TypeError, match="fold must be None, True or False; got 1"):
        trace(y, fold=1)
    assert w.grad is None


def saved_lines(output):
    return [line.strip() for line in draw(output, saved=True).text.splitlines() if " saves " in line]


def test_saved_values_are_listed_with_the_rules_that_asked_for_them():
    w, b, y = line()
    z = y * w
    assert saved_lines(z) == [
        "saves other 3.0 for self: grad * other",
        "saves alpha 1 for other: grad if alpha == 1 else grad * alpha",
        "saves other 2.0 for self: grad * other",
        "saves self 7.0 for other: grad * self",
    ]
    assert "saves" not in draw(z).text


def test_what_no_rule_that_will_run_asked_for_is_not_listed():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    assert saved_lines((w + 1) * torch.ones(2)) == ["saves other [1.0, 1.0] for self: grad * other"]


def test_values_that_the_same_rule_asked_for_are_told_together():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    words = "saves self_sym_sizes (2,), saves self_sym_numel 2 for self: expand(grad, self_sym_sizes) / self_sym_numel"
    assert saved_lines(x.mean()) == [words]


def test_after_backward_saved_values_are_freed_and_shapes_are_not():
    w, b, y = line()
    z = (y * w).exp().sum()
    z.backward()
    assert [line.split(" for ")[0] for line in saved_lines(z)] == [
        "saves other freed", "saves alpha 1", "saves other freed", "saves self freed", "saves result freed",
        "saves self_sym_sizes ()",
    ]  # fmt: skip


def test_a_saved_value_that_was_changed_or_packed_is_told_without_touching_it():
    w = torch.tensor(2.0, requires_grad=True)
    y = w * 3
    z = y * y
    with torch.no_grad():
        y.add_(1)
    assert saved_lines(z)[1:] == [
        "saves other changed in place since for self: grad * other",
        "saves self changed in place since for other: grad * self",
    ]
    with torch.autograd.graph.saved_tensors_hooks(lambda value: value, pytest.fail):
        z = w * w
    assert saved_lines(z)[0] == "saves other packed by a hook for self: grad * other"


def test_what_a_function_of_ones_own_saved_is_listed():
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return 2 * ctx.saved_tensors[0] * grad

    w = torch.tensor(2.0, requires_grad=True)
    assert saved_lines(Square.apply(w)) == ["saves saved_tensors[0] 2.0 for x: Square.backward(ctx, grad)"]


def test_an_input_of_a_function_that_takes_any_number_has_a_number():
    class Sum(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *xs):
            ctx.save_for_backward(*xs)
            return xs[0] + xs[1]

        @staticmethod
        def backward(ctx, grad):
            return grad, grad

    w = torch.tensor(2.0, requires_grad=True)
    words = saved_lines(Sum.apply(w, w))[0]
    assert words.endswith("for input 0: Sum.backward(ctx, grad)[0], for input 1: Sum.backward(ctx, grad)[1]")


def test_graphs_of_pytorch_are_drawn_too():
    pytorch = pytest.importorskip("torch")
    w = pytorch.tensor(2.0, requires_grad=True)
    layer = pytorch.nn.Linear(1, 1)
    z = (w * 3).exp() * layer(w[None])
    assert saved_lines(z)[:2] == ["saves other 3", "saves result 403.4"]
    assert re.search(r"^layer\.weight +parameter", draw(z).text, re.MULTILINE)
    z.backward()
    assert saved_lines(z)[:2] == ["saves other freed", "saves result freed"]


def test_operations_are_told_in_the_order_in_which_they_ran():
    w = torch.tensor(2.0, requires_grad=True)
    late, early = torch.tensor(1.0, requires_grad=True), w.sin()
    z = late.exp() * early
    assert [line.split()[0] for line in draw(z).text.splitlines()[1:]] == ["w", "early", "late", "#4", "z"]


# What is drawn


PICTURES = {
    "line": lambda: line()[2],
    "square": lambda: (lambda x: x * x + x)(torch.tensor([1.0, 2.0], requires_grad=True)),
    "network": network,
    "output without a leaf of its own": lambda: [line()[2], line()[2]],
    "module": lambda: nn.Sequential(*[nn.Linear(3, 3) for _ in range(30)])(torch.ones(1, 3)).mul(0).sum(),
    "every kind": every_kind,
    "saved": lambda: (network(2), {"saved": True}),
    "several results": lambda: (lambda a, b: a.exp() * b * a ** 2 * 3)(*torch.ones(4, requires_grad=True).split(2)),
}


@pytest.fixture(params=PICTURES)
def picture(request):
    return drawing_of(PICTURES[request.param]())


def drawing_of(found):
    if isinstance(found, list) and isinstance(found[0], Box):
        return Drawing(as_svg(found), as_text(found))
    output, options = found if isinstance(found, tuple) else (found, {})
    return draw(output, **options)


def texts_in(picture):
    return [element.text for element in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


def alternative_text(picture):
    return html.unescape(re.search(r'alt="(.*?)"', picture._repr_html_(), re.DOTALL)[1])


def arrows_in(picture):
    """The lines of arrows outside the legend."""
    graph = ElementTree.fromstring(picture.svg).findall(f"{SVG}g")[0]
    return [path for path in graph.findall(f"{SVG}path") if path.get("fill") == "none"]


def test_svg_has_a_title_a_description_and_a_white_ground(picture):
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title" and picture.text.startswith(root[0].text)
    assert root[1].tag == f"{SVG}desc" and root[1].text == picture.text
    assert root[2].tag == f"{SVG}rect" and root[2].get("fill") == "#ffffff"


def test_picture_and_text_say_the_same(picture):
    graph, legend = ElementTree.fromstring(picture.svg).findall(f"{SVG}g")
    drawn = " ".join(element.text for element in graph.iter(f"{SVG}text"))
    in_words = " ".join(picture.text.split())
    of_calls = ("self", "other", "exponent", "takes")  # which the text tells as in code: mul(a, 3)
    assert all(element.text in in_words for element in graph.iter(f"{SVG}text") if element.text not in of_calls)
    for fact in re.findall(r"  (shape|value|grad|each) (.+?)(?=  |$)", picture.text, re.MULTILINE):
        assert " ".join(fact) in drawn
    for rule in re.findall(r"for \w+: [^,\n]+", picture.text):
        assert rule in drawn
    assert drawn.count("saves ") == picture.text.count("saves ")
    table = [row for row in picture.text.splitlines()[1:] if "  saves " not in row]
    assert len(graph.findall(f"{SVG}g")) == len(table)
    calls = r"  (?:\w+\((.*?)\)|\d+ × .+? of (.+?)|(?:leaf|parameter), from (.+?))(?:  |$)"
    inputs = [name for row in table for found in re.findall(calls, row) for name in max(found).split(", ")]
    inputs = [name for name in inputs if name != "untracked" and not name.isdigit()]
    assert len(arrows_in(picture)) == len(inputs)


def boxes_in(svg):
    """For each box of a picture the elements that make it up."""
    graph = ElementTree.fromstring(svg).findall(f"{SVG}g")[0]
    return [box for box in graph.findall(f"{SVG}g") if box.get("data-arrow") is None]


def look(box):
    """What tells kinds of boxes apart but colours: of each rectangle its corners, border and dashes."""
    return tuple(
        (rect.get("rx"), rect.get("stroke-width"), rect.get("stroke-dasharray"))
        for rect in box.findall(f"{SVG}rect") if rect.get("stroke")
    )  # fmt: skip


def test_kinds_differ_in_more_than_colour():
    looks = {}
    for box, drawn in zip(every_kind(), boxes_in(as_svg(every_kind()))):
        looks.setdefault((box.kind, box.is_tracked, bool(box.operation)), set()).add(look(drawn))
    assert all(len(found) == 1 for found in looks.values()) and len(looks) == 8
    del looks[PARAMETER, True, True], looks[DATA, False, True]  # which have a strip, and no colour or a cut beside it
    assert len(set.union(*looks.values())) == len(looks)


def test_arrows_along_which_no_gradient_flows_are_dashed():
    boxes = every_kind()
    svg = Picture(boxes).svg(live=True)
    dashed = dict(re.findall(r'data-arrow="(.+?)"><path .*?stroke-width="1.4"(.*?)/>', svg))
    assert dashed.keys() == {f"{source}-{target}" for target, box in enumerate(boxes) for source in box.inputs}
    quiet = {"0-2", "3-4", "4-5", "0-7", "5-10", "7-10", "5-11", "1-12"}
    assert {arrow for arrow, dashes in dashed.items() if dashes} == quiet


def test_the_reason_for_a_cut_is_written_on_it():
    drawn = set(re.findall(">([^<]+)</text>", as_svg(every_kind())))
    assert {"detach: gradient stops", "no_grad: gradient stops"} <= drawn


def legend_of(svg):
    return [element.text for element in ElementTree.fromstring(svg).findall(f"{SVG}g")[1].iter(f"{SVG}text")]


def test_the_legend_explains_what_occurs_and_nothing_else():
    assert legend_of(as_svg(every_kind())) == [
        "parameter", "leaf", "data, not tracked", "operation and its result", "operation that no gradient passes",
        "the same several times over", "forward; backward goes the other way", "forward only",
    ]  # fmt: skip
    w, b, y = line()
    assert legend_of(draw(w + b).svg) == ["leaf", "operation and its result", "forward; backward goes the other way"]
    assert legend_of(draw(y).svg)[-1] == "untracked inputs are not in the graph"


# The same picture, step by step


def test_marks_are_told_by_border_fill_and_a_badge_and_move_nothing():
    picture = Picture(every_kind())
    plain, marked = picture.svg(marks={}), picture.svg(marks={8: "now", 3: "sent", 10: "done"})
    before, after = boxes_in(plain), boxes_in(marked)
    assert [box.get("transform") for box in before] == [box.get("transform") for box in after]
    assert re.search(r"<svg[^>]*>", plain)[0] == re.search(r"<svg[^>]*>", marked)[0]
    for index, (old, new) in enumerate(zip(before, after)):
        is_marked = index in (8, 3, 10)
        assert len(new.findall(f"{SVG}circle")) == is_marked and (look(old) != look(new)) == is_marked
    signs = [ElementTree.tostring(after[index].find(f"{SVG}circle/../{SVG}path[last()]")) for index in (8, 3, 10)]
    assert len(set(signs)) == 3
    assert legend_of(marked)[-3:] == ["runs in this step", "just got a gradient", "ran before"]


def test_other_facts_are_drawn_in_the_same_places():
    widest = [Box(LEAF, "", "", "w", (("shape", "()"), ("grad", "[1.0, 2.0, 3.0]")), ()),
              Box(OPERATION, "exp", "", "y", (("shape", "()"),), (0,), True)]  # fmt: skip
    picture = Picture(widest)
    changed = picture.svg([Box(LEAF, "", "", "w", (("shape", "()"), ("grad", "None")), ()), widest[1]])
    assert "[1.0, 2.0, 3.0]" not in changed and "None" in changed
    for old, new in zip(boxes_in(picture.svg()), boxes_in(changed)):
        assert (old.get("transform"), look(old)) == (new.get("transform"), look(new))


def test_a_live_picture_tells_scripts_what_is_what():
    root = ElementTree.fromstring(Picture(every_kind()).svg(live=True))
    assert root.get("role") == "group" and root.find(f"{SVG}desc") is None
    assert [box.get("data-box") for box in root.iter() if box.get("data-box")] == [str(index) for index in range(13)]
    [weight] = [box for box in root.iter() if box.get("data-box") == "1"]
    assert {text.get("data-fact"): text.text for text in weight if text.get("data-fact")} == {
        "shape": "(2, 3)", "grad": "norm 3.0",
    }  # fmt: skip


def test_every_colour_is_from_the_palette(picture):
    assert set(re.findall(r"#[0-9a-f]{6}\b", picture.svg)) <= set(shapes.COLOURS.values())


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    "front, back, least",
    [
        *[("ink", ground, 7) for ground in ("paper", "leaf", "data", "data strip", "now", "sent", "done")],
        *[("quiet", ground, 4.5) for ground in ("paper", "leaf", "data", "now", "sent", "done")],
        ("strip ink", "strip", 4.5),
        *[("leaf border", ground, 3) for ground in ("paper", "leaf")],
        *[("operation border", ground, 3) for ground in ("paper", "strip")],
        *[("data border", ground, 3) for ground in ("paper", "data", "data strip")],
        *[(f"{mark} border", ground, 3) for mark in ("now", "sent", "done") for ground in (mark, "paper", "strip")],
        ("arrow", "paper", 3),
    ],
)
def test_contrast_is_what_wcag_asks_for(front, back, least):
    dark, light = sorted([luminance(shapes.COLOURS[front]), luminance(shapes.COLOURS[back])])
    assert (light + 0.05) / (dark + 0.05) >= least


def test_text_fits_its_box(picture):
    graph = ElementTree.fromstring(picture.svg).findall(f"{SVG}g")[0]
    for box in graph.findall(f"{SVG}g"):
        outline = box.find(f"{SVG}rect")
        width, height = float(outline.get("width")), float(outline.get("height"))
        for text in box.findall(f"{SVG}text"):
            length = len(text.text) * 7.52  # of DejaVu Sans Mono, the widest that is asked for
            left = float(text.get("x")) - (length / 2 if text.get("text-anchor") == "middle" else 0)
            assert 8 <= left and left + length <= width - 8 and float(text.get("y")) <= height - 6


def test_arrows_from_one_box_share_a_trunk_that_is_drawn_once():
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(12):
        y = torch.tanh(y) * x
    curves = [piece for path in arrows_in(draw(y)) for piece in re.findall(r"(\S+ \S+)(C[^CL]*)", path.get("d"))]
    assert len(curves) == len(set(curves)) > 12
    assert len(arrows_in(draw(y))) == 36


def test_few_boxes_run_from_left_to_right_and_many_from_top_to_bottom():
    for count in (8, 9):
        y = torch.tensor(1.0, requires_grad=True)
        for _ in range(count - 1):
            y = -y
        root = ElementTree.fromstring(draw(y).svg)
        assert (float(root.get("width")) > float(root.get("height"))) == (count == 8)


def test_the_same_graph_is_the_same_bytes_whatever_the_hash_seed():
    code = """
import sys; sys.path.insert(0, 'tests'); import test_viz as t
for make in t.PICTURES.values():
    print(t.drawing_of(make()).svg)
"""
    runs = {
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1", "2")
    }
    assert len(runs) == 1 and runs.pop().count("<svg") == len(PICTURES)


# In a notebook and in files


def test_a_notebook_stores_an_image_and_the_text(picture):
    image = ElementTree.fromstring(picture._repr_html_().removesuffix(">") + "/>")
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64" and base64.b64decode(data).decode() == picture.svg
    assert "\n" not in picture._repr_html_()
    assert alternative_text(picture) == picture.text
    assert repr(picture) == picture.text and "0x" not in picture.text


def test_save_writes_the_svg(tmp_path):
    drawing = draw(line()[2])
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_bytes() == drawing.svg.encode()


def test_save_writes_a_png_of_the_size_asked_for(tmp_path):
    pytest.importorskip("cairosvg")
    drawing = draw(line()[2])
    width = float(ElementTree.fromstring(drawing.svg).get("width"))
    for scale in (1, 3):
        drawing.save(tmp_path / "graph.png", scale=scale)
        data = (tmp_path / "graph.png").read_bytes()
        assert data.startswith(b"\x89PNG") and abs(int.from_bytes(data[16:20], "big") - scale * width) <= 1
    for scale in (0, -1, "large"):
        with pytest.raises(ValueError, match="scale must be a number above 0, .*; got "):
            drawing.save(tmp_path / "graph.png", scale=scale)


def test_a_png_is_written_in_fonts_that_the_converter_can_find(tmp_path, monkeypatch):
    given = []
    converter = SimpleNamespace(svg2png=lambda bytestring, scale: given.append(bytestring.decode()) or b"PNG")
    monkeypatch.setitem(sys.modules, "cairosvg", converter)
    draw(line()[2]).save(tmp_path / "graph.png")
    assert re.findall(r'font-family="(.*?)"', given[0]) == ["monospace", "sans-serif"]


def test_without_a_converter_save_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(RuntimeError, match="needs the package cairosvg, .* run `pip install cairosvg`, or"):
        draw(line()[2]).save(tmp_path / "graph.png")
    assert not (tmp_path / "graph.png").exists()


def test_save_refuses_other_formats(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.svg or \.png, not 'graph\.pdf'"):
        draw(line()[2]).save(tmp_path / "graph.pdf")


def test_the_picture_in_the_readme_is_what_draw_gives():
    assert README_PICTURE.read_bytes() == readme_picture().encode(), "run `python tests/test_viz.py` to draw it again"


# What cannot be drawn, and what drawing leaves alone


@pytest.mark.parametrize(
    "output, error, message",
    [
        (lambda: 3.0, TypeError, "needs a tensor, the result of a computation; got float"),
        (lambda: [], ValueError, "needs at least one tensor"),
        (lambda: None, TypeError, "got NoneType"),
        (lambda: [None], ValueError, "needs at least one tensor; got only None in a list"),
        (lambda: [line()[2], 3], TypeError, r"the result of a computation; output\[1\] is of type int"),
        (lambda: {"a": (line()[2], line()[0])}, ValueError, r"^a\[1\] is a leaf: nothing was computed"),
        (lambda: [torch.ones(2)], ValueError, "none of these tensors has a graph"),
        (lambda: torch.ones(2, requires_grad=True).argmax(), ValueError, "such as a comparison or argmax"),
        (lambda: torch.ones(2) * 2, ValueError, r"with minigrad\.viz\.record\(\) as r"),
        (lambda: nn.Linear(1, 1), TypeError, r"such as model\(x\); got the Linear itself"),
        (lambda: line()[0], ValueError, "is a leaf: nothing was computed"),
        (lambda: torch.ones(2) * 2, ValueError, "has no graph"),
        (lambda: line()[2].detach(), ValueError, "has no graph"),
    ],
    ids=[
        "number", "nothing", "None", "only None", "number in a list", "leaf in a dict", "untracked in a list",
        "argmax", "advice", "Module", "leaf", "untracked", "detached",
    ],
)
def test_what_has_no_graph_is_refused(output, error, message):
    with pytest.raises(error, match=message):
        draw(output())


@pytest.mark.parametrize("names", [["w"], {"w": 3}, {3: torch.ones(1)}], ids=["list", "number", "key"])
def test_names_must_be_names_of_tensors(names):
    with pytest.raises(TypeError, match="names must be a dict from name to tensor"):
        draw(line()[2], names=names)


def test_a_graph_too_large_to_be_read_is_refused_in_one_sentence():
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(10_000):
        y = y + 1
    with pytest.raises(ValueError, match="more than 5000 nodes, too many to read: draw a smaller part"):
        draw(y)


def test_a_long_chain_is_read_without_recursion(monkeypatch):
    monkeypatch.setattr(order, "MOST_NODES", 20_000)
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(10_000):
        y = y + 1
    assert len(order.in_forward_order([y.grad_fn])) == 10_001


def test_the_largest_graph_is_drawn():
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(499):
        y = y + 1
    assert draw(y, fold=False).text.startswith("Graph of y: 1 leaf, 499 operations")


def test_a_drawing_does_not_keep_the_graph_alive():
    def drawing_and_result():
        w, b, y = line()
        return draw(y), weakref.ref(y)

    drawing, result = drawing_and_result()
    assert result() is None and "value 7.0" in drawing.text


def test_drawing_changes_nothing():
    w, b, y = line()
    draw(y)
    y.backward()
    assert (w.grad.item(), b.grad.item(), w._version, y._version) == (3.0, 1.0, 0, 0)


def test_layout_and_drawing_need_no_numpy():
    names = ("boxes", "names", "order", "fold", "runs", "blocks", "layout", "shapes", "legend", "svg", "text")
    files = [Path(layout.__file__).with_stem(name) for name in names]
    assert not any(re.search(r"^(import|from) numpy", file.read_text("utf-8"), re.MULTILINE) for file in files)


if __name__ == "__main__":
    README_PICTURE.write_bytes(readme_picture().encode())
