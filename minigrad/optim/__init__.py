"""Optimizers, and schedules for their learning rates."""

from . import lr_scheduler
from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam
from .adamax import Adamax
from .adamw import AdamW
from .lbfgs import LBFGS
from .nadam import NAdam
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD

NOT_HERE = {"ASGD", "Adafactor", "Muon", "RAdam", "Rprop", "SparseAdam"}


def __getattr__(name):
    if name in NOT_HERE:
        raise AttributeError(f"minigrad has no torch.optim.{name}: use SGD or Adam, or write its step().")
    raise AttributeError(f"module 'torch.optim' has no attribute '{name}'")
