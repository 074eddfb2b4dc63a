"""Reports that were made: the list of them, and the same file once more while it holds and its content is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from chengxin.accounts import policies as accounts
from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.disclosure import accesses
from chengxin.disclosure.models import Access, Authorisation, Outcome, Report, ReportCheck, ReportPaper
from chengxin.disclosure.reports import sheets, states
from chengxin.disclosure.reports.sealing import open_body
from chengxin.disclosure.reports.shapes import Form, NoReport, Validity
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.registry import selectors as registry
from chengxin.rules.lawfiles import Ground

LISTED = 20


@dataclass(frozen=True, slots=True)
class Issued:
    """One report in the list of its subject: its state, until when the file can be had again, and how often checked."""

    number: str
    verify_code: str
    form: Form
    made_at: datetime
    validity: Validity
    keep_until: date | None
    checks: int


class Sheet(NamedTuple):
    """A file to keep."""

    number: str
    content: bytes


def of_subject(subject_id: UUID, actor: User, today: date) -> list[Issued]:
    """Return the newest reports made for a subject itself, to whoever may act for it."""
    accounts.check_may(actor, Permission.READ_OWN_FILE)
    if not registry.may_act_for(actor, subject_id):
        return []
    own = Report.objects.filter(subject_id=subject_id, access__basis_kind=Ground.OWN.value)
    reports = list(own.select_related("access", "subject__key").order_by("-made_at")[:LISTED])
    papers = ReportPaper.objects.filter(pk__in=[each.pk for each in reports]).select_related("report")
    known = {each.pk: each for each in papers}
    seen = Counter(ReportCheck.objects.filter(report__in=reports).values_list("report_id", flat=True))
    return [_issued(each, known.get(each.pk), seen[each.pk], today) for each in reports]


def _issued(report: Report, paper: ReportPaper | None, checks: int, today: date) -> Issued:
    state = states.looked_up(report, today)
    kept = paper is not None and paper.sealed is not None and state.validity is Validity.VALID
    until = paper.keep_until if paper is not None and kept and paper.keep_until >= today else None
    form = Form(paper.form) if paper else Form.FULL
    return Issued(report.pk, report.verify_code, form, report.made_at, state.validity, until, checks)


def sheet_again(number: str, actor: User, *, now: datetime, today: date) -> Sheet:
    """Return the same sheet once more, byte for byte; the read is committed first. Raises NoReport, ServiceRefused."""
    report, body = _again(number, actor, now, today)
    return Sheet(report.pk, sheets.sheet(report.pk, report.digest, body, now=now))


def data_again(number: str, actor: User, *, now: datetime, today: date) -> dict[str, object]:
    """Return the same JSON once more, as ``sheet_again`` does the sheet."""
    report, body = _again(number, actor, now, today)
    return sheets.evidence_file(report.pk, report.digest, body, now=now)


def _again(number: str, actor: User, now: datetime, today: date) -> tuple[Report, bytes]:
    report = Report.objects.select_related("access", "subject__key").filter(pk=number).first()
    if report is None or not _may_have(report, actor, today):
        raise _gone()
    paper = ReportPaper.objects.select_related("report").get(pk=report.pk)
    if states.looked_up(report, today).validity is not Validity.VALID or paper.keep_until < today:
        ReportPaper.objects.filter(pk=report.pk, sealed__isnull=False).update(sealed=None)
        raise _gone()
    body = open_body(report, paper)
    if body is None:
        raise _gone()
    _write_down(report, actor, json.loads(body), now)
    return report, body


def _gone() -> NoReport:
    return NoReport(
        "没有这份报告，或者它已撤回、已过时、已过留存期。请重新出具一份，免费。",
        "There is no such report, or it was withdrawn, is out of date or no longer kept. Make a new one, it is free.",
    )


def _may_have(report: Report, actor: User, today: date) -> bool:
    """Tell whether the reader still stands where the report was made: own file, or the officer under its basis."""
    if report.access.basis_kind == Ground.OWN:
        return accounts.can_may(actor, Permission.READ_OWN_FILE) and registry.may_act_for(actor, report.subject_id)
    if report.requested_by_id != actor.pk or not accounts.can_may(actor, Permission.ENQUIRE):
        return False
    return report.access.basis_kind != Ground.AUTHORISATION or _still_allowed(report.access, today)


def _still_allowed(access: Access, today: date) -> bool:
    """Tell whether an authorisation still runs; having been used, even if once only, it covers the report it gave."""
    given = Authorisation.objects.filter(pk=access.basis_ref, withdrawn_at=None).first()
    return given is not None and given.until is not None and today <= given.until


def _write_down(report: Report, actor: User, body: dict[str, Any], now: datetime) -> None:
    made, roles = report.access, people.roles_of(actor)
    rows = [row for section in body["sections"] for row in section["rows"]]
    fields = {field["code"]: field["masked"] for row in rows for field in row["fields"] if field["code"]}
    read = accesses.Read(
        actor=actor,
        role=min(roles).value if roles else "",
        purpose=made.purpose,
        outcome=Outcome.ANSWERED,
        basis_kind=made.basis_kind,
        basis_ref=made.basis_ref,
        matter_no=made.matter_no,
        subject=report.subject_id,
        key=report.subject.key,
        records=tuple(UUID(row["record"]) for row in rows),
        items=tuple(sorted({row["item"] for row in rows})),
        fields=tuple(sorted(fields)),
        shown=tuple(sorted(code for code, masked in fields.items() if not masked)),
    )
    _committed(lambda: accesses.write(read, now))


def _committed(work: Callable[[], object]) -> None:
    try:
        with transaction.atomic(durable=True):
            work()
    except Exception:
        raise ServiceRefused from None


def forgettable(today: date) -> bool:
    """Tell whether content is kept longer than its days."""
    return ReportPaper.objects.filter(_over(today)).exists()


def forget(today: date) -> int:
    """Blank the content of reports whose days of keeping are over, and return how many."""
    return ReportPaper.objects.filter(_over(today)).update(sealed=None)


def _over(today: date) -> Q:
    return Q(keep_until__lt=today, sealed__isnull=False)
