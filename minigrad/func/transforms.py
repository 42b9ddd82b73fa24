"""grad, vjp and jvp: from a function, one derivative of it.

The function is called with tensors that stand for its arguments and differ from them only in that they are followed.
What it gives then depends on them alone, or also on tensors outside that require grad, such as parameters that it uses.
Only in the second case do results have a history outside.

Because backward records itself, and forward mode what runs inside it, each works inside each other one.
"""

import functools
import itertools
from contextlib import contextmanager

from .. import derivatives as d
from ..autograd.forward_ad import dual
from ..autograd.gradients import grad as gradients_of
from ..autograd.graph import disable_saved_tensors_hooks
from ..autograd.tangents import Level
from ..grad_mode import keep_tangents, levels, marking, mode, set_grad_enabled
from ..graph import INFERENCE, VersionOfArgument, begins_outside, version_counter
from ..operators.creation import zeros_like
from ..tensor import Tensor, refuse, wrap
from .trees import flatten, same_structure, unflatten

AUX = "{}: output of function f should be a tuple: (output, aux) if has_aux is True"
NO_HOOKS = ("torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with "
            "your use case.")
GRAD, VJP, JVP = "grad_and_value(f)(*args)", "vjp(f, *primals)", "jvp(f, primals, tangents)"


@contextmanager
def outside_inference_mode():
    """Derivatives are taken in inference mode as well; what comes of it is no inference tensor."""
    before, mode.inference = mode.inference, False
    try:
        yield
    finally:
        mode.inference = before


def grad(func, argnums=0, has_aux=False):
    """The function that gives the gradient of `func`, which returns a 0-d tensor.

    argnums  by which argument, or by which ones for a tuple; an argument is a tensor, or holds some
    has_aux  `func` returns a pair, and so does the gradient: the second of each is passed on as it is

    >>> import minigrad as torch
    >>> grad(lambda x: x**3)(torch.tensor(2.0)), grad(grad(lambda x: x**3))(torch.tensor(2.0))
    (tensor(12.), tensor(12.))
    """
    derivative = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args, **kwargs):
        found, value = derivative(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func, argnums=0, has_aux=False):
    """The same, which returns also the value: ``(gradient, value)``; with `has_aux`, ``(gradient, (value, aux))``.

    >>> import minigrad as torch
    >>> grad_and_value(torch.sum)(torch.tensor([1.0, 2.0]))
    (tensor([1., 1.]), tensor(3.))
    """

    @functools.wraps(func)
    @outside_inference_mode()
    def gradient_and_value(*args, **kwargs):
        with _running(), disable_saved_tensors_hooks(NO_HOOKS):
            args, inputs, structure = _followed(args, argnums)
            output, aux = _with_aux(func(*args, **_unfollowed(kwargs)), has_aux, GRAD)
        refuse(not isinstance(output, Tensor) and f"{GRAD}: Expected f(*args) to return a Tensor, got {type(output)}")
        refuse(output.dim() != 0 and f"{GRAD}: Expected f(*args) to return a scalar Tensor, got tensor with "
               f"{output.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?")
        found = _backward([output], inputs, None, retain_graph=None, create_graph=_depends_outside([output]))
        found, output = unflatten(_left(found), structure), _left([output])[0]
        return (found, (output, _left_tree(aux))) if has_aux else (found, output)

    return gradient_and_value


def vjp(func, *primals, has_aux=False):
    """``func(*primals)``, and a function that multiplies a vector with the Jacobian; with `has_aux` also the aux.

    That function takes one cotangent of the shape of the output, in a tree of them if it is one, and returns a tuple:
    for each of `primals` a product of its shape.

    >>> import minigrad as torch
    >>> value, times_jacobian = vjp(torch.sin, torch.tensor([0.0, 1.0]))
    >>> times_jacobian(torch.tensor([1.0, 10.0]))
    (tensor([1.0000, 5.4030]),)
    """
    return vjp_by(func, primals, None, has_aux)


@outside_inference_mode()
def vjp_by(func, primals, argnums, has_aux):
    """The same by some of the arguments; None for all."""
    with _running(), disable_saved_tensors_hooks(NO_HOOKS):
        primals, inputs, structure = _followed(primals, argnums)
        output, aux = _with_aux(func(*primals), has_aux, VJP)
    outputs, output_structure = flatten(output)
    _check_outputs(outputs, VJP)
    for x in outputs:
        refuse(x.array.dtype.kind not in "fc" and "vjp(f, ...): All outputs of f must be floating-point or complex "
               f"Tensors, got Tensor with dtype {x.dtype}")

    @outside_inference_mode()
    def times_jacobian(cotangents, retain_graph=True, create_graph=None):
        vectors, given = flatten(cotangents)
        refuse(not same_structure(given, output_structure) and "Expected pytree structure of cotangents to be the same "
               f"as pytree structure of outputs to the function. cotangents: {given}, primal output: "
               f"{output_structure}")
        recorded = mode.enabled if create_graph is None else create_graph
        recorded = recorded and _depends_outside([*outputs, *vectors])
        return unflatten(_left(_backward(outputs, inputs, vectors, retain_graph, recorded)), structure)

    left = unflatten(_left(outputs), output_structure)
    return (left, times_jacobian, *([_left_tree(aux)] if has_aux else []))


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    """``func(*primals)`` and the Jacobian times `tangents`, in the shapes of the outputs, by forward mode.

    primals, tangents  tuples of the same structure, of tensors or of what holds some
    strict             RuntimeError, instead of zeros, for an output that does not depend on the inputs

    >>> import minigrad as torch
    >>> jvp(torch.sin, (torch.tensor([0.0, 1.0]),), (torch.tensor([1.0, 10.0]),))
    (tensor([0.0000, 0.8415]), tensor([1.0000, 5.4030]))
    """
    return jvp_by(func, primals, tangents, None, strict, has_aux)


@outside_inference_mode()
def jvp_by(func, primals, tangents, argnums, strict, has_aux):
    """The same by some of the arguments; None for all."""
    refuse(not isinstance(primals, tuple) and f"{JVP}: Expected primals to be a tuple. E.g. it should be valid to call "
           "f(*primals).")
    values, structure = flatten(primals if argnums is None else chosen(primals, argnums))
    directions, given = flatten(tangents)
    refuse(not same_structure(structure, given) and f"{JVP}: Expected primals and tangents to have the same python "
           "structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with "
           f"structure {structure} and tangents with structure {given}")
    for what, tensors in (("primals", values), ("tangents", directions)):
        refuse(not tensors and f"{JVP}: Expected {what} to contain at least one Tensor.")
        for x in tensors:
            refuse(not isinstance(x, Tensor) and f"{JVP}: Expected {what} to only contain Tensors, got {type(x)}")
    for what, tensors in (("primal", values), ("tangent", directions)):
        for x in tensors:
            refuse(x.array.dtype.kind not in "fc" and
                   f"Expected {what} to be floating point or complex, but got: {x.dtype}", ValueError)
    with _level() as level, _running(mode.enabled):
        duals = [_given(dual(level, x, tangent), x) for x, tangent in zip(values, _unfollowed(directions))]
        args = _replaced(_unfollowed(primals), argnums, unflatten(duals, structure))
        output, aux = _with_aux(func(*args), has_aux, JVP)
        outputs, structure = flatten(output)
        _check_outputs(outputs, JVP)
        found = [level.tangent_of(x) for x in outputs]
        refuse(strict and None in found and "jvp(f, primals, tangents, strict=True): The output of f is independent of "
               "the inputs. This is not allowed with strict=True.")
        found = [zeros_like(x) if tangent is None else tangent for x, tangent in zip(outputs, found)]
        output = unflatten([d.alias(x) for x in outputs], structure)
    return (output, unflatten(found, structure), *([_left_tree(aux)] if has_aux else []))


def linearize(func, *primals):
    """``func(*primals)``, and the function that multiplies the Jacobian there with tangents, as `jvp` does.

    >>> import minigrad as torch
    >>> value, jacobian_times = linearize(torch.sin, torch.tensor(0.0))
    >>> jacobian_times(torch.tensor(2.0))
    tensor(2.)
    """
    values, structure = flatten(primals)

    def jacobian_times(*tangents):
        directions, given = flatten(tangents)
        refuse(not same_structure(given, structure) and f"Expected the tangents {given} to have the same argspec as "
               f"the primals {structure}")
        for i, (tangent, x) in enumerate(zip(directions, values)):
            for what in ("shape", "dtype"):
                refuse(getattr(tangent, what) != getattr(x, what) and f"tangent:{i} with {what} "
                       f"{getattr(tangent, what)} in flattened pytree doesn't match the {what} {getattr(x, what)} of "
                       "the corresponding primal.")
        return jvp(func, primals, tangents)[1]

    return func(*primals), jacobian_times


# What goes in


_next_number = itertools.count(1).__next__


@contextmanager
def _running(recorded=True):
    """Around a function that is differentiated: of all tensors from outside it may change none but its arguments."""
    before, number = mode.transforms, _next_number()
    mode.transforms = (*before, number)
    marking.append(number)
    try:
        with set_grad_enabled(recorded):
            yield
    finally:
        mode.transforms = before
        marking.remove(number)


def chosen(args, argnums):
    """The arguments that `argnums` says: one or, for a tuple, several; a tuple in any case."""
    refuse(not isinstance(argnums, (int, tuple)) and f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    places = _places(argnums, len(args))
    refuse(not places and "argnums must be non-empty")
    refuse(len(set(places)) < len(places) and f"argnums elements must be unique, got {tuple(places)}")
    return tuple(args[place] for place in places)


def _places(argnums, count):
    several = argnums if isinstance(argnums, tuple) else (argnums,)
    for place in several:
        refuse(not isinstance(place, int) and f"argnum must be int, got: {type(place)}")
        refuse(not -count <= place < count and f"Got argnum={place}, but only {count} positional inputs")
    return [place % count for place in several]


def _replaced(args, argnums, new):
    """`args`, with `new` in the places of those that `argnums` says; None for all."""
    if argnums is None:
        return new
    result = list(args)
    for place, value in zip(_places(argnums, len(args)), new):
        result[place] = value
    return result


def _followed(args, argnums):
    """The arguments with new tensors for those that `argnums` says; these in a list; and their structure.

    The structure is that of one argument if `argnums` is a number.
    """
    inputs, structure = flatten(args if argnums is None else chosen(args, argnums))
    for x in inputs:
        refuse(not isinstance(x, Tensor) and f"Thing passed to transform API must be Tensor, got {type(x)}", ValueError)
    inputs = [_followed_twin(x) for x in inputs]
    args = _replaced(_unfollowed(args), argnums, unflatten(inputs, structure))
    return args, inputs, structure[0] if isinstance(argnums, int) else structure


def _unfollowed(tree):
    """The same with twins for the tensors: what is written into an untracked one leaves the argument no history."""
    leaves, structure = flatten(tree)
    return unflatten([_twin(x) if isinstance(x, Tensor) else x for x in leaves], structure)


def _followed_twin(x):
    """`x` as another tensor, so that what depends on it is told apart from what depends on `x` otherwise."""
    refuse(x.array.dtype.kind not in "fc" and "only Tensors of floating point dtype can require gradients")
    twin = _twin(x)
    if twin.requires_grad:
        twin._view.creation = "argument"
    else:
        twin._requires_grad = True
    return twin


def _twin(x):
    """`x` as another tensor that belongs to the transform, and knows of each change of `x`."""
    if x.requires_grad:
        twin = d.view_as_shape(x, x.array.shape)
    else:
        twin = wrap(x.array)
        keep_tangents(x, twin)
    twin.argument = x
    return _given(twin, x)


def _given(twin, x):
    """`twin`, which has the memory of `x`, so that the transform that is running may change it in place."""
    if x._counter is not INFERENCE:
        twin._counter = VersionOfArgument(version_counter(x), mode.transforms[-1])
    return twin


@contextmanager
def _level():
    level, before = Level(), mode.forward
    mode.forward = None
    try:
        yield level
    finally:
        mode.forward = before
        level.close()


# What comes out


def _with_aux(output, has_aux, caller):
    if not has_aux:
        return output, None
    refuse(not (isinstance(output, tuple) and len(output) == 2) and AUX.format(caller))
    return output


def _check_outputs(outputs, caller):
    refuse((not outputs or outputs == [None]) and f"{caller}: Expected f to be a function that has non-empty output "
           f"(got output = {outputs})")
    for x in outputs:
        refuse(not isinstance(x, Tensor) and f"{caller}: expected f(*primals) to return only tensors, got unsupported "
               f"type {type(x)}")


def _backward(outputs, inputs, vectors, retain_graph, create_graph):
    """The gradients of the inputs, zeros where nothing depends on one."""
    tracked = [i for i, x in enumerate(outputs) if x.requires_grad]
    if not tracked:
        return [zeros_like(x) for x in inputs]
    vectors = None if vectors is None else [vectors[i] for i in tracked]
    found = gradients_of([outputs[i] for i in tracked], inputs, vectors, retain_graph, create_graph, allow_unused=True)
    return [zeros_like(x) if gradient is None else gradient for gradient, x in zip(found, inputs)]


def _left(tensors):
    """The tensors as they are outside: without history, unless they depend on what is tracked there."""
    result = []
    for x in tensors:
        result.append(wrap(x.array) if x.requires_grad and not _depends_outside([x]) else x)
        for level in levels:
            tangent = level.tangent_of(x)
            if tangent is not None:
                level.give(result[-1], *_left([tangent]))
    return result


def _left_tree(tree):
    tensors, structure = flatten(tree)
    for x in tensors:
        refuse(not isinstance(x, Tensor) and f"Expected tensors, got unsupported type {type(x)}")
    return unflatten(_left(tensors), structure)


def _depends_outside(tensors):
    """Whether, outside, they are recorded: whether they depend on what is tracked there."""
    return mode.enabled and begins_outside([x for x in tensors if isinstance(x, Tensor)], mode.transforms)
