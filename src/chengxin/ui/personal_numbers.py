"""Spotting a person's number typed where only organisations are searched, so that it is neither used nor shown."""

from __future__ import annotations

import re

from chengxin.rules.identifiers import citizen, uscc
from chengxin.rules.identifiers.verdict import Note
from chengxin.rules.text import normalise

_EIGHTEEN = re.compile(r"(?<![0-9A-Z])[0-9]{17}[0-9X](?![0-9A-Z])")
_FIFTEEN = re.compile(r"(?<![0-9A-Z])[0-9]{15}(?![0-9A-Z])")
_MOBILE = re.compile(r"(?<![0-9A-Z])1[3-9][0-9]{9}(?![0-9A-Z])")
# A number with a real birth date but a wrong last character is a mistyped identity number, not an organisation's code.
_PERSONS = (Note.CLEAN, Note.CHECK_CHARACTER)


def looks_personal(text: str) -> bool:
    """Tell whether a text holds what looks like an identity number (18 or 15 characters) or a mobile number."""
    compact = re.sub(r"[\s\-]", "", normalise(text)).upper()
    if any(_is_persons(found) for found in _EIGHTEEN.findall(compact)):
        return True
    return bool(_FIFTEEN.search(compact) or _MOBILE.search(compact))


def _is_persons(number: str) -> bool:
    note = citizen.fault(number)
    return note is Note.CLEAN or (note in _PERSONS and not uscc.has_check_char(number))
