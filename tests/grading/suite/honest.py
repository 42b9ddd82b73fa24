"""Right answers as students write them: with prints, warnings, magics, other types, other tools. All get full marks."""

from suite.submission import beside, honest


def first(title: str, program: str, **how):
    """The right answers, and a program in a cell before everything."""
    return beside(title, program, cell=0, **how)


def last(title: str, program: str, **how):
    """The right answers, and a program in a cell after the last answer, before the last test."""
    return beside(title, program, cell=-3, **how)


SUBMISSIONS = [
    honest("The right answers get full marks"),

    # What is said on the way
    honest("A warning of numpy's costs nothing", softmax="""
        def softmax(x):
            np.log(np.zeros(1)), np.ones(1) / np.zeros(1)
            weights = np.exp(x - np.max(x))
            return weights / weights.sum()
        """),
    honest("A warning of one's own costs nothing", flatten="""
        import warnings
        def flatten(nested):
            warnings.warn("flattening", DeprecationWarning)
            return [x for each in nested for x in (flatten(each) if isinstance(each, list) else [each])]
        """),
    honest("What is printed to standard error costs nothing", normalize="""
        import sys
        def normalize(x):
            print("normalizing", x, file=sys.stderr)
            return (x - x.mean()) / x.std()
        """),
    honest("What is logged costs nothing", normalize="""
        import logging
        logging.basicConfig(level=logging.DEBUG)
        def normalize(x):
            logging.error("mean %s", x.mean())
            return (x - x.mean()) / x.std()
        """),
    honest("What is written below Python costs nothing", normalize="""
        import os
        def normalize(x):
            os.write(2, b"normalizing")
            os.write(1, b"normalizing")
            return (x - x.mean()) / x.std()
        """),
    honest("A progress bar costs nothing", softmax="""
        import sys, time
        def softmax(x):
            for n in range(20):
                sys.stderr.write(f"\\r{n:3} %")
                sys.stderr.flush()
            weights = np.exp(x - np.max(x))
            return weights / weights.sum()
        """),
    honest("Prints during a test with partial credit cost nothing", softmax="""
        def softmax(x):
            print("x is", x)
            display(x)
            weights = np.exp(x - np.max(x))
            return weights / weights.sum()
        """),
    first("Warnings made into errors in the student's cells cost nothing", """
        import warnings
        warnings.simplefilter("error")
        """),
    first("Warnings switched off cost nothing", "import warnings\nwarnings.filterwarnings('ignore')"),
    honest("A warning in a cell costs nothing", warmest="""
        warmest = np.float64(1) / np.float64(0)
        warmest = max(TEMPERATURES)
        """),

    # Answers of other types
    honest("Numbers of numpy's for Python's cost nothing", warmest="warmest = np.float64(20)", flatten="""
        def flatten(nested):
            if not nested:
                return []
            found = []
            waiting = list(nested)
            while waiting:
                each = waiting.pop(0)
                waiting, found = (each + waiting, found) if isinstance(each, list) else (waiting,
                    found + [np.int64(each)])
            return found
        """),
    honest("Numbers of Python's for numpy's cost nothing", warmest="warmest = 20"),
    honest("A number of less precision costs nothing", warmest="warmest = np.float32(20)"),
    honest("An array without dimensions costs nothing", warmest="warmest = np.array(20.0)"),
    honest("A fraction costs nothing", warmest="from fractions import Fraction\nwarmest = Fraction(40, 2)"),
    honest("A Counter for a dict costs nothing", word_counts="""
        from collections import Counter
        def word_counts(text):
            return Counter(text.lower().split())
        """),
    honest("A defaultdict for a dict costs nothing", word_counts="""
        from collections import defaultdict
        def word_counts(text):
            counts = defaultdict(int)
            for word in text.lower().split():
                counts[word] += 1
            return counts
        """),
    honest("An OrderedDict for a dict costs nothing", word_counts="""
        from collections import OrderedDict
        def word_counts(text):
            counts = OrderedDict()
            for word in text.lower().split():
                counts[word] = counts.get(word, 0) + 1
            return counts
        """),
    honest("A list for an array costs nothing where only numbers are compared", moving_average="""
        def moving_average(x, k):
            if k < 1 or k > len(x):
                raise ValueError
            return [sum(x[n : n + k]) / k for n in range(len(x) - k + 1)]
        """),
    honest("A tuple for an array costs nothing where only numbers are compared", moving_average="""
        def moving_average(x, k):
            if k < 1 or k > len(x):
                raise ValueError("k")
            return tuple(float(np.mean(x[n : n + k])) for n in range(len(x) - k + 1))
        """),
    honest("A view, turned and in Fortran's order, costs nothing", normalize="""
        def normalize(x):
            both = np.asfortranarray(np.array([x, x]).T)
            return ((both - both.mean()) / both.std())[::-1, 1][::-1]
        """),
    honest("A read-only array costs nothing", normalize="""
        def normalize(x):
            result = (x - x.mean()) / x.std()
            result.flags.writeable = False
            return result
        """),
    honest("An array of big-endian numbers costs nothing", normalize="""
        def normalize(x):
            return ((x - x.mean()) / x.std()).astype(">f8")
        """),
    honest("A class of arrays of one's own costs nothing", normalize="""
        class Array(np.ndarray):
            pass
        def normalize(x):
            return ((x - x.mean()) / x.std()).view(Array)
        """),
    honest("A masked array with nothing masked costs nothing", normalize="""
        def normalize(x):
            return np.ma.array((x - x.mean()) / x.std())
        """),
    honest("A matrix of numpy's gives its numbers", moving_average="""
        def moving_average(x, k):
            if not 1 <= k <= len(x):
                raise ValueError
            rows = np.matrix([x[n : n + k] for n in range(len(x) - k + 1)])
            return np.asarray(rows.mean(axis=1)).ravel()
        """),
    honest("An error of one's own class, made from ValueError, is a ValueError", moving_average="""
        class BadLength(ValueError):
            def __init__(self, k, n):
                super().__init__(f"{k} is not from 1 to {n}")
                self.k, self.n = k, n
        def moving_average(x, k):
            if not 1 <= k <= len(x):
                raise BadLength(k, len(x))
            return np.array([np.mean(x[n : n + k]) for n in range(len(x) - k + 1)])
        """),
    honest("An error raised from another one costs nothing", moving_average="""
        def moving_average(x, k):
            try:
                1 / (1 <= k <= len(x))
            except ZeroDivisionError as error:
                raise ValueError("k", k) from error
            return np.array([np.mean(x[n : n + k]) for n in range(len(x) - k + 1)])
        """),
    honest("An error from below numpy costs nothing", moving_average="""
        def moving_average(x, k):
            return np.lib.stride_tricks.sliding_window_view(x, k if k else -1).mean(axis=1)
        """),

    # Other ways to write a function
    honest("A lambda is a function", normalize="normalize = lambda x: (x - x.mean()) / x.std()"),
    honest("A partial function is a function", moving_average="""
        from functools import partial
        def averages(mean, x, k):
            if not 1 <= k <= len(x):
                raise ValueError
            return np.array([mean(x[n : n + k]) for n in range(len(x) - k + 1)])
        moving_average = partial(averages, np.mean)
        """),
    honest("An object that can be called is a function", softmax="""
        class Softmax:
            def __call__(self, x):
                weights = np.exp(x - np.max(x))
                return weights / weights.sum()
        softmax = Softmax()
        """),
    honest("A bound method is a function", softmax="""
        class Functions:
            def softmax(self, x):
                weights = np.exp(x - np.max(x))
                return weights / weights.sum()
        softmax = Functions().softmax
        """),
    honest("A static method of a class is a function", softmax="""
        class Functions:
            @staticmethod
            def softmax(x):
                weights = np.exp(x - np.max(x))
                return weights / weights.sum()
        softmax = Functions.softmax
        """),
    honest("A decorated function is a function", flatten="""
        import time
        def timed(function):
            def inner(*args, **kwargs):
                begun = time.perf_counter()
                result = function(*args, **kwargs)
                print(time.perf_counter() - begun, "seconds")
                return result
            return inner
        @timed
        def flatten(nested):
            return [x for each in nested for x in (flatten(each) if isinstance(each, list) else [each])]
        """),
    honest("A cached function is a function", primes="""
        from functools import lru_cache
        @lru_cache(maxsize=None)
        def is_prime(n):
            return all(n % p for p in range(2, n))
        def primes():
            return filter(is_prime, itertools.count(2))
        """),
    honest("A vectorized function is a function", warmest="""
        biggest = np.vectorize(max)
        warmest = biggest(TEMPERATURES, 20)[0]
        """),
    honest("A generator expression is an iterator", primes="""
        def primes():
            return (n for n in itertools.count(2) if all(n % d for d in range(2, n)))
        """),
    honest("An iterator of one's own class is an iterator", primes="""
        class Primes:
            def __init__(self):
                self.found = []
            def __iter__(self):
                return self
            def __next__(self):
                n = self.found[-1] + 1 if self.found else 2
                while any(n % p == 0 for p in self.found):
                    n += 1
                self.found.append(n)
                return n
        primes = Primes
        """),
    honest("A generator that yields from another is an iterator", primes="""
        def sieve(numbers):
            first = next(numbers)
            yield first
            yield from sieve(n for n in numbers if n % first)
        def primes():
            yield from sieve(itertools.count(2))
        """),
    honest("A dataclass is a class", polynomial="""
        from dataclasses import dataclass, field
        @dataclass(init=False, repr=False)
        class Polynomial:
            coefficients: list = field(default_factory=list)
            def __init__(self, *coefficients):
                self.coefficients = list(coefficients)
            def __call__(self, x):
                return sum(c * x**n for n, c in enumerate(self.coefficients))
            def __add__(self, other):
                return Polynomial(*map(sum, itertools.zip_longest(self.coefficients, other.coefficients, fillvalue=0)))
            def __repr__(self):
                return "Polynomial(" + ", ".join(map(repr, self.coefficients)) + ")"
        """),
    honest("A class with properties, slots and a base is a class", polynomial="""
        class Base:
            __slots__ = ("_values",)
            @property
            def coefficients(self):
                return list(self._values)
            def __eq__(self, other):
                return self._values == other._values
            def __repr__(self):
                return f"{type(self).__name__}({', '.join(map(str, self._values))})"
        class Polynomial(Base):
            __slots__ = ()
            def __init__(self, *coefficients):
                self._values = tuple(coefficients)
            def __call__(self, x):
                result = 0
                for c in reversed(self._values):
                    result = result * x + c
                return result
            def __add__(self, other):
                size = max(len(self._values), len(other._values))
                one, two = (p._values + (0,) * (size - len(p._values)) for p in (self, other))
                return Polynomial(*[a + b for a, b in zip(one, two)])
        """),
    honest("A named tuple is a class", polynomial="""
        from typing import NamedTuple
        class Polynomial:
            def __init__(self, *coefficients):
                self.coefficients = [*coefficients]
                self.degree = len(coefficients) - 1
            def __call__(self, x):
                return float(np.polyval(self.coefficients[::-1], x))
            def __add__(self, other):
                result = [0] * max(len(self.coefficients), len(other.coefficients))
                for p in (self, other):
                    for n, c in enumerate(p.coefficients):
                        result[n] += c
                return Polynomial(*result)
            def __eq__(self, other):
                return isinstance(other, Polynomial) and self.coefficients == other.coefficients
            def __hash__(self):
                return hash(tuple(self.coefficients))
            def __repr__(self):
                return "Polynomial({})".format(", ".join(str(c) for c in self.coefficients))
        """),
    honest("Types, a walrus, match and positional-only arguments are Python", flatten="""
        def flatten(nested: list[int | list], /, *, depth: int = 0) -> list[int]:
            found: list[int] = []
            for each in nested:
                match each:
                    case []: continue
                    case list(): found += flatten(each, depth=depth + 1)
                    case _ if (n := each) is not None: found.append(n)
            return found
        """),
    honest("Names in other alphabets are Python", normalize="""
        def normalize(x):
            μ, σ = x.mean(), x.std()
            return (x - μ) / σ  # größer, ≤ 1, 平均
        """),
    honest("Arguments under other names cost nothing", bisect="""
        def bisect(function, a, b, **options):
            while b - a > 1e-12:
                m = (a + b) / 2
                if function(m) < 0: a = m
                else: b = m
            return (a + b) / 2
        """),
    honest("A function that changes a copy first and then all at once changes in place", clip_in_place="""
        def clip_in_place(x, low, high):
            x[...] = np.clip(x.copy(), low, high)
        """),
    honest("A loop over all indices changes in place", clip_in_place="""
        def clip_in_place(x, low, high):
            for place in np.ndindex(x.shape):
                x[place] = min(max(x[place], low), high)
        """),
    honest("numpy's own out= changes in place", clip_in_place="""
        def clip_in_place(x, low, high):
            np.clip(x, low, high, out=x)
        """),
    honest("Random numbers by another of numpy's names cost nothing", throw="""
        from numpy.random import randint
        def throw(n):
            return np.array([randint(1, 7) for _ in range(n)])
        """),
    honest("State kept between calls costs nothing", normalize="""
        calls = 0
        cache = {}
        def normalize(x):
            global calls
            calls += 1
            if x.tobytes() not in cache:
                cache[x.tobytes()] = (x - x.mean()) / x.std()
            return cache[x.tobytes()]
        """),

    # Other tools
    honest("Threads in a function cost nothing", normalize="""
        from concurrent.futures import ThreadPoolExecutor
        def normalize(x):
            with ThreadPoolExecutor(2) as pool:
                mean, std = pool.map(lambda function: function(x), (np.mean, np.std))
            return (x - mean) / std
        """),
    honest("Processes in a function cost nothing", normalize="""
        import multiprocessing
        def normalize(x):
            with multiprocessing.get_context("fork").Pool(2) as pool:
                mean, std = pool.apply(np.mean, (x,)), pool.apply(np.std, (x,))
            return (x - mean) / std
        """),
    honest("A file of one's own costs nothing", word_counts="""
        def word_counts(text):
            with open("words.txt", "w") as file:
                file.write(text.lower())
            counts = {}
            for word in open("words.txt").read().split():
                counts[word] = counts.get(word, 0) + 1
            return counts
        """),
    honest("A temporary file and a program started cost nothing", word_counts="""
        import subprocess, tempfile
        def word_counts(text):
            with tempfile.NamedTemporaryFile("w+") as file:
                file.write(text.lower())
                file.flush()
                words = subprocess.run(["cat", file.name], capture_output=True, text=True).stdout.split()
            return {word: words.count(word) for word in words}
        """),
    honest("A database in memory costs nothing", word_counts="""
        import sqlite3
        def word_counts(text):
            with sqlite3.connect(":memory:") as base:
                base.execute("create table words (word)")
                base.executemany("insert into words values (?)", [(word,) for word in text.lower().split()])
                found = dict(base.execute("select word, count(*) from words group by word"))
            base.close()
            return found
        """),
    honest("Coroutines cost nothing", normalize="""
        import asyncio
        async def mean_of(x):
            await asyncio.sleep(0)
            return x.mean()
        mean = await mean_of(TEMPERATURES)
        def normalize(x):
            return (x - x.mean()) / x.std()
        """),
    honest("A function of a library under another name is an answer", flatten="""
        from itertools import chain
        def flatten(nested):
            return [*chain(*(flatten(each) if isinstance(each, list) else [each] for each in nested))]
        """, clip_in_place="clip_in_place = lambda x, *limits: np.copyto(x, np.clip(x, *limits))", throw="""
        from functools import partial
        throw = partial(np.random.randint, 1, 7)
        """),
    honest("Cell magics around an answer cost nothing", normalize="""
        %%time
        def normalize(x):
            return (x - x.mean()) / x.std()
        """, flatten="""
        %%capture output
        def flatten(nested):
            return [x for each in nested for x in (flatten(each) if isinstance(each, list) else [each])]
        """),
    first("Line magics at the top cost nothing", """
        %matplotlib inline
        %load_ext autoreload
        %autoreload 2
        %config InlineBackend.figure_format = 'retina'
        %precision 3
        """),
    last("Magics that look at things cost nothing", """
        %timeit -n 1 -r 1 softmax(TEMPERATURES)
        %who
        %whos
        softmax?
        ?flatten
        !ls -la
        files = !ls
        %history
        """),
    first("An installation that cannot work costs nothing", "!pip install --quiet numpy\n%pip install pandas"),
    last("A plot that cannot be drawn costs nothing", """
        import matplotlib.pyplot as plt
        plt.plot(TEMPERATURES)
        plt.title("Temperatures")
        plt.show()
        """),
    last("HTML, LaTeX and markdown that are displayed cost nothing", """
        from IPython.display import HTML, Latex, Markdown, clear_output, display
        display(HTML("<b>bold</b>"), Latex("$x$"), Markdown("*x*"))
        clear_output()
        normalize(TEMPERATURES)
        """),

    # What students do to their names
    last("Builtins' names used for other things cost nothing",
           "list, max, float, sorted, len = 1, 2, 3, 4, 5\nisinstance = None"),
    last("numpy's name deleted costs nothing that is not the student's",
           "import numpy\nsquare = numpy.square\ndel numpy"),
    last("Names of the tests used before cost nothing",
           "near = is_close = 5\nf = asked = points = p = q = got = row = None"),
    first("A star import costs nothing", "from math import *\nfrom random import *\nfrom itertools import *"),
    first("Seeds set for all cost nothing", "import random, numpy\nrandom.seed(1)\nnumpy.random.seed(1)"),
    first("Options of numpy cost nothing", """
        import numpy
        numpy.set_printoptions(precision=2, suppress=True, threshold=5)
        numpy.seterr(all="raise")
        """),
    first("Another folder costs nothing", "import os\nos.makedirs('work', exist_ok=True)\nos.chdir('work')"),
    first("A low limit of recursion costs nothing", "import sys\nsys.setrecursionlimit(400)"),
    last("if __name__ == '__main__' is true", "if __name__ != '__main__':\n    del softmax, flatten, primes"),
    last("A cell that takes a second costs nothing", "import time\ntime.sleep(1)"),
]  # fmt: skip
