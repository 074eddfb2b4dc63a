"""What a sealed answer says: what became of a filing, row by row, or why it was refused; never a cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from chengxin.intake import selectors
from chengxin.intake.exchange.message import Filing
from chengxin.intake.models import Submission
from chengxin.intake.selectors import RowView
from chengxin.intake.services import Rehearsal
from chengxin.rules.errors import Refusal
from chengxin.rules.strict_json import NotStrict
from chengxin.rules.validation.codes import Finding

MOST_ROWS: Final = 1000
"""How many rows an answer explains; ``rowsLeftOff`` says how many more there are something to say about."""

_HEADING_ROWS: Final = 1


def of_submission(filing: Filing, submission: Submission) -> dict[str, Any]:
    """Return the answer to a filing that was taken in, its rows in words."""
    rows = selectors.rows(submission)
    told = selectors.in_words(submission, rows[:MOST_ROWS])
    return _outcome(filing, submission, told, rows.count()) | {"submission": str(submission.id)}


def of_rehearsal(filing: Filing, rehearsal: Rehearsal) -> dict[str, Any]:
    """Return the answer to a dry run: the same, but that nothing was stored."""
    lines: list[Any] = list(rehearsal.told)
    told = selectors.in_words(rehearsal.submission, lines[:MOST_ROWS])
    return _outcome(filing, rehearsal.submission, told, len(lines)) | {"submission": None}


def of_refusal(nonce: str, refusal: Refusal) -> dict[str, Any]:
    """Return why a message of a known sender was refused; ``nonce`` is empty when it could not be read."""
    return {"nonce": nonce, "errorCode": code_of(refusal), "zh": refusal.zh, "en": refusal.en}


def code_of(refusal: Refusal) -> str:
    """Return the code of a refusal as the exchange knows it."""
    return "exchange_message" if isinstance(refusal, NotStrict) else refusal.code


def _outcome(filing: Filing, submission: Submission, told: Iterable[RowView], in_all: int) -> dict[str, Any]:
    rows = [_row(each) for each in told]
    return {
        "nonce": filing.nonce,
        "dryRun": filing.dry_run,
        "sha256": submission.sha256,
        "counts": submission.counts,
        "notes": [_finding(each) for each in selectors.notes(submission)],
        "rows": rows,
        "rowsLeftOff": in_all - len(rows),
    }


def _row(row: RowView) -> dict[str, Any]:
    """Number a row by its place in ``data``, counted from one as the refusals of a message count."""
    findings = [_finding(each) for each in row.findings]
    return {"row": row.row_no - _HEADING_ROWS, "state": row.state, "findings": findings}


def _finding(found: Finding) -> dict[str, Any]:
    remedy = {"zh": found.remedy_zh, "en": found.remedy_en}
    told = {"code": found.code, "severity": found.severity, "field": found.field}
    return told | {"zh": found.zh, "en": found.en, "remedy": remedy}
