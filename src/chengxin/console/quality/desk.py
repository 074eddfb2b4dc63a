"""What every view of the quality desk shares: who is in, which month, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from chengxin.intake.quality import months
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

View = Callable[..., HttpResponse]


def desk(view: View) -> View:
    """Let signed-in users in; a refusal becomes a page that says why."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            context = {"sentence": in_words(refusal)}
            return render(request, "console/outreach/refused.html", context, status=403)

    return guarded


def officer_of(request: HttpRequest) -> Any:
    """Return the signed-in officer."""
    return request.user


def english() -> bool:
    """Tell whether the page is shown in English."""
    return (get_language() or "").startswith("en")


def in_words(refusal: Refusal) -> str:
    """Return a refusal in the page's language."""
    return refusal.in_language(get_language() or "")


def month_of(request: HttpRequest) -> date:
    """Return the asked month as its first day; without one, or with nonsense, the newest that has figures."""
    asked = request.POST.get("month") or request.GET.get("month") or ""
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        return months.newest(clock.today())
