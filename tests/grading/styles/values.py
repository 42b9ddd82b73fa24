"""Tests of values: numbers, text, containers, arrays."""

from styles.style import right, style, wrong

MEAN = """
    def mean(x):
        return sum(x) / len(x)
    """

STYLES = [
    style("A plain assert", MEAN, "assert mean([1, 2, 3]) == 2", wrong("""
        def mean(x):
            return 1
        """), wrong("mean = 2"), wrong("""
        def mean(x):
            print(2)
        """), wrong("")),
    style("A loop over cases, with f-string messages", MEAN, """
        cases = {(1, 2, 3): 2, (5,): 5, (0, 0, 0, 4): 1}
        for numbers, expected in cases.items():
            got = mean(list(numbers))
            assert got == expected, f"mean({list(numbers)}) gave {got!r}, not {expected}"
        """, wrong("""
        def mean(x):
            return x[0]
        """), right("""
        import statistics
        mean = statistics.mean
        """), right("""
        import numpy as np
        mean = np.mean
        """)),
    style("Floats up to rounding", MEAN, """
        import math
        assert abs(mean([0.1, 0.2, 0.3]) - 0.2) < 1e-12
        assert math.isclose(mean([1, 2]), 1.5, rel_tol=1e-9)
        assert round(mean([1, 1, 2]), 2) == 1.33
        assert isinstance(mean([1, 2]), float)
        """, wrong("""
        def mean(x):
            return sum(x) // len(x)
        """), wrong("""
        def mean(x):
            return str(sum(x) / len(x))
        """), right("""
        import numpy as np
        def mean(x):
            return np.float64(sum(x) / len(x))
        """)),
    style("A type asked for exactly", """
        def count(x):
            return len(x)
        """, """
        assert type(count([1, 2])) is int
        assert type(count([])) == int and count([]) == 0
        """, wrong("""
        def count(x):
            return float(len(x))
        """), wrong("""
        import numpy as np
        def count(x):
            return np.int64(len(x))
        """)),
    style("True and False, by identity", """
        def is_even(n):
            return n % 2 == 0
        """, """
        assert is_even(4) is True
        assert is_even(3) is False
        assert not is_even(7) and is_even(0)
        """, wrong("""
        def is_even(n):
            return 1 - n % 2
        """), wrong("""
        def is_even(n):
            return True
        """)),
    style("None, by identity", """
        def first(x):
            return x[0] if x else None
        """, """
        assert first([]) is None
        assert first([0]) is not None and first([3, 4]) == 3
        """, wrong("""
        def first(x):
            return x[0] if x else 0
        """), wrong("""
        def first(x):
            return None
        """)),
    style("Text and its methods", """
        def shout(text):
            return text.upper() + '!'
        """, """
        got = shout("hello")
        assert got == "HELLO!" and got.endswith("!") and "ELL" in got
        assert len(got) == 6 and got[0] == "H" and got[::-1] == "!OLLEH"
        assert shout("ß") == "SS!"
        assert f"{got:>8}" == "  HELLO!" and "%s" % got == "HELLO!" and got + "?" == "HELLO!?"
        """, wrong("""
        def shout(text):
            return text.upper()
        """), wrong("""
        def shout(text):
            print(text.upper() + '!')
        """), right("""
        class Text(str): pass
        def shout(text):
            return Text(text.upper() + '!')
        """)),
    style("A variable, not a function", """
        answer = 6 * 7
        name = 'Ada'
        values = [1, 2, 3]
        """, """
        assert answer == 42
        assert name.startswith("A")
        assert values[-1] == 3 and sum(values) == 6
        """, wrong("""
        answer = 41
        name = 'Ada'
        values = [1, 2, 3]
        """), wrong("""
        answer = 42
        name = 'Ada'
        """), right("answer, name, values = 42, 'Al', (1, 2, 3)")),
    style("A variable that must exist", "total = 10", """
        assert 'total' in globals(), "total is not defined"
        assert 'total' in dir() or 'total' in locals()
        assert total == 10
        """, wrong("tota1 = 10"), wrong("total = 11")),
    style("Tuples, unpacked", """
        def extremes(x):
            return min(x), max(x)
        """, """
        low, high = extremes([3, 1, 2])
        assert (low, high) == (1, 3)
        assert extremes([5]) == (5, 5) and type(extremes([5])) == tuple and len(extremes([1, 2])) == 2
        """, wrong("""
        def extremes(x):
            return [min(x), max(x)]
        """), wrong("""
        def extremes(x):
            return min(x)
        """), right("""
        from collections import namedtuple
        def extremes(x):
            pair = (min(x), max(x))
            return pair
        """)),
    style("Sets, and what is done with them", """
        def letters(text):
            return set(text)
        """, """
        assert letters("hello") == {"h", "e", "l", "o"}
        assert letters("ab") | letters("bc") == {"a", "b", "c"}
        assert "e" in letters("hello") and letters("ab") < letters("abc") and isinstance(letters(""), set)
        assert sorted(letters("cab")) == ["a", "b", "c"]
        """, wrong("""
        def letters(text):
            return list(text)
        """), wrong("""
        def letters(text):
            return {text}
        """), wrong("""
        def letters(text):
            return frozenset(text)
        """)),
    style("Dicts, nested", """
        def group(words):
            groups = {}
            for word in words:
                groups.setdefault(len(word), []).append(word)
            return groups
        """, """
        groups = group(["a", "bb", "c", "dd"])
        assert groups == {1: ["a", "c"], 2: ["bb", "dd"]}
        assert list(groups.keys()) == [1, 2] and groups.get(3) is None and 1 in groups
        assert all(isinstance(key, int) for key in groups)
        for key, value in groups.items():
            assert all(len(word) == key for word in value)
        """, wrong("""
        def group(words):
            return {1: ['a', 'c'], 2: ['bb']}
        """), wrong("""
        def group(words):
            return words
        """), right("""
        from collections import defaultdict
        def group(words):
            groups = defaultdict(list)
            for word in words:
                groups[len(word)].append(word)
            return groups
        """)),
    style("Sorted by a key of the test's", """
        def people():
            return [('Ada', 36), ('Al', 41), ('Bo', 7)]
        """, """
        assert sorted(people(), key=lambda person: person[1])[0][0] == "Bo"
        assert max(people(), key=lambda person: len(person[0])) == ("Ada", 36)
        assert {name: age for name, age in people()}["Al"] == 41
        """, wrong("""
        def people():
            return [('Ada', 36), ('Al', 41)]
        """)),
    style("A key of the student's for sorted, min, map, filter", """
        def last_letter(word):
            return word[-1]
        """, """
        words = ["banana", "kiwi", "plum", "fig"]
        assert sorted(words, key=last_letter) == ["banana", "fig", "kiwi", "plum"]
        assert max(words, key=last_letter) == "plum" and list(map(last_letter, words)) == ["a", "i", "m", "g"]
        assert [*filter(last_letter, words)] == words
        words.sort(key=last_letter, reverse=True)
        assert words[0] == "plum"
        """, wrong("""
        def last_letter(word):
            return word[0]
        """), right("last_letter = lambda word: word[-1]"), right("""
        from operator import itemgetter
        last_letter = itemgetter(-1)
        """)),
    style("Lists compared after sorting, with Counter and zip", """
        def pairs(x):
            return [(a, b) for a in x for b in x if a < b]
        """, """
        from collections import Counter
        got = pairs([3, 1, 2])
        assert Counter(got) == Counter([(1, 2), (1, 3), (2, 3)])
        for pair, expected in zip(sorted(got), [(1, 2), (1, 3), (2, 3)]):
            assert pair == expected
        assert len(set(got)) == len(got)
        """, wrong("""
        def pairs(x):
            return [(1, 2), (1, 3), (1, 3)]
        """), wrong("""
        def pairs(x):
            return [[1, 2], [1, 3], [2, 3]]
        """)),
    style("Large integers", """
        def power(a, b):
            return a ** b
        """, """
        assert power(2, 1000) == 2**1000
        assert power(-7, 33) == (-7)**33 and isinstance(power(2, 100), int)
        assert len(str(power(10, 500))) == 501
        """, wrong("""
        def power(a, b):
            return float(a) ** b
        """), wrong("""
        import numpy as np
        def power(a, b):
            return np.power(a, b)
        """)),
    style("Complex numbers, infinities and what is no number", """
        import math
        def root(x):
            return x ** 0.5
        """, """
        assert root(4) == 2 and abs(root(-1) - 1j) < 1e-9
        assert root(float("inf")) == float("inf") and math.isnan(root(float("nan")))
        assert isinstance(root(-4), complex)
        """, wrong("""
        def root(x):
            return abs(x) ** 0.5
        """), wrong("""
        import math
        def root(x):
            return math.sqrt(x)
        """)),
    style("Fractions and decimals", """
        from fractions import Fraction
        from decimal import Decimal
        def half(x):
            return x / 2
        """, """
        from decimal import Decimal
        from fractions import Fraction
        assert half(Fraction(1, 3)) == Fraction(1, 6)
        assert half(Decimal("0.1")) == Decimal("0.05") and half(Fraction(1, 3)).denominator == 6
        """, wrong("""
        def half(x):
            return float(x) / 2
        """), right("""
        def half(x):
            return x * type(x)(1) / 2
        """)),
    style("Dates", """
        import datetime
        def next_day(day):
            return day + datetime.timedelta(days=1)
        """, """
        import datetime
        assert next_day(datetime.date(2024, 2, 28)) == datetime.date(2024, 2, 29)
        assert next_day(datetime.date(2023, 12, 31)).year == 2024
        assert next_day(datetime.datetime(2024, 1, 1, 12, 30)).strftime("%d %H:%M") == "02 12:30"
        """, wrong("""
        def next_day(day):
            return day.replace(day=day.day + 1)
        """), wrong("""
        def next_day(day):
            return day
        """)),
    style("Bytes", """
        def encode(text):
            return text.encode('utf-8')
        """, """
        assert encode("aé") == b"a\\xc3\\xa9"
        assert isinstance(encode(""), bytes) and encode("a")[0] == 97 and encode("ab").hex() == "6162"
        """, wrong("""
        def encode(text):
            return text.encode('latin-1')
        """), wrong("""
        def encode(text):
            return text
        """)),
    style("An array: shape, dtype, values", """
        import numpy as np
        def grid(n):
            return np.arange(n * n).reshape(n, n) / n
        """, """
        import numpy as np
        got = grid(3)
        assert isinstance(got, np.ndarray) and got.shape == (3, 3) and got.ndim == 2 and got.size == 9
        assert got.dtype == np.float64 and got.dtype.kind == "f"
        np.testing.assert_allclose(got[0], [0, 1 / 3, 2 / 3])
        np.testing.assert_array_equal(got.argmax(axis=1), [2, 2, 2])
        assert np.array_equal(grid(2), [[0, 0.5], [1, 1.5]])
        """, wrong("""
        import numpy as np
        def grid(n):
            return (np.arange(n * n) / n).reshape(1, n, n)
        """), wrong("""
        import numpy as np
        def grid(n):
            return np.arange(n * n).reshape(n, n) // n
        """), wrong("""
        def grid(n):
            return [[0, 1/3, 2/3], [1, 4/3, 5/3], [2, 7/3, 8/3]]
        """), right("""
        import numpy as np
        def grid(n):
            return np.asfortranarray(np.arange(n * n).reshape(n, n)) / np.float64(n)
        """)),
    style("Asserts of numpy.testing", """
        import numpy as np
        def square(x):
            return np.asarray(x) ** 2
        """, """
        from numpy.testing import assert_allclose, assert_almost_equal, assert_array_almost_equal, assert_equal
        assert_equal(square([1, 2]), [1, 4])
        assert_almost_equal(square(1.1), 1.21)
        assert_array_almost_equal(square([0.1, 0.2]), [0.01, 0.04], decimal=6)
        assert_allclose(square(range(4)), np.arange(4) ** 2, rtol=1e-6)
        """, wrong("""
        import numpy as np
        def square(x):
            return np.asarray(x) * 2
        """), right("""
        def square(x):
            import numpy as np
            return np.square(x)
        import numpy as np
        """), right("""
        import numpy as np
        square = np.square
        """), right("""
        import numpy as np
        square = np.vectorize(lambda x: x * x)
        """)),
    style("(got == expected).all() and its like", """
        import numpy as np
        def evens(n):
            return np.arange(0, n, 2)
        """, """
        assert (evens(7) == np.array([0, 2, 4, 6])).all()
        assert all(evens(5) == [0, 2, 4]) and np.all(evens(3) >= 0) and not np.any(evens(9) % 2)
        assert evens(10).sum() == 20 and evens(10).tolist() == [0, 2, 4, 6, 8] and evens(10)[-1] == 8
        assert np.allclose(evens(5), [0, 2, 4]) and evens(4).mean() == 1
        """, wrong("""
        import numpy as np
        def evens(n):
            return np.arange(1, n, 2)
        """), wrong("""
        import numpy as np
        def evens(n):
            return list(range(0, n, 2))
        """)),
    style("Masks, booleans and integer arrays", """
        import numpy as np
        def outliers(x):
            return np.abs(x - x.mean()) > 2 * x.std()
        """, """
        x = np.array([1.0] * 20 + [50.0])
        mask = outliers(x)
        assert mask.dtype == bool and mask.sum() == 1 and x[mask].tolist() == [50.0]
        assert np.where(mask)[0][0] == 20 and np.count_nonzero(~mask) == 20 and np.issubdtype(mask.dtype, np.bool_)
        """, wrong("""
        import numpy as np
        def outliers(x):
            return x > x.mean() - 30
        """), wrong("""
        import numpy as np
        def outliers(x):
            return (np.abs(x - x.mean()) > 2 * x.std()).astype(int)
        """)),
    style("A scalar of numpy's", """
        import numpy as np
        def norm(x):
            return np.sqrt(np.sum(np.square(x)))
        """, """
        assert np.isclose(norm([3, 4]), 5)
        assert np.isscalar(norm([1])) and isinstance(norm([1]), (float, np.floating))
        assert f"{norm([3, 4]):.2f}" == "5.00" and int(norm([3, 4])) == 5
        """, wrong("""
        import numpy as np
        def norm(x):
            return np.sum(np.abs(x))
        """), wrong("""
        import numpy as np
        def norm(x):
            return np.array([5.0])
        """), right("""
        import math
        import numpy as np
        def norm(x):
            return math.hypot(*x)
        """)),
    style("Empty arrays, 0-d arrays and many dimensions", """
        import numpy as np
        def flat(x):
            return np.ravel(x)
        """, """
        assert flat(np.empty((0, 3))).shape == (0,) and flat(5).shape == (1,)
        assert flat(np.zeros((2, 3, 4, 5))).shape == (120,)
        assert flat(np.array("a")).tolist() == ["a"] and flat(np.array([[1, None]], dtype=object))[1] is None
        assert flat(np.ones((2, 2), dtype=np.float32)).dtype == np.float32
        """, wrong("""
        import numpy as np
        def flat(x):
            return np.ravel(x)[:100]
        """), right("""
        import numpy as np
        flat = np.ravel
        """)),
    style("Structured arrays", """
        import numpy as np
        def table():
            return np.array([("Ada", 36), ("Bo", 7)], dtype=[("name", "U5"), ("age", int)])
        """, """
        assert table()["age"].tolist() == [36, 7] and table().dtype.names == ("name", "age")
        assert table()[0]["name"] == "Ada"
        """, wrong("""
        import numpy as np
        def table():
            return np.array([("Ada", 36), ("Bo", 7)])
        """)),
    # Masked numbers compare equal to everything: only those that are not masked cross.
    style("Masked arrays", """
        import numpy as np
        def hide(x):
            return np.ma.masked_less(x, 0)
        """, """
        hidden = hide(np.array([1, -1, 3]))
        assert hidden.sum() == 4 and hidden.mask.tolist() == [False, True, False]
        """, wrong("""
        def hide(x):
            return x
        """), unfit=True),
    style("In-place changes to a list", """
        def double(x):
            for n in range(len(x)):
                x[n] *= 2
        """, """
        numbers = [1, 2, 3]
        alias = numbers
        result = double(numbers)
        assert result is None and numbers == [2, 4, 6] and alias is numbers
        """, wrong("""
        def double(x):
            x = [2 * each for each in x]
        """), wrong("""
        def double(x):
            return [2 * each for each in x]
        """), right("""
        def double(x):
            x[:] = [2 * each for each in x]
        """)),
    style("Arguments that must not be changed", """
        def without_first(x):
            return x[1:]
        """, """
        numbers = [1, 2, 3]
        copy = list(numbers)
        assert without_first(numbers) == [2, 3]
        assert numbers == copy, "the argument was changed"
        assert without_first(numbers) is not numbers
        """, wrong("""
        def without_first(x):
            x.pop(0)
            return x
        """), right("""
        def without_first(x):
            return list(x)[1:]
        """)),
    style("The same object returned", """
        def append(item, to=None):
            to = [] if to is None else to
            to.append(item)
            return to
        """, """
        mine = [1]
        assert append(2, mine) is mine and mine == [1, 2]
        assert append(1) == [1] and append(2) == [2]
        """, wrong("""
        def append(item, to=[]):
            to.append(item)
            return to
        """), wrong("""
        def append(item, to=None):
            return [*(to or []), item]
        """)),
    style("In-place changes to dicts, sets, nested lists and arrays", """
        import numpy as np
        def change(table, seen, rows, x):
            table["new"] = table.pop("old")
            seen.add(4)
            rows[0].append(rows[1])
            x[1:, 0] = 0
        """, """
        table, seen, rows, x = {"old": 1}, {3}, [[], [2]], np.ones((3, 2))
        column = x[:, 0]
        change(table, seen, rows, x)
        assert table == {"new": 1} and seen == {3, 4}
        assert rows[0][0] is rows[1] and column.tolist() == [1, 0, 0]
        """, wrong("""
        def change(table, seen, rows, x):
            table['new'] = table.pop('old')
            seen.add(4)
            rows[0].append([2])
            x[1:, 0] = 0
        """), wrong("""
        def change(table, seen, rows, x):
            x = x * 0
        """)),
    style("A hash of the answer, so that the test does not tell it", """
        answer = 'paris'
        number = 17
        """, """
        import hashlib
        assert hashlib.sha256(answer.strip().lower().encode()).hexdigest().startswith("1670f2e42fefa504")
        assert hashlib.md5(str(number).encode()).hexdigest() == hashlib.md5(b"17").hexdigest()
        """, wrong("""
        answer = 'london'
        number = 17
        """), wrong("""
        answer = 'paris'
        number = 17.0
        """), right("""
        answer = ' Paris '
        number = 17
        """)),
    style("Multiple choice", """
        answer_1 = 'b'
        answer_2 = ['a', 'c']
        """, """
        assert answer_1 in ("a", "b", "c", "d"), "choose one of a, b, c, d"
        ### BEGIN HIDDEN TESTS
        assert answer_1 == "b" and set(answer_2) == {"a", "c"}
        ### END HIDDEN TESTS
        """, wrong("""
        answer_1 = 'a'
        answer_2 = ['a', 'c']
        """), wrong("answer_1 = answer_2 = None"), right("""
        answer_1 = 'b'
        answer_2 = 'ca'
        """)),
    style("Strings of a table, by regular expression", """
        def table(rows):
            return '\\n'.join(f'{k:<5}|{v:>5}' for k, v in rows.items())
        """, """
        import re
        text = table({"a": 1, "bb": 22})
        assert re.search(r"^a\\s*\\|\\s*1$", text, re.M) and len(text.splitlines()) == 2
        assert re.findall(r"\\d+", text) == ["1", "22"]
        """, wrong("""
        def table(rows):
            return str(rows)
        """)),
    style("JSON", """
        import json
        def dump(x):
            return json.dumps(x, sort_keys=True)
        """, """
        import json
        assert json.loads(dump({"b": [1, None, True], "a": 2.5})) == {"a": 2.5, "b": [1, None, True]}
        assert dump({"b": 1, "a": 2}) == '{"a": 2, "b": 1}'
        """, wrong("""
        def dump(x):
            return str(x)
        """), wrong("""
        import json
        dump = json.dumps
        """)),
    style("Matrices by @ and linear algebra", """
        import numpy as np
        def solve(a, b):
            return np.linalg.solve(a, b)
        """, """
        rng = np.random.default_rng(0)
        a = rng.normal(size=(4, 4))
        b = rng.normal(size=4)
        x = solve(a, b)
        assert np.linalg.norm(a @ x - b) < 1e-8 and (a @ x).shape == b.shape
        assert x @ x > 0 and np.dot(a, x).shape == (4,) and (2 * x - x == x).all() and (x.T + 1).shape == (4,)
        """, wrong("""
        import numpy as np
        def solve(a, b):
            return a @ b
        """), right("""
        import numpy as np
        def solve(a, b):
            return np.linalg.inv(a) @ b
        """)),
]  # fmt: skip
