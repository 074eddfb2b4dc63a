"""The parts of an organisation's name: place, name proper (字号), trade, form; and the words by which it is found.

苏州市海林贸易有限公司 is 苏州 | 海林 | 贸易 | 有限公司. The cut serves searching alone and never tells who somebody is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from chengxin.rules.names import organisation_key
from chengxin.rules.names_readings import surname_reading, syllables
from chengxin.rules.names_traditional import simplified
from chengxin.rules.names_words import CITIES, FORMS, PROVINCES, TRADES

SHORTEST, LONGEST = 2, 60
_HAN = "\u3400-\u9fff"
_SIGNS = re.compile(f"[^0-9A-Z{_HAN}]+")
_BRACKETED = re.compile("（([^（）]*)）")
_LATIN = re.compile("[A-Z][A-Z0-9]*")


_FORMS, _TRADES = frozenset(FORMS), frozenset(TRADES)
_LONGEST_FORM, _LONGEST_TRADE = max(map(len, FORMS)), max(map(len, TRADES))


def _either(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


# A place is a province or a city that has one of the known names, or calls itself one (…市, …县). 超市 is no city.
_PLACE = re.compile(
    f"(?P<province>(?:{_either(PROVINCES)})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?)?"
    f"(?P<city>(?:{_either(CITIES)})市?|[{_HAN}]{{2,3}}(?<![超门夜菜城都股集])市)?(?P<county>[{_HAN}]{{2}}县)?"
)
_TITLES = re.compile("省|市|县|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区")
_ONLY_PLACE = re.compile(f"(?:{_either(PROVINCES + CITIES)})(?:省|市)?|[{_HAN}]{{2,3}}[市县]")


class Parts(NamedTuple):
    """A name in plain characters, cut into its parts; any but the name proper may be empty."""

    place: str
    proper: str
    trade: str
    form: str

    @property
    def whole(self) -> str:
        """Everything."""
        return self.place + self.proper + self.trade + self.form

    @property
    def stem(self) -> str:
        """Everything but the form."""
        return self.place + self.proper + self.trade

    @property
    def core(self) -> str:
        """The name proper and the trade: what is left without place and form."""
        return self.proper + self.trade


def parts(text: str) -> Parts:
    """Cut a name into its parts. Width, blanks, signs and traditional characters no longer matter in them.

    A place in brackets counts as a place in front; what is left after every cut has at least two characters.
    """
    key = simplified(organisation_key(text))
    inside = [found for found in _BRACKETED.findall(key) if _ONLY_PLACE.fullmatch(found)]
    for place in inside:
        key = key.replace(f"（{place}）", "", 1)
    bare = _SIGNS.sub("", key)[:LONGEST]
    end = len(bare) - _ending(bare, _FORMS, _LONGEST_FORM)
    start = _place(bare[:end])
    cut = end
    while length := _ending(bare[start:cut], _TRADES, _LONGEST_TRADE):
        cut -= length
    place = _TITLES.sub("", bare[:start] + "".join(inside))
    return Parts(place, bare[start:cut], bare[cut:end], bare[end:])


def latin(text: str) -> str:
    """Return the letters of a text that holds nothing but letters (pinyin or initials), else nothing."""
    bare = _SIGNS.sub("", organisation_key(text))[:LONGEST]
    return bare.lower() if _LATIN.fullmatch(bare) else ""


def readings(name: Parts) -> list[list[str]]:
    """Return the syllables of a name without its form; twice if its name proper may begin with a surname read so."""
    read = syllables(name.stem)
    surname = surname_reading(name.proper)
    at = len(name.place)
    return [read, [*read[:at], surname, *read[at + 1 :]]] if surname else [read]


@lru_cache(maxsize=4096)
def sound(text: str) -> str:
    """Return the letters of a text read aloud, written together."""
    return "".join(syllables(text))


def initials(text: str) -> str:
    """Return the first letter of each character's reading."""
    return "".join(each[0] for each in syllables(text))


def _ending(text: str, words: frozenset[str], longest: int) -> int:
    """Return the length of the longest of the words that the text ends in, leaving at least two characters."""
    reach = min(longest, len(text) - SHORTEST)
    return next((length for length in range(reach, 0, -1) if text[-length:] in words), 0)


def _place(text: str) -> int:
    found = _PLACE.match(text)
    length = len(found[0]) if found else 0
    return length if len(text) - length >= SHORTEST else 0
