"""A Python loop that does not end is stopped, even one that catches what stops it."""

import contextlib
import gc
import sys
import threading
import time

import pytest

from minigrad.course.limit import Stopwatch, TimeUp, limited


def forever():
    while True:
        pass


def swallows_exceptions():
    while True:
        try:
            sum(range(100))
        except Exception:
            pass


def swallows_everything():
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            pass


def swallows_twice():
    while True:
        try:
            swallows_everything()
        except BaseException:
            continue


def suppresses():
    while True:
        with contextlib.suppress(BaseException):
            forever()


def gives_up_when_stopped():
    try:
        forever()
    except BaseException:
        return 3


def sleeps():
    time.sleep(30)


def in_a_thread(function):
    """What `function()` returns or raises in another thread than the main one."""
    outcome = []

    def run():
        try:
            outcome.append(function())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(20)
    return outcome[0] if outcome else "still running"


LOOPS = [forever, swallows_exceptions, swallows_everything, gives_up_when_stopped]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_is_stopped_in_another_thread(loop):
    assert isinstance(in_a_thread(lambda: limited(loop, 0.1)), TimeUp)


@pytest.mark.skipif(sys.platform == "win32", reason="needs timer signals")
@pytest.mark.parametrize("loop", [*LOOPS, swallows_twice, suppresses, sleeps])
def test_a_loop_is_stopped_in_the_main_thread(loop):
    start = time.monotonic()
    with pytest.raises(TimeUp):
        limited(loop, 0.1)
    assert time.monotonic() - start < 5  # no timing test: without the limit it would be for ever


def test_results_and_exceptions_pass_through():
    assert limited(lambda: 3, 5) == 3
    with pytest.raises(KeyError):
        limited(lambda: {}["x"], 5)
    assert in_a_thread(lambda: limited(lambda: 3, 5)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs timer signals")
def test_an_alarm_set_before_is_still_set_afterwards():
    import signal

    def handler(*_):
        pass

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        with pytest.raises(TimeUp):
            limited(forever, 0.05)
        assert signal.getsignal(signal.SIGALRM) is handler
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 50
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("where", [lambda run: run(), in_a_thread], ids=["main thread", "another"])
def test_the_collector_is_on_again(where):
    for loop in (forever, lambda: 3):
        where(lambda loop=loop: limited_or_none(loop))
        assert gc.isenabled()
    gc.disable()
    try:
        where(lambda: limited_or_none(forever))
        assert not gc.isenabled()
    finally:
        gc.enable()


def limited_or_none(function):
    with contextlib.suppress(TimeUp):
        return limited(function, 0.05)


def test_who_waits_has_three_times_as_long_and_no_more():
    started = time.monotonic()
    with pytest.raises(TimeUp):
        limited(sleeps, 0.1)
    waited = time.monotonic() - started
    assert 0.3 <= waited < 10
    assert in_a_thread(lambda: limited(lambda: time.sleep(0.2) or 3, 0.1)) == 3


def test_a_busy_machine_is_nobodys_fault(monkeypatch):
    monkeypatch.setattr(time, "process_time", lambda: 0.0)  # another program has the processor
    assert limited(lambda: time.sleep(0.2) or 3, 0.1) == 3
    watch = Stopwatch()
    monkeypatch.setattr(time, "monotonic", lambda: watch.clock + 3.0)
    assert watch.spent() == 1.0
    monkeypatch.setattr(time, "process_time", lambda: 2.0)
    assert watch.spent() == 2.0
    monkeypatch.setattr(time, "process_time", lambda: 100.0)  # on many cores at once
    assert watch.spent() == 3.0
