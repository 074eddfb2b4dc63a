"""What every view of the auditor's desk shares: who is in, how a refusal looks, and the words of the pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chengxin.catalogue import lawbook
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.misuse.shapes import RULES
from chengxin.rules.workflows.misuse import MISUSE

View = Callable[..., HttpResponse]
TONES = {
    "open": "open",
    "asked": "waiting",
    "explained": "open",
    "judged": "waiting",
    "justified": "accepted",
    "misuse": "refused",
    "rule_wrong": "neutral",
}


def desk(view: View) -> View:
    """Let signed-in users in; a refusal becomes a page that says why, and what could not be logged is not shown."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            status = 404 if refusal.code == "unknown" else 503 if isinstance(refusal, ServiceRefused) else 403
            return render(request, "console/outreach/refused.html", {"sentence": in_words(refusal)}, status=status)

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


def said(zh: str, en: str) -> str:
    """Return the one of two sentences that fits the page."""
    return en if english() else zh


def rule_name(code: str) -> str:
    """Return a rule's name."""
    return said(*RULES[code])


def state_tag(code: str) -> dict[str, str]:
    """Return a ticket's state as a tag."""
    state = MISUSE.state(code)
    return {"tone": TONES[code], "text": said(state.zh, state.en)}


def verdict_name(code: str) -> str:
    """Return what a verdict is called."""
    state = MISUSE.state(code)
    return said(state.zh, state.en)


def purposes() -> list[tuple[str, str]]:
    """Return every purpose of enquiry with its name."""
    return [(each.code, said(each.zh, each.en)) for each in lawbook.purposes() if each.code != "own_file"]


def purpose_name(code: str) -> str:
    """Return a purpose's name, or its code when no law file knows it."""
    return dict(purposes()).get(code, code or "—")


def outcome_name(code: str) -> str:
    """Return how a read ended."""
    return {"answered": _("已答复"), "no_file": _("无一致档案"), "refused": _("已拒绝")}[code]


def agency_name(agency: Any) -> str:
    """Return a unit's name."""
    return str(said(agency.name_zh, agency.name_en)) if agency else "—"


def columns(*texts: str, numbers: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Return headings; those at ``numbers`` stand over figures."""
    return [{"text": text, "number": at in numbers} for at, text in enumerate(texts)]
