"""The same formula over arrays: what a derivative rule computes when nobody will differentiate it again.

A rule is written in operations on tensors, so that backward can itself be recorded. Usually it is not, and then
tensors would only cost time. A formula such as ``grad * (1 - result * result)`` is as true of numpy arrays; one that
names other operations of the table, ``expand(grad, self_sym_sizes)``, is so with their numpy functions in their places.
"""

import builtins
import dis
from types import CellType, CodeType, FunctionType, ModuleType

from .tensor import Tensor, wrap


def array_rule(rule, wanted):
    """A rule as a function of (gradient's array, saved values) that gives an array.

    `wanted` says which of the saved values the rule takes, by their places. Written out for none and for one, which
    most rules take, as this runs once for each input of each node.
    """
    on_arrays = over_arrays(rule)
    if on_arrays is None:  # the rule runs on tensors after all
        return lambda grad, saved: getattr(rule(wrap(grad), *[saved[i] for i in wanted]), "array", None)
    if not wanted:
        return lambda grad, saved: on_arrays(grad)
    if len(wanted) == 1:
        (i,) = wanted

        def of_one(grad, saved):
            value = saved[i]
            return on_arrays(grad, value.array if isinstance(value, Tensor) else value)

        return of_one
    return lambda grad, saved: on_arrays(grad, *[getattr(saved[i], "array", saved[i]) for i in wanted])


SHARED = {"T", "imag", "ndim", "real", "reshape", "shape"}  # attributes that mean the same for a tensor as for an array


def over_arrays(function):
    """`function` with arrays for tensors, or None if it asks of a tensor what an array does not have."""
    names, attributes = _mentioned(function.__code__, function.__globals__)
    if not attributes <= SHARED:
        return None
    code, scope = function.__code__, {"__builtins__": builtins}
    named = {name: function.__globals__.get(name) for name in names}
    named |= {name: cell.cell_contents for name, cell in zip(code.co_freevars, function.__closure__ or ())}
    for name, value in named.items():
        if hasattr(value, "forward"):
            value = getattr(value.forward, "__wrapped__", value.forward)  # gradients are floats: nothing to refuse
        elif isinstance(value, FunctionType):
            value = over_arrays(value)
            if value is None:
                return None
        elif isinstance(value, dict):
            return None  # operations by name, of which no array forms are looked for
        if value is not None:  # else a builtin
            scope[name] = value
    closure = tuple(CellType(scope.get(name)) for name in code.co_freevars)
    return FunctionType(code, scope, function.__name__, function.__defaults__, closure or None)


def _mentioned(code, scope):
    """The global names in some code, and the attributes that it asks of anything but modules."""
    mentioned, attributes, of_module = set(), set(), False
    for part in _parts(code):
        for step in dis.get_instructions(part):
            if step.opname == "LOAD_GLOBAL":
                mentioned.add(step.argval)
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and not of_module:
                attributes.add(step.argval)
            of_module = step.opname == "LOAD_GLOBAL" and isinstance(scope.get(step.argval), ModuleType)
    return mentioned, attributes


def _parts(code):
    """Some code, and that of the comprehensions and lambdas in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)
