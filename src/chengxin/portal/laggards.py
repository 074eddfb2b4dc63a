"""Who has not confirmed in time that a record is gone or deleted, still shows it, or owes feedback: counts only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import fanout, retention
from chengxin.disclosure.fanout import Laggard
from chengxin.disclosure.screening import services as screening
from chengxin.monitoring.showing import Showing, showing
from chengxin.portal.frame import said, show
from chengxin.portal.open_site import open_page
from chengxin.ui import clock
from chengxin.ui.formats import day, moment


@require_safe
@open_page(records=False)
def laggards(request: HttpRequest) -> HttpResponse:
    """Name the units past their time, the longest overdue first, and the rule by which they are."""
    now, rule = clock.now(), fanout.rule(clock.today())
    context = {
        "at": now,
        "days": rule.value,
        "basis": str(rule.basis),
        "verified": rule.verified,
        "columns": [{"text": _("单位")}, {"text": _("共享合同编号")}, {"text": _("自何时逾期")}, {"text": _("条数")}],
        "rows": [_row(each) for each in fanout.laggards(now)],
        "shown_columns": [
            {"text": _("单位")},
            {"text": _("共享合同编号")},
            {"text": _("最早何时发现")},
            {"text": _("条数")},
        ],
        "shown_rows": [_row(each) for each in showing()],
        **_kept_and_silent(),
    }
    return show(request, "laggards", context)


def _kept_and_silent() -> dict[str, Any]:
    """Return who has not confirmed a deletion in time, as counted today, and who has not answered hits in time."""
    today = clock.today()
    rule = retention.rule(today)
    return {
        "kept_days": rule.value,
        "kept_basis": str(rule.basis),
        "kept_verified": rule.verified,
        "kept_columns": [
            {"text": _("单位")},
            {"text": _("共享合同编号")},
            {"text": _("最早应删日")},
            {"text": _("条数")},
        ],
        "kept_rows": [[*_row(each)[:2], day(localdate(each.since)), str(each.count)] for each in retention.late(today)],
        "silent_columns": [{"text": _("单位")}, {"text": _("最早应于")}, {"text": _("条数")}],
        "silent_rows": [
            [said(each.agency_zh, each.agency_en), day(each.since), str(each.count)]
            for each in screening.late_units(today)
        ],
    }


def _row(laggard: Laggard | Showing) -> list[Any]:
    name = said(laggard.agency_zh, laggard.agency_en)
    return [name, laggard.contract_no, moment(laggard.since), str(laggard.count)]
