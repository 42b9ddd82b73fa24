"""The facts of a picture in words, one line for each box: for screen readers, terminals and diffs."""


def as_text(boxes):
    """A title, and a table in the order of the forward computation."""
    names = labels(boxes)
    rows = [
        (name, calculation(box, names), box.node if box.operation else "", "  ".join(map(" ".join, box.facts)))
        for name, box in zip(names, boxes, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([f"{title(boxes)}. Forward runs down this list, backward runs up.", *lines])


def title(boxes):
    outputs = [label for label, box in zip(labels(boxes), boxes, strict=True) if box.is_output]
    leaves = sum(box.operation is None for box in boxes)
    operations = len(boxes) - leaves
    return (
        f"Graph of {', '.join(outputs)}: "
        f"{leaves} {'leaf' if leaves == 1 else 'leaves'}, {operations} operation{'s' if operations != 1 else ''}"
    )


def labels(boxes):
    """What to call each box: its name, else its line in the list, else, for the only thing asked for, "output"."""
    outputs = sum(box.is_output for box in boxes)
    return [
        box.name or ("output" if box.is_output and outputs == 1 else f"#{line}") for line, box in enumerate(boxes, 1)
    ]


def calculation(box, names):
    if box.operation is None:
        return "leaf"
    inputs = ("untracked" if source is None else names[source] for source in box.inputs)
    return f"{box.operation}({', '.join(inputs)})"
