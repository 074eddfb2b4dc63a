"""The supervisor's page: how much waits and for whom, what is late and why; nobody is ranked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.console.cases.desk import DESK, in_english, refused, signed_in
from chengxin.console.cases.pages import DEADLINES, address, word
from chengxin.rights.load import AgencyLoad, Late, Load, load
from chengxin.ui import clock
from chengxin.ui.formats import day


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show the load and the delays of the regions the user answers for."""
    user = signed_in(request)
    try:
        found = load(user, clock.today())
    except NotPermitted as refusal:
        return refused(request, refusal)
    # An auditor sees the figures but has no case to open.
    opens = any(can_may(user, permission) for permission in DESK)
    return render(request, "console/cases/load.html", _context(found, in_english(), opens))


def _context(found: Load, english: bool, opens: bool) -> dict[str, Any]:
    return {
        "found": found,
        "stats": [
            {"label": _("办理中"), "value": found.open, "unit": _("件")},
            {"label": _("已逾期"), "value": found.overdue, "unit": _("件")},
            {"label": _("计时暂停"), "value": found.paused, "unit": _("件")},
            {"label": _("办理天数中位数"), "value": f"{found.median_age:g}", "unit": _("天")},
        ],
        "kinds": [{"label": word(name, english), "value": count} for name, count in found.by_kind],
        "roles": [{"label": word(name, english), "value": count} for name, count in found.by_role],
        "agency_columns": _columns(_("信源单位"), _("办理中"), _("已逾期"), _("办理天数中位数")),
        "agencies": [_agency(each, english) for each in found.by_agency],
        "person_columns": _columns(_("经办人"), _("最近一步由其办理的在办件")),
        "people": [[each.name, each.open] for each in found.by_person],
        "late_columns": _columns(_("到期日"), _("编号"), _("期限"), _("逾期天数"), _("等待"), _("逾期原因")),
        "late": [_late(each, english, opens) for each in found.late],
    }


def _columns(*texts: str) -> list[dict[str, str]]:
    return [{"text": text} for text in texts]


def _agency(each: AgencyLoad, english: bool) -> list[Any]:
    return [each.en if english else each.zh, each.open, each.overdue, f"{each.median_age:g}"]


def _late(each: Late, english: bool, opens: bool) -> list[Any]:
    case = each.deadline.case
    number: Any = {"text": case.number, "href": address(case)} if opens else case.number
    return [
        day(each.deadline.due_on),
        number,
        word(DEADLINES.get(each.deadline.key, (each.deadline.key, each.deadline.key)), english),
        each.days,
        word(each.waits_for, english),
        word(each.reason, english) if each.reason else {"tone": "refused", "text": _("未说明")},
    ]
