"""Gradient descent, with momentum: a step against the gradient, or against a running sum of gradients."""

import numpy as np

from ..random import fused
from ..tensor import wrap
from .optimizer import Descent, check_settings, number


class SGD(Descent):
    """``param -= lr * grad``; with momentum, ``buf = momentum * buf + (1 - dampening) * grad; param -= lr * buf``.

    Nesterov's form steps by ``grad + momentum * buf``. Raises ValueError for settings below 0.

    >>> import minigrad as torch
    >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    def __init__(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False,
                 foreach=None, differentiable=False, fused=None):
        check_settings(lr, {"momentum value": momentum, "weight_decay value": weight_decay},
                       differentiable, fused, foreach)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, dict(
            lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
            maximize=maximize, foreach=foreach, differentiable=differentiable, fused=fused))

    def rule(self, group):
        lr, momentum, dampening, nesterov = map(
            number, (group["lr"], group["momentum"], group["dampening"], group["nesterov"]))

        def update(array, grad, param):
            if momentum:
                state = self.state[param]
                if state.get("momentum_buffer") is None:
                    state["momentum_buffer"] = wrap(np.array(grad))
                    buffer = state["momentum_buffer"].array
                else:
                    buffer = state["momentum_buffer"].array
                    buffer *= momentum
                    buffer[...] = fused(grad, 1 - dampening, buffer)
                grad = fused(buffer, momentum, grad) if nesterov else buffer
            array[...] = fused(grad, -lr, array)

        return update
