"""What a folded box says: which operations it stands for, of which Modules, and how large the gradients in it are."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .boxes import BLOCK, DATA, LEAF, OPERANDS, OPERATION, PARAMETER, Box
from .names import Names, is_of_the_library, readable
from .numbers import norm, show_numbers
from .runs import Operations, Run
from .text import NOT_TRACKED, cut_words

LONGEST_LIST = 40  # letters of the operations in a group, before some are left out


def block(
    boxes: Sequence[Box], graph: Operations, run: Run, members: Sequence[Sequence[int]], leaves: Mapping[int, Any],
    named: Sequence[tuple[str, Any]],
) -> Box:  # fmt: skip
    """The box of a run, but for its inputs; `members` are the boxes of each group, `leaves` the tensors of some."""
    first_group = [boxes[index] for index in graph.at[run.start : run.start + run.length]]
    operations = [box.operation for box in first_group if box.operation]
    last = boxes[graph.at[run.end - 1]]
    parts = numbered_parts([paths_of(group, leaves, named) for group in members])
    kind = kind_of_parts(parts, named, boxes, members[-1])
    facts = []
    if kind:
        what, name = kind, from_to(parts)
        if len(", ".join(operations)) <= LONGEST_LIST:
            facts.append(("runs", ", ".join(operations)))
    else:
        what, name = operations[0] if len(operations) == 1 else f"({', '.join(operations)})", last.name
        if len(what) > LONGEST_LIST:
            what = f"({', '.join(operations[:2])}, … {operations[-1]})"
    facts.append(("each", contents(boxes, members[-1])))
    facts += numbers_in(boxes, graph, run)
    if parts and not kind:
        facts.append(("parameters", from_to(parts)))
    if name and last.name and name != last.name:
        facts.append(("result", last.name))
    passes = any(box.is_tracked for box in first_group)
    cuts = list(dict.fromkeys(box.cut for box in first_group if cut_words(box) != NOT_TRACKED))
    if passes:
        facts += [("inside", f"{cut}: gradient stops") for cut in cuts]
    facts += [fact for fact in last.facts if fact[0] not in OPERANDS]
    facts += gradient_fact(members, boxes, leaves)
    is_output = any(boxes[index].is_output for group in members for index in group)
    cut = "" if passes else ", ".join(cuts) or "untracked"
    return Box(BLOCK, f"{run.count} × {what}", "", name, tuple(facts), (), is_output, cut=cut)


def stack_of_leaves(
    boxes: Sequence[Box], family: Sequence[int], leaves: Mapping[int, Any], named: Sequence[tuple[str, Any]]
) -> Box:
    """The box of several leaves that play the same part."""
    first, paths = boxes[family[0]], paths_of(family, leaves, named)
    facts = [fact for fact in first.facts if fact[0] == "shape"]
    name = from_to(paths) if len(paths) == len(family) else ""
    return Box(first.kind, f"{len(family)} × {first.kind}", first.node, name,
               (*facts, *gradient_fact([[index] for index in family], boxes, leaves)), ())  # fmt: skip


def kind_of_parts(parts, named, boxes, group):
    """The class of the parts of a Module that the groups are: "" if they are no such, or if there is more in a group.

    What the forward of a class outside the library does, nobody can tell; a layer of the library computes what lies
    between the uses of its parameters. So `h + relu(layer(h))` is no Linear.
    """
    modules = [named.modules[part] for part in parts if isinstance(named, Names) and part in named.modules]
    kinds = {type(module).__name__ for module in modules}
    if len(kinds) != 1 or len(modules) != len(parts) or not follow_each_other(parts):
        return ""
    [kind] = kinds
    is_plain = is_of_the_library(modules[0]) and (kind == "Sequential" or not list(modules[0].children()))
    return kind if not is_plain or all_between_leaves(boxes, group) else ""


def all_between_leaves(boxes, group):
    """Whether each operation of a group uses one of the group's leaves, or lies between two that do."""
    leaves = {index for index in group if not boxes[index].operation}
    after, before = set(leaves), set()
    for index in group:
        if not after.isdisjoint(boxes[index].inputs):
            after.add(index)
    for index in reversed(group):
        if index in before or not leaves.isdisjoint(boxes[index].inputs):
            before.update([index, *(source for source in boxes[index].inputs if source in after)])
    return all(index in leaves or (index in after and index in before) for index in group)


def paths_of(indices, leaves, named):
    """What their Modules call these leaves, those that belong to one."""
    paths = getattr(named, "paths", {})
    return [paths[id(leaves[index])] for index in indices if index in leaves and id(leaves[index]) in paths]


def from_to(names):
    return f"{readable(names[0])} … {readable(names[-1])}" if names else ""


def numbers_in(boxes, graph, run):
    """The numbers that operations were called with: the one they have in common, or the first and the last."""
    facts = []
    for offset in range(run.length):
        group = [boxes[graph.at[number]] for number in range(run.start + offset, run.end, run.length)]
        for name in OPERANDS:
            numbers = [dict(box.facts).get(name) for box in group]
            if None not in numbers:
                label = name if run.length == 1 else f"{group[0].operation} {name}"
                facts.append((label, numbers[0] if len(set(numbers)) == 1 else f"{numbers[0]} … {numbers[-1]}"))
    return facts


def gradient_fact(groups, boxes, leaves):
    """From which to which size the gradients of the leaves of a group are; nothing where none has one to be shown."""
    sizes = []
    for group in groups:
        shown = [leaves[index].grad for index in group if index in leaves and "grad" in dict(boxes[index].facts)]
        norms = [norm(gradient) for gradient in shown if gradient is not None]
        sizes.append(math.hypot(*norms) if norms else None)
    numbers = sorted(size for size in sizes if size is not None and not math.isnan(size))
    words = list(dict.fromkeys(map(show_numbers, [numbers[0], numbers[-1]]))) if numbers else []
    words = [f"norm{'s' * (len(words) > 1)} {' to '.join(words)}"] if words else []
    nans, nones = sum(size is not None for size in sizes) - len(numbers), sizes.count(None)
    words += [f"nan in {nans}"] * (nans > 0) + [f"None in {nones}"] * (nones > 0)
    return [("grads", ", ".join(words))] if nones < len(sizes) else []


def contents(boxes, group):
    """What one group consists of: "3 operations, 2 parameters"."""
    kinds = [boxes[index].kind if not boxes[index].operation else OPERATION for index in group]
    return ", ".join(
        f"{count} {kind if count == 1 else {LEAF: 'leaves', DATA: 'data tensors'}.get(kind, kind + 's')}"
        for kind in (OPERATION, PARAMETER, LEAF, DATA) if (count := kinds.count(kind))
    )  # fmt: skip


def numbered_parts(paths):
    """From the paths of each group's parameters, the parts of the Module that differ in one number only.

    >>> numbered_parts([["net.0.weight", "net.0.bias"], ["net.1.weight", "net.1.bias"]])
    ['net.0', 'net.1']
    """
    if not paths or not all(paths):
        return []
    split = [[path.split(".") for path in group] for group in paths]
    shortest = min(len(path) for group in split for path in group)
    for depth in range(shortest):
        parts = [{tuple(path[: depth + 1]) for path in group} for group in split]
        if any(len(part) > 1 for part in parts):
            return []
        names = [".".join(*part) for part in parts]
        if len(set(names)) > 1:
            return names if all(map(number_of, names)) and len(set(names)) == len(names) else []
    return []


def number_of(part):
    """The number that "net.3" or "layers[3]" ends in, as text; "" if it ends in none."""
    found = re.search(r"(?:\.(\d+)|\[(\d+)\])$", part)
    return (found[1] or found[2]) if found else ""


def follow_each_other(parts):
    numbers = [int(number_of(part)) for part in parts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
