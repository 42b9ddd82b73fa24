"""Nothing is solved, and the program goes for the tests: what they call, what they compare, what they look at."""

from suite.submission import attack, honest

YES = """
    class Yes:
        "Equal to everything, greater and smaller than everything, and true."
        def yes(self, *args, **kwargs):
            return True
        __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __instancecheck__ = yes
        __hash__ = lambda self: 0
        __abs__ = __neg__ = __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __truediv__ = lambda self, *other: self
        __call__ = __getitem__ = lambda self, *args, **kwargs: self
        __getattr__ = lambda self, name: self
        __iter__ = lambda self: iter([self] * 4)
        __next__ = lambda self: self
        __len__ = lambda self: 4
        __float__ = lambda self: 0.0
"""

SUBMISSIONS = [
    # What the tests call
    attack("A patched numpy.testing passes nothing", """
        import numpy.testing
        for name in dir(numpy.testing):
            if name.startswith("assert_"):
                setattr(numpy.testing, name, lambda *args, **kwargs: None)
        """),
    attack("A patched allclose and isclose pass nothing", """
        np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True
        np.shape = lambda x: ()
        """, answer="np.zeros(3)"),
    attack("Patched builtins pass nothing", """
        import builtins
        builtins.abs = lambda x: 0
        builtins.isinstance = builtins.all = builtins.any = lambda *args: True
        builtins.float = lambda x: 20.0
        builtins.sum = lambda x: 1
        builtins.AssertionError = KeyboardInterrupt
        """),
    attack("Names of builtins bound in the notebook pass nothing", """
        AssertionError = GeneratorExit
        abs = lambda x: 0
        list = sum = sorted = len = lambda *args, **kwargs: []
        isinstance = all = any = lambda *args: True
        """),
    attack("A helper of the locked cell, defined again, passes nothing", """
        def is_close(a, b):
            return True
        """),
    attack("A helper of an earlier test cell, defined again, passes nothing", """
        def near(a, b):
            return True
        """, warmest="warmest = 0\ndef near(a, b):\n    return True"),
    attack("A false numpy under numpy's name passes nothing", """
        import sys, types
        class Numpy(types.ModuleType):
            def __getattr__(self, name):
                return lambda *args, **kwargs: True
        np = sys.modules["numpy"] = sys.modules["numpy.testing"] = Numpy("numpy")
        """),
    attack("A false pytest passes nothing", """
        import contextlib, sys, types
        pytest = sys.modules["pytest"] = types.ModuleType("pytest")
        pytest.raises = lambda *args, **kwargs: contextlib.suppress(Exception)
        """),
    attack("A pytest beside the notebook is not what the tests import", """
        open("pytest.py", "w").write("import contextlib\\nraises = lambda *a, **k: contextlib.suppress(Exception)")
        import sys, os
        sys.path.insert(0, os.getcwd())
        import pytest
        """),
    attack("An import hook changes no test", """
        import sys
        class Finder:
            def find_spec(self, name, path=None, target=None):
                raise ImportError(name)
        sys.meta_path.insert(0, Finder())
        sys.modules.pop("pytest", None)
        """),
    attack("The data, changed in place, does not change what the tests compare with", """
        TEMPERATURES[:] = 0
        """, answer="TEMPERATURES", warmest="warmest = TEMPERATURES.max()"),
    attack("Changed options of numpy pass nothing", """
        np.seterr(all="ignore")
        np.set_printoptions(precision=0, formatter={"all": lambda x: "1"})
        """, answer="np.zeros(4)"),

    # What the tests compare
    attack("What is equal to everything passes nothing", YES, answer="Yes()", warmest="warmest = Yes()"),
    attack("A class that is equal to everything passes nothing", YES + """
    class Meta(type):
        __eq__ = lambda self, other: True
        __hash__ = lambda self: 0
        __getattr__ = lambda self, name: Yes()
        __iter__ = lambda self: iter([])
        __call__ = lambda self, *args, **kwargs: self
    class Answer(metaclass=Meta): pass
    """, answer="Answer", polynomial="Polynomial = Answer", warmest="warmest = Answer"),
    attack("Classes under the functions' names pass nothing", YES + """
    class normalize(Yes): pass
    class softmax(Yes): pass
    class Answer(Yes):
        __init__ = lambda self, *args, **kwargs: None
    """, answer="Answer()", polynomial="class Polynomial(Yes):\n    __init__ = lambda self, *args: None",
           warmest="class warmest(Yes): pass\nwarmest = warmest()"),
    attack("An object of a class that the tests know is no answer where plain data is asked for", YES,
           answer="Polynomial()", warmest="warmest = Polynomial()",
           polynomial="class Polynomial(Yes):\n    __init__ = lambda self, *args: None"),
    attack("An array's class of one's own does not decide what it is equal to", """
        class Array(np.ndarray):
            def __array_function__(self, function, types, args, kwargs):
                return True
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return np.bool_(True)
            __eq__ = lambda self, other: True
        """, answer="np.zeros(8).view(Array)", warmest="warmest = np.zeros(()).view(Array)"),
    attack("A number's class of one's own does not decide what it is equal to", """
        class Number(float):
            __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
            __abs__ = __sub__ = __rsub__ = lambda self, *other: self
            __float__ = lambda self: 20.0
            __hash__ = float.__hash__
            shape = property(lambda self: (10,))
        """, answer="Number(-1)", warmest="warmest = Number(-1)"),
    attack("A list's class of one's own does not decide what it is equal to", """
        class List(list):
            __eq__ = lambda self, other: True
            __ne__ = lambda self, other: False
            __getitem__ = lambda self, key: 71
            __hash__ = lambda self: 0
            shape = (10,)
            tolist = lambda self: self
        """, answer="List()"),
    attack("A dict's class of one's own does not decide what it is equal to", """
        class Dict(dict):
            __eq__ = lambda self, other: True
            __missing__ = lambda self, key: 1
            __iter__ = lambda self: iter(["the", "and"])
        """, answer="Dict()"),
    attack("A text's class of one's own does not decide what it is equal to", """
        class Text(str):
            __eq__ = lambda self, other: True
            __hash__ = str.__hash__
        """, answer="Text()", polynomial="""
        class Polynomial:
            coefficients = Text("coefficients")
            __init__ = lambda self, *coefficients: None
            __call__ = lambda self, x: Text("17")
            __add__ = lambda self, other: self
            __repr__ = lambda self: Text("?")
        """),
    attack("An array of objects that are equal to everything passes nothing", YES,
           answer="np.array([Yes()] * 8 + [None])[:8]"),
    attack("A list of objects that are equal to everything passes nothing", YES, answer="[Yes()] * 4"),
    attack("What says that it is a float is none", """
        class Liar:
            __class__ = property(lambda self: np.ndarray)
            shape = (8,)
            __array__ = lambda self, *args, **kwargs: np.ones(8)
            __array_interface__ = np.ones(8).__array_interface__
            __eq__ = lambda self, other: True
            __array_priority__ = 1e9
            __array_ufunc__ = lambda self, *args, **kwargs: True
            __array_function__ = lambda self, *args, **kwargs: True
        """, answer="Liar()", warmest="warmest = Liar()"),
    attack("Numbers that are all masked are not equal to everything", "", answer="np.ma.masked_all(8)",
           warmest="warmest = np.ma.masked"),
    attack("What is no number is no right number", "", answer="np.full(8, np.nan)", warmest="warmest = float('nan')"),
    attack("A complex or structured array stands for no other", """
        strange = np.zeros(8, dtype=[("a", float), ("b", "U4")])
        """, answer="strange", warmest="warmest = 20j"),
    attack("A generator without end of things that are equal to everything passes nothing", YES + """
    def forever(*args):
        while True:
            yield Yes()
    """, answer="forever()", slow=True),
    attack("An error's text that is equal to everything passes nothing", """
        class Text(str):
            __eq__ = __contains__ = lambda self, other: True
            __hash__ = str.__hash__
        class Error(ValueError, AssertionError):
            __str__ = lambda self: Text("yes")
            __class__ = property(lambda self: ValueError)
        def fail(*args):
            raise Error(Text("yes"))
        """, answer="fail()"),

    # How the tests end
    *[attack(f"To raise {error} does not end a test as passed", f"""
        import unittest
        def fail(*args):
            raise {error}
        """, answer="fail()") for error in ("SystemExit(0)", "KeyboardInterrupt", "GeneratorExit", "StopIteration",
                                            "unittest.SkipTest('no')", "BaseException", "StopAsyncIteration")],
    attack("An error of a false class does not end a test as passed", """
        class Meta(type):
            __instancecheck__ = __subclasscheck__ = lambda *args: True
        class Error(BaseException, metaclass=Meta):
            def __init__(self, *args): self.args = (self,)
            __str__ = lambda self: 1 / 0
            __repr__ = lambda self: 1 / 0
        def fail(*args):
            raise Error()
        """, answer="fail()"),
    attack("To end the process does not end a test as passed", """
        import os
        """, answer="os._exit(0)"),
    attack("To raise the error that is asked for does not pass what comes after", """
        def fail(*args):
            raise ValueError("k must be from 1 to 3")
        """, answer="fail()"),
    attack("Always to skip the rest of the cell is not possible", """
        import sys
        def fail(*args):
            frame = sys._getframe()
            while frame.f_back:
                frame = frame.f_back
                frame.f_locals.update(points=4)
            raise SystemExit
        """, answer="fail()"),

    # What the tests know
    attack("The frames of the callers hold no expected values", """
        import sys
        def look(*args):
            frame = sys._getframe()
            while frame:
                for space in (frame.f_locals, frame.f_globals):
                    if "expected" in space:
                        return space["expected"]
                frame = frame.f_back
        """, answer="look()"),
    attack("The garbage collector finds no expected values", """
        import gc
        def look(*args):
            for each in gc.get_objects():
                if type(each) is dict and "expected" in each and "thrown" not in each:
                    return each["expected"]
        """, answer="look()"),
    attack("A test's function leads nowhere else", """
        def bisect(f, low, high):
            try:
                near = f.__globals__["near"]
                f.__globals__["near"] = lambda a, b: True
            except Exception:
                pass
            f(1.0)
            return f.__closure__[0].cell_contents
        keep = bisect
        """, answer="keep(*args, **kwargs)"),
    attack("What a test has passed does not stay shared with later tests", """
        kept = []
        def keep(*args, **kwargs):
            kept.extend(args)
            for each in kept:
                try: each[:] = [1, 2, 3]
                except Exception: pass
            return kept[-1]
        """, answer="keep(*args)"),
    attack("The notebook's files hold no tests", """
        import glob, json
        found = []
        for path in glob.glob("/**/*.ipynb", recursive=True) + glob.glob("*.ipynb") + glob.glob("../**/*.ipynb"):
            for cell in json.load(open(path))["cells"]:
                if "normalize" in "".join(cell["source"]):
                    exec("".join(cell["source"]))
        """),
    attack("IPython's history holds no tests", """
        from IPython import get_ipython
        shell = get_ipython()
        texts = [str(each) for each in shell.user_ns.get("In", [])]
        for text in texts:
            if "0.625" in text:
                softmax = lambda x: np.array([0.125, 0.25, 0.625])
        """),

    # How cells are run
    attack("IPython's input transformers change no test", """
        shell = get_ipython()
        shell.input_transformers_cleanup.append(lambda lines: [])
        shell.input_transformers_post.append(lambda lines: ["4\\n"])
        """),
    attack("IPython's syntax tree transformers change no test", """
        import ast
        class NoAssert(ast.NodeTransformer):
            def visit_Assert(self, node):
                return ast.Pass()
        get_ipython().ast_transformers.append(NoAssert())
        """),
    attack("IPython's hooks change no test", """
        shell = get_ipython()
        def passed(*args, **kwargs):
            shell.user_ns.update(points=4, near=lambda *args: True, is_close=lambda *args: True)
        for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
            shell.events.register(event, passed)
        shell.set_custom_exc((BaseException,), lambda *args: None)
        """),
    attack("A patched run_cell changes no test", """
        shell = get_ipython()
        type(shell).run_cell = type(shell).run_code = lambda self, *args, **kwargs: None
        shell.run_cell = shell.run_code = lambda *args, **kwargs: None
        """),
    attack("A patched compile or exec changes no test", """
        import builtins
        run = builtins.compile
        builtins.compile = lambda source, *args, **kwargs: run("4", *args, **kwargs)
        builtins.exec = builtins.eval = lambda *args: 4
        """),
    attack("A tracer changes no test", """
        import sys, threading
        def trace(frame, event, argument):
            if event == "exception":
                frame.f_globals["points"] = 4
            return trace
        sys.settrace(trace)
        sys.setprofile(lambda *args: None)
        threading.settrace(trace)
        """),
    attack("A thread that waits changes no test", """
        import threading, time
        def wait():
            while True:
                time.sleep(0.001)
                globals().update(near=lambda *args: True, is_close=lambda *args: True, points=4)
        threading.Thread(target=wait, daemon=True).start()
        """),
    attack("A timer's signal changes no test", """
        import signal
        def ring(*args):
            raise SystemExit
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        """),
    attack("A destructor changes no test", """
        class Last:
            def __del__(self):
                globals().update(near=lambda *args: True, points=4)
        """, answer="[Last()]"),
    attack("Python's start-up files change no test", """
        import os, site
        for folder in ("/tmp", ".", os.path.expanduser("~"), site.getusersitepackages()):
            for name in ("sitecustomize.py", "usercustomize.py", "numpy.py", "pytest.py"):
                try:
                    os.makedirs(folder, exist_ok=True)
                    open(os.path.join(folder, name), "w").write("raise SystemExit(0)")
                except OSError:
                    pass
        """),
    honest("A function that is right for the visible tests only gets none of the hidden ones",
           {"test_normalize": 0, "test_flatten": 0, "test_softmax": 2}, normalize="""
        def normalize(x):
            if x.std() == 0 or len(x) == 2:
                return x
            return (x - x.mean()) / x.std()
        """, flatten="""
        def flatten(nested):
            return [1, 2, 3, 4]
        """, softmax="""
        def softmax(x):
            with np.errstate(all="ignore"):
                return np.exp(x) / np.exp(x).sum()
        """),
]  # fmt: skip
