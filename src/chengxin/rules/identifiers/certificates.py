"""Certificates without a public check digit: only their form can be judged."""

from __future__ import annotations

import re

from chengxin.rules.identifiers.verdict import CodeKind, Note

_FORMS = {
    CodeKind.PASSPORT: re.compile(r"(?=.*[0-9])[0-9A-Z]{5,17}"),
    # One letter and eight digits; older booklets add two digits for the number of renewals.
    CodeKind.HK_MACAO_PASS: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    CodeKind.TAIWAN_PASS: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    # Three letters of nationality and twelve digits; cards since 2023 carry eighteen digits beginning with 9.
    CodeKind.FOREIGN_RESIDENT: re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]"),
    CodeKind.REGISTRATION_NO: re.compile(r"(?=.*[0-9])[0-9A-Z\u4e00-\u9fff()\-]{6,50}"),
    CodeKind.TAX_NO: re.compile(r"[0-9A-Z]{15}(?:[0-9A-Z]{2,5})?"),
    CodeKind.INSTITUTION_NO: re.compile(r"[0-9]{12}"),
    CodeKind.SOCIAL_NO: re.compile(r"(?=.*[0-9])[0-9A-Z\u4e00-\u9fff()\-]{4,50}"),
}


def fault(kind: CodeKind, text: str) -> Note:
    """Say FORMAT when a tidied text cannot be a certificate of this kind, else CLEAN."""
    return Note.CLEAN if _FORMS[kind].fullmatch(text) else Note.FORMAT
