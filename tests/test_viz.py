"""Pictures of graphs: the right facts, in words and in SVG, laid out so that nothing hides anything."""

import base64
import html
import itertools
import random
import re
import subprocess
import sys
import weakref
from pathlib import Path
from xml.etree import ElementTree

import pytest

import minigrad as torch
from minigrad.viz import draw, layout, read, shapes
from minigrad.viz.layout import in_order, lay_out
from minigrad.viz.numbers import show_numbers

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
        "#1      leaf                              shape (1,)  value [1.0]  grad None",
        "output  mul(#1, untracked)  MulBackward0  shape (1,)  value [2.0]",
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


# What is drawn


PICTURES = {
    "line": lambda: line()[2],
    "square": lambda: (lambda x: x * x + x)(torch.tensor([1.0, 2.0], requires_grad=True)),
    "network": network,
    "output without a leaf of its own": lambda: [line()[2], line()[2]],
}


@pytest.fixture(params=PICTURES)
def picture(request):
    return draw(PICTURES[request.param]())


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
    drawn = [element.text for element in graph.iter(f"{SVG}text")]
    assert all(word in picture.text for word in drawn)
    facts = re.findall(r"(shape|value|grad) ", picture.text)
    assert sorted(facts) == sorted(word for word in drawn if word in ("shape", "value", "grad"))
    table = picture.text.splitlines()[1:]
    assert len(list(graph.findall(f"{SVG}g"))) == len(table)
    calls = [re.search(r"  \w+\((.*?)\) +\w+Backward", row) for row in table]
    used = sum(len(call[1].split(", ")) for call in calls if call)
    assert len(arrows_in(picture)) == used - picture.text.count("untracked")


def test_leaves_and_operations_differ_in_more_than_colour(picture):
    graph = ElementTree.fromstring(picture.svg).findall(f"{SVG}g")[0]
    looks = {True: set(), False: set()}
    for box in graph.findall(f"{SVG}g"):
        outline = box.find(f"{SVG}rect")
        looks[box.find(f"{SVG}path") is None].add((outline.get("rx"), outline.get("stroke-width")))
    assert looks == {True: {("0", "2")}, False: {("7", "1.2")}}


def test_every_colour_is_from_the_palette(picture):
    assert set(re.findall(r"#[0-9a-f]{6}\b", picture.svg)) <= set(shapes.COLOURS.values())


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    "front, back, least",
    [
        ("ink", "paper", 7),
        ("ink", "leaf", 7),
        ("quiet", "paper", 4.5),
        ("quiet", "leaf", 4.5),
        ("strip ink", "strip", 4.5),
        ("leaf border", "paper", 3),
        ("leaf border", "leaf", 3),
        ("operation border", "paper", 3),
        ("operation border", "strip", 3),
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
            length = len(text.text) * 7.6
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


# Where things stand


def curve(points, left_to_right):
    """The arrow as svg.draw_arrow draws it, as many short straight pieces."""
    path = [points[0]]
    for index, ((x, y), (to_x, to_y)) in enumerate(itertools.pairwise(points)):
        for t in (step / 16 for step in range(1, 17)):
            along, across = (t, t) if index % 2 == 0 else (1.5 * t * (1 - t) + t**3, t * t * (3 - 2 * t))
            along_x, along_y = (along, across) if left_to_right else (across, along)
            path.append((x + (to_x - x) * along_x, y + (to_y - y) * along_y))
    return path


def overlaps(box, other, gap):
    (x, y, width, height), (x2, y2, width2, height2) = box, other
    return x < x2 + width2 + gap and x2 < x + width + gap and y < y2 + height2 + gap and y2 < y + height + gap


def faults(sizes, arrows, left_to_right):
    """Everything wrong with a layout, but crossings."""
    found = lay_out(sizes, arrows, left_to_right)
    boxes = [(*corner, *size) for corner, size in zip(found.corners, sizes, strict=True)]
    for one, other in itertools.combinations(range(len(boxes)), 2):
        if overlaps(boxes[one], boxes[other], 15):
            yield f"boxes {one} and {other} overlap"
    for index, (x, y, width, height) in enumerate(boxes):
        if x < 0 or y < 0 or x + width > found.width + 0.2 or y + height > found.height + 0.2:
            yield f"box {index} is outside"
    for (source, target), points in zip(arrows, found.arrows, strict=True):
        if left_to_right and found.corners[source][0] >= found.corners[target][0]:
            yield f"arrow {source} -> {target} points backwards"
        for x, y in curve(points, left_to_right):
            for index, box in enumerate(boxes):
                if index not in (source, target) and overlaps((x, y, 0, 0), box, 0):
                    yield f"arrow {source} -> {target} passes through box {index}"
        for end, index in ((points[0], source), (points[-1], target)):
            x, y, width, height = boxes[index]
            if not (x - 0.2 <= end[0] <= x + width + 0.2 and y - 0.2 <= end[1] <= y + height + 0.2):
                yield f"arrow {source} -> {target} does not touch box {index}"


def random_graph(seed):
    chance = random.Random(seed)
    count = chance.randint(2, 60)
    sizes = [(chance.randint(76, 250), chance.randint(24, 100)) for _ in range(count)]
    arrows = [
        (chance.randint(max(0, target - chance.choice([3, 8, 60])), target - 1), target)
        for target in range(chance.randint(1, max(1, count // 4)), count)
        for _ in range(chance.randint(1, 3))
    ]
    return sizes, arrows


@pytest.mark.parametrize("seed", range(40))
def test_nothing_overlaps_in_random_graphs(seed):
    assert list(faults(*random_graph(seed), left_to_right=seed % 2 == 0)) == []


def crossings(arrows, found, left_to_right):
    """How many pairs of arrows that share no box cross, from what is drawn."""
    paths = [curve(points, left_to_right) for points in found.arrows]
    return sum(
        any(pieces_cross(*p, *q) for p, q in itertools.product(*map(itertools.pairwise, (paths[one], paths[two]))))
        for one, two in itertools.combinations(range(len(paths)), 2)
        if not set(arrows[one]) & set(arrows[two])
    )


def pieces_cross(p, q, r, s):
    def side(a, b, c):
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


@pytest.mark.parametrize("left_to_right", [True, False])
@pytest.mark.parametrize(
    "arrows",
    [
        [(0, 1), (1, 3), (2, 3)],
        [(0, 1), (0, 1), (1, 2), (0, 2)],
        [(0, 1), (0, 2), (1, 3), (2, 3)],
        [(0, 4), (1, 3), (2, 3), (3, 4)],
        [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6), (2, 7), (6, 7), (7, 8)],
        [(0, 6), (1, 5), (2, 4), (3, 4), (4, 5), (5, 6)],
    ],
    ids=["line", "square", "diamond", "long arrow", "shortcut", "nested"],
)
def test_what_can_be_drawn_without_crossings_is(arrows, left_to_right):
    sizes = [(90, 60)] * (1 + max(target for _, target in arrows))
    assert crossings(arrows, lay_out(sizes, arrows, left_to_right), left_to_right) == 0


def test_crossings_are_seen_by_the_test_that_counts_them():
    arrows = [(source, target) for source in (0, 1, 2) for target in (3, 4, 5)]
    assert crossings(arrows, lay_out([(90, 60)] * 6, arrows, True), True) > 0


def test_a_chain_with_weights_beside_it_is_a_straight_line():
    arrows = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6)]
    found = lay_out([(90, 60)] * 7, arrows, False)
    assert len({found.corners[box][0] for box in (2, 4, 6)}) == 1


def test_in_order_pools_adjacent_violators():
    assert in_order([1.0, 5.0, 2.0, 6.0], [1, 1, 1, 1]) == [1.0, 3.5, 3.5, 6.0]
    assert in_order([5.0, 2.0], [3, 1]) == [4.25, 4.25]
    assert in_order([3.0, 2.0, 1.0], [1, 1, 1]) == [2.0, 2.0, 2.0]


def test_the_same_graph_is_the_same_bytes_whatever_the_hash_seed():
    code = "import sys; sys.path.insert(0, 'tests'); import test_viz as t; print(t.draw(t.network(5)).svg)"
    runs = [
        subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
                       capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1")
    ]
    assert runs[0] == runs[1] and runs[0].startswith("<svg")


# In a notebook and in files


def test_a_notebook_stores_an_image_and_the_text(picture):
    image = ElementTree.fromstring(picture._repr_html_().removesuffix(">") + "/>")
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64" and base64.b64decode(data).decode() == picture.svg
    assert picture._repr_html_().count("\n") == picture.text.count("\n")
    assert alternative_text(picture) == picture.text
    assert repr(picture) == picture.text and "0x" not in picture.text


def test_save_writes_the_svg(tmp_path):
    drawing = draw(line()[2])
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_bytes() == drawing.svg.encode()


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
        (lambda: [line()[2], None], TypeError, "got NoneType"),
        (lambda: line()[0], ValueError, "is a leaf: nothing was computed"),
        (lambda: torch.ones(2) * 2, ValueError, "has no graph"),
        (lambda: line()[2].detach(), ValueError, "has no graph"),
    ],
    ids=["number", "nothing", "None in a list", "leaf", "untracked", "detached"],
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
    monkeypatch.setattr(read, "MOST_NODES", 20_000)
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(10_000):
        y = y + 1
    assert len(read.in_forward_order([y.grad_fn])) == 10_001


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
    names = ("boxes", "names", "fold", "layout", "shapes", "legend", "svg", "text")
    files = [Path(layout.__file__).with_stem(name) for name in names]
    assert not any(re.search(r"^(import|from) numpy", file.read_text("utf-8"), re.MULTILINE) for file in files)


if __name__ == "__main__":
    README_PICTURE.write_bytes(readme_picture().encode())
