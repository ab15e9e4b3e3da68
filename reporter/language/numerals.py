"""Default-deny for numbers in words: what may not stand in a text leaf.

Anything Unicode calls numeric (digits of every script, fractions, superscripts) and the English number
words. Names with a numeral and harmless phrases are listed in `names.toml`; everything else that counts
must be a leaf.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_UNITS = "one two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_LARGE = "hundred thousand million billion trillion quadrillion dozen score couple"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth "
    "seventieth eightieth ninetieth hundredth thousandth millionth billionth trillionth"
)
_MULTIPLES = (
    "zero zeros zeroes nil twice thrice double doubled doubles doubling triple tripled triples tripling treble trebled "
    "quadruple quadrupled quadrupling quintuple quintupled half halve halves halved halving"
)
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties"


def _plural(words: str) -> list[str]:
    return [form for word in words.split() for form in (word, f"{word}s")]


_PRONOUNS = {"ones"}
_COUNTING = {*_plural(_UNITS), *_TEENS.split(), *_TENS.split(), *_plural(_LARGE), *_plural(_ORDINALS)}
_WORDS = sorted(_COUNTING - _PRONOUNS | {*_MULTIPLES.split(), *_DECADES.split()}, key=len, reverse=True)
_NUMBER_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})(?:fold)?(?!\w)", re.IGNORECASE)


@cache
def _lists() -> tuple[re.Pattern[str], re.Pattern[str]]:
    held = tomllib.loads(files("reporter.data").joinpath("names.toml").read_text("utf-8"))
    names, phrases = (sorted(held[key], key=len, reverse=True) for key in ("names", "phrases"))
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)"),
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)", re.IGNORECASE),
    )


def names() -> re.Pattern[str]:
    """Matches the listed names that hold a numeral (“10-year Treasury”)."""
    return _lists()[0]


def has_numeral(text: str) -> bool:
    """Whether any character is numeric by Unicode's account, 三 and Ⅳ as much as 3."""
    return any(c.isnumeric() or unicodedata.category(c).startswith("N") for c in text)


def numbers_in(text: str) -> Iterator[str]:
    """Every number that may not stand in words: runs of numeric characters and number words."""
    _, phrases = _lists()
    text = phrases.sub(lambda m: " " * len(m[0]), names().sub(lambda m: " " * len(m[0]), text))
    for word in re.finditer(r"\S+", text):
        if has_numeral(word[0]):
            yield word[0]
    # Letters of another width, and marks without width between letters, spell the same word.
    spelled = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    yield from (m[0] for m in _NUMBER_WORD.finditer(spelled))
