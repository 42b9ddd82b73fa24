"""Test cells as instructors write them, each with answers right and wrong and the points that these earn."""

from styles import classes, errors, functions, iteration, output, state, tools, values

PARTS = (values, functions, classes, iteration, output, errors, tools, state)
STYLES = [style for part in PARTS for style in part.STYLES]
