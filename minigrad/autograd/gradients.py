"""backward and grad: what a user asks for, checked and brought to the one form that the engine takes."""

import warnings

from ..creation import ones_like, zeros_like
from ..engine import run_backward
from ..graph import gradient_edge
from ..tensor import Size, Tensor

REFERENCE_CYCLE = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
    "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
    "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the "
    "cycle and avoid the leak."
)
ONLY_INPUTS = (
    "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts "
    "of the graph, please use torch.autograd.backward."
)


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Add to the `.grad` of every leaf the gradient of `tensors`.

    tensors       a tensor or several; without `grad_tensors` each must hold one element
    grad_tensors  for each the v of the vector-Jacobian product, of its shape; None counts as 1
    retain_graph  keep what the graph has saved, for another backward; default: the value of `create_graph`
    create_graph  record the backward pass itself, so that the gradients can be differentiated again
    inputs        tensors whose `.grad` to fill, instead of every leaf's

    >>> import minigrad as torch
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> torch.autograd.backward(x * x, torch.tensor([1.0, 10.0]))
    >>> x.grad
    tensor([ 2., 40.])
    """
    if create_graph:
        warnings.warn(REFERENCE_CYCLE, UserWarning, stacklevel=3)
    tensors, wanted = _sequence(tensors), None
    if inputs is not None:
        inputs = _inputs(inputs, "backward")
        for x in inputs:
            x.retain_grad()  # what is no leaf is to be filled too
        wanted = [gradient_edge(x) for x in inputs]
    gradients = [None] * len(tensors) if grad_tensors is None else _sequence(grad_tensors)
    gradients = _output_gradients(tensors, gradients, create_graph)
    edges = _tracked_edges(tensors)
    retain_graph = create_graph if retain_graph is None else retain_graph
    run_backward(edges, gradients, retain_graph=retain_graph, create_graph=create_graph,
                 inputs=wanted, accumulate=True)


def grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True,
         allow_unused=None, is_grads_batched=False, materialize_grads=False):
    """The gradients of `outputs` with respect to `inputs`, as a tuple in the shapes of `inputs`; no `.grad` is touched.

    grad_outputs, retain_graph, create_graph   as in `backward`
    allow_unused                               None for an input that no output depends on, instead of a RuntimeError
    materialize_grads                          zeros for such an input

    >>> import minigrad as torch
    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (dx,) = torch.autograd.grad(x**2, x, create_graph=True)
    >>> dx, torch.autograd.grad(dx, x)
    (tensor(6., grad_fn=<MulBackward0>), (tensor(2.),))
    """
    if is_grads_batched:
        raise NotImplementedError("minigrad has no is_grads_batched: call grad once for each vector.")
    if not only_inputs:
        warnings.warn(ONLY_INPUTS, FutureWarning, stacklevel=2)
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    outputs, inputs = _sequence(outputs), _inputs(inputs, "grad")
    gradients = [None] * len(outputs) if grad_outputs is None else _sequence(grad_outputs)
    gradients = _output_gradients(outputs, gradients, create_graph)
    edges = _tracked_edges(outputs)
    for x in inputs:
        if not x.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    retain_graph = create_graph if retain_graph is None else retain_graph
    results = run_backward(edges, gradients, retain_graph=retain_graph, create_graph=create_graph,
                           inputs=[gradient_edge(x) for x in inputs])
    for i, result in enumerate(results):
        if result is None and materialize_grads:
            results[i] = zeros_like(inputs[i], requires_grad=create_graph)
        elif result is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {i} appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
    return tuple(results)


def _sequence(tensors):
    return (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)


def _tracked_edges(tensors):
    for i, tensor in enumerate(tensors):
        if not tensor.requires_grad:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
    return tuple(gradient_edge(tensor) for tensor in tensors)


def _inputs(inputs, caller):
    inputs = _sequence(inputs)
    if not inputs:
        raise RuntimeError(f"`inputs` argument to `{caller}()` cannot be empty.")
    for x in inputs:
        if not isinstance(x, Tensor):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(x).__name__}")
    return inputs


def _output_gradients(outputs, gradients, create_graph):
    """The gradient to start from at each output: the one given, which must fit, or 1."""
    for gradient in gradients:
        if gradient is not None and not isinstance(gradient, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if len(outputs) != len(gradients):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    result = []
    for i, (output, gradient) in enumerate(zip(outputs, gradients)):
        if not isinstance(output, Tensor):
            raise AssertionError("Expected output to be a torch.Tensor")
        if gradient is None:
            if output.requires_grad:
                if output.numel() != 1:
                    raise RuntimeError("grad can be implicitly created only for scalar outputs")
                if not output.is_floating_point():
                    raise RuntimeError(
                        f"grad can be implicitly created only for real scalar outputs but got {output.dtype}"
                    )
                gradient = ones_like(output)
        elif gradient.array.shape != output.array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {Size(gradient.array.shape)} and "
                f"output[{i}] has a shape of {output.shape}."
            )
        result.append(gradient)
    return result
