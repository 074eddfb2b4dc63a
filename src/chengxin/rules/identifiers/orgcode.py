"""组织机构代码, GB 11714: eight letters or digits and a check character."""

from __future__ import annotations

import re

from chengxin.rules.identifiers.verdict import Note

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")


def org_check_char(first8: str) -> str:
    """Return the GB 11714 check character of eight capitals or digits (A counts 10 … Z counts 35)."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def is_org_code(text: str) -> bool:
    """Tell whether nine tidied characters form an organisation code with a fitting check character."""
    return bool(_SHAPE.fullmatch(text)) and org_check_char(text[:8]) == text[8]


def without_hyphen(text: str) -> str:
    """Return the code without the hyphen that paper certificates print before the check character."""
    return text[:8] + text[9:] if re.fullmatch(r".{8}-.", text) else text


def fault(text: str) -> Note:
    """Say what keeps a tidied text from being an organisation code, or CLEAN."""
    if len(text) != 9:
        return Note.LENGTH
    if not _SHAPE.fullmatch(text):
        return Note.CHARACTERS
    return Note.CLEAN if is_org_code(text) else Note.CHECK_CHARACTER
