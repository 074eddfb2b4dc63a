"""退回: an agency's own file with what is wrong written into it, to be mended and sent again.

Rows are kept only until they are records, so the copy holds the rows still to be mended and counts the others.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import xlsxwriter

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.intake import confirmed, reasons, refiled
from chengxin.intake.models import RowState, Submission, SubmissionRow
from chengxin.intake.policies import check_may_take_back
from chengxin.intake.readers.table import RESULT_HEADINGS
from chengxin.intake.reading import unseal
from chengxin.rules.errors import Refusal
from chengxin.rules.validation.codes import Finding
from chengxin.vault import services as vault

FORMATS = ("csv", "xlsx")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STATES_EN = {
    "returned": "Sent back",
    "waiting": "Waiting for a person",
    "duplicate": "Stored already",
    "valid": "Valid",
    "admitted": "Stored",
    "corrected": "Stored as a correction",
    "withdrawn": "Withdrawn",
    "mended": "Filed again",
}
# What a workbook can hold; beyond it the copy says so and the CSV has everything.
_SHEET_ROWS = 1_000_000
_CELL_CHARACTERS = 32_767
# Every comment is a drawing, and programmes become slow with more; the sentence stands in the second column anyway.
_COMMENTS = 10_000
_BEFORE = len(RESULT_HEADINGS["zh"])


class NothingReturned(Refusal):
    """No row of this submission was sent back, or the rows can no longer be read."""

    code = "nothing_returned"


@dataclass(frozen=True, slots=True)
class Marked:
    """One row as it was sent, with its result, what is wrong and how to mend it, and the findings behind that.

    ``reference`` names the row, so that a mended one is known for what it was; "" where it was not filed.
    """

    result: str
    advice: str
    reference: str
    cells: Sequence[str]
    findings: tuple[Finding, ...]


def returned_csv(submission: Submission, *, actor: User, language: str = "zh", every: bool = False) -> bytes:
    """Return the rows sent back as CSV (UTF-8 with mark): result, remedy and reference, then the cells as sent.

    With ``every`` also the other rows that are still kept. Only the agency that sent them gets them. A cell that a
    spreadsheet would run as a formula is put after an apostrophe. Raises NotPermitted, NotYourAgency, NothingReturned
    and Erased.
    """
    copy = _Copy(submission, actor, language, every)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*RESULT_HEADINGS[language], *map(harmless, submission.headings)])
    for row in copy.rows():
        writer.writerow([row.result, row.advice, row.reference, *map(harmless, row.cells)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def returned_xlsx(submission: Submission, *, actor: User, language: str = "zh", every: bool = False) -> bytes:
    """Return the same rows as a workbook: cells in error coloured, with code, sentence and remedy in a comment.

    Every cell is text, so nothing runs as a formula and no number loses digits. Raises as ``returned_csv``.
    """
    copy = _Copy(submission, actor, language, every)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        Annotated(book, submission, language).write(copy)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet programme takes for a formula."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


class _Copy:
    """The rows of a submission that are still kept, opened and put into words of one language."""

    def __init__(self, submission: Submission, actor: User, language: str, every: bool) -> None:
        check_may_take_back(submission, actor)
        kept = SubmissionRow.objects.filter(submission=submission, sealed__isnull=False)
        # A row filed again in the browser is no longer the agency's to mend; in a copy it would be filed a third time.
        kept = kept.exclude(state=RowState.MENDED)
        self._kept = kept if every else kept.filter(state=RowState.RETURNED)
        if submission.key is None or not self._kept.exists():
            raise NothingReturned("没有退回的行，无需下载。", "No row was sent back; there is nothing to download.")
        self._submission, self._language = submission, language
        self._sealer = vault.sealer_for(submission.key)
        self._layout, self._rules = lawbook.layout(submission.item.layout), reasons.all_rules()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._kept.count()

    def rows(self) -> Iterator[Marked]:
        """Yield the rows in the order of the file."""
        for row in self._kept.order_by("row_no").iterator():
            raw, _reading = unseal(self._sealer, self._submission.id, row.row_no, bytes(row.sealed or b""))
            yield self._marked(row, raw)

    def _marked(self, row: SubmissionRow, raw: Sequence[str]) -> Marked:
        found = tuple(reasons.said(each, self._layout, self._rules, row.row_no) for each in row.findings)
        result = result_of(row.state, row.row_no, self._language)
        return Marked(result, advice(found, self._language), refiled.reference(row), raw, found)

    def about(self, submission: Submission) -> list[str]:
        """Return the sentences about the copy."""
        admitted = submission.counts.get("admitted", 0)
        return [line.format(count=self.count, admitted=admitted, most=_SHEET_ROWS) for line in _ABOUT[self._language]]


def advice(found: Sequence[Finding], language: str) -> str:
    """Return what is wrong and how to mend it in one text; where there are errors, of them only."""
    told = [each for each in found if each.severity == "error"] or found
    sentences = dict.fromkeys(text for each in told for text in words(each, language))
    return ("" if language == "zh" else " ").join(sentences)


def result_of(state: str, row_no: int, language: str) -> str:
    """Return what became of a row, with its number in the file."""
    if language == "zh":
        return f"{RowState(state).label}（原第 {row_no} 行）"
    return f"{_STATES_EN.get(state, state)} (row {row_no})"


def words(found: Finding, language: str) -> tuple[str, str]:
    """Return what was found and the remedy in one language."""
    return (found.zh, found.remedy_zh) if language == "zh" else (found.en, found.remedy_en)


class Copy(Protocol):
    """Rows to be written, with their number and the sentences about them."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    def rows(self) -> Iterator[Marked]:
        """Yield the rows in the order of the file."""
        ...

    def about(self, submission: Submission) -> list[str]:
        """Return the sentences about the copy."""
        ...


class Annotated:
    """Writes a workbook row by row, so that a long file never stands in memory."""

    def __init__(self, book: Any, submission: Submission, language: str) -> None:
        self._sheet = book.add_worksheet("待改正" if language == "zh" else "To mend")
        self._about = book.add_worksheet("说明" if language == "zh" else "About")
        self._submission, self._language = submission, language
        read = confirmed.columns_of(submission, lawbook.layout(submission.item.layout))
        # Of several columns that fill one field together the first is marked.
        self._places = {code: len(read) - 1 - at for at, code in enumerate(reversed(read)) if code}
        self._plain = book.add_format({"num_format": "@"})
        self._advice = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._head = book.add_format({"num_format": "@", "bold": True, "bg_color": "#DCE6F2", "border": 1})
        # Words say it too: colour alone would tell nothing to those who cannot see it.
        self._tones = {
            "error": book.add_format({"num_format": "@", "bg_color": "#F8CBAD", "border": 1}),
            "warning": book.add_format({"num_format": "@", "bg_color": "#FFF2CC", "border": 1}),
        }
        self._comments = 0

    def write(self, copy: Copy) -> None:
        """Write the headings, every row and the sheet about the copy."""
        self._sheet.freeze_panes(1, 2)
        self._sheet.set_column(0, 0, 20)
        self._sheet.set_column(1, 1, 60)
        self._sheet.set_column(2, 2, 12)
        self._sheet.set_column(_BEFORE, _BEFORE + len(self._submission.headings), 18)
        for column, heading in enumerate([*RESULT_HEADINGS[self._language], *self._submission.headings]):
            self._string(0, column, heading, self._head)
        for number, row in enumerate(copy.rows(), 1):
            if number > _SHEET_ROWS:
                break
            self._row(number, row)
        for number, line in enumerate(copy.about(self._submission)):
            self._about.write_string(number, 0, line)

    def _row(self, number: int, row: Marked) -> None:
        self._string(number, 0, row.result, self._plain)
        self._string(number, 1, row.advice, self._advice)
        self._string(number, 2, row.reference, self._plain)
        by_place: dict[int, list[Finding]] = {}
        for found in row.findings:
            if found.field in self._places:
                by_place.setdefault(self._places[found.field], []).append(found)
        for at, cell in enumerate(row.cells):
            here = by_place.get(at, [])
            self._string(number, at + _BEFORE, cell, self._tone(here))
            self._comment(number, at + _BEFORE, here)

    def _tone(self, found: Sequence[Finding]) -> Any:
        if not found:
            return self._plain
        return self._tones["error" if any(each.severity == "error" for each in found) else "warning"]

    def _comment(self, number: int, column: int, found: Sequence[Finding]) -> None:
        if found and self._comments < _COMMENTS:
            self._comments += 1
            text = "\n".join("\n".join((each.code, *words(each, self._language), each.cited)) for each in found)
            self._sheet.write_comment(number, column, text, {"x_scale": 2, "y_scale": 1.5})

    def _string(self, number: int, column: int, text: str, style: Any) -> None:
        if len(text) > _CELL_CHARACTERS:
            self._sheet.write_comment(number, column, _TOO_LONG[self._language])
        self._sheet.write_string(number, column, text[:_CELL_CHARACTERS], style)


_TOO_LONG = {
    "zh": "原文超过 32,767 字，工作簿放不下，此处不完整；请从原文件复制。",
    "en": "The text is longer than the 32,767 characters of a cell and is not whole here; copy it from your file.",
}
_ABOUT = {
    "zh": (
        "本表是贵单位报送的原行，共 {count} 行；另有 {admitted} 行已入库，不在表内，无需重报。",
        "着色的单元格有问题，批注写明代码、原因和改法；前三列是处理结果，重报时不必删除，会自动忽略。",
        "改好后直接上传本表即可。超过 {most} 行时，其余各行请下载 CSV。",
    ),
    "en": (
        "These are {count} rows as your agency sent them; {admitted} more are stored and are not here.",
        "Coloured cells hold what is wrong; their comments give code, reason and remedy. The first three columns are "
        "results; leave them in, they are passed over.",
        "Mend the cells and upload this workbook. Beyond {most} rows, take the CSV for the rest.",
    ),
}
