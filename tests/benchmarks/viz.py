"""Times the pictures: drawing graphs of several sizes, tracing a backward pass, and the engine when nobody looks.

    python tests/benchmarks/viz.py [--quick]

It is no test: nothing fails. The last rows are what to compare between two versions of minigrad, run in turns on one
machine: they go through the engine's seam, which nobody watches there.
"""

from __future__ import annotations

import argparse
from functools import partial

from run import medians  # which has numpy use one thread

import minigrad as torch
from minigrad.viz import compare, draw, record, trace
from minigrad.viz.order import in_forward_order

# what, nodes, goal in ms (None: there is none), repetitions
DRAWN = [(10, None, 30), (60, 100, 20), (200, None, 10), (500, 2000, 5)]


def network(nodes: int):
    """A graph of that many nodes, with branches that join again: each value is computed from two of the last four."""
    leaves = [torch.tensor([0.5, -1.5], requires_grad=True) for _ in range(max(nodes // 10, 1))]
    values = [leaves[0] * 1.5]
    found = 2  # an operation, and its leaf
    while found < nodes:
        new = found % 10 == 0 and found // 10 < len(leaves)
        other = leaves[found // 10] if new else values[-4:][found % min(4, len(values))]
        values.append(values[-1] * other if found % 3 else (values[-1] + other).tanh())
        found = len(in_forward_order([values[-1].grad_fn]))
    return values[-1]


def chain(length: int):
    y = torch.tensor(1.0, requires_grad=True)
    for _ in range(length):
        y = y * 1.001
    return y


def backward_of_a_chain(length: int) -> None:
    chain(length).backward()


def show(work: str, seconds: float, goal: float | None = None, unit: str = "ms", scale: float = 1e3) -> None:
    line = f"{work:<56}{seconds * scale:>10.2f} {unit}"
    print(line + (f"   goal {goal:g} {unit}" if goal else "") + (" missed" if goal and seconds * scale > goal else ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a fifth of the repetitions")
    share = 5 if parser.parse_args().quick else 1
    for nodes, goal, repetitions in DRAWN:
        output = network(nodes)
        count = len(in_forward_order([output.grad_fn]))
        works = {"": partial(draw, output, fold=False)}
        if nodes <= 60:
            works |= {", saved values and rules too": partial(draw, output, fold=False, saved=True)}
        else:
            works |= {", folded": partial(draw, output, fold=True)}
        for what, seconds in medians(works, max(repetitions // share, 3)).items():
            show(f"draw {count} nodes{what}", seconds, goal)

    output = network(60)
    grad = torch.ones(2)
    both = trace(output, grad, retain_graph=True), trace(output, grad, retain_graph=True)
    works = {
        "trace 60 nodes": partial(trace, output, grad, retain_graph=True),
        "its filmstrip, as HTML": lambda: both[0].show()._repr_html_(),
        "its stepper, as HTML": lambda: both[0].step()._repr_html_(),
        "compare two such traces, as HTML": lambda: compare(*both)._repr_html_(),
        "record the same forward and backward": recorded,
    }
    for what, seconds in medians(works, max(10 // share, 3)).items():
        show(what, seconds)

    works = {"forward": partial(chain, 1000), "forward and backward": partial(backward_of_a_chain, 1000)}
    for what, seconds in medians(works, max(300 // share, 20)).items():
        show(f"one multiplication of a chain when nobody looks: {what}", seconds / 1000, unit="ns", scale=1e9)


def recorded() -> None:
    with record():
        network(60).backward(torch.ones(2))


if __name__ == "__main__":
    main()
