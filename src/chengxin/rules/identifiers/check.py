"""The one question about identifiers: could this text be a number of the kind that was declared?"""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from chengxin.rules.identifiers import certificates, citizen, orgcode, uscc
from chengxin.rules.identifiers.shape import describe, tidy
from chengxin.rules.identifiers.verdict import CodeKind, Note, Outcome, Verdict

_ACCEPTED = {Note.CLEAN, Note.UNKNOWN_PAIR, Note.UPGRADED}


def check(kind: CodeKind, text: str, *, regions: Container[str] | None = None, today: date | None = None) -> Verdict:
    """Judge a text as a number of the declared kind; the kind is believed, never derived from the number.

    About 3.3 % of identity numbers also satisfy the check character of a USCC, so a number alone says nothing about
    whose it is. ``regions`` (six-digit division codes) and ``today`` (no births in the future) are checked if given.
    """
    tidied = tidy(text)
    normalised, note = _judge(kind, tidied, regions, today)
    also = _also(normalised) - {kind}
    zh, en = _shape(tidied, note)
    return Verdict(kind, _outcome(note, also), normalised, also, note, zh, en)


def normal_form(kind: CodeKind, text: str) -> str | None:
    """Return a number in its normal form, or None when it cannot be one of the declared kind: ``check`` in short."""
    normalised, note = _judge(kind, tidy(text), None, None)
    return normalised if note is Note.LEGACY or note in _ACCEPTED else None


def _judge(kind: CodeKind, text: str, regions: Container[str] | None, today: date | None) -> tuple[str, Note]:
    if not text:
        return text, Note.EMPTY
    if kind is CodeKind.USCC:
        return text, uscc.fault(text, regions=regions)
    if kind is CodeKind.CITIZEN_ID:
        return _judge_citizen(text, regions, today)
    if kind is CodeKind.ORG_CODE:
        bare = orgcode.without_hyphen(text)
        return bare, orgcode.fault(bare)
    return text, certificates.fault(kind, text)


def _judge_citizen(text: str, regions: Container[str] | None, today: date | None) -> tuple[str, Note]:
    if len(text) != 15:
        return text, citizen.fault(text, regions=regions, today=today)
    try:
        upgraded = citizen.upgrade_15(text)
    except citizen.NotACitizenId:
        return text, Note.BIRTH_DATE if text.isdecimal() else Note.CHARACTERS
    note = citizen.fault(upgraded, regions=regions, today=today)
    return upgraded, Note.UPGRADED if note is Note.CLEAN else note


def _also(text: str) -> frozenset[CodeKind]:
    # A kind counts when its own check character fits, because that is all many other systems look at.
    tests = {
        CodeKind.USCC: uscc.has_check_char,
        CodeKind.CITIZEN_ID: citizen.is_citizen_id,
        CodeKind.ORG_CODE: orgcode.is_org_code,
    }
    return frozenset(kind for kind, test in tests.items() if test(text))


def _outcome(note: Note, also: frozenset[CodeKind]) -> Outcome:
    if note is Note.LEGACY:
        return Outcome.LEGAL_BUT_CHECKSUM_FAILS
    if note not in _ACCEPTED:
        return Outcome.WRONG
    return Outcome.VALID_ALSO_PARSES if also else Outcome.VALID


def _shape(text: str, note: Note) -> tuple[str, str]:
    zh, en = describe(text)
    return (zh, en) if note is Note.CLEAN else (f"{zh}，{note.zh}", f"{en}; {note.en}")
