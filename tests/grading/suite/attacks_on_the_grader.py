"""Nothing is solved, and the process that asks is told what it did not ask for, or more than it can bear."""

from suite import canary
from suite.submission import attack

# The object that answers for the student's process lies in a frame above every cell.
FIND = """
import json, os, struct, sys, time
def find_student():
    frame = sys._getframe()
    while frame:
        for each in list(frame.f_locals.values()):
            if hasattr(each, "channel") and hasattr(each, "mirror"):
                return each
        frame = frame.f_back
student = find_student()
wire = student.channel.connection
def say(**body):
    data = json.dumps(body).encode()
    wire.sendall(struct.pack("<IQ", 1, len(data)) + data)
"""


def forged(title, program, answer="None", **how):
    return attack(title, FIND + program, answer, **how)


def answered(title, reply):
    """Every call is answered by this message, whatever was asked."""
    return forged(title, f"""
def reply(function, args, kwargs):
    say({reply})
    time.sleep(0.02)
student.do_call = reply
""")  # fmt: skip


SUBMISSIONS = [
    # False answers
    forged("A message that nobody asked for passes nothing",
           "say(value=True, token=1, printed='', warned=[], changed=[])"),
    forged("Every answer given twice passes nothing", """
send = student.channel.send
student.channel.send = lambda buffers: (send(buffers), send(buffers))
"""),
    forged("Answers that are no messages pass nothing", """
student.channel.send = lambda buffers: wire.sendall(os.urandom(1000))
"""),
    forged("Answers of a false length pass nothing", """
student.channel.send = lambda buffers: wire.sendall(struct.pack("<IQ", 1, 2**63))
"""),
    forged("Answers in too many parts pass nothing", """
student.channel.send = lambda buffers: wire.sendall(struct.pack("<I", 2**31))
"""),
    forged("Answers that come drop by drop pass nothing", """
def drip(buffers):
    wire.sendall(struct.pack("<IQ", 1, 10**6))
    while True:
        wire.sendall(b" ")
        time.sleep(0.2)
student.channel.send = drip
""", slow=True),
    forged("A flood of answers passes nothing", """
def flood(buffers):
    while True:
        say(value=1, token=1, printed="", warned=[], changed=[])
student.channel.send = flood
"""),
    forged("Answers nested a million times pass nothing", """
text = b'{"value": ' + b"[" * 10**6 + b"]" * 10**6 + b"}"
student.channel.send = lambda buffers: wire.sendall(struct.pack("<IQ", 1, len(text)) + text)
"""),
    *[answered(f"The answer {name} passes nothing", reply) for name, reply in {
        "with another's number": "value=1, token=10**9, printed='', warned=[], changed=[]",
        "of a handle that nobody gave": "value={'handle': -1}, token=1, printed='', warned=[], changed=[]",
        "of an object without a state": "value={'same': 77}, token=1, printed='', warned=[], changed=[]",
        "of two kinds at once": "value={'int': '1', 'same': 7}, token=1, printed='', warned=[], changed=[]",
        "of an unheard-of kind": "value={'pickle': 'gASV'}, token=1, printed='', warned=[], changed=[]",
        "of an array of no such shape":
            "value={'same': 1}, token=1, printed='', warned=[],"
            " changed=[[1, 'array', {'shape': [-1, 10**12], 'dtype': '<f8', 'order': 'C', 'at': 0}, 0]]",
        "of an array of objects":
            "value={'same': 1}, token=1, printed='', warned=[],"
            " changed=[[1, 'array', {'shape': [1], 'dtype': 'O', 'order': 'C', 'at': 0}, 0]]",
        "of an error of no such class":
            "raised=[{'tuple': [5, 'no']}, 7, 7], token=1, printed='', warned=[], changed=[]",
        "of an error that claims to be the test's":
            "raised=[{'tuple': []}, {'tuple': []}, 'no', {'lent': 0}, {'tuple': []}], token=1, printed='', warned=[],"
            " changed=[]",
        "of a tuple with names that are code":
            "value={'named': [None, {'tuple': ['__class__', 'x=__import__']}, {'tuple': [1, 2]}]}, token=1, printed='',"
            " warned=[], changed=[]",
        "with printed numbers": "value=1, token=1, printed=5, warned=[[5, 5]], changed=[]",
        "that is none": "",
    }.items()],
    *[forged(f"A cell that {name} passes nothing", f"student.do_cell = lambda source: {reply}") for name, reply in {
        "answers with a number": "5",
        "answers with no JSON": "'no'",
        "answers with JSON of another shape": "'[]'",
        "claims outputs that are none": "json.dumps([[5, {'output_type': 'error'}, {'output_type': 7}], True])",
        "claims outputs of a kind that is none":
            "json.dumps([[{'output_type': 'stream', 'name': 7, 'text': {'a': 1}}], 'yes'])",
        "claims a display of scripts":
            "json.dumps([[{'output_type': 'display_data', 'metadata': {},"
            " 'data': {'text/html': '<script>alert(1)</script>', 'application/x': {}}}], True])",
        "claims a deeply nested output": "'[' * 100000 + ']' * 100000",
        "ends by raising SystemExit": "sys.exit(0)",
        "ends by raising KeyboardInterrupt": "(_ for _ in ()).throw(KeyboardInterrupt())",
    }.items()],

    # To have the grader's side do something
    forged("Files that are claimed to lie elsewhere are not written", f"""
names = ({str(canary.NEW)!r}, "../../was-here", "a/../../b", "", ".")
student.folder.files = lambda: tuple((name, (3, 1)) for name in names)
student.do_file = lambda *_: b"abc"
student.folder.has_changed = lambda: True
"""),
    forged("Files that are claimed without end are not all copied", """
student.folder.files = lambda: tuple((f"file-{n}", (10**6, time.monotonic_ns())) for n in range(1000))
student.do_file = lambda *_: bytes(10**6)
student.folder.has_changed = lambda: True
"""),
    forged("Files that are claimed to be what they are not cost nothing but one's own tests", """
student.folder.files = lambda: (("a", (-5, None)), (7, ("x", "y")), ("b",))
student.do_file = lambda *_: {}
student.folder.has_changed = lambda: True
"""),
    forged("The grader's side does not open a file for a student", f"""
def attempt(*args):
    for path in ({str(canary.GRADEBOOK)!r}, {str(canary.NEW)!r}):
        student.channel.send(student.mirror.pack(
            call=(np.memmap, (path,), (("mode", "w+"), ("shape", (100,)))), printed="", warned=()))
        student.mirror.unpack(student.channel.receive())
""", answer="attempt()"),
    forged("The grader's side runs no type's constructor for a student", """
def attempt(*args):
    student.channel.send(student.mirror.pack(call=(bytes, (50_000_000,), ()), printed="", warned=()))
    student.mirror.unpack(student.channel.receive())
    return [1, 2, 3, 4]
""", answer="attempt()"),
    forged("The grader's side fills no list for a student", """
def attempt(*args):
    student.channel.send(student.mirror.pack(call=(list, (range(10**12),), ()), printed="", warned=()))
    student.mirror.unpack(student.channel.receive())
""", answer="attempt()", supervised=True),
    forged("The grader's side calls no function of a library for a student", """
def attempt(*args):
    for name in ("builtins.exec", "builtins.open", "numpy.save", "numpy.load", "operator.methodcaller"):
        say(call=[{"name": name}, {"tuple": ["1"]}, {"tuple": []}], printed="", warned=[], changed=[])
        student.channel.receive()
""", answer="attempt()"),
    forged("A test's function that is called for ever costs its own test", """
def bisect(f, low, high):
    while True:
        f(1.0)
keep = bisect
""", answer="keep(*args) if callable(args[0]) else None", slow=True),
    forged("A test's function that calls itself by way of the student's costs its own test", """
def deeper(f, *args):
    return f(deeper(f))
""", answer="deeper(*args) if args and callable(args[0]) else None"),

    # More than it can bear
    attack("A list that holds itself passes nothing", "loop = []\nloop.append(loop)", answer="loop"),
    attack("A list nested a hundred thousand times passes nothing", """
        deep = []
        for _ in range(100_000):
            deep = [deep]
        """, answer="deep", slow=True),
    attack("A tuple nested a hundred thousand times passes nothing", """
        deep = ()
        for _ in range(100_000):
            deep = (deep,)
        """, answer="deep"),
    attack("An array that claims terabytes passes nothing", "", answer="np.broadcast_to(0.0, (10**6, 10**6))"),
    attack("An array of 300 megabytes passes nothing", "", answer="np.zeros(300 * 2**17)", slow=True),
    attack("A text of 300 megabytes passes nothing", "", answer="'x' * (300 * 2**20)", slow=True),
    attack("A list of a million functions passes nothing", "", answer="[lambda: n for n in range(1_000_000)]",
           slow=True),
    attack("A class with thousands of bases passes nothing", """
        Base = object
        for n in range(900):
            Base = type(f"Polynomial{n}", (Base,), {})
        """, polynomial="class Polynomial(Base): pass", answer="Base()"),
    attack("A class that claims impossible bases passes nothing", """
        class Meta(type):
            __mro__ = property(lambda cls: (cls, int, dict, list))
            __bases__ = property(lambda cls: (cls, int, dict))
        class Odd(metaclass=Meta): pass
        """, polynomial="class Polynomial(metaclass=Meta): pass", answer="Odd()"),
    attack("A number of ten million digits passes nothing", "huge = 1 << (33 * 10**6)", answer="huge",
           warmest="warmest = huge"),
    attack("A decimal number with a monstrous exponent passes nothing", "from decimal import Decimal",
           answer="Decimal('1e999999999')", warmest="warmest = Decimal('1e999999999')", supervised=True),
    attack("A range that takes years to sum costs its own tests", "", answer="range(10**15)",
           warmest="warmest = range(10**15)",
           supervised=True, slow=True),
    attack("A dict whose keys collide costs its own tests", """
        prime = 2**61 - 1
        collide = dict.fromkeys((prime * n for n in range(60_000)), 1)
        """, answer="collide", supervised=True, slow=True),
    attack("An endless generator costs its own tests", """
        import itertools
        """, answer="itertools.count()", slow=True),
    attack("A warning in every call, a million times, passes nothing", """
        import warnings
        def warn(*args):
            for n in range(20_000):
                warnings.warn("x" * 1000 + str(n))
        """, answer="warn()"),
    attack("A false word for a warning's class passes nothing", """
        import warnings
        class SystemExit(Warning): pass
        """, answer="warnings.warn(SystemExit('no'))"),
    attack("A million letters in an error pass nothing", "def fail(*args): raise ValueError('x' * 1_000_000)",
           answer="fail()"),
]  # fmt: skip
