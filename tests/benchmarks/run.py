"""Times minigrad beside hand-written numpy, PyTorch and HIPS autograd, on one thread, and prints a table of ratios.

    python tests/benchmarks/run.py [--quick]

It is no test: nothing fails. PyTorch and HIPS autograd (`pip install torch autograd`) are measured where they are
installed. Repetitions of all libraries are interleaved, so that whatever else the machine does slows all of them;
what is shown is the ratio of the medians to that of hand-written numpy.
"""

# ruff: noqa: E402
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is imported

import argparse
import importlib.util
import statistics
import subprocess
import sys
import time
import tracemalloc
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import works

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
COLUMNS = ["minigrad", "PyTorch", "HIPS autograd"]
LARGEST = ((784, 512, 512, 10), 256)
# name, work, goal (None: there is none), repetitions
WORKS = [
    ("100 multiplications in a chain", works.chain, 3.5, 400),
    ("MLP 2-16-16-1, batch 100", partial(works.mlp, sizes=(2, 16, 16, 1), batch=100), 2.2, 400),
    ("MLP 64-128-128-10, batch 128", partial(works.mlp, sizes=(64, 128, 128, 10), batch=128), 1.35, 200),
    ("MLP 784-512-512-10, batch 256", partial(works.mlp, sizes=LARGEST[0], batch=LARGEST[1]), 1.1, 25),
    ("training step, Adam and cross-entropy", works.training_step, None, 200),
    ("two convolutions, 8x8, batch 32", works.convolution_step, None, 100),
    ("self-attention, 4 heads of 16 tokens, batch 8", works.attention_step, None, 200),
]


def torches() -> dict:
    """The libraries that are used as PyTorch is."""
    import minigrad

    found = {"minigrad": minigrad}
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        found["PyTorch"] = torch
    return found


def hips():
    if not importlib.util.find_spec("autograd"):
        return None
    import autograd
    import autograd.numpy as np

    return SimpleNamespace(grad=autograd.grad, sum=np.sum, mean=np.mean, dot=np.dot, tanh=np.tanh)


def medians(contenders: dict, repetitions: int) -> dict:
    """Seconds for each, from interleaved repetitions."""
    times = {name: [] for name in contenders}
    for repetition in range(repetitions + 3):
        for name, work in contenders.items():
            start = time.perf_counter()
            work()
            if repetition >= 3:  # the first ones warm up
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def agree(contenders: dict) -> None:
    """All libraries have to compute the same gradients, or there is nothing to compare."""
    expected = contenders["numpy"]()
    for name, work in contenders.items():
        found = work()
        if expected is not None:
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(np.asarray(a), b, rtol=1e-3, atol=1e-5, err_msg=name)


def seconds_to_import(module: str) -> float:
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)


def import_times(modules: dict, repetitions: int) -> dict:
    times = {name: [] for name in modules}
    for _ in range(repetitions):
        for name, module in modules.items():
            times[name].append(seconds_to_import(module))
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def peak_memory(work) -> int:
    """Bytes that a step adds, at its peak, to what was there before: of Python's and numpy's memory."""
    work()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak - before


def nanoseconds_per_node(length: int) -> float:
    """Of minigrad's backward through a chain of additions."""
    import minigrad

    x = minigrad.zeros(1, requires_grad=True)
    y = x
    for _ in range(length):
        y = y + 1
    start = time.perf_counter()
    y.backward()
    return (time.perf_counter() - start) / length * 1e9


def show(work: str, times: dict, unit: str, goal: float | None) -> None:
    limit = times.get("numpy")
    cells = [f"{times[name] / limit:.2f}x" if name in times else "-" for name in COLUMNS]
    line = f"{work:<40}{unit:>12}" + "".join(f"{cell:>15}" for cell in cells)
    missed = goal and times["minigrad"] / limit > goal
    print(line + (f"{f'{goal:g}x':>8}" if goal else "") + (" missed" if missed else ""), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    share = 10 if parser.parse_args().quick else 1
    libraries, other = torches(), hips()
    missing = [name for name in COLUMNS if name not in libraries and not (other and name == "HIPS autograd")]
    if missing:
        print(f"not installed here, so not measured: {', '.join(missing)}")
    print(f"{'forward and backward':<40}{'numpy':>12}" + "".join(f"{c:>15}" for c in COLUMNS) + f"{'goal':>8}")
    for name, work, goal, repetitions in WORKS:
        contenders = work(libraries, other)
        agree(contenders)
        times = medians(contenders, max(repetitions // share, 5))
        show(name, times, f"{times['numpy'] * 1e6:.0f} us", goal)
    modules = {"numpy": "numpy", "minigrad": "minigrad", "PyTorch": "torch", "HIPS autograd": "autograd"}
    present = {name: module for name, module in modules.items() if importlib.util.find_spec(module)}
    times = import_times(present, max(15 // share, 3))
    show("import", times, f"{times['numpy'] * 1e3:.0f} ms", 1.3)
    contenders = works.mlp(libraries, other, *LARGEST)
    contenders.pop("PyTorch", None)  # whose memory is not Python's
    peaks = {name: peak_memory(work) for name, work in contenders.items()}
    show("peak memory of the largest MLP's step", peaks, f"{peaks['numpy'] / 2**20:.1f} MB", 1.15)
    short, long = (statistics.median(nanoseconds_per_node(n) for _ in range(3)) for n in (10_000, 1_000_000))
    print(f"backward of one node in a chain of 10,000 takes {short:.0f} ns; in one of 1,000,000, {long:.0f} ns, "
          f"{long / short:.2f}x as long (goal 1.3x)")  # fmt: skip


if __name__ == "__main__":
    main()
