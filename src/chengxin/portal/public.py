"""The open site: organisations and what is published about them; nothing here is about a person (charter C11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import naming, public_figures, publication
from chengxin.disclosure.naming import Found
from chengxin.disclosure.public_figures import Figures
from chengxin.disclosure.publication import OrganisationPage, PublicRecord
from chengxin.portal import drawn, words
from chengxin.portal.cards import details, public_card, title
from chengxin.portal.frame import said, show
from chengxin.portal.open_site import open_page
from chengxin.ui import clock
from chengxin.ui.personal_numbers import looks_personal

LIMIT = 100
PER_PAGE = 20


@require_safe
@open_page(records=False)
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, offer the search and show how much is published."""
    found = public_figures.latest(now=clock.now(), today=clock.today())
    return show(request, "home", {"stats": _figures(found), "as_of": found.day} if found else {})


def _figures(found: Figures) -> list[dict[str, Any]]:
    return [
        {
            "label": words.GROUPS[group],
            "value": _("不公布") if count is None else count,
            "unit": _("条"),
            "href": f"/latest/?kind={group}",
        }
        for group, count in found.groups.items()
    ]


@require_safe
@open_page(records=True)
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
@open_page(records=True)
def organisation(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show what is published about an organisation today; an unknown code is an ordinary missing page."""
    given = request.GET.get("part", "1")
    part = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1
    page = publication.organisation_page(uscc.upper(), clock.today(), max(1, part))
    if page is None:
        raise Http404
    here = f"/organisations/{page.uscc}/"
    context = {
        "page": page,
        "groups": _groups(page),
        "events": _events(page),
        "picture": drawn.lanes([(str(words.GROUPS[code]), rows) for code, rows in page.groups.items()], clock.today()),
        "older": f"{here}?part={page.part + 1}" if page.more else "",
        "newest": here,
    }
    return show(request, "organisation", context)


def _groups(page: OrganisationPage) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": words.GROUPS[code],
            "rows": [_entry(row) for row in page.groups.get(code, ())],
            "none": _("%(kind)s：无公示中的记录。") % {"kind": words.GROUPS[code]},
        }
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
    """Return what was decided, newest first, after what is still to come: the ends of publication."""
    rows = [row for group in page.groups.values() for row in group]
    decided = [_event(row, row.document_date, "done", _marks(row)) for row in rows]
    ends = [_event(row, row.until, "next", _("公示期满，不再显示")) for row in rows if row.until]
    return sorted([*ends, *decided], key=lambda event: event["when"], reverse=True)


def _event(row: PublicRecord, when: Any, stage: str, text: str) -> dict[str, Any]:
    return {
        "when": when,
        "title": f"{said(row.item_zh, row.item_en)}：{title(row)}",
        "text": text,
        "by": row.authority_name,
        "basis": row.basis if stage == "done" else "",
        "stage": stage,
    }


def _marks(row: PublicRecord) -> str:
    marks = ((row.disputed, _("异议处理中")), (row.under_repair, _("修复办理中")))
    return "；".join(text for holds, text in marks if holds)


@require_safe
@open_page(records=True)
def latest(request: HttpRequest) -> HttpResponse:
    """Show the newest published records, by kind, a page at a time."""
    kind = request.GET.get("kind", "all")
    kind = kind if kind in publication.GROUPS else "all"
    page = publication.latest(kind, clock.today(), request.GET.get("after", ""))
    tabs = [("all", _("全部")), *((code, str(words.GROUPS[code])) for code in publication.GROUPS)]
    context = {
        "tabs": [
            {"text": text, "href": f"/latest/?kind={code}", "current": code == kind, "exact": True}
            for code, text in tabs
        ],
        "cards": [public_card(row) for row in page.rows],
        "more": f"/latest/?kind={kind}&after={page.cursor}" if page.cursor else "",
        "first": not request.GET.get("after"),
        "kind": kind,
    }
    return show(request, "latest", context)
