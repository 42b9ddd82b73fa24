"""What lies beside the sandboxes while the suite is graded, and must be as it was when all is done."""

import os
import tempfile
from pathlib import Path

PLACE = Path(tempfile.gettempdir(), f"minigrad-suite-{os.getpid()}")
MASTER = PLACE / "source" / "ps1" / "problem.ipynb"
GRADEBOOK = PLACE / "gradebook.db"
OTHER = PLACE / "submitted" / "another" / "ps1" / "problem.ipynb"
NEW = PLACE / "was-here"
SOCKET = f"\0minigrad-suite-{os.getpid()}"  # in Linux's abstract names, which do not lie on the disk
