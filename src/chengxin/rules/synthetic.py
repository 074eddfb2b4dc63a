"""Which identity numbers belong to nobody: those of divisions that were never assigned, used by all samples."""

from __future__ import annotations

import re

from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome

REGIONS = ("320199", "329999")
_LIKE_A_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9Xx])", re.ASCII)


def holds_a_real_number(text: str) -> bool:
    """Tell whether a text holds a well-formed identity number of a division that exists."""
    return any(
        not found.startswith(REGIONS) and check(CodeKind.CITIZEN_ID, found.upper()).outcome is not Outcome.WRONG
        for found in _LIKE_A_NUMBER.findall(text)
    )
