"""minigrad draws what PyTorch draws: recorded from PyTorch (record_random.py), and live where it is installed."""

import base64
import json
import random
import subprocess
import sys
import zlib

import numpy as np
import pytest
from record_random import (
    ERRORS,
    FILE,
    LARGE,
    SEEDS,
    VERSION,
    TorchGenerator,
    checksum,
    is_rounded_differently,
    outcome,
    program,
    run,
    summary,
)

import minigrad
from minigrad import random as functions
from minigrad.random import Generator, default_generator

RECORD = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("seed", SEEDS)
def test_draws_are_those_recorded(seed):
    recorded = RECORD[str(seed)]
    generator = Generator().manual_seed(seed)
    assert generator.initial_seed() == recorded["initial_seed"]
    assert checksum(generator) == recorded["start"]
    for step, expected in zip(program(seed), recorded["draws"], strict=True):
        drawn = summary(run(generator, step))
        if is_rounded_differently(step):
            np.testing.assert_allclose(drawn[:-1], expected[:-1], rtol=0, atol=4e-15, err_msg=str(step))
        else:
            assert drawn == expected, step
    assert checksum(generator) == recorded["end"]


def test_large_draws_are_those_recorded():
    generator = Generator().manual_seed(3)
    assert [summary(run(generator, step)) for step in LARGE] == RECORD["large"]


def test_a_state_saved_by_pytorch_goes_on_here():
    state = np.frombuffer(zlib.decompress(base64.b64decode(RECORD["state"])), np.uint8).copy()
    generator = Generator()
    assert generator.set_state(minigrad.from_numpy(state)) is generator
    assert (generator.get_state().array == state).all()
    assert generator.normal((5,), np.float32).tolist() == RECORD["after_state"]


@pytest.mark.parametrize(("step", "expected"), list(zip(ERRORS, RECORD["errors"], strict=True)), ids=str)
def test_errors_are_those_recorded(step, expected):
    generator = Generator().manual_seed(1)
    before = generator.get_state()
    assert outcome(generator, step) == expected
    assert (generator.get_state() == before).all()


def test_a_damaged_state_is_refused():
    generator = Generator()
    with pytest.raises(TypeError, match="RNG state must be a torch.ByteTensor"):
        generator.set_state(minigrad.zeros(5056))
    with pytest.raises(RuntimeError, match="of size 5056 but found the input RNG state size to be 5"):
        generator.set_state(minigrad.zeros(5, dtype=minigrad.uint8))
    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        generator.set_state(minigrad.zeros(5056, dtype=minigrad.uint8))


def test_a_state_is_a_copy_that_brings_the_same_numbers_again():
    generator = Generator().manual_seed(7)
    for _ in range(3):  # fresh, then with and without the second number of a pair
        state = generator.get_state()
        first, twin = generator.normal((1,), np.float64), Generator().set_state(state)
        assert (generator.get_state() != state).any()
        assert twin.normal((1,), np.float64) == first
        assert (twin.get_state() == generator.get_state()).all()


def test_an_unseeded_generator_has_pytorchs_first_seed():
    assert Generator().initial_seed() == RECORD["unseeded"]
    unseeded, seeded = Generator(), Generator().manual_seed(RECORD["unseeded"])
    assert (unseeded.integers(0, 100, (9,)) == seeded.integers(0, 100, (9,))).all()


def test_there_is_only_the_cpu():
    assert Generator(device="cpu").device == minigrad.device("cpu")
    with pytest.raises(RuntimeError, match="there is no generator on device 'cuda'"):
        Generator(device="cuda")


def test_the_functions_act_on_the_default_generator():
    before = default_generator.get_state()
    try:
        assert functions.manual_seed(5.9) is default_generator
        assert functions.initial_seed() == 5
        chosen = functions.seed()
        assert functions.initial_seed() == chosen != 5
        assert functions.seed() != chosen
    finally:
        default_generator.set_state(before)


def test_seeding_forgets_the_second_number_of_a_pair():
    generator = Generator().manual_seed(4)
    first = generator.normal((1,), np.float64)
    assert generator.manual_seed(4).normal((1,), np.float64) == first


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_array_of_chances_is_drawn_as_finely_as_its_dtype(dtype):
    chances, generator = Generator().uniform((99,), dtype), Generator()
    one_draw_each = generator._unit(99, dtype) < chances
    assert (Generator().bernoulli((99,), chances) == one_draw_each).all()


def test_float16_normals_are_rounded_to_float32_first():
    small, wide = (Generator().manual_seed(1997).normal((15,), dtype) for dtype in (np.float16, np.float64))
    assert (small == wide.astype(np.float32).astype(np.float16)).all()
    assert (small != wide.astype(np.float16)).any()


@pytest.mark.parametrize(
    "draw",
    [
        lambda g, shape: g.uniform(shape, np.float32),
        lambda g, shape: g.normal(shape, np.float64),
        lambda g, shape: g.integers(0, 9, shape),
        lambda g, shape: g.bernoulli(shape, 0.5),
        lambda g, shape: g.bernoulli(shape, np.full(shape, 0.5, np.float32)),
    ],
)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (4, 2, 3)])
def test_every_shape_is_an_array_of_that_shape(draw, shape):
    drawn = draw(Generator(), shape)
    assert isinstance(drawn, np.ndarray) and drawn.shape == shape


def test_drawing_nothing_leaves_the_stream_alone():
    generator = Generator().manual_seed(2)
    before = generator.get_state()
    for n in (0, 1):
        generator.permutation(n)
    generator.uniform((0,), np.float32), generator.normal((3, 0), np.float64)
    assert (generator.get_state() == before).all()


def test_uniform_stays_below_its_upper_bound_even_where_rounding_reaches_it():
    drawn = Generator().manual_seed(0).uniform((100_000,), np.float16, 1.0, 2.0)
    assert drawn.min() == 1 and drawn.max() < 2


def test_importing_does_not_wait_for_numpys_random_module():
    program = "import sys, minigrad.random; minigrad.random.initial_seed(); sys.exit('numpy.random' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch", reason="PyTorch 2.13 is not installed")
    if torch.__version__.split("+")[0] != VERSION:
        pytest.skip("PyTorch 2.13 is not installed")
    return torch


def test_pytorch_still_says_what_is_recorded(torch):
    theirs = TorchGenerator()
    for seed in SEEDS:
        theirs.manual_seed(seed)
        assert [summary(run(theirs, step)) for step in program(seed)] == RECORD[str(seed)]["draws"]
    assert [outcome(theirs, step) for step in ERRORS] == RECORD["errors"]


def test_a_long_mixture_of_draws_is_pytorchs(torch):
    chance = random.Random(2)
    for seed in [chance.getrandbits(64) for _ in range(20)]:
        ours, theirs = Generator().manual_seed(seed), TorchGenerator()
        theirs.manual_seed(seed)
        assert (ours.get_state().numpy() == theirs.get_state().numpy()).all()
        for step in program(seed):
            drawn, expected = run(ours, step), run(theirs, step)
            assert drawn.dtype == expected.dtype
            if is_rounded_differently(step):
                np.testing.assert_allclose(drawn, expected, rtol=0, atol=4e-15, err_msg=str(step))
            else:
                assert drawn.tobytes() == expected.tobytes(), step
        assert (ours.get_state().numpy() == theirs.get_state().numpy()).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_bernoulli_of_an_array_of_chances_is_pytorchs(torch, dtype):
    ours, theirs = Generator(), TorchGenerator()
    for n in (1, 10, 1000):
        p = ours.uniform((n,), dtype)
        theirs.uniform((n,), dtype)
        assert (ours.bernoulli((n,), p) == theirs.bernoulli((n,), p)).all()


def test_a_million_float32_normals_are_pytorchs_to_the_last_bit(torch):
    ours, theirs = Generator(), TorchGenerator()
    step = ("normal", (1_000_000,), "float32", 0.3, 1.7)
    assert run(ours, step).tobytes() == run(theirs, step).tobytes()


# Random tensors of every kind, in PyTorch's names: a function of the library, a size and a generator.
DRAWN = [
    lambda t, n, g: t.rand(n, generator=g),
    lambda t, n, g: t.randn(n, generator=g),
    lambda t, n, g: t.randint(-5, 17, (n,), generator=g),
    lambda t, n, g: t.randperm(n, generator=g),
    lambda t, n, g: t.empty(n).uniform_(-2, 3, generator=g),
    lambda t, n, g: t.empty(n).normal_(1, 2, generator=g),
    lambda t, n, g: t.empty(n, dtype=t.float16).normal_(generator=g),
    lambda t, n, g: t.empty(n).bernoulli_(0.3, generator=g),
    lambda t, n, g: t.bernoulli(t.full((n,), 0.4), generator=g),
    lambda t, n, g: t.bernoulli(t.full((n,), 0.4, dtype=t.float64), generator=g),
    lambda t, n, g: t.empty(n).exponential_(1.5, generator=g),
    lambda t, n, g: t.empty(n).cauchy_(generator=g),
    lambda t, n, g: t.empty(n).log_normal_(generator=g),
    lambda t, n, g: t.empty(n).geometric_(0.2, generator=g),
    lambda t, n, g: t.empty(n).random_(generator=g),
    lambda t, n, g: t.empty(n, dtype=t.int32).random_(generator=g),
    lambda t, n, g: t.empty(n, dtype=t.int64).random_(generator=g),
    lambda t, n, g: t.normal(t.ones(n), 2.0, generator=g),
    lambda t, n, g: t.normal(1.0, t.ones(n), generator=g),
    lambda t, n, g: t.normal(t.zeros(n), t.ones(n) * 3, generator=g),
    lambda t, n, g: t.multinomial(t.arange(1.0, n + 2), n + 1, generator=g),
    lambda t, n, g: t.multinomial(t.arange(1.0, n + 2), 5, True, generator=g),
    lambda t, n, g: t.multinomial(t.ones(3, n + 1), 1, generator=g),
    lambda t, n, g: t.empty(n, 3).t().normal_(generator=g),
    lambda t, n, g: t.empty(n, 4)[:, ::2].normal_(generator=g),
    lambda t, n, g: t.empty(n, 4)[:, ::2].uniform_(generator=g),
    lambda t, n, g: t.empty(2, n, 3).permute(2, 0, 1).bernoulli_(0.5, generator=g),
    lambda t, n, g: t.empty(2, n, 3).permute(1, 0, 2)[::2].exponential_(generator=g),
    lambda t, n, g: t.empty(2, n, 3).transpose(0, 1).bernoulli_(t.full((3,), 0.5), generator=g),
    lambda t, n, g: t.rand_like(t.empty(n, 3).t(), generator=g),
    lambda t, n, g: t.randn_like(t.empty(n, 3).t(), generator=g),
    lambda t, n, g: t.randint_like(t.empty(n), 9, generator=g),
]


@pytest.mark.parametrize("seed", range(20))
def test_random_tensors_in_any_order_are_pytorchs_to_the_last_bit(torch, seed):
    chance = random.Random(seed)
    generators = [library.Generator().manual_seed(seed) for library in (minigrad, torch)]
    for draw in chance.choices(DRAWN, k=40):
        n = chance.choice([0, 1, 2, 5, 15, 16, 17, 40])
        ours, theirs = (draw(library, n, g).numpy() for library, g in zip((minigrad, torch), generators))
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()
        assert (generators[0].get_state().numpy() == generators[1].get_state().numpy()).all()
