"""`functional_call` at its former place."""

import functools
import warnings

from ...func import functional_call as torch_func_functional_call

DEPRECATED = ("`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a "
              "future version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in "
              "replacement.")


@functools.wraps(torch_func_functional_call)
def functional_call(*args, **kwargs):
    warnings.warn(DEPRECATED, FutureWarning, stacklevel=2)
    return torch_func_functional_call(*args, **kwargs)
