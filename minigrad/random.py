"""The numbers PyTorch's CPU generator draws for a given seed, digit for digit, from numpy's Mersenne Twister.

Both libraries run the same MT19937 and see the same stream of 32-bit words. They part in what they make of the words,
so each draw below says how many words a number takes and which of their bits it keeps.
"""

import contextlib
import math
import os

import numpy as np

from .dtypes import from_numpy_dtype
from .tensor import Tensor, device, refuse, wrap

Shape = tuple[int, ...]
DType = type[np.floating] | np.dtype

FIRST_SEED = 67280421310721  # of a `Generator()` that nobody has seeded; PyTorch's choice


class Generator:
    """A stream of random numbers, PyTorch's for the same seed.

    >>> Generator().manual_seed(0).uniform((3,), np.float32)
    array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
    """

    __module__ = "torch._C"  # as it prints

    def __init__(self, device: object = "cpu") -> None:
        self.device = _device(device)
        self._seed = FIRST_SEED
        self._twister: np.random.MT19937 | None = None  # made at the first draw: numpy.random takes 20 ms to import
        self._spare_normal: float | None = None  # normals come in pairs; the second of a pair waits here

    # Seeds and state

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream of `seed` (-2**63 <= seed < 2**64; a negative one counts from 2**64) and return self."""
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        refuse(not -(2**63) <= seed < 2**64 and "Overflow when unpacking long long", ValueError)
        self._seed = seed % 2**64
        self._spare_normal = None
        if self._twister is not None:
            self._start()
        return self

    def seed(self) -> int:
        """Start a stream that nobody can predict, and return its seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """The seed of the present stream, as a number from 0 to 2**64 - 1."""
        return self._seed

    def get_state(self) -> Tensor:
        """The whole state as PyTorch lays it out: 5056 bytes, in a uint8 tensor."""
        mt = self._mt19937.state["state"]
        # Only before the first draw is the first key the seed itself.
        fresh = mt["pos"] == 624 and mt["key"][0] == self._seed % 2**32
        state = np.zeros((), _STATE)
        state["seed"], state["seeded"], state["key"] = self._seed, 1, mt["key"]
        state["next"], state["left"] = (0, 1) if fresh else (mt["pos"], 625 - mt["pos"])
        if self._spare_normal is not None:
            state["spare_normal"], state["has_spare"] = self._spare_normal, 1
        return wrap(np.frombuffer(state.tobytes(), np.uint8).copy())

    def set_state(self, new_state: Tensor) -> "Generator":
        """Go on from a `get_state()`, of this generator, another, or PyTorch's; return self."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        state = new_state.array
        refuse(state.dtype != np.uint8 and "RNG state must be a torch.ByteTensor", TypeError)
        refuse(state.size != _STATE.itemsize and "Expected a CPUGeneratorImplState of size 5056 but found the input "
               f"RNG state size to be {state.size}")
        state = np.frombuffer(state.tobytes(), _STATE)[0]
        refuse(not (state["seeded"] and 1 <= state["left"] <= 624 and state["next"] <= 624) and "Invalid mt19937 state")
        self._seed = int(state["seed"])
        self._spare_normal = float(state["spare_normal"]) if state["has_spare"] else None
        position = 625 - int(state["left"])
        self._mt19937.state = {"bit_generator": "MT19937", "state": {"key": state["key"], "pos": position}}
        return self

    def clone_state(self) -> "Generator":
        """Another generator that will draw the same numbers."""
        return Generator().set_state(self.get_state())

    def __deepcopy__(self, memo):
        return self.clone_state()

    def __reduce__(self):
        return _restored, (self.get_state(),)

    @property
    def _mt19937(self):
        if self._twister is None:
            self._twister = np.random.MT19937()
            self._start()
        return self._twister

    def _start(self):
        # RandomState seeds as PyTorch does, from 32 bits; MT19937(seed) itself would hash the seed first.
        np.random.RandomState(self._twister).seed(self._seed % 2**32)

    # From words to numbers

    def _words(self, n: int) -> np.ndarray:
        """The next n 32-bit words, in a uint64 array."""
        return self._mt19937.random_raw(n)

    def _long_words(self, n: int) -> np.ndarray:
        """n 64-bit words, each of two 32-bit words, the higher half first."""
        words = self._words(2 * n)
        return words[0::2] << np.uint64(32) | words[1::2]

    def _unit(self, n: int, dtype: DType) -> np.ndarray:
        """n uniform numbers in [0, 1) with all the bits a float32 (1 word each) or a float64 (2 words) can hold."""
        if dtype == np.float64:
            return (self._long_words(n) & np.uint64(2**53 - 1)) * 2.0**-53
        return ((self._words(n) & np.uint64(2**24 - 1)) * 2.0**-24).astype(np.float32)

    def uniform(self, shape: Shape, dtype: DType, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        """Uniform numbers in [low, high): 1 word each, 2 for float64; the parts of complex ones are numbers each."""
        if np.dtype(dtype).kind == "c":
            return self.uniform((*shape, 2), real_of(dtype), low, high).view(dtype)[..., 0]
        dtype = _floating(dtype, "check_uniform_bounds")
        largest, kind = np.finfo(dtype).max, from_numpy_dtype(dtype)
        for what, bound in (("from", low), ("to", high)):
            refuse(not -largest <= bound <= largest and f"{what} is out of bounds for {kind.c_name}")
        refuse(low > high and f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}")
        refuse(high - low > largest and f"uniform_ expects to-from <= std::numeric_limits<{kind.title}>::max(), but "
               f"found to={high:g} and from={low:g} which result in to-from to exceed the limit")
        wide = np.promote_types(dtype, np.float32).type
        numbers = self._unit(math.prod(shape), dtype)
        numbers = fused(numbers, wide(high) - wide(low), wide(low)).astype(dtype)
        numbers[numbers == dtype.type(high)] = low  # rounding may have reached the bound that is not included
        return numbers.reshape(shape)

    def normal(self, shape: Shape, dtype: DType, mean: float = 0.0, std: float = 1.0, in_blocks=True) -> np.ndarray:
        """Normal with the given mean and standard deviation, by Box and Muller's transform.

        Two uniform numbers a, b make two normal ones: sqrt(-2 log(1 - b)) times cos(2 pi a), and times sin(2 pi a).
        PyTorch does this one way for fewer than 16 numbers, or if their places in memory have gaps (not `in_blocks`),
        and another way for more, and uses the words differently.
        """
        refuse(not std >= 0 and f"normal expects std >= 0.0, but found std {std:g}")
        if np.dtype(dtype).kind == "c":  # half of the variance for each part
            return self.normal((*shape, 2), real_of(dtype), mean, std / math.sqrt(2), in_blocks).view(dtype)[..., 0]
        dtype = _floating(dtype, "normal_kernel_cpu")
        n = math.prod(shape)
        if n < 16 or not in_blocks:
            wide = np.promote_types(dtype, np.float32)
            numbers = np.array([self._next_normal() * std + mean for _ in range(n)], wide)
        else:
            whole = n - n % 16
            numbers = self._unit(whole if dtype == np.float16 else n, dtype)  # float16 draws only whole blocks
            numbers[:whole] = _normal_blocks(numbers[:whole], mean, std)
            if whole < n:  # the last 16 places are drawn anew, over some that were done already
                last_16 = _normal_blocks(self._unit(16, dtype), mean, std)
                numbers = np.concatenate([numbers[: n - 16], last_16])
        return numbers.astype(dtype).reshape(shape)

    def _next_normal(self):
        """The next one of the standard normals that are made in pairs, 4 words a pair, always in float64."""
        if self._spare_normal is not None:
            number, self._spare_normal = self._spare_normal, None
            return number
        a, b = self._unit(2, np.float64).tolist()
        radius, angle = math.sqrt(-2 * math.log1p(-b)), 2 * math.pi * a
        self._spare_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    def integers(self, low: int, high: int, shape: Shape, in_words=False) -> np.ndarray:
        """int64 numbers from low to high - 1: what is left of a word, or of a long one, divided by their count."""
        refuse(low >= high and f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        count, n = high - low, math.prod(shape)
        words = self._words(n) if in_words or count < 2**28 else self._long_words(n)
        return ((words % np.uint64(count)).astype(np.int64) + np.int64(low)).reshape(shape)

    def permutation(self, n: int) -> np.ndarray:
        """0 to n - 1 in random order, int64: each place in turn swaps with itself or a later one (n - 1 words)."""
        refuse(n < 0 and f"Trying to create tensor with negative dimension {n}: [{n}]")
        order = list(range(n))
        steps = self._words(max(n - 1, 0)) % np.arange(n, 1, -1, dtype=np.uint64)
        for i, step in enumerate(steps.tolist()):
            order[i], order[i + step] = order[i + step], order[i]
        return np.array(order, np.int64)

    def bernoulli(self, shape: Shape, p: float | np.ndarray) -> np.ndarray:
        """True with probability p: a number, or an array of `shape` whose dtype says how finely to draw."""
        if isinstance(p, np.ndarray):
            _floating(p.dtype, "bernoulli_tensor_cpu_p_")
            refuse(not ((p >= 0) & (p <= 1)).all() and "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
                   "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)")
            return (self._unit(p.size, p.dtype) < p.ravel()).reshape(shape)
        refuse(not 0 <= p <= 1 and f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
        return (self._unit(math.prod(shape), np.float64) < p).reshape(shape)

    def exponential(self, shape: Shape, dtype: DType, rate: float = 1.0) -> np.ndarray:
        """Waiting times at `rate` events per unit of time, by the inverse of their distribution: 2 words each."""
        unit = self._unit(math.prod(shape), np.float64)
        return (-1 / rate * np.log1p(-unit)).astype(dtype).reshape(shape)


# PyTorch's 5056 bytes, little-endian; those that are not named are zero.
_STATE = np.dtype({
    "names": ["seed", "left", "seeded", "next", "key", "spare_normal", "has_spare"],
    "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", 624), "<f8", "<i4"],
    "offsets": [0, 8, 12, 16, 24, 5024, 5040],
    "itemsize": 5056})


def _device(name):
    if not str(name).startswith("cpu"):
        raise RuntimeError(f"minigrad computes on the CPU alone; there is no generator on device '{name}'")
    return device(name)


def _restored(state):
    return Generator().set_state(state)


def _floating(dtype: DType, kernel: str) -> np.dtype:
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{from_numpy_dtype(dtype).title}'")
    return dtype


def real_of(dtype: DType) -> DType:
    return from_numpy_dtype(np.dtype(dtype)).to_real().numpy


# Arithmetic that rounds as PyTorch's does


def fused(x, y, z):
    """x * y + z as vector instructions compute it: float32 is rounded once, at the end; float64 plainly, 1 ulp away."""
    if x.dtype != np.float32:
        return x * y + z
    y = y.astype(np.float64) if isinstance(y, np.ndarray) else np.float64(np.float32(y))
    z = z if isinstance(z, np.ndarray) else np.float32(z)
    return (x * y + z).astype(np.float32)


def _normal_blocks(unit, mean, std):
    """Box and Muller's transform on blocks of 16: the first 8 uniform numbers give the radii, the others the angles."""
    real = unit.dtype.type
    blocks = unit.reshape(-1, 2, 8)
    a, b = blocks[:, 1:], blocks[:, :1]
    angle = real(2 * math.pi) * a
    if real is np.float64:
        log, cos, sin = np.log(1 - b), np.cos(angle), np.sin(angle)
    else:
        log, (cos, sin) = _log_float32(1 - b), _cos_sin_float32(angle)
    radius = np.sqrt(real(-2) * log)
    return fused(radius * np.concatenate([cos, sin], axis=1), std, mean).ravel()


# PyTorch's float32 logarithm, cosine and sine are those of Moshier's Cephes library, every multiply-add fused. Taken
# through the same roundings here, they give its very digits on every machine. numpy's own are 7 times faster, but the
# last digit differs in one normal of seven, and not alike on all processors: a seeded training run would show it.


def _polynomial(x, highest, *coefficients):
    value = np.full_like(x, highest)
    for coefficient in coefficients:
        value = fused(value, x, coefficient)
    return value


def _log_float32(x):
    """ln(m 2^e) = ln m + e ln 2, with m from sqrt(1/2) to sqrt(2) and ln 2 in two parts, the longer one exact."""
    m, e = np.frexp(x)
    small = m < np.float32(math.sqrt(0.5))
    m, e = np.where(small, 2 * m, m) - 1, np.float32(e - small)
    series = _polynomial(m, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                         -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)  # fmt: skip
    square = m * m
    tail = fused(series * m, square, e * np.float32(-2.12194440e-4))
    return fused(e, 0.693359375, m + fused(square, -0.5, tail))


def _cos_sin_float32(x):
    """Both, by their series at x less its nearest multiple of pi / 2; x >= 0."""
    quarters = (np.trunc(x * np.float32(4 / math.pi)) + 1) // 2
    for part_of_half_pi in (1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8):
        x = fused(quarters, -part_of_half_pi, x)
    square = x * x
    sin = _polynomial(square, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1) * square
    cos = _polynomial(square, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2) * square
    sin, cos = fused(sin, x, x), fused(cos, square, -square / 2) + 1
    quadrant = quarters.astype(int) % 4
    return np.choose(quadrant, [cos, -sin, -cos, sin]), np.choose(quadrant, [sin, cos, -sin, -cos])


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: float) -> Generator:
    """Start the default generator's stream of `seed`, any number that `int` takes, and return that generator."""
    return default_generator.manual_seed(int(seed))


seed = default_generator.seed
initial_seed = default_generator.initial_seed
get_rng_state = default_generator.get_state


def set_rng_state(new_state: Tensor) -> None:
    """Have the default generator go on from a `get_rng_state()`."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=None, enabled=True, device_type=None):
    """What the block draws leaves the default generator's stream as it was before.

    >>> with fork_rng():
    ...     _ = manual_seed(0)
    """
    before = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(before)
