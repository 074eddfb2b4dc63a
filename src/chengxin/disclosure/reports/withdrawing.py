"""Taking a report back: whoever checks it afterwards is told not to rely on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chengxin.accounts import policies as accounts
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.disclosure.models import Report, ReportPaper, ReportWithdrawal
from chengxin.disclosure.reports.shapes import NoReport
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.rules.lawfiles import Ground

LEAF_KIND = "report_withdrawn"
REASONS: dict[str, tuple[str, str]] = {
    "not_needed": ("不再需要别人凭它核验", "Nobody is to rely on it any more"),
    "lost": ("报告遗失或者外泄", "The report was lost or leaked"),
    "mistake": ("出具有误", "It was made by mistake"),
}


def withdraw(number: str, actor: User, reason: str, *, now: datetime) -> None:
    """Withdraw a report and forget its content; withdrawing twice changes nothing. Raises NoReport.

    One's own report is withdrawn by whoever may act for its subject, any other by the officer who made it.
    """
    report = Report.objects.select_related("access").filter(pk=number).first()
    if report is None or reason not in REASONS or not _may(report, actor):
        raise NoReport("没有这份报告，或者不能由您撤回。", "There is no such report, or it is not for you to withdraw.")
    with transaction.atomic():
        if ReportWithdrawal.objects.select_for_update().filter(pk=report.pk).exists():
            return
        entry = ledger.append(LEAF_KIND, {"report": report.pk}, now=now, public={"reason": reason})
        ReportWithdrawal.objects.create(report=report, reason=reason, by=actor, at=now, entry=entry)
        ReportPaper.objects.filter(pk=report.pk, sealed__isnull=False).update(sealed=None)


def _may(report: Report, actor: User) -> bool:
    if report.access.basis_kind == Ground.OWN:
        return accounts.can_may(actor, Permission.READ_OWN_FILE) and registry.may_act_for(actor, report.subject_id)
    return report.requested_by_id == actor.pk and accounts.can_may(actor, Permission.ENQUIRE)
