"""The tests' own modules can be imported; the programs beside them are run by test_programs.py, never imported."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore_glob = ["programs/*"]
