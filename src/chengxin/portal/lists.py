"""名单公示: which organisations are on a list today, on what basis, until when, and how they get off it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chengxin.disclosure import publication
from chengxin.disclosure.publication import PublicRecord
from chengxin.portal.cards import public_card
from chengxin.portal.frame import show
from chengxin.portal.open_site import open_page
from chengxin.ui import clock, formats

NAMES = {
    "serious": gettext_lazy("严重失信主体名单"),
    "abnormal": gettext_lazy("经营异常名录"),
    "honours": gettext_lazy("守信激励名单"),
}
MEANINGS = {
    "serious": gettext_lazy("依照法律、法规和国家规定，由有权机关作出列入决定的组织。列入前应当告知，列入后可以救济。"),
    "abnormal": gettext_lazy("没有按规定公示年报等信息，或者通过登记的住所联系不上的组织。异常不等于严重失信。"),
    "honours": gettext_lazy("获得表彰奖励的组织。没有列出不说明信用不好。"),
}
WAYS_OUT = {
    "serious": gettext_lazy("改正违法行为、履行义务以后，由决定机关移出；也可以申请信用修复，免费。"),
    "abnormal": gettext_lazy("补报年报、更正公示信息或者办理住所变更以后，向列入机关申请移出，免费。"),
    "honours": gettext_lazy("期满自动移出；授予机关撤销的，随即移出。"),
}


@require_safe
@open_page(records=True)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the newest entries in force of one list, a page at a time."""
    which = request.GET.get("list", "serious")
    which = which if which in publication.LISTS else "serious"
    page = publication.listed(which, clock.today(), request.GET.get("after", ""))
    context = {
        "which": which,
        "tabs": [
            {"text": NAMES[each], "href": f"/lists/?list={each}", "current": each == which, "exact": True}
            for each in NAMES
        ],
        "name": NAMES[which],
        "meaning": MEANINGS[which],
        "way_out": WAYS_OUT[which],
        "cards": [_card(which, row) for row in page.rows],
        "more": f"/lists/?list={which}&after={page.cursor}" if page.cursor else "",
        "first": not request.GET.get("after"),
        "newest": f"/lists/?list={which}",
    }
    return show(request, "lists", context)


def _tab(which: str, *, current: bool) -> dict[str, Any]:
    return {"text": NAMES[which], "href": f"/lists/?list={which}", "current": current, "exact": True}


def _card(which: str, row: PublicRecord) -> dict[str, Any]:
    card = public_card(row)
    out = str(WAYS_OUT[which])
    if row.restorable_from:
        out += _("最早 %(day)s 起可以申请修复。") % {"day": formats.day(row.restorable_from)}
    since = {"term": _("公示自"), "text": row.published_from.isoformat() if row.published_from else ""}
    return {**card, "rows": [*card["rows"], since, {"term": _("怎样移出"), "text": out, "href": "/rights/"}]}
