"""What a student's process says that a cell has shown: a claim, of which that is kept which a notebook can hold."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from minigrad.grading.channel import ChannelError
from minigrad.grading.repair import MEDIA_TYPE, clean

IS_JSON = re.compile(r"application/(.*\+)?json")
DEEPEST = 50
MOST = 1000  # outputs of one cell


def outputs_from(told: Any) -> list[dict]:
    """Outputs as nbformat has them; what is none is left out. ChannelError if it is no list of any."""
    try:
        items, _ = json.loads(told, parse_constant=lambda _: None, parse_float=finite)
        return [output for item in items[:MOST] if (output := output_from(item))]
    except (TypeError, ValueError, RecursionError):
        raise ChannelError("it did not say what a cell has shown") from None


def output_from(told: Any) -> dict[str, Any] | None:
    """One output, or None if it is none."""
    match told:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return {"output_type": "stream", "name": name, "text": clean(text)}
        case {"output_type": "error", "ename": str(kind), "evalue": str(text), "traceback": list(lines)}:
            lines = [clean(line) for line in lines if isinstance(line, str)]
            return {"output_type": "error", "ename": clean(kind), "evalue": clean(text), "traceback": lines}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            count = {"execution_count": None} if kind == "execute_result" else {}
            return {"output_type": kind, "data": dict(forms(data)), "metadata": {}} | count
    return None


def forms(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The forms in which something is shown: texts, and what is JSON by its type."""
    for media, form in data.items():
        if isinstance(form, str) and MEDIA_TYPE.fullmatch(media):
            yield media, clean(form)
        elif MEDIA_TYPE.fullmatch(media) and IS_JSON.fullmatch(media) and is_shallow(form):
            yield media, json.loads(clean(json.dumps(form, ensure_ascii=False)))


def finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def is_shallow(value: object) -> bool:
    """Whether JSON is nested so little that whatever walks through it comes back."""
    layer = [value]
    for _ in range(DEEPEST):
        layer = [inner for outer in layer for inner in within(outer)]
    return not layer


def within(value: object) -> list:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
