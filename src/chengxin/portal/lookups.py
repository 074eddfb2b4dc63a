"""“Who looked”: every read of one's file in plain words, each with a receipt that anyone can check."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import own_file, own_looks
from chengxin.disclosure.own_looks import Look
from chengxin.portal import words
from chengxin.portal.agents import CAPACITIES
from chengxin.portal.frame import said, show
from chengxin.portal.mine import download
from chengxin.portal.own import Own, own_page
from chengxin.ui import clock

PER_PAGE = 20


@require_safe
@own_page
def lookups(request: HttpRequest, own: Own) -> HttpResponse:
    """Show who looked; the subject's own reads are counted apart, so that they do not hide the others."""
    cursor, now = request.GET.get("before", ""), clock.now()
    found = own_looks.counted(own.subject, own.user, now=now)
    page = own_looks.page(own.subject, own.user, now=now, size=PER_PAGE, cursor=cursor)
    context = {
        "found": found,
        "looks": [_shown(look) for look in page.looks],
        "older": f"/mine/lookups/?before={page.cursor}" if page.cursor else "",
        "first": not cursor,
    }
    return show(request, "mine/lookups", context)


def _shown(look: Look) -> dict[str, Any]:
    agency = said(look.agency_zh, look.agency_en) or _("未注明单位")
    return {
        "look": look,
        "agency": agency,
        "purpose": _purpose(look),
        "role": str(words.ROLES.get(look.role, look.role)),
        "basis": _basis(look),
        "outcome": str(words.OUTCOMES.get(look.outcome, look.outcome)),
        "refused": look.outcome != "answered",
        "items": "、".join(words.item_name(code, look.at.date()) for code in look.item_codes),
        "seen": _seen(look),
        "receipt": f"/mine/lookups/{look.access}/receipt.json",
    }


def _purpose(look: Look) -> str:
    return said(look.purpose_zh, look.purpose_en) or look.purpose


def _basis(look: Look) -> dict[str, str]:
    if look.basis_kind == "own" and look.basis_ref:
        return {"text": str(CAPACITIES[look.basis_ref]), "href": "/mine/agents/"}
    if look.basis_kind == "authorisation":
        return {"text": _("您的授权"), "href": f"/mine/authorisations/{look.basis_ref}/"}
    return {"text": look.basis_ref or str(words.BASIS_KINDS.get(look.basis_kind, look.basis_kind)), "href": ""}


def _seen(look: Look) -> str:
    """Say what the reader got: nothing, a bare answer, or which fields, and which of them masked."""
    if look.outcome != "answered":
        return _("没有看到任何内容")
    if look.basis_kind in own_looks.CHECKS:
        return _("1 条记录的内容，其中的个人信息被遮盖")
    if not look.fields:
        bare = {"answer": words.answer_words(look.purpose), "count": look.record_count}
        return _("%(answer)s（涉及 %(count)d 条）") % bare
    on = look.at.date()
    masked = tuple(code for code in look.fields if code not in look.shown)
    clear = "、".join(words.field_names(look.item_codes, look.shown, on)) or _("无")
    if not masked:
        return _("%(count)d 条记录的：%(clear)s") % {"count": look.record_count, "clear": clear}
    hidden = "、".join(words.field_names(look.item_codes, masked, on))
    facts = {"count": look.record_count, "clear": clear, "hidden": hidden}
    return _("%(count)d 条记录的：%(clear)s；以下内容被遮盖：%(hidden)s") % facts


@require_safe
@own_page
def receipt(request: HttpRequest, own: Own, access_id: UUID) -> HttpResponse:
    """Return the receipt of one read as a file for the offline verifier."""
    return download(own_file.proof(access_id, own.user, now=clock.now()), f"receipt-{access_id}.json")
