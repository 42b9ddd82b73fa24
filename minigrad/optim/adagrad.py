"""Adagrad: each direction's step is divided by how large its gradients have been from the start."""

import numpy as np

from ..random import fused
from ..tensor import wrap
from .optimizer import Descent, check_settings, count, number


class Adagrad(Descent):
    """``param -= lr * grad / (sqrt(sum(grad ** 2)) + eps)``, the sum over all steps so far.

    See Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011.
    """

    def __init__(self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10,
                 foreach=None, *, maximize=False, differentiable=False, fused=None):
        check_settings(lr, {"lr_decay value": lr_decay, "weight_decay value": weight_decay,
                            "initial_accumulator_value value": initial_accumulator_value, "epsilon value": eps},
                       differentiable, fused, foreach)
        super().__init__(params, dict(
            lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, foreach=foreach, maximize=maximize,
            differentiable=differentiable, fused=fused))
        for group in self.param_groups:
            for param in group["params"]:
                self._start(param)

    def _start(self, param):
        start = self.defaults["initial_accumulator_value"]
        start = np.full_like(param.array, complex(start, start) if param.is_complex() else start)
        self.state[param] = {"step": count(), "sum": wrap(start)}

    def rule(self, group):
        lr, lr_decay, eps = number(group["lr"]), group["lr_decay"], group["eps"]

        def update(array, grad, param):
            if param not in self.state:
                self._start(param)
            state = self.state[param]
            state["step"].array += 1
            total = state["sum"].array
            total[...] = fused(grad, grad, total)
            rate = lr / (1 + (state["step"].array.item() - 1) * lr_decay)
            array -= grad * rate / (np.sqrt(total) + eps)

        return update
