"""Who may sit at the case desk, and how a refusal becomes a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.rules.errors import Refusal

DESK = (Permission.REVIEW_CASE, Permission.DECIDE_CASE, Permission.ANSWER_OBJECTION, Permission.MATCH_SUBJECT)
View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> Any:
    """Return the signed-in user; ``login_required`` has seen to it that there is one."""
    return request.user


def language() -> str:
    """Return the language of the page."""
    return get_language() or "zh-hans"


def in_english() -> bool:
    """Tell whether the page is shown in English."""
    return language().startswith("en")


def check_desk(request: HttpRequest) -> None:
    """Raise unless the user holds a role at the case desk."""
    if not any(can_may(signed_in(request), permission) for permission in DESK):
        raise NotPermitted(
            "您没有办件权限；请联系本单位管理员。", "You hold no role at the case desk; ask your unit's administrator."
        )


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show the sentence of a refusal as a page."""
    return render(request, "console/cases/refused.html", {"sentence": refusal.in_language(language())}, status=403)


def desk_page(view: View) -> View:
    """Let only the case desk in; everybody else gets the reason."""

    @wraps(view)
    def guarded(request: HttpRequest, **ids: Any) -> HttpResponse:
        try:
            check_desk(request)
        except NotPermitted as refusal:
            return refused(request, refusal)
        return view(request, **ids)

    return guarded
