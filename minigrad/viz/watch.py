"""A backward pass as it runs: for each node what came in, what its rules gave, what went out, which hooks fired.

The engine tells an observer each of these things at its moment (graph.Observer). Gradients are copied there and then,
since the engine goes on to use their memory.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import GraphRoot
from ..grad_mode import mode
from ..graph import AccumulateGrad, Node, Observer
from .rules import filled_in, input_names, rule_text
from .steps import LEAF, NODE, START, Hook, Sent, Step

MOST_STEPS = 20_000
TOO_LONG = (
    f"more than {MOST_STEPS} steps of backward passes ran, too many to go through: "
    "watch fewer of them, such as one pass, or a smaller graph"
)

Edge = tuple[Node, int]


@dataclass
class Seen:
    """One node as it ran: what will be a Step once it is known which box stands for which node."""

    kind: str
    node: Node
    number: int
    output: int = 0  # of a start: at which output of the node
    gradients: tuple[np.ndarray | None, ...] = (None,)  # of each output
    before: np.ndarray | None = None
    after: np.ndarray | None = None
    inputs: tuple[str, ...] = ()
    rules: list[tuple[str, str]] = field(default_factory=list)  # of each input: as text, and filled in
    given: list[np.ndarray | None] = field(default_factory=list)  # what each rule gave
    sent: list[tuple[Edge, np.ndarray, np.ndarray]] = field(default_factory=list)  # where to, fitted, the sum there
    hooks: list[Hook] = field(default_factory=list)
    keeps: tuple[str, ...] = ()  # the names of the tensors that the node has saved
    freed: tuple[str, ...] = ()
    error: str = ""

    @property
    def gradient(self) -> np.ndarray | None:
        """The first that arrived."""
        return next((gradient for gradient in self.gradients if gradient is not None), None)


class PassWatcher(Observer):
    """Sees all backward passes of one thread; a step is listed when it is done, so after what ran inside it."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.thread = threading.get_ident()
        self.passes: list[object] = []  # the engine's tasks, kept so that no two of them can be taken for one
        self.running: list[Seen] = []  # the innermost last: a hook may start another pass
        self.last: dict[int, Seen] = {}  # pass -> the node of it that ran last: it may not have sent everything yet

    def around(self, node, step):
        running = mode.backward.running
        runs = running is None or node in running or isinstance(node, AccumulateGrad)
        if not runs or not self.listens():
            return step()
        seen = Seen(NODE, node, self.number())
        if isinstance(node, AccumulateGrad):
            seen.kind, seen.before = LEAF, copied(node.variable._grad)
        else:
            self.note_what_was_freed()
            seen.keeps, seen.inputs = names_of_saved_tensors(node), input_names(node)
        self.running.append(seen)
        try:
            grad, results = step()
            if seen.kind == LEAF:
                seen.gradients = (copied(grad),)
                told = [hook.before for hook in seen.hooks if hook.kind == "post-accumulate hook"]
                seen.after = told[0] if told else copied(node.variable._grad)
        except BaseException as error:
            seen.error = f"{type(error).__name__}: {error}".strip(": ")
            raise
        finally:
            self.running.pop()
            self.seen.append(seen)
            if seen.kind == NODE:
                self.last[seen.number] = seen
        return grad, results

    def ran(self, node, grad, results):
        if self.running and self.running[-1].node is node and self.listens():
            seen = self.running[-1]
            seen.gradients = tuple(map(copied, grad)) if isinstance(grad, list) else (copied(grad),)
            if seen.kind == NODE:  # now, since a node may be freed right after
                seen.given = [copied(result) for result in results or ()]
                seen.rules = [
                    (rule_text(node, i), filled_in(node, i, grad)) if result is not None else ("", "")
                    for i, result in enumerate(results or ())
                ]

    def hooked(self, kind, hook, before, after):
        if self.running and self.listens():
            name = getattr(hook, "__name__", type(hook).__name__)
            self.running[-1].hooks.append(Hook(name, kind, *what_a_hook_changed(before, after)))

    def sent(self, node, edge, grad, total):
        if not self.listens():
            return
        number = self.number()
        if isinstance(node, GraphRoot):
            self.note_what_was_freed()
            if not self.running:
                self.last.clear()  # what is freed from now on was freed by this pass
            self.seen.append(Seen(START, edge[0], number, edge[1], (copied(grad),)))
        elif number in self.last:
            self.last[number].sent.append((edge, copied(grad), copied(total)))

    def listens(self) -> bool:
        """Not to the passes that give tangents in forward mode."""
        return mode.forward is None and len(self.seen) <= MOST_STEPS and threading.get_ident() == self.thread

    def number(self) -> int:
        """Which of the passes seen the one is that is running, from 1."""
        task = mode.backward
        if not any(task is known for known in self.passes):
            self.passes.append(task)
        return 1 + next(index for index, known in enumerate(self.passes) if known is task)

    def note_what_was_freed(self) -> None:
        """The engine frees a node after it has sent everything, so it is looked at when the next one runs."""
        for seen in self.last.values():
            if seen.keeps and not seen.freed and getattr(seen.node, "_saved", None) is None:
                seen.freed = seen.keeps

    def finished(self) -> list[Seen]:
        """Everything seen, once no pass is running any more. Raises ValueError if that is not all there was to see."""
        if len(self.seen) > MOST_STEPS:
            raise ValueError(TOO_LONG)
        self.note_what_was_freed()
        return self.seen


def steps_of(
    seen: Iterable[Seen],
    box_of: Callable[[Node, int], int | None],
    called: Callable[[Node, int, int], str],
) -> tuple[Step, ...]:
    """Steps in terms of boxes.

    `box_of` says for a node, in a step, which box stands for it, and `called` what a result of it is called where the
    box does not say. Nodes without a box are left out.
    """
    slots: dict[Edge, int] = {}  # a number for each sum that gradients are added to

    def slot(edge: Edge) -> int:
        return slots.setdefault(edge, len(slots))

    steps = []
    for at, each in enumerate(seen):
        box = box_of(each.node, at)
        if box is None:
            continue
        edges = each.node.next_functions if each.kind == NODE else ()
        sent, waiting = [], iter(each.sent)
        for name, (target, _), (rule, filled), given in zip(each.inputs, edges, each.rules, each.given):
            if target is None or given is None:
                continue
            edge, fitted, total = next(waiting, ((target, 0), None, None))
            its_box = box_of(target, at)
            if its_box is not None:
                name_there = called(edge[0], edge[1], at)
                sent.append(Sent(its_box, name, rule, filled, given, fitted, total, slot(edge), name_there))
        steps.append(Step(
            each.kind, box, "" if each.kind == START else each.node.name(), each.number, each.gradient, tuple(sent),
            tuple(name for name, (target, _) in zip(each.inputs, edges) if target is None),
            tuple(each.hooks), each.freed, each.before, each.after,
            slot((each.node, each.output)) if each.kind == START else 0,
            called(each.node, each.output if each.kind == START else -1, at),
            each.gradients if len(each.gradients) > 1 else (), each.error,
        ))
    return tuple(steps)


def names_of_saved_tensors(node: Node) -> tuple[str, ...]:
    if not node._guards:
        return ()
    guarded = [id(tensor) for tensor, _ in node._guards]
    names = node.saved_names or [f"tensor {i}" for i in range(len(node._saved or ()))]
    return tuple(name for name, value in zip(names, node._saved or ()) if id(value) in guarded)


def what_a_hook_changed(before: Any, after: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Hooks on nodes get a tuple of gradients: the first that is different afterwards, or else the first there is."""
    if not isinstance(before, tuple):
        return before, copied(after)
    pairs = [(old, copied(new)) for old, new in zip(before, after) if old is not None]
    changed = ((old, new) for old, new in pairs if new is None or not np.array_equal(old, new, equal_nan=True))
    return next(changed, pairs[0] if pairs else (None, None))


def copied(value: Any) -> np.ndarray | None:
    """The numbers of a tensor or an array, in memory of their own."""
    return None if value is None else np.array(getattr(value, "array", value))
