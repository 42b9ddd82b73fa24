"""What a lesson's cells print: predictions, and the comparison with PyTorch."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
from ipywidgets import RadioButtons

import minigrad
from minigrad.course.lesson import predict, same_in_pytorch


@pytest.fixture
def prediction(capsys):
    made = predict("What is w.grad?", ["tensor(2.)", "None"])
    capsys.readouterr()
    return made


@pytest.fixture
def pytorch(monkeypatch):
    """Something that is not minigrad, in the place of PyTorch."""
    module = ModuleType("torch")
    module.__version__ = "2.13.0"
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


def test_a_prediction_prints_its_options_and_no_answer(capsys):
    predict("What is w.grad?", ["tensor(2.)", "None"])
    assert capsys.readouterr().out == "Predict: What is w.grad?\n   a)  tensor(2.)\n   b)  None\n"


def test_without_a_choice_one_is_reminded_to_choose(prediction, capsys):
    prediction.compare(None)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "What is w.grad?  b)  None" and "You had chosen nothing." in second


def test_a_right_and_a_wrong_choice_are_told_apart(prediction, capsys):
    prediction.choose("b")
    prediction.compare(None)
    assert "You predicted just that." in capsys.readouterr().out
    prediction.choose("a")
    prediction.compare(None)
    assert "You predicted: tensor(2.)." in capsys.readouterr().out


def test_asked_again_it_shows_what_was_chosen(monkeypatch, capsys):
    made = []
    kernel = SimpleNamespace(kernel=None)
    ipython = SimpleNamespace(get_ipython=lambda: kernel, display=SimpleNamespace(display=lambda *_, **__: None))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr("ipywidgets.RadioButtons", lambda **options: made.append(RadioButtons(**options)) or made[-1])
    predict("What is asked twice?", ["1", "2"])
    made[0].value = "b"
    again = predict("What is asked twice?", ["1", "2"])
    other = predict("What is asked twice?", ["1", "3"])
    assert (again.choice, other.choice) == ("2", None)
    assert [buttons.value for buttons in made] == ["b", "b", None]


def test_a_choice_can_be_taken_back(prediction, capsys):
    prediction.choose("a")
    prediction.choose(None)
    prediction.compare(None)
    assert "You had chosen nothing." in capsys.readouterr().out


def test_what_is_no_option_is_printed_all_the_same(prediction, capsys):
    prediction.compare("tensor(3.)")
    assert capsys.readouterr().out.startswith("What is w.grad?  tensor(3.)\n")


def test_two_equal_options_are_refused():
    with pytest.raises(ValueError, match="must differ"):
        predict("Which?", ["1", "1"])


def test_where_all_agree_only_the_record_is_printed(pytorch, capsys):
    same_in_pytorch(lambda torch: print("tensor(2.)"), recorded="\ntensor(2.)\n")
    assert capsys.readouterr().out == "tensor(2.)\n"


def test_the_record_is_enough_where_pytorch_is_not_installed(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    same_in_pytorch(lambda torch: print(torch.tensor(2.0)), recorded="tensor(2.)")
    assert capsys.readouterr().out == "tensor(2.)\n"


def test_a_pytorch_that_prints_something_else_is_reported(pytorch, capsys):
    same_in_pytorch(lambda torch: print(torch is minigrad), recorded="True")
    assert capsys.readouterr().out == "True\n\nBut the PyTorch 2.13.0 installed here prints:\nFalse\n"


def test_a_minigrad_that_prints_something_else_is_reported(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    same_in_pytorch(lambda torch: print(torch.tensor(2.0)), recorded="tensor(3.)")
    assert capsys.readouterr().out == "tensor(3.)\n\nBut minigrad prints:\ntensor(2.)\n"


def test_minigrad_in_the_place_of_torch_is_not_taken_for_pytorch(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", minigrad)
    same_in_pytorch(lambda torch: print(torch.tensor(2.0)), recorded="tensor(3.)")
    assert capsys.readouterr().out.count("But") == 1
