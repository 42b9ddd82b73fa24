"""Tests of classes: attributes, operators, inheritance, properties, protocols."""

from styles.style import right, style, wrong

STACK = """
    class Stack:
        "Last in, first out."
        def __init__(self, items=()):
            self.items = list(items)
        def push(self, item):
            self.items.append(item)
            return self
        def pop(self):
            if not self.items:
                raise IndexError("pop from an empty stack")
            return self.items.pop()
        def __len__(self):
            return len(self.items)
        def __repr__(self):
            return f"Stack({self.items})"
        def __contains__(self, item):
            return item in self.items
        def __iter__(self):
            return iter(reversed(self.items))
        def __bool__(self):
            return bool(self.items)
    """
VECTOR = """
    class Vector:
        def __init__(self, x, y):
            self.x, self.y = x, y
        def __add__(self, other):
            return Vector(self.x + other.x, self.y + other.y)
        def __sub__(self, other):
            return Vector(self.x - other.x, self.y - other.y)
        def __mul__(self, factor):
            return Vector(self.x * factor, self.y * factor)
        __rmul__ = __mul__
        def __neg__(self):
            return -1 * self
        def __eq__(self, other):
            return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)
        def __hash__(self):
            return hash((self.x, self.y))
        def __abs__(self):
            return (self.x ** 2 + self.y ** 2) ** 0.5
        def __getitem__(self, place):
            return (self.x, self.y)[place]
        def __lt__(self, other):
            return abs(self) < abs(other)
        def __str__(self):
            return f"({self.x}, {self.y})"
    """
SHAPES = """
    import math
    class Shape:
        def area(self):
            raise NotImplementedError
        def describe(self):
            return f"{type(self).__name__} of area {self.area():.2f}"
    class Circle(Shape):
        def __init__(self, radius):
            self.radius = radius
        def area(self):
            return math.pi * self.radius ** 2
    class Square(Shape):
        sides = 4
        def __init__(self, side):
            self.side = side
        def area(self):
            return self.side ** 2
    """
NODE = """
    class Node:
        def __init__(self, value, left=None, right=None):
            self.value, self.left, self.right = value, left, right
    def insert(node, value):
        if node is None:
            return Node(value)
        if value < node.value:
            node.left = insert(node.left, value)
        else:
            node.right = insert(node.right, value)
        return node
    def in_order(node):
        return [*in_order(node.left), node.value, *in_order(node.right)] if node else []
    """

STYLES = [
    style("A container's methods and len, in, iter, bool, repr", STACK, """
        s = Stack()
        assert len(s) == 0 and not s and s.push(1) is s
        s.push("two").push([3])
        assert len(s) == 3 and "two" in s and list(s) == [[3], "two", 1] and s
        assert s.pop() == [3] and s.items == [1, "two"] and repr(s) == "Stack([1, 'two'])"
        assert isinstance(s, Stack) and hasattr(s, "push") and not hasattr(s, "peek")
        assert Stack([1, 2]).pop() == 2
        """, wrong(STACK.replace("self.items.pop()", "self.items.pop(0)")), wrong("""
        class Stack(list):
            def push(self, item):
                self.append(item)
        """), wrong("Stack = list")),
    style("An error of a method, and its text", STACK, """
        try:
            Stack().pop()
        except IndexError as error:
            assert "empty" in str(error) and error.args == ("pop from an empty stack",)
        else:
            raise AssertionError("popping from an empty stack should raise IndexError")
        """, wrong(STACK.replace("IndexError", "ValueError")),
           wrong(STACK.replace('raise IndexError("pop from an empty stack")', "return None"))),
    style("Operators", VECTOR, """
        a, b = Vector(1, 2), Vector(3, 4)
        assert (a + b).x == 4 and (a + b).y == 6 and a + b == Vector(4, 6)
        assert 2 * a == a * 2 == Vector(2, 4) and a - b == -Vector(2, 2) and abs(b) == 5
        assert a != b and a[0] == 1 and a < b and str(a) == "(1, 2)" and f"{a}" == "(1, 2)"
        assert len({a, Vector(1, 2), b}) == 2 and sorted([b, a])[0] is a and max(a, b) is b
        assert sum([a, b], Vector(0, 0)) == Vector(4, 6) and (a == 5) is False
        total = a
        total += b
        assert total == Vector(4, 6) and a == Vector(1, 2)
        x, y = b[0], b[1]
        assert (x, y) == (3, 4)
        """, wrong(VECTOR.replace("self.y + other.y", "self.y")), wrong(VECTOR.replace("__rmul__", "__unused__")),
           right(VECTOR.replace("self.x, self.y = x, y", "self.x = x; self.y = y"))),
    style("Attributes set from outside and deleted", VECTOR, """
        v = Vector(1, 2)
        v.x = 10
        v.color = "red"
        assert v.x == 10 and vars(v)["x"] == 10 and v.__dict__ == {"x": 10, "y": 2, "color": "red"}
        assert getattr(v, "z", None) is None and v.color == "red"
        del v.color
        assert not hasattr(v, "color")
        """, wrong(VECTOR.replace("class Vector:", "class Vector:\n        __slots__ = ('x', 'y')"))),
    style("Inheritance: issubclass, super, class attributes", SHAPES, """
        assert issubclass(Circle, Shape) and issubclass(Square, Shape) and Square.sides == 4
        assert isinstance(Circle(1), Shape) and not isinstance(Circle(1), Square)
        assert abs(Circle(2).area() - 12.566370614359172) < 1e-9 and Square(3).area() == 9
        assert Square(2).describe() == "Square of area 4.00" and Circle.__name__ == "Circle"
        assert Circle.__bases__ == (Shape,) and type(Circle(1)) is Circle and Circle.__mro__[1] is Shape
        try:
            Shape().area()
            assert False
        except NotImplementedError:
            pass
        areas = [shape.area() for shape in (Square(1), Square(2))]
        assert areas == [1, 4] and "area" in dir(Circle)
        """, wrong(SHAPES.replace("class Circle(Shape)", "class Circle")),
           wrong(SHAPES.replace("raise NotImplementedError", "return 0"))),
    style("Properties, static and class methods", """
        class Celsius:
            freezing = 0
            def __init__(self, degrees):
                self._degrees = degrees
            @property
            def fahrenheit(self):
                return self._degrees * 9 / 5 + 32
            @fahrenheit.setter
            def fahrenheit(self, value):
                if value < -459.67:
                    raise ValueError("below absolute zero")
                self._degrees = (value - 32) * 5 / 9
            @classmethod
            def from_fahrenheit(cls, value):
                return cls((value - 32) * 5 / 9)
            @staticmethod
            def is_warm(degrees):
                return degrees > 20
        """, """
        t = Celsius(100)
        assert t.fahrenheit == 212
        t.fahrenheit = 32
        assert t._degrees == 0 == Celsius.freezing
        assert Celsius.from_fahrenheit(212)._degrees == 100 and isinstance(Celsius.from_fahrenheit(0), Celsius)
        assert Celsius.is_warm(21) and not t.is_warm(5)
        try:
            t.fahrenheit = -500
            assert False, "too cold"
        except ValueError:
            pass
        assert isinstance(Celsius.fahrenheit, property)
        """, wrong("""
        class Celsius:
            freezing = 0
            def __init__(self, degrees):
                self._degrees = degrees
                self.fahrenheit = degrees * 9 / 5 + 32
            @classmethod
            def from_fahrenheit(cls, value):
                return cls((value - 32) * 5 / 9)
            @staticmethod
            def is_warm(degrees):
                return degrees > 20
        """)),
    style("Trees of nodes", NODE, """
        root = None
        for value in [5, 2, 8, 1, 9]:
            root = insert(root, value)
        assert in_order(root) == [1, 2, 5, 8, 9] and root.left.left.value == 1 and root.left.right is None
        tree = Node(1, Node(2), Node(3))
        assert in_order(tree) == [2, 1, 3] and isinstance(tree.left, Node)
        tree.left = None
        assert in_order(tree) == [1, 3]
        node, count = root, 0
        while node:
            node, count = node.right, count + 1
        assert count == 3
        """, wrong(NODE.replace("value < node.value", "value > node.value")),
           wrong(NODE.replace("node.left = insert(node.left, value)", "insert(node.left, value)"))),
    style("A class of the locked cell, filled by the student's functions", """
        def push_all(queue, items):
            for item in items:
                queue.push(item)
            return queue
        def new():
            return Queue([1, 2])
        """, """
        q = Queue()
        assert push_all(q, [1, 2]) is q and q.items == [1, 2]
        assert isinstance(new(), Queue) and new().items == [1, 2] and new() == Queue([1, 2])
        """, wrong("""
        def push_all(queue, items):
            queue.items = items[:1]
            return queue
        def new():
            return Queue()
        """), setup="""
        class Queue:
            def __init__(self, items=()):
                self.items = list(items)
            def push(self, item):
                self.items.append(item)
            def __eq__(self, other):
                return self.items == other.items
        """),
    style("A dataclass", """
        from dataclasses import dataclass, field
        @dataclass(order=True)
        class Point:
            x: float
            y: float = 0.0
            tags: list = field(default_factory=list)
        """, """
        import dataclasses
        p = Point(1.0)
        assert p == Point(1.0, 0.0) and p.y == 0 and repr(p) == "Point(x=1.0, y=0.0, tags=[])"
        assert Point(1, 2) < Point(2, 0) and p.tags is not Point(1.0).tags
        assert dataclasses.is_dataclass(Point)
        p.tags.append("a")
        assert p.tags == ["a"] and Point(1.0) != p and vars(p) == {"x": 1.0, "y": 0.0, "tags": ["a"]}
        """, wrong("""
        class Point:
            def __init__(self, x, y=0.0):
                self.x, self.y, self.tags = x, y, []
        """)),
    style("The fields of a dataclass", """
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: float
            y: float = 0.0
        """, """
        import dataclasses
        assert [field.name for field in dataclasses.fields(Point)] == ["x", "y"]
        assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 0}
        """, wrong("""
        from dataclasses import dataclass
        @dataclass
        class Point:
            y: float
            x: float = 0.0
        """), unfit=True),
    style("An enumeration", """
        from enum import Enum
        class Color(Enum):
            RED = 1
            GREEN = 2
        """, """
        assert Color.RED.value == 1 and Color(2) is Color.GREEN and Color["RED"] == Color.RED
        assert [color.name for color in Color] == ["RED", "GREEN"] and len(Color) == 2
        assert isinstance(Color.RED, Color) and Color.RED != Color.GREEN
        """, wrong("""
        from enum import Enum
        class Color(Enum):
            RED = 2
            GREEN = 1
        """), wrong("""
        class Color:
            RED = 1
            GREEN = 2
        """)),
    style("A named tuple", """
        from collections import namedtuple
        Point = namedtuple('Point', 'x y')
        """, """
        p = Point(1, y=2)
        assert p.x == 1 and p[1] == 2 and p == (1, 2) and p._fields == ("x", "y")
        x, y = p
        assert x + y == 3 and p._replace(x=5).x == 5 and isinstance(p, tuple) and len(p) == 2
        """, wrong("""
        from collections import namedtuple
        Point = namedtuple('Point', 'y x')
        """), right("""
        from typing import NamedTuple
        class Point(NamedTuple):
            x: int
            y: int
        """)),
    style("A context manager of a class", """
        class Log:
            def __init__(self):
                self.entries = []
            def __enter__(self):
                self.entries.append("in")
                return self
            def __exit__(self, kind, error, trace):
                self.entries.append("out" if kind is None else kind.__name__)
                return kind is KeyError
        """, """
        log = Log()
        with log as inside:
            assert inside is log
        with log:
            raise KeyError("swallowed")
        assert log.entries == ["in", "out", "in", "KeyError"]
        try:
            with log:
                raise ValueError
            assert False
        except ValueError:
            pass
        """, wrong("""
        class Log:
            entries = []
            def __enter__(self): return self
            def __exit__(self, *args): pass
        """)),
    style("A context manager of a generator", """
        from contextlib import contextmanager
        @contextmanager
        def noted(notes):
            notes.append('begin')
            yield len(notes)
            notes.append('end')
        """, """
        notes = []
        with noted(notes) as n:
            assert n == 1 and notes == ["begin"]
        assert notes == ["begin", "end"]
        """, wrong("""
        from contextlib import contextmanager
        @contextmanager
        def noted(notes):
            notes += ['begin', 'end']
            yield 1
        """)),
    style("A callable object, and getitem, setitem, delitem", """
        class Table:
            def __init__(self):
                self.rows = {}
            def __call__(self, key):
                return self.rows.get(key, 0)
            def __getitem__(self, key):
                return self.rows[key]
            def __setitem__(self, key, value):
                self.rows[key] = value
            def __delitem__(self, key):
                del self.rows[key]
            def __len__(self):
                return len(self.rows)
        """, """
        t = Table()
        t["a"] = 1
        t["b", 2] = [3]
        t["a"] += 5
        assert t["a"] == 6 and t("a") == 6 and t("z") == 0 and t["b", 2] == [3] and len(t) == 2 and callable(t)
        del t["a"]
        try:
            t["a"]
            assert False
        except KeyError:
            pass
        """, wrong("""
        class Table(dict):
            pass
        """), wrong("""
        class Table:
            def __init__(self): self.rows = {}
            def __setitem__(self, key, value): pass
        """)),
    style("Comparison by total_ordering, and hashing", """
        from functools import total_ordering
        @total_ordering
        class Card:
            def __init__(self, rank):
                self.rank = rank
            def __eq__(self, other):
                return self.rank == other.rank
            def __lt__(self, other):
                return self.rank < other.rank
            def __hash__(self):
                return self.rank
        """, """
        low, high = Card(2), Card(9)
        assert low < high and high >= low and low <= Card(2) and high > low and low != high
        assert [card.rank for card in sorted([high, low, Card(5)])] == [2, 5, 9]
        assert {low: "low"}[Card(2)] == "low" and max([low, high]) is high
        """, wrong("""
        class Card:
            def __init__(self, rank):
                self.rank = rank
            def __lt__(self, other):
                return self.rank < other.rank
        """)),
    style("An abstract class", """
        from abc import ABC, abstractmethod
        class Animal(ABC):
            @abstractmethod
            def sound(self): ...
        class Dog(Animal):
            def sound(self):
                return 'woof'
        """, """
        assert Dog().sound() == "woof" and issubclass(Dog, Animal)
        try:
            Animal()
            assert False, "Animal should be abstract"
        except TypeError:
            pass
        import inspect
        assert inspect.isclass(Dog) and isinstance(Dog(), Animal)
        """, wrong("""
        class Animal:
            def sound(self): ...
        class Dog(Animal):
            def sound(self):
                return 'woof'
        """)),
    style("A subclass of a builtin", """
        class Default(dict):
            def __missing__(self, key):
                return 0
        """, """
        d = Default(a=1)
        assert d["a"] == 1 and d["b"] == 0 and "b" not in d and len(d) == 1
        d["c"] = 5
        assert sorted(d) == ["a", "c"] and d == {"a": 1, "c": 5} and d.get("z") is None
        """, wrong("""
        class Default(dict):
            pass
        """), wrong("""
        from collections import defaultdict
        def Default(**given):
            return defaultdict(int, given)
        """)),
    style("That a class comes from a builtin", """
        class Stack(list):
            def push(self, item):
                self.append(item)
        """, """
        s = Stack()
        s.push(1)
        assert isinstance(s, list) and issubclass(Stack, list) and len(s) == 1
        """, wrong("""
        class Stack:
            def push(self, item):
                self.item = item
            def __len__(self):
                return 1
        """), unfit=True),
    style("A class made by the test from the student's", SHAPES, """
        class Triangle(Shape):
            def area(self):
                return 0.5
        assert Triangle().describe() == "Triangle of area 0.50"
        """, wrong(SHAPES.replace("of area", "with area")), unfit=True),
    style("Several objects that know each other", """
        class Account:
            count = 0
            def __init__(self, owner, balance=0):
                self.owner, self.balance, self.history = owner, balance, []
                Account.count += 1
            def transfer(self, other, amount):
                if amount > self.balance:
                    raise ValueError(f"{self.owner} has only {self.balance}")
                self.balance -= amount
                other.balance += amount
                self.history.append((other, amount))
        """, """
        before = Account.count
        a, b = Account("Ada", 100), Account("Bo")
        a.transfer(b, 30)
        assert (a.balance, b.balance) == (70, 30) and a.history[0][0] is b and a.history[-1][1] == 30
        assert Account.count == before + 2
        a.history.clear()
        assert a.history == []
        try:
            b.transfer(a, 31)
            assert False
        except ValueError as error:
            assert str(error) == "Bo has only 30"
        assert b.balance == 30
        """, wrong("""
        class Account:
            count = 0
            def __init__(self, owner, balance=0):
                self.owner, self.balance, self.history = owner, balance, []
            def transfer(self, other, amount):
                self.balance -= amount
                other.balance += amount
                self.history.append((other, amount))
        """)),
    style("Copies, equality and identity of objects", VECTOR, """
        import copy
        v = Vector(1, [2])
        shallow, deep = copy.copy(v), copy.deepcopy(v)
        assert shallow is not v and shallow == v and shallow.y is v.y
        deep.y.append(3)
        assert v.y == [2] and deep.y == [2, 3]
        """, wrong(VECTOR.replace("return isinstance", "return False and isinstance"))),
    style("An array made of a class with __array__ or __len__ and __getitem__", """
        import numpy as np
        class Signal:
            def __init__(self, values):
                self.values = np.asarray(values, float)
            def __array__(self, dtype=None, copy=None):
                return self.values
            def __len__(self):
                return len(self.values)
            def __getitem__(self, place):
                return self.values[place]
        """, """
        s = Signal([1, 2, 3])
        assert np.mean(s) == 2 and np.asarray(s).tolist() == [1, 2, 3] and s[1:].tolist() == [2, 3] and len(s) == 3
        """, wrong("""
        import numpy as np
        class Signal:
            def __init__(self, values):
                self.values = values
            def __len__(self):
                return 3
        """)),
]  # fmt: skip
