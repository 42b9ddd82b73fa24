"""The Jacobian of a function as a heat map with numbers, and what backward makes of it: one row vector times J."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite, isinf, isnan, prod

from .drawing import Drawing
from .heatmap import as_svg
from .names import is_tensor
from .numbers import show_numbers, show_shape
from .table import table

MOST_ROWS = MOST_COLUMNS = 12
LONGEST_SUM = 4  # terms that fit a line


@dataclass(frozen=True)
class Jacobian:
    """All numbers of the picture. A row is an output, a column is an element of an input."""

    output: str  # its name: "y"
    inputs: tuple[str, ...]
    rows: tuple[tuple[str, float], ...]  # (("y[0]", 3.0),): each output and its value
    columns: tuple[tuple[str, float], ...]
    numbers: tuple[tuple[float, ...], ...]
    without_path: tuple[str, ...]  # the inputs that no path leads to from the output
    is_one_number: bool  # the output is, so that backward needs no v
    v: tuple[float, ...] | None = None
    product: tuple[float | None, ...] | None = None  # what backward(v) adds to the gradients of the inputs

    @property
    def picked(self):
        """The row that v picks, or None where it mixes several."""
        if self.v is None or len(self.v) == 1 or sorted(self.v) != [0.0] * (len(self.v) - 1) + [1.0]:
            return None
        return self.v.index(1.0)


def jacobian_picture(f, x, v=None, names=None):
    """Draw the Jacobian J of `f` at `x` as a heat map: a row for each output, a column for each input.

    `x` is a float tensor, or a tuple of them that `f` is called with; `f` returns one tensor y. With `v`, a tensor of
    y's shape, it shows the weight that v gives to each row and below them the row vᵀJ, which a real backward(v)
    computed. `names` are those of the inputs and of the output, ("x", "y") unless given. Nothing is stored in x.grad.
    Returns a Drawing. Raises TypeError or ValueError for anything else, and for more than 12 rows or columns.

    >>> import minigrad as torch
    >>> from minigrad.viz import jacobian_picture
    >>> x = torch.tensor([1.0, 2.0])
    >>> jacobian_picture(lambda x: torch.stack([x[0] * x[1], x[1] ** 2]), x, v=torch.tensor([0.0, 1.0]))
    Jacobian J of y with respect to x: 2 outputs by 2 inputs
                  v  x[0] = 1.0  x[1] = 2.0
    y[0] = 2.0  0.0         2.0         1.0
    y[1] = 4.0  1.0         0.0         4.0  the row v picks
    vᵀJ                     0.0         4.0  what backward(v) adds to x.grad
    v is 1 at y[1] and 0 elsewhere: backward(v) adds that row to x.grad as it is.
    That took one backward pass, on a copy of x.
    The 4 numbers of J above took 2 passes, one for each row; backward never builds them.
    """
    if not callable(f):
        raise TypeError(f"jacobian_picture(f, x) needs a function as its first argument; got {type(f).__name__}")
    inputs = x if isinstance(x, tuple) else (x,)
    refuse_inputs(inputs)
    facts = observe(f, inputs, v, names_for(names, len(inputs)))
    text = as_text(facts)
    return Drawing(as_svg(facts, title(facts), text, sentences(facts)), text)


def refuse_inputs(inputs):
    if not inputs:
        raise ValueError("jacobian_picture(f, x) needs at least one input; got an empty tuple")
    for x in inputs:
        if not is_tensor(x):
            raise TypeError(f"x must be a tensor of floats, or a tuple of them; got {type(x).__name__}")
        if not x.is_floating_point():
            raise TypeError(f"x must be a tensor of floats, as only those have derivatives; got {x.dtype}")
    if not all(x.numel() for x in inputs):
        raise ValueError("x has no elements, so its Jacobian has no columns: give it at least one")


def names_for(names, count):
    if names is None:
        return ("x", "y") if count == 1 else (*(f"x{i}" for i in range(count)), "y")
    if not isinstance(names, (tuple, list)) or [type(name) for name in names] != [str] * (count + 1):
        wanted = '("x", "y")' if count == 1 else f"{count} names and one more"
        raise ValueError(f"names must name the inputs, then the output, such as {wanted}; got {names!r}")
    return tuple(names)


def observe(f, inputs, v, names):
    """Run `f` once and backward once for each row, on copies: what the caller holds gets no gradient."""
    with recording_graphs(inputs[0]):
        leaves = [x.detach().clone().requires_grad_() for x in inputs]
        y = f(*leaves)
        refuse_output(y, sum(leaf.numel() for leaf in leaves))
        outputs = [y.reshape(-1)[i] for i in range(y.numel())]
        refuse_weights(v, y)
        return facts_of(leaves, y, outputs, v, names)


def facts_of(leaves, y, outputs, v, names):
    def backward(result, weights=None):
        for leaf in leaves:
            leaf.grad = None
        if result.requires_grad:
            result.backward(weights, retain_graph=True, inputs=leaves)
        return tuple(value for leaf in leaves for value in gradient(leaf))

    rows = tuple(tuple(value or 0.0 for value in backward(output)) for output in outputs)
    *input_names, output_name = names
    # Each element has the paths that y has, so the last one tells for all.
    without_path = tuple(name for name, leaf in zip(input_names, leaves) if leaf.grad is None)
    return Jacobian(
        output=output_name,
        inputs=tuple(input_names),
        rows=tuple(elements(output_name, y)),
        columns=tuple(element for name, leaf in zip(input_names, leaves) for element in elements(name, leaf)),
        numbers=rows,
        without_path=without_path,
        is_one_number=y.numel() == 1,
        v=None if v is None else flat(v),
        product=None if v is None else backward(y, v.detach()),
    )


@contextmanager
def recording_graphs(tensor):
    """Under no_grad or inference_mode the picture is the same. These modes are those of the tensor's library."""
    home = next((cls.__module__ for cls in type(tensor).__mro__ if cls.__name__ == "Tensor"), type(tensor).__module__)
    library = sys.modules[home.partition(".")[0]]
    with library.inference_mode(False), library.enable_grad():
        yield


def refuse_output(y, columns):
    if not is_tensor(y):
        raise TypeError(f"f must return one tensor, each of whose elements is a row of J; got {type(y).__name__}")
    if not y.is_floating_point():
        raise TypeError(f"f must return a tensor of floats, as only those have derivatives; got {y.dtype}")
    rows = y.numel()
    if not rows:
        raise ValueError("f returned a tensor with no elements, so its Jacobian has no rows: return at least one")
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise ValueError(
            f"this Jacobian has {rows} by {columns} numbers, and a picture has room for {MOST_ROWS} by {MOST_COLUMNS}: "
            "show a part of it, with fewer outputs such as lambda x: f(x)[:3], or with a smaller x"
        )


def refuse_weights(v, y):
    if v is None:
        return
    shape = show_shape(y.shape)
    if not is_tensor(v) or v.is_complex():
        got = v.dtype if is_tensor(v) else type(v).__name__
        raise TypeError(f"v must be a tensor of the shape of f's output, {shape}: a weight for each row; got {got}")
    if tuple(v.shape) != tuple(y.shape):
        raise ValueError(
            f"v must have the shape of f's output, {shape}: a weight for each row; got shape {show_shape(v.shape)}"
        )


def gradient(leaf):
    return (None,) * leaf.numel() if leaf.grad is None else flat(leaf.grad)


def flat(tensor):
    return tuple(float(value) + 0.0 for value in tensor.detach().reshape(-1).tolist())  # + 0.0 turns -0.0 into 0.0


def elements(name, tensor):
    """Every element as (what an expression calls it, its value): ("x[1, 0]", 2.0)."""
    for i, value in enumerate(flat(tensor)):
        yield name + subscript(i, tuple(tensor.shape)), value


def subscript(i, shape):
    places = [str(i // prod(shape[axis + 1 :]) % size) for axis, size in enumerate(shape)]
    return f"[{', '.join(places)}]" if places else ""


# What is said in words, below the picture and in its text form


def title(facts):
    rows, columns = len(facts.rows), len(facts.columns)
    return (
        f"Jacobian J of {facts.output} with respect to {', '.join(facts.inputs)}: "
        f"{rows} output{'s' if rows > 1 else ''} by {columns} input{'s' if columns > 1 else ''}"
    )


def gradients(facts):
    return " and ".join(f"{name}.grad" for name in facts.inputs if name not in facts.without_path)


def what_is_added(facts):
    return f"what backward(v) adds to {gradients(facts)}" if gradients(facts) else "backward(v) adds nothing"


def sentences(facts):
    said = [f"No path leads back from {facts.output} to {name}: those derivatives are 0, and {name}.grad stays None."
            for name in facts.without_path]
    if len(said) == len(facts.inputs):
        return said
    return [*said, *about_backward(facts), *about_what_is_no_number(facts)]


def about_backward(facts):
    grads, count = gradients(facts), len(facts.rows)
    if facts.v is None and facts.is_one_number:
        return [f"{facts.output} is one number, so backward() needs no v: it takes v = 1.0 and adds this row to "
                f"{grads}."]
    if facts.v is None:
        return [f"There is room for one row in {grads}, not for {count}: backward(v) wants a weight for each row, "
                "and computes the weighted sum vᵀJ."]
    if facts.picked is not None:
        row = facts.rows[facts.picked][0]
        said = [f"v is 1 at {row} and 0 elsewhere: backward(v) adds that row to {grads} as it is."]
    elif facts.is_one_number:
        said = [f"{facts.output} is one number: backward(v) adds this row, times v, to {grads}."]
    else:
        said = [f"backward(v) multiplies J from the left: it adds all rows, each times its weight, to {grads}."]
        if set(facts.v) == {1.0}:
            said.append(f"With weights of 1 it does what {facts.output}.sum().backward() does.")
        said += example(facts)
    if count > 1:
        numbers = f"{count * len(facts.columns)} numbers" if len(facts.columns) > 1 else f"{count} numbers"
        said.append(f"That took one backward pass, on a copy of {', '.join(facts.inputs)}.")
        said.append(f"The {numbers} of J above took {count} passes, one for each row; backward never builds them.")
    return said


def about_what_is_no_number(facts):
    """Why a row has a nan where the function has a value; and why vᵀJ may have none below it."""
    for (label, _), entries in zip(facts.columns, zip(*facts.numbers)):
        if any(map(isnan, entries)) and any(map(isinf, entries)):
            said = [f"A derivative with respect to {label} is infinite. Each row was computed with a v that is 0 for "
                    "all other outputs, and 0 × inf is nan, no number: a nan in another row there may stand for a 0."]
            if facts.v is not None:
                said.append("With the v above backward need not meet such a 0: vᵀJ need not be the sum of these rows.")
            return said
    if any(isnan(entry) for entries in facts.numbers for entry in entries):
        return ["nan is no number: on the way back a rule came upon 0 × inf, inf - inf or 0 / 0."]
    return []


def example(facts):
    """The sum of the first column that has something to add, where it fits a line."""
    for (label, _), entries, total in zip(facts.columns, zip(*facts.numbers), facts.product):
        if any(entries) and len(entries) <= LONGEST_SUM and all(map(isfinite, [*entries, *facts.v])):
            terms = (f"{in_brackets(weight)} × {in_brackets(entry)}" for weight, entry in zip(facts.v, entries))
            return [f"For {label}: {' + '.join(terms)} = {show_numbers(total)}."]
    return []


def in_brackets(value):
    text = show_numbers(value)
    return f"({text})" if text.startswith("-") else text


def as_text(facts):
    """A title, the table, and the sentences."""
    weights = [""] * len(facts.rows) if facts.v is None else [show_numbers(weight) for weight in facts.v]
    heads = (f"{label} = {show_numbers(at)}" for label, at in facts.columns)
    lines = [["", "" if facts.v is None else "v", *heads, ""]]
    for i, ((label, value), weight, entries) in enumerate(zip(facts.rows, weights, facts.numbers)):
        note = "the row v picks" if i == facts.picked else ""
        lines.append([f"{label} = {show_numbers(value)}", weight, *map(show_numbers, entries), note])
    if facts.product is not None:
        lines.append(["vᵀJ", "", *map(show_numbers, facts.product), what_is_added(facts)])
    return "\n".join([title(facts), *table(lines), *sentences(facts)])
