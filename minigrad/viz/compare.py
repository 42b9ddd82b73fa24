"""compare(a, b): two backward passes side by side, and the first step in which they part."""

import re
from collections.abc import Sequence
from html import escape
from os import PathLike

from .drawing import image, save_page
from .filmstrip import look, refuse_no_steps
from .frames import frames
from .parting import parting
from .steps import Passes
from .svg import Picture
from .trace import Trace
from .words import sentence

LARGEST_UNFOLDED = 60  # boxes; of a larger graph the picture is folded
NARROWEST = 300  # pixels that a sentence has, whatever the picture above it


class Comparison:
    """Two passes side by side. `agree` says whether they are the same; if not, `steps` where they part, from 0.

    A notebook shows the two pictures at that step, a terminal the `text`, which has the reason.
    """

    def __init__(self, a: Trace | Passes, b: Trace | Passes, labels: tuple[str, str]) -> None:
        self.labels = labels
        self.passes = unfolded(a), unfolded(b)
        self.pictured = tuple(
            passes if len(passes.boxes) <= LARGEST_UNFOLDED else getattr(side, "passes", side)
            for side, passes in zip((a, b), self.passes)
        )
        self.parting = parting(*self.passes, labels)

    @property
    def agree(self) -> bool:
        return self.parting is None

    @property
    def steps(self) -> tuple[int | None, int | None] | None:
        return None if self.parting is None else self.parting.steps

    @property
    def text(self) -> str:
        one, other = self.labels
        if self.parting is None:
            return f"{one} and {other} agree in all {len(self.passes[0].steps)} steps."
        lines = [self.parting.reason]
        for label, passes, index in zip(self.labels, self.passes, self.parting.steps):
            if index is not None:
                lines.append(f"  {label}, step {index + 1} of {len(passes.steps)}: {sentence(passes, index)}")
        return "\n".join(lines)

    def save(self, path: str | PathLike[str]) -> None:
        """Write what a notebook shows to a page of its own; raises ValueError for a name that does not end in .html."""
        save_page(path, self._repr_html_(), f"{self.labels[0]} and {self.labels[1]}")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<div>\n<p><b>{escape(self.text.splitlines()[0])}</b></p>\n{self.pictures()}\n</div>"

    def pictures(self) -> str:
        """Side by side where there is room for both, else below one another, and both in the same scale."""
        last = (len(passes.steps) - 1 for passes in self.passes)
        places = self.steps or tuple(last)
        pictures = [picture(*side) for side in zip(self.labels, self.pictured, places)]
        widths = [max(width, NARROWEST) for _, width in pictures]
        sides = [
            f'<div style="width: {width:.0f}px; max-width: {100 * width / max(widths):.4g}%">'
            f"<p><b>{escape(label)}.</b> {escape(caption(passes, place))}</p>\n<p>{shown}</p></div>"
            for label, passes, place, (shown, _), width in zip(self.labels, self.passes, places, pictures, widths)
        ]
        return "\n".join(['<div style="display: flex; flex-wrap: wrap; gap: 16px">', *sides, "</div>"])


def compare(a: Trace | Passes, b: Trace | Passes, labels: Sequence[str] = ("the first", "the second")) -> Comparison:
    """Lay two backward passes side by side and find the first step in which they part.

    `a` and `b` are what `trace` gives, or Passes made from plain data, for instance by another engine; `labels` say
    what to call them. Leaves that have a name on both sides are taken for the same, all else that is wired in the same
    way. What is compared, step by step in the order of `a`: the gradient that arrived, what was sent to which input,
    the sum there, and what is left in `.grad`. An order that differs and changes no number is no difference, nor is
    what an operation is called. Raises TypeError for what is no trace, ValueError for one without steps, and for labels
    that are not two different names.

    >>> import minigrad as torch
    >>> from minigrad.viz import compare, trace
    >>> w = torch.tensor(2.0, requires_grad=True)
    >>> compare(trace(w * w), trace(w * w.detach()), labels=("mine", "reference")).text.splitlines()[0]
    'mine and reference part at mul: it sends 2.0 to w and 2.0 to w in mine, and 2.0 to w in reference.'
    """
    for side in (a, b):
        passes = unfolded(side)
        if not isinstance(passes, Passes):
            raise TypeError(f"compare() needs two traces, such as trace(loss) gives; got {type(side).__name__}")
        refuse_no_steps(passes)
    names = [] if isinstance(labels, str) or not isinstance(labels, Sequence) else [str(label) for label in labels]
    if len(names) != 2 or names[0] == names[1] or "" in names:
        raise ValueError(f'labels must be two different names, such as ("mine", "reference"); got {labels!r}')
    return Comparison(a, b, (names[0], names[1]))


def unfolded(side):
    """A box for each node, as a repair in one of two layers can fold only one of their graphs."""
    return getattr(side, "unfolded", None) or getattr(side, "passes", side)


def caption(passes, index):
    if index is None:
        return "It has no such step; this is what it looks like at the end."
    return f"Step {index + 1} of {len(passes.steps)}. {sentence(passes, index)}"


def picture(label, passes, index):
    """A picture as an <img>, and how wide it is."""
    frame = frames(passes)[-1 if index is None else index]
    alt = f"The graph of {label} in {'the last step' if index is None else f'step {index + 1}'}: {look(passes, frame)}."
    svg = Picture(frame.boxes).svg(marks=frame.marks)
    return image(svg, alt), float(re.search(r'width="([\d.]+)"', svg)[1])
