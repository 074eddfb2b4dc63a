"""Why a name is offered for what somebody typed, and how near the two are: plain rules, best first, no learnt weights.

The points only put candidates in order. They never say that two names are one organisation: its code does.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from chengxin.rules.names_parts import Parts, latin, parts, readings, sound
from chengxin.rules.names_readings import near
from chengxin.rules.names_traditional import simplified
from chengxin.rules.text import compact

# A candidate with fewer points is not shown; from LIKELY on it is probably the name that was meant.
SHOWN, LIKELY = 55, 80
_OTHER_PLACE, _PLACE_LEFT_OUT = 25, 4
_SHORTEST_PROPER, _SHORTEST_PART = 3, 4
# Near sounds differ by few letters in length (shuang and suan), which spares most comparisons.
_NEAR_BY = range(-6, 7)


class Reason(Enum):
    """Why a name is offered: its code, and what a reader is told."""

    CODE = ("code", "代码相同", "Same code")
    SAME = ("same_name", "名称相同", "Same name")
    SIGNS = (
        "same_but_signs",
        "只差全半角、空格、括号或大小写",
        "Only signs, blanks or capitals differ",
    )
    TRADITIONAL = ("traditional", "繁体或异体字写法", "Traditional or variant characters")
    OTHER_FORM = ("other_form", "只是组织形式不同", "Only the form of organisation differs")
    PLACE_LEFT_OUT = ("place_left_out", "地名省略或写法不同", "The place is left out or written differently")
    OTHER_PLACE = ("other_place", "地名不同，多半是另一家", "Another place, probably another organisation")
    PINYIN = ("pinyin", "拼音相同", "Same pinyin")
    PINYIN_TYPO = ("pinyin_typo", "拼音差一个字母", "One letter of the pinyin differs")
    INITIALS = ("initials", "拼音首字母相同", "Same initials of the pinyin")
    HOMOPHONE = ("homophone", "同音字", "Characters that sound the same")
    NEAR_SOUND = ("near_sound", "近音字", "Characters that sound alike")
    SHORT_NAME = ("short_name", "字号相同", "Same name proper")
    CONTAINS = ("contains", "名称中含有这些字", "The name holds these characters")
    ONE_CHARACTER = ("one_character", "差一个字", "One character differs")
    OTHER_TRADE = ("other_trade", "字号相同，行业用词不同", "Same name proper, another trade")
    SIMILAR = ("similar", "部分字相同", "Some characters are the same")
    FORMER = ("former_name", "曾用名", "A former name")

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en


class Match(NamedTuple):
    """How near a name is to what was typed, from 0 to 100, and why; the first reason is the main one."""

    points: int
    reasons: tuple[Reason, ...]


NOTHING = Match(0, ())


@dataclass(frozen=True)
class Asked:
    """What somebody typed, prepared once for many comparisons."""

    text: str

    @cached_property
    def parts(self) -> Parts:
        """Return the parts of the name."""
        return parts(self.text)

    @cached_property
    def letters(self) -> str:
        """Return the letters if nothing else was typed."""
        return latin(self.text)

    @cached_property
    def sound(self) -> str:
        """Return how the name without place and form is read."""
        return sound(self.parts.core)

    @cached_property
    def near_sound(self) -> str:
        """Return the same with sounds made one that many do not tell apart."""
        return near(self.sound)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Return the neighbouring characters of the name without its form."""
        return pairs(self.parts.stem)


def pairs(text: str) -> frozenset[str]:
    """Return every two neighbouring characters."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def compare(asked: Asked, known: Parts) -> Match:
    """Return how near a known name is to what was typed, and why; :data:`NOTHING` when it is not near at all."""
    if asked.letters:
        return max(_by_letters(asked.letters, known), _by_characters(asked, known), key=_points)
    return _by_characters(asked, known)


def written(asked: str, known: str) -> Reason:
    """Return in what two names differ whose parts are all the same: nothing, signs, kind of characters, or 省/市."""
    if asked.strip() == known:
        return Reason.SAME
    ours, theirs = _without_signs(asked), _without_signs(known)
    if ours == theirs:
        return Reason.SIGNS
    return (
        Reason.TRADITIONAL
        if sorted(map(simplified, ours)) == sorted(map(simplified, theirs))
        else Reason.PLACE_LEFT_OUT
    )


def _without_signs(text: str) -> list[str]:
    """Return the letters of a text in a fixed order, because a place in brackets may stand in front as well."""
    return sorted(char for char in compact(text).upper() if char.isalnum())


def _points(match: Match) -> int:
    return match.points


def _by_characters(asked: Asked, known: Parts) -> Match:
    ours, core = asked.parts, known.core
    if ours.core == core:
        return _same_core(ours, known)
    found = _by_core(asked, known, core)
    return _placed(found, ours, known) if found.points else _by_pairs(asked, known)


def _same_core(ours: Parts, known: Parts) -> Match:
    """Compare two names whose name proper and trade are the same: place and form remain."""
    if ours.place == known.place:
        alike = ours.form == known.form
        return Match(100, (Reason.SAME,)) if alike else Match(96, (Reason.OTHER_FORM,))
    if not ours.place or not known.place:
        return Match(92, (Reason.PLACE_LEFT_OUT,))
    if _same_place(ours.place, known.place):
        return Match(94, (Reason.PLACE_LEFT_OUT,))
    return Match(92 - _OTHER_PLACE, (Reason.OTHER_PLACE,))


def _by_core(asked: Asked, known: Parts, core: str) -> Match:
    """Compare without place and form; the place is judged afterwards."""
    ours = asked.parts
    if ours.core == known.proper:
        return Match(86, (Reason.SHORT_NAME,))
    heard = _by_sound(asked, known, core)
    if heard.points:
        return heard
    if ours.proper == known.proper:
        slip = _one_edit(ours.core, core)
        return Match(78, (Reason.ONE_CHARACTER,)) if slip else Match(64, (Reason.OTHER_TRADE,))
    if ours.stem in known.stem:
        return Match(78, (Reason.CONTAINS,))
    if _one_edit(ours.core, core):
        # A slip in a name proper of two characters makes another name of it; in a longer one it is a slip.
        long = min(len(ours.proper), len(known.proper)) >= _SHORTEST_PROPER
        return Match(72 if long else 66, (Reason.ONE_CHARACTER,))
    return NOTHING


def _by_sound(asked: Asked, known: Parts, core: str) -> Match:
    """Compare what is heard, character by character: 同音 and 近音; both need as many characters on both sides."""
    ours = asked.parts.core
    if len(ours) == len(core):
        heard = sound(core)
        if asked.sound == heard:
            return Match(88, (Reason.HOMOPHONE,))
        if len(asked.sound) - len(heard) in _NEAR_BY and asked.near_sound == near(heard):
            return Match(82, (Reason.NEAR_SOUND,))
    elif len(ours) == len(known.proper) and asked.sound == sound(known.proper):
        return Match(74, (Reason.HOMOPHONE, Reason.SHORT_NAME))
    return NOTHING


def _placed(match: Match, ours: Parts, known: Parts) -> Match:
    """Take the places into account: the same one costs nothing, a missing one little, another one much."""
    if ours.place == known.place:
        return match
    if not ours.place or not known.place:
        return Match(match.points - _PLACE_LEFT_OUT, match.reasons)
    if _same_place(ours.place, known.place):
        return match
    return Match(match.points - _OTHER_PLACE, (*match.reasons, Reason.OTHER_PLACE))


def _same_place(one: str, other: str) -> bool:
    """Tell whether two places can be one: 江苏苏州 and 苏州."""
    return one in other or other in one


def _by_pairs(asked: Asked, known: Parts) -> Match:
    """Compare the neighbouring characters: twice those in common over those of both, at most 70 points."""
    theirs = pairs(known.stem)
    common = len(asked.pairs & theirs)
    return Match(140 * common // (len(asked.pairs) + len(theirs)), (Reason.SIMILAR,)) if common else NOTHING


def _by_letters(letters: str, known: Parts) -> Match:
    """Compare typed letters with the readings of the name and with their initials."""
    return max((_by_reading(letters, known, read) for read in readings(known)), key=_points)


def _by_reading(letters: str, known: Parts, read: list[str]) -> Match:
    first, middle = len(known.place), len(known.place) + len(known.proper)
    spoken = (read, 90), (read[first:], 88), (read[first:middle], 82)
    worth = {"".join(said): points for said, points in reversed(spoken)}
    worth["".join([*read, sound(known.form)])] = 90
    if letters in worth:
        return Match(worth[letters], (Reason.PINYIN,))
    heard = near(letters)
    for reading, points in worth.items():
        if heard == near(reading):
            return Match(points - 4, (Reason.PINYIN, Reason.NEAR_SOUND))
    if any(letters == "".join(each[0] for each in said) for said, _points_of in spoken):
        return Match(70, (Reason.INITIALS,))
    if len(letters) >= _SHORTEST_PART and letters in _endings(read, middle):
        return Match(74, (Reason.PINYIN, Reason.CONTAINS))
    slipped = max((points for reading, points in worth.items() if _one_edit(heard, near(reading))), default=0)
    return Match(slipped - 12, (Reason.PINYIN_TYPO,)) if slipped else NOTHING


def _endings(read: list[str], middle: int) -> set[str]:
    """Return the readings of what ends with the name proper or with the trade, wherever it begins."""
    return {"".join(read[at:end]) for end in (middle, len(read)) for at in range(end)}


def _one_edit(one: str, other: str) -> bool:
    """Tell whether one character more, less, other or swapped with its neighbour makes one text the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        swapped = one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :] == other[at:]
        return one[at + 1 :] == other[at + 1 :] or swapped
    return one[at + 1 :] == other[at:] or one[at:] == other[at + 1 :]
