"""What PyTorch's functions take, written down: which parameters, of which types, with which defaults.

    python tests/record_signatures.py       needs torch 2.13; read the diff before committing it

A line is a form of a call: `add(Tensor input, Tensor other, *, Number alpha=1, Tensor out=None)`. A type with `?` takes
None too, `ints[1]` also a single int. A line that begins with a dot is a method where it is not the function without
its `input` and `out`. Listed is what minigrad has, and PyTorch has in C++, where one parser refuses what does not fit.
"""

import collections
import re
import sys
from pathlib import Path

FILE = Path(__file__).parent.parent / "minigrad" / "operators" / "signatures.txt"
OPTIONS = (
    "dtype? dtype=None, layout? layout=None, device? device=None, bool? pin_memory=False, bool? requires_grad=False"
)
TYPES = {
    "Scalar": "Number", "int64_t": "int", "SymInt": "int", "double": "float", "ScalarType": "dtype", "Layout": "layout",
    "Device": "device", "MemoryFormat": "memory_format", "c10::string_view": "str", "IntArrayRef": "ints",
    "SymIntArrayRef": "ints", "ArrayRef<double>": "floats", "TensorList": "Tensors", "at::Tensor": "Tensor",
    "c10::List<::std::optional<Tensor>>": "Tensors", "ArrayRef<Scalar>": "Numbers", "DimnameList": "names",
}  # fmt: skip
FORMAT = "*, memory_format? memory_format=None"
# What PyTorch parses by hand
BY_HAND = f"""
tensor(object data, *, dtype? dtype=None, device? device=None, bool pin_memory=False, bool requires_grad=False)
numel(Tensor input)
as_tensor(object data, *, dtype? dtype=None, device? device=None)
.new_tensor(object data, *, dtype? dtype=None, device? device=None, bool pin_memory=False, bool requires_grad=False)
arange(Number end, *, Tensor out=None, {OPTIONS})
arange(Number start, Number end, *, {OPTIONS})
arange(Number start, Number end, Number step=1, *, Tensor out=None, {OPTIONS})
range(Number start, Number end, Number step=1, *, Tensor out=None, {OPTIONS})
.to(device? device=None, dtype? dtype=None, bool non_blocking=False, bool copy=False, {FORMAT})
.to(dtype dtype, bool non_blocking=False, bool copy=False, {FORMAT})
.to(Tensor tensor, bool non_blocking=False, bool copy=False, {FORMAT})
.contiguous(*, memory_format memory_format=contiguous_format)
.type(object dtype=None, bool non_blocking=False)
.requires_grad_(bool requires_grad=True)
.size(int? dim=None)
.stride(int? dim=None)
.numpy(*, bool force=False)
.copy_(Tensor other, bool non_blocking=False)
"""


def recorded(torch) -> str:
    import torchgen

    packaged = Path(torchgen.__file__).parent / "packaged"
    sys.path.insert(0, str(packaged))
    from autograd import gen_python_functions as gen
    from torchgen.gen import parse_native_yaml

    native = packaged / "ATen" / "native"
    parsed = parse_native_yaml(str(native / "native_functions.yaml"), str(native / "tags.yaml"))
    functions = [f for f in parsed.native_functions if gen.should_generate_py_binding(f)]
    built_in = {False: type(torch.exp), True: type(torch.Tensor.exp)}
    found = {}
    homes = ((torch, gen.is_py_torch_function), (torch.Tensor, gen.is_py_variable_method),
             (torch.linalg, gen.is_py_linalg_function), (torch.special, gen.is_py_special_function))  # fmt: skip
    for home, wanted in homes:
        method = home is torch.Tensor
        forms = collections.defaultdict(list)
        deprecated = str(packaged / "autograd" / "deprecated.yaml")
        for pair in gen.load_signatures(functions, deprecated, method=method):
            if wanted(pair.function):
                forms[str(pair.function.func.name.name)].append(pair)
        for name, pairs in forms.items():
            if isinstance(getattr(home, name.removeprefix("linalg_").removeprefix("special_"), None), built_in[method]):
                found["." * method + name] = [
                    renamed(form.signature.signature_str(skip_outputs=form.outplace is None, symint=True))
                    for form in gen.group_overloads(pairs, symint=True)
                    if not form.signature.deprecated
                ]
    by_hand = collections.defaultdict(list)
    for line in BY_HAND.strip().splitlines():
        by_hand[line.partition("(")[0]].append("(" + line.partition("(")[2].removesuffix(")") + ")")
    found = {name: forms for name, forms in (found | by_hand).items() if "__" not in name and is_ours(name)}
    return "".join(
        f"{name}{form}\n".replace(OPTIONS, "**")
        for name, forms in sorted(found.items(), key=lambda item: (item[0].lstrip("."), item[0]))
        if not (name[0] == "." and forms == as_method(found, name[1:]))
        for form in forms
    )


def is_ours(name: str) -> bool:
    import minigrad

    for prefix, home in {"linalg_": minigrad.linalg, "special_": minigrad.special}.items():
        if name.startswith(prefix):
            return hasattr(home, name.removeprefix(prefix))
    return hasattr(minigrad.Tensor if name[0] == "." else minigrad, name.lstrip("."))


def as_method(found: dict, name: str) -> list[str] | None:
    """What `arguments.py` makes of the forms of a function, or of the method that is not in place."""
    from minigrad.operators.arguments import without

    for base in (name, name.removesuffix("_")):
        if base != name and "." + base in found:
            return found["." + base]
        if base in found:
            return [without(form, "input", "out") for form in found[base]]
    return None


def renamed(signature: str) -> str:
    """One of torchgen's signatures, in short."""
    _, _, parameters = signature.partition("(")
    parameters = parameters.removesuffix(")")
    kept = []
    for parameter in parameters.split(", ") if parameters else []:
        kind, _, rest = parameter.rpartition(" ")
        name, size, optional = re.fullmatch(r"(.*?)(\[\d*\])?(\?)?", kind).groups()
        kept.append(f"{TYPES.get(name, name)}{size or ''}{optional or ''} {rest}".strip())
    return f"({', '.join(kept)})"


def main() -> None:
    import torch

    FILE.write_text(recorded(torch), encoding="utf-8")


if __name__ == "__main__":
    main()
