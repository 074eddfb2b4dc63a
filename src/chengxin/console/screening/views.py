"""Screening from the desk. The result is the reply to the form itself and is never stored: seeing it again is another
read with another leaf; hence no redirect after it, and no cache may keep it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.screening import pages
from chengxin.console.screening.forms import FeedbackForm, ScreeningForm
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Report, Screening, UnknownHit
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.screening import Matter
from chengxin.ui import clock

personal = sensitive_post_parameters("lines", "matter_no", "reason")


def _english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


def _actor(request: HttpRequest) -> Any:
    """Return the signed-in user; every view here asks for one."""
    return request.user


def _refused(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    sentence = refusal.in_language(get_language() or "zh-hans")
    context = {"sentence": sentence, "entry": getattr(refusal, "entry", 0), "again": request.path}
    return render(request, "console/screening/refused.html", context, status=status)


def _matter(code: str) -> Matter:
    try:
        return lawbook.matter(code, clock.today())
    except lawbook.NoSuchMatter:
        raise Http404 from None


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the matters, and the hits this unit has still to answer, the late ones first."""
    try:
        check_may(_actor(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return _refused(request, refusal)
    found = services.waiting(_actor(request).agency_id, clock.today()) if _actor(request).agency_id else []
    context = {
        "matters": [pages.card(each, _english()) for each in lawbook.matters(clock.today())],
        "rows": pages.waiting_rows(found, _english()),
        "columns": [{"text": text} for text in (_("办理事项编号"), _("事项"), _("命中"), _("反馈期限"))],
        "overdue": sum(each.overdue for each in found),
    }
    return render(request, "console/screening/home.html", context)


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one matter and, sent, what came out."""
    try:
        check_may(_actor(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return _refused(request, refusal)
    matter = _matter(code)
    purpose = lawbook.purpose(matter.purpose, clock.today())
    form = ScreeningForm(matter, purpose, _english(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, matter, form)
    return render(request, "console/screening/ask.html", {"form": form, **_about(matter)})


def _about(matter: Matter) -> dict[str, Any]:
    today = clock.today()
    names = {each.code: each for each in lawbook.items()}
    measures = [each for each in lawbook.measures(today) if each.code in matter.measures]
    return {
        "matter_name": matter.en if _english() else matter.zh,
        "basis": [str(basis) for basis in matter.basis],
        "lists": [names[code].en if _english() else names[code].zh for code in matter.lists if code in names],
        "measures": [each.en if _english() else each.zh for each in measures],
    }


def _answered(request: HttpRequest, matter: Matter, form: ScreeningForm) -> HttpResponse:
    subjects = form.subjects()
    asked = Screening(
        _actor(request), matter.code, form.cleaned_data["matter_no"], form.cleaned_data["statute"], subjects
    )
    try:
        reply = services.ask(asked, now=clock.now(), today=clock.today())
    except ServiceRefused as refusal:
        return _refused(request, refusal, 503)
    except Refusal as refusal:
        return _refused(request, refusal)
    context = {
        **_about(matter),
        "reply": reply,
        "summary": pages.summary(reply),
        "rows": pages.result_rows(reply, subjects, _english()),
        "columns": [{"text": text} for text in (_("行"), _("号码（代码）"), _("结果"), _("说明"))],
        "hits": pages.hit_cards(reply, _english()),
        "again": request.path,
    }
    return render(request, "console/screening/result.html", context)


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take what the unit did about one of its hits."""
    try:
        check_may(_actor(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return _refused(request, refusal)
    agency, today = _actor(request).agency_id, clock.today()
    found = next((each for each in services.waiting(agency, today) if each.number == number), None) if agency else None
    if found is None:
        raise Http404
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(_report(number, form.cleaned_data), actor=_actor(request), now=clock.now())
        except UnknownHit:
            raise Http404 from None
        except Refusal as refusal:
            form.add_error("reason", refusal.in_language(get_language() or "zh-hans"))
        else:
            messages.success(request, _("反馈已写入存证日志。"))
            return redirect("/console/screening/")
    card = pages.hit_card(found.hit, _english()) if found.hit else None
    return render(request, "console/screening/feedback.html", {"form": form, "found": found, "card": card})


def _report(number: UUID, typed: dict[str, Any]) -> Report:
    amount = typed["amount"]
    return Report(number, typed["applied"] == "yes", typed["reason"], None if amount is None else int(amount * 100))
