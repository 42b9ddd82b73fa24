"""What all distributions share: the shapes of what is drawn, and checks of what is given."""

from functools import cached_property

from ..dtypes import PrintsAsTorch, get_default_dtype
from ..grad_mode import enable_grad, no_grad
from ..operators.creation import as_tensor
from ..operators.rearranging import broadcast_tensors
from ..tensor import Size, Tensor


class lazily(cached_property):
    """A parameter that follows from another one, computed when first asked for, and from then on printed too."""

    def __get__(self, instance, owner=None):
        with enable_grad():  # `sample` may be the first to ask: what it finds is kept, and its history with it
            return super().__get__(instance, owner)


def together(*values):
    """Numbers and tensors as tensors of one shape."""
    kind = next((value.dtype for value in values if isinstance(value, Tensor)), get_default_dtype())
    return broadcast_tensors(*(v if isinstance(v, Tensor) else as_tensor(v, dtype=kind) for v in values))


class Distribution(metaclass=PrintsAsTorch):
    """The base of the distributions: `batch_shape` tells how many variables there are, all of them single numbers.

    A subclass has `limits`: for each parameter what errors call the condition on it, and whether numbers meet it; and
    `support()`, the same for the values. ValueError for what does not meet them, unless ``validate_args=False``.
    """

    limits: dict = {}
    has_rsample = False
    event_shape = Size()

    def __init__(self, batch_shape=(), validate_args=None):
        self.batch_shape = self._batch_shape = Size(batch_shape)
        self._validate_args = validate_args is None or validate_args
        for name, limit in self.limits.items() if self._validate_args else ():
            if name in self.__dict__:
                what, meets = limit(self) if callable(limit) else limit
                value = self.__dict__[name]
                if not meets(value).all():
                    raise ValueError(f"Expected parameter {name} ({type(value).__name__} of shape "
                                     f"{tuple(value.shape)}) of distribution {self!r} to satisfy the constraint "
                                     f"{what}, but found invalid values:\n{value}")

    def __repr__(self):
        given = {name: self.__dict__[name] for name in self.limits if name in self.__dict__}
        shown = (f"{name}: {x if x.numel() == 1 else x.size()}" for name, x in given.items())
        return f"{type(self).__name__}({', '.join(shown)})"

    def sample(self, sample_shape=()):
        """Values of shape `sample_shape` + `batch_shape`, without history."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape=()):
        """The same as a function of the parameters, so that gradients reach them; not all distributions can."""
        raise NotImplementedError

    def _shape(self, sample_shape):
        return Size((*sample_shape, *self.batch_shape))

    def _check(self, value):
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        for n, m in zip(reversed(value.shape), reversed(self.batch_shape)):
            if 1 not in (n, m) and n != m:
                raise ValueError("Value is not broadcastable with batch_shape+event_shape: "
                                 f"{value.size()} vs {self.batch_shape}.")
        what, meets = self.support()
        if not meets(value).all():
            raise ValueError(f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be "
                             f"within the support ({what}) of the distribution {self!r}, but found invalid values:\n"
                             f"{value}")

    @property
    def stddev(self):
        """The square root of the variance."""
        return self.variance.sqrt()

    def perplexity(self):
        """The exponential of the entropy."""
        return self.entropy().exp()


REAL = "Real()", lambda x: x == x
