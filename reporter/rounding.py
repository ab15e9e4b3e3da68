"""The written form of a figure. Rounding happens here and nowhere else: decimal, half up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Literal

from reporter.model.units import Kind

MINUS, PLUS, NO_BREAK = "\N{MINUS SIGN}", "+", "\N{NO-BREAK SPACE}"
_SCALES = {"tn": 12, "bn": 9, "mn": 6, "": 0}
_USUAL_PLACES = {Kind.PERCENT: 1, Kind.POINTS: 1, Kind.RATIO: 2, Kind.INDEX: 2, Kind.COUNT: 0}
_USUAL_USD_PLACES = {"tn": 2, "bn": 1, "mn": 0, "": 0}
_WIDE = Context(prec=60)

Sign = Literal["minus", "signed", "none"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a figure is written.

    `sign`: a minus where negative, a sign always, or none (the words carry the direction). `places` and
    `scale` (tn, bn, mn) are the house's where None. `bare` leaves out the unit: a table's head carries it.
    """

    sign: Sign = "minus"
    places: int | None = None
    scale: str | None = None
    bare: bool = False

    def but(self, **changes: object) -> Style:
        """The same form with some parts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


USUAL = Style()


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half away from zero at `places` decimals; negative places round to tens and hundreds."""
    with localcontext(_WIDE):
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def scale_of(value: Decimal) -> str:
    """The house's scale of a sum of money."""
    size = abs(value)
    return next((name for name, power in _SCALES.items() if size >= Decimal(1).scaleb(power)), "")


def places_of(kind: Kind, step: Decimal, style: Style, scale: str) -> int:
    """Decimals to print: what the style asks for, never more than the figure bears."""
    usual = _USUAL_USD_PLACES[scale] if kind is Kind.USD else _USUAL_PLACES[kind]
    asked = usual if style.places is None else style.places
    return min(asked, _SCALES[scale] - step.adjusted())


def written(value: Decimal, kind: Kind, step: Decimal, style: Style) -> str:
    """The figure as printed: `−$22.42tn`, `68.9%`, `+1,824.9`.

    A sign is printed as U+2212 or `+`; what rounds to zero has none. Where the words carry the direction or a
    sign is wanted always, a value takes as many decimals as show that it is not nought, if it bears them: nothing
    “rose by 0.0”.
    """
    scale = (style.scale if style.scale is not None else scale_of(value)) if kind is Kind.USD else ""
    plain = value.scaleb(-_SCALES[scale], _WIDE)
    places = places_of(kind, step, style, scale)
    if style.sign != "minus":
        places = _telling(plain, places, _SCALES[scale] - step.adjusted())
    scaled = rounded(plain, places)
    if kind is Kind.USD and style.scale is None and scale_of(scaled.scaleb(_SCALES[scale])) != scale:
        # 999.96 billion rounds to a trillion, and is written as one.
        return written(value, kind, step, style.but(scale=scale_of(scaled.scaleb(_SCALES[scale]))))
    digits = f"{abs(scaled):,.{max(places, 0)}f}"
    return _sign(scaled, style.sign) + (digits if style.bare else _with_unit(digits, kind, scale))


def _telling(value: Decimal, places: int, most: int) -> int:
    """The fewest decimals from `places` to `most` at which a value that is not nought does not read as nought."""
    if not value:
        return places
    return next((more for more in range(places, most + 1) if rounded(value, more)), places)


def _sign(value: Decimal, sign: Sign) -> str:
    if not value or sign == "none":
        return ""
    return MINUS if value < 0 else PLUS if sign == "signed" else ""


def _with_unit(digits: str, kind: Kind, scale: str) -> str:
    match kind:
        case Kind.USD:
            return f"${digits}{scale}"
        case Kind.PERCENT:
            return f"{digits}%"
        case Kind.POINTS:
            return f"{digits}{NO_BREAK}percentage points"
        case _:
            return digits
