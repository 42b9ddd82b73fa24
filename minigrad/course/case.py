"""A case is plain data: what to do with the learner's object, on which inputs, and what to compare afterwards."""

import ast
import textwrap
from dataclasses import dataclass, field

# What a case may compare. "value" covers the kind of object and, for containers, what is in them.
ASPECTS = (
    "value",
    "shape",
    "dtype",
    "requires_grad",
    "is_leaf",
    "grad",
    "graph",  # names and edges of the graph's nodes
    "picture",  # the same as far as a picture shows it: not which of two summands or factors stands first
    "version",  # how often a tensor was changed in place
    "identity",  # which arguments and results are the same object
    "storage",  # which arguments and results share memory
    "arguments",  # value, requires_grad and grad of the arguments afterwards
    "message",  # the text of the exception, not only its type
    "warnings",
    "calls",  # how often each helper function was called
    "backward",  # how often gradients came back through the results of each helper function
    "modes",  # whether gradients are recorded afterwards, and the default dtype
    "printed",
)
USUAL = ("value", "shape", "dtype", "requires_grad", "arguments")


@dataclass(frozen=True)
class TensorArg:
    """A tensor to be made for the call: `torch.tensor(values, dtype=..., requires_grad=...)`."""

    values: object  # a number or nested lists of numbers
    dtype: str = "float32"
    requires_grad: bool = False


@dataclass(frozen=True)
class Helper:
    """A function to be passed: a public name ("torch.sin"), an expression, or a `def`. Its calls are counted."""

    source: str


@dataclass(frozen=True)
class Again:
    """The very object that an earlier argument is, counted from 0."""

    argument: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """Look at the learner's object `of` (or at its entry `key`), or, if `args` is not None, call it with them.

    `then` is source text run after a call, with `result` and `args` at hand; it may rebind `result`. `raises` names
    the exception that the right answer raises. `shown` stands for the call on a card where its source would be long.
    `program` is source text to run in place of a call, with the exercise's names and `np` at hand, as in a cell of the
    learner's own: what is looked at is the value of its last line. With `own_engine`, the names are an engine of the
    learner's own: other engines are out of reach, minigrad's included (alone.py), and its walks are noted (walk.py).
    `evidence` makes no answer wrong: these aspects are compared too when the belief behind a wrong one is looked for.
    """

    title: str  # what this case finds out, as the card shows it
    of: str
    key: str | int | None = None
    args: tuple | None = None
    kwargs: dict = field(default_factory=dict)
    then: str = ""
    program: str = ""
    own_engine: bool = False
    raises: str = ""
    shown: str = ""
    compare: tuple[str, ...] = USUAL
    evidence: tuple[str, ...] = ()
    rtol: float = 1e-5
    atol: float = 1e-6

    def __post_init__(self):
        unknown = {*self.compare, *self.evidence} - set(ASPECTS)
        if unknown:
            raise ValueError(f"case {self.title!r}: cannot compare {', '.join(sorted(unknown))}; "
                             f"there are {', '.join(ASPECTS)}.")

    def __str__(self) -> str:
        """The case as the learner would write it, `f(torch.sin, torch.tensor([1., 2.]))`."""
        if self.shown:
            return self.shown
        if self.program:
            return ast.unparse(ast.parse(self.program).body[-1])
        if self.args is None:
            return self.of if self.key is None else f"{self.of}[{self.key!r}]"
        given = [in_words(arg) for arg in self.args]
        given += [f"{name}={in_words(arg)}" for name, arg in self.kwargs.items()]
        return f"{self.of}({', '.join(given)})"


def look(of: str, key: str | int | None = None, *, title: str = "", **options) -> Case:
    """Look at what the learner bound to a name, or at one entry of it."""
    case = Case(title=title, of=of, key=key, **options)
    return case if title else Case(title=str(case), of=of, key=key, **options)


def call(title: str, of: str, *args, kwargs: dict | None = None, **options) -> Case:
    """Call the learner's function with fresh arguments."""
    return Case(title=title, of=of, args=args, kwargs=kwargs or {}, **options)


def run(title: str, of: str, program: str, **options) -> Case:
    """Run a program that uses what the learner defined, and look at the value of its last line."""
    return Case(title=title, of=of, program=textwrap.dedent(program).strip() + "\n", **options)


def tensor(values, dtype: str = "float32", requires_grad: bool = False) -> TensorArg:
    """Describe a tensor argument; numpy arrays and numbers become plain lists and numbers."""
    return TensorArg(values.tolist() if hasattr(values, "tolist") else values, dtype, requires_grad)


def in_words(arg) -> str:
    """An argument as source text."""
    if isinstance(arg, TensorArg):
        dtype = "" if arg.dtype == "float32" else f", dtype=torch.{arg.dtype}"
        return f"torch.tensor({in_words(arg.values)}{dtype}{', requires_grad=True' if arg.requires_grad else ''})"
    if isinstance(arg, Helper):
        return arg.source.strip() if "\n" not in arg.source.strip() else arg.source.split("(")[0].split()[-1]
    if isinstance(arg, Again):
        return f"the same object as argument {arg.argument}"
    if isinstance(arg, float):
        return repr(float(f"{arg:.6g}"))
    if isinstance(arg, list | tuple):
        ends = "[]" if isinstance(arg, list) else "()"
        comma = "," if isinstance(arg, tuple) and len(arg) == 1 else ""
        return ends[0] + ", ".join(in_words(item) for item in arg) + comma + ends[1]
    if isinstance(arg, dict):
        return "{" + ", ".join(f"{key!r}: {in_words(item)}" for key, item in arg.items()) + "}"
    return repr(arg)
