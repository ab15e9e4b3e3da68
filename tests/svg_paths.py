"""Reading back the straight paths of an SVG: moves, lines and closings in relative steps."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[mlhvz]|-?\d*\.?\d+")


def lines(path: str) -> list[list[tuple[float, float]]]:
    """Each polyline's points, a closed one without its end."""
    made: list[list[tuple[float, float]]] = []
    tokens, letter, x, y = _TOKEN.findall(path), "m", 0.0, 0.0
    while tokens:
        if tokens[0].isalpha():
            letter = tokens.pop(0)
        if letter == "z":
            x, y = made[-1][0]
            continue
        x += float(tokens.pop(0)) if letter != "v" else 0.0
        y += float(tokens.pop(0)) if letter != "h" else 0.0
        if letter == "m":
            made.append([])
            letter = "l"
        made[-1].append((round(x, 1), round(y, 1)))
    return made
