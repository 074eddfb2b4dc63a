"""Watching effects: all recipients and the newest withdrawals, or everything one decision set in motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chengxin.accounts.policies import can_may
from chengxin.console.effects import pages, steps
from chengxin.disclosure import fanout
from chengxin.disclosure.fanout import Fanout
from chengxin.disclosure.screening import services as screening
from chengxin.rights import daily_figures, handling, unasked_endings
from chengxin.ui import clock

SECONDS = 5
"""How often a page that waits for receipts looks again, where script runs."""


def _check_may_watch(request: HttpRequest) -> None:
    """Answer as if there were no such page, unless the user works on cases at the centre."""
    user: Any = request.user
    if not any(can_may(user, permission) for permission in unasked_endings.WATCHERS):
        raise Http404


def _user(request: HttpRequest) -> Any:
    return request.user


def _english() -> bool:
    return (get_language() or "").startswith("en")


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show every recipient with its connection, and how far the newest withdrawals have come."""
    _check_may_watch(request)
    now, english = clock.now(), _english()
    recent = fanout.recent(now)
    context = {
        "at": now,
        "live": SECONDS if any(not each.settled for each in recent) else 0,
        "rule": pages.rule_text(fanout.rule(clock.today())),
        "withdrawal_columns": pages.withdrawal_columns(),
        "withdrawals": pages.withdrawal_rows(recent, english),
        "unasked_columns": pages.columns(_("终止时间"), _("事项")),
        "unasked": pages.unasked_rows(unasked_endings.recent(_user(request)), english),
        "silent_columns": pages.columns(_("单位"), _("最早应于"), _("逾期未反馈")),
        "silent": pages.silent_rows(screening.late_units(clock.today()), english),
        "line_columns": pages.line_columns(),
        "lines": [pages.line_row(each, english) for each in fanout.lines(now)],
    }
    return render(request, "console/effects/overview.html", context)


@never_cache
@login_required
@require_safe
def effects(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show what a decision set in motion; an officer's look at a person's case is committed first (charter C09).

    A person's record is never in the feed, so such a page awaits nothing and does not look again by itself.
    """
    _check_may_watch(request)
    now, today = clock.now(), clock.today()
    page = handling.read(case_id, request.user, now=now, today=today)  # type: ignore[arg-type]  # Signed in.
    if page is None:
        raise Http404
    spread, english = fanout.of_record(page.record.id, now), _english()
    context = {
        "page": page,
        "number": page.case.number,
        "back": reverse("console:case", args=[page.case.pk]),
        "item": page.record.item.name_en if english else page.record.item.name_zh,
        **_spreading(page.effects, spread, page.record.subject_id),
    }
    return render(request, "console/effects/case.html", context)


@never_cache
@login_required
@require_safe
def unasked(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show what an ending without an application set in motion; it says nothing about whose record it was."""
    _check_may_watch(request)
    ended = unasked_endings.of_record(record_id, _user(request))
    if ended is None:
        raise Http404
    context = {
        "number": _("免申请终止"),
        "back": "",
        "item": ended.record.item.name_en if _english() else ended.record.item.name_zh,
        **_spreading(ended.effects, fanout.of_record(record_id, clock.now()), ended.record.subject_id),
    }
    return render(request, "console/effects/case.html", context)


def _spreading(effects: Sequence[Any], spread: Fanout, subject_id: UUID) -> dict[str, Any]:
    """Return what every page of effects shows: the effects, the recipients and the outputs, at this moment."""
    now, today, english = clock.now(), clock.today(), _english()
    reports = fanout.superseded(subject_id, min((each.done_at for each in effects), default=now), today)
    around = steps.Around(spread, reports, daily_figures.newest_day(today))
    return {
        "at": now,
        "live": SECONDS if effects and not spread.settled else 0,
        "spread": spread,
        "rule": pages.rule_text(fanout.rule(today)),
        "effect_columns": pages.columns(_("效力"), _("完成时间"), _("结果"), _("存证编号"), _("现状")),
        "trouble_columns": pages.columns(_("单位"), _("原因"), _("再试时间")),
        "output_columns": pages.columns(_("输出"), _("怎样终止"), _("方式")),
        "effects": steps.rows(effects, around) if effects else [],
        "taker_columns": pages.taker_columns(),
        "takers": [pages.taker_row(each, english) for each in spread.takers],
        "troubles": pages.trouble_rows(spread.takers, english),
        "outputs": pages.output_rows(reports),
    }
