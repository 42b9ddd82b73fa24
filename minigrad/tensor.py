"""Tensor: an array, and what autograd has to know about it. No operators here; `methods.py` adds those."""

import copy
import math
import warnings
import weakref
from collections.abc import Callable

import numpy as np

from .dtypes import PrintsAsTorch, dtype as Dtype, float64, from_numpy_dtype, int64, number_for
from .grad_mode import marking, mode
from .graph import (
    INFERENCE,
    Hooks,
    RemovableHandle,
    Version,
    VersionSinceDetached,
    accumulator,
    first_counter,
    gradient_edge,
    seam,
    transform_of,
    version_counter,
)
from .storage import TypedStorage, UntypedStorage, block, copied

NON_LEAF_GRAD = ("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                 "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
                 "for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor "
                 "by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 "
                 "for more information.")
CHANGED_FLAG = ("you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach().")
TRANSFORMED = ("You are attempting to call Tensor.{0}{1} inside of a function being transformed by a functorch "
               "transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, "
               "jacrev, jacfwd, hessian) or call {0} outside of a function being transformed instead.")
INFERENCE_FLAG = "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
DETACHED_VIEW = ("Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) "
                 "for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and "
                 "hence detach_() cannot be called on these gradients. To fix this error, please refer to the "
                 "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.")

def refuse(why, error=RuntimeError):
    """Raise the error if there is a reason: with ``refuse(n < 0 and f"... {n}")`` it is put into words only then."""
    if why:
        raise error(why)


# The third value of a tensor's flag: a view is tracked as soon as its base is, so the base has to be asked.
ASK_BASE = 2


class Tensor(metaclass=PrintsAsTorch):
    """A multi-dimensional array that can remember how it was computed.

    >>> import minigrad as torch
    >>> w = torch.tensor([0.5, -1.0], requires_grad=True)
    >>> y = (w * 3).sum()
    >>> y.backward()
    >>> w.grad
    tensor([3., 3.])
    """

    __slots__ = (
        "array",  # numpy array: the values
        "_requires_grad",  # True, False or ASK_BASE
        "_grad",  # Tensor or None
        "_edge",  # (node, output number) of the operation it came from; None for leaves and for views (see _view)
        "_view",  # View, or None if the memory is its own
        "_counter",  # Version, or None as long as nobody shared or changed the memory
        "_accumulator",  # weak reference to a leaf's AccumulateGrad, or None
        "_leaf_hooks",  # Hooks of a leaf, or None; those of a non-leaf are on its node
        "__weakref__",
        "__dict__")
    __array_priority__ = 1000  # numpy scalars leave `np.float64(2) * tensor` to us

    # What is tracked

    @property
    def requires_grad(self):
        """Whether operations on this tensor are recorded, so that a gradient can flow back to it."""
        flag = self._requires_grad
        return flag if flag is not ASK_BASE else self._view.base.requires_grad

    @requires_grad.setter
    def requires_grad(self, flag):
        refuse(not isinstance(flag, bool) and "requires_grad must be a bool")
        if self._known_edge:
            raise RuntimeError(CHANGED_FLAG.partition(" If")[0] if flag else CHANGED_FLAG)
        if flag and self.array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        self._set_requires_grad(flag)

    @requires_grad.deleter
    def requires_grad(self):
        raise RuntimeError("requires_grad must be a bool")

    def requires_grad_(self, requires_grad=True):
        """Set `requires_grad` of this very tensor, and return it.

        RuntimeError for a tensor that is neither floating-point nor complex, and for turning it off on a non-leaf.

        >>> import minigrad as torch
        >>> t = torch.ones(2)
        >>> t.requires_grad_() is t, t.requires_grad
        (True, True)
        """
        if not isinstance(requires_grad, bool):
            raise TypeError("a flag is a bool")
        refuse(mode.transforms and TRANSFORMED.format("requires_grad_()", " (or perhaps using "
               "torch.autograd.functional.* APIs)"))
        if requires_grad and self.array.dtype.kind not in "fc":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self._set_requires_grad(requires_grad)
        return self

    def _set_requires_grad(self, flag):
        if flag:
            if self._counter is INFERENCE and not mode.inference:
                raise RuntimeError(INFERENCE_FLAG)
            self._requires_grad = True
        elif self._known_edge is not None:
            raise RuntimeError(CHANGED_FLAG)
        else:
            self._requires_grad = False if self._view is None else ASK_BASE

    @property
    def grad_fn(self):
        """The node of the operation that made this tensor; None for a leaf."""
        if self._edge is not None:
            return self._edge[0]
        edge = None if self._view is None else self._view.edge_of(self)
        return None if edge is None else edge[0]

    @property
    def _grad_fn(self):
        """`grad_fn`; setting it to None detaches this very tensor."""
        return self.grad_fn

    @_grad_fn.setter
    def _grad_fn(self, node):
        refuse(node is not None and "_grad_fn can be only set to None")
        self.detach_()

    @_grad_fn.deleter
    def _grad_fn(self):
        raise RuntimeError("Deletion of _grad_fn not allowed. Detach tensor instead!")

    @property
    def _backward_hooks(self):
        """The hooks that `register_hook` put on this tensor, by their number; None before the first."""
        node, nr = (None, 0) if self.is_leaf else gradient_edge(self)
        if node is None:
            return self._leaf_hooks and self._leaf_hooks.before
        return node._hooks and node._hooks.tensor.get(nr)

    @_backward_hooks.setter
    def _backward_hooks(self, hooks):
        hooks = {} if hooks is None else hooks
        if self.is_leaf:
            self._hook_lists().before = hooks
        else:
            node, nr = gradient_edge(self)
            node._hook_lists().tensor[nr] = hooks

    @_backward_hooks.deleter
    def _backward_hooks(self):
        raise RuntimeError("Deletion of _backwards_hooks not allowed!")

    @property
    def output_nr(self):
        """Which of its node's outputs the tensor is."""
        return (self._known_edge or (None, 0))[1]

    @property
    def _known_edge(self):
        """The edge, or None; a view's may be that of before its base was changed: asking for a new one may raise."""
        edge, view = self._edge, self._view
        if edge is not None or view is None:
            return edge
        return view.edge if view.version is not None else view.edge_of(self)

    @property
    def is_leaf(self):
        """True unless the tensor was computed from tracked tensors: leaves are where gradients end up in `.grad`."""
        return self.grad_fn is None

    @property
    def grad(self):
        """The gradient accumulated so far; None before the first backward, and always for what is not a leaf."""
        if self._grad is None and self._requires_grad and self._known_edge and not self.retains_grad:
            warnings.warn(NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, grad):
        if grad is not None:
            self._check_grad(grad)
        self._grad = grad

    @grad.deleter
    def grad(self):
        self._grad = None

    def _check_grad(self, grad):
        if not isinstance(grad, Tensor):
            raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(grad).__name__}")
        refuse(grad is self and "can't assign Variable as its own grad")
        wanted = self.__dict__.get("grad_dtype", self.dtype)
        refuse(wanted is not None and grad.dtype is not wanted and "attempting to assign a gradient with dtype "
               f"'{grad.dtype.c_name}' to a tensor with grad_dtype '{wanted.title}'. The gradient must match the "
               "tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute "
               "with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes "
               "of a tensor and its gradient may break downstream systems that assume they match.")
        refuse(grad.array.shape != self.array.shape and "attempting to assign a gradient of size "
               f"'{list(grad.array.shape)}' to a tensor of size '{list(self.array.shape)}'. Please ensure that the "
               "gradient and the tensor are the same size")

    @property
    def grad_dtype(self):
        """The dtype in which a leaf's gradient is kept: the leaf's own unless set; None for whichever arrives."""
        refuse(not self.is_leaf and "grad_dtype can only be accessed on leaf tensors.")
        return self.__dict__.get("grad_dtype", self.dtype)

    @grad_dtype.setter
    def grad_dtype(self, dtype):
        grad = self.grad
        refuse(not self.is_leaf and "grad_dtype can only be set on leaf tensors.")
        if dtype is not None and not isinstance(dtype, Dtype):
            raise RuntimeError(f"grad_dtype must be a torch.dtype or None, but got {type(dtype).__name__}")
        refuse(grad is not None and dtype not in (None, grad.dtype) and f"Cannot set grad_dtype to '{dtype.title}' "
               f"because there is already a gradient with dtype '{grad.dtype.c_name}'. Please clear the gradient "
               "(.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches the existing "
               "gradient's dtype.")
        self.__dict__["grad_dtype"] = dtype
        accumulator(self).output_dtype = dtype and dtype.numpy

    def retain_grad(self):
        """Ask for `.grad` of a non-leaf too: the next backward will fill it."""
        refuse(mode.transforms and TRANSFORMED.format("retain_grad()", ""))
        refuse(not self.requires_grad and "can't retain_grad on Tensor that has requires_grad=False")
        if self._known_edge is not None:
            node, nr = gradient_edge(self)
            node._hook_lists().retained[nr] = weakref.ref(self)

    @property
    def retains_grad(self):
        """Whether `retain_grad` was called on this non-leaf."""
        node, nr = self._known_edge or (None, 0)
        if node is None or node._hooks is None:
            return False
        return nr in node._hooks.retained and node._hooks.retained[nr]() is self

    def register_hook(self, hook):
        """Call ``hook(grad)`` when this tensor's gradient is known; a tensor it returns replaces the gradient.

        Returns a handle whose ``remove()`` takes the hook away.

        >>> import minigrad as torch
        >>> x = torch.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda grad: grad * 10)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
        """
        refuse(not self.requires_grad and "cannot register a hook on a tensor that doesn't require gradient")
        if self.is_leaf:
            return RemovableHandle(self._hook_lists().before, hook)
        node, nr = gradient_edge(self)
        return RemovableHandle(node._hook_lists().tensor.setdefault(nr, {}), hook)

    def register_post_accumulate_grad_hook(self, hook):
        """Call ``hook(tensor)`` after backward has added to this leaf's `.grad`."""
        refuse(not self.requires_grad and "cannot register a hook on a tensor that doesn't require gradient")
        refuse(not self.is_leaf and "post accumulate grad hooks cannot be registered on non-leaf tensors")
        return RemovableHandle(self._hook_lists().after, hook)

    def _hook_lists(self):
        if self._leaf_hooks is None:
            self._leaf_hooks = Hooks()
        return self._leaf_hooks

    # Other tensors on the same memory

    def detach(self):
        """The same values in the same memory, cut off from the graph."""
        twin = wrap(self.array)
        twin._counter = version_counter(self)  # changing one changes the other, and both know it
        if seam.computed is not None:
            seam.computed("detach", (self,), twin)
        return twin

    @staticmethod
    def _make_subclass(cls, data, requires_grad=False):
        """A leaf of the class `cls`, a subclass of Tensor, with the memory and the version counter of `data`."""
        check_subclass(cls)
        if not isinstance(data, Tensor):
            kind = type(data).__name__
            raise TypeError(f"_make_subclass(): argument 'data' (position 2) must be Tensor, not {kind}")
        if requires_grad and data.array.dtype.kind not in "fc":
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        tensor = rebuilt(cls, data.array, requires_grad)
        tensor._counter = version_counter(data)
        return tensor

    def detach_(self):
        """Cut this very tensor off from the graph: it becomes a leaf that tracks nothing."""
        refuse(self._view is not None and DETACHED_VIEW)
        if seam.computed is not None:
            seam.computed("detach", (self,), self)
        if self._edge is not None and self._edge[0]._hooks is not None:
            self._hook_lists().before = self._edge[0]._hooks.tensor.get(self._edge[1], {})  # its hooks stay with it
        if self._edge is not None:
            self._counter = VersionSinceDetached(version_counter(self))
        self._edge, self._requires_grad = None, False
        return self

    @property
    def data(self):
        """`detach()` without the safety: changes made through it are not noticed by backward."""
        twin, transform = wrap(self.array), transform_of(self)
        twin._counter = INFERENCE if self._counter is INFERENCE else Version(transform) if transform else None
        if seam.computed is not None:
            seam.computed("data", (self,), twin)
        return twin

    @data.setter
    def data(self, value):
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self.requires_grad and value.array.dtype.kind not in "fc":
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self.array = value.array

    @data.deleter
    def data(self):
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    _base = property(lambda self: None if self._view is None else self._view.base)

    def _is_view(self):
        return self._view is not None

    def is_inference(self):
        """Whether the tensor was made in inference mode, or is a view of one that was."""
        return self._counter is INFERENCE

    @property
    def _version(self):
        """How often this tensor's memory was changed in place."""
        refuse(self._counter is INFERENCE and "Inference tensors do not track version counter.")
        return 0 if self._counter is None else int(self._counter.value)

    # The array's own facts

    shape = property(lambda self: _as_size(Size, self.array.shape), doc="The size of each dimension, a `Size`.")

    def size(self, dim=None):
        """The shape, or the size of dimension `dim`."""
        shape = self.array.shape
        return _as_size(Size, shape) if dim is None else shape[_dim_among(dim, len(shape))]

    @property
    def dtype(self):
        """The kind of number, such as ``torch.float32``."""
        return from_numpy_dtype(self.array.dtype)

    device = property(lambda self: CPU, doc="Where the tensor lives: the CPU.")

    ndim = property(lambda self: self.array.ndim)
    itemsize = property(lambda self: self.array.itemsize)
    nbytes = property(lambda self: self.array.nbytes)
    is_cpu = True
    is_cuda = is_mps = is_xpu = is_xla = is_meta = is_sparse = is_sparse_csr = is_quantized = is_mkldnn = False
    is_nested = is_ipu = is_maia = is_mtia = is_vulkan = False
    layout = property(lambda self: strided, doc="How the elements are stored: densely, at fixed strides.")
    name = None

    def dim(self):
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def numel(self):
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self):
        """Bytes per element."""
        return self.array.itemsize

    def stride(self, dim=None):
        """How many elements apart neighbours along each dimension lie in memory."""
        strides = tuple(step // self.array.itemsize for step in self.array.strides)
        if not self.array.size:  # numpy's are all 0 then
            shape = self.array.shape
            strides = tuple(math.prod(max(n, 1) for n in shape[i + 1 :]) for i in range(len(shape)))
        return strides if dim is None else strides[_dim_among(dim, len(strides))]

    def data_ptr(self):
        """The address of the first element."""
        return self.array.ctypes.data

    def storage_offset(self):
        """How many elements into its block of memory the tensor begins."""
        return block(self.array)[1] // self.array.itemsize

    def untyped_storage(self):
        """The block of memory that the tensor lies in, alone or with others, as bytes."""
        return UntypedStorage(self.array)

    def storage(self):
        """The block of memory as numbers; deprecated."""
        return TypedStorage(self.array)

    def is_contiguous(self, memory_format=None):
        """Whether the elements lie in row-major order without gaps."""
        return self.array.flags.c_contiguous and memory_format in (None, contiguous_format)

    def is_floating_point(self):
        """Whether the elements are floats: only these and complex numbers can require grad."""
        return self.array.dtype.kind == "f"

    def is_signed(self):
        """Whether the dtype holds negative numbers."""
        return self.array.dtype.kind in "ifc"

    def is_complex(self):
        """Whether the elements are complex numbers."""
        return self.array.dtype.kind == "c"

    def is_conj(self):
        """False: here `conj` computes at once what PyTorch leaves for whoever reads the memory."""
        return False

    is_neg = is_shared = is_pinned = is_distributed = is_conj

    def is_same_size(self, other):
        """Whether the shapes are the same."""
        return self.array.shape == other.array.shape

    def is_set_to(self, tensor):
        """Whether both are the same elements of the same memory, in the same shape."""
        a, b = self.array, tensor.array
        return a.ctypes.data == b.ctypes.data and a.shape == b.shape and a.strides == b.strides

    def is_nonzero(self):
        """`bool(tensor)`: whether its only element is not 0."""
        return bool(self)

    # Out of tensors and into Python and numpy

    def item(self):
        """The one number that the tensor holds, as a Python number."""
        refuse(self.array.size != 1 and f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self):
        """The values as nested lists of Python numbers; of a 0-d tensor, the number."""
        return self.array.tolist()

    def numpy(self, *, force=False):
        """The values as a numpy array that shares this tensor's memory."""
        if self.requires_grad and mode.enabled and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def __array__(self, dtype=None, copy=None):
        array = self.numpy()
        return array if dtype is None or array.dtype == dtype else array.astype(dtype)

    def __dlpack__(self, **options):
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __array_wrap__(self, array, context=None, return_scalar=False):
        """The result of a numpy function such as ``np.sin(tensor)``, as a tensor; bools become uint8, as in PyTorch."""
        return wrap(array.astype("uint8") if array.dtype == bool else np.asarray(array))

    def __bool__(self):
        refuse(self.array.size == 0 and "Boolean value of Tensor with no values is ambiguous")
        refuse(self.array.size != 1 and "Boolean value of Tensor with more than one value is ambiguous")
        return bool(self.array.item())

    def __float__(self):
        self._warn_of_conversion(stacklevel=3)
        return float(number_for(self._only_element(), float64.numpy))

    def __int__(self):
        return int(number_for(self._only_element(), int64.numpy))

    def __index__(self):
        if self.array.size != 1 or self.array.dtype.kind in "fc":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __complex__(self):
        return complex(self._only_element())

    def _warn_of_conversion(self, stacklevel):
        if self.requires_grad and mode.enabled:
            warnings.warn("Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                          "Consider using tensor.detach() first.", UserWarning, stacklevel)

    def _only_element(self):
        refuse(self.array.size != 1 and "only one element tensors can be converted to Python scalars", ValueError)
        return self.array.item()

    def __delitem__(self, key):
        raise TypeError("Tensor does not support deleting items")

    def __len__(self):
        refuse(self.array.ndim == 0 and "len() of a 0-d tensor", TypeError)
        return self.array.shape[0]

    def __hash__(self):
        return id(self)

    def __getattr__(self, name):  # only reached for names there are none of
        refuse(name in BEYOND and f"minigrad has no Tensor.{name}.", AttributeError)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __deepcopy__(self, memo):
        refuse(not self.is_leaf and "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
               "protocol at the moment.  If you were attempting to deepcopy a module, this may be because of a "
               "torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001")
        if id(self) in memo:
            return memo[id(self)]
        twin = memo[id(self)] = rebuilt(type(self), copied(self.array, memo), self.requires_grad)
        if self._grad is not None:
            twin._grad = self._grad.__deepcopy__(memo)
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    def __reduce_ex__(self, protocol):
        """For `pickle` and `copy.copy`: a leaf with the same values and flag; neither gradient nor history go along."""
        return rebuilt, (type(self), self.array, self.requires_grad), self.__dict__ or None


_new = object.__new__


def wrap(array):
    """A tensor that tracks nothing, around a numpy array: the fast way that operations use."""
    tensor = _new(Tensor)
    tensor.array = array
    tensor._requires_grad = False
    tensor._grad = tensor._edge = tensor._view = tensor._counter = tensor._accumulator = tensor._leaf_hooks = None
    if marking:
        tensor._counter = first_counter()
    return tensor


def fill(tensor, array):
    """Give a tensor of any subclass its fields: the slow twin of `wrap`."""
    tensor.array = array
    tensor._requires_grad = False
    tensor._grad = tensor._edge = tensor._view = tensor._accumulator = tensor._leaf_hooks = None
    tensor._counter = first_counter()


def check_subclass(cls):
    """TypeError unless tensors can be made of the class `cls`."""
    refuse(not isinstance(cls, type) and f"cls must be a type (got {type(cls).__name__})", TypeError)
    refuse(not issubclass(cls, Tensor) and "Creating a Tensor subclass from a class that does not inherit from Tensor "
           "is not possible. Make sure your class inherits from Tensor.", TypeError)


def rebuilt(kind, array, requires_grad):
    """A leaf of the class `kind`."""
    tensor = _new(kind)
    fill(tensor, array)
    tensor._requires_grad = requires_grad
    return tensor


class Size(tuple, metaclass=PrintsAsTorch):
    """The shape of a tensor: a tuple that prints as PyTorch's.

    >>> Size([2, 3]), Size([2, 3]).numel()
    (torch.Size([2, 3]), 6)
    """

    __slots__ = ()

    def __new__(cls, sizes=()):
        sizes = tuple(sizes)
        for i, n in enumerate(sizes):
            if not hasattr(n, "__index__"):
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {i} is '{type(n).__name__}')")
        return _as_size(cls, [n.__index__() for n in sizes])

    def numel(self):
        """How many elements a tensor of this shape has."""
        return math.prod(self)

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, index):
        item = tuple.__getitem__(self, index)
        return _as_size(Size, item) if isinstance(index, slice) else item

    def __add__(self, other):
        if not isinstance(other, tuple):
            raise TypeError(f'can only concatenate tuple (not {type(other).__name__}) to torch.Size')
        return _as_size(Size, tuple.__add__(self, other))

    def __radd__(self, other):
        return _as_size(Size, tuple.__add__(other, self))

    def __mul__(self, times):
        return _as_size(Size, tuple.__mul__(self, times))

    __rmul__ = __mul__


_as_size: Callable = tuple.__new__  # without the checks

# Where PyTorch can keep tensors. A device other than the CPU can be named, but nothing can be put there.
DEVICES = """cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu,
             mtia, privateuseone"""
DEVICES = " ".join(DEVICES.split())


class device(metaclass=PrintsAsTorch):
    """Where a tensor lives: here that is the CPU. As a context manager it changes nothing.

    >>> device("cpu"), str(device("cpu:0"))
    (device(type='cpu'), 'cpu:0')
    """

    def __init__(self, type, index=None):
        refuse(isinstance(type, int) and "Cannot access accelerator device when none is available.")
        name, colon, number = str(type).partition(":")
        if name not in DEVICES.split(", "):
            refuse(not type and "Device string must not be empty")
            refuse(not name.isalpha() and f"Invalid device string: '{type}'")
            raise RuntimeError(f"Expected one of {DEVICES} device type at start of device string: {name}")
        refuse(colon and not number.isdecimal() and f"Invalid device string: '{type}'")
        self.type, self.index = name, int(number) if number else index

    def __repr__(self):
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other):
        return isinstance(other, device) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def __enter__(self):
        check_device(self)
        return self

    def __exit__(self, *exception):
        pass


CPU: device = device("cpu")


def check_device(where):
    """Raise PyTorch's error if `where`, a device or the name of one, is not the CPU; None is fine."""
    if where is None or where is CPU:
        return
    kind = device(where).type
    if kind in ("cuda", "xpu"):
        raise AssertionError(f"Torch not compiled with {kind.upper()} enabled")
    refuse(kind == "mps" and "PyTorch is not linked with support for mps devices")
    refuse(kind != "cpu" and f"minigrad computes on the CPU only: it cannot put a tensor on the device {kind!r}.")


class layout(metaclass=PrintsAsTorch):
    """How a tensor's elements are stored."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"torch.{self.name}"


class memory_format(layout):
    """In which order they lie. Only `contiguous_format` and `preserve_format` mean something here."""


strided: layout = layout("strided")
contiguous_format, preserve_format = memory_format("contiguous_format"), memory_format("preserve_format")
channels_last, channels_last_3d = memory_format("channels_last"), memory_format("channels_last_3d")


# What PyTorch has, on torch or on Tensor, for which a program looks here in vain.
BEYOND = set("""
    chain_matmul renorm_ mvlgamma_ igamma_ i0_ as_strided_scatter
    bfloat16 complex32 chalf uint16 uint32 uint64 qint8 quint8 qint32
    fft stft istft sparse sparse_coo sparse_csr to_sparse to_sparse_coo
    to_sparse_csr to_sparse_csc to_sparse_bsr to_sparse_bsc sparse_coo_tensor coalesce indices values
    jit fx export onnx hub ao quantization ops library
    package distributed multiprocessing futures profiler monitor vmap cond while_loop nested
    masked signal autocast amp svd_lowrank pca_lowrank lu lu_solve
    lu_unpack lstsq eig symeig lobpcg geqrf orgqr ormqr triangular_solve histogramdd
    pdist renorm conv_transpose1d conv_transpose2d conv_transpose3d
    max_pool3d lstm gru rnn_tanh rnn_relu igamma igammac i0
    mvlgamma hamming_window hann_window
    blackman_window bartlett_window kaiser_window quasirandom poisson binomial module_load pin_memory
    record_stream is_coalesced _view_func _view_func_unsafe _rev_view_func_unsafe overrides
    adaptive_max_pool1d channel_shuffle constant_pad_nd conv_tbc ctc_loss embedding_bag feature_alpha_dropout
    feature_dropout native_layer_norm native_batch_norm native_group_norm native_dropout pixel_shuffle pixel_unshuffle
""".split())


def check_dim(dim, ndim):
    """`dim` counted from the front; IndexError if there is no such dimension. A 0-d tensor counts as having one."""
    least = max(ndim, 1)
    if not -least <= dim < least:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-least}, {least - 1}], but got {dim})")
    return dim % least if dim < 0 else dim


def _dim_among(dim, ndim):
    """The same where a 0-d tensor does not count as having one."""
    refuse(not ndim and f"Dimension specified as {dim} but tensor has no dimensions", IndexError)
    return check_dim(dim, ndim)


def is_recording(*tensors):
    """Whether an operation on these tensors would be recorded."""
    if mode.enabled:
        for tensor in tensors:
            if tensor._requires_grad and tensor.requires_grad:
                return True
    return False
