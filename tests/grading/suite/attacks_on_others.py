"""Nothing is solved, and the program looks for the answers, the gradebook, other students and the network."""

from suite import canary
from suite.submission import attack

SUBMISSIONS = [
    attack("The instructor's notebook is out of reach", f"""
        import json
        for path in ({str(canary.MASTER)!r}, "/proc/1/root" + {str(canary.MASTER)!r}):
            try:
                for cell in json.load(open(path))["cells"]:
                    exec("".join(cell["source"]))
            except OSError:
                pass
        """),
    attack("Another student's answers are out of reach", f"""
        import glob, json
        for path in glob.glob("/**/problem.ipynb", recursive=True) + [{str(canary.OTHER)!r}]:
            try:
                for cell in json.load(open(path))["cells"]:
                    exec("".join(cell["source"]))
            except OSError:
                pass
        """),
    attack("The gradebook is out of reach", f"""
        import os, sqlite3
        path = {str(canary.GRADEBOOK)!r}
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with sqlite3.connect(path) as gradebook:
            gradebook.execute("create table marks (points)")
            gradebook.execute("insert into marks values (100)")
        """),
    attack("Nothing outside can be written", f"""
        import pathlib, subprocess
        pathlib.Path({str(canary.NEW.parent)!r}).mkdir(exist_ok=True)
        pathlib.Path({str(canary.NEW)!r}).write_text("here")
        for root in ("/proc/1/root", "/proc/self/root", "/proc/self/cwd/.."):
            try: pathlib.Path(root + {str(canary.NEW)!r}).write_text("here")
            except OSError: pass
        subprocess.run(["sh", "-c", "rm -rf {canary.PLACE}; chmod -R 777 /; rm -rf /"], stderr=subprocess.DEVNULL)
        """),
    attack("Magics and shell lines reach nothing outside", f"""
        !rm -rf {canary.PLACE} /usr /tmp/*
        !kill -9 -1 $PPID 1
        %cd /
        %run {canary.MASTER}
        %load {canary.MASTER}
        """),
    attack("The network is out of reach", f"""
        import socket
        places = [(socket.AF_UNIX, {canary.SOCKET!r}), (socket.AF_INET, ("127.0.0.1", 22)), (socket.AF_INET,
            ("1.1.1.1", 53))]
        for family, place in places:
            try:
                with socket.socket(family) as connection:
                    connection.settimeout(0.5)
                    connection.connect(place)
                    connection.send(b"here I am")
                    connected = True
            except OSError:
                pass
        class Found:
            pass
        """, answer="None"),
    attack("The environment's secrets are not passed on", """
        import os
        for number in [*range(1, 50), os.getpid(), os.getppid()]:
            for name in ("environ", "maps", "mem", "cmdline"):
                try: open(f"/proc/{number}/{name}", "rb").read(1000)
                except (OSError, ValueError): pass
        os.environ.clear()
        """),
    attack("The grader's memory is out of reach", """
        import ctypes, os
        libc = ctypes.CDLL(None)
        for number in (1, os.getppid()):
            libc.ptrace(16, number, 0, 0)
            try: open(f"/proc/{number}/mem", "r+b").write(b"x")
            except (OSError, ValueError): pass
        """),
    attack("To become root again brings nothing", """
        import ctypes, os
        libc = ctypes.CDLL(None)
        for call in (lambda: os.setuid(0), lambda: os.chroot("/proc/1/root"), lambda: os.mknod("/tmp/disk", 0o60666,
            0x801)):
            try: call()
            except OSError: pass
        libc.unshare(0x10000000 | 0x20000)
        libc.mount(b"none", b"/", b"tmpfs", 0, None)
        """),
    attack("Inherited files lead nowhere", """
        import os
        for number in range(3, 256):
            try:
                os.lseek(number, 0, 0)
                os.write(number, b"test_softmax 100")
            except OSError:
                pass
        """),
    attack("What one submission leaves in /tmp and shared memory, the next one does not find", """
        import glob, os
        left = glob.glob("/tmp/left-*") + glob.glob("/dev/shm/left-*")
        for folder in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd()):
            try: open(f"{folder}/left-here", "w").write("the answers")
            except OSError: pass
        from multiprocessing import shared_memory
        try: shared_memory.SharedMemory("left-answers", create=True, size=100)
        except OSError: pass
        """),
    attack("nbgrader and minigrad hold no answers in there", """
        import glob, os, sys
        try:
            import minigrad.course.exercises
            names = os.listdir(os.path.dirname(minigrad.course.exercises.__file__))
        except ImportError:
            pass
        try:
            from nbgrader.api import Gradebook
            Gradebook("sqlite:///gradebook.db")
        except Exception:
            pass
        """),
]  # fmt: skip
