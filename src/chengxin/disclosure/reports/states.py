"""Whether a report still holds: compared at the very moment it is asked, so that no job can be late with it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, Authorisation, Report, ReportCheck, ReportPaper, ReportWithdrawal
from chengxin.disclosure.reports import scope as scopes
from chengxin.disclosure.reports.scope import Scope
from chengxin.disclosure.reports.shapes import Form, Validity, Verified
from chengxin.disclosure.rows import EVERYTHING, Sight, sight_of
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.rules.lawfiles import Ground

CHECK_LEAF = "report_check"


def derived(*, known: bool, withdrawn: bool, same: bool) -> Validity:
    """Return the one state of the four; a withdrawal is said before a change, for nobody may rely on it any more."""
    if not known:
        return Validity.UNKNOWN
    if withdrawn:
        return Validity.WITHDRAWN
    return Validity.VALID if same else Validity.SUPERSEDED


def verify(number: str, code: str, today: date) -> Verified:
    """Say whether a report still holds, not whose it is; a wrong code and an unknown number answer alike."""
    report = found(number, code)
    return looked_up(report, today) if report else Verified(Validity.UNKNOWN)


def found(number: str, code: str) -> Report | None:
    """Return the report with this number and code; looking takes as long for a wrong code as for a right one."""
    report = Report.objects.select_related("access", "subject__key").filter(pk=number.strip().upper()).first()
    expected = report.verify_code if report else "-" * 8
    agrees = hmac.compare_digest(expected.encode(), code.strip().upper().encode())
    return report if agrees else None


def show(number: str, code: str, *, now: datetime, today: date) -> Verified:
    """Say whether a report still holds, and of an organisation whose it is; a person is not named, even masked.

    A check of a person's report is committed to the ledger first and counted for its subject. Raises ServiceRefused.
    """
    report = found(number, code)
    if report is None:
        return Verified(Validity.UNKNOWN)
    if report.kind == "person":
        _write_down(report, now)
    return looked_up(report, today, name=_name(report))


def _write_down(report: Report, now: datetime) -> None:
    try:
        with transaction.atomic():
            entry = ledger.append(CHECK_LEAF, {"report": report.pk}, now=now)
            ReportCheck.objects.create(report=report, at=now, entry=entry)
    except Exception:
        raise ServiceRefused from None


def _name(report: Report) -> str:
    subject = registry.subject(report.subject_id)
    return registry.present_name(subject) if subject and subject.kind != "person" else ""


def looked_up(report: Report, today: date, *, name: str = "") -> Verified:
    """Return the state of a report and its days."""
    paper = ReportPaper.objects.defer("sealed").select_related("report").filter(pk=report.pk).first()
    withdrawn_at = withdrawal(report)
    same = withdrawn_at is not None or same_today(report, paper, today)
    return Verified(
        derived(known=True, withdrawn=withdrawn_at is not None, same=same),
        report.made_at,
        report.digest,
        report.pk,
        paper.form if paper else Form.FULL.value,
        paper.until if paper else None,
        paper.since if paper else None,
        tuple(paper.domains) if paper else (),
        withdrawn_at,
        name,
    )


def withdrawal(report: Report) -> datetime | None:
    """Return when a report was withdrawn, by hand or with the authorisation it was made under."""
    own = ReportWithdrawal.objects.filter(pk=report.pk).values_list("at", flat=True).first()
    if own is not None or report.access.basis_kind != Ground.AUTHORISATION:
        return own
    under = Authorisation.objects.filter(pk=report.access.basis_ref)
    return under.values_list("withdrawn_at", flat=True).first()


def same_today(report: Report, paper: ReportPaper | None, today: date) -> bool:
    """Tell whether the report would say the same about the same records if it were made today."""
    if report.subject.key.wrapped is None:
        return False
    covered = scopes.of_paper(paper, today)
    return versions_digest(report.subject_id, report.access, today, covered) == report.versions_digest


def versions_digest(subject: UUID, access: Access, today: date, scope: Scope) -> str:
    """Return a digest of the record versions this report would be made of today; expiry and new marks change it too."""
    sight = sight_of_access(access)
    seen = [row for row in hot.standing(subject, today) if sight.sees(row) and scope.covers(row)]
    versions = sorted([row.version, *sorted(mark.kind for mark in row.marks)] for row in seen)
    return hashlib.sha256(json.dumps(versions).encode()).hexdigest()


def sight_of_access(access: Access) -> Sight:
    """Return what the read behind a report could see: all for the subject, else what purpose and consent allowed."""
    if access.basis_kind == Ground.OWN:
        return Sight(EVERYTHING, None, frozenset(), consented=True)
    purpose = next(each for each in lawbook.purposes() if each.code == access.purpose)
    if access.basis_kind != Ground.AUTHORISATION:
        return sight_of(purpose, None)
    return sight_of(purpose, Authorisation.objects.get(pk=access.basis_ref).item_codes)
