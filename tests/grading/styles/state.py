"""Tests that depend on state: random numbers, globals, names that the test binds, many calls."""

from styles.style import right, style, wrong

STYLES = [
    style("numpy's global generator, seeded by the test", """
        import numpy as np
        def noise(n):
            return np.random.normal(size=n)
        """, """
        import numpy as np
        np.random.seed(42)
        expected = np.random.normal(size=5)
        np.random.seed(42)
        assert np.allclose(noise(5), expected)
        assert not np.allclose(noise(5), expected), "the seed must not be set in the function"
        """, wrong("""
        import numpy as np
        def noise(n):
            np.random.seed(42)
            return np.random.normal(size=n)
        """), wrong("""
        import numpy as np
        def noise(n):
            return np.zeros(n)
        """)),
    style("Python's random, seeded by the test", """
        import random
        def draw(items):
            return random.choice(items)
        """, """
        import random
        random.seed(7)
        expected = [random.choice("abcdef") for _ in range(10)]
        random.seed(7)
        assert [draw("abcdef") for _ in range(10)] == expected
        """, wrong("""
        def draw(items):
            return items[0]
        """), right("from random import choice as draw")),
    style("A global number that a function counts up", """
        counted = 0
        def count():
            global counted
            counted += 1
        """, """
        before = counted
        count()
        count()
        assert counted == before + 2
        assert [count() or counted for _ in range(3)] == [before + 3, before + 4, before + 5]
        """, wrong("""
        counted = 0
        def count():
            counted = 1
        """), right("""
        counted = 10
        def count():
            globals()["counted"] += 1
        """)),
    style("numpy's random numbers, seeded by the test, which are not Python's", """
        def draw(n):
            return np.random.random(n)
        """, """
        np.random.seed(7)
        first = draw(3)
        np.random.seed(7)
        assert np.array_equal(draw(3), first)
        """, wrong("""
        import random
        def draw(n):
            return np.array([random.random() for _ in range(n)])
        """), setup="import numpy as np"),
    style("A generator passed along", """
        def steps(rng, n):
            return rng.integers(0, 10, n)
        """, """
        import numpy as np
        rng = np.random.default_rng(5)
        expected = np.random.default_rng(5).integers(0, 10, 6)
        first, second = steps(rng, 3), steps(rng, 3)
        assert [*first, *second] == expected.tolist()
        """, wrong("""
        import numpy as np
        def steps(rng, n):
            return np.zeros(n)
        """), wrong("""
        import numpy as np
        def steps(rng, n):
            return np.random.default_rng(5).integers(0, 10, n)
        """)),
    style("A random.Random passed along", """
        def shuffle(items, rng):
            items = list(items)
            rng.shuffle(items)
            return items
        """, """
        import random
        rng, same = random.Random(3), random.Random(3)
        expected = list(range(8))
        same.shuffle(expected)
        assert shuffle(range(8), rng) == expected and rng.random() == same.random()
        """, wrong("""
        def shuffle(items, rng):
            return list(items)
        """)),
    style("Statistics of many calls", """
        import random
        def die():
            return random.randint(1, 6)
        """, """
        throws = [die() for _ in range(300)]
        assert set(throws) == {1, 2, 3, 4, 5, 6}
        assert 2.5 < sum(throws) / len(throws) < 4.5 and all(isinstance(t, int) for t in throws)
        """, wrong("""
        import random
        def die():
            return random.randint(1, 5)
        """), wrong("""
        def die():
            return 3
        """)),
    style("A global list that the function fills", """
        log = []
        def note(x):
            log.append(x)
            return len(log)
        """, """
        before = len(log)
        assert note("a") == before + 1 and log[-1] == "a"
        log.clear()
        assert note("b") == 1 and log == ["b"]
        """, wrong("""
        log = []
        def note(x):
            return len(log) + 1
        """), wrong("""
        def note(x):
            return 1
        """)),
    style("A global number that the function counts up", """
        calls = 0
        def count():
            global calls
            calls += 1
            return calls
        """, """
        start = calls
        count()
        count()
        assert count() == start + 3
        assert globals()["calls"] is not None
        """, wrong("""
        def count():
            return 3
        calls = 5
        """), right("""
        calls = 0
        def count(seen=[]):
            seen.append(1)
            return len(seen)
        """)),
    style("A name that the test binds and the function reads", """
        rate = 0.1
        def tax(x):
            return x * rate
        """, """
        assert tax(100) == 10
        rate = 0.5
        assert tax(100) == 50, "use the variable rate"
        """, wrong("""
        rate = 0.1
        def tax(x):
            return x * 0.1
        """)),
    style("A dict of settings that the test changes", """
        settings = {'mark': '!'}
        def greet(name):
            return name + settings['mark']
        """, """
        settings["mark"] = "?"
        assert greet("Ada") == "Ada?"
        settings.update(mark="...")
        assert greet("Bo") == "Bo..."
        """, wrong("""
        settings = {'mark': '!'}
        def greet(name):
            return name + '!'
        """)),
    style("A name of the test's that only the student's code defines too", """
        x = 5
        y = x + 1
        """, """
        x = 3
        assert y == 6 and x == 3
        """, wrong("""
        x = 5
        y = 7
        """)),
    style("Many calls, in a loop", """
        def collatz(n):
            steps = 0
            while n > 1:
                n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
            return steps
        """, """
        assert [collatz(n) for n in range(1, 200)][26] == 111
        assert max(range(1, 300), key=collatz) == 231
        """, wrong("""
        def collatz(n):
            return n
        """)),
    style("Large arrays both ways", """
        import numpy as np
        def center(x):
            return x - x.mean(axis=0)
        """, """
        import numpy as np
        x = np.random.default_rng(0).normal(size=(300, 300))
        for _ in range(3):
            assert np.abs(center(x).mean(axis=0)).max() < 1e-12
        """, wrong("""
        def center(x):
            return x - x.mean()
        """)),
    style("Environment, folder and platform", """
        import os
        def here():
            return os.path.basename(__import__('os').path.join('a', 'b.txt'))
        """, """
        import os, sys
        assert here() == "b.txt" and os.path.isdir(os.getcwd()) and sys.version_info >= (3, 8)
        """, wrong("""
        def here():
            return 'a'
        """)),
    style("A vectorized answer, without a loop over objects", """
        import numpy as np
        def distances(points):
            return np.linalg.norm(points[:, None] - points[None], axis=-1)
        """, """
        import numpy as np
        points = np.array([[0, 0], [3, 4], [6, 8]])
        d = distances(points)
        assert d.shape == (3, 3) and np.allclose(d, d.T) and np.allclose(np.diag(d), 0) and d[0, 2] == 10
        assert d[1].tolist() == [5, 0, 5] and d.max() == 10 and np.all(np.triu(d, 1)[np.triu_indices(3, 1)] > 0)
        """, wrong("""
        import numpy as np
        def distances(points):
            return np.abs(points[:, None] - points[None]).sum(-1)
        """)),
    style("A result kept between two test cells", """
        def make():
            return {'n': 1}
        """, """
        made["n"] += 1
        assert made == {"n": 2} and make() == {"n": 1}
        """, wrong("""
        made = {'n': 5}
        def make():
            return made
        """), before="made = make()"),
    style("A result kept between two test cells, that can be called", """
        def adder(n):
            return lambda x: x + n
        """, """
        assert add_five(1) == 6 and [add_five(n) for n in range(3)] == [5, 6, 7]
        """, wrong("""
        def adder(n):
            return lambda x: x
        """), before="add_five = adder(5)"),
    style("A polynomial of numpy's and other objects of libraries", """
        import numpy as np
        def fit(x, y):
            return np.polynomial.Polynomial.fit(x, y, 1).convert()
        """, """
        import numpy as np
        p = fit(np.arange(4), 2 * np.arange(4) + 1)
        assert abs(p(10) - 21) < 1e-9
        """, wrong("""
        import numpy as np
        def fit(x, y):
            return np.polynomial.Polynomial([0, 1])
        """), right("""
        import numpy as np
        def fit(x, y):
            return np.poly1d(np.polyfit(x, y, 1))
        """), right("""
        def fit(x, y):
            return lambda z: 2 * z + 1
        """)),
    style("np.shares_memory", """
        import numpy as np
        def rows(x):
            return x[::2]
        """, """
        import numpy as np
        x = np.arange(6)
        assert np.shares_memory(rows(x), x) and rows(x).base is x
        """, wrong("""
        import numpy as np
        def rows(x):
            return x[::2].copy()
        """), unfit=True),
]  # fmt: skip
