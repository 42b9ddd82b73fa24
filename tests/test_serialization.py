"""Files go both ways between minigrad and PyTorch, and nothing that is in a file is ever run."""

import copy
import io
import os
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest

import minigrad
from minigrad.tensor import wrap


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="needs torch")
    if not torch.__version__.startswith("2.13"):
        pytest.skip("needs torch 2.13")
    return torch


def saved(module, obj):
    file = io.BytesIO()
    module.save(obj, file)
    return file.getvalue()


def loaded(module, data, **options):
    return module.load(io.BytesIO(data), **options)


def objects(torch):
    """One object of each sort, and tensors of all sorts, some of which share memory."""
    base = torch.arange(6.0).reshape(2, 3)
    state = OrderedDict(weight=torch.ones(2, 2), bias=torch.zeros(2))
    state._metadata = OrderedDict({"": {"version": 1}})
    noted = torch.tensor([1.0, 2.0], requires_grad=True)
    noted.note = "kept"
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.note = "kept"
    return {
        "base": base, "row": base[1], "column": base[:, 1], "turned": base.t(), "again": base,
        "0-d": torch.tensor(3), "empty": torch.zeros(0, 3), "wide": torch.ones(1).expand(3),
        "result": noted * 2, "noted": noted, "state": state,
        "parameter": torch.nn.Parameter(torch.ones(2)), "frozen": torch.nn.Parameter(torch.ones(2), False),
        "noted parameter": parameter,
        "plain": [1, 2.5, "text", None, True, (1, ()), {"a": [2]}, 10**20, {4}, 1j, b"bytes", bytearray(b"more")],
        "size": base.shape, "dtype": torch.int16, "device": torch.device("cpu"),
        **{f"{dtype}": torch.tensor([0, 1, 2]).to(getattr(torch, dtype)) for dtype in
           "float16 float32 float64 uint8 int8 int16 int32 int64 bool".split()},
    }  # fmt: skip


def libraries(way, request):
    return [minigrad if name == "minigrad" else request.getfixturevalue("torch") for name in way.split(" to ")]


def described(torch, value):
    """The value as plain data that can be compared between the two libraries."""
    if isinstance(value, torch.Tensor):
        kind, note = type(value).__name__, value.__dict__.get("note")
        return (kind, str(value.dtype), value.tolist(), value.stride(), value.storage_offset(), value.requires_grad,
                value.is_leaf, note, value.untyped_storage().nbytes())  # fmt: skip
    if isinstance(value, dict):
        return type(value).__name__, {key: described(torch, v) for key, v in value.items()}, vars(value) if isinstance(
            value, OrderedDict) else None  # fmt: skip
    if isinstance(value, (torch.Size, torch.dtype, torch.device)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [described(torch, v) for v in value]
    return value


def leaves_only(description):
    """The result of an operation comes back as a leaf."""
    return str(description).replace("True, False, None", "True, True, None")


@pytest.mark.parametrize("way", ["minigrad to minigrad", "minigrad to torch", "torch to minigrad"])
def test_what_is_saved_is_what_is_loaded(way, request):
    source, target = libraries(way, request)
    result = loaded(target, saved(source, objects(source)))
    assert leaves_only(described(target, result)) == leaves_only(described(source, objects(source)))
    assert result["base"] is result["again"]
    result["base"].zero_()
    assert result["row"].tolist() == [0, 0, 0] and result["column"].tolist() == [0, 0]


@pytest.mark.parametrize("way", ["minigrad to minigrad", "minigrad to torch", "torch to minigrad"])
def test_a_training_run_goes_on_from_its_file(way, request, tmp_path):
    source, target = libraries(way, request)

    def model(torch):
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1))
        return net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

    def train(torch, net, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (net(torch.ones(2, 3)) ** 2).sum().backward()
            optimizer.step()
        return net(torch.ones(1, 3)).item()

    net, optimizer = model(source)
    train(source, net, optimizer, 3)
    source.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "run.pt")
    other, other_optimizer = model(target)
    checkpoint = target.load(tmp_path / "run.pt", weights_only=True)
    other.load_state_dict(checkpoint["net"])
    other_optimizer.load_state_dict(checkpoint["optimizer"])
    assert train(target, other, other_optimizer, 2) == pytest.approx(train(source, net, optimizer, 2), rel=1e-5)


def test_a_file_of_the_other_byte_order_is_read():
    data = saved(minigrad, minigrad.tensor([1.0, 2.0]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["archive/byteorder"] = b"big"
    entries["archive/data/0"] = np.array([1.0, 2.0], ">f4").tobytes()
    assert loaded(minigrad, zipped(entries)).tolist() == [1.0, 2.0]


# Hostile files


def zipped(entries, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_pickle(pickled, storage=b"\0" * 8):
    return zipped({"archive/data.pkl": pickled, "archive/data/0": storage, "archive/version": "3"})


class Calls:
    """Pickled, it is a call of `function`."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


HOSTILE = {
    "a command": Calls(os.system, "touch RAN"),
    "code": Calls(eval, "open('RAN', 'w')"),
    "an import": Calls(__import__, "this"),
    "an attribute": Calls(getattr, "text", "upper"),
    "numpy's own reader": Calls(np.load, "RAN"),
    "inside a list inside a dict": {"a": [1, Calls(os.system, "touch RAN")]},
    "a class": os.PathLike,
}


@pytest.mark.parametrize("weights_only", [None, True, False])
@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_file_names_is_not_run(name, protocol, weights_only, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = with_pickle(pickle.dumps(HOSTILE[name], protocol))
    with pytest.raises(pickle.UnpicklingError):
        loaded(minigrad, data, weights_only=weights_only)
    assert not list(tmp_path.iterdir())


def test_code_is_refused_in_one_sentence_where_pytorch_would_run_it():
    data = saved(minigrad, {"model": Calls(os.system, "touch RAN")})
    with pytest.raises(pickle.UnpicklingError, match="^minigrad never runs code from a file.* posix.system is code: "):
        loaded(minigrad, data, weights_only=False)


def rebuild(*args):
    """The pickle of a tensor with these arguments, on a storage of two floats."""
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x02tQ"
    pickled = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage
    for arg in args:
        pickled += pickle._dumps(arg, 2)[2:-1] if not isinstance(arg, bytes) else arg
    return pickled + b"tR."


HOOKS = b"ccollections\nOrderedDict\n)R"


def test_the_pickle_of_a_tensor_as_these_tests_write_it():
    assert loaded(minigrad, with_pickle(rebuild(0, (2,), (1,), False, HOOKS))).tolist() == [0, 0]


@pytest.mark.parametrize(
    "args",
    [
        (0, (3,), (1,)),
        (1, (2,), (1,)),
        (-1, (2,), (1,)),
        (0, (2,), (2,)),
        (1, (2,), (-1,)),
        (0, (2**62,), (2**62,)),
        (0, (1, 2), (1,)),
        ("0", (2,), (1,)),
        (0, 2, 1),
    ],
)
def test_a_tensor_cannot_reach_outside_its_storage(args):
    with pytest.raises(pickle.UnpicklingError, match="^The file is damaged: "):
        loaded(minigrad, with_pickle(rebuild(*args, False, HOOKS)))


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b"\x80\x02",
        b"\x80\x02.",
        b"\x80\x02K\x01",
        b"\x80\x02]a.",
        b"\x80\x02h\x05.",
        b"\x80\x02X\xff\xff\xff\x7fabc.",
        b"\x80\x02X\x02\0\0\0\xff\xfe.",
        b"\x80\x02K\x01)R.",
        b"\x80\x02ctorch\nfloat32\n)R.",
        b"\x80\x02ctorch\nfloat32\n}X\x04\0\0\0nameK\x01sb.",
        b"\x80\x02ccollections\nOrderedDict\n}X\x04\0\0\0nameK\x01sb.",
        b"\x80\x02ctorch\nSize\nK\x01\x85R.",
        b"\x80\x02c__builtin__\nbytearray\nJ\0\0\0\x7f\x85R.",
        b"\x80\x02c_codecs\nencode\nX\x01\0\0\0aX\x05\0\0\0rot13\x86R.",
        b"\x80\x02X\x01\0\0\0aQ.",
        b"\x80\x02(X\x07\0\0\0storageX\x01\0\0\0aX\x01\0\0\x000X\x03\0\0\0cpuK\x02tQ.",
        b"\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x03tQ.",
        b"\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuNtQ.",
        b"\x80\x02\x82\x01.",
        b"cos\nsystem\n(S'touch RAN'\ntR.",
        b"(S'touch RAN'\nios\nsystem\n.",
    ],
)
def test_a_damaged_pickle_is_refused(pickled):
    with pytest.raises(pickle.UnpicklingError) as refusal:
        loaded(minigrad, with_pickle(pickled))
    assert str(refusal.value)


def test_damaged_archives_are_refused():
    data = saved(minigrad, {"a": minigrad.ones(100)})
    changed = bytearray(data)
    changed[data.index(b"\x00\x00\x80?") + 2] ^= 0xFF
    entries = {"archive/data.pkl": b"\x80\x02N.", "archive/version": "3"}
    refusals = {
        b"": EOFError,
        b"text": pickle.UnpicklingError,
        pickle.dumps([1]): pickle.UnpicklingError,
        data[:300]: RuntimeError,
        data[:-30]: RuntimeError,
        data[100:]: pickle.UnpicklingError,
        bytes(changed): RuntimeError,
        zipped({"data.pkl": b"\x80\x02N."}): RuntimeError,
        zipped({"archive/version": "3"}): RuntimeError,
        zipped(entries, zipfile.ZIP_DEFLATED): RuntimeError,
        data.replace(b"archive/data/0", b"archive/data/1"): RuntimeError,
    }
    for content, error in refusals.items():
        with pytest.raises(error) as refusal:
            loaded(minigrad, content)
        assert str(refusal.value).count("\n") == 0
    assert loaded(minigrad, zipped(entries)) is None


def test_a_file_that_cannot_be_pickled_is_not_begun(tmp_path):
    with pytest.raises((AttributeError, pickle.PicklingError)):  # which, depends on the version of Python
        minigrad.save([minigrad.ones(1), lambda: None], tmp_path / "x.pt")
    assert not (tmp_path / "x.pt").exists()


def test_tensors_on_other_devices_come_to_the_cpu_when_asked():
    with zipfile.ZipFile(io.BytesIO(saved(minigrad, minigrad.ones(2)))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["archive/data.pkl"] = entries["archive/data.pkl"].replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0")
    data = zipped(entries)
    with pytest.raises(RuntimeError, match="^Attempting to deserialize object on a CUDA device"):
        loaded(minigrad, data)
    for map_location in ("cpu", minigrad.device("cpu"), {"cuda:0": "cpu"}, lambda storage, location: storage):
        assert loaded(minigrad, data, map_location=map_location).tolist() == [1, 1]


def test_memory_that_numpy_lays_out_otherwise_can_be_saved_and_copied():
    for array in (np.arange(6.0)[::-1], np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1).copy(order="K"),
                  np.lib.stride_tricks.as_strided(np.arange(4.0), (3, 2), (8, 8)), np.arange(8.0)[::2]):  # fmt: skip
        tensor = wrap(array)
        assert copy.deepcopy(tensor).tolist() == array.tolist()
        assert loaded(minigrad, saved(minigrad, tensor)).tolist() == array.tolist()


def test_nothing_can_be_declared_safe():
    for allow in (minigrad.serialization.add_safe_globals, minigrad.serialization.safe_globals):
        with pytest.raises(NotImplementedError, match="^minigrad has no safe globals: save tensors"):
            allow([os.system])
