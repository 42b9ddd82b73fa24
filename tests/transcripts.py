"""Runs the small programs of programs/*.py, in whatever is called `torch`, and returns what each of them prints.

A file holds many programs, each under a `# %% title`; what PyTorch printed is in a `.out` beside it, under the same
titles. A program ends where it raises.
"""

from __future__ import annotations

import copy
import gc
import io
import re
import sys
import warnings
import weakref
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np

PROGRAMS = Path(__file__).parent / "programs"
STEMS = sorted(path.stem for path in PROGRAMS.glob("*.py"))


def attempt(compute) -> None:
    """Prints what `compute` gives, or the error that it raises."""
    try:
        print(compute())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def nodes(tensor) -> str:
    """The graph behind a tensor in one line: `AddBackward0(MulBackward0(AccumulateGrad, -), -)`."""

    def walk(node) -> str:
        if node is None:
            return "-"
        behind = ", ".join(walk(function) for function, _ in node.next_functions)
        name = node.name().removeprefix("torch::autograd::")
        return f"{name}({behind})" if behind else name

    return walk(tensor.grad_fn)


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^# %% (.*)\n", text, flags=re.MULTILINE)
    titles = parts[1::2]
    assert len(set(titles)) == len(titles), f"two programs have the same title: {titles}"
    return dict(zip(titles, parts[2::2], strict=True))


def programs() -> list[tuple[str, str, str]]:
    """All of them: the file's stem, the title, the source."""
    return [
        (stem, title, source)
        for stem in STEMS
        for title, source in sections((PROGRAMS / f"{stem}.py").read_text(encoding="utf-8")).items()
    ]


def recorded(stem: str) -> dict[str, str]:
    return sections((PROGRAMS / f"{stem}.out").read_text(encoding="utf-8"))


def transcript(torch, title: str, source: str) -> str:
    """All that the program prints, warnings and a last error among it, without addresses and source positions."""
    out = io.StringIO()

    def show(message, category, *_):
        out.write(f"{category.__name__}: {message}\n")

    scope = {"__name__": "__main__", "torch": torch, "np": np, "copy": copy, "gc": gc, "weakref": weakref,
             "attempt": attempt, "nodes": nodes}  # fmt: skip
    with warnings.catch_warnings(), redirect_stdout(out), in_torchs_place(torch):
        warnings.simplefilter("always")
        warnings.showwarning = show
        try:
            exec(compile(source, f"<{title}>", "exec"), scope)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
        finally:
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
    text = re.sub(r" ?\(Triggered internally at [^)]*\)", "", out.getvalue())
    text = re.sub(r"(object|function \S+|function <lambda>) at 0x[0-9a-f]+", r"\1 at 0x...", text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


@contextmanager
def in_torchs_place(module):
    """`import torch` gives `module` for as long as this lasts."""
    others = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "torch"}
    sys.modules["torch"] = module
    sys.modules.update({name: m for name, m in others.items() if others.get("torch") is module})
    try:
        yield
    finally:
        now = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "torch"}
        sys.modules.update(others)
        if others.get("torch") is module:  # what the program made PyTorch import cannot be imported again
            sys.modules.update(now)


NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def same(found: str, expected: str) -> bool:
    """Equal to the letter, but for the last digits of numbers: another build of numpy may round them otherwise."""
    if NUMBER.split(found) != NUMBER.split(expected):
        return False
    pairs = zip(NUMBER.findall(found), NUMBER.findall(expected), strict=True)
    return all(
        a == b or ("." in b and len(a) == len(b) and abs(float(a) - float(b)) <= 1e-5 * abs(float(b))) for a, b in pairs
    )


def record(torch, stem: str) -> None:
    """Writes the `.out` of a file of programs."""
    torch.set_warn_always(True)  # otherwise a program's transcript depends on the programs before it
    lines = [f"What torch {torch.__version__.split('+')[0]} prints.\n"]
    for title, source in sections((PROGRAMS / f"{stem}.py").read_text(encoding="utf-8")).items():
        lines.append(f"\n# %% {title}\n{transcript(torch, title, source)}")
    (PROGRAMS / f"{stem}.out").write_text("".join(lines), encoding="utf-8")
