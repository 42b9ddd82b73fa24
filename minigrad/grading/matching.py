"""Which of a student's cells is which of the instructor's, whatever became of names, ids, kinds and order.

The instructor's own cells (tests, locked cells) are known by their names or texts; their text will be the instructor's.
Answers are known by what speaks for them: the names that they define, most of all, then the grade_id, which anybody can
edit, then the cell's id, which some programs count anew. Where nothing speaks, their neighbours do.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from minigrad.grading.assignment import LOCKED
from minigrad.grading.released import Given, defined_in, squeezed
from minigrad.grading.repair import CODE, Written

BY_KEYS, BY_NAME, BY_ID, WRONG_TYPE = 8.0, 3.0, 2.0, -1.25


class Matching:
    """All cells are numbers here: of the student's cells, or of the instructor's."""

    def __init__(self, written: Sequence[Written], given: Sequence[Given]) -> None:
        self.written, self.given = written, given
        self.of: dict[int, int] = {}  # the student's -> the instructor's that it is, or is a copy of
        self.answer: dict[int, int] = {}  # the instructor's -> the student's that counts as the answer
        self.holds: dict[int, set[int]] = defaultdict(set)  # the student's -> the instructor's that it holds answers to
        self.edited: set[int] = set()  # of the student's, those that are the instructor's with another text
        self.rescued: dict[int, int] = {}  # the student's that were the instructor's, but hold an answer
        self.extended: dict[int, int] = {}  # the student's that are a locked cell of the instructor's with more in it
        self.texts = [squeezed(cell.source) for cell in written]
        self.defines = [defined_in(cell.source) if cell.type == CODE else frozenset()
                        for cell in written]  # fmt: skip
        self.by_name = {known.cell.name: place for place, known in enumerate(given) if known.cell.name}
        self.by_id = {known.node.id: place for place, known in enumerate(given) if "id" in known.node}
        self.by_text = places_by((text, place) for place, known in enumerate(given) if not known.is_answer
                                 for text in known.texts if text)  # fmt: skip
        self.by_key = places_by((name, place) for place, known in enumerate(given) if known.is_answer
                                for name in known.keys)  # fmt: skip
        self.find_fixed()
        self.find_answers()
        self.find_copies()
        self.find_unmarked()
        self.find_answers_between_neighbours()
        self.find_answers_elsewhere()

    def claims(self, cell: int) -> list[int]:
        """The instructor's cells that a student's has the name or the id of."""
        found = (self.by_name.get(self.written[cell].name), self.by_id.get(self.written[cell].id))
        return [place for place in found if place is not None]

    def is_as_given(self, cell: int, place: int) -> bool:
        """Whether a student's cell is the instructor's, with its hidden tests or without."""
        return self.texts[cell] in self.given[place].texts

    def is_unanswered(self, cell: int, place: int) -> bool:
        return self.texts[cell] == self.given[place].texts[0]

    def find_fixed(self) -> None:
        """The instructor's own cells: with their name and text, then with their text, then with their name."""
        for cell in range(len(self.written)):
            for place in self.claims(cell):
                if self.given[place].is_fixed and self.is_as_given(cell, place):
                    self.of[cell] = place
        seen = set(self.of.values())
        for cell, text in enumerate(self.texts):
            for place in self.by_text.get(text, ()) if cell not in self.of else ():
                if self.given[place].is_fixed and place not in seen:
                    self.of[cell] = place
                    seen.add(place)
                    break
        for cell in range(len(self.written)):
            claims = self.claims(cell) if cell not in self.of else []
            if claims and self.given[claims[0]].is_fixed:
                known = self.given[claims[0]]
                if known.cell.kind == LOCKED and self.defines[cell] - known.binds:
                    self.extended[cell] = claims[0]
                else:
                    self.of[cell] = claims[0]
                    self.edited.add(cell)

    def find_answers(self) -> None:
        """Of all that could be an answer the best comes first; of equals, what is not as given out; then the last."""
        pairs = []
        for cell in range(len(self.written)):
            if cell not in self.of:
                likely = {place for name in self.defines[cell] for place in self.by_key.get(name, ())}
                for place in likely.union(self.claims(cell)):
                    if self.given[place].is_answer and (score := self.evidence(cell, place)) > 0:
                        pairs.append((-score, self.is_unanswered(cell, place), -cell, place))
        for _, _, negative, place in sorted(pairs):
            if -negative not in self.of and place not in self.answer:
                self.take(-negative, place)

    def evidence(self, cell: int, place: int) -> float:
        each, known = self.written[cell], self.given[place]
        score = BY_NAME * (each.name == known.cell.name) + BY_ID * (each.id == known.node.get("id", None))
        if each.type != known.node.cell_type:
            return score + WRONG_TYPE
        return score + BY_KEYS * len(known.keys & self.defines[cell]) / max(len(known.keys), 1)

    def take(self, cell: int, place: int) -> None:
        self.of[cell] = place
        self.answer[place] = cell
        self.holds[cell].add(place)

    def find_copies(self) -> None:
        """An answer's copies are answers too. The last that is not as given out counts, as it does when all run."""
        stubs = {known.texts[0]: place for place, known in enumerate(self.given) if known.is_answer and known.keys}
        for cell, each in enumerate(self.written):
            place = self.by_name.get(each.name, stubs.get(self.texts[cell]))
            if cell in self.of or place is None or place not in self.answer:
                continue
            known = self.given[place]
            if each.type == known.node.cell_type and (not known.keys or known.keys & self.defines[cell]):
                before = self.answer[place]
                self.of[cell] = place
                self.holds[cell].add(place)
                if not self.is_unanswered(cell, place) and (cell > before or self.is_unanswered(before, place)):
                    self.answer[place] = cell

    def find_unmarked(self) -> None:
        """The instructor's cells that nbgrader knows nothing of: they are the student's, and good neighbours."""
        seen: set[int] = set()
        for cell, each in enumerate(self.written):
            likely = [self.by_id.get(each.id), *self.by_text.get(self.texts[cell], ())] if cell not in self.of else []
            for place in likely:
                if place is not None and place not in seen and not self.given[place].cell.name:
                    self.of[cell] = place
                    seen.add(place)
                    break

    def find_answers_between_neighbours(self) -> None:
        """An answer that has lost all marks is looked for where it was: the cell there that is most like the stub."""
        for place, known in enumerate(self.given):
            if not known.is_answer or place in self.answer:
                continue
            before = [cell for cell, other in self.of.items() if other == max(self.places_before(place), default=-1)]
            after = [cell for cell, other in self.of.items() if other == min(self.places_after(place), default=-1)]
            between = range(max(before, default=-1) + 1, min(after, default=len(self.written)))
            free = [cell for cell in between if cell not in self.of and cell not in self.extended
                    and self.written[cell].type == known.node.cell_type]  # fmt: skip
            if free:
                lines = set(known.texts[0].split("\n"))
                alike = [len(lines.intersection(self.texts[cell].split("\n"))) for cell in free]
                self.take(free[alike.index(max(alike))], place)

    def places_before(self, place: int) -> list[int]:
        return [other for other in self.of.values() if other < place]

    def places_after(self, place: int) -> list[int]:
        return [other for other in self.of.values() if other > place]

    def find_answers_elsewhere(self) -> None:
        """What was not answered in its own cell may be in another: in a new one, with another answer, in a test."""
        for place, known in enumerate(self.given):
            own = [cell for cell, other in self.of.items() if other == place]
            if not known.is_answer or not known.keys or any(self.is_answered(cell, place) for cell in own):
                continue
            for cell in range(len(self.written)):
                if self.holds_answer_to(cell, known):
                    self.holds[cell].add(place)
                    if cell in self.edited:
                        self.rescued[cell] = self.of.pop(cell)
                        self.edited.remove(cell)
                    if cell not in self.of and place not in self.answer:
                        self.take(cell, place)

    def is_answered(self, cell: int, place: int) -> bool:
        """Whether a cell that should hold an answer has something of it: not if it is empty, or refers to another."""
        return not self.is_unanswered(cell, place) and bool(self.given[place].keys & self.defines[cell])

    def holds_answer_to(self, cell: int, known: Given) -> bool:
        place = self.of.get(cell)
        if place is not None and self.is_as_given(cell, place):
            return False
        usual = self.given[place].binds if place is not None and cell in self.edited else frozenset()
        return known.keys <= self.defines[cell] - usual


def places_by(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, place in pairs:
        found[key].append(place)
    return found

