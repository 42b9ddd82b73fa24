"""What the instructor and the student are told about how a submission was read: one sentence for each kind of thing."""

from collections import Counter
from collections.abc import Iterable, Iterator

from minigrad.grading.assignment import MARKED_BY_HAND
from minigrad.grading.matching import Matching
from minigrad.grading.repair import CODE
from minigrad.grading.running_order import Order

MOST = 20  # cells in one sentence


def notes_on(matching: Matching, order: Order) -> Iterator[str]:
    """Of locked texts nothing is said: what became of them changes nothing."""
    yield from told("Put back, as missing", named(matching, order.missing))
    yield from told("Run where it belongs, not where it stood", named(matching, order.moved))
    yield from told("Changed, and so put back as it was",
                    named(matching, {matching.of[cell] for cell in matching.edited}))  # fmt: skip
    times = Counter(place for cell, place in matching.of.items() if matching.given[place].is_fixed)
    yield from told("There more than once; one counts", named(matching, [place for place in times if times[place] > 1]))
    yield from about_answers(matching)


def about_answers(matching: Matching) -> Iterator[str]:
    given, written = matching.given, matching.written
    lost = [(cell, place) for place, cell in matching.answer.items()
            if given[place].cell.name and written[cell].name != given[place].cell.name]  # fmt: skip
    yield from told("Recognised without its name", (f"cell {written[cell].place} as {quoted(matching, place)}"
                                                    for cell, place in lost))  # fmt: skip
    for place, cell in sorted(matching.answer.items()):
        copies = [other for other, its in matching.of.items() if its == place]
        name, kind = quoted(matching, place), given[place].node.cell_type
        if len(copies) > 1:
            yield f"The answer {name} is there {len(copies)} times; cell {written[cell].place} counts as the answer."
        if written[cell].type != kind:
            yield f"The answer {name} was no {'code' if kind == CODE else 'text'} cell any more; it was read as one."
        elsewhere = [other for other, held in matching.holds.items() if place in held and other not in copies]
        yield from told(f"The answer {name} was found in", (f"cell {written[other].place}" for other in elsewhere))
        is_empty = given[place].cell.kind in MARKED_BY_HAND and matching.is_unanswered(cell, place)
        if is_empty and is_own(cell + 1, matching):
            yield f"The answer {name} is as it was given out, but cell {written[cell + 1].place} below it is a new one."
    for what, cells in (("an answer", matching.rescued), ("something that is new", matching.extended)):
        yield from told(f"Run although they are the instructor's, since they hold {what}", (
            f"cell {written[cell].place}, once {quoted(matching, place)}" for cell, place in cells.items()))


def is_own(cell: int, matching: Matching) -> bool:
    return cell < len(matching.written) and cell not in matching.of and bool(matching.written[cell].source.strip())


def named(matching: Matching, places: Iterable[int]) -> list[str]:
    return [quoted(matching, place) for place in sorted(places)
            if matching.given[place].runs or matching.given[place].cell.kind in MARKED_BY_HAND]  # fmt: skip


def quoted(matching: Matching, place: int) -> str:
    return f'"{matching.given[place].cell.name}"'


def told(what: str, names: Iterable[str]) -> Iterator[str]:
    listed = list(names)
    more = f", and {len(listed) - MOST} more" if len(listed) > MOST else ""
    if listed:
        yield f"{what}: {', '.join(listed[:MOST])}{more}."
