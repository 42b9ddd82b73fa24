"""A backward pass as it runs: for each node what came in, what its rules gave, what went out, which hooks fired.

The engine tells an observer each of these things at its moment (graph.Observer). Gradients are copied there and then,
since the engine goes on to use their memory.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import GraphRoot
from ..grad_mode import mode
from ..graph import AccumulateGrad, Node, Observer
from .rules import filled_in, input_names, rule_text
from .steps import LEAF, NODE, START, Hook, Sent, Step

MOST_STEPS = 5000

Edge = tuple[Node, int]


@dataclass
class Seen:
    """One node as it ran: what will be a Step once it is known which box stands for which node."""

    kind: str
    node: Node
    number: int
    output: int = 0  # of a start: at which output of the node
    gradient: np.ndarray | None = None
    before: np.ndarray | None = None
    after: np.ndarray | None = None
    rules: list[tuple[str, str]] = field(default_factory=list)  # of each input: as text, and filled in
    given: list[np.ndarray | None] = field(default_factory=list)  # what each rule gave
    sent: list[tuple[Edge, np.ndarray, np.ndarray]] = field(default_factory=list)  # where to, fitted, the sum there
    hooks: list[Hook] = field(default_factory=list)
    keeps: tuple[str, ...] = ()  # the names of the tensors that the node has saved
    freed: tuple[str, ...] = ()


class PassWatcher(Observer):
    """Sees all backward passes of the thread that made it."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.thread = threading.get_ident()
        self.passes: list[object] = []  # the engine's tasks, kept so that no two of them can be taken for one
        self.running: list[Seen] = []  # the innermost last: a hook may start another pass
        self.sending: dict[int, Seen] = {}  # pass -> the node of it that ran last

    def around(self, node, step):
        running = mode.backward.running
        runs = running is None or node in running or node.__class__ is AccumulateGrad
        if not runs or threading.get_ident() != self.thread or len(self.seen) >= MOST_STEPS:
            return step()
        number = self.number()
        is_leaf = node.__class__ is AccumulateGrad
        seen = Seen(LEAF if is_leaf else NODE, node, number)
        if is_leaf:
            seen.before = copied(node.variable._grad)
        else:
            self.note_what_was_freed(number)
            self.sending[number] = seen
            seen.keeps = names_of_saved_tensors(node)
        self.seen.append(seen)
        self.running.append(seen)
        try:
            grad, results = step()
        finally:
            self.running.pop()
        seen.gradient = first(grad)
        if is_leaf:
            seen.after = copied(node.variable._grad)
        else:  # now, since a node may be freed right after
            seen.given = [copied(result) for result in results]
            seen.rules = [
                (rule_text(node, i), filled_in(node, i, grad)) if result is not None else ("", "")
                for i, result in enumerate(results)
            ]
        return grad, results

    def sent(self, node, edge, grad, total):
        if threading.get_ident() != self.thread or len(self.seen) >= MOST_STEPS:
            return
        number = self.number()
        if isinstance(node, GraphRoot):
            self.seen.append(Seen(START, edge[0], number, edge[1], copied(grad)))
        elif number in self.sending:
            self.sending[number].sent.append((edge, copied(grad), copied(total)))

    def hooked(self, kind, hook, before, after):
        if self.running and threading.get_ident() == self.thread:
            name = getattr(hook, "__name__", type(hook).__name__)
            self.running[-1].hooks.append(Hook(name, kind, *what_a_hook_changed(before, after)))

    def number(self) -> int:
        """Which of the passes seen the one is that is running, from 1."""
        task = mode.backward
        if not any(task is known for known in self.passes):
            self.passes.append(task)
        return 1 + next(index for index, known in enumerate(self.passes) if known is task)

    def note_what_was_freed(self, number: int) -> None:
        """The engine frees a node after it has sent everything, so it is looked at when the next one runs."""
        seen = self.sending.get(number)
        if seen is not None and seen.keeps and getattr(seen.node, "_saved", None) is None:
            seen.freed = seen.keeps

    def finished(self) -> list[Seen]:
        """Everything seen, once no pass is running any more."""
        for number in list(self.sending):
            self.note_what_was_freed(number)
        return self.seen


def steps_of(seen: list[Seen], place: dict[Node, int]) -> tuple[Step, ...]:
    """Steps in terms of boxes; `place` says which box stands for a node. Nodes without a box are left out."""
    slots: dict[Edge, int] = {}  # a number for each sum that gradients are added to

    def slot(edge: Edge) -> int:
        return slots.setdefault(edge, len(slots))

    steps = []
    for each in seen:
        if each.node not in place:
            continue
        edges = each.node.next_functions if each.kind == NODE else ()
        names = input_names(each.node) if each.kind == NODE else ()
        sent, waiting = [], iter(each.sent)
        for name, (target, _), rule, given in zip(names, edges, each.rules, each.given):
            if target is None or given is None:
                continue
            edge, fitted, total = next(waiting, ((target, 0), None, None))
            if target in place:
                sent.append(Sent(place[target], name, *rule, given, fitted, total, slot(edge)))
        untracked = tuple(name for name, (target, _) in zip(names, edges) if target is None)
        steps.append(Step(
            each.kind, place[each.node], "" if each.kind == START else each.node.name(), each.number, each.gradient,
            tuple(sent), untracked, tuple(each.hooks), each.freed, each.before, each.after,
            slot((each.node, each.output)) if each.kind == START else 0,
        ))
    return tuple(steps)


def names_of_saved_tensors(node: Node) -> tuple[str, ...]:
    if not node._guards:
        return ()
    guarded = [id(tensor) for tensor, _ in node._guards]
    names = node.saved_names or [f"tensor {i}" for i in range(len(node._saved or ()))]
    return tuple(name for name, value in zip(names, node._saved or ()) if id(value) in guarded)


def what_a_hook_changed(before: Any, after: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Hooks on nodes get a tuple of gradients: the first that is another one afterwards, or else the first."""
    if not isinstance(before, tuple):
        return copied(before), copied(after)
    pairs = [(old, new) for old, new in zip(before, after) if old is not None]
    old, new = next((pair for pair in pairs if pair[0] is not pair[1]), pairs[0] if pairs else (None, None))
    return copied(old), copied(new)


def first(grad: Any) -> np.ndarray | None:
    """A node's gradient: with several outputs, of the first that got one."""
    if isinstance(grad, list):
        grad = next((part for part in grad if part is not None), None)
    return copied(grad)


def copied(value: Any) -> np.ndarray | None:
    """The numbers of a tensor or an array, in memory of their own."""
    return None if value is None else np.array(getattr(value, "array", value))
