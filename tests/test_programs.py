"""Does a program print with minigrad, to the letter, what it prints with PyTorch? (programs/*.py and their *.out)"""

import re

import pytest
from record import VERSION
from transcripts import STEMS, programs, recorded, same, transcript

import minigrad
from minigrad.viz import record

ALL = programs()
IDS = [f"{stem}: {title}" for stem, title, _ in ALL]


@pytest.mark.parametrize("stem, title, source", ALL, ids=IDS)
def test_a_program_prints_what_pytorch_prints(stem, title, source):
    found, expected = transcript(minigrad, title, source), recorded(stem)[title].rstrip() + "\n"
    assert same(found.rstrip() + "\n", expected), f"{source}\n--- minigrad\n{found}\n--- PyTorch\n{expected}"


# A recording keeps alive what these programs want to see gone.
LIFETIMES = ("gc.", "weakref", "clear_saved_tensors_on_access", "tid_to_weakhandle")
WATCHED = [program for program in ALL if not any(word in program[2] for word in LIFETIMES)]


@pytest.mark.parametrize("stem, title, source", WATCHED, ids=[f"{stem}: {title}" for stem, title, _ in WATCHED])
def test_a_program_prints_the_same_while_it_is_recorded(stem, title, source):
    with record() as r:
        found = transcript(minigrad, title, source)
    assert same(found.rstrip() + "\n", recorded(stem)[title].rstrip() + "\n")
    for look in (r.draw, lambda: repr(r.trace())):
        try:
            look()
        except ValueError as refusal:
            assert re.search("was recorded|no backward pass ran|operations ran|steps of backward|boxes", str(refusal))


@pytest.mark.parametrize("stem", STEMS)
def test_the_recorded_transcripts_are_what_pytorch_prints_here(stem):
    torch = pytest.importorskip("torch", reason="needs torch")
    if torch.__version__.split("+")[0] != VERSION:
        pytest.skip(f"needs torch {VERSION}")
    torch.set_warn_always(True)
    expected = recorded(stem)
    found = {title: transcript(torch, title, source) for s, title, source in ALL if s == stem}
    assert [t for t in found if not same(found[t].rstrip() + "\n", expected[t].rstrip() + "\n")] == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_recorded_transcript_has_its_program(stem):
    assert list(recorded(stem)) == [title for s, title, _ in ALL if s == stem]


def test_a_transcript_differs_where_a_digit_a_letter_or_a_decimal_does():
    assert same("tensor([1.000001])", "tensor([1.000000])")
    assert not same("tensor([1.0003])", "tensor([1.0000])")
    assert not same("tensor([1.0])", "tensor([1.])")
    assert not same("tensor([2])", "tensor([1])")
    assert not same("tensor([1.], requires_grad=True)", "tensor([1.])")
