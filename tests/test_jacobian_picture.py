"""The picture of a Jacobian: its numbers, what v makes of them, and what it says to those who cannot use one."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import minigrad as torch
from minigrad.autograd.functional import jacobian
from minigrad.viz import heatmap
from minigrad.viz.jacobian import jacobian_picture
from minigrad.viz.numbers import show_numbers
from minigrad.viz.shapes import COLOURS

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
X = (1.0, 2.0)


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2, x[0] - 3 * x[1]])


def x():
    return torch.tensor(X)


def seen(picture):
    """All words that the SVG draws."""
    return [text.text for text in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


# What is said


def test_a_row_is_an_output_and_a_column_an_input():
    assert jacobian_picture(f, x()).text.splitlines() == [
        "Jacobian J of y with respect to x: 3 outputs by 2 inputs",
        "             x[0] = 1.0  x[1] = 2.0",
        "y[0] = 2.0          2.0         1.0",
        "y[1] = 4.0          0.0         4.0",
        "y[2] = -5.0         1.0        -3.0",
        "There is room for one row in x.grad, not for 3: backward(v) wants a weight for each row, and computes the "
        "weighted sum vᵀJ.",
    ]


def test_a_one_hot_v_picks_its_row():
    text = jacobian_picture(f, x(), torch.tensor([0.0, 0.0, 1.0])).text.splitlines()
    assert text[4] == "y[2] = -5.0  1.0         1.0        -3.0  the row v picks"
    assert text[5] == "vᵀJ                      1.0        -3.0  what backward(v) adds to x.grad"
    assert text[6] == "v is 1 at y[2] and 0 elsewhere: backward(v) adds that row to x.grad as it is."
    assert sum("the row v picks" in line for line in text) == 1


def test_any_other_v_weighs_every_row_and_a_sum_is_worked_out():
    text = jacobian_picture(f, x(), torch.tensor([2.0, 1.0, -10.0])).text
    assert re.search(r"^y\[2\] = -5.0  -10.0  .*-3.0$", text, re.MULTILINE)
    assert re.search(r"^vᵀJ +-6.0 +36.0  what backward\(v\) adds to x.grad$", text, re.MULTILINE)
    assert "For x[0]: 2.0 × 2.0 + 1.0 × 0.0 + (-10.0) × 1.0 = -6.0." in text
    assert "the row v picks" not in text


def test_weights_of_one_are_the_sum_of_the_outputs():
    assert "With weights of 1 it does what y.sum().backward() does." in jacobian_picture(f, x(), torch.ones(3)).text


def test_a_pass_for_v_is_told_from_the_passes_for_all_rows():
    text = jacobian_picture(f, x(), torch.ones(3)).text
    assert "That took one backward pass, on a copy of x.\nThe 6 numbers of J above took 3 passes, one for each" in text


def test_one_number_needs_no_v():
    text = jacobian_picture(lambda w: (w * w).sum(), x(), names=("w", "loss")).text
    assert text.splitlines()[2] == "loss = 5.0         2.0         4.0"
    assert "loss is one number, so backward() needs no v: it takes v = 1.0 and adds this row to w.grad." in text


def test_elements_are_called_as_an_expression_calls_them():
    text = jacobian_picture(lambda x: x * 2, torch.ones(2, 2)).text
    assert "x[1, 0] = 1.0" in text and "y[1, 0] = 2.0" in text
    assert jacobian_picture(lambda x: x * 2, torch.tensor(3.0)).text.splitlines()[1:3] == [
        "         x = 3.0",
        "y = 6.0      2.0",
    ]


def test_several_inputs_stand_side_by_side():
    inputs = torch.tensor(3.0), torch.tensor([1.0, 2.0])
    text = jacobian_picture(lambda w, b: w * w + b, inputs, torch.tensor([0.0, 1.0]), names=("w", "b", "y")).text
    assert text.splitlines()[1:5] == [
        "               v  w = 3.0  b[0] = 1.0  b[1] = 2.0",
        "y[0] = 10.0  0.0      6.0         1.0         0.0",
        "y[1] = 11.0  1.0      6.0         0.0         1.0  the row v picks",
        "vᵀJ                   6.0         0.0         1.0  what backward(v) adds to w.grad and b.grad",
    ]
    assert "x0 = 3.0  x1[0] = 1.0" in jacobian_picture(lambda a, b: a + b, inputs).text


def test_where_no_path_leads_back_the_gradient_stays_none():
    text = jacobian_picture(lambda x: torch.ones(2), x(), torch.ones(2)).text
    assert "No path leads back from y to x: those derivatives are 0, and x.grad stays None." in text
    assert re.search(r"^vᵀJ +None +None  backward\(v\) adds nothing$", text, re.MULTILINE)
    w = torch.ones(2, requires_grad=True)
    assert "No path leads back from y to x" in jacobian_picture(lambda x: w * 2, x()).text
    text = jacobian_picture(lambda a, b: b * 2, (x(), x()), torch.ones(2), names=("a", "b", "y")).text
    assert "from y to a: " in text and "None         2.0         2.0  what backward(v) adds to b.grad" in text


def test_what_is_no_number_is_shown_as_it_is():
    picture = jacobian_picture(lambda x: torch.sqrt(x) / x, torch.tensor([0.0, 1.0]), torch.tensor([1.0, 1.0]))
    assert "nan" in picture.text and "not a number" in seen(picture)
    assert "inf" in jacobian_picture(torch.sqrt, torch.tensor([0.0, 1.0])).text


def test_a_nan_beside_an_infinite_derivative_is_explained():
    at = torch.tensor([0.0, 1.0, 4.0])
    alone, weighed = (jacobian_picture(torch.sqrt, at, v).text for v in (None, torch.ones(3)))
    why = "A derivative with respect to x[0] is infinite. Each row was computed with a v that is 0 for all other"
    assert why in alone and why in weighed
    assert re.search(r"^vᵀJ +inf +0.5 +0.25  ", weighed, re.MULTILINE), "and not inf + nan + nan"
    assert "vᵀJ need not be the sum of these rows." in weighed and "vᵀJ need not" not in alone
    assert "on the way back a rule came upon" in jacobian_picture(lambda x: (x * 0) / (x * 0), torch.zeros(1)).text
    assert "nan" not in jacobian_picture(f, x(), torch.ones(3)).text


def test_a_column_tells_where_its_sum_is_added():
    words = seen(jacobian_picture(f, x(), torch.ones(3)))
    assert "x.grad[0] +=" in words and "x.grad[1] +=" in words


# The numbers are true


@pytest.mark.parametrize(
    "function, shape",
    [
        (torch.tanh, (3,)),
        (lambda x: torch.softmax(x, 0), (4,)),
        (lambda x: x @ x, (2, 2)),
        (lambda x: x.sum(), (3,)),
        (lambda x: x, (2,)),
        (lambda x: x.t(), (2, 3)),
    ],
    ids=["tanh", "softmax", "matmul", "sum", "x itself", "a view"],
)
def test_the_numbers_are_those_of_the_jacobian_and_of_backward(function, shape):
    torch.manual_seed(0)
    at = torch.randn(shape)
    y = function(at)
    v = torch.randn(y.shape)
    rows = jacobian(function, at).reshape(y.numel(), at.numel())
    leaf = at.clone().requires_grad_()
    function(leaf).backward(v)
    *table, product = [line.split() for line in jacobian_picture(function, at, v).text.splitlines()[2 : 3 + y.numel()]]
    shown = [line[line.index("=") + 3 : line.index("=") + 3 + at.numel()] for line in table]  # = value v entries
    assert shown == [[show_numbers(entry) for entry in row] for row in rows.tolist()]
    assert product[1 : 1 + at.numel()] == [show_numbers(entry) for entry in leaf.grad.flatten().tolist()]


def test_nothing_of_the_callers_is_touched():
    leaf = torch.tensor(X, requires_grad=True)
    weight = torch.tensor(2.0, requires_grad=True)
    leaf.sum().backward()
    jacobian_picture(lambda x: x * weight, leaf, torch.ones(2))
    assert leaf.grad.tolist() == [1.0, 1.0] and weight.grad is None


def test_the_picture_is_the_same_wherever_x_comes_from():
    leaf = torch.tensor(X, requires_grad=True)
    pictures = [jacobian_picture(f, at, torch.ones(3)).svg for at in (x(), leaf, leaf * 1, torch.nn.Parameter(x()))]
    with torch.no_grad():
        pictures.append(jacobian_picture(f, leaf, torch.ones(3)).svg)
    with torch.inference_mode():
        pictures.append(jacobian_picture(f, leaf, torch.ones(3)).svg)
        pictures.append(jacobian_picture(f, x(), torch.ones(3)).svg)
    assert len(set(pictures)) == 1


def test_it_shows_pytorchs_jacobians_as_well():
    pytorch = pytest.importorskip("torch")
    with pytorch.inference_mode():
        theirs = jacobian_picture(pytorch.tanh, pytorch.tensor([0.5, 1.0]), pytorch.tensor([1.0, 2.0]))
    assert theirs.text == jacobian_picture(torch.tanh, torch.tensor([0.5, 1.0]), torch.tensor([1.0, 2.0])).text


# What is drawn


@pytest.fixture(params=["alone", "one-hot", "weights", "large", "one number"])
def picture(request):
    return {
        "alone": lambda: jacobian_picture(f, x()),
        "one-hot": lambda: jacobian_picture(f, x(), torch.tensor([0.0, 1.0, 0.0])),
        "weights": lambda: jacobian_picture(f, x(), torch.tensor([2.0, 1.0, -1e-5])),
        "large": lambda: jacobian_picture(torch.tanh, torch.linspace(-2, 2, 12), torch.ones(12)),
        "one number": lambda: jacobian_picture(lambda w: -w.sum(), x(), names=("a_long_name", "the_loss")),
    }[request.param]()


def test_the_picture_says_what_the_text_says(picture):
    drawn, (_, *table) = seen(picture), picture.text.splitlines()
    table = table[: next(i for i, line in enumerate(table) if line.endswith("."))]
    for fact in re.findall(r"\w+\[.*?\]|-?\d\S*|v\b|the row v picks", "\n".join(table)):
        assert fact in drawn
    for sentence in picture.text.splitlines()[1 + len(table) :]:
        assert sentence in " ".join(drawn)
    assert picture.text.splitlines()[0] in " ".join(drawn)


def test_words_stay_within_the_picture(picture):
    root = ElementTree.fromstring(picture.svg)
    width, height = float(root.get("width")), float(root.get("height"))

    def visit(group, left, top, letter):
        size = {"12.5": 7.6 if "mono" in group.get("font-family", "") else 6.6, "11.5": 6.0}
        letter = size.get(group.get("font-size"), letter)
        shift = re.match(r"translate\((\S+) (\S+)\)", group.get("transform", "translate(0 0)"))
        left, top = left + float(shift[1]), top + float(shift[2])
        for inner in group.findall(f"{SVG}g"):
            yield from visit(inner, left, top, letter)
        for text in group.findall(f"{SVG}text"):
            length = len(text.text) * letter
            start = left + float(text.get("x")) - length * {"middle": 0.5, "end": 1}.get(text.get("text-anchor"), 0)
            yield start, start + length, top + float(text.get("y"))

    placed = list(visit(root, 0, 0, 0))
    assert placed and all(8 <= start and end <= width - 8 and y <= height - 8 for start, end, y in placed)


def test_a_negative_number_is_hatched_and_the_row_that_v_picks_has_a_border():
    picture = jacobian_picture(f, x(), torch.tensor([0.0, 1.0, 0.0]))
    assert picture.svg.count(f'stroke="{heatmap.HATCH}"') == 2  # the cell and the legend
    borders = [rect for rect in ElementTree.fromstring(picture.svg).iter(f"{SVG}rect") if rect.get("fill") == "none"]
    assert [border.get("stroke-width") for border in borders] == ["3"]
    positive = jacobian_picture(torch.exp, x())
    assert heatmap.HATCH not in positive.svg and "negative" not in seen(positive)


def test_a_shade_is_darker_the_further_its_number_is_from_zero():
    shades = [heatmap.shade(entry, 4.0)[0] for entry in (0.0, 0.5, 1.5, 2.5, 4.0)]
    assert shades == [COLOURS["paper"], *heatmap.POSITIVE]
    assert [heatmap.shade(-entry, 4.0)[0] for entry in (0.5, 1.5, 2.5, 4.0)] == list(heatmap.NEGATIVE)
    assert heatmap.shade(float("-inf"), 0.0) == (heatmap.NEGATIVE[3], True)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("fill", [*heatmap.POSITIVE, *heatmap.NEGATIVE, heatmap.NO_NUMBER])
def test_numbers_stand_out_from_their_cells(fill):
    assert contrast(COLOURS["ink"], fill) >= 4.5


def test_the_hatching_stands_out_from_the_paper():
    assert contrast(heatmap.HATCH, COLOURS["paper"]) >= 3


def test_pictures_have_the_same_bytes_whatever_the_hash_seed():
    code = "import sys; sys.path.insert(0, 'tests'); import test_jacobian_picture as t; t.torch.manual_seed(0); " \
           "print(t.jacobian_picture(t.f, t.x(), t.torch.ones(3)).svg)"
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1")
    ]
    assert runs[0] == runs[1] and runs[0].startswith("<svg")


# What cannot be drawn


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: jacobian_picture(x(), f), TypeError, "needs a function as its first argument; got Tensor"),
        (lambda: jacobian_picture(f, [1.0, 2.0]), TypeError, "x must be a tensor of floats.*; got list"),
        (lambda: jacobian_picture(f, torch.tensor([1, 2])), TypeError, "x must be a tensor of floats.*int64"),
        (lambda: jacobian_picture(f, ()), ValueError, "at least one input"),
        (lambda: jacobian_picture(f, torch.ones(0)), ValueError, "x has no elements"),
        (lambda: jacobian_picture(lambda x: x.tolist(), x()), TypeError, "f must return one tensor.*; got list"),
        (lambda: jacobian_picture(lambda x: (x, x), x()), TypeError, "f must return one tensor.*; got tuple"),
        (lambda: jacobian_picture(lambda x: x > 1, x()), TypeError, "f must return a tensor of floats.*bool"),
        (lambda: jacobian_picture(lambda x: x[:0], x()), ValueError, "no elements, so its Jacobian has no rows"),
        (lambda: jacobian_picture(f, x(), torch.ones(2)), ValueError, r"shape of f's output, \(3,\).*got shape \(2,\)"),
        (lambda: jacobian_picture(f, x(), [1.0, 0.0, 0.0]), TypeError, r"v must be a tensor of .*\(3,\).*got list"),
        (lambda: jacobian_picture(f, x(), names="x"), ValueError, r'such as \("x", "y"\); got \'x\''),
        (lambda: jacobian_picture(f, x(), names=3), ValueError, r'such as \("x", "y"\); got 3'),
        (lambda: jacobian_picture(f, x(), names=("x",)), ValueError, "names must name the inputs, then the output"),
        (lambda: jacobian_picture(torch.tanh, torch.ones(20)), ValueError, "20 by 20 numbers.*room for 12 by 12: show"),
        (lambda: jacobian_picture(torch.sum, torch.ones(13)), ValueError, "1 by 13 numbers"),
    ],
    ids=range(16),
)  # fmt: skip
def test_what_has_no_picture_is_refused_in_one_sentence(make, error, message):
    with pytest.raises(error, match=message) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_an_error_of_the_function_itself_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        jacobian_picture(lambda x: 1 / 0, x())
