"""The switch that says whether operations are recorded, and the ways to turn it.

The switch belongs to the thread, not to a `contextvars` context: a notebook runs each cell in a context of its own,
and `set_grad_enabled(False)` must hold from one cell to the next.
"""

import functools
import inspect
import threading
import warnings

CLASSES = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
    "methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__` method "
    "and nothing else."
)


class _Mode(threading.local):
    enabled = True  # new threads start out recording
    inference = False
    saved_hooks = ()  # the pairs of autograd.graph.saved_tensors_hooks, the innermost last
    saved_hooks_refused = None  # what disable_saved_tensors_hooks says to whoever enters such a pair
    backward = None  # the innermost backward pass that is running, see engine.py
    evaluating = None  # the node that it is at, while anomalies are looked for


mode = _Mode()


def is_grad_enabled():
    """True if operations are being recorded in this thread."""
    return mode.enabled


def is_inference_mode_enabled():
    """True inside `inference_mode`, in this thread."""
    return mode.inference


class _GradMode:
    """A context manager that is also a decorator; `turn` says what it sets the switch to."""

    # A class with __enter__ rather than @contextmanager: entering a generator costs six times as much.

    def __enter__(self):
        self._before = mode.enabled
        mode.enabled = self.turn

    def __exit__(self, *exception):
        mode.enabled = self._before

    def _again(self):
        return self.__class__()

    def __call__(self, function):
        if inspect.isgeneratorfunction(function):
            return self._decorate_generator(function)
        if inspect.isclass(function):
            warnings.warn(CLASSES, FutureWarning, stacklevel=2)

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self._again():
                return function(*args, **kwargs)

        return wrapper

    def _decorate_generator(self, function):
        """The mode holds while the generator's own code runs, and not while its caller's does."""

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            generator, step, value = function(*args, **kwargs), "send", None
            while True:
                try:
                    with self._again():
                        item = getattr(generator, step)(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    step, value = "send", (yield item)
                except GeneratorExit:
                    with self._again():
                        generator.close()
                    raise
                except BaseException as error:
                    step, value = "throw", error

        return wrapper


def _usable_bare(cls):
    """Let `@no_grad` work as well as `@no_grad()`."""

    def __new__(cls, function=None):
        self = object.__new__(cls)
        return self if function is None else self(function)

    cls.__new__ = __new__
    return cls


@_usable_bare
class no_grad(_GradMode):
    """Do not record: results have ``requires_grad=False``, whatever their inputs.

    >>> import minigrad as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    turn = False


@_usable_bare
class enable_grad(_GradMode):
    """Record, also inside a `no_grad` block."""

    turn = True


class set_grad_enabled(_GradMode):
    """Turn recording on or off: at once as a function, for a block as a context manager, or as a decorator.

    >>> import minigrad as torch
    >>> with torch.set_grad_enabled(False):
    ...     torch.is_grad_enabled()
    False
    """

    def __init__(self, mode):
        if not isinstance(mode, bool):
            kind = type(mode).__name__
            raise TypeError(f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {kind}")
        self.turn, self._before = mode, is_grad_enabled()
        self.__enter__()

    def __enter__(self):
        mode.enabled = self.turn

    def __call__(self, function):
        mode.enabled = self._before  # used as a decorator, it must not have changed anything yet
        return super().__call__(function)

    def _again(self):
        return set_grad_enabled(self.turn)


class inference_mode(_GradMode):
    """`no_grad` under another name. PyTorch refuses to track later what was made inside; minigrad does not."""

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        self.on = True if callable(mode) else mode
        return self(mode) if callable(mode) else self

    def __enter__(self):
        self._before = mode.enabled, mode.inference
        if self.on:
            mode.enabled, mode.inference = False, True
        else:
            mode.enabled, mode.inference = True, False

    def __exit__(self, *exception):
        mode.enabled, mode.inference = self._before

    def _again(self):
        return inference_mode(self.on)
