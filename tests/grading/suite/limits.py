"""Right answers beside something that hits a limit: it costs what it breaks, and no more."""

from suite.submission import beside, honest

SUBMISSIONS = [
    honest("A function that hangs costs its own test", {"test_flatten": 0}, slow=True, flatten="""
        def flatten(nested):
            while True:
                pass
        """),
    honest("A function that hangs and heeds no interrupt costs its own test", {"test_flatten": 0}, slow=True,
           flatten="""
        def flatten(nested):
            while True:
                try:
                    while True: pass
                except BaseException:
                    pass
        """),
    honest("A function that ends the process costs its own test", {"test_flatten": 0}, flatten="""
        def flatten(nested):
            import os
            os._exit(1)
        """),
    honest("A function that crashes the interpreter costs its own test", {"test_primes": 0}, primes="""
        def primes():
            import ctypes
            ctypes.string_at(1)
            yield 2
        """),
    honest("A function that takes all memory costs its own test", {"test_word_counts": 0}, word_counts="""
        def word_counts(text):
            kept = []
            while True:
                kept.append(np.ones(10**6))
        """),
    honest("A function that calls itself for ever costs its own test", {"test_flatten": 0}, flatten="""
        def flatten(nested):
            return flatten(nested) + [0]
        """),
    honest("A generator without end where a list is asked for costs its own test", {"test_flatten": 0}, slow=True,
           flatten="""
        def flatten(nested):
            while True:
                yield 1
        """),
    honest("A function that prints for ever costs its own test", {"test_flatten": 0}, slow=True, flatten="""
        def flatten(nested):
            while True:
                print(nested)
        """),
    honest("A function that asks for the keyboard costs its own test", {"test_flatten": 0}, flatten="""
        def flatten(nested):
            return eval(input("the list: "))
        """),
    beside("A cell that hangs costs no test that does not need it", "while True:\n    pass", slow=True, noted=True),
    beside("A cell that asks for the keyboard costs no test", "name = input('Your name: ')"),
    beside("A cell that takes too much memory at once costs no test", "import numpy\nnumpy.ones(10**12)"),
    beside("A cell that prints a lot costs no test", "for n in range(200_000):\n    print(n, 'and', n + 1)"),
    honest("A function that prints tens of thousands of lines costs nothing", normalize="""
        def normalize(x):
            for n in range(60_000):
                print("still at", n)
            return (x - x.mean()) / x.std()
        """),
    beside("A cell that shows a large table costs no test", "[[n * m for n in range(300)] for m in range(300)]"),
    beside("A cell that crashes the interpreter costs no test after it", "import ctypes\nctypes.string_at(1)"),
    beside("A folder filled to its limit costs no test", """
        with open("big", "wb") as file:
            while True:
                file.write(bytes(10**6))
        """, noted=True),
    beside("A file of many megabytes costs no test", "open('big', 'wb').write(bytes(25 * 10**6))"),
    beside("Files that it may not read itself cost no test", """
        import os
        os.mkdir("closed")
        for name in ("closed/file", "file"):
            open(name, "w").close()
            os.chmod(name, 0)
        os.chmod("closed", 0)
        """),
    beside("Threads that go on cost no test", """
        import threading, time
        for _ in range(3):
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        """),
]  # fmt: skip
