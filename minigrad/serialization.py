"""save and load: files that PyTorch can read, and PyTorch's read without running anything that is in them.

A file is a zip archive, not compressed:

    NAME/data.pkl    the object as a pickle, in which each tensor is (storage, offset, size, stride, requires_grad)
    NAME/data/0 ...  each storage's bytes, once, however many tensors show them
    NAME/byteorder   "little" or "big"
    NAME/version     "3"

A pickle is a small program that builds an object, and may call anything by its name. Here it may name what is in
ALLOWED and, with ``weights_only=False``, classes of modules that the program has, but not call these: a file can hold
data only.
"""

import functools
import io
import os
import pickle
import sys
import types
import zipfile
from _compat_pickle import (
    IMPORT_MAPPING as NEW_MODULES,  # pickles of this protocol use the names of Python 2
    NAME_MAPPING as NEW_NAMES,
)
from collections import Counter, OrderedDict

import numpy as np

from .dtypes import ALL, dtype
from .nn.modules.module import Module
from .nn.parameter import Parameter
from .storage import block
from .tensor import Size, Tensor, device, rebuilt, refuse, wrap

__all__ = ["save", "load"]
PACKAGE = __name__.partition(".")[0]

BROKEN_ZIP = ("PytorchStreamReader failed reading zip archive: failed finding central directory. This is an internal "
              "miniz error. If you are seeing this error, there is a high likelihood that your checkpoint file is "
              "corrupted. This can happen if the checkpoint was not saved properly, was transferred incorrectly, or "
              "the file was modified after saving.")
UNSAFE = ("In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to "
          "`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result "
          "in arbitrary code execution. Do it only if you got the file from a trusted source.")
TWO_OPTIONS = ("This file can still be loaded, to do so you have two options, \033[1mdo those steps only if you trust "
               f"the source of the checkpoint\033[0m. \n\t(1) {UNSAFE}\n\t(2) Alternatively, to load with "
               "`weights_only=True` please check the recommended steps in the following error "
               "message.\n\tWeightsUnpickler error: Unsupported global: GLOBAL {0} was not an allowed global by "
               "default. Please use `torch.serialization.add_safe_globals([{0}])` or the "
               "`torch.serialization.safe_globals([{0}])` context manager to allowlist this global if you trust this "
               "class/function.")
BLOCKED = f"{UNSAFE}\n\n\nTrying to load unsupported GLOBAL {{0}} whose module {{1}} is blocked."
REFUSED = ("Weights only load failed. {0}\n\nCheck the documentation of torch.load to learn more about types accepted "
           "by default with weights_only https://pytorch.org/docs/stable/generated/torch.load.html.")


def save(obj, f, pickle_module=None, pickle_protocol=2, _use_new_zipfile_serialization=True):
    """Write `obj` to `f`: tensors, parameters, numbers, texts, and lists, tuples and dicts of them.

    f  a path, or a file opened for writing in binary mode, such as a BytesIO

    Tensors that share memory still do when they are loaded. Neither gradients nor history are saved, and the format is
    the same whatever the last three arguments are.

    >>> import io, minigrad as torch
    >>> file = io.BytesIO()
    >>> torch.save({"weight": torch.ones(2), "step": 3}, file)
    >>> file.seek(0)
    0
    >>> torch.load(file)
    {'weight': tensor([1., 1.]), 'step': 3}
    """
    if not _is_path(f) and not hasattr(f, "write"):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    if _is_path(f) and not os.path.isdir(os.path.dirname(f) or "."):
        raise RuntimeError(f"Parent directory {os.path.dirname(f)} does not exist.")
    pickled = io.BytesIO()
    writer = _Writer(pickled, protocol=2)
    writer.dump(obj)
    name = os.path.splitext(os.path.basename(f))[0] if _is_path(f) else "archive"
    with zipfile.ZipFile(f, "w") as archive:
        for entry, content in {
            "data.pkl": pickled.getvalue(),
            "byteorder": sys.byteorder,
            **{f"data/{storage.key}": storage.bytes.data for storage in writer.storages.values()},
            "version": "3\n",
        }.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/{entry}"), content)


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """What `save`, minigrad's or PyTorch's, has written to `f`: a path, or a file opened for reading in binary mode.

    map_location  where tensors saved on other devices shall go: "cpu"
    weights_only  as nothing but data is ever loaded, False changes only the words with which code is refused

    pickle.UnpicklingError for a file that holds more than data, or a damaged one; RuntimeError for a damaged archive.
    """
    if _is_path(f):
        with open(f, "rb") as file:
            return _load(file, map_location, weights_only)
    refuse(mmap and "f must be a file path in order to use the mmap argument", ValueError)
    for method in ("seek", "tell", "read", "readline"):
        refuse(not hasattr(f, method) and f"'{type(f).__name__}' object has no attribute '{method}'. You can only "
               "torch.load from a file that is seekable. Please pre-load the data into a buffer like io.BytesIO and "
               "try to load from it instead.", AttributeError)
    return _load(f, map_location, weights_only)


def _load(file, map_location, weights_only):
    start = file.tell()
    head = file.read(4)
    file.seek(start)
    if not head:
        raise EOFError("Ran out of input")
    if head != b"PK\x03\x04":
        raise pickle.UnpicklingError("This is not a file of torch.save, or one from before PyTorch 1.6, which minigrad "
                                     "cannot read: save it again with a newer PyTorch.")
    try:
        with zipfile.ZipFile(file) as archive:
            return _Reader(_Archive(archive), map_location, weights_only is not False).load()
    except zipfile.BadZipFile as error:
        raise RuntimeError(BROKEN_ZIP if "CRC" not in str(error) else f"The file is damaged: {error}.") from error


def add_safe_globals(safe_globals):
    """There are none to add: nothing in a file is ever run."""
    raise NotImplementedError("minigrad has no safe globals: save tensors, such as a module's state_dict(), instead.")


safe_globals = add_safe_globals


def _is_path(f):
    return isinstance(f, (str, os.PathLike))


# Writing


class _Named:
    """Stands in a pickle for what PyTorch finds under this name."""

    def __init__(self, module, name):
        self.module, self.name = module, name

    def __call__(self):
        """Never called: a pickle wants something that could be."""


_name = functools.cache(_Named)  # one object for each name, which a pickle spells out once


class _Storage:
    """One block of memory on its way into a file."""

    def __init__(self, key, array, kind):
        self.key, self.bytes, self.kind = key, array, kind


class _Writer(pickle._Pickler):
    """Pickles tensors and their like under PyTorch's names. (pickle's Python half: the other does not allow it.)"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.storages = {}  # address -> _Storage

    def persistent_id(self, obj):
        if isinstance(obj, _Storage):
            numel = obj.bytes.size // obj.kind.itemsize
            return "storage", _name("torch", f"{obj.kind.title}Storage"), obj.key, "cpu", numel
        return None

    def reducer_override(self, obj):
        if isinstance(obj, (type, types.FunctionType)):
            pickle.dumps(obj)  # if there is no such name to be found, pickle's other half says so in PyTorch's words
        if isinstance(obj, (_Named, dtype)):
            return obj.name
        if isinstance(obj, Size):
            return _name("torch", "Size"), (tuple(obj),)
        if isinstance(obj, device):
            return _name("torch", "device"), (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, Parameter):
            args = (wrap(obj.array), obj.requires_grad, OrderedDict())
            if obj.__dict__:
                return _name("torch._utils", "_rebuild_parameter_with_state"), (*args, obj.__dict__)
            return _name("torch._utils", "_rebuild_parameter"), args
        if isinstance(obj, Tensor):
            rebuild, args = _name("torch._utils", "_rebuild_tensor_v2"), self._tensor(obj)
            if type(obj) is Tensor and not obj.__dict__:
                return rebuild, args
            kind = _name("torch", "Tensor") if type(obj) is Tensor else type(obj)
            return _name("torch._tensor", "_rebuild_from_type_v2"), (rebuild, kind, args, obj.__dict__)
        return NotImplemented

    def _tensor(self, tensor):
        kind = tensor.dtype
        memory, start, strides = block(tensor.array)
        fresh = _Storage(str(len(self.storages)), memory, kind)
        storage = self.storages.setdefault(memory.ctypes.data, fresh)
        refuse(storage.kind is not kind and "Cannot save multiple tensors or storages that view the same data as "
               "different types")
        strides = tuple(step // kind.itemsize for step in strides) if tensor.numel() else tensor.stride()
        return storage, start // kind.itemsize, tuple(tensor.shape), strides, tensor.requires_grad, OrderedDict()

    def save_global(self, obj, name=None):
        if isinstance(obj, (_Named, dtype)):
            module, name = getattr(obj, "module", "torch"), obj.name
        elif isinstance(obj, type) and issubclass(obj, Module) and obj.__module__.startswith(f"{PACKAGE}."):
            module, name = "torch" + obj.__module__.removeprefix(PACKAGE), obj.__name__
        else:
            return super().save_global(obj, name)
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)


# Reading


def _tensor(storage, offset, size, stride, requires_grad, hooks, metadata=None):
    itemsize = storage.itemsize
    refuse(min(offset, *stride, 0) < 0 and "negative offset or stride", ValueError)
    # numpy makes sure that all of it lies inside the storage
    array = np.ndarray(size, storage.dtype, storage, offset * itemsize, [step * itemsize for step in stride])
    refuse(requires_grad and array.dtype.kind != "f" and "integers that require grad", ValueError)
    return rebuilt(Tensor, array, bool(requires_grad))


def _parameter(data, requires_grad, hooks, state=()):
    parameter = Parameter(data, requires_grad)
    parameter.__dict__.update(state)
    return parameter


def _with_attributes(rebuild, kind, args, state):
    refuse((rebuild is not _tensor or kind != "Tensor") and "a kind of tensor that is unknown", ValueError)
    tensor = _tensor(*args)
    tensor.__dict__.update(state)
    return tensor


def _bytes(text, codec):
    refuse(codec not in ("latin1", "latin-1") and f"bytes as {codec}", ValueError)
    return text.encode("latin1")


ALLOWED = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "builtins.set": set,
    "builtins.complex": complex,
    "builtins.bytearray": lambda content=b"": bytearray(memoryview(content)),  # not a number: it could be a huge one
    "_codecs.encode": _bytes,
    "torch.Size": Size,
    "torch.device": device,
    "torch.Tensor": "Tensor",
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch._tensor._rebuild_from_type_v2": _with_attributes,
    **{f"torch.{kind.name}": kind for kind in ALL},
    **{f"torch.{kind.title}Storage": kind for kind in ALL}}
OPCODES = """PROTO STOP MARK NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 BINFLOAT BINUNICODE SHORT_BINSTRING
    EMPTY_DICT EMPTY_LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 APPEND APPENDS SETITEM SETITEMS BINPUT LONG_BINPUT
    BINGET LONG_BINGET GLOBAL BINPERSID REDUCE BUILD""".split()


class _Archive:
    """The entries of a zip archive, without the folder that all of them are in."""

    def __init__(self, archive):
        self.archive = archive
        self.folder, slash, _ = next(iter(archive.namelist()), "").partition("/")
        refuse(not slash and f"file in archive is not in a subdirectory: {self.folder}")

    def read(self, name, default=None):
        try:
            entry = self.archive.getinfo(f"{self.folder}/{name}")
        except KeyError:
            if default is not None:
                return default
            raise RuntimeError(f"PytorchStreamReader failed locating file {name}: file not found") from None
        if entry.compress_type != zipfile.ZIP_STORED:
            raise RuntimeError(f"The file is damaged: {name} is compressed, which torch.save never does.")
        return self.archive.read(entry)


class _Reader(pickle._Unpickler):
    """Builds what a pickle describes, if it is data. (pickle's Python half: there, each step is ours to check.)"""

    dispatch = {}  # opcode -> what to do, filled in below

    def __init__(self, archive, map_location, weights_only):
        super().__init__(io.BytesIO(archive.read("data.pkl")))
        self.archive, self.map_location, self.weights_only = archive, map_location, weights_only
        self.swapped = archive.read("byteorder", sys.byteorder.encode()) != sys.byteorder.encode()
        self.storages = {}  # key -> array

    def load(self):
        try:
            return super().load()
        except (pickle.UnpicklingError, RuntimeError, zipfile.BadZipFile):
            raise
        except KeyError as error:
            raise pickle.UnpicklingError(f"Weights only load failed. Unsupported operand {error}") from None
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise pickle.UnpicklingError(f"The file is damaged: what it describes cannot be built ({what}).") from error

    def find_class(self, module, name):
        module, name = NEW_NAMES.get((module, name), (NEW_MODULES.get(module, module), name))
        full = f"{module}.{name}"
        if full in ALLOWED:
            return ALLOWED[full]
        shown = full.removeprefix("builtins.")
        if not self.weights_only:
            inside = PACKAGE + module.removeprefix("torch") if module.startswith("torch.") else module
            kind = vars(sys.modules[inside]).get(name) if inside in sys.modules else None
            if isinstance(kind, type) and issubclass(kind, Module):
                return _Kind(kind)
            raise pickle.UnpicklingError("minigrad never runs code from a file, with weights_only=False neither, and "
                                         f"{shown} is code: save tensors, such as a module's state_dict(), instead of "
                                         "the object itself.")
        blocked = module in ("sys", "os", "posix", "nt")
        raise pickle.UnpicklingError(REFUSED.format((BLOCKED if blocked else TWO_OPTIONS).format(shown, module)))

    def persistent_load(self, pid):
        tag, kind, key, location, numel = pid
        refuse((tag != "storage" or not isinstance(kind, dtype)) and f"a reference to {tag}", ValueError)
        if key not in self.storages:
            self._check_location(location)
            content = self.archive.read(f"data/{key}")
            if len(content) != numel * kind.itemsize:
                raise ValueError(f"storage {key} has {len(content)} bytes instead of {numel * kind.itemsize}")
            array = np.frombuffer(bytearray(content), kind.numpy)
            self.storages[key] = array.byteswap() if self.swapped else array
        return self.storages[key]

    def _check_location(self, location):
        to = self.map_location
        if callable(to):
            return
        location = to.get(location, location) if isinstance(to, dict) else location if to is None else str(to)
        refuse(location.startswith("cuda") and "Attempting to deserialize object on a CUDA device but "
               "torch.cuda.is_available() is False. If you are running on a CPU-only machine, please use torch.load "
               "with map_location=torch.device('cpu') to map your storages to the CPU.")
        refuse(not location.startswith("cpu") and "don't know how to restore data location of "
               f"torch.storage.UntypedStorage (tagged with {location})")

    def load_newobj(self):
        """A module without attributes yet: neither `__init__` is called nor a `__new__` of its class."""
        arguments, kind = self.stack.pop(), self.stack.pop()
        refuse((type(kind) is not _Kind or arguments != ()) and "an object of a kind that is unknown", ValueError)
        self.stack.append(object.__new__(kind.kind))

    def load_build(self):
        """Give the object on top of the stack its attributes: a state_dict has `_metadata`."""
        state = self.stack.pop()
        if type(self.stack[-1]) is not OrderedDict and not isinstance(self.stack[-1], Module):
            raise pickle.UnpicklingError("Weights only load failed. Can only build Tensor, Parameter, OrderedDict or "
                                         f"types allowlisted via `add_safe_globals`, but got {type(self.stack[-1])}")
        vars(self.stack[-1]).update(state)


class _Kind:
    """A class of modules, as a file may name it: what is not the class itself cannot be called by the file."""

    def __init__(self, kind):
        self.kind = kind


for _opcode in OPCODES:
    _code = getattr(pickle, _opcode)[0]
    _Reader.dispatch[_code] = pickle._Unpickler.dispatch[_code]
_Reader.dispatch[pickle.BUILD[0]] = _Reader.load_build  # type: ignore[assignment]
_Reader.dispatch[pickle.NEWOBJ[0]] = _Reader.load_newobj  # type: ignore[assignment]
