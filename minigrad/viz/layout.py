"""Where each box goes: layers in the order of computation, few crossings, straight lines, no overlaps.

The layered method of Sugiyama, Tagawa and Toda (1981): a layer for each box; bends for arrows that pass layers; an
order within each layer; a position for everything. Until the last step nothing here knows which axis is x: a layout
runs along one axis and spreads across the other.
"""

from bisect import bisect_right, insort
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf

LAYER_GAP = 40  # between layers, room for the curves
BOX_GAP = 20  # between neighbours in a layer
PORT_GAP = 16  # between arrows that arrive at one box
NARROW_GAP = 9  # where there is little room: a head is 8 wide
HEAD = 9  # every arrow runs straight for so long before it arrives, room for its head
SWEEPS = 12
SHORT = 3  # steps of a computation, its leaf counted

# Who makes way for whom when two want the same place: all for the longest computations, which run in straight lines.
# What is computed from leaves in few steps, such as the transpose of a weight, stands aside.
LEAF, ASIDE, BEND, OPERATION = 1.0, 1e2, 1e4, 1e8


@dataclass(frozen=True)
class Layout:
    """In pixels, from the top left. An arrow is a list of points: 0-1 straight, 1-2 a curve, 2-3 straight ..."""

    width: float
    height: float
    corners: list[tuple[float, float]]
    arrows: list[list[tuple[float, float]]]


class Stop:
    """What has a place in a layer: a box, or a bend, where an arrow passes by."""

    def __init__(self, layer, along, across, weight):
        self.layer = layer
        self.along = along  # its size in the direction of the computation
        self.across = across
        self.weight = weight
        self.before = []  # the stops in the layer before that it is linked to
        self.after = []
        self.steps = 0  # how long a computation leads here
        self.middle = 0.0  # its position across the layer


def lay_out(sizes, arrows, left_to_right):
    """A Layout of boxes of the given (width, height) with (source, target) arrows.

    A source stands before its target in the list of boxes; the arrows to one target stand in argument order.
    """
    computed = {target for _, target in arrows}
    boxes = [
        Stop(layer, *(size if left_to_right else reversed(size)), OPERATION if index in computed else LEAF)
        for index, (layer, size) in enumerate(zip(layer_numbers(len(sizes), arrows), sizes, strict=True))
    ]
    routes, bends = bend(boxes, arrows)
    layers = [[] for _ in range(1 + max(box.layer for box in boxes))]
    for stop in [*boxes, *bends]:
        layers[stop.layer].append(stop)
    reduce_crossings(layers)
    place_across(layers)
    straighten(layers, routes)
    draw_near(layers)
    close_empty_strips(layers)
    return in_pixels(layers, boxes, routes, left_to_right)


def layer_numbers(count, arrows):
    """Each box goes just before the first box that uses it: a weight stands beside the data that it meets."""
    steps_to_end = [0] * count
    for source, target in sorted(arrows, key=lambda arrow: arrow[1], reverse=True):
        steps_to_end[source] = max(steps_to_end[source], steps_to_end[target] + 1)
    return [max(steps_to_end) - steps for steps in steps_to_end]


def bend(boxes, arrows):
    """The stops of each arrow, one in every layer that it passes. Arrows from one box share theirs, as a trunk."""
    bends, routes = {}, []
    for source, target in arrows:
        route = [boxes[source]]
        for layer in range(boxes[source].layer + 1, boxes[target].layer):
            if (source, layer) not in bends:
                bends[source, layer] = Stop(layer, 0, 0, BEND)
                link(route[-1], bends[source, layer])
            route.append(bends[source, layer])
        link(route[-1], boxes[target])
        routes.append([*route, boxes[target]])
    for stop in sorted([*boxes, *bends.values()], key=lambda stop: stop.layer):
        stop.steps = (stop.weight != BEND) + max((earlier.steps for earlier in stop.before), default=0)
    for box in boxes:
        if box.weight == OPERATION and box.steps <= SHORT and box.after and not straight_on(box):
            box.weight = ASIDE
    return routes, list(bends.values())


def link(stop, later):
    stop.after.append(later)
    later.before.append(stop)


def reduce_crossings(layers):
    """Sort each layer by the mean position of its neighbours, seen from either side in turn; keep the best found."""
    number(layers)
    best, fewest = [list(layer) for layer in layers], crossings(layers)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            if sweep % 4 > 1:
                layer.reverse()  # ties fall the other way: a way out of orders that no single move improves
            layer.sort(key=lambda stop: mean(stop.before if sweep % 2 == 0 else stop.after, stop.middle))
            number([layer])
        swap_neighbours(layers)
        found = crossings(layers)
        if found < fewest:
            best, fewest = [list(layer) for layer in layers], found
    layers[:] = best


def number(layers):
    for layer in layers:
        for index, stop in enumerate(layer):
            stop.middle = (index + 0.5) / len(layer)


def mean(stops, otherwise):
    return sum(stop.middle for stop in stops) / len(stops) if stops else otherwise


def crossings(layers):
    """Two links between the same layers cross when their ends stand in opposite orders: count the inversions."""
    total = 0
    for layer in layers:
        passed = []
        for stop in layer:
            ends = sorted(later.middle for later in stop.after)
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


def swap_neighbours(layers):
    """Exchange two that stand side by side wherever that alone leaves fewer crossings, as long as it does.

    Nearly all the time of a large layout goes here: only layers beside a change are looked at again.
    """
    changed = set(range(len(layers)))
    while changed:
        to_look_at, changed = sorted(changed), set()
        for depth in to_look_at:
            layer = layers[depth]
            for index in range(len(layer) - 1):
                left, right = layer[index], layer[index + 1]
                if crossings_spared(left.before, right.before) + crossings_spared(left.after, right.after) > 0:
                    layer[index : index + 2] = right, left
                    left.middle, right.middle = right.middle, left.middle
                    changed.update(range(max(depth - 1, 0), min(depth + 2, len(layers))))


def crossings_spared(lefts, rights):
    """How many crossings fewer there are if the one linked to `lefts` goes to the right of the one with `rights`."""
    spared = 0
    for left in lefts:
        for right in rights:
            if left.middle > right.middle:
                spared += 1
            elif left.middle < right.middle:
                spared -= 1
    return spared


def place_across(layers):
    """Pull everything towards what it is linked to, layer by layer from both ends in turn, keeping order and gaps."""
    for layer in layers:
        place(layer, [0.0] * len(layer))
    pulls = [
        {id(stop): pulls_from(stop) for layer in layers for stop in layer}
        for pulls_from in (pulls_from_after, pulls_from_before)
    ]
    for sweep in range(2 * SWEEPS):
        side = sweep % 2
        for layer in layers if side else reversed(layers):
            place(layer, [mean(pulls[side][id(stop)], stop.middle) for stop in layer])


def pulls_from_before(stop):
    """The longest computation that leads here, so that it runs in a straight line. Leaves do not pull, they follow."""
    longest = max((earlier.steps for earlier in stop.before), default=0)
    pulls = [earlier for earlier in stop.before if earlier.steps == longest and earlier.weight != LEAF]
    return pulls or pulls_from_after(stop)


def pulls_from_after(stop):
    """The boxes whose longest computation comes from here, rather than those that use this only on the side."""
    found = straight_on(stop)
    boxes = [later for later in found if later.weight >= ASIDE and later.weight != BEND]
    return boxes or found or stop.after


def straight_on(stop):
    return [later for later in stop.after if stop.steps == max(other.steps for other in later.before)]


def straighten(layers, routes):
    """Put the bends after each box on one line, or on a few, as far as what stands beside them allows."""
    trunks = {}
    for source, *bends, _ in routes:
        if len(bends) >= len(trunks.get(id(source), (source, []))[1]):
            trunks[id(source)] = source, bends
    beside = {}
    for layer in layers:
        for left, stop, right in zip([None, *layer], layer, [*layer[1:], None], strict=False):
            beside[id(stop)] = left, right
    for source, bends in trunks.values():
        while bends:
            lowest, highest, count = -inf, inf, 0
            for stop in bends:
                low, high = free_range(stop, *beside[id(stop)])
                if max(low, lowest) > min(high, highest):
                    break
                lowest, highest, count = max(low, lowest), min(high, highest), count + 1
            for stop in bends[:count]:
                stop.middle = min(max(source.middle, lowest), highest)
            bends = bends[count:]


def draw_near(layers):
    """Bring what stands aside to its users, now that all else stays where it is: a weight, and its transpose."""
    for layer in reversed(layers):
        moves = [stop.weight <= ASIDE and all(later.weight != BEND for later in stop.after) for stop in layer]
        wishes = [mean(stop.after, stop.middle) if free else stop.middle for stop, free in zip(layer, moves)]
        place(layer, wishes, [stop.weight if free else OPERATION for stop, free in zip(layer, moves)])


def free_range(stop, left, right):
    low = left.middle + gap_between(left, stop) if left else -inf
    high = right.middle - gap_between(stop, right) if right else inf
    return min(low, stop.middle), max(high, stop.middle)  # where it stands is free, whatever rounding says


def close_empty_strips(layers):
    """Move together what stands apart without anything between, over the whole length of the picture."""
    stops = sorted((stop for layer in layers for stop in layer), key=lambda stop: stop.middle - stop.across / 2)
    furthest, shift = stops[0].middle, 0.0
    for stop in stops:
        shift += max(0.0, stop.middle - stop.across / 2 - furthest - BOX_GAP)
        furthest = max(furthest, stop.middle + stop.across / 2)
        stop.middle -= shift


def gap_between(left, right):
    return left.across / 2 + BOX_GAP + right.across / 2


def place(layer, wishes, weights=None):
    """Move each stop as near to its wish as the order and the gaps of its layer allow."""
    offsets = [0.0, *accumulate(gap_between(left, right) for left, right in pairwise(layer))]
    wishes = [wish - offset for wish, offset in zip(wishes, offsets, strict=True)]
    positions = in_order(wishes, weights or [stop.weight for stop in layer])
    for stop, position, offset in zip(layer, positions, offsets, strict=True):
        stop.middle = position + offset


def in_order(wishes, weights):
    """The ascending positions nearest to the wishes (least squares): isotonic regression.

    Solved by pooling adjacent violators: neighbours whose wishes are in the wrong order form a block, which goes to the
    weighted mean of their wishes. (With the least distances taken off beforehand, "ascending" keeps them.)
    """
    blocks = []  # (position, weight, members)
    for position, weight in zip(wishes, weights, strict=True):
        members = 1
        while blocks and blocks[-1][0] >= position:
            other, other_weight, other_members = blocks.pop()
            position = (position * weight + other * other_weight) / (weight + other_weight)
            weight, members = weight + other_weight, members + other_members
        blocks.append((position, weight, members))
    return [position for position, _, members in blocks for _ in range(members)]


def in_pixels(layers, boxes, routes, left_to_right):
    """Shift everything to start at 0, find where arrows leave and arrive, and tell x from y."""
    origin = min(stop.middle - stop.across / 2 for layer in layers for stop in layer)
    breadth = max(stop.middle + stop.across / 2 for layer in layers for stop in layer) - origin
    starts, depths, length = [], [], -LAYER_GAP
    for layer in layers:
        starts.append(length + LAYER_GAP)
        depths.append(max(stop.along for stop in layer))
        length = starts[-1] + depths[-1]

    def point(along, across):
        x, y = (along, across - origin) if left_to_right else (across - origin, along)
        return round(x, 1), round(y, 1)

    def near_end(box):
        return starts[box.layer] + (depths[box.layer] - box.along) / 2

    arrows = []
    for route, port in zip(routes, ports(routes), strict=True):
        source, *passed, target = route
        path = [point(near_end(source) + source.along, source.middle)]
        path.append(point(starts[source.layer] + depths[source.layer], source.middle))
        for stop in passed:
            path.append(point(starts[stop.layer] - HEAD, stop.middle))
            path.append(point(starts[stop.layer] + depths[stop.layer], stop.middle))
        path.append(point(starts[target.layer] - HEAD, port))
        path.append(point(near_end(target), port))
        arrows.append(path)

    corners = [point(near_end(box), box.middle - box.across / 2) for box in boxes]
    return Layout(*point(length, breadth + origin), corners, arrows)


def ports(routes):
    """Where across its target each arrow arrives: as straight as possible, side by side, within the box."""
    arriving = {}
    for index, route in enumerate(routes):
        arriving.setdefault(id(route[-1]), []).append(index)
    places = [0.0] * len(routes)
    for indices in arriving.values():
        if len(indices) == 1:
            places[indices[0]] = routes[indices[0]][-1].middle
            continue
        indices.sort(key=lambda index: routes[index][-2].middle)
        box = routes[indices[0]][-1]
        room = box.across / 2  # in the middle of the box, away from its corners
        count = len(indices)
        # Where half the room is enough for the others, the one in the middle can arrive straight.
        gap = min(PORT_GAP, room / count, max(room / 2 / (count - 1), NARROW_GAP))
        start, free = box.middle - room / 2, room - gap * (count - 1)
        sources = [routes[index][-2] for index in indices]
        wishes = [
            min(max(source.middle - gap * number, start), start + free) for number, source in enumerate(sources)
        ]
        longest = max(source.steps for source in sources)  # it arrives in a straight line, the others beside it
        positions = in_order(wishes, [source.weight * (1e4 if source.steps == longest else 1) for source in sources])
        for number, (index, position) in enumerate(zip(indices, positions, strict=True)):
            places[index] = position + gap * number
    return places
