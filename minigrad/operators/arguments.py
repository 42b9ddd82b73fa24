"""Which arguments PyTorch's functions take, and its words where those of a call do not fit.

Nothing here runs before a call has failed: then the call is compared with the forms that signatures.txt lists, as
PyTorch's own parser does it. If it fits none of them, that is the error to report; if it does, the error stands as it
is.
"""

import functools
import re
from collections import defaultdict, namedtuple

import numpy as np

from ..dtypes import dtype
from ..random import Generator
from ..record import kind_name
from ..tensor import Tensor, device, layout, memory_format
from .conversions import PYTHON_TYPES

Parameter = namedtuple("Parameter", "kind size nullable name default keyword_only")
SIGNATURES = __file__.removesuffix("arguments.py") + "signatures.txt"  # pathlib would double the time of the import
OPTIONS = ("dtype? dtype=None, layout? layout=None, device? device=None, bool? pin_memory=False, bool? "
           "requires_grad=False")
PRINTED = {
    "ints": "tuple of ints", "floats": "tuple of floats", "Tensors": "tuple of Tensors", "Numbers": "tuple of Scalars",
    "dtype": "torch.dtype", "layout": "torch.layout", "device": "torch.device", "Generator": "torch.Generator",
    "memory_format": "torch.memory_format"}
NUMPY_NAMES = {"dim": "axis", "keepdim": "keepdims", "input": "x", "other": "x2"}
# In these a number may stand for a tensor.
NUMBERS_AS_TENSORS = """add sub mul div multiply subtract divide true_divide floor_divide bitwise_and bitwise_or
    bitwise_xor bitwise_left_shift bitwise_right_shift copy_""".split()


def misuse(name, args, kwargs):
    """The TypeError with which PyTorch refuses these arguments of a function, or (with a dot before its name) of a
    method without its tensor; None if they fit.
    """
    forms, called = forms_of(name), name.lstrip(".")
    if not forms:
        return None
    if forms == [Form(())] and name[0] == ".":
        if kwargs:
            return TypeError(f"TensorBase.{called}() takes no keyword arguments")
        return TypeError(f"TensorBase.{called}() takes no arguments ({len(args)} given)") if args else None
    errors = [form.refusal(called, args, kwargs) for form in forms]
    for error in errors:
        if error is None:
            return None
        if error.startswith("expected Tensor") or " failed to unpack " in error:  # too late to try the other forms
            return TypeError(error)
    plausible = [i for i, form in enumerate(forms) if form.least <= len(args) + len(kwargs) <= len(form.parameters)]
    if len(forms) == 1 and called not in DEPRECATED_FORMS:
        plausible = [0]
    text = errors[plausible[0]] if len(plausible) == 1 else _fits_none(called, forms, args, kwargs)
    return TypeError(text)


# Functions of which PyTorch tries further forms, that it does not list.
DEPRECATED_FORMS = "add sub addcmul addcdiv addmm addmv addr addbmm baddbmm".split()
DEPRECATED_FORMS += [name + "_" for name in DEPRECATED_FORMS]


@functools.cache
def _listed():
    lists = defaultdict(list)
    with open(SIGNATURES, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in lines:
        name, _, parameters = line.partition("(")
        lists[name].append("(" + parameters.replace("**", OPTIONS))
    return lists


def forms_of(name):
    """The forms of a call, each a Form; none if it is not PyTorch's parser that PyTorch uses."""
    listed, function = _listed(), name.lstrip(".")
    if name in listed:
        return [Form.read(form) for form in listed[name]]
    if name[0] != ".":
        return []
    for base in (function, function.removesuffix("_")):
        if base != function and "." + base in listed:
            return forms_of("." + base)
        if base in listed:
            return [Form.read(without(form, "input", "out")) for form in listed[base]]
    return []


def without(form, *names):
    """A form in which some parameters are left out: a function's as that of the method."""
    parameters = [p for p in form[1:-1].split(", ") if re.split("[ =]", p)[-1 if "=" not in p else 1] not in names]
    return "(" + ", ".join(parameters[:-1] if parameters[-1:] == ["*"] else parameters) + ")"


class Form(namedtuple("Form", "parameters")):
    """One way to call a function: its parameters."""

    @staticmethod
    def read(text):
        parameters, keyword_only = [], False
        for part in filter(None, text[1:-1].split(", ")):
            if part == "*":
                keyword_only = True
                continue
            kind, size, nullable, name, default = re.fullmatch(r"(\w+)(\[\d*\])?(\?)? (\w+)(?:=(.*))?", part).groups()
            nullable = bool(nullable) or default == "None"
            parameters.append(Parameter(kind, size, nullable, name, default, keyword_only))
        return Form(tuple(parameters))

    least = property(lambda self: sum(p.default is None for p in self.parameters))

    def __str__(self):
        parts = []
        for p in self.parameters:
            if p.keyword_only and "*" not in parts:
                parts.append("*")
            parts.append(f"{PRINTED.get(p.kind, p.kind)} {p.name}" + (f" = {p.default}" if p.default else ""))
        return f"({', '.join(parts)})"

    def refusal(self, called, args, kwargs):
        """Why the arguments do not fit, in PyTorch's words; None if they do."""
        positional = [p for p in self.parameters if not p.keyword_only]
        spread = len(positional) == 1 and positional[0].kind == "ints" and args and _is_int(args[0])
        if len(args) > len(positional) and not spread:
            return self._too_many(called, args, positional)
        given = (args,) if spread else args
        left = dict(kwargs)
        for i, p in enumerate(self.parameters):
            place = i < len(given) and not p.keyword_only
            name = p.name if p.name in left else NUMPY_NAMES.get(p.name)
            if not place and name not in left:
                if p.default is None and not (p.kind == "Generator"):
                    missing = [f'"{q.name}"' for q in self.parameters[i:] if q.default is None]
                    s = "s" * (len(missing) == 1)  # the wrong way round, as PyTorch has it
                    return f"{called}() missing {len(missing)} required positional argument{s}: {', '.join(missing)}"
                continue
            value = given[i] if place else left.pop(name)
            where = f"{called}(): argument '{p.name}'" + (f" (position {i + 1})" if place else "")
            wrong = None if value is None and p.nullable else _mismatch(p, value, called, where, i)
            if wrong:
                return wrong
        for name in left:
            if name in [p.name for p in positional]:
                return f"{called}() got multiple values for argument '{name}'"
            return f"{called}() got an unexpected keyword argument '{name}'"
        return None

    def _too_many(self, called, args, positional):
        most, were = len(positional), "was" if len(args) == 1 else "were"
        if self.least != most:
            return f"{called}() takes from {self.least} to {most} positional arguments but {len(args)} were given"
        return f"{called}() takes {most} positional argument{'s' * (most != 1)} but {len(args)} {were} given"


def _mismatch(p, value, called, where, place):
    """What is wrong with a parameter's value; None if nothing is."""
    if p.kind in ("ints", "Tensors") and isinstance(value, (tuple, list)):
        fits = _is_int if p.kind == "ints" else (lambda item: isinstance(item, Tensor))
        for i, item in enumerate(value):
            kind = kind_name(item)
            if fits(item):
                continue
            if p.kind == "Tensors":
                return f"expected Tensor as element {i} in argument {place}, but got {kind}"
            if i == 0:
                return f"{where} must be tuple of ints, but found element of type {kind} at pos 0"
            where = where.partition(" (position")[0]
            unpacked = f'at pos {i + 1} with error "type must be tuple of ints,but got {kind}"'
            return f"{where} failed to unpack the object {unpacked}"
        return None
    is_one = p.kind == "ints" and p.size not in (None, "[]") and _is_int(value)
    if is_one or FITS.get(p.kind, _anything)(value):
        return None
    if p.kind == "Tensor" and called.removesuffix("_") in NUMBERS_AS_TENSORS and FITS["Number"](value):
        return None
    return f"{where} must be {PRINTED.get(p.kind, p.kind)}, not {kind_name(value)}"


def _is_int(value):
    if isinstance(value, Tensor):
        return value.array.size == 1 and value.array.dtype.kind in "iu" and not value.requires_grad
    return hasattr(value, "__index__") and not isinstance(value, (bool, np.ndarray))


def _is_number(value):
    if isinstance(value, Tensor):
        return value.array.ndim == 0 and not value.requires_grad
    return isinstance(value, (int, float, complex, np.generic))


def _anything(value):
    return True


FITS = {
    "Tensor": lambda value: isinstance(value, Tensor),
    "Number": _is_number,
    "float": _is_number,
    "int": _is_int,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "dtype": lambda value: isinstance(value, dtype) or isinstance(value, type) and value in PYTHON_TYPES,
    "device": lambda value: isinstance(value, (device, str, int)),
    "layout": lambda value: isinstance(value, layout),
    "memory_format": lambda value: isinstance(value, memory_format),
    "Generator": lambda value: isinstance(value, Generator),
    "ints": lambda value: False,
    "Tensors": lambda value: False}


# Where several forms come into question, all of them are listed.


def _fits_none(called, forms, args, kwargs):
    got = ", ".join(map(_kind, args)) + ", " * bool(args and kwargs)
    got += ", ".join(f"{name}={_kind(value)}" for name, value in kwargs.items()) + ", " * bool(kwargs and not args)
    text = f"{called}() received an invalid combination of arguments - got ({got}), but expected "
    if len(forms) == 1:
        unknown = _unmatched(forms[0], kwargs)
        if unknown:
            text = text.partition("got (")[0] + "got unrecognized keyword arguments: "
            return text + "".join(name + ", " for name in unknown)
        parts = _parts(forms[0])
        if len(args) + len(kwargs) == len(parts) - ("out" in parts and "out" not in kwargs):
            text = text.replace(f"({got})", f"({_compared(forms[0], parts, args, kwargs)})")
        return text + str(forms[0])
    lines = []
    for form in forms:
        lines.append(f" * {form}\n")
        parts = _parts(form)
        if len(args) + len(kwargs) == len(parts) - ("out" in parts and "out" not in kwargs):
            unknown = _unmatched(form, kwargs)
            if unknown:
                lines.append(f"      didn't match because some of the keywords were incorrect: {', '.join(unknown)}\n")
            else:
                kinds = _compared(form, parts, args, kwargs)
                lines.append(f"      didn't match because some of the arguments have invalid types: ({kinds})\n")
    return text + "one of:\n" + "".join(lines)


def _parts(form):
    """The names of the parameters as PyTorch counts them here: the star is one, and nothing counts as one too."""
    return [re.split("[ =]", part)[-1 if "=" not in part else -3] for part in re.split(", ", str(form)[1:-1])]


def _unmatched(form, kwargs):
    parts = _parts(form)
    start = max(0, len(parts) - len(kwargs) - ("out" in parts and "out" not in kwargs))
    return [name for name in kwargs if name not in parts[start:]]


def _compared(form, parts, args, kwargs):
    """The types of the arguments, between exclamation marks those that do not fit."""
    kinds = {p.name: PRINTED.get(p.kind, p.kind) for p in form.parameters}
    shown = []
    for i, (name, value) in enumerate([(None, value) for value in args] + list(kwargs.items())):
        expected = kinds.get(name or parts[i] if i < len(parts) else None)
        mark = "" if expected == _kind(value) or expected == "float" and _kind(value) == "int" else "!"
        shown.append(f"{mark}{name + '=' if name else ''}{_kind(value, True)}{mark}")
    return ", ".join(shown)


def _kind(value, elements=False):
    name = "torch.dtype" if isinstance(value, dtype) else kind_name(value)
    if elements and isinstance(value, list):
        return f"list of [{', '.join(map(_kind, value))}]"
    if elements and isinstance(value, tuple):
        return f"tuple of ({', '.join(map(_kind, value))}{',' * (len(value) == 1)})"
    return name
