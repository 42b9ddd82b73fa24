"""A row of the derivative table becomes an operation: compute with numpy and, if an input is tracked, leave a node.

A row is a numpy function and, for each input, the textbook formula of its gradient:

    mul = binary("MulBackward0", np.multiply, self=lambda grad, other: grad * other,
                                              other=lambda grad, self: grad * self)

The names a formula asks for are what it needs saved: an input, `result`, another argument, or `self_sym_sizes` (the
input's shape, which saves no memory). What the formulas of the inputs *that require grad* ask for is saved, no more.
Formulas are written in tensor operations, so running them under create_graph gives the second derivative for free.

Complex numbers need no formulas of their own: see `conjugates`.

`unary` and `binary` are written out for speed, since nearly everything runs through them; `operation` is the general
form and `view` the one for results that share their input's memory. All end in `attach`.
"""

import contextvars
import inspect
import threading

import numpy as np

from .arrays import array_rule
from .dtypes import from_numpy_dtype, get_default_dtype, result_numpy_dtype
from .grad_mode import keep_tangents, levels, mode
from .graph import FREED, Node, Version, gradient_edge, guard, next_sequence_nr, seam
from .real_only import of_real_numbers
from .tensor import ASK_BASE, Tensor, wrap
from .views import share

DETACHED = ("Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, "
            "please use out-of-place `.detach()` instead")
ROWS = {}  # name of a node class -> the class: every row of the derivative table

ndarray, _new = np.ndarray, object.__new__


class RowNode(Node):
    """The node of an operation in the table; `row` makes a subclass for each."""

    __slots__ = ()
    inputs = ()  # the names of the inputs, in the order of next_functions
    rules = ()  # for each input its formula as the table has it
    picks = ()  # for each rule, which of the saved values it takes
    array_rules = None  # for each input a function of (grad, saved) over arrays, made when first needed
    asks = {}  # input -> the names its rule asks for
    places = ()  # where the inputs are among the operation's arguments
    getters = ()  # for each saved name how to get it: see `_getter`
    plans = {}  # which inputs are tracked -> the getters of what is then saved, None for what is not
    numbers_are_operands = False  # whether a saved number stands for a tensor: `x * 2` shows its 2 as tensor(2)
    frees = ()  # the inputs whose rules have tensors saved; True if all do
    result_at = None  # where in `_saved` the result is
    has_array_backward = True

    def backward(self, grad, needed=None):
        saved, results = self.unpack(), []
        if self.output_dtype.kind == "c":
            saved = conjugates(saved)
        for rule, pick, (target, _) in zip(self.rules, self.picks, self.next_functions):
            wanted = target is not None and (needed is None or target in needed)
            results.append(rule(grad, *[saved[i] for i in pick]) if wanted else None)
        return results

    def array_backward(self, grad, needed=None):
        """`backward` with arrays for tensors: the same gradients at a fraction of the time, but without a graph.

        `unpack` and the usual numbers of inputs are written out here, since nearly every step of a pass is this.
        """
        saved, edges, rules = self._saved, self.next_functions, self.array_rules or self.make_array_rules()
        if saved is None:
            raise RuntimeError(FREED)
        for tensor, version in self._guards:
            counter = tensor._counter
            if counter is not None and counter.value != version:
                saved = self._unpack_one_by_one()
                break
        if self.output_dtype.kind == "c":
            saved = conjugates(saved)
        if len(edges) == 1:  # tracked, or there would be no node
            return (rules[0](grad, saved),)
        if len(edges) == 2 and needed is None:
            (first, _), (second, _) = edges
            return (None if first is None else rules[0](grad, saved), None if second is None else rules[1](grad, saved))
        return [
            rule(grad, saved) if target is not None and (needed is None or target in needed) else None
            for rule, (target, _) in zip(rules, edges)]

    def without_gradient(self):
        self.unpack()  # which refuses what was freed or changed, needed or not
        return super().without_gradient()

    def _unpack_one_by_one(self):
        for tensor, version in self._guards:
            if version is not None and tensor._counter is not None:  # neither packed nor never changed
                if tensor._counter.value % 1 > version % 1:  # see graph.py's VersionSinceDetached
                    raise RuntimeError(DETACHED)
                self._checked(tensor, version)
        return super()._unpack_one_by_one()

    @classmethod
    def plan(cls, tracked):
        """How to save what the rules of these inputs ask for, worked out once for each choice of inputs."""
        asked = {name for input, flag in zip(cls.inputs, tracked) if flag for name in cls.asks[input]}
        plan = tuple(get if name in asked else None for name, get in zip(cls.saved_names, cls.getters))
        cls.plans[tracked] = plan
        return plan

    @classmethod
    def make_array_rules(cls):
        cls.array_rules = tuple(array_rule(rule, pick) for rule, pick in zip(cls.rules, cls.picks))
        return cls.array_rules

    def release(self):
        if self.frees is True or self.frees and any(
                node is not None and name in self.frees for name, (node, _) in zip(self.inputs, self.next_functions)):
            self._saved, self._guards = None, ()

    def _shown(self, name, value):
        if isinstance(value, NUMBERS) and self.numbers_are_operands:
            return wrap(np.asarray(value))
        if name == "indices" and isinstance(value, tuple):
            return tuple(None if isinstance(index, slice) else wrap(np.asarray(index)) for index in value)
        return _unsigned(value) if name.startswith(("dim", "index", "shift", "ignore", "padding")) else value


class ResultRowNode(RowNode):
    """The same for rows whose rules ask for the result.

    It is saved without its edge, or node and result would hold each other; for a double backward it gets the edge back.
    """

    __slots__ = ()

    def unpack(self):
        saved, at = super().unpack(), self.result_at
        if not mode.enabled or saved[at] is None:
            return saved
        return (*saved[:at], self._with_edge(saved[at]), *saved[at + 1 :])

    def saved_value(self, i):
        value = super().saved_value(i)
        return value if i != self.result_at or value is None else self._with_edge(value)

    def _with_edge(self, saved):
        result = wrap(saved.array)
        result._counter, result._requires_grad, result._edge = saved._counter, True, (self, 0)
        if levels:
            keep_tangents(saved, result)
        return result

    def _origin(self, value):
        return (self, 0) if value is self._saved[self.result_at] else super()._origin(value)


def conjugates(saved):
    """What a node with a complex result has saved, for its rules: complex numbers are conjugated.

    The gradient of a real loss L by z = x + iy is, in PyTorch, dL/dx + i dL/dy: the direction in which L grows fastest.
    Behind a function f with a derivative it is ``grad * conj(f'(z))``, and for every formula that mathematics has,
    conj(f'(z)) is f' of conj(z). So the textbook's rule serves, given the conjugates of what it asks for.
    https://docs.pytorch.org/docs/stable/notes/autograd.html#autograd-for-complex-numbers
    """
    return [
        conj(value) if isinstance(value, Tensor) and value.array.dtype.kind == "c" else
        value.conjugate() if isinstance(value, complex) else value
        for value in saved]


def row(name, inputs, rules, tensors=("result",)):
    """Make the node class for one row of the table and list it in ROWS."""
    asks = {input: parameters_of(rule)[1:] for input, rule in rules.items()}
    saved_names = tuple(dict.fromkeys(n for names in asks.values() for n in names))
    asked = [n for names in asks.values() for n in names if n in inputs or n in tensors]
    frees = tuple(input for input in inputs if not set(asks[input]).isdisjoint(asked))
    if frees == inputs or len(set(asked)) < len(asked):  # PyTorch always saves what several rules ask for
        frees = True
    kind = ROWS[name] = type(name, (ResultRowNode if "result" in saved_names else RowNode,), {
        "__slots__": (), "__module__": "builtins",
        "inputs": inputs, "asks": asks, "saved_names": saved_names, "plans": {}, "frees": frees,
        "rules": tuple(rules[input] for input in inputs),
        "picks": tuple([saved_names.index(n) for n in asks[input]] for input in inputs),
        "result_at": saved_names.index("result") if "result" in saved_names else None,
    })
    return kind


def unary(name, forward, *, int_to_float=False, self):
    """A function of one tensor, element by element."""
    kind = row(name, ("self",), {"self": self})
    keeps_self, keeps_result = "self" in kind.saved_names, "result" in kind.saved_names
    kind.getters, kind.places = _getters(kind.saved_names, ("self",)), (0,)
    compute = of_real_numbers(name, forward)
    if keeps_self and keeps_result:
        raise TypeError(f"{name}: a unary row saves its input or its result, not both; use operation()")

    def operation(self, *more):
        if more:  # as PyTorch words it; for what has a table row, no wrapper explains what is wrong with a call
            raise TypeError(f"TensorBase.{_called(name)}() takes no arguments ({len(more)} given)")
        try:
            a = self.array
        except AttributeError:
            raise not_a_tensor(_called(name), "input", 1, self) from None
        if int_to_float and a.dtype.kind not in "fc":
            a = to_float(a)
        array = quiet.run(compute, a)
        result = wrap(array if array.__class__ is ndarray else np.asarray(array))
        if seam.computed is not None:
            seam.computed(name, (self,), result, kind)
        tracked = self._requires_grad
        if tracked and mode.enabled and (tracked is True or self.requires_grad):
            saved = guards = ()
            if keeps_self or keeps_result:
                kept = self if keeps_self else saved_result(result)
                saved, guards = (kept,), (guard(kept),)
            return attach(result, kind, (self._edge or gradient_edge(self),), saved, guards)
        return result

    return _as_operation(operation, name, kind, forward)


def binary(name, forward, *, int_to_float=False, self, other):
    """A function of two tensors, or of a tensor and a number, element by element, with broadcasting.

    Called with anything else the operation returns NotImplemented: it serves as `Tensor.__mul__` as it is.
    """
    kind = row(name, ("self", "other"), {"self": self, "other": other})
    constants = (1,) if "alpha" in kind.saved_names else ()  # the one constant: add and sub have other * alpha
    kind.numbers_are_operands = not constants
    for_self, for_other = kind.asks["self"], kind.asks["other"]
    self_for_self, other_for_self = "self" in for_self, "other" in for_self
    self_for_other, other_for_other = "self" in for_other, "other" in for_other
    other_first = kind.saved_names[:1] == ("other",)
    kind.getters, kind.places = _getters(kind.saved_names, ("self", "other", "alpha")), (0, 1)

    def operation(self, other):
        a = self.array
        if isinstance(other, Tensor):
            b, track_other, is_tensor = other.array, other._requires_grad, True
            if a.dtype is not b.dtype or (int_to_float and a.dtype.kind not in "fc"):
                a, b = promoted(a, b, int_to_float)
        else:
            b, track_other, is_tensor = other, False, False
            if other.__class__ is not float or a.dtype.kind != "f":
                a, b = with_number(a, other, int_to_float)
                if b is NotImplemented:
                    return b
        try:
            array = quiet.run(forward, a, b)
        except ValueError:
            raise broadcast_error(a.shape, b.shape) from None
        result = wrap(array if array.__class__ is ndarray else np.asarray(array))
        if seam.computed is not None:
            seam.computed(name, (self, other, *constants), result, kind)
        track_self = self._requires_grad
        if not (track_self or track_other) or not mode.enabled:
            return result

        if track_self is ASK_BASE:
            track_self = self.requires_grad
        if track_other is ASK_BASE:
            track_other = other.requires_grad
        if not (track_self or track_other):
            return result
        edges = (
            (self._edge or gradient_edge(self)) if track_self else NOWHERE,
            (other._edge or gradient_edge(other)) if track_other else NOWHERE)
        if constants:
            return attach(result, kind, edges, constants, ())
        saved_self, saved_other, guards = None, None, ()
        if (track_self and self_for_self) or (track_other and self_for_other):
            saved_self, guards = self, (guard(self),)
        if (track_self and other_for_self) or (track_other and other_for_other):
            saved_other = other if is_tensor else b
            if is_tensor:
                guards = (guard(other), *guards)  # PyTorch looks at it first
        saved = (saved_other, saved_self) if other_first else (saved_self, saved_other)
        return attach(result, kind, edges, saved, guards)

    return _as_operation(operation, name, kind, forward)


NOWHERE = (None, 0)


def operation(name, forward, *, promote=False, extra=(), tensors=(), **rules):
    """The general form: any number of tensors and other arguments, all by position, in the order of `forward`'s.

    `forward` gets arrays for tensors, brought to one dtype and shape if `promote`. It returns an array, or a tuple: the
    result and, named in `extra`, further outputs that are not differentiable. `tensors` names those other arguments
    that PyTorch saves as tensors: a backward that does not retain the graph frees them.
    """
    parameters, compute = parameters_of(forward), of_real_numbers(name, forward)
    kind = row(name, tuple(p for p in parameters if p in rules), rules, ("result", *extra, *tensors))
    kind.getters = _getters(kind.saved_names, (*parameters, *extra))
    kind.places = tuple(parameters.index(p) for p in kind.inputs)

    def operation(*arguments):
        arrays = [x.array if isinstance(x, Tensor) else x for x in arguments]
        if promote:
            arrays = _promoted_arguments(parameters, arrays, kind.inputs)
        output = quiet.run(compute, *arrays)
        if not extra:
            result = wrap(output if output.__class__ is ndarray else np.asarray(output))
            if seam.computed is not None:
                seam.computed(name, arguments, result, kind)
            return record(kind, result, arguments) if mode.enabled else result
        first, *others = [wrap(np.asarray(array)) for array in output]
        if seam.computed is not None:
            seam.computed(name, arguments, (first, *others), kind)
        return (record(kind, first, (*arguments, *others)), *others)

    return _as_operation(operation, name, kind, forward)


def _promoted_arguments(parameters, arrays, inputs):
    """The arguments with those that are differentiable inputs brought to their common dtype."""
    operands = [a for p, a in zip(parameters, arrays) if p in inputs and a is not None]
    kind = result_numpy_dtype(*operands)
    broadcast(*map(np.shape, operands))
    return [np.asarray(a).astype(kind, copy=False) if p in inputs and a is not None else a
            for p, a in zip(parameters, arrays)]


def view(name, forward, *, self):
    """An operation on one tensor whose result shares its memory."""
    parameters = parameters_of(forward)
    kind = row(name, ("self",), {"self": self})
    kind.getters, kind.places, kind.is_view = _getters(kind.saved_names, parameters), (0,), True
    plan = kind.plan((True,))

    def operation(*arguments):
        source = arguments[0]
        result = wrap(forward(source.array, *arguments[1:]))
        if seam.computed is not None:
            seam.computed(name, arguments, result, kind)
        tracked = source._requires_grad
        if tracked and mode.enabled and (tracked is True or source.requires_grad):
            saved = tuple([arguments[get] if get.__class__ is int else get(arguments, result) for get in plan])
            attach(result, kind, (source._edge or gradient_edge(source),), saved, ())
        share(source, result)
        return result

    return _as_operation(operation, name, kind, forward)


def record(kind, result, arguments):
    """Attach a node to `result` if an input is tracked; returns `result`."""
    edges = []
    for place in kind.places:
        x = arguments[place]
        flag = x._requires_grad if isinstance(x, Tensor) else False
        edges.append((x._edge or gradient_edge(x)) if flag is True or (flag and x.requires_grad) else NOWHERE)
    tracked = tuple([edge is not NOWHERE for edge in edges])
    if True not in tracked or not mode.enabled or result.array.dtype.kind not in "fc":
        return result
    saved = tuple([
        arguments[get] if get.__class__ is int else get and get(arguments, result)
        for get in kind.plans.get(tracked) or kind.plan(tracked)])
    guards = tuple([guard(value) for value in saved if isinstance(value, Tensor)])
    return attach(result, kind, tuple(edges), saved, guards)


def without_history(name, array, *inputs):
    """The result of an operation that no gradient goes through, such as a comparison."""
    result = wrap(np.asarray(array))
    if seam.computed is not None:
        seam.computed(name, inputs, result)
    return result


def attach(result, kind, next_functions, saved, guards):
    """Make `result` the output of a new node."""
    node = _new(kind)
    node.next_functions = next_functions
    node._saved = saved
    node._guards = guards
    node.sequence_nr = next_sequence_nr()
    array = result.array
    node.output_shape = array.shape
    node.output_dtype = array.dtype
    node._hooks = None
    result._requires_grad = True
    result._edge = (node, 0)
    if seam.made is not None:
        seam.made(node)
    return result


def _getters(saved_names, parameters):
    """For each name that a rule asks for, how to get it: an argument's place, or a function of (arguments, result)."""
    return tuple(_getter(name, parameters) for name in saved_names)


def _getter(name, parameters):
    if name == "result":
        return lambda arguments, result: saved_result(result)
    if name.endswith("_sym_sizes"):
        i = parameters.index(name.removesuffix("_sym_sizes"))
        return lambda arguments, result: arguments[i].array.shape
    if name.endswith("_sym_numel"):
        i = parameters.index(name.removesuffix("_sym_numel"))
        return lambda arguments, result: arguments[i].array.size
    return parameters.index(name)


def _as_operation(operation, name, kind, forward):
    """The function with its name, and with what rules, backward and tests look up on it."""
    operation.__name__ = operation.__qualname__ = _called(name)
    operation.node, operation.forward, kind.operation = kind, forward, staticmethod(operation)
    return operation


def _called(kind_name):
    """The function's name in error messages: ExpBackward0 is exp."""
    return kind_name.partition("Backward")[0].lower()


def parameters_of(function):
    """The names of a function's parameters; `inspect.signature` would take a tenth of the time of the import."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return tuple(inspect.signature(function).parameters) if code is None else code.co_varnames[: code.co_argcount]


def _unsigned(value):
    """How PyTorch shows a saved dimension: -1 as the largest unsigned integer."""
    if isinstance(value, tuple):
        return tuple(_unsigned(part) for part in value)
    return value % 2**64 if isinstance(value, int) else value


def saved_result(result):
    """The result as its own node may hold it: without the edge, but with the same version counter."""
    twin = wrap(result.array)
    twin._counter = result._counter = result._counter or Version()
    if levels:
        keep_tangents(result, twin)
    return twin


class _Quiet(threading.local):
    """numpy's floating-point warnings off, as PyTorch has none: for one call, or for as long as a with block lasts.

    numpy keeps that setting in the current context. Running one call in a context of our own costs 30 ns, a with block
    200, `np.errstate` 1500; and `np.seterr` would change it for the user.
    """

    def __init__(self):
        outside = contextvars.copy_context()
        with np.errstate(all="ignore"):
            inside = contextvars.copy_context()
        self.run = inside.run  # quiet.run(f, *arguments)
        self._setting = next(setting for setting in inside if inside[setting] is not outside.get(setting))
        self._off = inside[self._setting]
        self._before = []

    def __enter__(self):
        self._before.append(self._setting.set(self._off))

    def __exit__(self, *exception):
        self._setting.reset(self._before.pop())


quiet = _Quiet()


conj = unary("ConjBackward0", np.conjugate, self=lambda grad: conj(grad))


def named(function, name, doc):
    """The function, with a name and a docstring that it did not get where it was written."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def kind_name(value):
    """What errors call the type of a value: numpy's types have their module's name before them."""
    return "numpy." * (type(value).__module__ == "numpy") + type(value).__name__


def not_a_tensor(function, argument, position, value):
    kind = kind_name(value)
    return TypeError(f"{function}(): argument '{argument}' (position {position}) must be Tensor, not {kind}")


def need_tensors(function, **arguments):
    """TypeError for what is no tensor among the first arguments of a function, given in their order."""
    for position, (name, argument) in enumerate(arguments.items(), 1):
        if not isinstance(argument, Tensor):
            raise not_a_tensor(function, name, position, argument)


# What to compute with when dtypes differ: see dtypes.py for the rules.

NUMBERS = (bool, int, float, complex, np.generic)


def to_array(x):
    return x.array if isinstance(x, Tensor) else x


def to_float(array):
    """Integers become the default dtype before a function that has no integer values."""
    return array if array.dtype.kind in "fc" else array.astype(get_default_dtype().numpy)


def promoted(a, b, int_to_float=False):
    """Two arrays in the dtype that PyTorch combines them in."""
    kind = a.dtype if a.dtype == b.dtype else result_numpy_dtype(a, b)
    if int_to_float and kind.kind not in "fc":
        kind = get_default_dtype().numpy
    return a.astype(kind, copy=False), b.astype(kind, copy=False)


def with_number(a, number, int_to_float=False):
    """An array and a Python number, the same way; (a, NotImplemented) if it is no number."""
    if isinstance(number, np.generic):
        number = number.item()
    if not isinstance(number, NUMBERS):
        return a, NotImplemented
    if a.dtype.kind == "c" or a.dtype.kind == "f" and not isinstance(number, complex):
        return a, number
    kind = result_numpy_dtype(a, number)
    if int_to_float and kind.kind != "c":
        kind = get_default_dtype().numpy
    a = a.astype(kind, copy=False)
    if isinstance(number, int) and kind.kind in "iu":
        number = int(np.array(number & (2**64 - 1), np.uint64).astype(kind))  # wraps around, as integers do there
    return a, number


def broadcast(*shapes):
    """The shape that these are broadcast to; RuntimeError if they do not fit."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise broadcast_error(*shapes[:2]) from None


def broadcast_error(a, b):
    """PyTorch's words for two shapes that do not broadcast: the last dimension that disagrees."""
    for offset in range(1, min(len(a), len(b)) + 1):
        m, n = a[-offset], b[-offset]
        if m != n and 1 not in (m, n):
            return RuntimeError(f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton "
                                f"dimension {max(len(a), len(b)) - offset}")
    return RuntimeError(f"cannot combine shapes {list(a)} and {list(b)}")


def title(array):
    """How PyTorch's errors call an array's dtype."""
    return from_numpy_dtype(array.dtype).title
