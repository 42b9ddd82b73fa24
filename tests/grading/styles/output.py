"""Tests of what a student's code prints, reads, and writes to files."""

from styles.style import right, style, wrong

HELLO = """
    def hello(name):
        print('Hello,', name)
    """
ASK = """
    def ask():
        name = input('Your name? ')
        age = int(input('Your age? '))
        return f'{name} is {age}'
    """

STYLES = [
    style("contextlib.redirect_stdout", HELLO, """
        import contextlib, io
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            result = hello("Ada")
        assert result is None and out.getvalue() == "Hello, Ada\\n"
        """, wrong("""
        def hello(name):
            return 'Hello, ' + name
        """), wrong("""
        def hello(name):
            print('Hello,' + name)
        """), wrong("""
        import sys
        def hello(name):
            print('Hello,', name, file=sys.stderr)
        """), right("""
        import sys
        def hello(name):
            sys.stdout.write(f'Hello, {name}\\n')
        """)),
    style("sys.stdout replaced and put back", HELLO, """
        import io, sys
        before, sys.stdout = sys.stdout, io.StringIO()
        try:
            hello("Bo")
            printed = sys.stdout.getvalue()
        finally:
            sys.stdout = before
        assert printed.strip().split() == ["Hello,", "Bo"]
        """, wrong("""
        def hello(name):
            print(name)
        """)),
    style("unittest.mock.patch of print and of sys.stdout", HELLO, """
        import io
        from unittest.mock import patch
        with patch("sys.stdout", new_callable=io.StringIO) as out:
            hello("Al")
        assert out.getvalue() == "Hello, Al\\n"
        with patch("builtins.print") as printed:
            hello("Al")
        printed.assert_called_once_with("Hello,", "Al")
        """, wrong("""
        def hello(name):
            print('Hi,', name)
        """)),
    style("IPython's capture_output", HELLO, """
        from IPython.utils.capture import capture_output
        with capture_output() as captured:
            hello("Ada")
        assert captured.stdout == "Hello, Ada\\n" and captured.stderr == ""
        """, wrong("""
        def hello(name):
            print('Hello')
        """)),
    style("A patched input, by unittest.mock", ASK, """
        from unittest.mock import patch
        with patch("builtins.input", side_effect=["Ada", "36"]) as asked:
            assert ask() == "Ada is 36"
        assert asked.call_count == 2
        """, wrong("""
        def ask():
            return 'Ada is 36'
        """), wrong("""
        def ask():
            return input('Your name? ')
        """)),
    style("A patched input, by hand", ASK, """
        import builtins
        answers = iter(["Bo", "7"])
        before = builtins.input
        builtins.input = lambda prompt="": next(answers)
        try:
            assert ask() == "Bo is 7"
        finally:
            builtins.input = before
        """, wrong("""
        def ask():
            return input('Your name? ')
        """)),
    style("A patched input, by a name of the test's", ASK, """
        answers = ["12", "Cy"]
        def input(prompt=""):
            return answers.pop()
        assert ask() == "Cy is 12" and answers == []
        del input
        """, wrong("""
        def ask():
            name = input()
            return f'{name} is 13'
        """)),
    style("A patched sys.stdin", ASK, """
        import io, sys
        before, sys.stdin = sys.stdin, io.StringIO("Ada\\n36\\n")
        try:
            got = ask()
        finally:
            sys.stdin = before
        assert got == "Ada is 36"
        """, wrong("""
        def ask():
            return input() + 'is 36'
        """)),
    style("A file that the student writes", """
        def save(numbers, path):
            with open(path, 'w') as file:
                for n in numbers:
                    file.write(f'{n}\\n')
        """, """
        import os
        save([1, 2, 3], "numbers.txt")
        assert os.path.exists("numbers.txt"), "no file was written"
        with open("numbers.txt") as file:
            lines = file.read().splitlines()
        assert lines == ["1", "2", "3"]
        os.remove("numbers.txt")
        """, wrong("""
        def save(numbers, path):
            print(numbers)
        """), wrong("""
        def save(numbers, path):
            with open(path, 'w') as file:
                file.write(str(numbers))
        """), right("""
        import pathlib
        def save(numbers, path):
            pathlib.Path(path).write_text('\\n'.join(map(str, numbers)))
        """)),
    style("A file written when the cell runs", """
        with open('squares.csv', 'w') as file:
            file.write('n,square\\n' + ''.join(f'{n},{n * n}\\n' for n in range(4)))
        """, """
        import csv
        with open("squares.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [int(row["square"]) for row in rows] == [0, 1, 4, 9]
        """, wrong("pass"), wrong("""
        with open('squares.csv', 'w') as file:
            file.write('n,square\\n0,1')
        """)),
    style("A file that the test writes", """
        def longest(path):
            return max(open(path).read().split(), key=len)
        """, """
        from pathlib import Path
        Path("words.txt").write_text("a long sentence\\nof several words")
        assert longest("words.txt") == "sentence"
        with open("words.txt", "a") as file:
            file.write(" unbelievable")
        assert longest("words.txt") == "unbelievable"
        """, wrong("""
        def longest(path):
            return path
        """), wrong("""
        def longest(path):
            return open(path).readline().split()[-1]
        """)),
    style("A temporary folder of the test's", """
        import os
        def count_files(folder):
            return len(os.listdir(folder))
        """, """
        import os, tempfile
        with tempfile.TemporaryDirectory() as folder:
            for name in "abc":
                open(os.path.join(folder, name), "w").close()
            assert count_files(folder) == 3
        """, wrong("""
        def count_files(folder):
            return 0
        """), unfit=True),
    style("A stream passed as an argument", """
        def number(lines, out):
            for n, line in enumerate(lines, 1):
                print(n, line.strip(), file=out)
        """, """
        import io
        out = io.StringIO()
        number(io.StringIO("a\\nb\\n"), out)
        assert out.getvalue() == "1 a\\n2 b\\n"
        """, wrong("""
        def number(lines, out):
            print(1, 'a')
        """)),
    style("Warnings, recorded", """
        import warnings
        def old(x):
            warnings.warn('old is deprecated', DeprecationWarning)
            return x
        """, """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert old(3) == 3
        assert len(caught) == 1 and issubclass(caught[0].category, DeprecationWarning)
        assert "deprecated" in str(caught[0].message)
        """, wrong("""
        def old(x):
            return x
        """), wrong("""
        import warnings
        def old(x):
            warnings.warn('old')
            return x
        """)),
    style("Warnings made into errors", """
        import numpy as np
        def safe_log(x):
            return np.log(np.where(x > 0, x, 1))
        """, """
        import warnings
        import numpy as np
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert safe_log(np.array([0.0, 1.0])).tolist() == [0, 0]
        """, wrong("""
        import numpy as np
        def safe_log(x):
            return np.where(x > 0, np.log(x), 0)
        """)),
    style("Logging", """
        import logging
        def work():
            logging.getLogger('work').warning('starting')
            return 1
        """, """
        import unittest
        class Test(unittest.TestCase):
            def test(self):
                with self.assertLogs("work", "WARNING") as logged:
                    self.assertEqual(work(), 1)
                self.assertEqual(logged.output, ["WARNING:work:starting"])
        assert unittest.main(argv=[""], exit=False, defaultTest="Test").result.wasSuccessful()
        """, wrong("""
        def work():
            return 1
        """), unfit=True),
]  # fmt: skip
