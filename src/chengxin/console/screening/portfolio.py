"""The register of watched subjects at the desk: what is watched, what changed, adding, removing, sending again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.screening import pages, views
from chengxin.console.screening.forms import HookForm, ReplayForm, ScreeningForm
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Screening
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.screening import Matter
from chengxin.ui import clock

EVENTS = 50
HOME = "/console/screening/portfolio/"


@login_required
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what the unit watches, what changed, and how the pushing stands."""
    try:
        check_may(views.actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return views.refused(request, refusal)
    agency, today, english = views.actor_of(request).agency, clock.today(), views.english()
    start = views.number_of(request, "start")
    watched = services.watched(agency, today, start=start, limit=views.PAGE) if agency else []
    found = services.history(agency, limit=EVENTS) if agency else []
    total = services.count(agency, today) if agency else 0
    stands = services.delivery(agency) if agency else None
    context = {
        "matters": [pages.card(each, english, "portfolio/add") for each in lawbook.matters(today)],
        "columns": [{"text": text} for text in (_("主体"), _("事项"), _("最近告知"), _("监测至"))],
        "rows": [pages.watched_row(each, english) for each in watched],
        "total": total,
        "pending": services.pending_count(agency, today) if agency else 0,
        **views.turning(start, total),
        "event_columns": [{"text": text} for text in (_("序号"), _("主体"), _("变化"), _("时间"))],
        "events": [pages.event_row(each, localtime(each.at)) for each in found],
        "delivery": pages.delivery(stands),
        "replay": ReplayForm(),
        "hook": HookForm(initial={"url": stands.url if stands else ""}),
    }
    return render(request, "console/screening/portfolio.html", context)


@login_required
@never_cache
@views.personal
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Take subjects into the register, by lines or by file; taking in is a screening, and answers like one."""
    return _changed(request, code, "console/screening/portfolio_add.html", _added)


@login_required
@never_cache
@views.personal
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take subjects off the register, by lines or by file; nothing is told of anybody."""
    return _changed(request, code, "console/screening/portfolio_remove.html", _removed)


@login_required
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Push the unit's events to an address from now on, or nowhere."""
    try:
        check_may(views.actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return views.refused(request, refusal)
    agency, form = views.actor_of(request).agency, HookForm(request.POST)
    if agency is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("地址太长。"))
        return redirect(HOME)
    try:
        _push_to(request, agency, form.cleaned_data["url"].strip())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or "zh-hans"))
    return redirect(HOME)


def _push_to(request: HttpRequest, agency: Any, url: str) -> None:
    if url:
        services.register_hook(agency, url)
        messages.success(request, _("推送地址已保存。"))
        return
    services.close_hook(agency)
    messages.success(request, _("已停止推送。"))


@login_required
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Send the unit's events again from a number on."""
    try:
        check_may(views.actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return views.refused(request, refusal)
    agency, form = views.actor_of(request).agency, ReplayForm(request.POST)
    if agency is None or services.delivery(agency) is None:
        raise Http404
    if form.is_valid():
        services.replay(agency, form.cleaned_data["after"])
        messages.success(request, _("将从这一条之后重新推送。接收方按序号识别，不会重复处理。"))
    else:
        messages.error(request, _("请填写 0 或者更大的整数。"))
    return redirect(HOME)


Act = Callable[[HttpRequest, Matter, ScreeningForm], HttpResponse]


def _changed(request: HttpRequest, code: str, page: str, act: Act) -> HttpResponse:
    try:
        check_may(views.actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return views.refused(request, refusal)
    matter = views.matter_of(code)
    purpose = lawbook.purpose(matter.purpose, clock.today())
    form = ScreeningForm(matter, purpose, views.english(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return act(request, matter, form)
    days = lawbook.current().integer("screening.watch_days", clock.today())
    until = clock.today() + timedelta(days=days)
    context = {"form": form, "until": until, "code": code, **views.about(matter)}
    return render(request, page, context)


def _screening(request: HttpRequest, matter: Matter, form: ScreeningForm) -> Screening:
    given = form.cleaned_data
    actor = views.actor_of(request)
    return Screening(actor, matter.code, given["matter_no"], given["statute"], form.subjects())


def _added(request: HttpRequest, matter: Matter, form: ScreeningForm) -> HttpResponse:
    asked = _screening(request, matter, form)
    try:
        done = services.register(asked, now=clock.now(), today=clock.today())
    except ServiceRefused as refusal:
        return views.refused(request, refusal, 503)
    except Refusal as refusal:
        return views.refused(request, refusal)
    taken = _("%(taken)d 个主体已列入监测，至 %(day)s 止。") % {
        "taken": len(done.watches),
        "day": done.until.isoformat(),
    }
    if done.pending:
        rows = "、".join(str(position + 1) for position in done.pending[:20])
        given = {"count": len(done.pending), "rows": rows + ("…" if len(done.pending) > 20 else "")}
        taken += _("另有 %(count)d 个号码还没有档案（第 %(rows)s 行），建档后开始监测。") % given
    return views.answered(request, matter, done.reply, asked.subjects, taken=taken)


def _removed(request: HttpRequest, matter: Matter, form: ScreeningForm) -> HttpResponse:
    ended = services.remove(_screening(request, matter, form), now=clock.now(), today=clock.today())
    messages.success(request, _("已结束 %(count)d 个主体的监测。") % {"count": ended})
    return redirect(HOME)
