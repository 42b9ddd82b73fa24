"""Pictures of the graph that autograd records: `draw(loss)`.

Reading order: read (what the graph holds), names (what the caller calls it), layout (where each box goes),
svg and text (the same facts, drawn and written), draw (the front door). Nothing here needs numpy or Jupyter.
"""

from .draw import Drawing, draw
from .jacobian import jacobian_picture

__all__ = ["Drawing", "draw", "jacobian_picture"]
