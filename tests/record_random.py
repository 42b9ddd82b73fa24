"""What is drawn in the random tests; and, run as a program, PyTorch's numbers for it written down.

    python tests/record_random.py   needs torch 2.13; writes data/random.json; read the diff before committing it

A step is a method of `minigrad.random.Generator` with its arguments. `TorchGenerator` has the same methods and asks
PyTorch, so that one program runs on both.
"""

import base64
import json
import random
import sys
import zlib
from pathlib import Path

import numpy as np

VERSION = "2.13.0"
FILE = Path(__file__).parent / "data" / "random.json"

SEEDS = [0, 42, -1, 2**32 + 5, -(2**63), 12345678901234567890]

# Each with every size: below, at and beyond the 16 normals of a block, none, and more words than the twister holds.
SIZES = [1, 0, 5, 15, 16, 17, 32, 47, 700]
DRAWS = [
    *(("uniform", dtype) for dtype in ("float32", "float64", "float16")),
    *(("uniform", dtype, -0.3, 0.7) for dtype in ("float32", "float64", "float16")),
    *(("normal", dtype) for dtype in ("float32", "float64", "float16")),
    *(("normal", dtype, 0.3, 1.7) for dtype in ("float32", "float64", "float16")),
    *(("integers", low, high) for low, high in [(0, 10), (-5, 2**28 - 6), (0, 2**28), (-(2**63), 2**63 - 1)]),
    ("permutation",),
    ("bernoulli", 0.3),
]

LARGE = [("normal", (1_000_003,), "float32"), ("uniform", (100_003,), "float32", -2.5, 1.5), ("permutation", 60_000)]

ERRORS = [
    ("manual_seed", 2**64),
    ("manual_seed", -(2**63) - 1),
    ("manual_seed", 1.5),
    ("manual_seed", True),
    ("manual_seed", "1"),
    ("uniform", (2,), "float32", 3, 1),
    ("uniform", (2,), "float32", 2.5, 1.25),
    ("uniform", (2,), "int64"),
    ("normal", (2,), "float32", 0.0, -0.5),
    ("normal", (2,), "int32"),
    ("integers", 5, 5, (2,)),
    ("integers", 5, -3, (2,)),
    ("permutation", -1),
    ("bernoulli", (2,), 1.5),
    ("bernoulli", (2,), -0.25),
]


def program(seed: int) -> list[tuple]:
    """Sixty draws in a row, other ones for each seed, since each leaves the generator in another state for the next."""
    return random.Random(seed).sample([sized(draw, n) for draw in DRAWS for n in SIZES], 60)


def sized(draw: tuple, n: int) -> tuple:
    name, *rest = draw
    if name == "permutation":
        return name, n
    return (name, *rest, (n,)) if name == "integers" else (name, (n,), *rest)


def run(generator, step: tuple) -> np.ndarray:
    name, *arguments = step
    return getattr(generator, name)(*arguments)


def is_rounded_differently(step: tuple) -> bool:
    """float64 is exact only as far as numpy's logarithm, sine and cosine, and a multiply-add in two steps, are."""
    name, *arguments = step
    return "float64" in arguments and (name == "normal" or len(arguments) > 2)


def outcome(generator, step: tuple) -> str:
    try:
        return f"no error: {run(generator, step)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class TorchGenerator:
    """PyTorch's generator with the methods of minigrad's."""

    def __init__(self):
        import torch

        self.torch = torch
        self.generator = torch.Generator()
        self.manual_seed, self.initial_seed = self.generator.manual_seed, self.generator.initial_seed

    def empty(self, shape, dtype):
        return self.torch.empty(shape, dtype=getattr(self.torch, np.dtype(dtype).name))

    def uniform(self, shape, dtype, low=0.0, high=1.0):
        return self.empty(shape, dtype).uniform_(low, high, generator=self.generator).numpy()

    def normal(self, shape, dtype, mean=0.0, std=1.0):
        return self.empty(shape, dtype).normal_(mean, std, generator=self.generator).numpy()

    def integers(self, low, high, shape):
        return self.torch.randint(low, high, shape, generator=self.generator).numpy()

    def permutation(self, n):
        return self.torch.randperm(n, generator=self.generator).numpy()

    def bernoulli(self, shape, p):
        if isinstance(p, np.ndarray):
            return self.torch.bernoulli(self.torch.from_numpy(p), generator=self.generator).bool().numpy()
        return self.empty(shape, "float32").bernoulli_(p, generator=self.generator).bool().numpy()

    def get_state(self):
        return self.generator.get_state()


def summary(numbers: np.ndarray) -> list:
    """A few numbers from everywhere, and a checksum of the bytes of all."""
    return [*numbers[:: max(1, numbers.size // 4)].tolist(), zlib.crc32(numbers.tobytes())]


def checksum(generator) -> int:
    return zlib.crc32(generator.get_state().numpy().tobytes())


def main() -> None:
    import torch

    if torch.__version__.split("+")[0] != VERSION:
        sys.exit(f"the record is of torch {VERSION}; this is {torch.__version__}")
    generator = TorchGenerator()
    lines = [f'"torch": "{VERSION}"', f'"unseeded": {generator.initial_seed()}']
    for seed in SEEDS:
        generator.manual_seed(seed)
        start = checksum(generator)
        draws = [summary(run(generator, step)) for step in program(seed)]
        rows = ",\n  ".join(json.dumps(draw) for draw in draws)
        seeds = f'"initial_seed": {generator.initial_seed()}, "start": {start}, "end": {checksum(generator)}'
        lines.append(f'"{seed}": {{{seeds}, "draws": [\n  {rows}]}}')
    generator.manual_seed(3)
    lines.append(f'"large": {json.dumps([summary(run(generator, step)) for step in LARGE])}')
    generator.normal((3,), "float64")  # leaves the second number of a pair in the state
    state = base64.b64encode(zlib.compress(generator.get_state().numpy().tobytes())).decode()
    lines.append(f'"state": "{state}"')
    lines.append(f'"after_state": {generator.normal((5,), "float32").tolist()}')
    rows = ",\n  ".join(json.dumps(outcome(generator, step)) for step in ERRORS)
    lines.append(f'"errors": [\n  {rows}]')
    FILE.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
