"""The words in which operations/*.py list every operation: a one-line program, with inputs small enough to print.

An operation is written once, and runs in whatever is called `torch`: PyTorch, whose answers are in data/ops/*.json
(record.py wrote them), and minigrad, which has to give the same ones. Its inputs are named by the letters in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

# No two have the same absolute value, none is near zero or an integer, and neighbours differ in sign: so no sample is
# near a point where a derivative jumps, unless it says so.
NUMBERS = [0.7, -1.3, 2.2, -0.4, 1.6, -2.7, 0.9, 1.1, -1.8, 0.3, 2.4, -0.6,
           -2.1, 1.4, 0.5, -1.2, 2.8, 0.8, -1.7, -0.2, 1.9, 2.3, -2.6, 1.45]  # fmt: skip


def real(*shape: int, start: int = 0) -> np.ndarray:
    size = int(np.prod(shape, dtype=int))
    return np.array([NUMBERS[(start + i) % len(NUMBERS)] for i in range(size)]).reshape(shape)


def complex_(*shape: int, start: int = 0) -> np.ndarray:
    return real(*shape, start=start) + 1j * real(*shape, start=start + 7)


def positive(*shape: int, start: int = 0) -> np.ndarray:
    return np.abs(real(*shape, start=start))


def ints(*values) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def bools(*values) -> np.ndarray:
    return np.array(values, dtype=bool)


@dataclass(frozen=True)
class Sample:
    inputs: dict[str, np.ndarray]
    smooth: bool = True  # False: a derivative jumps here, and what is recorded is PyTorch's convention

    @property
    def differentiable(self) -> list[str]:
        return [name for name, array in self.inputs.items() if array.dtype.kind in "fc"]


def at(**inputs) -> Sample:
    return Sample({name: np.asarray(value) for name, value in inputs.items()})


def kink(**inputs) -> Sample:
    return Sample({name: np.asarray(value) for name, value in inputs.items()}, smooth=False)


@dataclass(frozen=True)
class Op:
    program: str  # "x + y", or statements that end in the result: "z = x.clone(); z[0] = y; z"
    samples: tuple[Sample, ...]
    spellings: tuple[str, ...] = ()  # the same operation in other words
    needs_contiguous: bool = False
    compiled: dict = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def ids(self) -> list[str]:
        seen: dict[str, int] = {}
        ids = []
        for sample in self.samples:
            shapes = " ".join("x".join(map(str, a.shape)) or "0-d" for a in sample.inputs.values())
            ids.append(f"{self.program} | {shapes}" + ("" if sample.smooth else " kink"))
            seen[ids[-1]] = seen.get(ids[-1], 0) + 1
            if seen[ids[-1]] > 1:
                ids[-1] += f" {seen[ids[-1]]}"
        return ids

    def __call__(self, torch, *args, spelling: str | None = None):
        program = spelling or self.program
        if program not in self.compiled:
            self.compiled[program] = compile_program(program, list(self.samples[0].inputs))
        return self.compiled[program](torch, *args)


def compile_program(program: str, names: list[str]):
    """A function of `torch` and the named inputs that runs the statements and returns the last one."""
    *statements, result = program.split("; ")
    lines = [*statements, f"return {result}"]
    source = f"def run(torch, {', '.join(names)}):\n" + "\n".join("    " + line for line in lines)
    scope: dict = {"inf": float("inf")}
    exec(source, scope)
    return scope["run"]


def family() -> tuple[list[Op], Callable]:
    """An empty list of operations, and the function that adds one to it: its spellings, and the samples it runs on."""
    ops: list[Op] = []

    def op(*spellings: str, on: list[Sample], needs_contiguous: bool = False) -> None:
        ops.append(Op(spellings[0], tuple(on), spellings[1:], needs_contiguous))

    return ops, op


def lines(expressions: str) -> list[str]:
    """One-line programs whose outcome is a tensor without history, a plain Python value, or an error."""
    return [line for line in expressions.strip().splitlines() if line]


def cases(ops: list[Op]) -> list[tuple[str, Op, Sample]]:
    return [(case, op, sample) for op in ops for case, sample in zip(op.ids, op.samples, strict=True)]


def outputs(result) -> list:
    """The tensors that an operation gave: most give one, `max(dim)` and `unbind` several."""
    return list(result) if isinstance(result, (tuple, list)) else [result]


def cast(array: np.ndarray, dtype: str) -> np.ndarray:
    """A sample's numbers in another dtype, away from what a conversion leaves undefined (a negative uint8)."""
    if array.dtype.kind == "c" and dtype != "complex64":
        array = array.real
    if array.dtype.kind not in "fc" or dtype.startswith(("float", "complex")):
        return array.astype(dtype) if array.dtype.kind in "fc" else array
    return (array > 0).astype(bool) if dtype == "bool" else np.ceil(np.abs(array)).astype(dtype)


DTYPES = ["float16", "float32", "float64", "uint8", "int32", "int64", "bool"]


# The dtype of a result: which of the two wins depends on which of them is a tensor, a 0-d tensor, a Python number

PROMOTED = ["+", "-", "*", "/", "//", "%", "**", "<", "=="]
KINDS = ["tensor", "0-d", "bool", "int", "float"]


def first_line(error: BaseException) -> str:
    """`Type: text` up to the end of the line, without what differs from one process to the next."""
    text = str(error).split("\n")[0]
    return re.sub(r" at 0x[0-9a-f]+", " at 0x...", f"{type(error).__name__}: {text}").rstrip()
