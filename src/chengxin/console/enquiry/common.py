"""What every view of the enquirer's desk needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from chengxin.rules.errors import Refusal
from chengxin.ui.addresses import way_back


def english() -> bool:
    """Tell whether the reader chose English."""
    return (get_language() or "zh-hans").startswith("en")


def actor_of(request: HttpRequest) -> Any:
    """Return the signed-in user; every view here asks for one."""
    return request.user


def refused(request: HttpRequest, refusal: Refusal, status: int = 403, again: str = "") -> HttpResponse:
    """Say why something was refused and what would be needed."""
    sentence = refusal.in_language(get_language() or "zh-hans")
    context = {
        "sentence": sentence,
        "entry": getattr(refusal, "entry", 0),
        "again": again or way_back(request),
        "to_approve": refusal.code in ("needs_second_person", "needs_centre"),
    }
    return render(request, "console/enquiry/refused.html", context, status=status)
