"""What is printed in the printing tests; and, run as a program, what PyTorch prints written down.

python tests/record_printing.py   needs torch 2.13; writes data/printing.json; read the diff before committing it
"""

import json
import math
import random
import sys
from pathlib import Path

import numpy as np

VERSION = "2.13.0"
FILE = Path(__file__).parent / "data" / "printing.json"

# Each line is evaluated with `torch`, `nan` and `inf`; recorded is the text of its value, which is the value if that is
# a text already, or its error.
EXPRESSIONS = """
torch.tensor(3.0)
torch.tensor(-2.5)
torch.tensor(3.14159265)
torch.tensor(0.0)
torch.tensor(-0.0)
torch.tensor(7)
torch.tensor(True)
torch.tensor(nan)
torch.tensor(inf)
torch.tensor(-inf)
torch.tensor(1e-7)
torch.tensor(123456789.0)
torch.tensor(1e8)
torch.tensor(2.5, dtype=torch.float64)
torch.tensor(5, dtype=torch.uint8)
torch.tensor([1.0, 2.0, 3.0])
torch.tensor([1.0, 2.5])
torch.tensor([0.1, 0.2, 0.3])
torch.tensor([-1.0, 1.0])
torch.tensor([0.00005, 1.0])
torch.tensor([0.0001, 0.05])
torch.tensor([0.0001, 0.1001])
torch.tensor([0.0001, 0.05], dtype=torch.float64)
torch.tensor([0.0001, 0.1], dtype=torch.float64)
torch.tensor([60000.0, 0.0001], dtype=torch.float16)
torch.tensor([0.5, 500.5])
torch.tensor([0.5, 500.0])
torch.tensor([1.0, 1000.0])
torch.tensor([1.0, 1001.0])
torch.tensor([1.5, 1500.0])
torch.tensor([1.5, 1501.0])
torch.tensor([99999999.0, 100000000.0])
torch.tensor([100000008.0, 200000000.0])
torch.tensor([1e10, 0.0])
torch.tensor([1e-10, 0.0])
torch.tensor([1e38, 1e-38])
torch.tensor([5e-324, 1e308], dtype=torch.float64)
torch.tensor([0.0, 0.0, 0.0])
torch.tensor([0.0, -0.0])
torch.tensor([0.99999, 1.00001])
torch.tensor([0.00045, 0.12345, 9.99995])
torch.tensor([nan, nan])
torch.tensor([nan, 1.0])
torch.tensor([nan, 1.5])
torch.tensor([inf, -inf, 1.0])
torch.tensor([inf, 123.0, nan, -1.0])
torch.tensor([inf, -0.5])
torch.tensor([nan, 1e-9, 0.0, inf])
torch.tensor([nan, 0.0])
torch.tensor([1, -20, 300])
torch.tensor([True, False])
torch.tensor([[True, False], [False, False]])
torch.tensor([[1, 2], [3, 4]])
torch.tensor([[1.0, -2.0], [30.5, 4.0]])
torch.tensor([1.5, 2.5], dtype=torch.float16)
torch.tensor([60000.0, 0.001], dtype=torch.float16)
torch.tensor([1.0, 2.0], dtype=torch.float64)
torch.tensor([1, 2], dtype=torch.int32)
torch.tensor([1, 255], dtype=torch.uint8)
torch.tensor([-128, 127], dtype=torch.int8)
torch.tensor([[1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]], dtype=torch.float64)
torch.tensor([[1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]], dtype=torch.float64)
torch.tensor([-(2 ** 63), 2 ** 63 - 1])
torch.tensor([])
torch.tensor([], dtype=torch.int64)
torch.tensor([], dtype=torch.bool)
torch.tensor([], dtype=torch.float64)
torch.tensor([], requires_grad=True)
torch.zeros(0, 3)
torch.zeros(2, 0, 3)
torch.zeros(3, 0, dtype=torch.int64)
torch.zeros(0, 3, requires_grad=True)
torch.zeros(2, 3)
torch.zeros(1, 1, 1, 1)
torch.zeros(100)
torch.ones(2, 2, 3)
torch.ones(2, 1, 2, 2)
torch.ones(21)
torch.ones(30, dtype=torch.bool)
torch.arange(10)
torch.arange(25)
torch.arange(100)
torch.arange(1000)
torch.arange(1001)
torch.arange(12.0).reshape(3, 4)
torch.arange(24.0).reshape(2, 3, 4).transpose(0, 2)
torch.arange(6).reshape(2, 3).t()
torch.arange(1100.0)
torch.arange(1002.0).reshape(6, 167)
torch.arange(1400).reshape(7, 200)
torch.arange(1400).reshape(200, 7)
torch.arange(1400.0).reshape(200, 7) / 7
torch.arange(2048.0).reshape(8, 2, 8, 16)
torch.arange(2048).reshape(2, 8, 16, 8) > 5
torch.arange(2048.0).reshape(2, 8, 16, 8) * 1e-3
torch.arange(2000.0) / 1e4
torch.tensor(2.0, requires_grad=True)
torch.tensor([1.0, 2.0], requires_grad=True)
torch.tensor([1.0, 2.0], requires_grad=True) * 2
torch.tensor([[1.0, 2.0]], requires_grad=True).sum()
torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True).exp()
torch.tensor([[1.25, 2.0], [3.0, 4.0]], requires_grad=True).t()
torch.tensor([1.0, 2.0], requires_grad=True).detach()
torch.arange(8.0, requires_grad=True) + 0.125
torch.arange(9.0, requires_grad=True) / 3
torch.arange(10.0, requires_grad=True) / 3
torch.arange(10.0, dtype=torch.float64, requires_grad=True) / 3
torch.zeros(12, requires_grad=True)
torch.zeros(13, requires_grad=True)
torch.zeros(14, requires_grad=True)
torch.zeros(15, requires_grad=True)
torch.zeros(16, requires_grad=True)
torch.zeros(9, dtype=torch.float64, requires_grad=True)
torch.zeros(17, dtype=torch.float64, requires_grad=True)
torch.zeros(2, 13, dtype=torch.float64, requires_grad=True)
torch.zeros(2000, dtype=torch.float64, requires_grad=True)
torch.zeros(5, 0, requires_grad=True) * 2
str(torch.tensor([1.5]))
torch.tensor([1.5]).__repr__()
[torch.tensor(1.5), torch.tensor(2)]
torch.zeros(2, 3).shape
torch.zeros(2, 3).size()
torch.zeros(()).shape
format(torch.tensor(2.5), ".3f")
format(torch.tensor(2.5), "")
format(torch.tensor(2.5, requires_grad=True), ">8")
format(torch.tensor(3), "05d")
format(torch.tensor(1e10))
format(torch.tensor(True))
format(torch.tensor([1.0, 2.0]))
format(torch.tensor([1.0]), ".2f")
format(torch.tensor(3), "s")
""".strip().splitlines()

# What `set_printoptions` is called with, one call after another, before the same few tensors are printed.
OPTIONS = [
    [{"precision": 2}],
    [{"precision": 0}],
    [{"precision": 10}],
    [{"threshold": 5}],
    [{"threshold": 0}],
    [{"threshold": 5, "edgeitems": 1}],
    [{"threshold": 5, "edgeitems": 0}],
    [{"edgeitems": 5}],
    [{"linewidth": 40}],
    [{"linewidth": 10}],
    [{"linewidth": 200}],
    [{"sci_mode": True}],
    [{"sci_mode": False}],
    [{"sci_mode": True}, {"precision": 2}],
    [{"profile": "short"}],
    [{"profile": "full"}],
    [{"profile": "full", "precision": 1}],
    [{"profile": "short"}, {"profile": "default"}],
    [{"precision": 7}, {"profile": "unknown"}],
]
SHOWN = """
torch.tensor(1.23456789)
torch.tensor([0.0, nan, inf])
torch.tensor([[1.0, 20.0], [300.0, 4000.0]])
torch.tensor([1.23456789, 1e-6, 12345.678])
torch.arange(12.0, requires_grad=True) / 8
torch.arange(24).reshape(2, 12)
torch.zeros(0, 2, dtype=torch.int32)
""".strip().splitlines()

# Printed in all these line widths, to see where each of its parts still fits.
BREAKING = "torch.tensor([1.5, 2.5, 3.5, 4.5], dtype=torch.float64, requires_grad=True) * 1.5"
LINE_WIDTHS = range(18, 90)

DTYPES = ["float16", "float32", "float64", "int64", "int32", "int16", "int8", "uint8", "bool"]
SHAPES = [(), (1,), (7,), (13,), (40,), (2, 3), (4, 9), (3, 1, 2), (2, 2, 2, 2), (1100,), (9, 130), (3, 20, 30)]
POWERS = {e: float(f"1e{e}") for e in range(-33, 34)}


def arrays(seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays of all these shapes and dtypes, of many magnitudes and spreads, some with zeros, infinities or nan."""
    chance = random.Random(seed)
    made = {}
    for dtype in map(np.dtype, DTYPES):
        for shape in SHAPES:
            array = floats(chance, shape, dtype) if dtype.kind == "f" else integers(chance, shape, dtype)
            made[f"{dtype} {list(shape)}"] = np.asarray(array, dtype)
    return made


def uniform(chance: random.Random, shape: tuple) -> np.ndarray:
    return np.array([chance.random() for _ in range(math.prod(shape))]).reshape(shape)


def integers(chance: random.Random, shape: tuple, dtype: np.dtype) -> np.ndarray:
    count = 2 if dtype.kind == "b" else chance.choice([2, 10, 100])
    return np.floor(uniform(chance, shape) * count) - (count // 2 if dtype.kind == "i" else 0)


def floats(chance: random.Random, shape: tuple, dtype: np.dtype) -> np.ndarray:
    magnitude = chance.randint(-2, 3) if dtype == np.float16 or chance.randrange(2) else chance.randint(-30, 30)
    spread = chance.choice([0, 0, 1, 3])
    exponents = magnitude + np.floor(uniform(chance, shape) * (2 * spread + 1)) - spread
    array = (uniform(chance, shape) - 0.3) * np.vectorize(POWERS.get, otypes=[float])(exponents)
    if chance.randrange(3) == 0:
        array = np.round(array)
    if chance.randrange(3) == 0:
        array = np.where(uniform(chance, shape) < 0.25, chance.choice([0.0, -0.0, np.nan, np.inf, -np.inf]), array)
    return np.clip(array, -60000, 60000) if dtype == np.float16 else array


def text(torch, expression: str) -> str:
    try:
        value = eval(expression, {"torch": torch, "nan": float("nan"), "inf": float("inf")})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return value if isinstance(value, str) else repr(value)


def shown(torch, calls: list[dict]) -> list[str]:
    try:
        for options in calls:
            torch.set_printoptions(**options)
        return [text(torch, expression) for expression in SHOWN]
    finally:
        torch.set_printoptions(profile="default")


def expressions(torch) -> dict[str, str]:
    return {expression: text(torch, expression) for expression in EXPRESSIONS}


def options(torch) -> dict[str, list[str]]:
    return {json.dumps(calls): shown(torch, calls) for calls in OPTIONS}


def line_widths(torch) -> dict[str, str]:
    try:
        texts = {}
        for width in LINE_WIDTHS:
            torch.set_printoptions(linewidth=width)
            texts[str(width)] = text(torch, BREAKING)
        return texts
    finally:
        torch.set_printoptions(profile="default")


def printed(torch) -> dict[str, str]:
    return {title: repr(torch.from_numpy(array)) for title, array in arrays().items()}


def main() -> None:
    import torch

    if torch.__version__.split("+")[0] != VERSION:
        sys.exit(f"the record is of torch {VERSION}; this is {torch.__version__}")
    record = {"torch": VERSION}
    record |= {"expressions": expressions(torch), "options": options(torch)}
    record |= {"line widths": line_widths(torch), "arrays": printed(torch)}
    FILE.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
