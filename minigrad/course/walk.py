"""The backward passes of an engine of the learner's own, noted as plain data while a case runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from minigrad.viz.read import operation_name
from minigrad.viz.steps import LEAF, NODE, START

MOST_TENSORS = 60  # of one graph, and
MOST_ELEMENTS = 100  # of one tensor: larger ones are nothing to look at
MOST_STEPS = 5000  # of all passes; a walk that runs nodes again and again does not come to an end
MISSING = object()


class Walks:
    """What an engine did in each `backward()`, as plain data: the tensors of the graph, what each node got and gave.

    An engine that is built in another way than the lesson's runs as ever, and nothing is noted.
    """

    def __init__(self) -> None:
        self.tensors: list[Any] = []  # inputs first
        self.place: dict[int, int] = {}  # of each of them in the list, by id
        self.boxes: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self.count = 0
        self.is_walking = False
        self.is_complete = True

    def walk(self, backward, tensor, *args, **kwargs):
        """Call the engine's `backward(tensor, ...)` while its nodes are listened to."""
        if self.is_walking or not self.is_complete:
            return backward(tensor, *args, **kwargs)
        with ExitStack() as listening:
            self.is_walking = True
            listening.callback(setattr, self, "is_walking", False)
            try:
                self.begin(listening, tensor, *args, **kwargs)
            except Exception:  # whatever the learner's classes do when they are looked at
                self.is_complete = False
            return backward(tensor, *args, **kwargs)

    def begin(self, listening: ExitStack, tensor, gradient=None) -> None:
        self.count += 1
        graph = behind(tensor)
        for each in graph:
            if id(each) not in self.place:
                self.place[id(each)] = len(self.tensors)
                self.tensors.append(each)
                self.boxes.append(self.box(each))
        self.note(START, tensor, gradient=np.ones(np.shape(tensor.data)) if gradient is None else gradient)
        for each in graph:
            if each.grad_fn is not None:
                listening.enter_context(replaced(each.grad_fn, "backward", self.heard(each)))
            elif each.requires_grad:
                listening.callback(self.note, LEAF, each, before=plain(each.grad))

    def box(self, tensor) -> dict[str, Any]:
        node = tensor.grad_fn
        return {
            "operation": operation_name(str(node.name())) if node else "",
            "value": plain(tensor.data),
            "requires_grad": bool(tensor.requires_grad),
            "inputs": [self.place[id(input)] for input in node.inputs] if node else [],
        }

    def heard(self, tensor):
        """The backward of a tensor's node, which also notes what the node gets and gives."""
        backward = tensor.grad_fn.backward

        def heard(grad):
            results = backward(grad)
            if isinstance(results, Iterator):  # which can be gone through once
                results = tuple(results)
            self.note(NODE, tensor, results, gradient=grad)
            return results

        return heard

    def note(self, kind: str, tensor, results=(), **arrays) -> None:
        try:
            if len(self.steps) == MOST_STEPS:
                raise ValueError("too many steps")
            if kind == LEAF:
                arrays["after"] = tensor.grad
            inputs = tensor.grad_fn.inputs if kind == NODE else ()
            sent = [[self.place[id(input)], plain(part)]
                    for input, part in zip(inputs, results, strict=False) if input.requires_grad]  # fmt: skip
            told = {name: plain(array) for name, array in arrays.items()}
            self.steps.append({"kind": kind, "box": self.place[id(tensor)], "number": self.count, "sent": sent, **told})
        except Exception:  # as above
            self.is_complete = False

    def described(self, variables: dict[str, object]) -> dict[str, Any]:
        """All that was noted, as JSON can hold it; {} if that is nothing. `variables` are those of the program."""
        if not self.is_complete or not self.steps:
            return {}
        names = {id(value): name for name, value in reversed(variables.items())}
        return {
            "boxes": [{**box, "name": names.get(id(each), "")} for each, box in zip(self.tensors, self.boxes)],
            "steps": self.steps,
        }


@contextmanager
def listening(engine: object, walks: Walks) -> Iterator[None]:
    """Note in `walks` each call of `engine.backward`, a method of the learner's class of tensors."""
    backward = getattr(engine, "backward", None)
    if not isinstance(engine, type) or not callable(backward):
        yield
        return
    with replaced(engine, "backward", lambda tensor, *args, **kwargs: walks.walk(backward, tensor, *args, **kwargs)):
        yield


@contextmanager
def replaced(owner, name: str, value) -> Iterator[None]:
    """Set an attribute of an object or a class for the time of the block."""
    before = vars(owner).get(name, MISSING)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def behind(tensor) -> list[Any]:
    """A tensor and all that it was computed from, inputs first; ValueError if that is too much to look at."""
    found: list[Any] = []
    seen = {id(tensor)}
    waiting = [(tensor, iter(inputs_of(tensor)))]
    while waiting:
        each, inputs = waiting[-1]
        following = next((input for input in inputs if id(input) not in seen), None)
        if following is None:
            found.append(each)
            waiting.pop()
        elif len(seen) == MOST_TENSORS:
            raise ValueError("too large a graph")
        else:
            seen.add(id(following))
            waiting.append((following, iter(inputs_of(following))))
    return found


def inputs_of(tensor) -> tuple[Any, ...]:
    return () if tensor.grad_fn is None else tuple(tensor.grad_fn.inputs)


def plain(array) -> Any:
    """An array, or what may stand for one, as numbers in lists; None for none."""
    if array is None:
        return None
    array = np.asarray(array, dtype=float)
    if array.size > MOST_ELEMENTS:
        raise ValueError("too large a tensor")
    return array.tolist()
