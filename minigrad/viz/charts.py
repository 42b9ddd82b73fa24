"""Curves of losses and sizes of gradients, drawn with matplotlib: what a training run looks like from outside."""

import io
import math
import warnings
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from xml.sax.saxutils import escape

from .drawing import Drawing
from .numbers import show_numbers
from .read import is_tensor
from .shapes import COLOURS
from .table import table

# Okabe and Ito's blue, vermilion, green, black and purple; all but blue and black darker, to stand out from white.
LINES = ("#0072b2", "#c05000", "#00785a", "#1b2733", "#a0507f")
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # with five colours and four dashes, no two lines of a chart are alike
MOST_LINES = 24
MOST_BARS = 60
LONGEST_NAME = 36  # in a picture; the text has it whole
MOST_POINTS = 2000  # of a line: there are fewer pixels
WIDE = 100  # sizes that differ by such a factor need a log axis
PIXELS_PER_INCH = 96


class Chart(Drawing):
    """A Drawing that was made by matplotlib, which writes PNG as well."""

    def __init__(self, figure, title, text):
        self._figure = figure
        super().__init__(as_svg(figure, title, text), text)

    def save(self, path, scale=2):
        """Write the picture to a file whose name ends in .svg or .png; `scale` as in Drawing.save()."""
        if Path(path).suffix != ".png" or not scale > 0:
            return super().save(path, scale)
        with our_style():
            self._figure.savefig(path, format="png", dpi=scale * PIXELS_PER_INCH, metadata={"Software": None})


def loss_curve(losses, label="loss", log=False):
    """Draw the losses of a training run, one for each step from 0 on; several runs if they are a dict from name to run.

    A run is a list of numbers or of tensors with one element, or a tensor or an array with one axis. `label` names the
    y axis, which is logarithmic if `log`. Losses that are nan or inf are marked at the upper edge, those that a log
    axis has no place for at the lower edge. Returns a Drawing. Raises TypeError for anything else, ValueError for an
    empty run and more than 24 of them, ImportError without matplotlib.

    >>> from minigrad.viz import loss_curve
    >>> loss_curve([2.0, 0.5, 0.25, 1.0])
    Loss curve of 4 steps
          first  last  lowest
    loss    2.0   1.0    0.25  at step 2
    """
    if isinstance(losses, Mapping):
        runs = {str(name): numbers_of(run, f"losses[{name!r}]") for name, run in losses.items()}
    else:
        runs = {label: numbers_of(losses, "losses")}
    refuse_too_many(runs, "runs", MOST_LINES)
    count = max(map(len, runs.values()))
    title = f"Loss curve of {count} step{'s' if count > 1 else ''}"
    return line_chart(title, runs, label, log, "lowest", min)


def gradient_norms(parameters):
    """The norm of each parameter's .grad, None where it is None: {"weight": 1.5, "bias": None}.

    `parameters` are a Module, a dict from name to tensor, or (name, tensor) pairs. Collected after each backward pass
    in a list, these are a history for `gradient_sizes`.

    >>> import minigrad as torch
    >>> from minigrad.viz import gradient_norms
    >>> w, b = torch.tensor([3.0, 4.0], requires_grad=True), torch.tensor(0.0, requires_grad=True)
    >>> (w * w).sum().backward()
    >>> gradient_norms({"w": w, "b": b})
    {'w': 10.0, 'b': None}
    """
    return {name: size for name, (size, _) in sizes_of(parameters).items()}


def gradient_sizes(parameters, log=None):
    """Draw how large the gradients are: a bar for each parameter, or a line for each if given a history.

    `parameters` are a Module, a dict from name to tensor (or to a size), or (name, tensor) pairs; or a list of what
    `gradient_norms` returned after each backward pass. The size is the norm of .grad. A parameter without a gradient is
    told from one whose gradient is 0. The axis is logarithmic if `log`, or where sizes differ by a factor of 100 and
    more if it is None. Returns a Drawing. Raises TypeError for anything else, ValueError for no parameters and more
    than 60 (24 lines), ImportError without matplotlib.

    >>> import minigrad as torch
    >>> from minigrad.viz import gradient_sizes
    >>> w, b = torch.tensor([3.0, 4.0], requires_grad=True), torch.tensor(0.0, requires_grad=True)
    >>> (w * w).sum().backward()
    >>> gradient_sizes({"w": w, "b": b})
    Gradient sizes of 2 parameters: the norm of each .grad
    w  10.0
    b  None  no gradient arrived
    """
    if isinstance(parameters, (list, tuple)) and parameters and all(isinstance(one, Mapping) for one in parameters):
        return gradient_history(parameters, log)
    sizes = sizes_of(parameters)
    refuse_too_many(sizes, "parameters", MOST_BARS)
    title = f"Gradient sizes of {len(sizes)} parameter{'s' if len(sizes) > 1 else ''}: the norm of each .grad"
    rows = [(name, "None" if size is None else show_numbers(size), note) for name, (size, note) in sizes.items()]
    text = "\n".join([title, *table(rows)])
    log = needs_log(size for size, _ in sizes.values()) if log is None else log
    return Chart(bar_chart(title, sizes, log), title, text)


def gradient_history(snapshots, log):
    histories: dict[str, list[float | None]] = {}
    for i, snapshot in enumerate(snapshots):
        for name, size in snapshot.items():
            if size is not None and not isinstance(size, bool) and not isinstance(size, Real):
                size = number_of(size, f"snapshot {i}, {name!r}")
            histories.setdefault(str(name), [None] * i).append(None if size is None else float(size))
        for sizes in histories.values():
            sizes.extend([None] * (i + 1 - len(sizes)))  # a parameter that this snapshot does not have
    refuse_too_many(histories, "parameters", MOST_LINES)
    title = f"Gradient sizes of {len(histories)} parameter{'s' if len(histories) > 1 else ''} in {len(snapshots)} steps"
    every = [size for sizes in histories.values() for size in sizes]
    return line_chart(title, histories, "norm of .grad", needs_log(every) if log is None else log, "largest", max)


# What comes in: minigrad's tensors, PyTorch's, arrays and numbers


def numbers_of(run, name):
    if hasattr(run, "tolist") and getattr(run, "ndim", 1) == 1:
        run = (run.detach() if hasattr(run, "detach") else run).tolist()
    if isinstance(run, (str, bytes, Mapping)) or not isinstance(run, Iterable) or getattr(run, "ndim", 1) != 1:
        raise TypeError(f"{name} must be a list of numbers, one for each step; got {type(run).__name__}")
    numbers = [number_of(loss, f"{name}[{step}]") for step, loss in enumerate(run)]
    if not numbers:
        raise ValueError(f"{name} is empty: there is nothing to draw before the first step")
    return numbers


def number_of(value, name):
    if is_tensor(value) and value.numel() == 1:
        value = value.detach()  # a number taken from a tracked tensor is worth a warning elsewhere, not here
    if hasattr(value, "item") and math.prod(getattr(value, "shape", ())) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        kind = type(value).__name__
        shape = f" of shape {tuple(value.shape)}" if is_tensor(value) else ""
        raise TypeError(f"{name} must be a number or a tensor with one element; got {kind}{shape}")
    return float(value)


def sizes_of(parameters):
    """{name: (size, what there is to say about it)}."""
    if hasattr(parameters, "named_parameters"):
        pairs = list(parameters.named_parameters())
    elif isinstance(parameters, Mapping):
        pairs = list(parameters.items())
    else:
        try:
            pairs = [(name, tensor) for name, tensor in parameters]
        except (TypeError, ValueError):
            pairs = [(None, None)]
    for name, _ in pairs:
        if not isinstance(name, str):
            raise TypeError(
                "this needs a Module, a dict from name to tensor, (name, tensor) pairs, or a list of what "
                f"gradient_norms() returned after each step; got {type(parameters).__name__}"
            )
    return {name: size_of(value, name) for name, value in pairs}


def size_of(value, name):
    if value is None:
        return None, "no gradient"
    if not is_tensor(value):
        return number_of(value, name), ""
    # Asking a result for a gradient that it does not retain is a warning in PyTorch.
    gradient = value.grad if value.is_leaf or value.retains_grad else None
    if gradient is not None:
        return float(gradient.detach().norm().item()), ""
    if not value.requires_grad:
        return None, "requires_grad is False"
    return None, "no gradient arrived" if value.is_leaf else "a result, which keeps no gradient"


def refuse_too_many(things, kind, most):
    if not things:
        raise ValueError(f"there is nothing to draw: no {kind} were given")
    if len(things) > most:
        raise ValueError(f"a chart has room for {most} {kind}, and {len(things)} were given: draw a part of them")


# What is said in words


def describe(title, series, best, choose):
    rows = [("", "first", "last", best, "")]
    for name, values in series.items():
        extreme, at = extreme_of(values, choose)
        rows.append((name, show(values[0]), show(values[-1]), extreme, at))
    notes = [f"{name}: {gap}" for name, values in series.items() for gap in gaps(values)]
    return "\n".join([title, *table(rows), *notes])


def extreme_of(values, choose):
    """The lowest or the highest number and where it stands first: ("0.25", "at step 2")."""
    finite = list(filter(is_finite, values))
    if not finite:
        return "", ""
    return show(choose(finite)), f"at step {values.index(choose(finite))}"


def line_name(name, values, best, choose):
    words = f"{cut(name)}: first {show(values[0])}, last {show(values[-1])}"
    return " ".join([f"{words}, {best}", *extreme_of(values, choose)]) if any(map(is_finite, values)) else words


def gaps(values):
    """A sentence for every kind of value that is no point of the line: "nan at 3 of 10 steps, first at step 7"."""
    for word in ("nan", "inf", "-inf", "None"):
        steps = [step for step, value in enumerate(values) if not is_finite(value) and show(value) == word]
        if steps:
            yield f"{word} at {len(steps)} of {len(values)} steps, first at step {steps[0]}"


def cut(name):
    """A long name loses its beginning: the end of "model.layers.0.weight" tells more."""
    return name if len(name) <= LONGEST_NAME else "..." + name[3 - LONGEST_NAME :]


def is_finite(value):
    return value is not None and math.isfinite(value)


def show(value):
    return "None" if value is None else show_numbers(value)


# What is drawn


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
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    _, _, svg = file.getvalue().partition("<svg ")
    head, _, body = svg.partition(">")
    return f'<svg role="img" {head}>\n<title>{escape(title)}</title>\n<desc>{escape(text)}</desc>{body}'


def new_axes(title):
    from matplotlib.figure import Figure  # not pyplot, which keeps every figure and chooses a window

    axes = Figure().add_subplot()
    axes.set_title(title, pad=14)
    axes.set_axisbelow(True)
    return axes


def line_chart(title, series, label, log, best, choose):
    """A line for each series, with gaps where there is no number, and signs at the edges that say why."""
    log = log and any(is_finite(value) and value > 0 for values in series.values() for value in values)
    with our_style():
        from matplotlib.ticker import MaxNLocator

        axes = new_axes(title)
        handles = [draw_line(axes, i, values, log) for i, values in enumerate(series.values())]
        names = [line_name(name, values, best, choose) for name, values in series.items()]
        for words, marker, edge, gets_one in SIGNS:
            found = [[step for step, value in enumerate(values) if gets_one(value, log)] for values in series.values()]
            for i, steps in enumerate(found):
                draw_signs(axes, i, steps, marker, edge)
            if any(found):
                handles += axes.plot([], [], marker, markersize=8, markerfacecolor="none", color=COLOURS["ink"])
                names.append(f"{words}, first at step {min(steps[0] for steps in found if steps)}")
        if log:
            set_log(axes, "y", [value for values in series.values() for value in values])
        axes.set_xlabel("step")
        axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
        axes.set_ylabel(f"{label} (log axis)" if log else label)
        axes.grid(color="#dde2e7", linewidth=0.8)
        put_below(axes, handles, names)
    return Chart(axes.figure, title, describe(title, series, best, choose))


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
    """Five digits: more than can be seen, and none of those that differ from machine to machine."""
    return float(f"{value:.5g}")


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
    axes.plot(steps, [edge] * len(steps), marker, markersize=8, markevery=max(1, len(steps) // 8), clip_on=False,
              color=LINES[i % len(LINES)], markerfacecolor="none", transform=axes.get_xaxis_transform())


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


def bar_chart(title, sizes, log):
    with our_style():
        axes = new_axes(title)
        axes.figure.set_size_inches(7.2, 1.3 + 0.32 * len(sizes))
        axes.figure.set_layout_engine("constrained", w_pad=0.17, h_pad=0.15)
        known = [same_everywhere(size) for size, _ in sizes.values() if is_finite(size)]
        log = log and any(size > 0 for size in known)
        if log:
            set_log(axes, "x", known)
        else:
            axes.set_xlim(0, max(known, default=0.0) * 1.2 or 1.0)
        places = range(len(sizes))
        lengths = [same_everywhere(size) if is_finite(size) else 0.0 for size, _ in sizes.values()]
        axes.barh(places, lengths, height=0.62, color=COLOURS["leaf"], edgecolor=COLOURS["leaf border"], linewidth=1.4)
        for place, (length, (size, note)) in enumerate(zip(lengths, sizes.values())):
            if not is_finite(size):
                axes.barh(place, 1, height=0.62, transform=axes.get_yaxis_transform(), facecolor=COLOURS["data"],
                          edgecolor=COLOURS["data border"], hatch="///" if size is None else "xxx", linewidth=0.8)
            words = show(size) if not note else f"{show(size)}: {note}"
            at_end = is_finite(size) and size > 0
            axes.annotate(words, (length if at_end else 0, place), (5, 0), textcoords="offset points", va="center",
                          xycoords="data" if at_end else axes.get_yaxis_transform(), annotation_clip=False,
                          bbox=None if is_finite(size) else {"facecolor": "white", "edgecolor": "none", "pad": 2})
        axes.set_yticks(places, list(map(cut, sizes)), family="monospace")
        axes.set_ylim(len(sizes) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("norm of .grad (log axis)" if log else "norm of .grad")
    return axes.figure


def needs_log(sizes):
    positive = [size for size in sizes if is_finite(size) and size > 0]
    return bool(positive) and max(positive) >= WIDE * min(positive)


def set_log(axes, which, values):
    """A log axis, from the power of ten below the smallest on; its ticks are written as all numbers are."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    logs = [math.log10(value) for value in values if is_finite(value) and value > 0]
    lowest, highest = math.ceil(min(logs)) - 1, max(logs)
    if which == "x":
        axes.set_xscale("log")
        axes.set_xlim(10.0**lowest, 10.0 ** (highest + 0.2 * (highest - lowest)))  # beside a bar stands its size
    else:
        axes.set_yscale("log")
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0,) if highest - lowest > 2 else (1.0, 2.0, 5.0), numticks=9))
    axis.set_major_formatter(FuncFormatter(lambda value, _: show_numbers(float(value))))
    axis.set_minor_formatter(NullFormatter())
