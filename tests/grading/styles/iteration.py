"""Tests of generators, iterators and what is done with them."""

from styles.style import right, style, wrong

FIB = """
    def fib():
        a, b = 0, 1
        while True:
            yield a
            a, b = b, a + b
    """

STYLES = [
    style("A generator, with next, islice and zip", FIB, """
        from itertools import islice, takewhile
        import types
        numbers = fib()
        assert next(numbers) == 0 and next(numbers) == 1 and iter(numbers) is numbers
        assert list(islice(fib(), 10)) == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
        assert [b for a, b in zip(range(5), fib())] == [0, 1, 1, 2, 3]
        assert list(takewhile(lambda n: n < 10, fib())) == [0, 1, 1, 2, 3, 5, 8]
        assert isinstance(fib(), types.GeneratorType) and hasattr(fib(), "__next__")
        """, wrong("""
        def fib():
            return [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
        """), wrong(FIB.replace("a, b = 0, 1", "a, b = 1, 1"))),
    style("A finite generator in for, list, sum, sorted, set, join, unpacking", """
        def countdown(n):
            while n:
                yield n
                n -= 1
        """, """
        assert [n for n in countdown(3)] == [3, 2, 1] and list(countdown(0)) == []
        assert sum(countdown(4)) == 10 and max(countdown(4)) == 4 and sorted(countdown(3)) == [1, 2, 3]
        assert set(countdown(2)) == {1, 2} and "".join(map(str, countdown(3))) == "321" and tuple(countdown(1)) == (1,)
        a, *rest = countdown(3)
        assert a == 3 and rest == [2, 1] and 2 in countdown(5) and any(n == 1 for n in countdown(3))
        assert dict(enumerate(countdown(2))) == {0: 2, 1: 1} and [*countdown(2), 0] == [2, 1, 0]
        """, wrong("""
        def countdown(n):
            while n > 1:
                yield n
                n -= 1
        """), right("""
        def countdown(n):
            return range(n, 0, -1)
        """), right("""
        def countdown(n):
            return iter(list(range(1, n + 1))[::-1])
        """)),
    style("A generator that is used up", """
        def once(x):
            yield from x
        """, """
        g = once([1, 2])
        assert list(g) == [1, 2] and list(g) == []
        try:
            next(g)
        except StopIteration:
            pass
        else:
            assert False
        assert next(once([]), "nothing") == "nothing"
        """, wrong("""
        def once(x):
            return x
        """), right("""
        def once(x):
            return (each for each in x)
        """)),
    style("send, close and the value of return", """
        def average():
            total, count, mean = 0, 0, None
            while True:
                x = yield mean
                if x is None:
                    return count
                total, count = total + x, count + 1
                mean = total / count
        """, """
        g = average()
        assert next(g) is None and g.send(10) == 10 and g.send(20) == 15
        try:
            g.send(None)
        except StopIteration as stop:
            assert stop.value == 2
        g = average()
        next(g)
        g.close()
        assert list(g) == []
        """, wrong("""
        def average():
            x = yield None
            while True:
                x = yield x
        """)),
    style("A generator of generators, arrays and tuples", """
        import numpy as np
        def batches(x, n):
            for place in range(0, len(x), n):
                yield x[place:place + n], place
        """, """
        import numpy as np
        got = list(batches(np.arange(5), 2))
        assert len(got) == 3 and got[2][0].tolist() == [4] and [place for _, place in got] == [0, 2, 4]
        for batch, place in batches(np.arange(4), 2):
            assert batch.shape == (2,) and batch[0] == place
        """, wrong("""
        import numpy as np
        def batches(x, n):
            for place in range(0, len(x) - n, n):
                yield x[place:place + n], place
        """)),
    style("A generator that takes an iterator of the test's", """
        def running(numbers):
            total = 0
            for n in numbers:
                total += n
                yield total
        """, """
        import itertools
        asked = []
        def source():
            for n in itertools.count(1):
                asked.append(n)
                yield n
        got = running(source())
        assert [next(got), next(got)] == [1, 3] and asked == [1, 2], "take only what is needed"
        assert list(running(iter([5, 5]))) == [5, 10] and list(running(n for n in (1, 2))) == [1, 3]
        assert list(running(range(4))) == [0, 1, 3, 6] and list(running(map(int, "12"))) == [1, 3]
        assert list(running({7: 1})) == [7]
        """, wrong("""
        def running(numbers):
            total, result = 0, []
            for n in list(numbers)[:100]:
                total += n
                result.append(total)
            return result
        """), right("from itertools import accumulate as running")),
    style("An iterator of a class of the student's", """
        class Countdown:
            def __init__(self, n):
                self.n = n
            def __iter__(self):
                return self
            def __next__(self):
                if not self.n:
                    raise StopIteration
                self.n -= 1
                return self.n + 1
        """, """
        from collections.abc import Iterator
        assert list(Countdown(3)) == [3, 2, 1] and sum(Countdown(4)) == 10
        c = Countdown(2)
        assert next(c) == 2 and c.n == 1 and list(c) == [1] and isinstance(c, Iterator)
        for a, b in zip(Countdown(2), "ab"):
            assert a == {"a": 2, "b": 1}[b]
        """, wrong("""
        class Countdown:
            def __init__(self, n): self.n = n
            def __iter__(self): return iter(range(self.n))
        """)),
    style("map, zip, enumerate and reversed that the student gives", """
        def double(x):
            return map(lambda n: 2 * n, x)
        def number(x):
            return enumerate(x, 1)
        def back(x):
            return reversed(x)
        """, """
        assert list(double([1, 2])) == [2, 4] and next(double([5])) == 10
        assert dict(number("ab")) == {1: "a", 2: "b"} and "".join(back("abc")) == "cba"
        for n, letter in number(["x"]):
            assert (n, letter) == (1, "x")
        """, wrong("""
        def double(x):
            return map(str, x)
        def number(x):
            return enumerate(x)
        def back(x):
            return x
        """), right("""
        def double(x):
            return (2 * n for n in x)
        def number(x):
            return zip(range(1, 99), x)
        def back(x):
            return iter(x[::-1])
        """)),
    style("Keys, values and items of a dict", """
        def index(words):
            return {w: n for n, w in enumerate(words)}
        def names(words):
            return index(words).keys()
        """, """
        assert list(names(["b", "a"])) == ["b", "a"] and "a" in names(["a"]) and set(names("ab")) == {"a", "b"}
        assert len(names("abc")) == 3
        assert sorted(index("cab").items(), key=lambda item: item[1])[0] == ("c", 0)
        """, wrong("""
        def index(words):
            return dict(enumerate(words))
        def names(words):
            return index(words).keys()
        """), right("""
        def index(words):
            return {w: n for n, w in enumerate(words)}
        def names(words):
            return list(words)
        """)),
    style("Coroutines, awaited", """
        import asyncio
        async def later(x):
            await asyncio.sleep(0)
            return x + 1
        """, """
        import asyncio, inspect
        assert inspect.iscoroutinefunction(later)
        assert await later(1) == 2
        """, wrong("""
        def later(x):
            return x + 1
        """), wrong("""
        async def later(x):
            return x
        """)),
]  # fmt: skip
