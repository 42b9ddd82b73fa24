"""gradcheck: compare what backward computes with what small changes of the inputs do to the outputs.

Central differences, ``(f(x + eps) - f(x - eps)) / (2 eps)``, are off by about ``eps^2`` from cutting the Taylor series
and by about ``precision / eps`` from rounding. In float64 an eps of 1e-6 makes both small; in float32 nothing does.
"""

import warnings

import numpy as np

from ..grad_mode import enable_grad
from ..tensor import Tensor, wrap
from .gradients import grad


class GradcheckError(RuntimeError):
    """The analytical and the numerical gradient differ."""


def gradcheck(func, inputs, *, eps=1e-06, atol=1e-05, rtol=0.001, raise_exception=True, nondet_tol=0.0):
    """True if the gradients of ``func(*inputs)`` agree with finite differences; else GradcheckError.

    func       takes tensors, returns a tensor or a tuple of tensors
    inputs     a tensor or a tuple; those that require grad (float64, please) are checked
    eps        by how much each element is moved
    atol, rtol how far apart the two may be: ``|a - n| <= atol + rtol * |n|``

    >>> import minigrad as torch
    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(lambda x: x.exp() * x, (x,))
    True
    """
    try:
        return _check(func, _tuple(inputs), eps, atol, rtol, nondet_tol)
    except GradcheckError:
        if raise_exception:
            raise
        return False


def gradgradcheck(func, inputs, grad_outputs=None, *, eps=1e-06, atol=1e-05, rtol=0.001, raise_exception=True,
                  nondet_tol=0.0):
    """`gradcheck` of the gradients of `func`, weighted by `grad_outputs` (random if not given)."""
    inputs = _tuple(inputs)
    outputs = _differentiable(func(*inputs))
    if grad_outputs is None:
        weights = np.random.RandomState(0)  # a stream of its own: checking must not change the user's random numbers
        grad_outputs = [wrap(np.asarray(weights.randn(*o.shape))).requires_grad_() for o in outputs]
    grad_outputs = _tuple(grad_outputs)

    def gradients(*arguments):
        values, weights = arguments[: len(inputs)], arguments[len(inputs) :]
        tracked = [v for v in values if isinstance(v, Tensor) and v.requires_grad]
        with enable_grad():
            results = _differentiable(func(*values))
            return grad(results, tracked, weights, create_graph=True, allow_unused=True, materialize_grads=True)

    return gradcheck(gradients, (*inputs, *grad_outputs), eps=eps, atol=atol, rtol=rtol,
                     raise_exception=raise_exception, nondet_tol=nondet_tol)


def _check(func, inputs, eps, atol, rtol, nondet_tol):
    checked = [i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )
    for i in checked:
        if inputs[i].array.dtype != np.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. "
                "This check will likely fail if all the inputs are not of double precision floating point or complex. ",
                UserWarning,
                stacklevel=4,
            )
    outputs = _differentiable(func(*inputs))
    for o in range(len(outputs)):
        for i in checked:
            analytical = _analytical(func, inputs, i, o)
            if not np.allclose(analytical, _analytical(func, inputs, i, o), rtol=0, atol=nondet_tol):
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    "gives different values, although analytical gradient matches numerical gradient."
                    f"The tolerance for nondeterminism was {nondet_tol}."
                )
            numerical = _numerical(func, inputs, i, o, eps)
            if not np.allclose(analytical, numerical, rtol=rtol, atol=atol, equal_nan=True):
                raise GradcheckError(
                    f"Jacobian mismatch for output {o} with respect to input {i},\n"
                    f"numerical:{wrap(numerical)!r}\nanalytical:{wrap(analytical)!r}\n"
                )
    return True


def _analytical(func, inputs, i, o):
    """The Jacobian of output o with respect to input i, shape (input elements, output elements), by backward."""
    output = _differentiable(func(*inputs))[o]
    jacobian = np.zeros((inputs[i].numel(), output.numel()), output.array.dtype)
    if not output.requires_grad:
        return jacobian
    for column in range(output.numel()):
        one = np.zeros(output.array.shape, output.array.dtype)
        one.reshape(-1)[column] = 1
        (gradient,) = grad(output, inputs[i], wrap(one), retain_graph=True, allow_unused=True)
        if gradient is not None:
            jacobian[:, column] = gradient.array.reshape(-1)
    return jacobian


def _numerical(func, inputs, i, o, eps):
    """The same Jacobian by central differences."""
    x = inputs[i].array
    jacobian = np.zeros((x.size, _differentiable(func(*inputs))[o].numel()))
    for row, place in zip(jacobian, np.ndindex(x.shape)):
        before = x[place].copy()
        x[place] = before + eps
        above = _differentiable(func(*inputs))[o].array.copy()
        x[place] = before - eps
        below = _differentiable(func(*inputs))[o].array.copy()
        x[place] = before
        row[:] = ((above - below) / (2 * eps)).reshape(-1)
    return jacobian


def _differentiable(outputs):
    return [o for o in _tuple(outputs) if isinstance(o, Tensor) and o.array.dtype.kind == "f"]


def _tuple(x):
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)
