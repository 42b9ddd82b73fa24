"""The facts of a picture in words, one line for each box: for screen readers, terminals and diffs."""

from itertools import groupby

from .boxes import BLOCK, DATA, LEAF, OPERANDS, OPERATION, PARAMETER

WIDEST = 48  # letters of a column; a longer cell moves only its own line
NOT_TRACKED = "not tracked"
WORDS = {PARAMETER: "parameter", LEAF: "leaf", DATA: "data, not tracked"}


def as_text(boxes):
    """A title, and a table in the order of the forward computation; what a node saved stands below it."""
    names = labels(boxes)
    rows = [(name, calculation(box, boxes, names), "" if box.kind in (PARAMETER, LEAF) else box.node, facts(box))
            for name, box in zip(names, boxes)]  # fmt: skip
    widths = [max((len(cell) for cell in column if len(cell) <= WIDEST), default=0) for column in zip(*rows)]
    lines = [f"{title(boxes)}. Forward runs down this list, backward runs up."]
    for row, box in zip(rows, boxes):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        for rules, values in together(box.saved):
            words = ", ".join(f"saves {value.name} {value.value}" for value in values)
            words += ",".join(f" for {name}: {rule}" for name, rule in rules)
            lines.append(f"{'':{widths[0]}}    {words}")
    return "\n".join(lines)


def title(boxes):
    outputs = [label for label, box in zip(labels(boxes), boxes) if box.is_output]
    operations = [box for box in boxes if box.operation and box.kind in (OPERATION, DATA)]
    counts = [
        counted(sum(how_many(box) for box in boxes if box.kind == PARAMETER), "parameter"),
        counted(sum(how_many(box) for box in boxes if box.kind == LEAF), "leaf", "leaves"),
        counted(sum(box.kind == DATA and not box.operation for box in boxes), "data tensor"),
        counted(len(operations), "operation"),
        counted(sum(box.kind == BLOCK for box in boxes), "folded block"),
    ]
    return f"Graph{' of ' * bool(outputs)}{', '.join(outputs)}: {', '.join(filter(None, counts))}"


def how_many(box):
    """A box may stand for several leaves: "12 × parameter"."""
    return int(box.operation.partition(" ")[0]) if box.operation else 1


def counted(count, one, several=""):
    return f"{count} {one if count == 1 else several or one + 's'}" if count else ""


def labels(boxes):
    """What to call each box: its name, else its line in the list, else, for the only thing asked for, "output"."""
    outputs = sum(box.is_output for box in boxes)
    return [
        box.name or ("output" if box.is_output and outputs == 1 else f"#{line}") for line, box in enumerate(boxes, 1)
    ]


def calculation(box, boxes, names):
    inputs = [result_name(source, pick, boxes, names) for source, pick in sources(box)]
    if not box.operation or box.kind in (PARAMETER, LEAF):
        return (box.operation or WORDS[box.kind]) + (f", from {', '.join(inputs)}" if inputs else "")
    if box.kind == BLOCK:
        return f"{box.operation} of {', '.join(inputs)}"
    numbers = [(name, number) for name, number in box.facts if name in OPERANDS]
    if is_number_untracked(box):
        inputs[box.inputs.index(None)] = numbers.pop()[1]
    before = [number for name, number in numbers if name == "self"]
    return f"{box.operation}({', '.join([*before, *inputs, *(number for _, number in numbers[len(before) :])])})"


def is_number_untracked(box):
    """Whether one of the untracked inputs is a number that is known."""
    return None in box.inputs and any(name in ("self", "other") for name, _ in box.facts)


def sources(box):
    """Where each input comes from, and which of the results there it is."""
    return zip(box.inputs, box.picks or (0,) * len(box.inputs))


def result_name(source, pick, boxes, names):
    """What to call an input: of several results of a box, the one that is meant."""
    if source is None:
        return "untracked"
    results = boxes[source].results
    return (results[pick] or f"#{source + 1}[{pick}]") if results else names[source]


def facts(box):
    """All that a line says of a box but what stands in its call."""
    said = OPERANDS if box.operation and box.kind in (OPERATION, DATA) else ()
    words = [f"{label} {fact}" for label, fact in box.facts if label not in said]
    if box.operation and not box.is_tracked:
        words.append(cut_words(box))
    return "  ".join(words)


def together(saved):
    """The saved values for the same rules, so that these need not be told again for each."""
    return [(rules, list(values)) for rules, values in groupby(saved, key=lambda value: value.rules)]


def cut_words(box):
    return NOT_TRACKED if box.cut in ("", "untracked") else f"{box.cut}: gradient stops"
