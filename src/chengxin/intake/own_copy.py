"""标注原件: the clerk's own file, whole, with comments in its cells. It is handed in again, because we keep no file.

A workbook comes back as that very workbook: formats, formulas, drawings and other sheets stay. Anything else, and a
workbook that holds no place for notes, comes back as a workbook of all its rows as text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import IO

import xlsxwriter
from django.utils import timezone

from chengxin.accounts.models import Agency, User
from chengxin.catalogue import lawbook
from chengxin.intake import cell_notes, confirmed, reasons, returns, services
from chengxin.intake.cell_notes import Unsuited
from chengxin.intake.checking import knows
from chengxin.intake.models import Submission, SubmissionRow
from chengxin.intake.policies import check_may_take_back
from chengxin.intake.readers.read import read_table
from chengxin.intake.readers.spool import Upload, spooled
from chengxin.intake.readers.table import ROW, Table, is_result
from chengxin.intake.readers.workbook import heading_of
from chengxin.intake.reasons import Stored
from chengxin.intake.returns import Marked
from chengxin.rules.errors import Refusal
from chengxin.rules.validation.codes import Finding

# Every note is a drawing, and programmes become slow with more; the first rows are noted, the others after mending.
_NOTES = 10_000
Told = Mapping[int, tuple[str, Sequence[Stored]]]


class NotTheSameFile(Refusal):
    """The file handed in is not the one that was filed."""

    code = "not_the_same_file"


def of_submission(submission: Submission, stream: IO[bytes], *, actor: User, language: str = "zh") -> bytes:
    """Return a filed file, handed in again, with what became of every row in it; nothing of it is stored.

    Raises NotPermitted, NotYourAgency, NotTheSameFile and FileRefused.
    """
    check_may_take_back(submission, actor)
    with spooled(stream) as upload:
        if upload.sha256 != submission.sha256:
            raise NotTheSameFile(
                "这不是当时报送的文件（内容有不同）。请选择原来的文件，不要另存或改动；没有保存任何内容。",
                "This is not the file that was filed; its content differs. Choose that very file, not saved anew. "
                "Nothing was stored.",
            )
        rows = SubmissionRow.objects.filter(submission=submission).exclude(findings=[])
        told = {no: (state, found) for no, state, found in rows.values_list("row_no", "state", "findings").iterator()}
        table = read_table(upload, knows(submission.item, timezone.localdate(submission.submitted_at)))
        return _annotated(submission, upload, table, told, language)


def of_trial(
    agency: Agency,
    item_code: str,
    filename: str,
    stream: IO[bytes],
    *,
    actor: User,
    now: datetime,
    today: date,
    language: str = "zh",
) -> bytes:
    """Return a file with what would become of every row in it, as ``services.rehearse`` finds; raises as that does."""
    with spooled(stream) as upload:
        rehearsal = services.rehearse(agency, item_code, filename, upload.file, actor=actor, now=now, today=today)
        told = {line.row_no: (line.state, line.findings) for line in rehearsal.told}
        table = read_table(upload, knows(rehearsal.submission.item, today))
        return _annotated(rehearsal.submission, upload, table, told, language)


def _annotated(submission: Submission, upload: Upload, table: Table, told: Told, language: str) -> bytes:
    words = _Words(submission, table, told, language)
    if table.kind == "xlsx":
        with suppress(Unsuited):
            return _in_place(upload.file, words)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        returns.Annotated(book, submission, language).write(words)
    return out.getvalue()


class _Words:
    """The rows of a table with what is said about them, in one language; written by ``returns.Annotated``."""

    def __init__(self, submission: Submission, table: Table, told: Told, language: str) -> None:
        self.table, self.language = table, language
        self._told = told
        self._layout, self._rules = lawbook.layout(submission.item.layout), reasons.all_rules()
        codes = confirmed.columns_of(submission, self._layout)
        # Of several columns that fill one field together the first is marked.
        self.places = {code: len(codes) - 1 - at for at, code in enumerate(reversed(codes)) if code}

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.table.received

    def rows(self) -> Iterator[Marked]:
        """Yield every row in the order of the file."""
        frame = self.table.frame
        even = zip(frame[ROW].to_list(), frame.drop(ROW).iter_rows(), strict=True)
        uneven = ((each.row, each.cells) for each in self.table.uneven)
        for row_no, cells in sorted([*even, *uneven]) if self.table.uneven else even:
            state, found = self._told.get(row_no, ("", ()))
            findings = tuple(self.said(row_no, found))
            result = returns.result_of(state, row_no, self.language) if state else ""
            yield Marked(result, returns.advice(findings, self.language), "", [cell or "" for cell in cells], findings)

    def spoken_of(self) -> Iterator[tuple[int, str, list[Finding]]]:
        """Yield row number, state and findings of the rows about which there is something to say."""
        for row_no, (state, found) in self._told.items():
            yield row_no, state, list(self.said(row_no, found))

    def said(self, row_no: int, found: Iterable[Stored]) -> Iterator[Finding]:
        """Put what was found in a row into words."""
        return (reasons.said(each, self._layout, self._rules, row_no) for each in found)

    def about(self, _submission: Submission) -> list[str]:
        """Return the sentences about the copy."""
        return [line.format(count=self.count) for line in _ABOUT[self.language]]


def _in_place(file: IO[bytes], words: _Words) -> bytes:
    """Write notes into the workbook itself, beside those that its cells have already; raises Unsuited."""
    sheet, first, headings = heading_of(file, words.table.place)
    columns = [first + at for at, heading in enumerate(headings) if not is_result(heading)]
    notes = {}
    for row_no, state, findings in islice(words.spoken_of(), _NOTES):
        result = returns.result_of(state, row_no, words.language)
        for at, here in _by_column(findings, words.places, len(columns)).items():
            notes[row_no - 1, columns[at]] = "\n".join([result, *_lines(here, words.language)])
    file.seek(0)
    return cell_notes.write(file, sheet, notes)


def _by_column(findings: Iterable[Finding], places: Mapping[str, int], width: int) -> dict[int, list[Finding]]:
    """Gather findings under the place of their column; what concerns no column of the file stands in the first."""
    found: dict[int, list[Finding]] = {}
    for each in findings:
        at = places.get(each.field, 0)
        found.setdefault(at if at < width else 0, []).append(each)
    return found


def _lines(findings: Iterable[Finding], language: str) -> Iterator[str]:
    for each in findings:
        yield "\n".join((each.code, *returns.words(each, language)))


_ABOUT = {
    "zh": (
        "本表是贵单位文件的全部 {count} 行，按文字写出；前三列是处理结果，重报时不必删除，会自动忽略。",
        "着色的单元格有问题，批注写明代码、原因和改法。没有提示的行不必改动。",
    ),
    "en": (
        "These are all {count} rows of your file, written as text. The first three columns are results; leave them in, "
        "they are passed over.",
        "Coloured cells hold what is wrong; their comments give code, reason and remedy. Leave the other rows as they "
        "are.",
    ),
}
