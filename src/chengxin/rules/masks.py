"""Masks: what is left of a personal value when somebody may see that it is there, but not what it is.

Every mask has a fixed number of stars, so the length of what is hidden cannot be read off (only an address keeps its
beginning at full length, and a number plate shows by its eight signs that the car is a new-energy one). A value that
does not look like its class is hidden altogether. A mask of a mask is the same mask.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers import uscc
from chengxin.rules.identifiers.citizen import NotACitizenId, birth_date, upgrade_15
from chengxin.rules.identifiers.shape import tidy
from chengxin.rules.identifiers.verdict import Note

HIDDEN = "******"
_TO_ASCII = {0xFF01 + i: 0x21 + i for i in range(94)}
_ADDRESS_TAIL = 8


class UnknownFieldClass(Refusal):
    """A layout names a field class that has no mask."""

    code = "unknown-field-class"


class FieldClass(Enum):
    """How personal a field is, and so which mask it gets."""

    PUBLIC = "public"
    NAME = "name"
    ORG_CODE = "org_code"
    CITIZEN_ID = "citizen_id"
    CERTIFICATE = "certificate"
    MOBILE = "mobile"
    LANDLINE = "landline"
    ADDRESS = "address"
    EMAIL = "email"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    BIRTH_DATE = "birth_date"
    FREE_TEXT = "free_text"
    SECRET = "secret"  # noqa: S105 -- The name of a class of fields, no password.


def _tidy(value: str) -> str:
    return value.translate(_TO_ASCII).strip()


def name(value: str) -> str:
    """Keep the first character: 张三丰 → 张**."""
    bare = value.strip()
    return f"{bare[0]}**" if bare else ""


def citizen_id(value: str) -> str:
    """Keep the first and the last two characters: 3***************12.

    The common 6 + 4 form is not used: division, year of birth and a name together find most people again.
    """
    return _ends(_tidy(value), r"[0-9](?:[0-9]{14}|[0-9*]{15}[0-9][0-9Xx])", 1, 15, 2)


def org_code(value: str) -> str:
    """Show the code of an organisation, which is public, but mask an identity number that strayed into its column."""
    text = tidy(value)
    if uscc.fault(text) in (Note.CLEAN, Note.UNKNOWN_PAIR):
        return value
    return free_text(value)


def certificate(value: str) -> str:
    """Keep the first and the last character of a passport, pass or permit: E*******1."""
    return _ends(_tidy(value), r"[0-9A-Za-z*]{8,20}", 1, 7, 1)


def mobile(value: str) -> str:
    """Keep three and four digits: 139****0000; a country code is dropped."""
    return _ends(re.sub(r"^(?:\+|00)?86[- ]?(?=1)", "", _tidy(value)), r"1[0-9]{2}[0-9*]{4}[0-9]{4}", 3, 4, 4)


def landline(value: str) -> str:
    """Keep the first four and the last two signs: 0512****34."""
    return _ends(_tidy(value), r"0[0-9-]{3}[0-9*-]{3,}[0-9]{2}", 4, 4, 2)


def bank_card(value: str) -> str:
    """Keep the first and the last four digits: 6222********0000."""
    return _ends(_tidy(value).replace(" ", ""), r"[0-9]{4}[0-9*]{7,11}[0-9]{4}", 4, 8, 4)


def address(value: str) -> str:
    """Hide the last eight characters, or all of a shorter address."""
    bare = value.strip()
    return bare[:-_ADDRESS_TAIL] + "*" * _ADDRESS_TAIL if bare else ""


def email(value: str) -> str:
    """Keep the first character and the host: a***@example.cn; a one-character name is hidden whole."""
    bare = _tidy(value)
    if not re.fullmatch(r"[^@\s]+@[A-Za-z0-9.-]+", bare):
        return _all(value)
    local, _, host = bare.rpartition("@")
    return f"{local[0] if len(local) > 1 and local[0] != '*' else ''}***@{host}"


def plate(value: str) -> str:
    """Hide the third to the sixth sign of a number plate (the seventh too on new-energy plates): 苏A****5."""
    bare = _tidy(value)
    if not re.fullmatch(r"[\u4e00-\u9fff][A-Z][A-Z0-9*]{3,5}[A-Z0-9挂学警港澳]", bare) or len(bare) not in (7, 8):
        return _all(value)
    return bare[:2] + "*" * (len(bare) - 3) + bare[-1]


def birth_date_of_person(value: str) -> str:
    """Hide a birth date altogether: with sex and county a date alone finds a person."""
    return "****-**-**" if value.strip() else ""


def secret(value: str) -> str:
    """Hide everything but the fact that there is something."""
    return _all(value)


# Eighteen or fifteen digits, or a mobile number, standing free in running text.
_DIGITS = re.compile("[0-9０-９]{11}")  # Less than this is no number of a person; most texts have none and end here.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9A-Za-z])")


def free_text(value: str) -> str:
    """Mask identity and mobile numbers that stand in running text, and leave the rest as it is.

    A number counts as an identity number when its birth date exists, even with a wrong check digit: a typing error
    does not make it less personal. Numbers broken up by blanks or hyphens are not found.
    """
    if not _DIGITS.search(value):
        return value
    folded = value.translate(_TO_ASCII)
    pieces, done = [], 0
    for found in _NUMBERS.finditer(folded):
        pieces += [value[done : found.start()], _mask_number(found[0], value[found.start() : found.end()])]
        done = found.end()
    return "".join([*pieces, value[done:]])


def _mask_number(number: str, as_written: str) -> str:
    if len(number) == 11:
        return mobile(number)
    try:
        birth_date(upgrade_15(number) if len(number) == 15 else number)
    except NotACitizenId:
        return as_written
    return citizen_id(number)


def _ends(value: str, form: str, head: int, stars: int, tail: int) -> str:
    if not re.fullmatch(form, value):
        return _all(value)
    return value[:head] + "*" * stars + value[-tail:]


def _all(value: str) -> str:
    return HIDDEN if value.strip() else ""


def _public(value: str) -> str:
    return value


_MASKS: dict[FieldClass, Callable[[str], str]] = {
    FieldClass.PUBLIC: _public,
    FieldClass.NAME: name,
    FieldClass.ORG_CODE: org_code,
    FieldClass.CITIZEN_ID: citizen_id,
    FieldClass.CERTIFICATE: certificate,
    FieldClass.MOBILE: mobile,
    FieldClass.LANDLINE: landline,
    FieldClass.ADDRESS: address,
    FieldClass.EMAIL: email,
    FieldClass.BANK_CARD: bank_card,
    FieldClass.PLATE: plate,
    FieldClass.BIRTH_DATE: birth_date_of_person,
    FieldClass.FREE_TEXT: free_text,
    FieldClass.SECRET: secret,
}


def of_class(field_class: FieldClass | str) -> Callable[[str], str]:
    """Return the mask of a field class; raise UnknownFieldClass rather than show a field nobody classified."""
    try:
        return _MASKS[FieldClass(field_class)]
    except ValueError:
        raise UnknownFieldClass(
            f"字段类别“{field_class}”没有脱敏规则，请在版式表中改正。",
            f'The field class "{field_class}" has no mask. Correct it in the layout table.',
            field_class=str(field_class),
        ) from None


def by_class(field_class: FieldClass | str, value: str) -> str:
    """Mask a value as its field class demands; raises UnknownFieldClass."""
    return of_class(field_class)(value)
