"""Folding: what repeats itself becomes one box, nothing is lost by it, and what does not repeat stays as it is."""

import random
import re

import pytest

import minigrad as torch
from minigrad import nn
from minigrad.nn import functional as F
from minigrad.viz import draw
from minigrad.viz.blocks import numbered_parts
from minigrad.viz.boxes import BLOCK, LEAF, OPERATION, PARAMETER, Box
from minigrad.viz.fold import fold_if_large, fold_repeats
from minigrad.viz.names import Names
from minigrad.viz.read import read
from minigrad.viz.text import as_text


def folded(output, fold=True, **modules):
    """The boxes of a graph before and after, and for each old one the new one that it is in."""
    named = Names(list(modules.items()))
    boxes, before = read([output], named)
    new, place = fold_if_large(boxes, before, named, fold)
    return boxes, new, [place[node] for node in before]


class Block(nn.Module):
    """A transformer block with one head."""

    def __init__(self, width=4):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        h = self.first(x)
        weights = torch.softmax(self.query(h) @ self.key(h).transpose(-2, -1), -1)
        x = x + weights @ self.value(h)
        return x + self.down(F.relu(self.up(self.second(x))))


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        return F.relu(x + self.b(F.relu(self.a(x))))


class Transformer(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.embedding = nn.Parameter(torch.ones(7, 4))
        self.blocks = nn.ModuleList([Block() for _ in range(count)])
        self.head = nn.Linear(4, 7)

    def forward(self, words):
        x = self.embedding[words]
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def layers(count, activation=nn.ReLU):
    return nn.Sequential(*[part for _ in range(count) for part in (nn.Linear(4, 4), activation())])


def recurrent(steps):
    cell, h = nn.Linear(4, 4), torch.zeros(2, 4)
    results = []
    for _ in range(steps):
        h = torch.tanh(cell(h) + torch.ones(2, 4))
        results.append(h)
    return torch.stack(results).mean(), cell


def blocks_of(boxes):
    return [(box.operation, box.name, dict(box.facts)["each"]) for box in boxes if box.kind == BLOCK]


def test_layers_of_a_sequential_fold():
    model = layers(12)
    _, new, _ = folded(model(torch.ones(5, 4)).sum(), model=model)
    assert blocks_of(new) == [("12 × (t, addmm, relu)", "", "3 operations, 2 parameters")]
    assert dict(new[0].facts)["parameters"] == "model.0 … model.22"
    assert [box.operation for box in new] == ["12 × (t, addmm, relu)", "sum"]


def test_blocks_of_a_transformer_fold_into_one_of_their_class():
    model = Transformer(12)
    loss = model(torch.tensor([[1, 2, 3]])).mean()
    boxes, new, _ = folded(loss, None, model=model)
    assert len(boxes) > 500
    [(operation, name, each)] = blocks_of(new)
    assert (operation, name) == ("12 × Block", "model.blocks.0 … model.blocks.11") and each.endswith("14 parameters")
    assert [box.name for box in new if box.kind == PARAMETER] == [
        "model.embedding", "model.head.weight", "model.head.bias",
    ]  # fmt: skip


def test_groups_begin_where_the_fewest_results_go_from_one_to_the_next():
    stem, blocks, head = nn.Linear(3, 8), nn.Sequential(*[Residual(8) for _ in range(5)]), nn.Linear(8, 8)
    _, new, _ = folded(head(blocks(F.relu(stem(torch.ones(2, 3))))).sum(), blocks=blocks)
    assert blocks_of(new)[0][:2] == ("5 × Residual", "blocks.0 … blocks.4")
    operations = [box.operation for box in new if box.operation]
    assert operations == ["t", "addmm", "relu", "5 × Residual", "t", "addmm", "sum"]


def test_steps_of_a_recurrent_network_fold_and_their_weights_stay_outside():
    loss, cell = recurrent(20)
    _, new, _ = folded(loss, None, cell=cell)
    assert blocks_of(new) == [("20 × (t, addmm, add, tanh)", "", "4 operations")]
    assert [box.name for box in new if box.kind == PARAMETER] == ["cell.weight", "cell.bias"]
    stack = next(box for box in new if box.operation == "stack")
    assert [new[source].kind for source in stack.inputs] == [BLOCK]


def test_a_long_chain_folds_and_takes_its_name_from_its_result():
    y = x = torch.tensor(1.0, requires_grad=True)
    for _ in range(300):
        y = y + 1
    assert draw(y).text.splitlines() == [
        "Graph of y: 1 leaf, 1 folded block. Forward runs down this list, backward runs up.",
        "x  leaf                         shape ()  value 1.0  grad None",
        "y  300 × add of x, untracked    each 1 operation  shape ()  value 301.0",
    ]  # fmt: skip
    assert x.grad is None


def test_weights_that_a_penalty_uses_as_well_are_stacked():
    model = layers(12)
    loss = model(torch.ones(5, 4)).mean() + sum((weight * weight).sum() for weight in model.parameters())
    _, new, _ = folded(loss, model=model)
    stacks = [(box.operation, box.name) for box in new if box.kind == PARAMETER]
    assert stacks == [
        ("12 × parameter", "model.0.weight … model.22.weight"), ("12 × parameter", "model.0.bias … model.22.bias"),
    ]  # fmt: skip
    assert as_text(new).startswith("Graph") and ": 24 parameters, " in as_text(new)


def test_a_second_order_graph_folds():
    model = layers(12, nn.Tanh)
    gradients = torch.autograd.grad(model(torch.ones(5, 4)).sum(), list(model.parameters()), create_graph=True)
    boxes, new, _ = folded(sum((grad * grad).sum() for grad in gradients), None, model=model)
    assert len(boxes) > 200 and len(new) < 30


def test_gradients_in_a_block_are_told_by_the_smallest_and_the_largest_norm_of_a_group():
    model = layers(12, nn.Tanh)
    loss = model(torch.ones(5, 4)).sum()
    assert "grads" not in draw(loss, fold=True).text
    loss.backward()
    weights = list(model.parameters())
    groups = [[weight.grad.norm() for weight in weights[at : at + 2]] for at in range(0, 24, 2)]
    norms = [torch.stack(group).norm().item() for group in groups]
    assert f"grads norms {min(norms):.4g} to {max(norms):.4g}\n" in draw(loss, fold=True).text
    assert "grads" not in draw(loss, fold=True, detail="shapes").text
    for weight in weights[:4]:
        weight.grad = None
    weights[4].grad.fill_(float("nan"))
    found = re.search("grads (.*)", draw(loss, fold=True).text)[1]
    assert found == f"norms {min(norms[3:]):.4g} to {max(norms[3:]):.4g}, nan in 1, None in 2"
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    assert "grads norm 4.472\n" in draw(loss, fold=True).text


class Skips(nn.Module):
    """Layers of the library, with more around each."""

    def __init__(self, make, count=6):
        super().__init__()
        self.layers = nn.ModuleList([make() for _ in range(count)])

    def forward(self, x, around=lambda x, y: x + F.relu(y)):
        for layer in self.layers:
            x = around(x, layer(x))
        return x


def test_a_block_is_named_after_a_layer_only_if_the_layer_computes_all_of_it():
    x = torch.ones(5, 4)
    net = Skips(lambda: nn.Linear(4, 4))
    [block] = [box for box in folded(net(x).sum(), net=net)[1] if box.kind == BLOCK]
    assert (block.operation, block.name) == ("6 × (t, addmm, relu, add)", "")
    assert dict(block.facts)["parameters"] == "net.layers.0 … net.layers.5"
    [block] = [box for box in folded(net(x, lambda x, y: y).sum(), net=net)[1] if box.kind == BLOCK]
    assert (block.operation, block.name) == ("6 × Linear", "net.layers.0 … net.layers.5")
    net = Skips(lambda: nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4)))
    [block] = [box for box in folded(net(x, lambda x, y: y).sum(), net=net)[1] if box.kind == BLOCK]
    assert block.operation == "6 × Sequential"
    [block] = [box for box in folded(net(x).sum(), net=net)[1] if box.kind == BLOCK]
    assert block.operation.startswith("6 × (t, addmm, ")


def test_modules_in_a_list_name_their_block():
    layers = [nn.Linear(4, 4) for _ in range(6)]
    x = torch.ones(5, 4)
    for layer in layers:
        x = layer(x)
    loss = x.sum()
    assert re.search(r"^layers\[0\] … layers\[5\]  6 × Linear of", draw(loss, fold=True).text, re.MULTILINE)


def test_different_numbers_in_a_block_are_told_by_the_first_and_the_last():
    w = torch.tensor(1.0, requires_grad=True)
    y = w
    for step in range(70):
        y = y * (step + 1)
    assert draw(y).text.splitlines()[2].startswith("y  70 × mul of w    each 1 operation  other 1 … 70  shape ()")
    y = w
    for _ in range(20):
        y = (y * 0.5) ** 2 + 1
    [block] = [box for box in folded(y)[1] if box.kind == BLOCK]
    assert ("mul other", "0.5") in block.facts and ("pow exponent", "2") in block.facts


def test_which_of_several_results_is_taken_counts_as_wiring():
    def loop(picks):
        y = torch.ones(4, requires_grad=True)
        for pick in picks:
            parts = y.chunk(2)
            y = torch.cat([parts[pick].exp(), parts[1 - pick]])
        return folded(y)[1]

    assert [box.operation for box in loop([0, 0, 0, 0])] == ["", "4 × (split, exp, cat)"]
    assert not any(box.kind == BLOCK for box in loop([0, 1, 0]))


def test_a_folded_box_still_says_which_result_it_takes():
    x = torch.ones(4, requires_grad=True)
    a, b = x.split(2)
    for _ in range(5):
        a = a * b
    _, new, _ = folded(a)
    assert [(box.operation, box.inputs, box.picks) for box in new[1:]] == [
        ("split", (0,), ()), ("5 × mul", (1, 1), (0, 1)),
    ]  # fmt: skip


def test_small_graphs_fold_only_when_asked_to():
    model = layers(3)
    loss = model(torch.ones(5, 4)).sum()
    assert blocks_of(folded(loss, None)[1]) == [] and blocks_of(folded(loss, False)[1]) == []
    assert len(blocks_of(folded(loss, True)[1])) == 1
    model = layers(20)
    loss = model(torch.ones(5, 4)).sum()
    assert len(blocks_of(folded(loss, None)[1])) == 1 and blocks_of(folded(loss, False)[1]) == []


def test_different_shapes_or_wiring_do_not_fold():
    widths = [2, 3, 4, 5, 6, 7]
    model = nn.Sequential(*[nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
    assert blocks_of(folded(model(torch.ones(1, 2)).sum())[1]) == []
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    y = (a * b).exp()
    y = (y * y).exp()
    y = (a * y).exp()
    assert blocks_of(folded(y)[1]) == []


def test_the_same_operations_in_other_wiring_do_not_fold():
    x = torch.tensor(0.5, requires_grad=True)
    for picks, found in ((0, 1, 0), []), ((0, 0, 0), [("3 × (sin, cos, mul, add)", "", "4 operations")]):
        y = x
        for pick in picks:
            parts = y.sin(), y.cos()
            y = parts[pick] * parts[1] + parts[0]
        assert blocks_of(folded(y)[1]) == found
    a, b, c = (torch.tensor(0.5, requires_grad=True) for _ in range(3))
    for pairs in ((a, a), (b, c)), ((b, c), (a, a)), ((b, c), (b, b)):
        y = x
        for left, right in pairs:
            y = (y * left + y.sin() * right).exp()
        assert blocks_of(folded(y)[1]) == []


def random_program(seed):
    """Straight lines, loops of one to five operations, and weights that are shared, private or used elsewhere."""
    chance = random.Random(seed)
    weights = [torch.tensor(0.5, requires_grad=True) for _ in range(3)]
    results = [*weights, weights[0] * 2]
    for _ in range(chance.randint(2, 5)):
        body = [
            (chance.choice(["add", "mul", "sub", "tanh", "private"]), chance.choice(results))
            for _ in range(chance.randint(1, 5))
        ]
        y = results[-1]
        for _ in range(chance.choice([1, 2, 3, 7])):
            for operation, other in body:
                if operation == "tanh":
                    y = torch.tanh(y)
                elif operation == "private":
                    y = y * torch.tensor(1.5, requires_grad=True)
                else:
                    y = getattr(torch, operation)(y, other)
            if chance.random() < 0.3:
                results.append(y)
        results.append(y)
    total = results[-1]
    for other in results[4:]:
        total = total + other
    return total


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_lost_by_folding(seed):
    boxes, new, place = folded(random_program(seed))
    assert len(place) == len(boxes) and set(place) == set(range(len(new)))
    for index, box in enumerate(new):
        assert all(source is None or source < index for source in box.inputs)
        its = [boxes[old] for old, at in enumerate(place) if at == index]
        if box.kind == BLOCK:
            count = int(box.operation.split(" ")[0])
            operations, leaves = (sum(old.kind == kind for old in its) for kind in (OPERATION, LEAF))
            each = f"{operations // count} operation{'s' * (operations != count)}"
            if leaves:
                each += f", {leaves // count} lea{'f' if leaves == count else 'ves'}"
            assert dict(box.facts)["each"] == each and operations % count == leaves % count == 0
        else:
            assert {old.operation for old in its} == {box.operation if len(its) == 1 else ""}
    arrows = {(place[source], place[target]) for target, box in enumerate(boxes) for source in box.inputs
              if source is not None}  # fmt: skip
    drawn = {(source, target) for target, box in enumerate(new) for source in box.inputs if source is not None}
    assert drawn == {(source, target) for source, target in arrows if source != target}


def test_the_random_programs_do_fold():
    sizes = [(len(boxes), len(new)) for boxes, new, _ in (folded(random_program(seed)) for seed in range(60))]
    assert sum(new < 0.8 * old for old, new in sizes) > 30


def test_a_leaf_that_was_computed_keeps_its_place_between_its_maker_and_its_users():
    boxes = [Box(LEAF, "", "", "x", (), ())]
    for _ in range(4):
        boxes.append(Box(OPERATION, "mul", "", "", (), (len(boxes) - 1,)))
        boxes.append(Box(OPERATION, "detach", "", "", (), (len(boxes) - 1,), cut="detach"))
        boxes.append(Box(LEAF, "", "", "", (), (len(boxes) - 1,)))
    boxes.append(Box(OPERATION, "sum", "", "", (), (len(boxes) - 1,), True))
    new, _ = fold_repeats(boxes, {}, [])
    assert [(box.operation, box.inputs) for box in new] == [("", ()), ("4 × (mul, detach)", (0,)), ("sum", (1,))]


def test_a_block_tells_of_the_cuts_inside_it_and_is_one_if_nothing_passes():
    def loop(*operations):
        boxes = [Box(LEAF, "", "", "x", (), ())]
        for operation, cut in [*operations] * 5:
            boxes.append(Box(OPERATION, operation, "", "", (), (len(boxes) - 1,), cut=cut))
        return fold_repeats(boxes, {}, [])[0][1]

    block = loop(("tanh", ""), ("detach", "detach"), ("exp", "untracked"))
    assert block.is_tracked and ("inside", "detach: gradient stops") in block.facts and len(block.facts) == 2
    block = loop(("tanh", "no_grad"), ("exp", "untracked"))
    assert not block.is_tracked and as_text([block]).endswith("each 2 operations  no_grad: gradient stops")


def test_parts_are_numbered_in_one_place_only():
    assert numbered_parts([["m.0.a.w", "m.0.b.w"], ["m.1.a.w", "m.1.b.w"]]) == ["m.0", "m.1"]
    assert numbered_parts([["layers[0].w"], ["layers[1].w"]]) == ["layers[0]", "layers[1]"]
    assert numbered_parts([["m.0.w", "m.1.w"], ["m.2.w", "m.3.w"]]) == []
    assert numbered_parts([["m.a.w"], ["m.b.w"]]) == []
    assert numbered_parts([["m.0.w"], []]) == [] == numbered_parts([])


def test_too_many_boxes_are_refused_with_what_to_do():
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(500):
        y = y + 1
    with pytest.raises(ValueError, match=r"would have 501 boxes, and more than 500 .* leave out fold=False, or draw a"):
        draw(y, fold=False)
    leaves = [torch.tensor(1.0, requires_grad=True) for _ in range(600)]
    with pytest.raises(ValueError, match="would have 601 boxes, and more than 500 cannot be read: draw a smaller part"):
        draw(torch.stack(leaves))


def test_a_block_says_the_same_in_picture_and_text():
    model = layers(30)
    picture = draw(model(torch.ones(5, 4)).sum())
    for words in ("30 × (t, addmm, relu)", "model.0 … model.58", "3 operations, 2 parameters"):
        assert words in picture.svg and words in picture.text
    assert re.search(r"30 × \(t, addmm, relu\) of untracked  ", picture.text)
