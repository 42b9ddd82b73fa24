"""Rows of words as lines of text: the first and the last column on the left of their places, numbers on the right."""

from .svg import cells


def table(rows):
    """One line for each row; all rows have as many cells. A column in between that is empty throughout is left out."""
    widths = [max(map(cells, column)) for column in zip(*rows)]
    for first, *middle, last in rows:
        middle = [" " * (width - cells(cell)) + cell for cell, width in zip(middle, widths[1:-1]) if width]
        yield "  ".join([first + " " * (widths[0] - cells(first)), *middle, last]).rstrip()
