"""PyTorch's `torch.func`: functions that take a function and give its derivative, which can be differentiated again.

trees.py            the tensors in tuples, lists and dicts
transforms.py       grad, vjp and jvp: one derivative, backwards or forwards
jacobians.py        jacrev, jacfwd, hessian: all of them
functional_call.py  a module as a function of its parameters
"""

from .functional_call import functional_call
from .jacobians import hessian, jacfwd, jacrev
from .transforms import grad, grad_and_value, jvp, linearize, vjp

__all__ = ["grad", "grad_and_value", "vmap", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "vjp",
           "functional_call"]


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    """Refuses: PyTorch's has a rule of its own for each operation."""
    raise NotImplementedError("minigrad has no vmap: call the function for each part in a loop, and stack the results.")


def __getattr__(name):
    if name in {"functionalize", "stack_module_state", "replace_all_batch_norm_modules_", "debug_unwrap", "rearrange"}:
        raise AttributeError(f"minigrad has no torch.func.{name}.")
    raise AttributeError(f"module 'torch.func' has no attribute {name!r}")
