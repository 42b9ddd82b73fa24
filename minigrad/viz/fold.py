"""Large graphs stay readable: where the same operations follow each other again and again, they become one box."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .blocks import block, stack_of_leaves
from .boxes import Box
from .runs import Operations
from .text import is_number_untracked

LARGEST_UNFOLDED = 60
MOST_BOXES = 500  # beyond this nobody can read the picture


def fold_if_large(
    boxes: Sequence[Box], place: Mapping[Any, int], named: Sequence[tuple[str, Any]], fold: bool | None = None
) -> tuple[list[Box], dict[Any, int]]:
    """The boxes with what repeats itself folded: if there are more than 60, or as `fold` says.

    `place` says in which box a node is, and comes back for the new boxes. `named`, the Names that the boxes were read
    with, tells of which Modules a block is made. Raises ValueError if more than 500 boxes are left.
    """
    refuse_what_is_no_fold(fold)
    if fold or (fold is None and len(boxes) > LARGEST_UNFOLDED):
        folded, new_place = fold_repeats(boxes, place, named, 2 if fold else 3)
        place = {node: new_place[index] for node, index in place.items()}
    else:
        folded = list(boxes)
    if len(folded) > MOST_BOXES:
        advice = "leave out fold=False, or draw" if fold is False else "draw"
        raise ValueError(
            f"this picture would have {len(folded)} boxes, and more than {MOST_BOXES} cannot be read: {advice} "
            "a smaller part of the graph, such as the result of one layer or of one step"
        )
    return folded, dict(place)


def refuse_what_is_no_fold(fold: object) -> None:
    if not (fold is None or isinstance(fold, bool)):
        raise TypeError(f"fold must be None, True or False; got {fold!r}")


def fold_repeats(
    boxes: Sequence[Box], place: Mapping[Any, int], named: Sequence[tuple[str, Any]], least: int = 2
) -> tuple[list[Box], list[int]]:
    """The boxes with every run of at least `least` small groups, or of 2 larger ones, folded into one.

    Also returns, for each old box, which new one it is or is in.
    """
    graph = Operations(boxes)
    leaves = {index: node.variable for node, index in place.items() if getattr(node, "variable", None) is not None}
    group_of: dict[int, int] = {}  # old box -> which of the new ones below it is in
    new_boxes: list[Box] = []
    stands_at: list[int] = []  # for which old box: a block after all that it needs, leaves before all that need them
    for run in graph.runs(least):
        members = graph.members(run)
        group_of.update((index, len(new_boxes)) for group in members for index in group)
        new_boxes.append(block(boxes, graph, run, members, leaves, named))
        stands_at.append(graph.at[run.end - 1])
        for family in graph.families(run):
            if group_of.keys().isdisjoint(family):
                group_of.update((index, len(new_boxes)) for index in family)
                new_boxes.append(stack_of_leaves(boxes, family, leaves, named))
                stands_at.append(min(family))

    kept = [index for index in range(len(boxes)) if index not in group_of or stands_at[group_of[index]] == index]
    new_index = {index: new for new, index in enumerate(kept)}
    new_place = [new_index[stands_at[group_of[index]] if index in group_of else index] for index in range(len(boxes))]
    together: dict[int, list[int]] = {}
    for index, new in enumerate(new_place):
        together.setdefault(new, []).append(index)
    merged = {new for new, indices in together.items() if len(indices) > 1}
    folded: list[Box] = []
    for new, index in enumerate(kept):
        box = new_boxes[group_of[index]] if index in group_of else boxes[index]
        arrows: list[tuple[int | None, int]] = []  # where from, and which of the results there
        for old in (boxes[member] for member in together[new]):
            for old_source, pick in zip(old.inputs, old.picks or (0,) * len(old.inputs)):
                source = None if old_source is None else new_place[old_source]
                arrow = source, 0 if source in merged else pick
                # One arrow is enough to or from several boxes at once.
                if source is None and new in merged and is_number_untracked(old):
                    continue  # the block tells the number
                if source != new and not ((new in merged or source in merged) and arrow in arrows):
                    arrows.append(arrow)
        several = any(source is not None and folded[source].results for source, _ in arrows)
        picks = tuple(pick for _, pick in arrows) if several else ()
        folded.append(replace(box, inputs=tuple(source for source, _ in arrows), picks=picks))
    return folded, new_place
