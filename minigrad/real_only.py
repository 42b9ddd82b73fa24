"""What there is for real numbers alone, and PyTorch's words where it gets complex ones.

numpy would do much of it all the same: it orders complex numbers by their real parts, and equal ones by the others.
"""

import functools

import numpy as np

from .dtypes import from_numpy_dtype

# What is said, or the name of PyTorch's kernel; and of what: a row of the table, or a function that has none. A kernel
# that knows its name, as it is not for bools either, says so itself: see kernels.py.
NOT_IMPLEMENTED = {
    "lt_cpu": "lt LtBackward0 LtBackward1", "gt_cpu": "gt GtBackward0 GtBackward1",
    "le_cpu": "le LeBackward0 LeBackward1", "ge_cpu": "ge GeBackward0 GeBackward1",
    "copysign_cpu": "CopysignBackward0 CopysignBackward1", "xlogy_cpu": "XlogyBackward0 XlogyBackward1 XlogyBackward2",
    "xlog1py_cpu": "SpecialXlog1PyBackward0 SpecialXlog1PyBackward1 SpecialXlog1PyBackward2",
    "atan2_cpu": "Atan2Backward0", "erf_vml_cpu": "ErfBackward0", "erfc_vml_cpu": "ErfcBackward0",
    "erfinv_vml_cpu": "ErfinvBackward0", "logit_cpu": "LogitBackward0", "lgamma_vml_cpu": "LgammaBackward0",
    "digamma": "DigammaBackward0", "trigamma": "trigamma", "polygamma": "PolygammaBackward0",
    "maximum_cpu": "ClampMinBackward1", "minimum_cpu": "ClampMaxBackward1",
    "max_all": "MaxBackward1", "min_all": "MinBackward1", "aminmax_cpu": "aminmax",
    "max_values_cpu": "AmaxBackward0", "min_values_cpu": "AminBackward0",
    "scatter_gather_tensor_cpu_reduce_amax": "amax", "scatter_gather_tensor_cpu_reduce_amin": "amin",
    "mode_cpu": "ModeBackward0", "unique": "unique", "bincount_cpu": "bincount",
    "cummax_cpu": "CummaxBackward0", "cummin_cpu": "CumminBackward0", "searchsorted_out_cpu": "searchsorted",
    "bernoulli_scalar_cpu_": "bernoulli_",
    "floor is not supported for complex inputs": "FloorBackward0",
    "ceil is not supported for complex inputs": "CeilBackward0",
    "trunc is not supported for complex inputs": "TruncBackward0",
    "clamp is not supported for complex types":
        "ClampBackward0 ClampBackward1 ClampMinBackward0 ClampMaxBackward0 HardtanhBackward0 relu",
    "signbit is not implemented for complex tensors.": "signbit",
    "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.":
        "SignBackward0"}
FORBIDDEN = {
    "max(): does not support complex input": "MaxBackward0",
    "min(): does not support complex input": "MinBackward0",
    "argmax(): does not support complex input": "argmax",
    "argmin(): does not support complex input": "argmin",
    "maximum not implemented for complex tensors.": "MaximumBackward0",
    "minimum not implemented for complex tensors.": "MinimumBackward0",
    "fmax not implemented for complex tensors.": "FmaxBackward0",
    "fmin not implemented for complex tensors.": "FminBackward0",
    " Sort does not support complex dtypes on CPU": "SortBackward0 SortBackward1",  # the blank is PyTorch's
    " topk does not support complex dtypes on CPU": "TopkBackward0",
    "nansum on CPU does not support complex inputs": "NansumBackward0",
    "isposinf does not support complex inputs.": "isposinf",
    "isneginf does not support complex inputs.": "isneginf",
    "heaviside is not yet implemented for complex tensors.": "heaviside",
    "deg2rad is not supported for complex tensors.": "Deg2RadBackward0",
    "rad2deg is not supported for complex tensors.": "Rad2DegBackward0"}
WORDS = {
    name: (error, words if " " in words else f"\"{words}\" not implemented for '{{}}'")
    for error, table in ((NotImplementedError, NOT_IMPLEMENTED), (RuntimeError, FORBIDDEN))
    for words, names in table.items()
    for name in names.split()}


def refuse_complex(name, *arguments):
    """The error for complex arrays in an operation that is for real ones."""
    for argument in arguments:
        if argument.__class__ is np.ndarray and argument.dtype.kind == "c":
            error, text = WORDS[name]
            raise error(text.format(from_numpy_dtype(argument.dtype).title))


def of_real_numbers(name, forward):
    """`forward`, refusing complex arrays if the operation is one of the above.

    Where one array is complex all are, as they come in one dtype. So one look is enough, which takes 0.1 µs.
    """
    if name not in WORDS:
        return forward

    @functools.wraps(forward)
    def refusing(first, *others):
        if first.__class__ is not np.ndarray or first.dtype.kind == "c":
            refuse_complex(name, first, *others)
        return forward(first, *others)

    return refusing
