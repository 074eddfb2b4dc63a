"""Screening from the desk. The result is the reply to the form itself and is never stored: seeing it again is another
read with another leaf; hence no redirect after it, and no cache may keep it.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from chengxin.disclosure.screening.services import Asked, Reply, Report, Screening, UnknownHit
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.screening import Matter
from chengxin.ui import clock
from chengxin.ui.addresses import way_back

personal = sensitive_post_parameters("lines", "matter_no", "reason")


PAGE = 50
"""How many rows of a list stand on one page of this desk."""


def number_of(request: HttpRequest, name: str) -> int:
    """Return a place in a list as the address gives it; anything else is the beginning."""
    given: Any = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def turning(start: int, total: int) -> dict[str, str]:
    """Return the addresses of the page before and the page after, empty where there is none."""
    return {
        "earlier": f"?start={max(0, start - PAGE)}" if start else "",
        "later": f"?start={start + PAGE}" if start + PAGE < total else "",
    }


def english() -> bool:
    """Tell whether the reader reads English."""
    return (get_language() or "zh-hans").startswith("en")


def actor_of(request: HttpRequest) -> Any:
    """Return the signed-in user; every view here asks for one."""
    return request.user


def refused(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """Say why something was not done."""
    sentence = refusal.in_language(get_language() or "zh-hans")
    context = {"sentence": sentence, "entry": getattr(refusal, "entry", 0), "again": way_back(request)}
    return render(request, "console/screening/refused.html", context, status=status)


def matter_of(code: str) -> Matter:
    """Return a matter in force today."""
    try:
        return lawbook.matter(code, clock.today())
    except lawbook.NoSuchMatter:
        raise Http404 from None


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the matters, and the hits this unit has still to answer, the late ones first."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    agency, today, start = actor_of(request).agency, clock.today(), number_of(request, "start")
    found = services.waiting(agency.pk, today, start=start, limit=PAGE) if agency else []
    total = services.waiting_count(agency.pk) if agency else 0
    context = {
        "matters": [pages.card(each, english()) for each in lawbook.matters(today)],
        "rows": pages.waiting_rows(found, english()),
        "columns": [{"text": text} for text in (_("办理事项编号"), _("事项"), _("命中"), _("反馈期限"))],
        "total": total,
        "overdue": services.overdue_count(agency.pk, today) if agency else 0,
        "watching": services.count(agency, today) if agency else 0,
        **turning(start, total),
    }
    return render(request, "console/screening/home.html", context)


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one matter and, sent, what came out."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    matter = matter_of(code)
    purpose = lawbook.purpose(matter.purpose, clock.today())
    form = ScreeningForm(matter, purpose, english(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, matter, form)
    return render(request, "console/screening/ask.html", {"form": form, **about(matter)})


def about(matter: Matter) -> dict[str, Any]:
    """Return what a page says about a matter."""
    today = clock.today()
    names = {each.code: each for each in lawbook.items()}
    measures = [each for each in lawbook.measures(today) if each.code in matter.measures]
    return {
        "matter_name": matter.en if english() else matter.zh,
        "basis": [str(basis) for basis in matter.basis],
        "lists": [names[code].en if english() else names[code].zh for code in matter.lists if code in names],
        "measures": [each.en if english() else each.zh for each in measures],
    }


def _ask(request: HttpRequest, matter: Matter, form: ScreeningForm) -> HttpResponse:
    subjects = form.subjects()
    asked = Screening(
        actor_of(request), matter.code, form.cleaned_data["matter_no"], form.cleaned_data["statute"], subjects
    )
    try:
        reply = services.ask(asked, now=clock.now(), today=clock.today())
    except ServiceRefused as refusal:
        return refused(request, refusal, 503)
    except Refusal as refusal:
        return refused(request, refusal)
    return answered(request, matter, reply, subjects)


def answered(
    request: HttpRequest, matter: Matter, reply: Reply, subjects: Sequence[Asked], taken: str = ""
) -> HttpResponse:
    """Show what came out; ``taken`` says what else was done with the subjects."""
    context = {
        **about(matter),
        "reply": reply,
        "taken": taken,
        "summary": pages.summary(reply),
        "rows": pages.result_rows(reply, subjects, english()),
        "columns": [{"text": text} for text in (_("行"), _("号码（代码）"), _("结果"), _("说明"))],
        "hits": pages.hit_cards(reply, english()),
        "again": way_back(request),
    }
    return render(request, "console/screening/result.html", context)


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take what the unit did about one of its hits."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    agency, today = actor_of(request).agency_id, clock.today()
    found = services.waiting_one(agency, number, today) if agency else None
    if found is None:
        raise Http404
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(_report(number, form.cleaned_data), actor=actor_of(request), now=clock.now())
        except UnknownHit:
            raise Http404 from None
        except Refusal as refusal:
            form.add_error("reason", refusal.in_language(get_language() or "zh-hans"))
        else:
            messages.success(request, _("反馈已写入存证日志。"))
            return redirect("/console/screening/")
    card = pages.hit_card(found.hit, english()) if found.hit else None
    return render(request, "console/screening/feedback.html", {"form": form, "found": found, "card": card})


def _report(number: UUID, typed: dict[str, Any]) -> Report:
    amount = typed["amount"]
    return Report(number, typed["applied"] == "yes", typed["reason"], None if amount is None else int(amount * 100))
