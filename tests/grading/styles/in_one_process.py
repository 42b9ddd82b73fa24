"""What a test cell gives where everything runs in one process, as in a notebook: by IPython and nbgrader's rule."""

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from styles.style import Style


class Quiet(InteractiveShell):
    def showtraceback(self, *args, **kwargs) -> None: ...

    showsyntaxerror = showindentationerror = showtraceback


def shell() -> Quiet:
    config = Config()
    config.HistoryManager.enabled = False
    return Quiet(config=config)


def points(style: Style, program: str) -> float:
    """All points if the test ran to its end, or those that its last line says."""
    own = shell()
    for source in (style.setup, program, style.before):
        own.run_cell(source)
    ran = own.run_cell(style.test)
    if not ran.success:
        return 0
    try:
        return float(repr(ran.result))
    except ValueError:
        return style.points
