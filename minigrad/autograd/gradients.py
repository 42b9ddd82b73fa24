"""backward and grad: what a user asks for, checked and brought to the one form that the engine takes."""

import math
import warnings
from collections.abc import Mapping

import numpy as np

from ..dtypes import from_numpy_dtype
from ..engine import run_backward
from ..grad_mode import mode
from ..graph import gradient_edge
from ..operators.creation import zeros_like
from ..operators.joining import stack
from ..tensor import Size, Tensor, refuse, wrap
from .graph import GradientEdge

REFERENCE_CYCLE = ("Using backward() with create_graph=True will create a reference cycle between the parameter and "
                   "its gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
                   "graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your "
                   "parameters to None after use to break the cycle and avoid the leak.")
MISFIT_IN_BATCH = ("If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
                   "dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding "
                   "output, but a mismatch was detected: grad_output[{0}] has a shape of {1} and output[{0}] has a "
                   "shape of {2}. If you only want some tensors in `grad_output` to be considered batched, consider "
                   "using vmap.")
ONLY_INPUTS = ("only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for "
               "other parts of the graph, please use torch.autograd.backward.")
GRAD_VARIABLES = "`grad_variables` is deprecated. Use `grad_tensors` instead."
GRAD_VARIABLES_TOO = ("`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please "
                      "only use `grad_tensors`.")

TRANSFORMED = ("backward() called inside a functorch transform. This is not supported, please use functorch.grad or "
               "functorch.vjp instead or call backward() outside of functorch transforms.")


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None):
    """Add to the `.grad` of every leaf the gradient of `tensors`.

    tensors       a tensor or several; without `grad_tensors` each must hold one element
    grad_tensors  for each the v of the vector-Jacobian product, of its shape; None counts as 1
    retain_graph  keep what the graph has saved, for another backward; default: the value of `create_graph`
    create_graph  record the backward pass itself, so that the gradients can be differentiated again
    inputs        tensors (or GradientEdges, or a dict of either) whose `.grad` to fill, instead of every leaf's

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> torch.autograd.backward(x * x, torch.tensor([1.0, 10.0]))
    >>> x.grad
    tensor([ 2., 40.])
    """
    if grad_variables is not None:
        warnings.warn(GRAD_VARIABLES, FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(GRAD_VARIABLES_TOO)
        grad_tensors = grad_variables
    refuse(mode.transforms and TRANSFORMED)
    if inputs is not None:
        inputs = _inputs(inputs, "backward")
    if create_graph:
        warnings.warn(REFERENCE_CYCLE, UserWarning, stacklevel=3)
    _run(_sequence(tensors), grad_tensors, retain_graph, create_graph, inputs, accumulate=True)


def grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True,
         allow_unused=None, is_grads_batched=False, materialize_grads=False):
    """The gradients of `outputs` with respect to `inputs`, as a tuple in the shapes of `inputs`; no `.grad` is touched.

    Both may be GradientEdges, or several of either; for a dict of inputs the result is a dict too.
    grad_outputs, retain_graph, create_graph   as in `backward`
    allow_unused                               None for an input that no output depends on, instead of a RuntimeError
    materialize_grads                          zeros for such an input
    is_grads_batched                           `grad_outputs`, and so the results, have one more dimension, the first

    >>> import minigrad as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (dx,) = torch.autograd.grad(x**2, x, create_graph=True)
    >>> dx, torch.autograd.grad(dx, x)
    (tensor(6., grad_fn=<MulBackward0>), (tensor(2.),))
    """
    if not only_inputs:
        warnings.warn(ONLY_INPUTS, FutureWarning, stacklevel=2)
    refuse(materialize_grads and allow_unused is False and "Expected allow_unused to be True or not passed when "
           "materialize_grads=True, but got: allow_unused=False.", ValueError)
    names, inputs = inputs, _inputs(inputs, "grad")
    run = _run_batch if is_grads_batched else _run
    results = run(_sequence(outputs), grad_outputs, retain_graph, create_graph, inputs, accumulate=False)
    for i, result in enumerate(results):
        if result is None and materialize_grads:
            if isinstance(inputs[i], GradientEdge):
                raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
            results[i] = zeros_like(inputs[i], requires_grad=create_graph)
        elif result is None and not allow_unused:
            raise RuntimeError(f"The differentiated Tensor at index {i} appears to not have been used in the graph. "
                               "Set allow_unused=True if this is the desired behavior.")
    return dict(zip(names, results)) if isinstance(names, dict) else tuple(results)


def _run(outputs, gradients, retain_graph, create_graph, inputs, accumulate):
    """What both come down to; `inputs` is None or a tuple."""
    gradients = [None] * len(outputs) if gradients is None else _sequence(gradients)
    gradients = _output_gradients(outputs, gradients)
    edges = [_output_edge(i, output) for i, output in enumerate(outputs)]
    wanted = None if inputs is None else [_wanted_edge(x, accumulate) for x in inputs]
    retain_graph = create_graph if retain_graph is None else retain_graph
    return run_backward(tuple(edges), gradients, retain_graph=retain_graph, create_graph=create_graph,
                        inputs=wanted, accumulate=accumulate)


def _run_batch(outputs, gradients, retain_graph, *rest, **options):
    """The same for each vector of a batch, one after the other."""
    gradients = [None] * len(outputs) if gradients is None else _sequence(gradients)
    for i, (output, gradient) in enumerate(zip(outputs, gradients)):
        if gradient is None:
            _output_gradients([output], [None])
            raise ValueError("vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a "
                             "Tensor of dimensionality 0 so expected in_dim to satisfy 0 <= in_dim < 0.")
        if gradient[0].shape != _facts(output)[0]:
            raise RuntimeError(MISFIT_IN_BATCH.format(i, gradient.shape[2:], Size(_facts(output)[0])))
    sizes = [len(gradient) for gradient in gradients]
    refuse(len(set(sizes)) > 1 and "vmap: Expected all tensors to have the same size in the mapped dimension, got "
           f"sizes {sizes} for the mapped dimension", ValueError)
    runs = []
    for nr, vectors in enumerate(zip(*gradients)):
        runs.append(_run(outputs, vectors, retain_graph or nr + 1 < sizes[0], *rest, **options))
    return [None if column[0] is None else stack(column) for column in zip(*runs)]


def _edge(x):
    return (x.node, x.output_nr) if isinstance(x, GradientEdge) else gradient_edge(x)


def _output_edge(i, output):
    edge = _edge(output)
    refuse(edge[0] is None and f"element {i} of tensors does not require grad and does not have a grad_fn")
    return edge


def _wanted_edge(x, accumulate):
    if not isinstance(x, (Tensor, GradientEdge)):
        raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(x).__name__}")
    if isinstance(x, Tensor):
        if accumulate:
            x.retain_grad()  # what is no leaf is to be filled too
        refuse(not x.requires_grad and "One of the differentiated Tensors does not require grad")
    return _edge(x)


def _sequence(tensors):
    return (tensors,) if isinstance(tensors, (Tensor, GradientEdge)) else tuple(tensors)


def _inputs(inputs, caller):
    if isinstance(inputs, Mapping):
        if type(inputs) is not dict:
            kind = type(inputs).__name__
            raise TypeError(f"`inputs` argument to `{caller}()` must be a dict, not {kind}. Other Mapping types are "
                            "not supported.")
        inputs = inputs.values()
    inputs = _sequence(inputs)
    refuse(not inputs and f"`inputs` argument to `{caller}()` cannot be empty.")
    return inputs


def _output_gradients(outputs, gradients):
    """The gradient to start from at each output: the one given, which must fit, or 1."""
    for gradient in gradients:
        if gradient is not None and not isinstance(gradient, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    refuse(len(outputs) != len(gradients) and f"got {len(outputs)} tensors and {len(gradients)} gradients")
    result = []
    for i, (output, gradient) in enumerate(zip(outputs, gradients)):
        if not isinstance(output, (Tensor, GradientEdge)):
            raise AssertionError("Expected output to be a torch.Tensor")
        shape, dtype, tracked = _facts(output)
        if gradient is None:
            if tracked:
                refuse(math.prod(shape) != 1 and "grad can be implicitly created only for scalar outputs")
                if not dtype.is_floating_point:
                    raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {dtype}")
                gradient = wrap(np.ones(shape, dtype.numpy))
        elif gradient.array.shape != shape:
            raise RuntimeError(f"Mismatch in shape: grad_output[{i}] has a shape of {gradient.shape} and output[{i}] "
                               f"has a shape of {Size(shape)}.")
        elif gradient.is_complex() != dtype.is_complex:
            raise RuntimeError("For complex Tensors, both grad_output and output are required to have the same dtype. "
                               f"Mismatch in dtype: grad_output[{i}] has a dtype of {gradient.dtype} and output[{i}] "
                               f"has a dtype of {dtype}.")
        result.append(gradient)
    return result


def _facts(output):
    """Shape, dtype and whether it is tracked, of a tensor or of what an edge stands for."""
    if isinstance(output, Tensor):
        return output.array.shape, output.dtype, output.requires_grad
    shape, dtype = output.node.output_shape, output.node.output_dtype
    if output.node.num_outputs > 1:
        shape, dtype = shape[output.output_nr], dtype[output.output_nr]
    return shape, from_numpy_dtype(dtype), True
