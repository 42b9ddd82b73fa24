"""What all pictures are handed out as: an SVG and a text with the same facts, which notebooks show and files keep."""

import base64
from html import escape
from os import PathLike
from pathlib import Path

from .shapes import MONO, SANS


class Drawing:
    """A picture of the moment it was drawn: `svg` and `text`, two strings with the same facts."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def save(self, path: str | PathLike[str], scale: float = 2) -> None:
        """Write the picture to a file whose name ends in .svg or, with the package cairosvg installed, in .png.

        `scale` is how many pixels of a PNG one of the picture's becomes. Raises ValueError for any other name or a
        scale that is not above 0, RuntimeError for a PNG without cairosvg.
        """
        file = Path(path)
        if file.suffix == ".svg":
            file.write_text(self.svg, encoding="utf-8", newline="\n")
        elif file.suffix == ".png":
            file.write_bytes(as_png(self.svg, scale))
        else:
            raise ValueError(f"save() writes SVG and PNG: give it a name that ends in .svg or .png, not {file.name!r}")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """What a notebook shows and stores.

        An <img> with the SVG inside it: viewers that cut inline SVG out of notebooks they do not trust still show it,
        and unlike the img they make of a bare SVG output this one has an alternative text.
        """
        data = base64.b64encode(self.svg.encode()).decode()
        return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.text)}">'


def as_png(svg, scale):
    if not isinstance(scale, (int, float)) or not scale > 0:
        raise ValueError(f"scale must be a number above 0, how many times as large the PNG is; got {scale!r}")
    try:
        import cairosvg  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except (ImportError, OSError):  # OSError: the package without the system's cairo library
        raise RuntimeError(
            "a PNG needs the package cairosvg, which is not installed: run `pip install cairosvg`, or save an .svg"
        ) from None
    # cairosvg looks up only the first name of a list of fonts.
    svg = svg.replace(f'font-family="{MONO}"', 'font-family="monospace"')
    svg = svg.replace(f'font-family="{SANS}"', 'font-family="sans-serif"')
    return cairosvg.svg2png(bytestring=svg.encode(), scale=scale)
