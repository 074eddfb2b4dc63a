"""居民身份证号, GB 11643-1999: six of division, eight of birth date, three of sequence, one check character."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date

from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.shape import tidy
from chengxin.rules.identifiers.verdict import Note

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_SHAPE_18 = re.compile(r"[0-9]{17}[0-9X]")
_SHAPE_15 = re.compile(r"[0-9]{15}")
_FIRST_YEAR = 1800


class NotACitizenId(Refusal):
    """A text given as an identity number is not one."""

    code = "not-a-citizen-id"


def citizen_check_char(first17: str) -> str:
    """Return the GB 11643 check character of seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def is_citizen_id(text: str) -> bool:
    """Tell whether a tidied text is an 18-digit identity number with an existing birth date and fitting check."""
    return fault(text) is Note.CLEAN


def fault(text: str, *, regions: Container[str] | None = None, today: date | None = None) -> Note:
    """Say what keeps a tidied 18-character text from being an identity number, or CLEAN.

    ``regions`` holds the six-digit division codes to be believed, historic ones included; without it none is checked.
    """
    if len(text) != 18:
        return Note.LENGTH
    if not _SHAPE_18.fullmatch(text):
        return Note.CHARACTERS
    born = _birth(text)
    if born is None:
        return Note.BIRTH_DATE
    if citizen_check_char(text[:17]) != text[17]:
        return Note.CHECK_CHARACTER
    if today is not None and born > today:
        return Note.FUTURE_BIRTH
    return Note.CLEAN if regions is None or text[:6] in regions else Note.REGION


def _birth(id18: str) -> date | None:
    try:
        born = date(int(id18[6:10]), int(id18[10:12]), int(id18[12:14]))
    except ValueError:
        return None
    return born if born.year >= _FIRST_YEAR else None


def upgrade_15(id15: str) -> str:
    """Return the 18-digit form of an old 15-digit number: "19" before the birth year and a check character.

    Raises NotACitizenId when the text is not fifteen digits or its birth date does not exist.
    """
    old = tidy(id15)
    if _SHAPE_15.fullmatch(old):
        first17 = f"{old[:6]}19{old[6:]}"
        if _birth(first17) is not None:
            return first17 + citizen_check_char(first17)
    raise NotACitizenId(
        "不是有效的 15 位身份证号，请核对位数和出生日期。",
        "This is not a valid 15-digit identity number. Check the number of digits and the birth date.",
        length=len(old),
    )


def birth_date(id18: str) -> date:
    """Return the birth date an 18-digit identity number states; raise NotACitizenId when there is none."""
    text = tidy(id18)
    born = _birth(text) if _SHAPE_18.fullmatch(text) else None
    if born is None:
        raise NotACitizenId(
            "不是 18 位身份证号，或其中的出生日期不存在，请核对。",
            "This is not an 18-digit identity number, or its birth date does not exist. Check it.",
            length=len(text),
        )
    return born


def is_adult(id18: str, today: date) -> bool:
    """Tell whether the holder has completed eighteen years before ``today``.

    Civil Code Articles 201 to 203: the day of birth does not count and a year ends with its last day, so eighteen
    years are complete when the eighteenth birthday is over. For 29 February the last day is 28 February.
    """
    return today > _anniversary(birth_date(id18), 18)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
