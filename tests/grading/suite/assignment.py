"""The assignment that the suite's submissions answer: numpy functions, a class, a generator, a plot.

Each solution cell has its right answer between nbgrader's markers, each test its points; some asserts are hidden.
"""

from textwrap import dedent
from typing import NamedTuple


class Cell(NamedTuple):
    kind: str  # "text", "locked", "solution", "test", "by hand", "essay"
    name: str
    source: str
    points: float = 0


CELLS = [
    Cell(kind, name, dedent(source).strip(), points) for kind, name, points, source in [
    ("text", "", 0, "# Problem set 1"),
    ("locked", "setup", 0, """
        import itertools
        import numpy as np

        TEMPERATURES = np.array([3.5, 4.0, 7.25, 11.0, 15.5, 18.75, 20.0, 19.5])


        def is_close(a, b):
            "Whether two arrays are the same, up to rounding."
            return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, atol=1e-9))
        """),

    ("solution", "normalize", 0, """
        def normalize(x):
            "x, moved and scaled to mean 0 and standard deviation 1; x itself is not changed."
            ### BEGIN SOLUTION
            return (x - x.mean()) / x.std()
            ### END SOLUTION
        """),
    ("test", "test_normalize", 3, """
        got = normalize(TEMPERATURES)
        assert isinstance(got, np.ndarray), "normalize should return an array"
        assert got.shape == TEMPERATURES.shape
        np.testing.assert_allclose(got.mean(), 0, atol=1e-9)
        ### BEGIN HIDDEN TESTS
        np.testing.assert_allclose(got.std(), 1)
        np.testing.assert_allclose(normalize(np.array([1.0, 3.0])), [-1.0, 1.0])
        assert TEMPERATURES[0] == 3.5, "the data was changed"
        ### END HIDDEN TESTS
        """),

    ("solution", "moving_average", 0, """
        def moving_average(x, k):
            "The averages of k neighbours each; ValueError if there are no k of them."
            ### BEGIN SOLUTION
            if not 1 <= k <= len(x):
                raise ValueError(f"k must be from 1 to {len(x)}, not {k}")
            return np.convolve(x, np.ones(k) / k, mode="valid")
            ### END SOLUTION
        """),
    ("test", "test_moving_average", 2, """
        assert is_close(moving_average(np.arange(5.0), 2), [0.5, 1.5, 2.5, 3.5])
        ### BEGIN HIDDEN TESTS
        assert is_close(moving_average(TEMPERATURES, 1), TEMPERATURES)
        assert is_close(moving_average(TEMPERATURES, 8), [TEMPERATURES.mean()])
        ### END HIDDEN TESTS
        """),
    ("test", "test_moving_average_errors", 1, """
        import pytest
        with pytest.raises(ValueError):
            moving_average(np.ones(3), 0)
        with pytest.raises(ValueError):
            moving_average(np.ones(3), 4)
        assert is_close(moving_average(np.ones(3), 3), [1])
        """),

    ("solution", "softmax", 0, """
        def softmax(x):
            "Positive weights with sum 1, in proportion to exp(x); large x must not overflow."
            ### BEGIN SOLUTION
            weights = np.exp(x - np.max(x))
            return weights / weights.sum()
            ### END SOLUTION
        """),
    ("test", "test_softmax", 4, '''
        """One point for the sum, one for the proportions, two for large numbers."""
        points = 0
        probabilities = softmax(np.log(np.array([1.0, 2.0, 5.0])))
        if abs(sum(probabilities) - 1) < 1e-9:
            points += 1
        if is_close(probabilities, [0.125, 0.25, 0.625]):
            points += 1
        ### BEGIN HIDDEN TESTS
        if points == 2 and is_close(softmax(np.array([1000.0, 1000.0])), [0.5, 0.5]):
            points += 2
        ### END HIDDEN TESTS
        points
        '''),

    ("solution", "polynomial", 0, """
        class Polynomial:
            "Polynomial(1, 2, 3) is 1 + 2x + 3x²."
            ### BEGIN SOLUTION
            def __init__(self, *coefficients):
                self.coefficients = list(coefficients)

            def __call__(self, x):
                return sum(c * x**n for n, c in enumerate(self.coefficients))

            def __add__(self, other):
                pairs = itertools.zip_longest(self.coefficients, other.coefficients, fillvalue=0)
                return Polynomial(*(a + b for a, b in pairs))

            def __eq__(self, other):
                return self.coefficients == other.coefficients

            def __repr__(self):
                return f"Polynomial({', '.join(map(str, self.coefficients))})"
            ### END SOLUTION
        """),
    ("test", "test_polynomial", 3, """
        p = Polynomial(1, 2, 3)
        assert p.coefficients == [1, 2, 3]
        assert p(2) == 17
        assert repr(p) == "Polynomial(1, 2, 3)"
        ### BEGIN HIDDEN TESTS
        q = p + Polynomial(1)
        assert isinstance(q, Polynomial)
        assert q.coefficients == [2, 2, 3]
        assert q == Polynomial(2, 2, 3) and not q == p
        ### END HIDDEN TESTS
        """),

    ("solution", "flatten", 0, """
        def flatten(nested):
            "The numbers in lists in lists, in one list."
            ### BEGIN SOLUTION
            return [x for each in nested for x in (flatten(each) if isinstance(each, list) else [each])]
            ### END SOLUTION
        """),
    ("test", "test_flatten", 2, """
        assert flatten([1, [2, [3, []]], 4]) == [1, 2, 3, 4]
        ### BEGIN HIDDEN TESTS
        deep = [7]
        for _ in range(50):
            deep = [deep]
        assert flatten(deep) == [7]
        assert flatten([]) == []
        ### END HIDDEN TESTS
        """),

    ("solution", "primes", 0, """
        def primes():
            "All prime numbers, one after the other, without end."
            ### BEGIN SOLUTION
            found = []
            for n in itertools.count(2):
                if all(n % p for p in found):
                    found.append(n)
                    yield n
            ### END SOLUTION
        """),
    ("test", "test_primes", 2, """
        steps = primes()
        assert [next(steps) for _ in range(4)] == [2, 3, 5, 7]
        ### BEGIN HIDDEN TESTS
        assert list(itertools.islice(primes(), 20))[-1] == 71
        ### END HIDDEN TESTS
        """),

    ("solution", "bisect", 0, """
        def bisect(f, low, high, steps=60):
            "Where the growing function f is 0 between low and high. It is asked for no other numbers."
            ### BEGIN SOLUTION
            for _ in range(steps):
                middle = (low + high) / 2
                low, high = (low, middle) if f(middle) > 0 else (middle, high)
            return low
            ### END SOLUTION
        """),
    ("test", "test_bisect", 2, """
        asked = []


        def f(x):
            asked.append(x)
            return x**3 - 2


        def near(a, b):
            return abs(a - b) < 1e-6


        assert near(bisect(f, 0, 2), 2 ** (1 / 3))
        assert asked and all(0 <= x <= 2 for x in asked)
        ### BEGIN HIDDEN TESTS
        assert near(bisect(lambda x: x - 0.3, 0, 1), 0.3)
        ### END HIDDEN TESTS
        """),

    ("solution", "clip_in_place", 0, """
        def clip_in_place(x, low, high):
            "Bring the numbers of the array x between low and high. Returns nothing."
            ### BEGIN SOLUTION
            x[x < low] = low
            x[x > high] = high
            ### END SOLUTION
        """),
    ("test", "test_clip_in_place", 2, """
        numbers = np.array([[1.0, 5.0], [-3.0, 2.0]])
        row = numbers[1]
        assert clip_in_place(numbers, 0, 3) is None
        assert is_close(numbers, [[1, 3], [0, 2]])
        ### BEGIN HIDDEN TESTS
        assert is_close(row, [0, 2])
        clip_in_place(row, 1, 1.5)
        assert is_close(numbers, [[1, 3], [1, 1.5]])
        ### END HIDDEN TESTS
        """),

    ("solution", "word_counts", 0, """
        def word_counts(text):
            "How often each word is in there, in small letters: a dict."
            ### BEGIN SOLUTION
            counts = {}
            for word in text.lower().split():
                counts[word] = counts.get(word, 0) + 1
            return counts
            ### END SOLUTION
        """),
    ("test", "test_word_counts", 2, """
        counts = word_counts("The cat and the dog and THE bird")
        assert counts == {"the": 3, "cat": 1, "and": 2, "dog": 1, "bird": 1}
        ### BEGIN HIDDEN TESTS
        assert sorted(counts, key=lambda word: (-counts[word], word))[:2] == ["the", "and"]
        assert word_counts("") == {}
        ### END HIDDEN TESTS
        """),

    ("solution", "throw", 0, """
        def throw(n):
            "n throws of a die, from numpy's global generator: np.random.randint."
            ### BEGIN SOLUTION
            return np.random.randint(1, 7, n)
            ### END SOLUTION
        """),
    ("test", "test_throw", 1, """
        np.random.seed(3)
        expected = np.random.randint(1, 7, 10)
        np.random.seed(3)
        thrown = throw(10)
        assert thrown.shape == (10,) and thrown.tolist() == expected.tolist()
        """),

    ("solution", "warmest", 0, """
        # The highest of the TEMPERATURES, as a number.
        ### BEGIN SOLUTION
        warmest = TEMPERATURES.max()
        ### END SOLUTION
        """),
    ("test", "test_warmest", 1, """
        assert near(warmest, 20)
        assert near(float(warmest), 20)
        """),

    ("by hand", "plot", 3, """
        ### BEGIN SOLUTION
        print("a plot of the temperatures")
        ### END SOLUTION
        """),
    ("essay", "explain", 2, "Subtracting the largest number changes nothing, and nothing overflows."),
    ]
]  # fmt: skip

NAME = "problem"
TESTS = {cell.name: cell.points for cell in CELLS if cell.kind == "test"}
BY_HAND = tuple(cell.name for cell in CELLS if cell.kind in ("by hand", "essay"))
SOLUTIONS = tuple(cell.name for cell in CELLS if cell.kind == "solution")
FUNCTIONS = tuple(name for name in SOLUTIONS if name not in ("polynomial", "warmest"))


def right(name: str) -> str:
    """The right answer of a solution cell, without nbgrader's markers."""
    [source] = [cell.source for cell in CELLS if cell.name == name]
    return "\n".join(line for line in source.splitlines() if "### " not in line)
