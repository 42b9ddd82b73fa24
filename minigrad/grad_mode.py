"""The switch that says whether operations are recorded, and the ways to turn it.

The switch belongs to the thread, not to a `contextvars` context: a notebook runs each cell in a context of its own,
and `set_grad_enabled(False)` must hold from one cell to the next.
"""

import functools
import inspect
import threading
import warnings

CLASSES = ("Decorating classes is deprecated and will be disabled in future versions. You should only decorate "
           "functions or methods. To preserve the current behavior of class decoration, you can directly decorate the "
           "`__init__` method and nothing else.")


class _Mode(threading.local):
    enabled = True  # whether operations are recorded; new threads start out recording
    inference = False  # if so, nothing is recorded ...
    asked = False  # ... and this is what `is_grad_enabled` answers
    saved_hooks = ()  # the pairs of autograd.graph.saved_tensors_hooks, the innermost last
    saved_hooks_refused = None  # what disable_saved_tensors_hooks says to whoever enters such a pair
    multithreading, view_replay = True, False  # what is_multithreading_enabled and is_view_replay_enabled answer
    backward = None  # the innermost backward pass that is running, see engine.py
    evaluating = None  # the node that it is at, where users' code can ask
    forward = None  # how many of the `levels` count: None for all, 0 where forward mode is turned off
    transforms = ()  # the numbers of torch.func's transforms whose functions are running, the innermost last


mode = _Mode()
# An entry for each block in some thread in which new tensors get a counter at once, see `first_counter` in graph.py
marking: list = []
levels: list = []  # the derivatives that are being taken in forward mode, see autograd/tangents.py


def keep_tangents(tensor, twin):
    """Have `twin`, another object for the same value, change as `tensor` does in each derivative in forward mode."""
    for level in levels:
        level.keep(tensor, twin)


def is_grad_enabled():
    """True if operations are being recorded in this thread."""
    return mode.asked if mode.inference else mode.enabled


def is_inference_mode_enabled():
    """True inside `inference_mode`, in this thread."""
    return mode.inference


def _turn(flag):
    if mode.inference:
        mode.asked = flag
    else:
        mode.enabled = flag


class _GradMode:
    """A context manager that is also a decorator; `turn` says what it sets the switch to."""

    # A class with __enter__ rather than @contextmanager: entering a generator costs six times as much.

    def __enter__(self):
        self._before = is_grad_enabled()
        _turn(self.turn)

    def __exit__(self, *exception):
        _turn(self._before)

    def clone(self):
        """Another one that does the same."""
        return self.__class__()

    def __call__(self, function):
        if inspect.isgeneratorfunction(function):
            return self._decorate_generator(function)
        if inspect.isclass(function):
            warnings.warn(CLASSES, FutureWarning, stacklevel=2)

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self.clone():
                return function(*args, **kwargs)

        return wrapper

    def _decorate_generator(self, function):
        """The mode holds while the generator's own code runs, and not while its caller's does."""

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            generator, step, value = function(*args, **kwargs), "send", None
            while True:
                try:
                    with self.clone():
                        item = getattr(generator, step)(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    step, value = "send", (yield item)
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    step, value = "throw", error

        return wrapper


class _NoParamDecoratorContextManager(_GradMode):
    """`@no_grad` works as well as `@no_grad()`."""

    def __new__(cls, orig_func=None):
        self = object.__new__(cls)
        return self if orig_func is None else self(orig_func)


class no_grad(_NoParamDecoratorContextManager):
    """Do not record: results have ``requires_grad=False``, whatever their inputs.

    >>> import minigrad as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    turn = False


class enable_grad(_NoParamDecoratorContextManager):
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
        self.mode, self._before = mode, is_grad_enabled()
        _turn(mode)

    def __enter__(self):
        _turn(self.mode)

    def __call__(self, function):
        _turn(self._before)  # used as a decorator, it must not have changed anything yet
        return super().__call__(function)

    def __repr__(self):
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self.mode})"

    def clone(self):
        return set_grad_enabled(self.mode)


class inference_mode(_GradMode):
    """`no_grad` that cannot be undone: what is made inside may never be saved for a backward, nor be changed outside.

    >>> import minigrad as torch
    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.inference_mode():
    ...     y = x * 2
    >>> y.requires_grad, y.is_inference()
    (False, True)
    """

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        self.mode = True if callable(mode) else mode
        return self(mode) if callable(mode) else self

    def __enter__(self):
        self._before = mode.enabled, mode.inference, mode.asked
        mode.enabled, mode.inference, mode.asked = not self.mode, self.mode, False
        marking.append(self)

    def __exit__(self, *exception):
        marking.remove(self)
        mode.enabled, mode.inference, mode.asked = self._before

    def clone(self):
        return inference_mode(self.mode)


class _Answer(_GradMode):
    """Changes nothing but what is answered when somebody asks for `switch`."""

    def __init__(self, mode):
        self.mode = mode
        self.__enter__()

    def __enter__(self):
        if "_before" not in vars(self):
            self._before = getattr(mode, self.switch)
        setattr(mode, self.switch, self.mode)

    def __exit__(self, *exception):
        setattr(mode, self.switch, self._before)

    def clone(self):
        return self.__class__(self.mode)


class set_multithreading_enabled(_Answer):
    """Changes what `is_multithreading_enabled` answers: minigrad's backward runs in the thread that calls it anyway."""

    switch = "multithreading"


class _force_original_view_tracking(_Answer):
    """Whether a view whose base has changed is differentiated as it was made, not by its place in memory."""

    switch = "view_replay"


def is_multithreading_enabled():
    """What `set_multithreading_enabled` said last."""
    return mode.multithreading


def is_view_replay_enabled():
    """What `_force_original_view_tracking` said last."""
    return mode.view_replay
