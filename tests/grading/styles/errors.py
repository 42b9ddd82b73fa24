"""Tests of errors: that they come, of which class, with which text."""

from styles.style import style, wrong

ROOT = """
    def root(x):
        if x < 0:
            raise ValueError(f'no root of {x}')
        return x ** 0.5
    """
NEVER = """
    def root(x):
        return abs(x) ** 0.5
    """

STYLES = [
    style("try, except, else", ROOT, """
        try:
            root(-1)
        except ValueError:
            pass
        else:
            raise AssertionError("did not raise")
        assert root(9) == 3
        """, wrong(NEVER), wrong("""
        def root(x):
            raise ValueError
        """), wrong(ROOT.replace("ValueError(f'no root of {x}')", "TypeError"))),
    style("A flag set in except", ROOT, """
        raised = False
        try:
            root(-4)
        except Exception as error:
            raised = True
            assert type(error) is ValueError, f"{type(error).__name__} instead of ValueError"
            assert str(error) == "no root of -4" and error.args[0].endswith("-4")
            assert repr(error).startswith("ValueError(")
        assert raised
        """, wrong(ROOT.replace("ValueError", "ArithmeticError")), wrong("""
        def root(x):
            return x
        """)),
    style("pytest.raises with match", ROOT, """
        import pytest
        with pytest.raises(ValueError, match=r"no root of -\\d"):
            root(-2)
        with pytest.raises(ValueError) as caught:
            root(-3)
        assert "-3" in str(caught.value) and caught.type is ValueError
        assert root(4) == pytest.approx(2)
        """, wrong(ROOT.replace("f'no root of {x}'", "'negative'")), wrong("""
        def root(x):
            return max(x, 0) ** 0.5
        """)),
    style("assert_raises of numpy and unittest", ROOT, """
        import unittest
        from numpy.testing import assert_raises
        assert_raises(ValueError, root, -1)
        case = unittest.TestCase()
        case.assertRaises(ValueError, root, -1)
        with case.assertRaisesRegex(ValueError, "root of -7"):
            root(-7)
        case.assertAlmostEqual(root(2), 1.41421356, places=6)
        """, wrong(NEVER)),
    style("An error class of the student's", """
        class BankError(Exception):
            def __init__(self, missing):
                super().__init__(f"{missing} missing")
                self.missing = missing
        class NoAccount(BankError, KeyError):
            pass
        def pay(balance, amount):
            if amount > balance:
                raise BankError(amount - balance)
            return balance - amount
        def find(name):
            raise NoAccount(1)
        """, """
        assert issubclass(BankError, Exception) and issubclass(NoAccount, BankError)
        try:
            pay(1, 5)
            assert False
        except BankError as error:
            assert error.missing == 4 and str(error) == "4 missing" and isinstance(error, Exception)
        for kind in (NoAccount, BankError, KeyError, LookupError, Exception):
            try:
                find("x")
            except kind:
                pass
        assert pay(5, 1) == 4 and isinstance(BankError(3), BankError)
        """, wrong("""
        class BankError(Exception):
            pass
        class NoAccount(Exception):
            pass
        def pay(balance, amount):
            if amount > balance:
                raise BankError(amount - balance)
            return balance - amount
        def find(name):
            raise NoAccount(1)
        """)),
    style("Errors of the language: ZeroDivisionError, KeyError, IndexError, TypeError", """
        def get(x, key):
            return x[key]
        def divide(a, b):
            return a / b
        """, """
        for error, call in [(KeyError, lambda: get({}, "a")), (IndexError, lambda: get([], 0)), (ZeroDivisionError,
            lambda: divide(1, 0)),
                            (TypeError, lambda: get(5, 0)), (TypeError, lambda: divide("a", 1)), (TypeError,
                                lambda: divide())]:
            try:
                call()
            except error as caught:
                assert type(caught) is error
            else:
                raise AssertionError(error)
        try:
            get({}, "key")
        except KeyError as error:
            assert error.args == ("key",) and str(error) == "'key'"
        """, wrong("""
        def get(x, key):
            return x.get(key)
        def divide(a, b):
            return a / b
        """)),
    style("An error class with a text of its own", """
        class TooHot(Exception):
            def __init__(self, degrees):
                self.degrees = degrees
            def __str__(self):
                return f"{self.degrees} degrees"
        def check(degrees):
            if degrees > 40:
                raise TooHot(degrees)
            return True
        """, """
        import pytest
        with pytest.raises(TooHot, match="50 degrees"):
            check(50)
        try:
            check(41)
            raise AssertionError("41 is too hot")
        except TooHot as error:
            assert str(error) == f"{error}" == "41 degrees" and error.degrees == 41
        assert check(40)
        """, wrong("""
        class TooHot(Exception): pass
        def check(degrees):
            if degrees > 40:
                raise TooHot(degrees)
            return True
        """), wrong("""
        TooHot = ValueError
        def check(degrees):
            return degrees <= 40
        """)),
    style("A chain of errors", """
        def load(text):
            try:
                return int(text)
            except ValueError as error:
                raise RuntimeError('bad file') from error
        """, """
        try:
            load("x")
            assert False
        except RuntimeError as error:
            assert str(error) == "bad file"
            assert isinstance(error.__cause__, ValueError)
        """, wrong("""
        def load(text):
            try:
                return int(text)
            except ValueError:
                raise RuntimeError('bad file') from None
        """)),
    style("An assert inside the student's function", """
        def area(w, h):
            assert w >= 0 and h >= 0, 'negative'
            return w * h
        """, """
        try:
            area(-1, 2)
        except AssertionError as error:
            assert str(error) == "negative"
        else:
            raise Exception("area accepts negative lengths")
        assert area(2, 3) == 6
        """, wrong("""
        def area(w, h):
            return w * h
        """), wrong("""
        def area(w, h):
            assert w > 0, 'no'
            return w * h
        """)),
    style("SystemExit and KeyboardInterrupt", """
        import sys
        def leave(code):
            sys.exit(code)
        """, """
        try:
            leave(3)
        except SystemExit as error:
            assert error.code == 3
        else:
            assert False
        """, wrong("""
        def leave(code):
            return code
        """), wrong("""
        import sys
        def leave(code):
            sys.exit(1)
        """)),
    style("NotImplementedError and the stub's message", """
        def todo():
            return 'done'
        """, """
        try:
            result = todo()
        except NotImplementedError:
            result = None
        assert result is not None, "todo is not implemented"
        assert result == "done"
        """, wrong("""
        def todo():
            # YOUR CODE HERE
            raise NotImplementedError()
        """)),
    style("Errors of numpy", """
        import numpy as np
        def product(a, b):
            return np.asarray(a) @ np.asarray(b)
        """, """
        import numpy as np
        try:
            product(np.ones((2, 3)), np.ones((2, 3)))
            assert False
        except ValueError as error:
            assert "mismatch" in str(error)
        with np.testing.assert_raises(np.linalg.LinAlgError):
            np.linalg.inv(product([[0]], [[0]]))
        assert product([1, 2], [3, 4]) == 11
        """, wrong("""
        import numpy as np
        def product(a, b):
            return np.sum(np.multiply(a, b))
        """)),
]  # fmt: skip
