"""Where boxes and arrows of a picture go: nothing overlaps, nothing crosses that need not, lines are straight."""

import itertools
import random

import pytest

from minigrad.viz import layout
from minigrad.viz.layout import in_order, lay_out


def curve(points, left_to_right):
    """The arrow as shapes.draw_arrow draws it, as many short straight pieces."""
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
    boxes = [(*corner, *size) for corner, size in zip(found.corners, sizes)]
    for one, other in itertools.combinations(range(len(boxes)), 2):
        if overlaps(boxes[one], boxes[other], 15):
            yield f"boxes {one} and {other} overlap"
    for index, (x, y, width, height) in enumerate(boxes):
        if x < 0 or y < 0 or x + width > found.width + 0.2 or y + height > found.height + 0.2:
            yield f"box {index} is outside"
    for (source, target), points in zip(arrows, found.arrows):
        if left_to_right and found.corners[source][0] >= found.corners[target][0]:
            yield f"arrow {source} -> {target} points backwards"
        for index in boxes_near(points, boxes):
            inside = any(overlaps((x, y, 0, 0), boxes[index], 0) for x, y in curve(points, left_to_right))
            if inside and index not in (source, target):
                yield f"arrow {source} -> {target} passes through box {index}"
        for end, index in ((points[0], source), (points[-1], target)):
            x, y, width, height = boxes[index]
            if not (x - 0.2 <= end[0] <= x + width + 0.2 and y - 0.2 <= end[1] <= y + height + 0.2):
                yield f"arrow {source} -> {target} does not touch box {index}"


def boxes_near(points, boxes):
    """The boxes that an arrow can pass through: a curve stays within the rectangle between its ends."""
    pieces = [(min(x, to_x), min(y, to_y), abs(to_x - x), abs(to_y - y))
              for (x, y), (to_x, to_y) in itertools.pairwise(points)]  # fmt: skip
    return [index for index, box in enumerate(boxes) if any(overlaps(box, piece, 0) for piece in pieces)]


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


@pytest.mark.parametrize("first", range(0, 500, 50))
def test_nothing_overlaps_in_500_random_graphs(first):
    for seed in range(first, first + 50):
        assert list(faults(*random_graph(seed), left_to_right=seed % 2 == 0)) == [], f"seed {seed}"


def test_an_arrow_through_a_box_is_seen_by_the_test_that_looks_for_it(monkeypatch):
    def careless(sizes, arrows, left_to_right):
        found = layout.lay_out(sizes, arrows, left_to_right)
        return layout.Layout(found.width, found.height, found.corners, [[path[0], path[-1]] for path in found.arrows])

    monkeypatch.setitem(globals(), "lay_out", careless)
    assert "passes through box 1" in "".join(faults([(90, 60)] * 3, [(0, 1), (1, 2), (0, 2)], True))


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


@pytest.mark.parametrize("left_to_right", [True, False])
def test_a_weight_stands_beside_its_only_user_however_deep_the_network(left_to_right):
    arrows, last = [], 0
    for layer in range(20):  # with a shortcut around each
        weight = 1 + 6 * layer
        t, bias, product, activation, total = range(weight + 1, weight + 6)
        arrows += [(weight, t), (bias, product), (last, product), (t, product), (product, activation)]
        arrows += [(last, total), (activation, total)]
        last = total
    found = lay_out([(90, 60)] * (last + 1), arrows, left_to_right)
    across = [corner[left_to_right] for corner in found.corners]
    for layer in range(20):
        weight, t, bias, product = range(1 + 6 * layer, 5 + 6 * layer)
        assert max(abs(across[leaf] - across[product]) for leaf in (weight, t, bias)) < 400
    assert (found.height if left_to_right else found.width) < 600


def test_the_way_of_a_weight_past_those_of_others_is_straight():
    """Four steps of a recurrent network: a transposed weight for each, and a bias that all of them share."""
    arrows, sizes = [], [(114, 65), (114, 54)]
    for last in (None, 5, 9, 13):
        t, product = (1, 3) if last is None else (last + 1, last + 2)
        arrows += [(0, t), *([(last, product)] if last else []), (2, product), (t, product)]
        arrows += [(product, product + 1), (product + 1, product + 2)]
    arrows += [(step, 18) for step in (5, 9, 13, 17)]
    sizes += [(98, 65), *[(114, 54)] * 16]
    found = lay_out(sizes, arrows, False)
    for leaf in (0, 2):
        [*_, way] = [points for (source, _), points in zip(arrows, found.arrows) if source == leaf]
        assert sum(one[0] != other[0] for one, other in itertools.pairwise(way)) <= 3


def test_of_three_that_arrive_at_a_narrow_box_the_longest_computation_comes_straight():
    found = lay_out([(76, 60)] * 6, [(0, 1), (1, 4), (2, 4), (3, 4), (4, 5)], False)
    [straight] = [points for points in found.arrows if points[0] == found.arrows[1][0]]
    assert len({x for x, _ in straight}) == 1


def test_in_order_pools_adjacent_violators():
    assert in_order([1.0, 5.0, 2.0, 6.0], [1, 1, 1, 1]) == [1.0, 3.5, 3.5, 6.0]
    assert in_order([5.0, 2.0], [3, 1]) == [4.25, 4.25]
    assert in_order([3.0, 2.0, 1.0], [1, 1, 1]) == [2.0, 2.0, 2.0]
