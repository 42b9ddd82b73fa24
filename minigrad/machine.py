"""What a program asks about the machine and about PyTorch itself: there is a CPU, and nothing else to choose from.

Modules such as `torch.cuda` are made here of a few answers each, so that a program that asks for a device finds the
CPU, and one that sets a switch for speed or for determinism (which this is anyway) goes on.
"""

import operator
import sys
import types
import warnings
from functools import partialmethod

from .dtypes import set_default_dtype
from .operators.conversions import TYPE_NAMES
from .operators.reductions import unique_dim
from .tensor import CPU, check_device, refuse

PACKAGE = __name__.partition(".")[0]


class Version(str):
    """A version that compares by its numbers: ``torch.__version__ >= "2.0"``, ``> (1, 13)``."""

    def _numbers(self):
        return tuple(int(part) for part in self.partition("+")[0].split(".") if part.isdecimal())

    def _compared(self, compare, other):
        return compare(self._numbers(), other if isinstance(other, tuple) else Version(other)._numbers())

    __lt__, __le__ = partialmethod(_compared, operator.lt), partialmethod(_compared, operator.le)
    __gt__, __ge__ = partialmethod(_compared, operator.gt), partialmethod(_compared, operator.ge)


version = Version("2.13.0+minigrad")  # the PyTorch that minigrad is like


def _module(name, **contents):
    """A module torch.`name`, which can also be imported."""
    module = types.ModuleType(f"torch.{name}")
    module.__path__ = []
    vars(module).update(contents)
    sys.modules[f"{PACKAGE}.{name}"] = module
    return module


def _answer(value):
    def answer(*args, **kwargs):
        return value

    answer.__doc__ = f"{value}, always."
    return answer


def _fail(kind, words):
    def refuse(*args, **kwargs):
        raise kind(words)

    return refuse


NO, NONE, ZERO = _answer(False), _answer(None), _answer(0)
_no_cuda = _fail(AssertionError, "Torch not compiled with CUDA enabled")


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Everything is deterministic here already; the switch is kept to be asked for."""
    _switches["deterministic"] = bool(mode)


def set_num_threads(int):
    """One thread does the work, whatever the number, which is kept to be asked for."""
    refuse(not hasattr(int, "__index__") and f"set_num_threads expects an int, but got {type(int).__name__}")
    refuse(int <= 0 and "set_num_threads expects a positive integer")
    _switches["threads"] = int


def set_float32_matmul_precision(precision):
    """Products are always computed in full precision."""
    if precision in ("highest", "high", "medium"):
        _switches["precision"] = precision
    else:
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the currentsetFloat32MatmulPrecision call has "
            "no effect.", UserWarning, stacklevel=2)


def _asked(switch):
    def asked():
        return _switches[switch]

    asked.__doc__ = f"What {switch} was set to."
    return asked


_switches = {"deterministic": False, "threads": 1, "precision": "highest"}


def set_default_device(device):
    """The CPU is the default device, and the only one."""
    check_device(device)


def set_default_tensor_type(t):
    """`set_default_dtype` for who names a tensor type; deprecated."""
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives.", UserWarning, stacklevel=2)
    set_default_dtype(TYPE_NAMES[t] if t in TYPE_NAMES else t.dtype)


def compile(model=None, **options):
    """The model or function as it is: nothing is compiled here. Usable as a decorator, with options or without."""
    return model if model is not None else lambda model: model


FUNCTIONS = {
    function.__name__: function
    for function in (use_deterministic_algorithms, set_num_threads, set_float32_matmul_precision, set_default_device,
                     set_default_tensor_type, compile)}
FUNCTIONS |= {
    "are_deterministic_algorithms_enabled": _asked("deterministic"), "get_num_threads": _asked("threads"),
    "get_float32_matmul_precision": _asked("precision"),
    "get_num_interop_threads": _answer(1), "set_num_interop_threads": NONE, "get_default_device": _answer(CPU),
    "set_flush_denormal": NO, "set_warn_always": NONE, "is_warn_always_enabled": NO, "is_autocast_enabled": NO,
    "get_deterministic_debug_mode": ZERO, "is_storage": NO}

_absent = {"is_available": NO, "device_count": ZERO, "manual_seed": NONE, "manual_seed_all": NONE, "seed": NONE}
_cudnn = _module(
    "backends.cudnn", enabled=True, benchmark=False, deterministic=False, allow_tf32=True, is_available=NO,
    version=NONE)
MODULES = {
    "cuda": _module(
        "cuda", **_absent, empty_cache=NONE, is_initialized=NO, is_bf16_supported=NO, memory_allocated=ZERO,
        max_memory_allocated=ZERO, memory_reserved=ZERO, max_memory_reserved=ZERO,
        **dict.fromkeys(("current_device", "get_device_name", "get_device_capability", "get_device_properties",
                         "synchronize", "current_stream", "init"), _no_cuda),
    ),
    "mps": _module("mps", **_absent,
                   empty_cache=_fail(RuntimeError, "Cannot execute emptyCache() without MPS backend.")),
    "xpu": _module("xpu", **_absent, empty_cache=NONE),
    "cpu": _module("cpu", is_available=_answer(True), device_count=_answer(1), current_device=_answer("cpu"),
                   synchronize=NONE),
    "accelerator": _module("accelerator", is_available=NO, device_count=ZERO, current_accelerator=NONE),
    "backends": _module(
        "backends", cudnn=_cudnn,
        cuda=types.SimpleNamespace(is_built=NO, matmul=types.SimpleNamespace(allow_tf32=False)),
        mps=types.SimpleNamespace(is_available=NO, is_built=NO),
        **dict.fromkeys(("mkl", "mkldnn", "openmp"), types.SimpleNamespace(is_available=NO)),
    ),
    "_VF": _module("_VF", unique_dim=unique_dim),
    "version": _module("version", __version__=version, cuda=None, hip=None, git_version=None),
    "compiler": _module("compiler", is_compiling=NO, disable=lambda function=None, recursive=True: function),
    "torch_version": _module("torch_version", TorchVersion=Version)}
