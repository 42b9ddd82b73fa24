"""What a check runs leaves no trace: whatever it may have changed in this process is put back."""

import os
import random
import sys
import types
from contextlib import contextmanager

import numpy as np

import minigrad as torch
from minigrad.operators import printing
from minigrad.random import default_generator

MANY = 2_000_000  # elements of the learner's tensors that are copied, to be put back


@contextmanager
def untouched(objects):
    """Run the block as in a fresh process: gradients recorded, float32 by default; put everything back afterwards.

    `objects` are the learner's: what their functions see as globals is put back too, tensors and containers included.
    """
    put_back = [_process(), _modes(), *(_namespace(space) for space in namespaces(objects))]
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    printing.set_printoptions(profile="default")
    try:
        yield
    finally:
        for step in put_back:
            step()


def _process():
    """Streams, random numbers, numpy's and Python's settings."""
    streams, folder, depth, variables = (sys.stdout, sys.stderr), os.getcwd(), sys.getrecursionlimit(), dict(os.environ)
    states = random.getstate(), np.random.get_state(), np.geterr(), np.get_printoptions()

    def put_back():
        sys.stdout, sys.stderr = streams
        os.chdir(folder)
        sys.setrecursionlimit(depth)
        if dict(os.environ) != variables:
            os.environ.clear()
            os.environ.update(variables)
        random.setstate(states[0])
        np.random.set_state(states[1])
        np.seterr(**states[2])
        np.set_printoptions(**states[3])

    return put_back


def _modes():
    """minigrad's own: random state, grad mode, default dtype, print options, and its functions and classes."""
    random_state, grad, dtype = default_generator.get_state(), torch.is_grad_enabled(), torch.get_default_dtype()
    options = printing.get_printoptions()
    changes = replaced()
    put_originals()

    def put_back():
        put_originals()
        for owner, name, value in changes:
            if value is GONE:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
        default_generator.set_state(random_state)
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
        printing.set_printoptions(**options)

    return put_back


def _functions(owner) -> dict:
    """What a learner can reach there and the engine never changes: functions, classes, methods."""
    kinds = property | types.MemberDescriptorType | types.GetSetDescriptorType
    return {name: value for name, value in vars(owner).items() if callable(value) or isinstance(value, kinds)}


GONE = object()
PUBLIC = {torch: "torch", torch.Tensor: "torch.Tensor", torch.autograd: "torch.autograd"}
PRISTINE = {owner: _functions(owner) for owner in PUBLIC}


def names_replaced() -> list[str]:
    """Public names of what somebody has replaced in minigrad in this process."""
    return [f"{PUBLIC[owner]}.{name}" for owner, name, _ in replaced()]


def replaced() -> list:
    """What somebody has put in place of minigrad's own functions: (owner, name, what is there now)."""
    return [(owner, name, vars(owner).get(name, GONE)) for owner, originals in PRISTINE.items()
            for name in differing(vars(owner), originals)]


def differing(space, originals: dict) -> list[str]:
    """The names of `originals` that mean something else in `space`."""
    found = space.get
    return [name for name, value in originals.items() if found(name, GONE) is not value]


def put_originals() -> None:
    """Put minigrad's own functions back."""
    for owner, name, _ in replaced():
        setattr(owner, name, PRISTINE[owner][name])


def namespaces(objects):
    """The globals of the learner's functions, each once."""
    found = {}
    for item in objects:
        for function in (item, *(vars(item).values() if isinstance(item, type) else ())):
            if isinstance(function, types.FunctionType):
                found[id(function.__globals__)] = function.__globals__
    return list(found.values())


def _namespace(space: dict):
    """The names of a namespace, and what is in its containers and tensors."""
    names = dict(space)
    steps, left = [], MANY
    for name, value in names.items():
        if name.startswith("__"):  # Python's own, __builtins__ among them
            continue
        if type(value) in (list, dict, set, bytearray):
            steps.append(_container(value))
        elif issubclass(type(value), torch.Tensor | np.ndarray):
            left -= value.size if issubclass(type(value), np.ndarray) else value.array.size
            if left >= 0:
                steps.append((_array if issubclass(type(value), np.ndarray) else _tensor)(value))

    def put_back():
        for name in [name for name in space if name not in names]:
            del space[name]
        space.update(names)
        for step in steps:
            step()

    return put_back


def _container(value):
    copy = value.copy()
    fill = value.extend if isinstance(value, list | bytearray) else value.update

    def put_back():
        value.clear()
        fill(copy)

    return put_back


def _array(value):
    copy = value.copy()

    def put_back():
        if not np.array_equal(value, copy):
            value[...] = copy

    return put_back


def _tensor(value):
    """Its values, flag, gradient, history and version."""
    slots = [slot for slot in torch.Tensor.__slots__ if not slot.startswith("__")]
    before = {slot: getattr(value, slot) for slot in slots}
    version = value._version
    steps = [_array(value.array)] + ([_tensor(before["_grad"])] if before.get("_grad") is not None else [])

    def put_back():
        for slot, content in before.items():
            setattr(value, slot, content)
        if value._version != version:
            value._counter.value = version
        for step in steps:
            step()

    return put_back
