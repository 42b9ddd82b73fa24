"""Nothing is solved, and the program uses all there is: time, memory, processes, disk, output."""

from suite.submission import attack

SUBMISSIONS = [
    attack("A fork bomb ends with its submission", """
        import os
        while True:
            try: os.fork()
            except OSError: break
        """, slow=True),
    attack("Processes that go on in the background end with their submission", """
        import os, subprocess
        for _ in range(5):
            subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; sleep 1000"], start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True: pass
            os._exit(0)
        """),
    attack("A process that forks and goes on does not answer twice", """
        import os
        os.fork()
        os.fork()
        """, answer="os.fork()"),
    attack("All memory is not for one submission", """
        kept = []
        while True:
            kept.append(bytearray(50 * 2**20))
            for place in range(0, 50 * 2**20, 4096):
                kept[-1][place] = 1
        """),
    attack("Memory of many processes counts together", """
        import os, time
        for _ in range(20):
            if os.fork() == 0:
                kept = b"x" * (200 * 2**20)
                time.sleep(100)
                os._exit(0)
        time.sleep(2)
        """, slow=True),
    attack("A full disk ends with its submission", """
        with open("full", "wb") as file:
            while True:
                file.write(bytes(2**20))
        """),
    attack("A full /dev/shm ends with its submission", """
        for n in range(1000):
            open(f"/dev/shm/{n}", "wb").write(bytes(2**20))
        """),
    attack("A million small files end with their submission", """
        for n in range(200_000):
            open(f"/tmp/{n}", "w").close()
        """, slow=True),
    attack("Output without end is cut off", """
        import sys, time
        end = time.monotonic() + 1
        while time.monotonic() < end:
            print("x" * 10_000)
            sys.stderr.write("y" * 10_000)
        """),
    attack("Output without end during a test is cut off", """
        def flood(*args):
            for _ in range(2000):
                print("x" * 10_000)
        """, answer="flood()"),
    attack("Output below Python is cut off", """
        import os
        for _ in range(2000):
            os.write(1, b"x" * 10_000)
            os.write(2, b"x" * 10_000)
        """),
    attack("An endless loop in a cell ends", "while True: pass", slow=True),
    attack("An endless loop that heeds no interrupt ends", """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException:
                pass
        """, slow=True),
    attack("An endless computation in C ends", "(10**10**8) ** 3", slow=True),
    attack("An endless function ends, in every test anew", """
        import time
        """, answer="time.sleep(1000)", slow=True),
    attack("A question to the keyboard is answered by an error", "name = input('Who are you? ')"),
    attack("A read from standard input ends", "import sys\nsys.stdin.read()\nopen(0).read()"),
    attack("A crash of the interpreter costs the tests after it", "import ctypes\nctypes.string_at(1)"),
    attack("Endless recursion is an error", """
        import sys
        sys.setrecursionlimit(10**9)
        def deeper(*args):
            return deeper(*args) + 1
        """, answer="deeper()"),
    attack("Recursion in C crashes nothing else", """
        import sys
        sys.setrecursionlimit(10**9)
        deep = []
        for _ in range(10**6):
            deep = [deep]
        repr(deep)
        """),
    attack("All signals to all processes reach only one's own", """
        import os, signal
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
            for target in (1, os.getppid(), -1, 0):
                try: os.kill(target, number)
                except OSError: pass
        """, slow=True),
    attack("A process that stops itself is ended", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
           slow=True),
    attack("Closed files break only one's own process", "import os\nos.closerange(0, 1000)", slow=True),
    attack("All files opened break only one's own process", """
        kept = []
        while True:
            kept.append(open("/dev/null"))
        """),
    attack("Thousands of threads end with their submission", """
        import threading, time
        for _ in range(5000):
            threading.Thread(target=time.sleep, args=(1000,)).start()
        """),
    attack("A thread that is waited for at exit holds up nothing", """
        import atexit, threading, time
        atexit.register(time.sleep, 1000)
        threading.Thread(target=time.sleep, args=(1000,)).start()
        """),
    attack("A result whose text takes for ever holds up nothing else", """
        class Slow:
            def __repr__(self):
                while True: pass
            _repr_html_ = __repr__
        shown = Slow()
        get_ipython().display_formatter.format(shown)
        """, slow=True),
    attack("An error whose text takes for ever holds up nothing else", """
        class Slow(Exception):
            def __str__(self):
                while True: pass
            __repr__ = __str__
        raise Slow()
        """, slow=True),
    attack("An enormous display is cut off", """
        from IPython.display import HTML, display
        display(HTML("x" * 50_000_000))
        """),
    attack("Limits cannot be raised", """
        import os, resource
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
            try: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (OSError, ValueError): pass
        try: os.nice(-20)
        except OSError: pass
        kept = b"x" * (4 * 2**30)
        """),
    attack("A folder a thousand deep is removed", """
        import os
        for _ in range(1000):
            os.mkdir("deeper")
            os.chdir("deeper")
        """),
]  # fmt: skip
