"""Charts become figures of matplotlib, and those SVG: the same bytes on every run, whatever the user has set."""

import io
import math
import warnings
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from .drawing import Drawing, refuse_scale
from .numbers import show_numbers
from .shapes import COLOURS

# Okabe and Ito's blue, vermilion, green, black and purple; all but blue and black darker, to stand out from white.
LINES = ("#0072b2", "#c05000", "#00785a", "#1b2733", "#a0507f")
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # with five colours and four dashes, no two lines of a chart are alike
MOST_LINES = 24
MOST_BARS = 60
LONGEST_NAME = 36  # in a picture; the text has it whole
MOST_POINTS = 2000  # of a line: there are fewer pixels
MOST_SIGNS = 150  # at an edge
STUB = 0.03  # of the axis: the bar of what has no size, shorter than most that have one
MOST_PLAIN = 4  # powers of ten to either side of 1 whose ticks are written out
FURTHEST = 1e100
PIXELS_PER_INCH = 96


class Chart(Drawing):
    """A Drawing that was made by matplotlib, which writes PNG as well."""

    def __init__(self, figure, title, text):
        self._figure = figure
        super().__init__(as_svg(figure, title, text), text)

    def save(self, path, scale=2):
        """Write the picture to a file whose name ends in .svg or .png; `scale` as in Drawing.save()."""
        if Path(path).suffix.lower() != ".png":
            return super().save(path, scale)
        refuse_scale(scale)
        with our_style():
            self._figure.savefig(path, format="png", dpi=scale * PIXELS_PER_INCH, metadata={"Software": None})


@contextmanager
def our_style():
    """matplotlib as it comes, whatever the user has set; what it was set to comes back at the end."""
    try:
        import matplotlib.style
    except ImportError:
        raise ImportError("charts need matplotlib, which is not installed: run `pip install matplotlib`") from None
    ours = {
        "svg.fonttype": "none",  # letters stay letters: they can be searched, copied and read aloud
        "svg.hashsalt": "minigrad",  # the same ids on every run
        "text.parse_math": False,  # a $ in a name is a $
        "text.color": COLOURS["ink"], "axes.labelcolor": COLOURS["ink"], "axes.edgecolor": COLOURS["quiet"],
        "xtick.color": COLOURS["ink"], "ytick.color": COLOURS["ink"],
        "font.size": 11, "axes.titlesize": 12, "axes.titleweight": "bold", "axes.titlelocation": "left",
        "axes.spines.top": False, "axes.spines.right": False, "lines.linewidth": 2, "hatch.linewidth": 0.8,
    }  # fmt: skip
    with matplotlib.style.context(["default", ours]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's fonts may have it
        yield


def as_svg(figure, title, text):
    file = io.StringIO()
    with our_style():
        figure.savefig(file, format="svg", facecolor="none", metadata={"Date": None, "Creator": None})
    _, _, svg = file.getvalue().partition("<svg ")
    head, _, body = svg.partition(">")
    paper = f'<rect width="100%" height="100%" rx="6" fill="{COLOURS["paper"]}"/>'  # as all pictures have it
    return f'<svg role="img" {head}>\n<title>{escape(title)}</title>\n<desc>{escape(text)}</desc>\n{paper}{body}'


def new_axes(title):
    from matplotlib.figure import Figure  # not pyplot, which keeps every figure and chooses a window

    axes = Figure().add_subplot()
    axes.set_title(title, pad=14)
    axes.set_axisbelow(True)
    return axes


def line_chart(title, text, series, names, label, log):
    """A line for each series, with gaps where there is no number, and signs at the edges that say why."""
    names = list(names)
    log = log and any(is_finite(value) and value > 0 for values in series.values() for value in values)
    with our_style():
        from matplotlib.ticker import MaxNLocator

        axes = new_axes(title)
        handles = [draw_line(axes, i, values, log) for i, values in enumerate(series.values())]
        for words, marker, edge, gets_one in SIGNS:
            found = [[step for step, value in enumerate(values) if gets_one(value, log)] for values in series.values()]
            for i, steps in enumerate(found):
                draw_signs(axes, i, steps, marker, edge)
            if any(found):
                handles += axes.plot([], [], marker, markersize=8, markerfacecolor="none", color=COLOURS["ink"])
                number = sum(map(len, found))
                count = f"{number} step{'s' if number > 1 else ''}" + (" of all lines" if len(series) > 1 else "")
                names.append(f"{words} at {count}, first at step {min(steps[0] for steps in found if steps)}")
        if log:
            set_log(axes, "y", [value for values in series.values() for value in values])
        axes.set_xlabel("step")
        axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
        axes.set_ylabel(f"{label} (log axis)" if log else label)
        axes.grid(color="#dde2e7", linewidth=0.8)
        put_below(axes, handles, names)
    return Chart(axes.figure, title, text)


# What a sign at an edge means: words, its shape, where it stands, and whether a value gets one.
SIGNS = (
    ("nan or inf", "x", 1.0, lambda value, log: value is not None and not math.isfinite(value)),
    ("0 or less", "v", 0.0, lambda value, log: log and is_finite(value) and value <= 0),
    ("None", "|", 0.0, lambda value, log: value is None),
)


def draw_line(axes, i, values, log):
    points = [
        (step, same_everywhere(value) if is_finite(value) and (value > 0 or not log) else math.nan)
        for step, value in enumerate(values)
    ]
    steps, heights = zip(*thin(points))
    [line] = axes.plot(steps, heights, linestyle=DASHES[i % len(DASHES)], color=LINES[i % len(LINES)],
                       marker=MARKERS[i % len(MARKERS)], markersize=5, markevery=max(1, len(steps) // 12))
    return line


def same_everywhere(value):
    """Five digits: more than can be seen, and none of those that differ from machine to machine.

    A size beyond FURTHEST, or its inverse, is drawn there, as sums of matplotlib overflow; the words have it as it is.
    """
    size = min(max(abs(value), 1 / FURTHEST), FURTHEST) if value else 0.0
    return float(f"{math.copysign(size, value):.5g}")


def put_below(axes, handles, names):
    """The meaning of lines and signs under the axes, one in each row, and a figure with room for them, in inches."""
    below = 0.235 * len(names) + 0.2
    width, height = max(7.0, 1.2 + 0.085 * max(map(len, names))), 3.5 + below
    figure = axes.figure
    figure.set_size_inches(width, height)
    figure.legend(handles, names, loc="lower left", bbox_to_anchor=(0.2 / width, 0.05 / height), frameon=False,
                  handlelength=3.5, borderaxespad=0)
    figure.subplots_adjust(0.95 / width, (below + 0.6) / height, 1 - 0.3 / width, 1 - 0.55 / height)


def draw_signs(axes, i, steps, marker, edge):
    """One for every step, as many as can be told apart: a stretch without numbers looks as long as it is."""
    apart = max(1, math.ceil((steps[-1] - steps[0]) / MOST_SIGNS)) if steps else 1
    kept = {}
    for step in steps:
        kept.setdefault(step // apart, step)
    axes.plot(list(kept.values()), [edge] * len(kept), marker, markersize=8, clip_on=False, color=LINES[i % len(LINES)],
              markerfacecolor="none", transform=axes.get_xaxis_transform())


def thin(points):
    """The lowest and the highest point of each stretch, if there are more than anyone can see."""
    if len(points) <= MOST_POINTS:
        return points
    stretch = math.ceil(2 * len(points) / MOST_POINTS)
    kept = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        finite = [point for point in part if math.isfinite(point[1])]
        by_height = sorted(finite or part[:1], key=lambda point: point[1])
        kept.extend(sorted({by_height[0], by_height[-1]}))
    return kept


def bar_chart(title, text, sizes, log):
    """A bar for each (size, note); where there is no size a hatched stub, with the note beside it."""
    with our_style():
        from matplotlib.ticker import MaxNLocator

        axes = new_axes(title)
        axes.figure.set_size_inches(7.2, 1.3 + 0.32 * len(sizes))
        axes.figure.set_layout_engine("constrained", w_pad=0.17, h_pad=0.15)
        known = [same_everywhere(size) for size, _ in sizes.values() if is_finite(size)]
        log = log and any(size > 0 for size in known)
        if log:
            set_log(axes, "x", known)
        else:
            axes.set_xlim(0, max(known, default=0.0) * 1.2 or 1.0)
            axes.xaxis.set_major_locator(MaxNLocator(5))
        places = range(len(sizes))
        lengths = [same_everywhere(size) if is_finite(size) else 0.0 for size, _ in sizes.values()]
        axes.barh(places, lengths, height=0.62, color=COLOURS["leaf"], edgecolor=COLOURS["leaf border"], linewidth=1.4)
        for place, (length, (size, note)) in enumerate(zip(lengths, sizes.values())):
            if not is_finite(size):
                axes.barh(place, STUB, height=0.62, transform=axes.get_yaxis_transform(), facecolor=COLOURS["data"],
                          edgecolor=COLOURS["data border"], hatch="///" if size is None else "xxx", linewidth=0.8)
            words = show_numbers(size) if not note else f"{show_numbers(size)}: {note}"
            at_end = is_finite(size) and size > 0
            end = length if at_end else 0 if is_finite(size) else STUB
            axes.annotate(words, (end, place), (5, 0), textcoords="offset points", va="center", annotation_clip=False,
                          xycoords="data" if at_end else axes.get_yaxis_transform())
        axes.set_yticks(places, list(map(cut, sizes)), family="monospace")
        axes.set_ylim(len(sizes) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("norm of .grad (log axis)" if log else "norm of .grad")
    return Chart(axes.figure, title, text)


def set_log(axes, which, values):
    """A log axis, from the power of ten below the smallest on; its ticks are written as all numbers are."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    logs = [math.log10(same_everywhere(value)) for value in values if is_finite(value) and value > 0]
    lowest, highest = math.ceil(min(logs)) - 1, max(logs)
    if which == "x":
        axes.set_xscale("log")
        axes.set_xlim(10.0**lowest, 10.0 ** (highest + 0.2 * (highest - lowest)))  # beside a bar stands its size
    else:
        axes.set_yscale("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0,) if highest - lowest > 2 else (1.0, 2.0, 5.0), numticks=9))
    plain = -MOST_PLAIN <= lowest and highest <= MOST_PLAIN
    axis.set_major_formatter(FuncFormatter(lambda value, _: show_numbers(float(value)) if plain else power(value)))
    axis.set_minor_formatter(NullFormatter())


def is_finite(value):
    return value is not None and math.isfinite(value)


def power(value):
    """ "10⁻¹¹", "2·10⁵": one way of writing for all ticks of an axis on which most numbers are far from 1."""
    digits, _, exponent = f"{value:.0e}".partition("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return ("" if digits == "1" else f"{digits}·") + f"10{raised}"


def cut(name):
    """A long name loses its beginning: the end of "model.layers.0.weight" tells more."""
    return name if len(name) <= LONGEST_NAME else "..." + name[3 - LONGEST_NAME :]
