"""What people do at the quality desk: count now, file the monthly table, set duties, enter points."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts.policies import NotPermitted
from chengxin.console.quality.desk import desk, in_words, month_of, officer_of
from chengxin.intake.quality import access, counting, entries
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


@require_POST
@desk
def count(request: HttpRequest) -> HttpResponse:
    """Count every month anew at this moment."""
    if not access.sees_all(officer_of(request)):
        raise NotPermitted("只有信用中心可以重新统计。", "Only the credit centre counts anew.")
    counting.count(clock.now())
    messages.success(request, _("已按现有数据重新统计。"))
    return redirect(f"{reverse('console:quality')}?month={month_of(request):%Y-%m}")


@require_POST
@desk
def table(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """File the agency's monthly table."""
    actor, month = officer_of(request), month_of(request)
    agency = access.check_may_see(agency_id, actor)

    def act() -> None:
        entries.file_table(agency, month, actor=actor, now=clock.now(), today=clock.today())

    return _after(request, agency_id, act, _("月报表已报送，并写入存证日志。"))


@require_POST
@desk
def duties(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Set which items the agency must supply every month."""
    actor, codes = officer_of(request), request.POST.getlist("items")
    agency = access.check_may_see(agency_id, actor)

    def act() -> None:
        entries.set_duties(agency, codes, actor=actor, now=clock.now(), today=clock.today())

    return _after(request, agency_id, act, _("应报目录项已保存，自本月起计。"))


@require_POST
@desk
def points(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Enter points for what the platform cannot measure."""
    actor, month, given = officer_of(request), month_of(request), request.POST
    agency = access.check_may_see(agency_id, actor)
    figure = given.get("points", "")
    number = int(figure) if figure.isascii() and figure.isdigit() and len(figure) < 4 else -1

    def act() -> None:
        entries.give_points(
            agency, month, given.get("criterion", ""), number, given.get("reason", ""), actor=actor, now=clock.now()
        )

    return _after(request, agency_id, act, _("评分已保存，并写入存证日志。"))


def _after(request: HttpRequest, agency_id: UUID, act: Callable[[], object], done: str) -> HttpResponse:
    """Take a step and go back to the agency's page with what came of it; who may not is shown why instead."""
    try:
        act()
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, done)
    return redirect(f"{reverse('console:quality_agency', args=[agency_id])}?month={month_of(request):%Y-%m}")
