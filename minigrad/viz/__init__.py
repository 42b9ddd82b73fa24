"""Seeing it: the graph as a picture, and a backward pass as steps to go through.

Reading order. What a picture is made of: boxes; numbers, names, order, read and saved find it in a graph; runs, blocks
and fold make one box of what repeats itself; layout, shapes, legend and svg draw it, text says the same in words;
drawing and draw hand it out. A backward pass: steps; watch sees one run, with rules (source, filled) for its formulas;
sums, words and frames tell and draw its steps, filmstrip and stepper show them, trace hands them out; compare (with
matching and parting) lays two side by side. recording (with things and recorded) sees what no graph holds. jacobian
(with heatmap) and charts (with plots and table) stand alone. Nothing here knows Jupyter: what a notebook shows is a
picture with a text, or a piece of HTML that works without a kernel.
"""

from .charts import gradient_norms, gradient_sizes, loss_curve
from .compare import Comparison, compare
from .draw import draw
from .drawing import Drawing
from .jacobian import jacobian_picture
from .recording import record
from .trace import Trace, trace

__all__ = [
    "Comparison",
    "Drawing",
    "Trace",
    "compare",
    "draw",
    "gradient_norms",
    "gradient_sizes",
    "jacobian_picture",
    "loss_curve",
    "record",
    "trace",
]
