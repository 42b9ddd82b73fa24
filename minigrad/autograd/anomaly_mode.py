"""Anomaly mode: when backward goes wrong, say which line of the forward pass made the operation that failed."""

import os
import sys
import warnings

import numpy as np

from ..grad_mode import mode as thread
from ..graph import Observer, seam

PACKAGE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "")
ENABLED = ("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
           "debugging.")

NO_LINES = "No forward pass information available. Enable detect anomaly during forward pass for more information."


class _Anomaly:
    """The switch; one for the whole process, as in PyTorch."""

    enabled, check_nan = False, True


def is_anomaly_enabled():
    """True while anomalies are looked for."""
    return _Anomaly.enabled


def is_anomaly_check_nan_enabled():
    """True while a gradient with a nan in it counts as an anomaly."""
    return _Anomaly.check_nan


def set_anomaly_enabled(mode, check_nan=True):
    """Look for anomalies from now on, or no longer."""
    if mode != _Anomaly.enabled:
        (seam.watch if mode else seam.unwatch)(_detective)
    _Anomaly.enabled, _Anomaly.check_nan = mode, check_nan


class set_detect_anomaly:
    """`set_anomaly_enabled`, which as a context manager is undone at the end of the block."""

    def __init__(self, mode, check_nan=True):
        self._before = _Anomaly.enabled, _Anomaly.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        set_anomaly_enabled(*self._before)


class detect_anomaly(set_detect_anomaly):
    """Inside the block, notice errors in backward and nans in gradients, and say which forward line they go back to.

    Forward and backward must both run inside it. Noting the line of each operation takes many times longer than the
    operation. Raises RuntimeError at a nan, unless `check_nan` is False.

    >>> import minigrad as torch, warnings
    >>> x = torch.tensor(-1.0, requires_grad=True)
    >>> with warnings.catch_warnings(action="ignore"), torch.autograd.detect_anomaly():
    ...     x.sqrt().backward()
    Traceback (most recent call last):
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.
    """

    def __init__(self, check_nan=True):
        self._before, self._check_nan = (_Anomaly.enabled, _Anomaly.check_nan), check_nan
        warnings.warn(ENABLED, UserWarning, stacklevel=2)

    def __enter__(self):
        set_anomaly_enabled(True, self._check_nan)


class _Detective(Observer):
    """Watches while anomalies are looked for."""

    explains_errors = True

    def made(self, node):
        """Keep with a new node the lines that led to it, and the node whose backward made it, if one did."""
        import traceback  # here, since hardly anybody comes this way

        if "traceback_" not in node.metadata:
            lines = [line for line in traceback.extract_stack() if not line.filename.startswith(PACKAGE)]
            node.metadata["traceback_"] = traceback.format_list(lines)
            if thread.evaluating is not None:
                node.metadata["parent_"] = thread.evaluating

    def around(self, node, step):
        """One step of a backward pass; what goes wrong in it is traced back to its forward lines."""
        try:
            grad, results = step()
            for i, result in enumerate(results if _Anomaly.check_nan else ()):
                if result is not None and np.isnan(getattr(result, "array", result)).any():
                    raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
            return grad, results
        except BaseException:
            _warn_of(node)
            raise


_detective = _Detective()


def _warn_of(node):
    """Say which lines made a node, and which those whose backward made it, as far as that is known."""
    begin, end = f"Error detected in {node.name()}. ", "Traceback of forward call that caused the error:\n"
    while node is not None:
        lines = node.metadata.get("traceback_")
        try:
            warnings.warn(begin + (NO_LINES if lines is None else end + "".join(lines)), UserWarning, stacklevel=2)
        except UserWarning as warning:  # as the user's filters have it; but the error that it is about comes first
            print(f"UserWarning: {warning}", file=sys.stderr)
        node = node.metadata.get("parent_")
        begin = node and f"\n\nPrevious calculation was induced by {node.name()}. "
        end = "Traceback of forward call that induced the previous calculation:\n"
