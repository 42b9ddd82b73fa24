"""While the command loads, Ctrl-C ends it with a word. Imported before all else: numpy and the engine take longest."""

import os
import signal
import sys


def stop(*_: object) -> None:
    os.write(2, b"Stopped.\n")
    os._exit(1)


def begin() -> None:
    """If this program is the command and does not ignore Ctrl-C, as what runs in the background may."""
    program = sys.argv[0] if sys.argv else ""
    is_ours = "minigrad.cli" in sys.orig_argv if program == "-m" else os.path.basename(program) in NAMES
    if is_ours and signal.getsignal(signal.SIGINT) is INTERRUPT:
        signal.signal(signal.SIGINT, stop)


def end() -> None:
    """From here on Ctrl-C is an exception, which the command turns into its own sentence."""
    if signal.getsignal(signal.SIGINT) is stop:
        signal.signal(signal.SIGINT, INTERRUPT)


NAMES = ("minigrad", "minigrad.exe")
INTERRUPT = signal.default_int_handler
begin()
