"""What every page of this door shares: the frame's own context, sentences of refusals, and moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from chengxin.accounts import selectors as accounts
from chengxin.registry import selectors as registry
from chengxin.rules.errors import Refusal


def in_english() -> bool:
    """Tell whether the page is shown in English."""
    return (get_language() or "").startswith("en")


def said(zh: str, en: str) -> str:
    """Return the wording for the page's language; a missing translation never leaves a gap."""
    return (en or zh) if in_english() else (zh or en)


def sentence(refusal: Refusal) -> str:
    """Return what a refusal says, in the page's language."""
    return refusal.in_language(get_language() or "")


def mailboxes(request: HttpRequest) -> list[UUID]:
    """Return the mailboxes a signed-in user opens here: their own and those of the subjects they act for."""
    user: Any = request.user
    return [user.pk, *(mandate.subject_id for mandate in registry.subjects_of(user))]


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a page of the portal, with the unread messages of whoever is signed in."""
    return render(request, f"portal/{template}.html", {**_inbox(request), **(context or {})}, status=status)


def _inbox(request: HttpRequest) -> dict[str, Any]:
    user: Any = request.user
    if not user.is_authenticated or user.agency_id:
        return {}
    return {"inbox_unread": accounts.unread(mailboxes(request)), "inbox_href": "/mine/inbox/"}


def tell_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Put the sentence of a refusal on the next page."""
    messages.error(request, sentence(refusal))
