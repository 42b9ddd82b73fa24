"""Imported before nbformat, it leaves out what takes longer to load than all else, and what notebooks do not need."""

import sys

# Where it is installed, jsonschema loads this grammar of web addresses: a second, each time that Python starts.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
