"""In which order a submission runs: the student's cells as they stand, the instructor's where they are fair.

A test runs after the answers that it needs, by the names that it reads, and after all that follows them until the next
answer begins: what a student adds below an answer is part of it. Within that it stays where the student has it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from minigrad.grading.assignment import MARKED_BY_HAND, TEST
from minigrad.grading.matching import Matching
from minigrad.grading.released import Given
from minigrad.grading.repair import CODE


@dataclass(eq=False)
class Slot:
    """One cell in the order. Cells are numbers, as in Matching."""

    place: int | None  # the instructor's cell that it is, if any
    cell: int | None  # the student's, if it is not the instructor's own
    holds: set[int] = field(default_factory=set)  # the instructor's cells that it holds answers to
    is_trace: bool = False  # a student's copy of one of the instructor's own cells: it will go, and says where it was


@dataclass
class Order:
    """The order, and which of the instructor's own cells were not in the submission, or not where they can be."""

    slots: list[Slot]
    missing: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)


def needs(given: Sequence[Given]) -> dict[int, set[int]]:
    """By test, the cells that must run before it: the answer it follows, and where the names it reads come from."""
    return {place: closure({*followed(given, place), place}, place, given) - {place}
            for place, known in enumerate(given) if known.cell.kind == TEST}  # fmt: skip


def followed(given: Sequence[Given], test: int) -> set[int]:
    """The answers before a test, and what is locked among them, back to the test before those."""
    found: set[int] = set()
    for place in reversed(range(test)):
        if given[place].cell.kind == TEST and any(given[each].is_answer for each in found):
            break
        if given[place].runs and given[place].cell.kind != TEST:
            found.add(place)
    return found


def closure(found: set[int], test: int, given: Sequence[Given]) -> set[int]:
    waiting = list(found)
    while waiting:
        for name in given[waiting.pop()].uses:
            source = next((place for place in reversed(range(test)) if name in given[place].binds), None)
            if source is not None and source not in found:
                found.add(source)
                waiting.append(source)
    return found


def running_order(matching: Matching, needed: dict[int, set[int]]) -> Order:
    given = matching.given
    slots = [slot for cell in range(len(matching.written)) for slot in slots_of(cell, matching)]
    order = Order(slots)
    put_stubs_first(slots, matching)
    for place, known in enumerate(given):
        if known.is_fixed or known.cell.kind in MARKED_BY_HAND and place not in matching.answer:
            is_one = place in needed
            index = index_of_test(order, place, needed[place], matching) if is_one else index_of(order, place, given)
            slots.insert(index, Slot(place, None))
            if all(slot.place != place for slot in slots if slot.is_trace):
                order.missing.append(place)
    order.slots = [slot for slot in slots if not slot.is_trace]
    return order


def slots_of(cell: int, matching: Matching) -> Iterator[Slot]:
    place = matching.of.get(cell)
    yield Slot(place, cell, matching.holds[cell], place is not None and matching.given[place].is_fixed)
    if cell in matching.extended:
        # What a student adds to the imports runs; the instructor's cell, which follows it, has the last word.
        yield Slot(matching.extended[cell], cell, is_trace=True)


def put_stubs_first(slots: list[Slot], matching: Matching) -> None:
    """What still is as it was given out must not replace an answer: it comes before that."""
    for place in matching.answer:
        stubs = [slot for slot in slots if slot.cell is not None and slot.place == place
                 and matching.is_unanswered(slot.cell, place)]  # fmt: skip
        answered = [slot for slot in slots if place in slot.holds and slot not in stubs]
        for stub in stubs if answered else ():
            if slots.index(stub) > slots.index(answered[0]):
                slots.remove(stub)
                slots.insert(slots.index(answered[0]), stub)


def index_of(order: Order, place: int, given: Sequence[Given]) -> int:
    """Where a cell of the instructor's that is no test goes: where the student has it, but before what may need it."""
    slots = order.slots
    traces = [index for index, slot in enumerate(slots) if slot.is_trace and slot.place == place]
    index = traces[0] if traces else after_the_one_before(slots, place)
    if not given[place].runs:
        return index
    later = [at for at, slot in enumerate(slots) if any(held > place for held in slot.holds)]
    if later and later[0] < index and traces:
        order.moved.append(place)
    return min([index, *later])


def after_the_one_before(slots: list[Slot], place: int) -> int:
    """After the nearest cell that is there of those that the instructor has before this one."""
    there = {slot.place for slot in slots if not slot.is_trace and slot.place is not None and slot.place < place}
    return 1 + max((index for index, slot in enumerate(slots) if there and slot.place == max(there)), default=-1)


def index_of_test(order: Order, place: int, needed: set[int], matching: Matching) -> int:
    slots, given = order.slots, matching.given
    own = {index for index, slot in enumerate(slots) if not slot.is_trace and ({slot.place} | slot.holds) & needed}
    first = 1 + max(own) if own else after_the_one_before(slots, place)
    last = next((index for index in range(first, len(slots)) if begins_another(slots[index], place, given)), len(slots))
    tests = [index for index in range(first, last) if is_test(slots[index], given)]
    traces = [index for index, slot in enumerate(slots) if slot.is_trace and slot.place == place]
    within = [index for index in traces if first <= index <= last]
    if traces and not within:
        order.moved.append(place)
    code = [index for index in range(first, last) if runs(slots[index], matching)]
    wanted = within[-1] if within else 1 + max(code, default=first - 1)
    return max([wanted, *(index + 1 for index in tests)])


def begins_another(slot: Slot, test: int, given: Sequence[Given]) -> bool:
    """Whether a cell belongs to what comes after a test: an answer, or something of the instructor's that follows."""
    if any(given[held].runs for held in slot.holds):
        return True
    known = given[slot.place] if slot.place is not None and slot.place > test else None
    return known is not None and known.runs and known.cell.kind != TEST


def is_test(slot: Slot, given: Sequence[Given]) -> bool:
    return not slot.is_trace and slot.place is not None and given[slot.place].cell.kind == TEST


def runs(slot: Slot, matching: Matching) -> bool:
    if slot.cell is None:
        return slot.place is not None and matching.given[slot.place].runs
    return not slot.is_trace and matching.written[slot.cell].type == CODE
