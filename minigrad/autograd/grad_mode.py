"""PyTorch's `torch.autograd.grad_mode`: where the grad modes are looked for."""

from ..grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled", "set_multithreading_enabled"]
