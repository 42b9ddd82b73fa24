"""Tests of functions as objects: what they are called with, what is known of them, what they are made of."""

from styles.style import right, style, wrong

SQUARES = """
    def squares(n):
        if n < 1:
            raise ValueError("n must be at least 1")
        return [i ** 2 for i in range(1, n + 1)]
    """
ADD = """
    def add(a, b=2, *, scale=1):
        '''The sum of a and b.'''
        return scale * (a + b)
    """
COMPOSE = """
    def compose(f, g):
        def composed(x):
            return f(g(x))
        return composed
    """

STYLES = [
    style("That a function uses another, by deleting that",
           SQUARES + "\n    def sum_of_squares(n):\n        return sum(squares(n))", """
        original = squares
        del squares
        try:
            sum_of_squares(1)
        except NameError:
            pass
        else:
            raise AssertionError("sum_of_squares does not use squares")
        finally:
            squares = original
        assert sum_of_squares(3) == 14
        """, wrong("""
        def squares(n):
            return [i ** 2 for i in range(1, n + 1)]
        def sum_of_squares(n):
            return sum(i ** 2 for i in range(1, n + 1))
        """)),
    style("That a function uses another, by putting a false one there",
           SQUARES + "\n    def sum_of_squares(n):\n        return sum(squares(n))", """
        original, calls = squares, []
        def squares(n):
            calls.append(n)
            return [100]
        try:
            assert sum_of_squares(5) == 100 and calls == [5]
        finally:
            squares = original
        assert sum_of_squares(2) == 5
        """, wrong("""
        def squares(n):
            return []
        def sum_of_squares(n):
            return sum(i ** 2 for i in range(1, n + 1))
        """)),
    style("Callable, by name and keyword, with defaults", ADD, """
        assert callable(add)
        assert add(1) == 3 and add(1, 1) == 2 and add(a=1, b=5) == 6 and add(1, scale=2) == 6
        assert add(*[1, 2], **{"scale": 3}) == 9
        try:
            add(1, 2, 3)
        except TypeError:
            pass
        else:
            assert False, "scale must be given by name"
        """, wrong("""
        def add(a, b=2, scale=1):
            return scale * (a + b)
        """), wrong("""
        def add(a, b):
            return a + b
        """), wrong("add = 3")),
    style("inspect.signature", ADD, """
        import inspect
        signature = inspect.signature(add)
        assert list(signature.parameters) == ["a", "b", "scale"]
        assert signature.parameters["b"].default == 2
        assert signature.parameters["scale"].kind is inspect.Parameter.KEYWORD_ONLY
        assert len(inspect.getfullargspec(add).args) == 2 and inspect.isfunction(add)
        """, wrong("""
        def add(a, c=2, *, scale=1):
            return a + c
        """), wrong("""
        def add(*args):
            return sum(args)
        """), wrong("""
        class add:
            def __init__(self, a, b=2, *, scale=1): pass
        """)),
    style("The docstring and the name", ADD, """
        assert add.__doc__ is not None and len(add.__doc__.strip()) > 5, "write a docstring"
        assert "sum" in add.__doc__.lower() and add.__name__ == "add"
        """, wrong("""
        def add(a, b=2, *, scale=1):
            return scale * (a + b)
        """), wrong("add = lambda a, b=2, *, scale=1: scale * (a + b)")),
    style("Annotations", """
        def half(x: float) -> float:
            return x / 2
        """, """
        import typing
        assert half.__annotations__ == {"x": float, "return": float}
        assert typing.get_type_hints(half)["return"] is float
        """, wrong("""
        def half(x):
            return x / 2
        """), wrong("""
        def half(x: int) -> float:
            return x / 2
        """)),
    style("Defaults and code, by their attributes", """
        def scale(x, factor=10):
            scaled = factor * x
            return scaled
        """, """
        assert scale.__defaults__ == (10,)
        assert scale.__code__.co_argcount == 2 and scale.__code__.co_varnames[:2] == ("x", "factor")
        assert hasattr(scale, "__call__")
        """, wrong("""
        def scale(x, factor=5):
            return factor * x
        """), wrong("""
        def scale(x):
            return 10 * x
        """)),
    style("The source of a function: no loop, one return", """
        def total(n):
            return n * (n + 1) // 2
        """, """
        import ast, inspect
        source = inspect.getsource(total)
        assert "for" not in source and "while" not in source and "sum(" not in source, "use the formula"
        tree = ast.parse(source)
        assert not any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(tree))
        assert total(10) == 55
        """, wrong("""
        def total(n):
            result = 0
            for i in range(n + 1):
                result += i
            return result
        """), wrong("""
        def total(n):
            return sum(range(n + 1))
        """)),
    style("A function that takes a function", """
        def apply_twice(f, x):
            return f(f(x))
        """, """
        import math
        calls = []
        def add_three(x):
            "adds three"
            calls.append(x)
            return x + 3
        assert apply_twice(add_three, 7) == 13 and calls == [7, 10]
        assert apply_twice(lambda s: s + "!", "hi") == "hi!!"
        assert apply_twice(math.sqrt, 16) == 2 and apply_twice(str.upper, "a") == "A" and apply_twice(abs, -1) == 1
        """, wrong("""
        def apply_twice(f, x):
            return f(x)
        """), wrong("""
        def apply_twice(f, x):
            return f(x) and f(f(x))
        """)),
    style("A function that gives a function", COMPOSE, """
        h = compose(lambda x: x + 1, lambda x: 2 * x)
        assert callable(h) and h(5) == 11 and h(0) == 1
        assert compose(str, len)([1, 2]) == "2" and [*map(h, range(3))] == [1, 3, 5]
        assert compose(h, h)(1) == 7
        """, wrong("""
        def compose(f, g):
            return lambda x: g(f(x))
        """), wrong("""
        def compose(f, g):
            return f(g(1))
        """), right("compose = lambda f, g: lambda x: f(g(x))"), right("""
        import functools
        def compose(f, g):
            class Composed:
                def __call__(self, x):
                    return f(g(x))
            return Composed()
        """)),
    style("Closures with state", """
        def counter(start=0):
            n = start
            def count():
                nonlocal n
                n += 1
                return n
            return count
        """, """
        one, other = counter(), counter(10)
        assert [one(), one(), other(), one()] == [1, 2, 11, 3]
        assert one is not other
        """, wrong("""
        n = 0
        def counter(start=0):
            def count():
                global n
                n += 1
                return n
            return count
        """), right("""
        import itertools
        def counter(start=0):
            return itertools.count(start + 1).__next__
        """)),
    style("A decorator, with functools.wraps", """
        import functools
        def twice(f):
            @functools.wraps(f)
            def inner(*args, **kwargs):
                f(*args, **kwargs)
                return f(*args, **kwargs)
            return inner
        """, """
        calls = []
        @twice
        def greet(name, mark="!"):
            "greets"
            calls.append(name)
            return f"hello {name}{mark}"
        assert greet("Ada", mark="?") == "hello Ada?" and calls == ["Ada", "Ada"]
        assert greet.__name__ == "greet" and greet.__doc__ == "greets"
        """, wrong("""
        def twice(f):
            def inner(*args, **kwargs):
                f(*args, **kwargs)
                return f(*args, **kwargs)
            return inner
        """), wrong("""
        def twice(f):
            return f
        """)),
    style("A decorator that catches the errors of what it decorates", """
        def safe(f):
            def inner(*args):
                try:
                    return f(*args)
                except ZeroDivisionError:
                    return None
            return inner
        """, """
        class Own(Exception): pass
        def fail(): raise Own("no")
        assert safe(lambda x: 1 / x)(0) is None and safe(lambda x: 1 / x)(2) == 0.5
        try:
            safe(fail)()
            assert False
        except Own as error:
            assert str(error) == "no"
        """, wrong("""
        def safe(f):
            def inner(*args):
                try:
                    return f(*args)
                except Exception:
                    return None
            return inner
        """), wrong("""
        def safe(f):
            return f
        """)),
    style("Memory between calls: lru_cache and its like", """
        from functools import lru_cache
        @lru_cache(maxsize=None)
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        """, """
        assert fib(80) == 23416728348467685
        assert [fib(n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
        assert hasattr(fib, "cache_info") and fib.cache_info().hits > 0
        """, wrong("""
        def fib(n):
            a, b = 0, 1
            for _ in range(n):
                a, b = b, a + b
            return a
        """), wrong("""
        from functools import lru_cache
        @lru_cache
        def fib(n):
            return n
        """), unfit=True),
    style("A memoizer, by counting calls", """
        def memoize(f):
            seen = {}
            def inner(x):
                if x not in seen:
                    seen[x] = f(x)
                return seen[x]
            return inner
        """, """
        calls = 0
        def slow(x):
            global calls
            calls += 1
            return x * x
        fast = memoize(slow)
        assert fast(4) == 16 and fast(4) == 16 and fast(5) == 25
        assert calls == 2, f"slow was called {calls} times"
        """, wrong("""
        def memoize(f):
            return lambda x: f(x)
        """)),
    style("np.vectorize and apply_along_axis over a function", """
        def sign(x):
            return int(x > 0) - int(x < 0)
        """, """
        import numpy as np
        assert np.vectorize(sign)(np.array([-2.0, 0, 3])).tolist() == [-1, 0, 1]
        assert np.apply_along_axis(lambda row: sign(row.sum()), 1, np.array([[1, -3], [2, 2]])).tolist() == [-1, 1]
        assert np.fromiter((sign(x) for x in (-1, 1)), int).tolist() == [-1, 1] and np.array([*map(sign, [5])])[0] == 1
        """, wrong("""
        def sign(x):
            return abs(x)
        """), right("""
        import numpy as np
        sign = np.sign
        """)),
    style("A library's function as the answer", """
        from statistics import median
        largest = max
        count = len
        """, """
        assert median([3, 1, 2]) == 2 and largest([1, 5, 2]) == 5 and largest("abc", key=ord) == "c"
        assert count("abc") == 3
        assert callable(median)
        """, right("""
        import numpy as np
        median, largest, count = np.median, lambda *x, **k: max(*x, **k), lambda x: len(x)
        """), wrong("""
        import numpy as np
        median, largest, count = np.mean, min, sum
        """)),
    style("Recursion, and how deep", """
        def depth(x):
            return 1 + max(map(depth, x), default=0) if isinstance(x, list) else 0
        """, """
        assert depth([]) == 1 and depth([1, [2, [3]]]) == 3 and depth(5) == 0
        nested = []
        for _ in range(200):
            nested = [nested]
        assert depth(nested) == 201
        """, wrong("""
        def depth(x):
            return 1 if isinstance(x, list) else 0
        """), wrong("""
        def depth(x):
            return len(x) if isinstance(x, list) else 0
        """)),
    style("That a function calls itself, by counting", """
        def factorial(n):
            return 1 if n == 0 else n * factorial(n - 1)
        """, """
        calls = []
        original = factorial
        def factorial(n):
            calls.append(n)
            return original(n)
        assert factorial(5) == 120
        assert len(calls) == 6, "factorial is to call itself"
        factorial = original
        """, wrong("""
        import math
        factorial = math.factorial
        """), wrong("""
        def factorial(n):
            result = 1
            for i in range(n):
                result *= i + 1
            return result
        """)),
    style("Time taken", """
        def is_prime(n):
            return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))
        """, """
        import time
        begun = time.perf_counter()
        assert is_prime(1_000_003) and not is_prime(1_000_001)
        assert time.perf_counter() - begun < 5
        """, wrong("""
        def is_prime(n):
            return n % 2 == 1
        """)),
    style("Arguments of every kind there and back", """
        def echo(*args, **kwargs):
            return args, kwargs
        """, """
        import numpy as np
        given = [1, 2.5, "a", None, True, (1, (2,)), [1, [2]], {"a": {1}}, b"x", 1j, range(3), slice(1, 2), ...,
            float("inf"), frozenset("ab")]
        for each in given:
            (back,), _ = echo(each)
            assert back == each and type(back) is type(each)
        array = np.arange(6).reshape(2, 3)
        (back,), kwargs = echo(array, key=[array])
        assert back is array and kwargs["key"][0] is array
        marker = object()
        assert echo(marker)[0][0] is marker and echo(print)[0][0] is print
        assert echo(int, np.float64)[0] == (int, np.float64)
        """, wrong("""
        def echo(*args, **kwargs):
            return list(args), kwargs
        """)),
    style("Functions in a dict or a list", """
        operations = {'+': lambda a, b: a + b, '*': lambda a, b: a * b}
        steps = [abs, str]
        """, """
        assert set(operations) == {"+", "*"} and operations["+"](2, 3) == 5
        assert [f(2, 3) for _, f in sorted(operations.items())] == [6, 5]
        x = -4
        for step in steps:
            x = step(x)
        assert x == "4" and all(callable(f) for f in operations.values())
        """, wrong("""
        operations = {'+': lambda a, b: a * b, '*': lambda a, b: a * b}
        steps = [abs, str]
        """), wrong("""
        operations = {'+': 5, '*': 6}
        steps = []
        """)),
    style("A helper of an earlier test cell", """
        def double(x):
            return 2 * x
        """, """
        check(double, [(1, 2), (0, 0), (-3, -6)])
        assert CASES == 3
        """, wrong("""
        def double(x):
            return 2
        """), before="""
        CASES = 3
        def check(function, cases):
            for given, expected in cases:
                assert function(given) == expected, (given, expected)
        """),
    style("A helper and data of a locked cell", """
        def total(table):
            return sum(table.values())
        """, """
        assert total(TABLE) == 6 and same(total({}), 0)
        assert TABLE == {"a": 1, "b": 2, "c": 3}
        """, wrong("""
        def total(table):
            return len(table)
        """), wrong("""
        def total(table):
            return sum(table.values()) if table.pop('a') else 0
        """),
          setup="""
        TABLE = {'a': 1, 'b': 2, 'c': 3}
        def same(a, b):
            return abs(a - b) < 1e-9
        """),
    style("A function of the locked cell that calls the student's", """
        def f(x):
            return x ** 2 - 2
        """, """
        assert abs(newton(2.0) - 2 ** 0.5) < 1e-6
        """, wrong("""
        def f(x):
            return x ** 2 - 3
        """), setup="""
        def newton(x):
            for _ in range(20):
                slope = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
                x = x - f(x) / slope
            return x
        """),
    style("What a function closes over and its globals", """
        limit = 3
        def clip(x):
            return min(x, limit)
        """, """
        assert clip(5) == 3
        assert clip.__globals__["limit"] == 3
        """, wrong("""
        limit = 4
        def clip(x):
            return min(x, limit)
        """), unfit=True),
]  # fmt: skip
