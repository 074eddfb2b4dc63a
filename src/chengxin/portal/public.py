"""The open site: organisations and what is published about them; nothing here is about a person (charter C11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import naming, publication
from chengxin.disclosure.naming import Found
from chengxin.disclosure.publication import OrganisationPage, PublicRecord
from chengxin.portal import words
from chengxin.portal.cards import details, public_card, title
from chengxin.portal.frame import said, show
from chengxin.portal.personal_numbers import looks_personal
from chengxin.ui import clock

LIMIT = 100
PER_PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, offer the search and show how much is published."""
    return show(request, "home", {"stats": _figures()})


def _figures() -> list[dict[str, Any]]:
    return [
        {
            "label": words.GROUPS[group],
            "value": _("少于 10") if count is None else count,
            "unit": _("条"),
            "href": f"/latest/?kind={group}",
        }
        for group, count in publication.statistics(clock.today())
    ]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find organisations by name or code; a person's number is refused and leaves the address at once."""
    text = request.GET.get("q", "").strip()
    if looks_personal(text):
        return redirect("/search/?why=personal")
    found = naming.search(text, LIMIT)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": text,
        "personal": request.GET.get("why") == "personal",
        "too_short": 0 < len(text) < naming.SHORTEST,
        "found": [_hit(each) for each in page],
        "page": page,
        "columns": [{"text": _("名称")}, {"text": _("统一社会信用代码")}, {"text": _("为什么列出")}],
        "base": f"?{urlencode({'q': text})}&page=",
        "full": len(found) == LIMIT,
        "limit": LIMIT,
    }
    return show(request, "search", context)


def _hit(found: Found) -> list[Any]:
    name = {"text": found.name, "href": f"/organisations/{found.uscc}/"}
    if found.former:
        name["note"] = _("这是曾用名，页面上显示现用名称")
    return [
        name,
        {"code": found.uscc},
        {"text": said("；", "; ").join(said(each.zh, each.en) for each in found.reasons)},
    ]


@require_safe
def organisation(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show what is published about an organisation today; an unknown code is an ordinary missing page."""
    page = publication.organisation_page(uscc.upper(), clock.today())
    if page is None:
        raise Http404
    context = {"page": page, "groups": _groups(page), "events": _events(page), "as_of": clock.now()}
    return show(request, "organisation", context)


def _groups(page: OrganisationPage) -> list[dict[str, Any]]:
    return [
        {"code": code, "name": words.GROUPS[code], "rows": [_entry(row) for row in page.groups.get(code, ())]}
        for code in publication.GROUPS
    ]


def _entry(row: PublicRecord) -> dict[str, Any]:
    return {
        "card": public_card(row),
        "details": details(row.fields),
        "derivation": row.derivation,
        "negative": row.nature == "negative",
        "restorable_from": row.restorable_from,
        "record": row.record,
    }


def _events(page: OrganisationPage) -> list[dict[str, Any]]:
    rows = [row for group in page.groups.values() for row in group]
    newest = sorted(rows, key=lambda row: row.document_date, reverse=True)
    return [
        {
            "when": row.document_date,
            "title": f"{said(row.item_zh, row.item_en)}：{title(row)}",
            "by": row.authority_name,
            "stage": "done",
        }
        for row in newest
    ]


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Show the newest published records, by kind, a page at a time."""
    kind = request.GET.get("kind", "all")
    kind = kind if kind in publication.GROUPS else "all"
    page = publication.latest(kind, clock.today(), request.GET.get("after", ""))
    tabs = [("all", _("全部")), *((code, str(words.GROUPS[code])) for code in publication.GROUPS)]
    context = {
        "tabs": [{"text": text, "href": f"/latest/?kind={code}", "current": code == kind} for code, text in tabs],
        "cards": [public_card(row) for row in page.rows],
        "more": f"/latest/?kind={kind}&after={page.cursor}" if page.cursor else "",
        "first": not request.GET.get("after"),
        "kind": kind,
    }
    return show(request, "latest", context)
