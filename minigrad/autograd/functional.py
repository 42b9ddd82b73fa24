"""PyTorch's `torch.autograd.functional`: Jacobians and Hessians of a function, and their products with vectors.

Backward multiplies a vector with the Jacobian, ``v J``, and everything here is made of that. A Jacobian is one such
product for each element of the output. The product from the other side, ``J v``, is the *double backward trick*:
``u J`` is linear in u, so its derivative with respect to u, again by backward, multiplies J from the right. A Hessian
is the Jacobian of a gradient.

All take a function of tensors and a tensor, or a tuple of them, to call it with; where a tuple goes in, a tuple comes
out, and likewise for the function's outputs. ``create_graph=True`` records the computation, so that its results can be
differentiated once more. Where an output does not depend on an input the derivative is zero, and an error if `strict`.
"""

from ..grad_mode import enable_grad
from ..operators.creation import zeros_like
from ..operators.joining import stack
from ..tensor import Tensor, refuse
from .gradients import grad

__all__ = ["vjp", "jvp", "jacobian", "hessian", "hvp", "vhp"]

OUTPUTS = "outputs of the user-provided function"
STRICT = "This is not allowed in strict mode"
INDEPENDENT = f"The {{}} of the user-provided function is independent of input {{}}. {STRICT} when create_graph=True."
# What `strict` says of a tensor that does not require grad, by what the tensor is; {i} is its place.
UNTRACKED = {
    "outputs": (
        "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a "
        "differentiable manner from the input when running in strict mode."
    ),
    "grad_inputs": (
        "The gradient with respect to input {i} is independent of the inputs of the user-provided function. "
        f"{STRICT}."
    ),
    "jacobian": (
        "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} "
        f"is independent of the input. {STRICT}. You should ensure that your function is twice differentiable and "
        "that the jacobian depends on the inputs (this would be violated by a linear function for example).")}
# What it says of a gradient that there is none of, by the pass that was to find it.
MISSING = {
    "back": f"The output of the user-provided function is independent of input {{i}}. {STRICT}.",
    "back_trick": (
        "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double "
        f"backward trick to compute forward mode gradients. {STRICT}."
    ),
    "double_back": f"The jacobian of the user-provided function is independent of input {{i}}. {STRICT}.",
    "double_back_trick": (
        f"The hessian of the user-provided function is independent of entry {{i}} in the grad_jacobian. {STRICT} as it "
        "prevents from using the double backward trick to replace forward mode AD.")}


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """``func(*inputs)``, and `v` times its Jacobian, in the shapes of `inputs`.

    v  of the shapes of the outputs; not needed if there is one output of one element

    >>> import minigrad as torch
    >>> torch.autograd.functional.vjp(lambda x: x * x, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with enable_grad():
        many_inputs, inputs = _enter(inputs, "vjp", create_graph)
        many_outputs, outputs = _call(func, inputs, "vjp", strict)
        needs_v = "user-provided function returns a single Tensor with a single element."
        v = _vector(v, outputs, many_outputs, "vjp", create_graph, needs_v)
    product = _zeros_for_none(_gradients(outputs, inputs, v, create_graph), inputs, strict, create_graph, "back")
    return _leave(outputs, many_outputs, create_graph), _leave(product, many_inputs, create_graph)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """``func(*inputs)``, and its Jacobian times `v`, in the shapes of the outputs.

    v  of the shapes of `inputs`; not needed if there is one input of one element

    >>> import minigrad as torch
    >>> torch.autograd.functional.jvp(lambda x: x.sum() * x, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))
    (tensor([3., 6.]), tensor([4., 2.]))
    """
    with enable_grad():
        many_inputs, inputs = _enter(inputs, "jvp", create_graph)
        v = _vector(v, inputs, many_inputs, "jvp", create_graph)
        many_outputs, outputs = _call(func, inputs, "jvp", strict)
        # Backward is linear in these, so any values do.
        weights = tuple(zeros_like(output, requires_grad=True) for output in outputs)
        gradients = _gradients(outputs, inputs, weights, True)
        _must_require_grad(gradients, "grad_inputs", strict)
    product = _gradients(gradients, weights, v, create_graph)
    product = _zeros_for_none(product, outputs, strict, create_graph, "back_trick")
    return _leave(outputs, many_outputs, create_graph), _leave(product, many_outputs, create_graph)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """All derivatives of the outputs of `func`: for one output and one input a tensor of shape output + input.

    A tuple over the outputs, if `func` returns one, of tuples over the inputs, if it is given one. `vectorize` and
    `strategy` choose between ways of PyTorch to compute the same; here it is always one backward for each element of
    the outputs.

    >>> import minigrad as torch
    >>> torch.autograd.functional.jacobian(lambda x: x * x.sum(), torch.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    forward = _forward_mode(strategy, create_graph, strict, vectorize)
    with enable_grad():
        many_inputs, inputs = _enter(inputs, "jacobian", create_graph)
        many_outputs, outputs = _call(func, inputs, "jacobian", strict)
        refuse(vectorize and strict and "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are "
               "not supported together. Please either set `strict=False` or `vectorize=False`.")
        rows = []
        for i, output in enumerate(outputs):
            row = _row(i, output, inputs, create_graph, strict)
            row = _leave([entry.to(output.dtype) for entry in row] if forward else row, many_inputs, create_graph)
            rows.append(list(row) if forward and many_inputs else row)
    if not many_outputs:
        return rows[0]
    return rows if forward and many_inputs else tuple(rows)


def _row(i, output, inputs, create_graph, strict):
    """The derivatives of output number i with respect to each input."""
    columns, flat = [[] for _ in inputs], output.reshape(-1)
    for element in range(output.numel()):
        found = _gradients((flat[element],), inputs, None, create_graph, retain_graph=True)
        for j, (column, gradient) in enumerate(zip(columns, found)):
            if strict and gradient is None:
                raise RuntimeError(f"Output {i} of the user-provided function is independent of input {j}. {STRICT}.")
            refuse(strict and create_graph and not gradient.requires_grad and INDEPENDENT.format("jacobian", i))
            column.append(zeros_like(inputs[j]) if gradient is None else gradient)
    return [stack(column).view(output.shape + x.shape) for column, x in zip(columns, inputs)]


def _forward_mode(strategy, create_graph, strict, vectorize):
    """Whether PyTorch's forward mode is asked for: its results have the dtype of the outputs, and come in lists."""
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function '
                             'has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, '
                             'prefer to use "reverse-mode".')
    if strategy == "reverse-mode":
        return False
    refusal = ('torch.autograd.functional.jacobian: `{0}=True` and `strategy="forward-mode"` are not supported '
               'together (yet). Please either set `{0}=False` or `strategy="reverse-mode"`.')
    refuse(create_graph and refusal.format("create_graph"), NotImplementedError)
    refuse(strict and refusal.format("strict"))
    refuse(not vectorize and "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented "
           "for `vectorize=True`.", NotImplementedError)
    return True


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    """All second derivatives of `func`, which returns one element: for one input a tensor of shape input + input.

    For a tuple of inputs a tuple of tuples; the options are `jacobian`'s.

    >>> import minigrad as torch
    >>> torch.autograd.functional.hessian(lambda x: x.prod(), torch.tensor([2.0, 3.0]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    many_inputs, inputs = _tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def one_element(*args):
        return _call_for_one_element(func, args, "hessian", strict).squeeze()

    def gradient(*args):
        result = jacobian(one_element, args, create_graph=True)
        _must_require_grad(result, "jacobian", strict)
        return result

    rows = jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)
    return rows if many_inputs else rows[0][0]


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """``func(*inputs)``, which is one element, and `v` times its Hessian, in the shapes of `inputs`.

    v  of the shapes of `inputs`; not needed if there is one input of one element

    >>> import minigrad as torch
    >>> torch.autograd.functional.vhp(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    return _hessian_product("vhp", func, inputs, v, create_graph, strict)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """The same with `v` on the other side of the Hessian: the same numbers as `vhp` if they are continuous, but slower.

    >>> import minigrad as torch
    >>> torch.autograd.functional.hvp(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    return _hessian_product("hvp", func, inputs, v, create_graph, strict)


def _hessian_product(caller, func, inputs, v, create_graph, strict):
    with enable_grad():
        many_inputs, inputs = _enter(inputs, caller, create_graph)
        v = _vector(v, inputs, many_inputs, caller, create_graph)
        output = _call_for_one_element(func, inputs, caller, strict)
        gradients, wanted, stage = _gradients((output,), inputs, None, True), inputs, "double_back"
        _must_require_grad(gradients, "jacobian", strict)
        if caller == "hvp":
            wanted, stage = tuple(zeros_like(x, requires_grad=True) for x in inputs), "double_back_trick"
            gradients = _gradients(gradients, inputs, wanted, True)
    product = _gradients(gradients, wanted, v, create_graph)
    product = _zeros_for_none(product, inputs, strict, create_graph, stage)
    return _leave((output,), False, create_graph), _leave(product, many_inputs, create_graph)


# What goes in


def _tuple(value, what, caller):
    """Whether `value` is a tuple, and the tuple of tensors that it is or that it alone makes."""
    many = isinstance(value, tuple)
    tensors = value if many else (value,)
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            which = f"value at index {i}" if many else f"given {what}"
            raise TypeError(f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the "
                            f"{which} has type {type(x)}.")
    return many, tensors


def _enter(inputs, caller, create_graph):
    many, inputs = _tuple(inputs, "inputs", caller)
    return many, _fresh(inputs, create_graph, True)


def _fresh(tensors, create_graph, tracked):
    """New tensors in the place of those given: so one that `func` captures is told apart from one that it is given."""
    return tuple(x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_(tracked)
                 for x in tensors)


def _vector(v, like, many, caller, create_graph,
            needs_v="input to the user-provided function is a single Tensor with a single element."):
    """The vector to multiply with, which must have the shapes of `like`; None stands for a 1."""
    if v is None:
        refuse((len(like) != 1 or like[0].numel() != 1) and f"The vector v can only be None if the {needs_v}")
        return None
    v = _fresh(_tuple(v, "v", caller)[1], create_graph, False)
    if len(v) != len(like):
        length = f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}."
        raise RuntimeError(length if many else "The given v should contain a single Tensor.")
    for i, (x, expected) in enumerate(zip(v, like)):
        if x.shape != expected.shape:
            entry = f"Entry {i} in " if many else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {expected.shape} but got {x.shape}.")
    return v


# In between


def _call(func, inputs, caller, strict):
    many, outputs = _tuple(func(*inputs), OUTPUTS, caller)
    _must_require_grad(outputs, "outputs", strict)
    return many, outputs


def _call_for_one_element(func, inputs, caller, strict):
    many, outputs = _call(func, inputs, caller, strict)
    refuse(many and f"The function given to {caller} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {caller} should contain a single element")
    return outputs[0]


def _gradients(outputs, inputs, weights, create_graph, retain_graph=None):
    """`grad`, with None for every input that the outputs do not depend on, even if they depend on nothing at all."""
    weights = weights or (None,) * len(outputs)
    tracked = [pair for pair in zip(outputs, weights) if pair[0] is not None and pair[0].requires_grad]
    if not tracked:
        return (None,) * len(inputs)
    outputs, weights = zip(*tracked)
    return grad(outputs, inputs, weights, retain_graph, create_graph, allow_unused=True)


def _must_require_grad(tensors, what, strict):
    for i, x in enumerate(tensors if strict else ()):
        refuse(x is None and MISSING["back"].format(i=i))
        refuse(not x.requires_grad and UNTRACKED[what].format(i=i))


def _zeros_for_none(gradients, like, strict, create_graph, stage):
    for i, gradient in enumerate(gradients if strict else ()):
        refuse(gradient is None and MISSING[stage].format(i=i))
        if create_graph and not gradient.requires_grad:
            raise RuntimeError(INDEPENDENT.format("hessian" if "double" in stage else "jacobian", i))
    return tuple(zeros_like(x) if gradient is None else gradient for gradient, x in zip(gradients, like))


# What comes out


def _leave(tensors, many, create_graph):
    """The results in the form in which the user gave them, without history unless it was asked for."""
    tensors = tuple(x if create_graph else x.detach() for x in tensors)
    return tensors if many else tensors[0]
