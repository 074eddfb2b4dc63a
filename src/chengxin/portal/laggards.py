"""Who was told that a record is gone and has not confirmed in time, or still shows it; units and counts only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import fanout
from chengxin.disclosure.fanout import Laggard
from chengxin.monitoring.showing import Showing, showing
from chengxin.portal.frame import said, show
from chengxin.portal.open_site import open_page
from chengxin.ui import clock
from chengxin.ui.formats import moment


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
    }
    return show(request, "laggards", context)


def _row(laggard: Laggard | Showing) -> list[Any]:
    name = said(laggard.agency_zh, laggard.agency_en)
    return [name, laggard.contract_no, moment(laggard.since), str(laggard.count)]
