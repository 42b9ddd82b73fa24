"""What the student's process says that a cell has shown, taken only as far as it is what a notebook may hold."""

import json
from typing import Any

from minigrad.grading.channel import ChannelError

STREAMS = ("stdout", "stderr")
MOST = 1000  # outputs of one cell


def outputs_from(told: Any) -> list[dict]:
    """Outputs as nbformat has them; what is none is left out. ChannelError if it is no list of any."""
    try:
        items, _ = json.loads(told)
        return [output for item in items[:MOST] if (output := output_from(item))]
    except (TypeError, ValueError, RecursionError):
        raise ChannelError("it did not say what a cell has shown") from None


def output_from(item: Any) -> dict | None:
    match item:
        case {"output_type": "stream", "name": str(name), "text": str(text)} if name in STREAMS:
            return {"output_type": "stream", "name": name, "text": text}
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
            return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(map(str, lines))}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            more = {"execution_count": None} if kind == "execute_result" else {}
            return {"output_type": kind, "data": bundle(data), "metadata": {}, **more}
    return None


def bundle(data: dict) -> dict:
    """By MIME type: text; or what JSON holds, where that is what the type says."""
    return {kind: value for kind, value in data.items() if isinstance(value, str) or kind.endswith("json")}
