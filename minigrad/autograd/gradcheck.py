"""gradcheck: compare what backward computes with what small changes of the inputs do to the outputs.

Central differences, ``(f(x + eps) - f(x - eps)) / (2 eps)``, are off by about ``eps^2`` from cutting the Taylor series
and by about ``precision / eps`` from rounding. In float64 an eps of 1e-6 makes both small; in float32 nothing does.

The whole Jacobian takes two calls for each element of the inputs and a backward for each element of the outputs.
`fast_mode` compares one number instead: ``v J u`` for random vectors, from the left by backward, from the right by a
difference along u. https://github.com/pytorch/pytorch/issues/53876

Complex inputs are moved along both axes: by z = x + iy the gradient is ``dL/dx + i dL/dy``. Of complex outputs the
imaginary parts are compared first, then the real ones.
"""

import functools
import warnings

import numpy as np

from ..graph import Node, gradient_edge
from ..operators.creation import zeros_like
from ..operators.sampling import randn_like
from ..random import Generator, default_generator
from ..tensor import Tensor, refuse, wrap
from .gradients import grad

__all__ = ["gradcheck", "gradgradcheck", "GradcheckError", "get_numerical_jacobian", "get_analytical_jacobian"]

EXPECTED_ZERO = "Numerical gradient for function expected to be zero"
UNDEFINED = 'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
NOW_CHECKED = ("Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it "
               "may break existing callers of this function. If this is true for you, you can call this function with "
               '"check_undefined_grad=False" to disable the feature')
DEPRECATED = ("`{0}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will "
              "be removed in a future version of PyTorch. If you have a specific use for this or feature request for "
              "this to be a stable API, please file us an issue at https://github.com/pytorch/pytorch/issues/new")


class GradcheckError(RuntimeError):
    """The analytical and the numerical gradient differ, or backward breaks another of its rules."""


def gradcheck(func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, nondet_tol=0.0,
              check_undefined_grad=True, check_grad_dtypes=False, check_batched_grad=False,
              check_batched_forward_grad=False, check_forward_ad=False, check_backward_ad=True, fast_mode=False,
              masked=None):
    """True if the gradients of ``func(*inputs)`` agree with finite differences; else GradcheckError.

    func                  takes tensors, returns a tensor or a tuple of tensors
    inputs                a tensor or a tuple; those that require grad (float64, please) are checked
    eps                   by how much each element is moved
    atol, rtol            how far apart the two may be: ``|analytical - n| <= atol + rtol * |n|``
    raise_exception       return False instead of raising a GradcheckError
    nondet_tol            how far apart two runs of the same backward may be
    check_undefined_grad  check also that no gradient comes out where none goes in
    check_forward_ad      check what forward mode computes, too; `check_backward_ad`, what backward does
    fast_mode             compare one random combination of all derivatives instead of each

    Gradients always have the inputs' dtype and are never batched, so the other checks are passed by all.

    >>> import minigrad as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(lambda x: x.exp() * x, (x,))
    True
    """
    _require(check_forward_ad or check_backward_ad,
             "Expected at least one of check_forward_ad or check_backward_ad to be True")
    _require(check_backward_ad or not check_batched_grad,
             "Setting check_batched_grad=True requires check_backward_ad to be True")
    _require(check_forward_ad or not check_batched_forward_grad,
             "Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    try:
        return _check(func, _tuple(inputs), eps, atol, rtol, nondet_tol, fast_mode, masked, check_backward_ad,
                      check_forward_ad, check_batched_grad, check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False


def gradgradcheck(func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3,
                  gen_non_contig_grad_outputs=False, raise_exception=True, nondet_tol=0.0, check_undefined_grad=True,
                  check_grad_dtypes=False, check_batched_grad=False, check_fwd_over_rev=False, check_rev_over_rev=True,
                  fast_mode=False, masked=False):
    """`gradcheck` of the gradients of `func`, with respect to its inputs and to the gradients of its outputs.

    grad_outputs  those gradients; if not given, random, and with gaps in memory if `gen_non_contig_grad_outputs`
    """
    _require(check_fwd_over_rev or check_rev_over_rev,
             "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    _require(check_rev_over_rev or not check_undefined_grad,
             "Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    _require(check_rev_over_rev or not check_batched_grad,
             "Setting check_batched_grad=True requires check_rev_over_rev to be True")
    inputs = _tuple(inputs)
    if grad_outputs is None:
        outputs = _tracked(_tuple(func(*inputs)))
        grad_outputs = [_random_like(output, gen_non_contig_grad_outputs) for output in outputs]
    grad_outputs = _tuple(grad_outputs)

    def gradients(*arguments):
        values, weights = arguments[: len(inputs)], arguments[len(inputs) :]
        results = grad(_tracked(_tuple(func(*values))), [values[i] for i in _checked(inputs)], weights,
                       create_graph=True, allow_unused=True)
        return tuple(result for result in results if result is not None)

    return gradcheck(gradients, (*inputs, *grad_outputs), eps=eps, atol=atol, rtol=rtol,
                     raise_exception=raise_exception, nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad,
                     check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad,
                     check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev, fast_mode=fast_mode,
                     masked=masked)


def _check(func, inputs, eps, atol, rtol, nondet_tol, fast_mode, masked, check_backward_ad, check_forward_ad,
           check_batched_grad, check_undefined_grad):
    _check_inputs(inputs)
    all_outputs = _tuple(func(*inputs))
    outputs = _tracked(all_outputs)
    compare = _compare_combinations if fast_mode else _compare_jacobians
    bounds = eps, atol, rtol, nondet_tol
    for part in ("imag", "real") if any(output.is_complex() for output in all_outputs) else [None]:
        of_part = func if part is None else functools.partial(_parts, func, part)
        values = all_outputs if part is None else of_part(*inputs)
        notes = [output.is_complex() and part for output in outputs]
        for forward in [False] * check_backward_ad + [True] * check_forward_ad:
            compare(of_part, inputs, values, notes, bounds, forward)
    if not check_backward_ad:
        return True
    checked = [inputs[i] for i in _checked(inputs)]
    if check_batched_grad:
        for output in outputs:
            for vector in (randn_like(output), randn_like(output)):  # a batch of two, one by one
                grad(output, checked, vector, retain_graph=True, allow_unused=True)
    for gradient in _from_zeros(outputs, checked):
        if gradient is not None and not np.allclose(gradient.array, 0, rtol=0, atol=1e-8 if masked else 0):
            raise GradcheckError("backward not multiplied by grad_output")
    if check_undefined_grad:
        _check_undefined(func, inputs, len(outputs), checked)
    return True


def _parts(func, part, *inputs):
    """The results of `func`, the real or the imaginary parts of complex ones."""
    return tuple(getattr(x, part) if x.is_complex() else x for x in _tuple(func(*inputs)))


def _check_inputs(inputs):
    for i in _checked(inputs):
        array = inputs[i].array
        if array.dtype not in (np.float64, np.complex128):
            warnings.warn(f"Input #{i} requires gradient and is not a double precision floating point or complex. This "
                          "check will likely fail if all the inputs are not of double precision floating point or "
                          "complex. ", UserWarning, stacklevel=4)
        refuse(any(step <= 0 and size > 1 for step, size in zip(array.strides, array.shape)) and
               f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
               "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
               "on the input before passing it to gradcheck.")
    refuse(not _checked(inputs) and "gradcheck expects at least one input tensor to require gradient, but none of them "
           "have requires_grad=True.", ValueError)


# The whole Jacobian: shape (elements of the input, elements of the output)


def _compare_jacobians(func, inputs, outputs, parts, bounds, forward):
    eps, atol, rtol, nondet_tol = bounds
    numerical = {i: _numerical(func, inputs, inputs[i], outputs, eps, forward) for i in _checked(inputs)}
    forwards = [_forwards(func, inputs, i, outputs) for i in numerical if forward]
    if not _tracked(outputs) and any(jacobian.any() for jacobians in numerical.values() for jacobian in jacobians):
        raise GradcheckError(EXPECTED_ZERO)
    for o, place in enumerate(_places(outputs)):
        analytical = ([jacobians[place] for jacobians in forwards] if forward else
                      _analytical(outputs[place], [inputs[i] for i in numerical], nondet_tol))
        for nr, (i, found) in enumerate(zip(numerical, analytical)):
            expected = numerical[i][place]
            if not np.allclose(found, expected, rtol=rtol, atol=atol):
                raise GradcheckError(_mismatch(o, nr, expected, found, parts[o], forward))


def _numerical(func, inputs, x, outputs, eps, forward=False):
    """For each output the Jacobian with respect to `x`, by central differences; forwards along the real axis alone."""
    along = _change if forward else _changes
    jacobians = [np.zeros((x.array.size, output.array.size), np.result_type(output.array, x.array) if x.is_complex()
                          else output.array.dtype) for output in outputs]
    for row, place in enumerate(np.ndindex(x.array.shape)):
        changes = along(func, inputs, x.array[(*place, ...)], eps, eps, f"on index {place} ")
        for jacobian, change in zip(jacobians, changes):
            jacobian[row] = change
    return jacobians


def _changes(func, inputs, array, step, eps, where=""):
    """`_change` along the real axis and, for complex numbers, i times that along the imaginary one."""
    changes = _change(func, inputs, array, step, eps, where)
    if array.dtype.kind != "c":
        return changes
    return [x + 1j * y for x, y in zip(changes, _change(func, inputs, array, 1j * step, eps, where))]


def _change(func, inputs, array, step, eps, where=""):
    """How fast each output changes, per eps, as `array`, which belongs to an input, goes `step` to both sides."""
    before = array.copy()
    array[...] = before - step
    below = [x.array.copy() for x in _tuple(func(*inputs))]
    array[...] = before + step
    above = [x.array.copy() for x in _tuple(func(*inputs))]
    array[...] = before
    for a, b in zip(map(wrap, below), map(wrap, above)):
        for what in ("shape", "dtype"):
            if getattr(a, what) != getattr(b, what):
                raise AssertionError(f"Expected `func` to return outputs with the same {what} when inputs are "
                                     f"perturbed {where}by {eps}, but got: {what}s {getattr(a, what)} and "
                                     f"{getattr(b, what)}.")
    with np.errstate(all="ignore"):
        return [((b - a) / (2 * eps) if b.dtype.kind == "f" else b * 0.0).ravel() for a, b in zip(below, above)]


def _analytical(output, inputs, nondet_tol):
    """For each input the Jacobian of `output`: a backward for each of its elements; twice, to see if they agree."""
    jacobians = [np.zeros((2, x.array.size, output.array.size), x.array.dtype) for x in inputs]
    for run in range(2):
        for column in range(output.array.size):
            one = np.zeros(output.array.shape, output.array.dtype)
            one.reshape(-1)[column] = 1
            for jacobian, gradient in zip(jacobians, _gradients(output, inputs, one)):
                jacobian[run, :, column] = gradient
    return [_reentrant(first, second, nondet_tol) for first, second in jacobians]


def _forwards(func, inputs, i, outputs):
    """For each output the Jacobian with respect to input number i: forward mode for each of its elements."""
    jacobians = [np.zeros((inputs[i].array.size, output.array.size), output.array.dtype) for output in outputs]
    for row in range(inputs[i].array.size):
        one = np.zeros(inputs[i].array.shape, inputs[i].array.dtype)
        one.reshape(-1)[row] = 1
        for jacobian, tangent in zip(jacobians, _tangents(func, inputs, i, one)):
            jacobian[row] = tangent
    return jacobians


def _tangents(func, inputs, i, direction):
    """How fast each output changes as input number i does along `direction`; flat arrays."""
    from .forward_ad import dual_level, make_dual, unpack_dual  # whoever checks backward alone does not need it

    with dual_level():
        dual = make_dual(inputs[i], wrap(direction))
        outputs = _tuple(func(*inputs[:i], dual, *inputs[i + 1 :]))
        tangents = [unpack_dual(output).tangent for output in outputs]
    return [np.zeros(output.array.size) if tangent is None else tangent.array.ravel()
            for output, tangent in zip(outputs, tangents)]


def _gradients(output, inputs, vector):
    """`vector` times the Jacobian, for each input as a flat array."""
    gradients = grad(output, inputs, wrap(vector), retain_graph=True, allow_unused=True)
    return [np.zeros(x.array.size, x.array.dtype) if gradient is None else gradient.array.ravel()
            for x, gradient in zip(inputs, gradients)]


def _reentrant(first, second, nondet_tol):
    if first.size and np.abs(first - second).max() > nondet_tol:
        raise GradcheckError("Backward is not reentrant, i.e., running backward with same input and grad_output "
                             "multiple times gives different values, although analytical gradient matches numerical "
                             f"gradient.The tolerance for nondeterminism was {nondet_tol}.")
    return first


def _mismatch(output, input, numerical, analytical, part, forward):
    name = {"imag": "imaginary"}.get(part, part)
    note = f"While considering the {name} part of complex outputs only, " if part else ""
    how = "computed with forward mode " if forward else ""
    return (f"{note}Jacobian {how}mismatch for output {output} with respect to input {input},\n"
            f"numerical:{wrap(numerical)}\nanalytical:{wrap(analytical)}\n")


# One number for all of it


def _compare_combinations(func, inputs, outputs, parts, bounds, forward):
    eps, atol, rtol, nondet_tol = bounds
    generator = Generator()  # a stream of its own, the same each time
    us = {i: _direction(inputs[i].array, generator) for i in _checked(inputs)}
    along = _change if forward else _changes
    changes = [along(func, inputs, inputs[i].array, u * eps, eps) for i, u in us.items()]
    if not _tracked(outputs) and any(np.abs(x).max() > nondet_tol for row in changes for x in row if x.size):
        raise GradcheckError(EXPECTED_ZERO)
    forwards = [_tangents(func, inputs, i, u) for i, u in us.items() if forward]
    vs = [None if forward else _direction(output.array, generator) for output in _tracked(outputs)]
    for o, (place, v) in enumerate(zip(_places(outputs), vs)):
        expected, tolerance = [row[place] for row in changes], atol
        if forward:  # a number for each element of the output
            found = [row[place] for row in forwards]
        else:  # one number
            found = _times_jacobian(outputs[place], v, inputs, us, nondet_tol)
            expected, tolerance = [np.asarray((x * v.ravel()).sum()) for x in expected], atol * float(v.sum())
        for nr, (i, u) in enumerate(us.items()):
            if not np.allclose(found[nr], expected[nr], rtol=rtol, atol=tolerance * float(u.sum())):
                numerical = _numerical(func, inputs, inputs[i], outputs, eps, forward)[place]
                analytical = (_forwards(func, inputs, i, outputs)[place] if forward else
                              _analytical(outputs[place], [inputs[i]], np.inf)[0])
                raise GradcheckError(_mismatch(o, nr, expected[nr], found[nr], parts[o], forward)
                                     + _slow_mode(numerical, analytical, rtol, atol))


def _times_jacobian(output, v, inputs, us, nondet_tol):
    """``v @ jacobian @ u`` for each input, by backward; twice, to see if they agree."""
    first, second = (_gradients(output, [inputs[i] for i in us], v) for _ in range(2))
    return [np.asarray((_reentrant(x, y, nondet_tol) * u.ravel()).sum()) for x, y, u in zip(first, second, us.values())]


def _direction(array, generator):
    """A random vector of length 1 with positive real elements, in the array's shape and precision."""
    vector = generator.uniform((array.size,), np.float32).astype(array.real.dtype)
    return (vector / np.sqrt((vector * vector).sum())).reshape(array.shape)


def _slow_mode(numerical, analytical, rtol, atol):
    text = ("\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. See: "
            "https://github.com/pytorch/pytorch/issues/53876 for more background \nabout fast mode. Below, we "
            "recompute numerical and analytical jacobians in slow mode:\n\nNumerical:\n "
            f"{wrap(numerical)}\nAnalytical:\n{wrap(analytical)}\n\nThe max per-element difference (slow mode) is: "
            f"{np.abs(numerical - analytical).max()}.\n")
    if np.allclose(analytical, numerical, rtol=rtol, atol=atol):
        text += ("Fast gradcheck failed but element-wise differences are small. This means that the\ntest might've "
                 "passed in slow_mode!")
    return text


# Where no gradient goes in


class UndefinedGrad(Node):
    """The identity whose backward gives nothing."""

    __slots__ = ()

    def backward(self, grad, needed=None):
        return (None,)


def _undefined(output):
    result = wrap(output.array)
    node = UndefinedGrad((gradient_edge(output),), output.array.shape, output.array.dtype)
    result._requires_grad, result._edge = True, (node, 0)
    return result


def _check_undefined(func, inputs, count, checked):
    """Let first all outputs and then, if there are several, each one alone have no gradient, and the others zeros."""
    for undefined in [range(count), *([[o] for o in range(count)] if count > 1 else [])]:
        outputs = _tracked(_tuple(func(*inputs)))
        try:
            gradients = _from_zeros([_undefined(x) if o in undefined else x for o, x in enumerate(outputs)], checked)
        except RuntimeError as error:
            warnings.warn(NOW_CHECKED, UserWarning, stacklevel=4)
            raise GradcheckError(f"Expected backward function to handle undefined output grads. {UNDEFINED}") from error
        if any(gradient is not None and gradient.array.any() for gradient in gradients):
            warnings.warn(NOW_CHECKED, UserWarning, stacklevel=4)
            raise GradcheckError("Expected all input grads to be undefined or zero when all output grads are undefined "
                                 "or zero. " + UNDEFINED)


def _from_zeros(outputs, inputs):
    return grad(outputs, inputs, [zeros_like(output) for output in outputs], allow_unused=True)


# Small parts


def _require(condition, message):
    if not condition:
        raise AssertionError(message)


def _tuple(x):
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def _checked(inputs):
    """Which of the inputs require grad."""
    return [i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]


def _tracked(outputs):
    return tuple(outputs[place] for place in _places(outputs))


def _places(outputs):
    """Which of the outputs require grad."""
    return [place for place, output in enumerate(outputs) if output.requires_grad]


def _random_like(output, with_gaps):
    """Uniform in [-1, 1); with gaps, twice as many are drawn and every other one is taken."""
    shape = output.array.shape
    if with_gaps and output.array.size > 1:
        return wrap(default_generator.uniform((*shape[:-1], 2 * shape[-1]), output.array.dtype, -1, 1)[..., ::2]
                    ).requires_grad_()
    return wrap(default_generator.uniform(shape, output.array.dtype, -1, 1)).requires_grad_()


# PyTorch's former private functions, which some still use


def get_numerical_jacobian(fn, inputs, target=None, eps=1e-3, grad_out=1.0):
    """For each tensor of `target` (default: of `inputs`) that requires grad, the Jacobian of ``fn(inputs)``."""
    _former("get_numerical_jacobian", grad_out)
    outputs = _tuple(fn(inputs))
    target = _tuple(inputs if target is None else target)
    jacobians = [_numerical(lambda *args: fn(args), _tuple(inputs), target[i], outputs, eps) for i in _checked(target)]
    return tuple(wrap(jacobian[0]) for jacobian in jacobians)


def get_analytical_jacobian(inputs, output, nondet_tol=0.0, grad_out=1.0):
    """The Jacobians of `output`; whether backward is reentrant; and twice True, for right sizes and dtypes."""
    _former("get_analytical_jacobian", grad_out)
    inputs = [inputs[i] for i in _checked(inputs)]
    try:
        jacobians, reentrant = _analytical(output, inputs, nondet_tol), True
    except GradcheckError:
        jacobians, reentrant = _analytical(output, inputs, np.inf), False
    return tuple(map(wrap, jacobians)), reentrant, True, True


def _former(name, grad_out):
    warnings.warn(DEPRECATED.format(name), FutureWarning, stacklevel=3)
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")
