"""Curves of losses and sizes of gradients: true numbers in words and in the drawing, and nobody's settings changed."""

import math
import re
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest

import minigrad as torch
from minigrad.viz import draw, numbers, plots, trace
from minigrad.viz.charts import gradient_norms, gradient_sizes, loss_curve
from minigrad.viz.numbers import show_numbers
from minigrad.viz.shapes import COLOURS

matplotlib = pytest.importorskip("matplotlib")

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"
NAN, INF = math.nan, math.inf


def seen(chart):
    """All words that the SVG draws."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(chart.svg).iter(f"{SVG}text")]


def lines(chart):
    """The y values of every line that is drawn, in the order of the series."""
    return [list(line.get_ydata()) for line in chart._figure.axes[0].lines if line.get_linestyle() != "None"]


def parameters():
    """A gradient, one that is zero, a broken one, one that never arrived and one that nobody asked for."""
    weight, dead, broken, unused = (torch.ones(4, requires_grad=True) for _ in range(4))
    frozen = torch.ones(2)
    (weight * 2 + dead * 0 + broken * NAN).sum().backward()
    return {"weight": weight, "dead": dead, "broken": broken, "unused": unused, "frozen": frozen}


# Losses


def test_the_text_has_the_first_the_last_and_the_lowest_loss():
    assert loss_curve({"sgd": [2.0, 0.25, 0.5, 0.25], "adam": [3.0, 1 / 3]}).text.splitlines() == [
        "Loss curve of 4 steps",
        "      first    last  lowest",
        "sgd     2.0    0.25    0.25  at step 1",
        "adam    3.0  0.3333  0.3333  at step 1",
    ]


def test_the_picture_says_what_the_text_says():
    words = seen(loss_curve({"sgd": [2.0, 0.25, 0.5], 0.1: [NAN, 3.0, NAN]}))
    assert "sgd: first 2.0, last 0.5, lowest 0.25 at step 1" in words
    assert "0.1: first nan, last nan, lowest 3.0 at step 1" in words
    assert "nan or inf at 2 steps of all lines, first at step 0" in words
    assert {"Loss curve of 3 steps", "step", "loss"} <= set(words)


def test_the_line_goes_through_the_losses():
    assert lines(loss_curve([2.0, 0.25, 0.5])) == [[2.0, 0.25, 0.5]]
    assert lines(loss_curve({"a": [1.0], "b": [2.0, 3.0]})) == [[1.0], [2.0, 3.0]]


def test_losses_that_are_no_numbers_are_shown_and_said():
    chart = loss_curve([1.0, INF, NAN, NAN])
    assert chart.text.splitlines()[3:] == [
        "loss: nan at 2 of 4 steps, first at step 2",
        "loss: inf at 1 of 4 steps, first at step 1",
    ]
    signs = [line for line in chart._figure.axes[0].lines if line.get_marker() == "x" and len(line.get_xdata())]
    assert [list(line.get_xdata()) for line in signs] == [[1, 2, 3]]
    assert "nan or inf at 3 steps, first at step 1" in seen(chart)
    assert loss_curve([NAN]).text.splitlines()[2] == "loss    nan   nan"


def test_a_log_axis_marks_what_it_has_no_place_for():
    chart = loss_curve([1.0, 0.01, 0.0, -1.0], log=True)
    assert chart._figure.axes[0].get_yscale() == "log"
    assert {"loss (log axis)", "0 or less at 2 steps, first at step 2", "0.01", "1.0"} <= set(seen(chart))
    assert loss_curve([0.0], log=True)._figure.axes[0].get_yscale() == "linear"
    assert loss_curve([1.0, 0.01])._figure.axes[0].get_yscale() == "linear"


@pytest.mark.parametrize(
    "losses, scale",
    [([2.3, 1.0, 0.5, 0.1], "linear"), ({"sgd": [1.0, 0.5, 0.2], "diverging": [1.0, 1e9, 1e18]}, "log"),
     ([1.0, 0.9, 0.8, 1e18], "log"), ([1.0, 0.0, 0.0], "linear"), ([1.0, 0.001, 0.001, 0.0], "log"),
     ([-1.0, 1.0, 1e6], "linear"), ([NAN, INF], "linear"), ([0.0, 0.0], "linear")],
)  # fmt: skip
def test_the_axis_of_losses_is_logarithmic_where_a_linear_one_would_press_a_run_flat(losses, scale):
    assert loss_curve(losses)._figure.axes[0].get_yscale() == scale
    assert loss_curve(losses, log=False)._figure.axes[0].get_yscale() == "linear"


def test_every_step_without_a_number_is_marked():
    def marked(losses):
        signs = [line for line in loss_curve(losses)._figure.axes[0].lines if line.get_marker() == "x"]
        assert all(line.get_markevery() is None for line in signs)
        return [step for line in signs for step in line.get_xdata()]

    broken = [1.0] * 51 + [NAN] * 49
    assert marked(broken) == list(range(51, 100))
    assert "nan or inf at 49 steps, first at step 51" in seen(loss_curve(broken))
    assert 100 <= len(marked([1.0] + [NAN] * 100_000)) <= plots.MOST_SIGNS + 1
    assert marked([NAN] + [1.0] * 1000 + [NAN]) == [0, 1001]


def test_ticks_far_from_one_are_all_powers_of_ten():
    words = seen(gradient_sizes({"a": 1e-11, "b": 10.0}))
    assert "10⁻¹⁰" in words and "10.0" in words, "10.0 is the size that stands beside the bar"
    assert not {"1.0", "0.1"} & set(words)
    assert {"0.01", "1.0"} <= set(seen(gradient_sizes({"a": 0.015, "b": 10.0})))
    assert [plots.power(value) for value in (1e-11, 1.0, 2e5)] == ["10⁻¹¹", "10⁰", "2·10⁵"]


def test_ticks_of_small_sizes_do_not_crowd():
    assert len(gradient_sizes({"a": 0.0017, "b": 0.001})._figure.axes[0].get_xticks()) <= 7


def test_losses_may_be_tensors_arrays_and_numbers():
    w = torch.tensor([2.0, 0.5], requires_grad=True)
    tracked = [(w * w).sum(), w[0], w[1:]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = loss_curve(tracked).text
    assert "4.25   0.5     0.5  at step 2" in text
    run = torch.tensor([4.25, 2.0, 0.5])
    for losses in (run, run.numpy(), (4.25, 2, 0.5), iter(tracked)):
        assert loss_curve(losses).text == text


def test_pytorchs_losses_are_drawn_as_well():
    pytorch = pytest.importorskip("torch")
    w = pytorch.tensor([2.0, 0.5], requires_grad=True)
    assert loss_curve([(w * w).sum(), w[1]]).svg == loss_curve([4.25, 0.5]).svg


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("values", [(1.0, 1.7e308), (5e-324, 1.7e308), (-1.7e308, 1.7e308), (5e-324,)])
def test_the_largest_and_smallest_floats_are_drawn(values, log):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f"last {show_numbers(values[-1])}" in " ".join(seen(loss_curve(values, log=log)))
        sizes = {f"p{i}": size for i, size in enumerate(values)}
        assert show_numbers(values[-1]) in seen(gradient_sizes(sizes, log=log))


def test_a_long_run_is_drawn_by_its_extremes():
    losses = [float(i % 7) for i in range(100_000)]
    losses[31_415] = -5.0
    [line] = lines(loss_curve(losses))
    assert len(line) <= plots.MOST_POINTS and min(line) == -5.0 and max(line) == 6.0
    assert len(loss_curve(losses).svg) < 200_000
    assert "-5.0  at step 31415" in loss_curve(losses).text


def test_no_two_lines_of_a_chart_look_alike():
    chart = loss_curve({f"run {i}": [1.0, i] for i in range(plots.MOST_LINES)})
    drawn = [line for line in chart._figure.axes[0].lines if line.get_linestyle() != "None"]
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in drawn}
    without_colour = {(line.get_linestyle(), line.get_marker()) for line in drawn}
    assert len(looks) == len(without_colour) == plots.MOST_LINES


# Gradients


def test_every_parameter_has_the_norm_of_its_gradient():
    assert gradient_sizes(parameters()).text.splitlines() == [
        "Gradient sizes of 5 parameters: the norm of each .grad",
        "weight   4.0",
        "dead     0.0",
        "broken   nan",
        "unused  None  no gradient arrived, or it was cleared",
        "frozen  None  requires_grad is False",
    ]


def test_none_is_told_from_zero_by_words_and_hatching():
    chart = gradient_sizes(parameters())
    words = {"4.0", "0.0", "nan", "None: no gradient arrived, or it was cleared", "None: requires_grad is False"}
    assert words <= set(seen(chart))
    bars = chart._figure.axes[0].patches
    assert [bar.get_width() for bar in bars[:5]] == [4.0, 0.0, 0.0, 0.0, 0.0]
    assert [(round(bar.get_y() + bar.get_height() / 2), bar.get_hatch()) for bar in bars[5:]] == [
        (2, "xxx"), (3, "///"), (4, "///")
    ]  # fmt: skip


def test_what_has_no_size_has_the_shortest_of_bars():
    axes = gradient_sizes(parameters())._figure.axes[0]
    hatched = [bar for bar in axes.patches if bar.get_hatch()]
    assert len(hatched) == 3
    assert all(bar.get_window_extent().width < 0.05 * axes.get_window_extent().width for bar in hatched)


def test_a_cleared_gradient_is_not_said_never_to_have_arrived():
    linear = torch.nn.Linear(2, 1)
    linear(torch.ones(1, 2)).sum().backward()
    linear.zero_grad()
    assert re.search(r"^bias +None  no gradient arrived, or it was cleared$", gradient_sizes(linear).text, re.MULTILINE)


@pytest.mark.parametrize("size", [1e25, 1e-25, 1.5e200])
def test_one_norm_is_told_wherever_it_is_told(size):
    """Squares overflow in float32, and beyond 1e154 in float64, long before the norm itself does."""
    w = torch.ones(16, dtype=torch.float64 if size > 1e100 else torch.float32, requires_grad=True)
    traced = trace((w * size).sum(), names={"w": w})
    told = f"norm {show_numbers(4 * size)}"
    assert gradient_norms({"w": w})["w"] == pytest.approx(4 * size)
    assert told in draw((w * 1).sum(), names={"w": w}).text and told in repr(traced)
    assert [numbers.norm(torch.tensor(each).numpy()) for each in ([3.0, 4.0], [0.0], [], [INF])] == [5.0, 0.0, 0.0, INF]
    assert math.isnan(numbers.norm(torch.tensor([1.0, NAN]))) and numbers.norm(torch.tensor([3, 4])) == 5.0


def test_a_module_pairs_and_norms_give_the_same_chart():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
    net(torch.ones(4, 3)).sum().backward()
    norms = gradient_norms(net)
    assert norms == {name: pytest.approx(p.grad.norm().item()) for name, p in net.named_parameters()}
    svg = gradient_sizes(net).svg
    assert "0.weight" in seen(gradient_sizes(net))
    for same in (net.named_parameters(), dict(net.named_parameters()), list(net.named_parameters()), norms):
        assert gradient_sizes(same).svg == svg


def test_pytorchs_gradients_are_drawn_as_well():
    pytorch = pytest.importorskip("torch")
    linear = pytorch.nn.Linear(2, 1)
    linear(pytorch.ones(1, 2)).sum().backward()
    assert re.search(r"^bias +1\.0$", gradient_sizes(linear).text, re.MULTILINE)


def test_a_result_keeps_no_gradient_unless_it_retains_it():
    w = torch.ones(4, requires_grad=True)
    h = w * 2
    kept = w * 3
    kept.retain_grad()
    (h + kept).sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradient_norms({"h": h, "kept": kept}) == {"h": None, "kept": 2.0}
    assert "a result, which keeps no gradient" in gradient_sizes({"h": h}).text


@pytest.mark.parametrize(
    "sizes, log, scale",
    [([1.0, 0.011], None, "linear"), ([1.0, 0.01], None, "log"), ([1.0, 0.01], False, "linear"), ([1.0], True, "log"),
     ([1.0, 0.0], None, "linear"), ([0.0, None], True, "linear"), ([1e-30, 1e30, None, NAN, 0.0], None, "log")],
)  # fmt: skip
def test_the_axis_is_logarithmic_where_sizes_span_decades(sizes, log, scale):
    chart = gradient_sizes({f"p{i}": size for i, size in enumerate(sizes)}, log=log)
    axes = chart._figure.axes[0]
    assert axes.get_xscale() == scale
    assert ("norm of .grad (log axis)" in seen(chart)) == (scale == "log")
    low, high = axes.get_xlim()
    assert all(low < size < high for size in sizes if size and size > 0)


def test_a_history_is_a_line_for_each_parameter():
    chart = gradient_sizes([{"w": 1.0, "b": None}, {"w": torch.tensor(0.5), "b": 2.0}, {"w": 4.0, "late": 0.0}])
    assert chart.text.splitlines() == [
        "Gradient sizes of 3 parameters in 3 steps",
        "      first  last  largest",
        "w       1.0   4.0      4.0  at step 2",
        "b      None  None      2.0  at step 1",
        "late   None   0.0      0.0  at step 2",
        "b: None at 2 of 3 steps, first at step 0",
        "late: None at 2 of 3 steps, first at step 0",
    ]
    assert lines(chart)[0] == [1.0, 0.5, 4.0] and "None at 4 steps of all lines, first at step 0" in seen(chart)
    assert gradient_sizes([{"w": 1.0}, {"w": 0.001}])._figure.axes[0].get_yscale() == "log"


# As a file and in a notebook


@pytest.fixture(params=["losses", "runs", "bars", "history"])
def chart(request):
    return {
        "losses": lambda: loss_curve([3.0, 2.0, NAN]),
        "runs": lambda: loss_curve({"_a $x$ & <b>": [1.0, 0.001], "b": [2.0, 0.5]}, log=True),
        "bars": lambda: gradient_sizes(parameters()),
        "history": lambda: gradient_sizes([{"w": 1.0, "b": None}, {"w": 1e-5, "b": 0.0}]),
    }[request.param]()


def test_a_notebook_stores_an_image_with_an_alternative_text(chart):
    image = ElementTree.fromstring(chart._repr_html_().removesuffix(">") + "/>")
    assert image.get("src").startswith("data:image/svg+xml;base64,")
    assert image.get("alt").split() == chart.text.split()
    assert repr(chart) == chart.text


def test_the_svg_names_itself_and_holds_its_text(chart):
    root = ElementTree.fromstring(chart.svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == chart.text.splitlines()[0]
    assert root.find(f"{SVG}desc").text == chart.text


def test_the_paper_is_that_of_all_pictures(chart):
    """White with round corners: on a dark page nothing else shows where the picture ends."""
    paper = ElementTree.fromstring(chart.svg)[2]
    assert (paper.tag, paper.get("rx"), paper.get("fill")) == (f"{SVG}rect", "6", COLOURS["paper"])
    assert "fill: #ffffff" not in chart.svg.partition('id="axes_1"')[0], "nor has matplotlib drawn a square one"


def test_names_are_shown_as_they_are():
    assert "_a $x$ & <b>: first 1.0, last 0.5, lowest 0.5 at step 1" in seen(loss_curve({"_a $x$ & <b>": [1.0, 0.5]}))
    long = "model." * 9 + "weight"
    assert "..." + long[-33:] in seen(gradient_sizes({long: 1.0})) and long in gradient_sizes({long: 1.0}).text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert any("重み" in words for words in seen(loss_curve([1.0], label="重み")))


def test_words_stay_within_the_picture(chart):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    renderer = FigureCanvasAgg(chart._figure).get_renderer()
    chart._figure.draw(renderer)
    figure = chart._figure.bbox
    words = [text for text in chart._figure.findobj(Text) if text.get_text() in seen(chart)]
    assert len(words) >= len(seen(chart))
    for text in words:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0 and box.x1 <= figure.x1 and box.y0 >= 0 and box.y1 <= figure.y1


def test_save_writes_svg_and_png(tmp_path, chart):
    chart.save(tmp_path / "chart.svg")
    assert (tmp_path / "chart.svg").read_bytes() == chart.svg.encode()
    for scale in (1, 2):
        chart.save(tmp_path / f"{scale}.png", scale=scale)
    small, large = ((tmp_path / f"{scale}.png").read_bytes() for scale in (1, 2))
    assert small.startswith(b"\x89PNG")
    width, twice = (int.from_bytes(png[16:20], "big") for png in (small, large))
    assert width > 500 and abs(twice - 2 * width) <= 1
    with pytest.raises(ValueError, match="ends in .svg or .png"):
        chart.save(tmp_path / "chart.pdf")
    for scale in (0, "2"):
        with pytest.raises(ValueError, match="scale must be a number above 0"):
            chart.save(tmp_path / "chart.png", scale=scale)
    chart.save(tmp_path / "chart.PNG")
    assert (tmp_path / "chart.PNG").read_bytes() == (tmp_path / "2.png").read_bytes()


def test_charts_have_the_same_bytes_on_every_run_and_hash_seed(tmp_path):
    code = "import sys; sys.path.insert(0, 'tests'); import test_charts as t; " \
           "print(t.loss_curve({'a': [1.0, 0.1], 'b': [t.NAN, 2.0]}, log=True).svg); " \
           "print(t.gradient_sizes(t.parameters()).svg)"
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1")
    ]
    assert runs[0] == runs[1] and runs[0].count("<svg") == 2
    assert "matplotlib.org" not in runs[0] and "dc:date" not in runs[0]


def test_settings_of_matplotlib_are_neither_used_nor_changed():
    before = loss_curve([1.0, 0.5]).svg
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.facecolor": "black", "svg.fonttype": "path"}):
        settings = dict(matplotlib.rcParams)
        assert loss_curve([1.0, 0.5]).svg == before
        assert dict(matplotlib.rcParams) == settings


def test_pyplot_is_never_imported():
    code = "import sys; from minigrad.viz.charts import loss_curve; assert 'matplotlib' not in sys.modules; " \
           "loss_curve([1.0]); assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("colour", plots.LINES)
def test_lines_stand_out_from_the_paper(colour):
    assert contrast(colour, COLOURS["paper"]) >= 4.5


@pytest.mark.parametrize("colour", ["leaf border", "data border"])
def test_bars_stand_out_from_the_paper(colour):
    assert contrast(COLOURS[colour], COLOURS["paper"]) >= 3


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# What cannot be drawn


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: loss_curve([]), ValueError, "losses is empty"),
        (lambda: loss_curve({}), ValueError, "nothing to draw: no runs were given"),
        (lambda: loss_curve({"a": []}), ValueError, r"losses\['a'\] is empty"),
        (lambda: loss_curve(1.0), TypeError, "losses must be a list of numbers, one for each step; got float"),
        (lambda: loss_curve("loss"), TypeError, "losses must be a list of numbers.*; got str"),
        (lambda: loss_curve(None), TypeError, "got NoneType"),
        (lambda: loss_curve({"a": {"b": [1.0]}}), TypeError, r"losses\['a'\] must be a list of numbers.*; got dict"),
        (lambda: loss_curve(torch.ones(2, 2)), TypeError, "losses must be a list of numbers.*; got Tensor"),
        (lambda: loss_curve(torch.tensor(1.0)), TypeError, "losses must be a list of numbers.*; got Tensor"),
        (lambda: loss_curve([1.0, "2"]), TypeError, r"losses\[1\] must be a number or a tensor with one.*; got str"),
        (lambda: loss_curve([1.0, None]), TypeError, r"losses\[1\] must be a number.*; got NoneType"),
        (lambda: loss_curve([torch.ones(3)]), TypeError, r"losses\[0\] must be a number.*; got Tensor of shape \(3,\)"),
        (lambda: loss_curve([1.0], label=None), TypeError, "label must be the name of the y axis.*; got NoneType"),
        (lambda: loss_curve([1.0], log="yes"), TypeError, "log must be True, False, or None.*; got 'yes'"),
        (lambda: gradient_sizes({"w": 1.0}, log="yes"), TypeError, "log must be True, False, or None.*; got 'yes'"),
        (lambda: loss_curve([1j]), TypeError, r"losses\[0\] must be a number.*; got complex"),
        (lambda: loss_curve({i: [1.0] for i in range(25)}), ValueError, "room for 24 runs, and 25 were given"),
        (lambda: gradient_sizes({}), ValueError, "no parameters were given"),
        (lambda: gradient_sizes([]), ValueError, "no parameters were given"),
        (lambda: gradient_sizes([{}]), ValueError, "no parameters were given"),
        (lambda: gradient_sizes(torch.nn.ReLU()), ValueError, "no parameters were given"),
        (lambda: gradient_sizes(3), TypeError, "needs a Module, a dict from name to tensor.*; got int"),
        (lambda: gradient_sizes(torch.ones(2)), TypeError, "needs a Module.*; got Tensor"),
        (lambda: gradient_sizes([torch.ones(2)]), TypeError, "needs a Module.*; got list"),
        (lambda: gradient_sizes({3: torch.ones(2)}), TypeError, "needs a Module.*; got dict"),
        (lambda: gradient_sizes({"w": "no"}), TypeError, "w must be a number or a tensor.*; got str"),
        (lambda: gradient_sizes([{"w": "no"}]), TypeError, r"snapshot 0, 'w' must be a number.*; got str"),
        (lambda: gradient_sizes({f"p{i}": 1.0 for i in range(61)}), ValueError, "room for 60 parameters, and 61"),
        (lambda: gradient_sizes([{f"p{i}": 1.0 for i in range(25)}]), ValueError, "room for 24 parameters, and 25"),
    ],
    ids=range(29),
)
def test_what_has_no_chart_is_refused_in_one_sentence(make, error, message):
    with pytest.raises(error, match=message) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_without_matplotlib_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    with pytest.raises(ImportError, match="charts need matplotlib, which is not installed: run `pip install matplotl"):
        loss_curve([1.0])
    assert gradient_norms({"w": 1.0}) == {"w": 1.0}
