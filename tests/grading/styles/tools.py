"""Tests by unittest, doctest and their like, and partial credit."""

from styles.style import partly, style, wrong

ADD = """
    def add(a, b):
        '''Add two numbers.

        >>> add(1, 2)
        3
        >>> add('a', 'b')
        'ab'
        '''
        return a + b
    """
FUNCTIONS = """
    def one():
        return 1
    def two():
        return 2
    def three():
        return 3
    """


def but(line: str, other: str) -> str:
    """The functions, one of which is wrong."""
    return FUNCTIONS.replace(line, other)


STYLES = [
    style("unittest.main(argv, exit=False) in the cell, with its result asserted", ADD, """
        import unittest

        class TestAdd(unittest.TestCase):
            def setUp(self):
                self.cases = [(1, 2, 3), (0, 0, 0)]

            def test_numbers(self):
                for a, b, expected in self.cases:
                    with self.subTest(a=a, b=b):
                        self.assertEqual(add(a, b), expected)

            def test_text(self):
                self.assertEqual(add("a", "b"), "ab")
                self.assertIsInstance(add("a", "b"), str)

            def test_lists(self):
                self.assertListEqual(add([1], [2]), [1, 2])
                self.assertIn(2, add([1], [2]))

        program = unittest.main(argv=["ignored"], exit=False, verbosity=0, defaultTest="TestAdd")
        assert program.result.wasSuccessful()
        """, wrong(ADD.replace("a + b", "int(a) + int(b)")), wrong(ADD.replace("a + b", "a"))),
    style("unittest's TextTestRunner with a suite", ADD, """
        import io, unittest
        class TestAdd(unittest.TestCase):
            def test_add(self):
                self.assertAlmostEqual(add(0.1, 0.2), 0.3)
                self.assertRaises(TypeError, add, 1, "a")
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestAdd)
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
        assert not result.failures and not result.errors, result.failures + result.errors
        """, wrong(ADD.replace("a + b", "a - b"))),
    style("Methods of a TestCase, without a runner", ADD, """
        from unittest import TestCase
        t = TestCase()
        t.assertEqual(add(2, 2), 4)
        t.assertTrue(add(1, -1) == 0)
        t.assertDictEqual({"sum": add(1, 1)}, {"sum": 2})
        """, wrong(ADD.replace("a + b", "a * b"))),
    style("doctest of the student's docstring", ADD, """
        import doctest
        found = doctest.DocTestFinder().find(add, "add", globs={"add": add})
        runner = doctest.DocTestRunner(verbose=False)
        for each in found:
            runner.run(each)
        assert runner.summarize(verbose=False).failed == 0 and runner.tries >= 2
        """, wrong(ADD.replace("a + b", "a - b")), wrong("""
        def add(a, b):
            return a + b
        """)),
    style("doctest.run_docstring_examples of the test's own text", ADD, """
        import contextlib, doctest, io
        out = io.StringIO()
        text = '''
        >>> add(2, 2)
        4
        >>> add([1], [2])
        [1, 2]
        '''
        with contextlib.redirect_stdout(out):
            doctest.run_docstring_examples(text, {"add": add})
        assert out.getvalue() == "", out.getvalue()
        """, wrong(ADD.replace("a + b", "a - b"))),
    style("nose's functions, and an ok() of one's own", ADD, """
        def assert_equal(a, b, message=None):
            assert a == b, message or f"{a!r} != {b!r}"
        eq_ = assert_equal
        assert_equal(add(1, 2), 3)
        eq_(add(1, 0), 1, "adding zero")
        passed = []
        def ok(condition, message):
            passed.append(bool(condition))
            print("ok" if condition else f"not ok: {message}")
        ok(add(1, 1) == 2, "1 + 1")
        ok(isinstance(add(1.0, 1), float), "floats")
        assert all(passed)
        """, wrong(ADD.replace("a + b", "3")), wrong(ADD.replace("a + b", "int(a + b)"))),
    style("Partial credit: points += 1", FUNCTIONS, """
        points = 0
        if one() == 1:
            points += 1
        if two() == 2:
            points += 1
        if three() == 3:
            points += 1
        points
        """, partly(but("return 2", "return 1"), 2), wrong("""
        def one():
            return 5
        two = three = one
        """), wrong("""
        def one():
            return 1
        """), points=3),
    style("Partial credit, with try and except around each", FUNCTIONS, """
        score = 0
        for name, expected, worth in [("one", 1, 0.5), ("two", 2, 1), ("three", 3, 1.5)]:
            try:
                assert eval(name)() == expected
                score += worth
            except Exception as error:
                print(name, "failed:", type(error).__name__)
        score
        """, partly(but("return 2", "raise ValueError"), 2), partly("""
        def two():
            return 2
        """, 1), wrong(""), points=3),
    style("Partial credit, by a share of cases and rounded", """
        def absolute(x):
            return abs(x)
        """, """
        cases = [-3, -1, 0, 2]
        correct = sum(absolute(x) == abs(x) for x in cases)
        round(2 * correct / len(cases), 2)
        """, partly("""
        def absolute(x):
            return x
        """, 1), partly("""
        def absolute(x):
            return 3
        """, 0.5), points=2),
    style("Partial credit that is a scalar of numpy's", """
        import numpy as np
        def squares(n):
            return np.arange(n) ** 2
        """, """
        import numpy as np
        float(np.mean(squares(4) == [0, 1, 4, 9]) * 4)
        """, partly("""
        import numpy as np
        def squares(n):
            return np.arange(n)
        """, 2), points=4),
    style("Partial credit after asserts", FUNCTIONS, """
        assert one() == 1, "no points without one"
        total = 1 + (two() == 2) + (three() == 3)
        total
        """, partly(but("return 3", "return 2"), 2), wrong(but("return 1", "return 2")), points=3),
    style("A last line that is no number gives all", FUNCTIONS, """
        assert one() + two() == three()
        print("all passed")
        "well done"
        """, wrong(but("return 1", "return 2")), points=2),
    style("A last line that calls the student's function, gives what it returns", FUNCTIONS, """
        assert two() == 2
        one()
        """, partly(but("return 1", "return 0.5"), 0.5), points=1),
    style("assert with a tuple, which is always true, and a string in between", FUNCTIONS, """
        assert (one() == 1), "one is wrong"
        "a comment"
        assert two() == 2; assert three() == 3
        """, wrong(but("return 1", "return 2"))),
    style("Tests inside functions, called in the end", FUNCTIONS, """
        def test_one():
            assert one() == 1

        def test_all():
            test_one()
            assert [f() for f in (one, two, three)] == [1, 2, 3]

        for name, test in list(globals().items()):
            if name.startswith("test_") and callable(test):
                test()
        test_all()
        """, wrong(but("return 3", "return 4"))),
    style("Magics in a test", FUNCTIONS, """
        %time x = one()
        %precision 3
        assert two() == 2 and x == 1
        """, wrong(but("return 2", "return 3"))),
    style("%%time around a test", FUNCTIONS, """
        %%time
        assert one() == 1
        assert three() == 3
        """, wrong(but("return 3", "return 2"))),
    style("A mock object passed to a function", """
        def notify(sender, names):
            for name in names:
                sender.send(name, urgent=True)
        """, """
        from unittest.mock import Mock, call
        sender = Mock()
        notify(sender, ["Ada", "Bo"])
        assert sender.send.call_args_list == [call("Ada", urgent=True), call("Bo", urgent=True)]
        """, wrong("""
        def notify(sender, names):
            pass
        """)),
    style("An object of a class of the test's passed to a function", """
        def greet(people):
            return [f'{p.name} says {p.speak(2)}' for p in people if len(p) > 2]
        """, """
        class Person:
            def __init__(self, name):
                self.name = name
            def speak(self, times):
                return "hi " * times
            def __len__(self):
                return len(self.name)
        assert greet([Person("Ada"), Person("Bo")]) == ["Ada says hi hi "]
        """, wrong("""
        def greet(people):
            return [p.name for p in people]
        """)),
    style("A library patched under the student's function", """
        import random
        def coin():
            return 'heads' if random.random() < 0.5 else 'tails'
        """, """
        from unittest.mock import patch
        with patch("random.random", return_value=0.7):
            assert coin() == "tails"
        with patch("random.random", return_value=0.2):
            assert coin() == "heads"
        """, wrong("""
        def coin():
            return 'tails'
        """)),
]  # fmt: skip
