"""批量出具: a desk's list of organisations, one report each through the gate, step by step and resumable at any row."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from chengxin.accounts import policies as accounts
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Authorisation, ReportBatch, ReportBatchRow
from chengxin.disclosure.reports import batch_approval, issuing, kept
from chengxin.disclosure.reports.shapes import NoReport
from chengxin.disclosure.shapes import Enquiry, ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import AnswerKind, Ground, Purpose

STEP: Final = 10
"""Reports made in one request, so that a page answers within two seconds."""
CLAIM: Final = timedelta(minutes=2)
"""After this a claim without a result belongs to a process that died."""
_SEPARATOR = re.compile(r"[,，\t]")


class BatchUnfit(Refusal):
    """The list cannot be read, is empty or too long, or its purpose gives no reports about organisations."""

    code = "report_batch_unfit"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: whose report, and under which authorisation if it stands on one."""

    code: str
    name: str
    authorisation: UUID | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a batch as its page shows it."""

    number: int
    code: str
    name: str
    report: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come."""

    id: UUID
    purpose: str
    at: datetime
    rows: tuple[Row, ...]

    @property
    def made(self) -> int:
        """Return how many reports there are."""
        return sum(bool(row.report) for row in self.rows)

    @property
    def refused(self) -> int:
        """Return how many were refused."""
        return sum(bool(row.refusal) for row in self.rows)

    @property
    def waiting(self) -> int:
        """Return how many are still to be made."""
        return len(self.rows) - self.made - self.refused


def purposes(today: date) -> tuple[Purpose, ...]:
    """Return the purposes that are answered with a report about an organisation."""
    kinds = (AnswerKind.RECORDS, AnswerKind.FILE)
    return tuple(
        each
        for each in lawbook.purposes(today)
        if each.answer in kinds and each.ground is not Ground.OWN and "organisation" in each.subject_kinds
    )


def read(text: str, purpose: str, actor: User, today: date) -> tuple[Line, ...]:
    """Return the lines of a list: code, name and, where the purpose needs it, the number of the authorisation.

    Raises BatchUnfit with the number of the line that cannot be read, never with what it holds.
    """
    known = next((each for each in purposes(today) if each.code == purpose), None)
    if known is None:
        raise BatchUnfit("这一用途不出具单位的报告。", "This purpose gives no reports about organisations.")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    most = lawbook.current().integer("report.batch_most", today)
    if not 1 <= len(lines) <= most:
        raise BatchUnfit(f"一次须有 1 至 {most} 行。", f"A batch has 1 to {most} lines.", most=most)
    consents = _consents(actor) if known.ground is Ground.AUTHORISATION else None
    return tuple(_line(number, line, consents) for number, line in lines)


def _consents(actor: User) -> dict[str, UUID]:
    """Return the authorisations of the unit by the eight characters people write down, and in full."""
    numbers = Authorisation.objects.filter(grantee_id=actor.agency_id).values_list("pk", flat=True)
    return {key: pk for pk in numbers for key in (str(pk), str(pk)[:8])}


def _line(number: int, line: str, consents: dict[str, UUID] | None) -> Line:
    parts = [part.strip() for part in _SEPARATOR.split(line)]
    wanted = 2 if consents is None else 3
    if len(parts) != wanted or not all(parts) or len(parts[0]) != 18 or len(parts[1]) > 200:
        raise BatchUnfit(
            f"第 {number} 行不符合格式。每行写统一社会信用代码和名称，凭授权的再写授权编号，用逗号隔开。",
            f"Line {number} cannot be read. Each line has code and name, and an authorisation where one is needed.",
            line=number,
        )
    if consents is None:
        return Line(parts[0].upper(), parts[1], None)
    if parts[2].lower() not in consents:
        raise BatchUnfit(
            f"第 {number} 行的授权编号不是本单位的授权。请核对。",
            f"The authorisation in line {number} is none of this unit's. Check it.",
            line=number,
        )
    return Line(parts[0].upper(), parts[1], consents[parts[2].lower()])


def start(
    lines: Iterable[Line],
    purpose: str,
    actor: User,
    *,
    statute: str,
    matter_no: str,
    matter: str = "",
    reason: str,
    site: str,
    now: datetime,
    today: date,
) -> UUID:
    """Put a batch before another person of the unit, nothing made yet, and return its number.

    Raises BatchNotApproved when the reason is none.
    """
    accounts.check_may(actor, Permission.ENQUIRE)
    agency = actor.agency
    if agency is None:
        raise NoReport("须以单位经办人身份出具。", "Only an officer of a unit can make batches.")
    with transaction.atomic():
        batch = ReportBatch.objects.create(
            agency=agency,
            actor=actor,
            purpose=purpose,
            statute=statute,
            matter_no=matter_no,
            matter=matter,
            site=site,
            at=now,
        )
        ReportBatchRow.objects.bulk_create(
            ReportBatchRow(batch=batch, number=n, code=line.code, name=line.name, authorisation=line.authorisation)
            for n, line in enumerate(lines, start=1)
        )
        batch_approval.put(batch, reason, now, today)
    return batch.pk


def listed(actor: User, limit: int = 20) -> list[Progress]:
    """Return the newest batches of an officer."""
    accounts.check_may(actor, Permission.ENQUIRE)
    return [_progress(each) for each in ReportBatch.objects.filter(actor=actor).order_by("-at")[:limit]]


def progress(batch_id: UUID, actor: User) -> Progress:
    """Return how far a batch has come, to the officer who started it; raises NoReport."""
    return _progress(_own(batch_id, actor))


def to_decide(batch_id: UUID, actor: User) -> Progress:
    """Return a batch of the person's unit with its list, to another person than who started it; raises NoReport."""
    return _progress(batch_approval.of_unit(batch_id, actor).batch)


def _own(batch_id: UUID, actor: User) -> ReportBatch:
    accounts.check_may(actor, Permission.ENQUIRE)
    batch = ReportBatch.objects.filter(pk=batch_id, actor=actor).first()
    if batch is None:
        raise NoReport("没有这一批。", "There is no such batch.")
    return batch


def _progress(batch: ReportBatch) -> Progress:
    rows = ReportBatchRow.objects.filter(batch=batch).order_by("number")
    shown = (Row(row.number, row.code, row.name, row.report_id or "", row.refusal) for row in rows)
    return Progress(batch.pk, batch.purpose, batch.at, tuple(shown))


def go_on(batch_id: UUID, actor: User, *, now: datetime, today: date, most: int = STEP) -> Progress:
    """Make the next reports of a batch, at most ``most``; a row that was cut short is made again.

    Raises NoReport, and BatchNotApproved before another person approved and after its last day.
    """
    batch = _own(batch_id, actor)
    batch_approval.check_live(batch, today)
    for row in _claimed(batch, now, most):
        _make(batch, row, actor, now, today)
    return _progress(batch)


def _claimed(batch: ReportBatch, now: datetime, most: int) -> Iterator[ReportBatchRow]:
    """Yield rows to be made, each claimed by an update that only one of two desks can win."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    open_rows = ReportBatchRow.objects.filter(free, batch=batch, report=None, refusal="")
    for row in list(open_rows.order_by("number")[:most]):
        if ReportBatchRow.objects.filter(free, pk=row.pk, report=None, refusal="").update(claimed_at=now):
            yield row


def _make(batch: ReportBatch, row: ReportBatchRow, actor: User, now: datetime, today: date) -> None:
    same = ReportBatchRow.objects.filter(pk=row.pk)
    try:
        made = issuing.build(_enquiry(batch, row, actor), now=now, today=today, site=batch.site)
    except ServiceRefused:
        same.update(claimed_at=None)  # Nothing was committed; the row waits for the next try.
        raise
    except Refusal as refusal:
        same.update(refusal=refusal.code)
    else:
        same.update(report=made.number)


def _enquiry(batch: ReportBatch, row: ReportBatchRow, actor: User) -> Enquiry:
    return Enquiry(
        actor=actor,
        purpose=batch.purpose,
        subject_kind="organisation",
        code_kind=CodeKind.USCC,
        code=row.code,
        name=row.name,
        authorisation_id=row.authorisation,
        statute=batch.statute,
        matter_no=batch.matter_no,
        matter=batch.matter,
        batch_id=batch.pk,
    )


def archive(batch_id: UUID, actor: User, *, now: datetime, today: date) -> Iterator[bytes]:
    """Yield a ZIP of the sheets of a batch piece by piece; a report that no longer holds is left out.

    Each sheet is another read: it is committed before its bytes leave.
    """
    numbers = [row.report for row in progress(batch_id, actor).rows if row.report]
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as packed:
        for number in numbers:
            try:
                packed.writestr(f"{number}.pdf", kept.sheet_again(number, actor, now=now, today=today).content)
            except NoReport:
                continue
            yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """What a ZIP is written into and read from at once, so that it never lies in memory whole."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = bytearray()

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def write(self, data: object) -> int:
        """Take bytes in."""
        piece = bytes(data)  # type: ignore[call-overload]  # Any buffer, as the base class says.
        self._parts += piece
        return len(piece)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        piece = bytes(self._parts)
        self._parts.clear()
        return piece
