"""统一社会信用代码, GB 32100-2015: department, type, division (6), inner code (9, GB 11714), check character."""

from __future__ import annotations

import re
from collections.abc import Container

from chengxin.rules.identifiers.citizen import is_citizen_id
from chengxin.rules.identifiers.orgcode import is_org_code
from chengxin.rules.identifiers.verdict import Note

# The standard leaves out I O S V Z, which are too easily read as 1 0 5 U 2.
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Registration authorities give codes beginning with 92 to individual businesses and to nobody else.
INDIVIDUAL_PREFIX = "92"
_VALUE = {char: value for value, char in enumerate(CHARACTERS)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_SHAPE = re.compile(f"[{CHARACTERS}]{{2}}[0-9]{{6}}[{CHARACTERS}]{{10}}")

# Department → the types of organisation it registers.
_TYPES = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
KNOWN_PAIRS = frozenset(department + kind for department, kinds in _TYPES.items() for kind in kinds)


def uscc_check_char(first17: str) -> str:
    """Return the GB 32100 check character of the first seventeen characters."""
    total = sum(_VALUE[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def has_check_char(text: str) -> bool:
    """Tell whether a tidied text has the form of a code and its own (mod 31) check character fits."""
    return bool(_SHAPE.fullmatch(text)) and uscc_check_char(text[:17]) == text[17]


def inner_code(uscc: str) -> str:
    """Return the organisation code (characters 9 to 17) inside a code."""
    return uscc[8:17]


def fault(text: str, *, regions: Container[str] | None = None) -> Note:
    """Say what keeps a tidied text from being a code; CLEAN and UNKNOWN_PAIR are fine, LEGACY passes with a flag."""
    if len(text) != 18:
        return Note.LENGTH
    if not _SHAPE.fullmatch(text):
        return Note.CHARACTERS
    if regions is not None and text[2:8] not in regions:
        return Note.REGION
    return _checks(text)


def _checks(text: str) -> Note:
    inner, own = is_org_code(inner_code(text)), has_check_char(text)
    known = text[:2] in KNOWN_PAIRS
    if inner and own:
        return Note.CLEAN if known else Note.UNKNOWN_PAIR
    if own:
        return Note.INNER_CODE
    return _without_check_char(text, inner, known)


def _without_check_char(text: str, inner: bool, known: bool) -> Note:
    # Codes issued in Xiamen before the standard settled fail mod 31 and are still in force, so a fitting inner code is
    # enough. The indulgence stops where the text is a complete identity number: one in eleven would slip through.
    if is_citizen_id(text):
        return Note.PERSONAL
    if inner:
        return Note.LEGACY if known else Note.CHECK_CHARACTER
    return Note.BOTH_CHECKS
