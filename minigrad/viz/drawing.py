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
        if file.suffix.lower() == ".svg":
            file.write_text(self.svg, encoding="utf-8", newline="\n")
        elif file.suffix.lower() == ".png":
            file.write_bytes(as_png(self.svg, scale))
        else:
            raise ValueError(f"save() writes SVG and PNG: give it a name that ends in .svg or .png, not {file.name!r}")

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """What a notebook shows and stores."""
        return image(self.svg, self.text)


def image(svg: str, alt: str) -> str:
    """An <img> with the SVG inside it.

    Viewers that cut inline SVG out of notebooks they do not trust still show it, and unlike the img they make of a bare
    SVG output this one has an alternative text. It takes one line, since in Markdown others could be headings.
    """
    data = base64.b64encode(svg.encode()).decode()
    words = escape(alt).replace("\n", "&#10;")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{words}">'


PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 1.5rem auto; padding: 0 1rem; }}
img {{ max-width: 100%; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }}
</style>
</head>
<body>
<main>
{html}
</main>
</body>
</html>
"""


def as_page(html: str, title: str) -> str:
    """A whole page around what a notebook shows in a cell; it needs no other file."""
    return PAGE.format(html=html, title=escape(title))


def save_page(path: str | PathLike[str], html: str, title: str) -> None:
    """Write `as_page(html, title)` to a file whose name ends in .html; raises ValueError for any other name."""
    file = Path(path)
    if file.suffix.lower() != ".html":
        raise ValueError(f"save() writes a web page here: give it a name that ends in .html, not {file.name!r}")
    file.write_text(as_page(html, title), encoding="utf-8", newline="\n")


def refuse_scale(scale):
    if not isinstance(scale, (int, float)) or not scale > 0:
        raise ValueError(f"scale must be a number above 0, how many times as large the PNG is; got {scale!r}")


def as_png(svg, scale):
    refuse_scale(scale)
    try:
        import cairosvg
    except (ImportError, OSError):  # OSError: the package without the system's cairo library
        raise RuntimeError(
            "a PNG needs the package cairosvg, which is not installed: run `pip install cairosvg`, or save an .svg"
        ) from None
    # cairosvg looks up only the first name of a list of fonts.
    svg = svg.replace(f'font-family="{MONO}"', 'font-family="monospace"')
    svg = svg.replace(f'font-family="{SANS}"', 'font-family="sans-serif"')
    return cairosvg.svg2png(bytestring=svg.encode(), scale=scale)
