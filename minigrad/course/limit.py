"""A time limit for somebody else's function: a Python loop that does not end is stopped, on every system.

What counts is the processor's time, so that nobody fails because the machine is busy; and waiting counts a little.
"""

import ctypes
import gc
import signal
import sys
import threading
import time

SHORTEST = 0.001  # seconds to the next look at the time
PATIENCE = 3  # a second of waiting, or on a busy machine, counts for a third of one


class Stopwatch:
    """Tells the seconds that were spent since it was made."""

    def __init__(self):
        self.clock, self.processor = time.monotonic(), time.process_time()

    def spent(self) -> float:
        clock = time.monotonic() - self.clock
        return max(min(time.process_time() - self.processor, clock), clock / PATIENCE)


class TimeUp(BaseException):
    """Raised inside a function that ran for too long. Not an Exception, so that `except Exception` lets it pass."""


def limited(function, seconds: float):
    """Call `function()` and return what it returns; raise TimeUp if it takes longer than `seconds` of a Stopwatch.

    Only Python code can be stopped: one long call into C ends first, except that on Linux and macOS a sleep or a read
    is woken in the main thread.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    collects = gc.isenabled()
    alarm = (_Signal if in_main_thread and hasattr(signal, "setitimer") else _Watchdog)(seconds)
    try:
        alarm.start()
        try:
            result = function()
        finally:
            alarm.over = True
    finally:
        _surely(alarm.stop)
        if collects:
            gc.enable()
    if alarm.strikes:  # the function swallowed TimeUp and then came to an end by itself
        raise TimeUp
    return result


# `while True: try: ... except: pass` swallows what is raised inside its try. It is stopped by what is raised in its
# except clause or between two rounds. So both alarms strike again within microseconds, after a wait that varies, until
# a strike has fallen outside every try. The collector is off meanwhile: in what it runs, a strike would be lost.


class _Signal:
    """A timer signal."""

    def __init__(self, seconds):
        self.seconds, self.over, self.strikes = seconds, False, 0

    def start(self):
        self.stopwatch = Stopwatch()
        self.handler = signal.signal(signal.SIGALRM, self.strike)
        self.timer = signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def strike(self, _signal, _frame):
        if self.over:
            return
        if not self.strikes:
            left = self.seconds - self.stopwatch.spent()
            if left > 0:
                signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST))
                return
            gc.disable()
        self.strikes += 1
        signal.setitimer(signal.ITIMER_REAL, _wait(self.strikes))
        raise TimeUp

    def stop(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.handler)
        signal.setitimer(signal.ITIMER_REAL, *self.timer)


class _Watchdog:
    """A thread that raises TimeUp in the caller's thread, where there are no timer signals."""

    def __init__(self, seconds):
        self.seconds, self.over, self.strikes = seconds, False, 0

    def start(self):
        self.thread = threading.get_ident()
        self.interval = sys.getswitchinterval()
        self.done, self.stopwatch = threading.Event(), Stopwatch()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def watch(self):
        while (left := self.seconds - self.stopwatch.spent()) > 0:
            if self.done.wait(max(left, SHORTEST)):
                return
        gc.disable()
        sys.setswitchinterval(1e-6)
        while not self.over:
            self.strikes += 1
            _raise_in(self.thread, TimeUp)
            time.sleep(_wait(self.strikes))

    def stop(self):
        self.done.set()
        self.watcher.join()
        _raise_in(self.thread, None)
        sys.setswitchinterval(self.interval)


def _wait(strikes: int) -> float:
    return 1e-6 * (1 + strikes % 50)


def _raise_in(thread: int, exception) -> None:
    """Have `exception` raised in a thread as soon as it runs Python code again; None takes it back."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception and ctypes.py_object(exception))


def _surely(stop) -> None:
    """Call `stop` until it runs through, since a last strike may hit it."""
    while True:
        try:
            return stop()
        except TimeUp:
            continue
