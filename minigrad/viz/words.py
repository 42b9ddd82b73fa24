"""A backward pass in words: what each step did, its formulas with the numbers in them, and the sums they add to."""

import re
from dataclasses import dataclass

import numpy as np

from .boxes import BLOCK, OPERATION, Box
from .numbers import norm, show_if_small, show_numbers, show_shape
from .read import operation_name
from .steps import LEAF, START, Passes, Sent, Step

MOST_TOLD = 4  # a node that sends to more inputs than this, such as cat's, is summed up
LONGEST_FILLED_IN = 120  # letters; a longer rule is easier to read without the numbers


@dataclass(frozen=True)
class Formula:
    """How one input's gradient was computed, and what became of it there."""

    target: str  # "w"
    rule: str  # "grad * other"; "" if there is none, or if it says no more than what is filled in
    filled_in: str  # "1.0 * 3.0"; "" if the numbers are too many
    result: str  # "3.0"
    fitted: str  # "summed from (32, 4) to (4,)"; "" if it had the shape and dtype of the input already
    total: str  # "2.0 + 3.0 = 5.0 (2 of 2 gradients)"; "" where only one gradient arrives

    def lines(self) -> list[str]:
        terms = " = ".join(filter(None, [self.rule, self.filled_in, self.result]))
        return [f"{self.target}: {terms}", *filter(None, [self.fitted, self.total and f"sum so far {self.total}"])]

    def __str__(self) -> str:
        return "; ".join(self.lines())


def title(passes: Passes) -> str:
    """What was recorded, in one line: "Backward from loss, 5 steps"."""
    starts = [step for step in passes.steps if step.kind == START]
    outputs = dict.fromkeys(step.called or name_of(passes, step.box) for step in starts)
    number = len({step.number for step in passes.steps})
    what = "Backward" if number == 1 else f"{number} backward passes"
    return f"{what} from {listed(list(outputs)) or 'nowhere'}, {count(len(passes.steps), 'step')}"


def as_text(passes: Passes) -> str:
    """All steps: what happened in a line each, and below it the formulas."""
    lines = [f"{title(passes)}:"]
    width = len(str(len(passes.steps)))
    for index in range(len(passes.steps)):
        lines.append(f"{index + 1:{width}}. {sentence(passes, index)}")
        lines.extend(" " * (width + 4) + str(formula) for formula in formulas(passes, index))
    return "\n".join(lines)


def sentence(passes: Passes, index: int) -> str:
    """What step `index` (from 0) did, in a sentence; one more for each hook that ran, and for what it freed."""
    step = passes.steps[index]
    tell = {START: tell_start, LEAF: tell_leaf}.get(step.kind, tell_node)
    before = [tell_hook(hook) for hook in step.hooks if hook.kind in ("tensor hook", "prehook")]
    after = [tell_hook(hook) for hook in step.hooks if hook.kind not in ("tensor hook", "prehook")]
    freed = [f"It freed its saved {listed(step.freed)}."] if step.freed else []
    words = " ".join([*before, tell(passes, index), *after, *freed])
    return words[0].upper() + words[1:] if words.startswith(("the ", "a leaf in ")) else words


def tell_start(passes, index):
    step = passes.steps[index]
    several = any(other.number != step.number for other in passes.steps)
    what = f"Pass {step.number}" if several else "Backward"
    again = any(other.kind == START and other.number == step.number for other in passes.steps[:index])
    name = step.called or name_of(passes, step.box, step.number)
    return f"{what} starts {'also ' * again}at {name} with the gradient {show(step.gradient)}."


def tell_node(passes, index):
    step = passes.steps[index]
    gradients = step.gradients or (step.gradient,)
    got = "no gradient" if all(each is None for each in gradients) else listed([show(each) for each in gradients])
    if step.error:
        return f"{runner(passes, step)} ran backward: it got {got} and failed, and the pass with it: {step.error}."
    sent = [tell_sent(passes, index, place) for place, sent in enumerate(step.sent) if arrived(sent)]
    nothing = [target_of(passes, step, sent) for sent in step.sent if not arrived(sent)]
    if len(sent) > MOST_TOLD:
        targets = [target_of(passes, step, sent) for sent in step.sent if arrived(sent)][: MOST_TOLD - 1]
        sent = [f"gradients to {listed([*targets, f'{len(sent) - len(targets)} more inputs'])}"]
    clauses = [f"{runner(passes, step)} ran backward: it got {got} and sends {listed(sent) or 'nothing on'}"]
    if nothing and sent:
        clauses.append(f"nothing goes to {listed(nothing)}")
    untracked = untracked_names(passes, step)
    if len(untracked) > MOST_TOLD:
        clauses.append(f"its {len(untracked)} untracked inputs get nothing")
    elif untracked:
        is_untracked = "is untracked and gets" if len(untracked) == 1 else "are untracked and get"
        clauses.append(f"{listed(untracked)} {is_untracked} nothing")
    return "; ".join(clauses) + "."


def tell_sent(passes, index, place):
    sent = passes.steps[index].sent[place]
    notes = []
    if sent.gradient is not None and sent.gradient.shape != sent.fitted.shape:
        notes.append(f"summed to its shape {show_shape(sent.fitted.shape)}")
    arrival = passes.arrivals[index, place]
    if arrival.number > 1:
        notes.append(f"the sum there is now {show(sent.total)}")
    if arrival.number < arrival.expected:
        notes.append(f"which waits for {arrival.expected - arrival.number} more")
    words = f"{show(sent.fitted)} to {target_of(passes, passes.steps[index], sent)}"
    return f"{words} ({', '.join(notes)})" if notes else words


def tell_leaf(passes, index):
    step = passes.steps[index]
    name = runner(passes, step)
    if step.gradient is None:
        return f"No gradient reached {name}; its .grad is {show(step.after)}."
    if not step.node and not (step.before is None and step.after is not None):  # another engine may do as it likes
        grad = "stays" if same(step.before, step.after) else f"was {show(step.before)} and is now"
        return f"{name} has its whole gradient, {show(step.gradient)}; its .grad {grad} {show(step.after)}."
    if same(step.before, step.after) and (step.after is None or np.any(step.gradient)):
        return (
            f"{name} has its whole gradient, {show(step.gradient)}, which autograd.grad hands to its caller; "
            f".grad stays {show(step.after)}."
        )
    if step.before is None:
        return f"{name} has its whole gradient: its .grad was None and is now {show(step.after)}."
    total = show_sum(step.before, step.gradient, step.after)
    return f"{name} has its whole gradient, which is added to its .grad: {total}."


def tell_hook(hook):
    what = f"The {hook.kind} {hook.name}".rstrip()
    if hook.before is None and hook.after is None:
        return f"{what} ran."
    if same(hook.before, hook.after):
        return f"{what} saw {show(hook.before)} and left it."
    return f"{what} turned {show(hook.before)} into {show(hook.after)}."


def formulas(passes: Passes, index: int) -> list[Formula]:
    """How step `index` (from 0) computed what it sent, one Formula for each input that got a gradient."""
    return [formula(passes, index, place) for place, sent in enumerate(passes.steps[index].sent) if arrived(sent)]


def formula(passes, index, place):
    sent = passes.steps[index].sent[place]
    rule, filled_in = sent.rule, sent.filled_in if len(sent.filled_in) <= LONGEST_FILLED_IN else ""
    result = show(sent.fitted if sent.gradient is None else sent.gradient)
    if re.sub("‹[^›]*›", "", filled_in) == rule:
        rule = ""  # the shapes are all that was filled in: no need to say the rest twice
    if filled_in == result:
        filled_in = ""
    arrival, total = passes.arrivals[index, place], ""
    if arrival.expected > 1:
        total = show_sum(arrival.before, sent.fitted, sent.total)
        total += f" ({arrival.number} of {arrival.expected} gradients)"
    return Formula(target_of(passes, passes.steps[index], sent), rule, filled_in, result, how_fitted(sent), total)


def how_fitted(sent: Sent) -> str:
    """What was done to a gradient so that it has the shape and the dtype of the input that it is for."""
    if sent.gradient is None or sent.fitted is None:
        return ""
    old, new = sent.gradient, sent.fitted
    changes = []
    if old.shape != new.shape:
        changes.append(f"summed from {show_shape(old.shape)} to {show_shape(new.shape)}")
    if old.dtype != new.dtype:
        changes.append(f"converted from {old.dtype} to {new.dtype}")
    return " and ".join(changes)


def arrived(sent):
    return sent.fitted is not None


def runner(passes: Passes, step: Step) -> str:
    """What to call the node of a step: "mul", "mul (t)" if its result has a name, "mul in 12 × Block" if folded."""
    this = passes.boxes[step.box]
    if is_folded(this):
        what = step.called or "a leaf"
        if step.kind != LEAF:
            what = operation_name(step.node) + (f" ({step.called})" if step.called else "")
        return f"{what} in {name_of(passes, step.box)}"
    if not this.operation:
        return this.name or f"the {this.kind}"
    return f"{this.operation} ({this.name})" if this.name else this.operation


def name_of(passes: Passes, box: int, number: int = 0) -> str:
    """What to call any box: "t", "mul", or "the add of step 5" where several adds have no name.

    The step is one of pass `number`, where the box runs in it.
    """
    this = passes.boxes[box]
    if this.name and not is_folded(this):
        return this.name
    what = this.operation or this.kind
    alike = [box for box in passes.boxes if (box.operation or box.kind) == what and (is_folded(box) or not box.name)]
    if len(alike) == 1:
        return what if this.operation else f"the {what}"
    first = passes.first_runs.get((number, box), passes.first_runs.get((0, box)))
    return f"the {what} in line {box + 1}" if first is None else f"the {what} of step {first + 1}"


def target_of(passes: Passes, step: Step, sent: Sent) -> str:
    """What to call the box that something is sent to."""
    if sent.called:
        return sent.called
    inside = sent.target == step.box and is_folded(passes.boxes[step.box])
    return "another node inside" if inside else name_of(passes, sent.target, step.number)


def is_folded(box: Box) -> bool:
    """Whether a box stands for several nodes: a block, or the leaves that play the same part in one."""
    return box.kind == BLOCK or (box.kind != OPERATION and box.operation != "")


def untracked_names(passes, step):
    """The caller's names of a step's untracked inputs where they are known, else those that the rules have."""
    sources = passes.boxes[step.box].inputs
    boxes = [None if source is None else passes.boxes[source] for source in sources]
    untracked = [box for box in boxes if box is None or not box.is_tracked]
    if len(untracked) != len(step.untracked):
        return list(step.untracked)
    return [box.name if box and box.name else name for box, name in zip(untracked, step.untracked)]


def show(array):
    """A gradient as one reads it out: the numbers of a small one, shape and norm of a large one."""
    if array is None:
        return "None"
    return show_if_small(array) or f"{show_shape(array.shape)} of norm {show_numbers(norm(array))}"


def show_sum(before, added, total):
    """ "2.0 + 3.0 = 5.0"; of what is too large to print, or was no plain sum, the total alone."""
    small = [show_if_small(array) if array is not None else "" for array in (before, added, total)]
    if all(small) and before.shape == added.shape and same(before + added, total):
        term = f"({small[1]})" if small[1].startswith("-") else small[1]
        return f"{small[0]} + {term} = {small[2]}"
    return show(total)


def same(one, other):
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")


def listed(words) -> str:
    """ "a", "a and b", "a, b and c"."""
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
