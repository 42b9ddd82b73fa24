"""What there is for real numbers alone, and PyTorch's words where it gets complex ones.

numpy would do much of it all the same: it orders complex numbers by their real parts, and equal ones by the others.
"""

import functools

import numpy as np

from .dtypes import from_numpy_dtype, number_dtype

# The name of PyTorch's kernel, and what is computed with it: rows of the table, and functions that have none.
KERNELS = """
    lt_cpu lt LtBackward0 LtBackward1               gt_cpu gt GtBackward0 GtBackward1
    le_cpu le LeBackward0 LeBackward1               ge_cpu ge GeBackward0 GeBackward1
    div_floor_cpu floor_quotient                    div_trunc_cpu cut_quotient
    remainder_cpu remainder                         trigamma trigamma
    fmod_cpu FmodBackward0 FmodBackward1            round_cpu RoundBackward1
    round_vml_cpu RoundBackward0                    frac_cpu FracBackward0
    copysign_cpu CopysignBackward0 CopysignBackward1
    atan2_cpu Atan2Backward0                        hypot_cpu HypotBackward0
    logaddexp2_cpu Logaddexp2Backward0              xlogy_cpu XlogyBackward0 XlogyBackward1 XlogyBackward2
    erf_vml_cpu ErfBackward0                        erfc_vml_cpu ErfcBackward0
    erfinv_vml_cpu ErfinvBackward0                  logit_cpu LogitBackward0
    lgamma_vml_cpu LgammaBackward0                  digamma DigammaBackward0
    polygamma PolygammaBackward0                    threshold_cpu ThresholdBackward0 ThresholdBackward1
    bincount_cpu bincount                           bernoulli_scalar_cpu_ bernoulli_
    searchsorted_out_cpu searchsorted
    scatter_gather_tensor_cpu_reduce_amax amax      scatter_gather_tensor_cpu_reduce_amin amin
    maximum_cpu ClampMinBackward1                   minimum_cpu ClampMaxBackward1
    max_all MaxBackward1                            min_all MinBackward1
    max_values_cpu AmaxBackward0                    min_values_cpu AminBackward0
    median_cpu MedianBackward0 NanmedianBackward0   median_out MedianBackward1 NanmedianBackward1
    aminmax_cpu aminmax                             kthvalue_cpu KthvalueBackward0
    mode_cpu ModeBackward0                          unique unique
    cummax_cpu CummaxBackward0                      cummin_cpu CumminBackward0
"""
SENTENCES = {
    "FloorBackward0": (NotImplementedError, "floor is not supported for complex inputs"),
    "CeilBackward0": (NotImplementedError, "ceil is not supported for complex inputs"),
    "TruncBackward0": (NotImplementedError, "trunc is not supported for complex inputs"),
    "SignBackward0": (NotImplementedError, "Unlike NumPy, torch.sign is not intended to support complex numbers. "
                                           "Please use torch.sgn instead."),
    "signbit": (NotImplementedError, "signbit is not implemented for complex tensors."),
    "MaxBackward0": (RuntimeError, "max(): does not support complex input"),
    "MinBackward0": (RuntimeError, "min(): does not support complex input"),
    "NansumBackward0": (RuntimeError, "nansum on CPU does not support complex inputs"),
    "SortBackward0": (RuntimeError, " Sort does not support complex dtypes on CPU"),
    "TopkBackward0": (RuntimeError, " topk does not support complex dtypes on CPU"),
    "heaviside": (RuntimeError, "heaviside is not yet implemented for complex tensors.")}
SENTENCES["SortBackward1"] = SENTENCES["SortBackward0"]
SENTENCES |= {f"{name.title()}Backward{i}": (NotImplementedError, "clamp is not supported for complex types")
              for name, i in (("clamp", 0), ("clamp", 1), ("relu", 0), ("hardtanh", 0))}
for _name in ("ClampMinBackward0", "ClampMaxBackward0"):
    SENTENCES[_name] = SENTENCES["ClampBackward0"]
for _name in ("maximum", "minimum", "fmax", "fmin"):
    SENTENCES[f"{_name.title()}Backward0"] = RuntimeError, f"{_name} not implemented for complex tensors."
for _name in ("argmax", "argmin"):
    SENTENCES[_name] = RuntimeError, f"{_name}(): does not support complex input"
for _name in ("isposinf", "isneginf"):
    SENTENCES[_name] = RuntimeError, f"{_name} does not support complex inputs."
for _name in ("deg2rad", "rad2deg"):
    SENTENCES[f"{_name.title()}Backward0"] = RuntimeError, f"{_name} is not supported for complex tensors."


def _as_words():
    words = dict(SENTENCES)
    for line in KERNELS.strip().splitlines():
        for entry in line.split("  "):
            kernel, *names = entry.split() or [None]
            words |= {name: (NotImplementedError, f"\"{kernel}\" not implemented for '{{}}'") for name in names}
    return words


WORDS = _as_words()


def refuse_complex(name, *arguments):
    """The error for complex numbers in an operation that is for real ones."""
    for argument in arguments:
        if argument.__class__ is np.ndarray and argument.dtype.kind == "c" or argument.__class__ is complex:
            error, text = WORDS[name]
            raise error(text.format(from_numpy_dtype(getattr(argument, "dtype", number_dtype(argument))).title))


def of_real_numbers(name, forward):
    """`forward`, refusing complex arrays if the operation is one of the above."""
    if name not in WORDS:
        return forward

    @functools.wraps(forward)
    def refusing(*arguments):
        refuse_complex(name, *arguments)
        return forward(*arguments)

    return refusing
