"""退回: an agency's own rows, as it sent them, with the reasons beside them."""

from __future__ import annotations

import csv
import io

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.intake import reasons
from chengxin.intake.models import RowState, Submission, SubmissionRow
from chengxin.intake.policies import check_may_take_back
from chengxin.intake.reading import unseal
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LEADING = {"zh": ("原行号", "退回原因", "如何处理"), "en": ("Row", "Reason", "What to do")}


class NothingReturned(Refusal):
    """No row of this submission was sent back, or the rows can no longer be read."""

    code = "nothing_returned"


def returned_csv(submission: Submission, *, actor: User, language: str = "zh") -> bytes:
    """Return the rows sent back as CSV (UTF-8 with mark): row number, reasons, remedies, then the cells as sent.

    Only the agency that sent them gets them. A cell that a spreadsheet would run as a formula is put after an
    apostrophe. Raises NotPermitted, NotYourAgency, NothingReturned, Erased.
    """
    check_may_take_back(submission, actor)
    rows = SubmissionRow.objects.filter(submission=submission, state=RowState.RETURNED, sealed__isnull=False)
    if submission.key is None or not rows.exists():
        raise NothingReturned("没有退回的行，无需下载。", "No row was sent back; there is nothing to download.")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_LEADING[language], *map(harmless, submission.headings)])
    sealer = vault.sealer_for(submission.key)
    said = _Sayer(submission, language)
    for row in rows.order_by("row_no").iterator():
        raw, _reading = unseal(sealer, submission.id, row.row_no, bytes(row.sealed or b""))
        writer.writerow([row.row_no, *said.reasons(row), *map(harmless, raw)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet programme takes for a formula."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


class _Sayer:
    """Puts the findings of many rows into words of one language."""

    def __init__(self, submission: Submission, language: str) -> None:
        self._layout = lawbook.layout(submission.item.layout)
        self._rules = reasons.all_rules()
        self._language = language

    def reasons(self, row: SubmissionRow) -> tuple[str, str]:
        """Return why the row was sent back and what to do, warnings left out."""
        found = [reasons.said(each, self._layout, self._rules) for each in row.findings]
        errors = [each for each in found if each.severity == "error"]
        words = [(e.zh, e.remedy_zh) if self._language == "zh" else (e.en, e.remedy_en) for e in errors]
        return " ".join(why for why, _ in words), " ".join(dict.fromkeys(remedy for _, remedy in words))
