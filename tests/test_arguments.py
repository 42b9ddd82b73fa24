"""Arguments that do not fit are refused in PyTorch's words, from what signatures.txt lists."""

import pytest
from record_signatures import FILE, recorded

import minigrad
from minigrad.operators.arguments import Form, misuse, without
from minigrad.tensor import BEYOND

X = minigrad.ones(2)


def test_the_list_is_what_pytorch_takes():
    torch = pytest.importorskip("torch", reason="PyTorch 2.13 is not installed")
    if torch.__version__.split("+")[0] != "2.13.0":
        pytest.skip("PyTorch 2.13 is not installed")
    assert recorded(torch) == FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name, args, kwargs, words",
    [
        ("exp", (X,), {}, None),
        ("exp", (1,), {}, "exp(): argument 'input' (position 1) must be Tensor, not int"),
        (".exp", (1,), {}, "TensorBase.exp() takes no arguments (1 given)"),
        ("matmul", (X,), {}, 'matmul() missing 1 required positional arguments: "other"'),
        ("matmul", (), {}, 'matmul() missing 2 required positional argument: "input", "other"'),
        ("cat", ([X, 1],), {}, "expected Tensor as element 1 in argument 0, but got int"),
        ("sum", (X,), {"axis": 0}, None),
        (".transpose", (0, 1, 2), {}, "transpose() takes 2 positional arguments but 3 were given"),
        (".reshape", (2, 1), {}, None),
        (".reshape", (2, "a"), {},
         "reshape(): argument 'shape' failed to unpack the object at pos 2 with error "
         '"type must be tuple of ints,but got str"'),
        (".add_", (X,), {"alpha": "a"}, "add_(): argument 'alpha' must be Number, not str"),
        ("no_such_function", (1, 2), {}, None),
    ],
)  # fmt: skip
def test_misuse_is_told_in_pytorchs_words(name, args, kwargs, words):
    error = misuse(name, args, kwargs)
    assert words == (error if error is None else str(error))


def test_where_several_forms_come_into_question_all_are_listed():
    assert str(misuse(".max", ("a",), {})) == (
        "max() received an invalid combination of arguments - got (str), but expected one of:\n"
        " * ()\n"
        "      didn't match because some of the arguments have invalid types: (!str!)\n"
        " * (Tensor other)\n"
        "      didn't match because some of the arguments have invalid types: (!str!)\n"
        " * (int dim, bool keepdim = False)\n"
    )


def test_a_method_takes_what_the_function_takes_but_for_input_and_out():
    assert without("(Tensor input, int dim, *, Tensor out=None)", "input", "out") == "(int dim)"
    assert str(Form.read("(ints? dim=None, *, dtype? dtype=None)")) == (
        "(tuple of ints dim = None, *, torch.dtype dtype = None)"
    )


def test_an_error_that_is_not_about_arguments_stays_as_it_is():
    with pytest.raises(RuntimeError, match="^The size of tensor a"):
        minigrad.add(minigrad.ones(2), minigrad.ones(3))


def test_what_is_said_to_be_missing_is_missing():
    assert [name for name in BEYOND if name in dir(minigrad) or name in dir(minigrad.Tensor)] == []
    assert not hasattr(minigrad, "fft") and not hasattr(X, "stft")
    with pytest.raises(AttributeError, match=r"^minigrad has no Tensor\.stft\.$"):
        X.stft()
