"""An SVG in fewer bytes, drawing the same: relative steps, strokes of one style as one path, the face said once.

matplotlib writes `L 123.4 56.7` and a group for every mark; a page that carries each chart twice feels it.
Format: https://www.w3.org/TR/SVG11/paths.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

Point = tuple[float, float]

_GROUP = re.compile(r"<g>\s*(<path [^>]*/>|<text [^>]*>[^<]*</text>)\s*</g>")
_FACE = re.compile(r" font-family: '[^']*';")
_START = " text-anchor: start;"  # the initial value
_PATH = re.compile(r'<path d="([^"]*)"([^>]*)/>')
# Neighbours that are only stroked, in one style: drawn as one they look the same.
_STROKES = re.compile(r'<path d="[MLz\d. \n-]*"( style="fill: none;[^"]*")/>(?:\s*<path d="[MLz\d. \n-]*"\1/>)+')
_LONG = 200  # characters of a shape that is worth a reference
# A line and the wider one of paper below it, which parts it from what it crosses.
_CASED = re.compile(r'<path d="([^"]{200,})"( style="[^"]*")/>\s*<path d="\1"( style="[^"]*")/>')
_STEP = re.compile(r"([ML]) (-?\d+(?:\.\d)?) (-?\d+(?:\.\d)?)|(z)")
_STRAIGHT = re.compile(r"[MLz\d. \n-]*")


def compact(svg: str, key: str = "") -> str:
    """The picture with its straight paths in relative steps of a tenth of a point; `key` begins its own ids."""
    if len(faces := set(_FACE.findall(svg))) == 1:
        svg = _FACE.sub("", svg).replace("<svg ", f'<svg style="{faces.pop().strip(" ;")}" ', 1)
    svg = _STROKES.sub(lambda found: _joined(found, key), _GROUP.sub(r"\1", svg.replace(_START, "")))
    svg = _PATH.sub(lambda found: f'<path d="{relative(found[1])}"{found[2]}/>', svg)
    return _CASED.sub(lambda found: _cased(found, key), svg)


def relative(path: str) -> str:
    """A path of moves, lines and closings in relative steps; any other as it is."""
    return "".join(_steps(path)) if _STRAIGHT.fullmatch(path) else path


def thinned(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without the points that stand nearer than `tolerance` to what is drawn without them.

    Ramer–Douglas–Peucker; its ends stay.
    """
    keep, ranges = {0, len(line) - 1}, [(0, len(line) - 1)]
    while ranges:
        first, last = ranges.pop()
        if last - first < 2:  # noqa: PLR2004 -- no point between
            continue
        far = max(range(first + 1, last), key=lambda i: _off(line[i], line[first], line[last]))
        if _off(line[far], line[first], line[last]) > tolerance:
            keep.add(far)
            ranges += [(first, far), (far, last)]
    return [line[i] for i in sorted(keep) if 0 <= i < len(line)]


def _joined(found: re.Match[str], key: str) -> str:
    """Strokes of one style as one path; a long one that stands again elsewhere is drawn once and shown there."""
    held = [(found.start() + path.start(), path[1], *_shape(path[1])) for path in _PATH.finditer(found[0])]
    count = Counter(shape for *_, shape in held if len(shape) >= _LONG)
    alone = "".join(path for _, path, _, shape in held if count[shape] < 2)  # noqa: PLR2004 -- once, or short
    made = [f'<path d="{alone}"{found[1]}/>'] if alone else []
    first: dict[str, tuple[int, Point]] = {}
    for at, path, (x, y), shape in held:
        if shape in first:
            origin, (left, top) = first[shape]
            made.append(f'<use xlink:href="#{key}-s{origin}" x="{x - left:.4g}" y="{y - top:.4g}"/>')
        elif count[shape] > 1:
            first[shape] = (at, (x, y))
            made.append(f'<path d="{path}" id="{key}-s{at}"{found[1]}/>')
    return "\n".join(made)


def _shape(path: str) -> tuple[Point, str]:
    """Where a path of straight steps starts, and what it draws from there."""
    x, y = (float(number) for number in path.split(maxsplit=3)[1:3])
    head, _, _ = relative(f"M {x:.1f} {y:.1f} ").partition("z")
    return (x, y), relative(path).removeprefix(head)


def _cased(found: re.Match[str], key: str) -> str:
    """The line once: below in its group's style, above in its own."""
    path, below, above = found.groups()
    name = f"{key}-c{found.start()}"
    return f'<g{below}><path d="{path}" id="{name}"/></g>\n<use xlink:href="#{name}"{above}/>'


def _steps(path: str) -> Iterator[str]:
    """In whole tenths, so that no error adds up; a closing leads back to where its ring began."""
    x = y = start_x = start_y = 0
    said = ""
    for move, to_x, to_y, close in _STEP.findall(path):
        if close:
            x, y, said = start_x, start_y, "z"
            yield "z"
            continue
        across, down = round(float(to_x) * 10) - x, round(float(to_y) * 10) - y
        x, y = x + across, y + down
        if move == "M":
            start_x, start_y, said = x, y, "m"
            yield f"m{_number(across)}{_number(down, follows=True)}"
        elif not down:
            said = "h"
            yield f"h{_number(across)}"
        elif not across:
            said = "v"
            yield f"v{_number(down)}"
        else:
            # After m and l a step needs no letter.
            lead = "" if said in {"m", "l"} else "l"
            said = "l"
            yield f"{lead}{_number(across, follows=not lead)}{_number(down, follows=True)}"


def _number(tenths: int, *, follows: bool = False) -> str:
    sign, whole, rest = "-" if tenths < 0 else "", abs(tenths) // 10, abs(tenths) % 10
    text = f"{whole or ''}.{rest}" if rest else f"{whole}"
    return f"{sign}{text}" if sign or not follows else f" {text}"


def _off(point: Point, first: Point, last: Point) -> float:
    """How far a point stands from the stretch between two others."""
    dx, dy = last[0] - first[0], last[1] - first[1]
    length = dx * dx + dy * dy
    along = ((point[0] - first[0]) * dx + (point[1] - first[1]) * dy) / length if length else 0.0
    at = min(max(along, 0.0), 1.0)
    return float(((point[0] - first[0] - at * dx) ** 2 + (point[1] - first[1] - at * dy) ** 2) ** 0.5)
