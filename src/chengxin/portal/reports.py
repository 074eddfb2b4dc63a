"""One's own credit report, made in the moment and not kept: print it, or keep it as JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chengxin.disclosure import report
from chengxin.disclosure.report import NOTHING_EN, NOTHING_ZH, CreditReport
from chengxin.disclosure.shapes import RowShown
from chengxin.portal import words
from chengxin.portal.cards import details, states, title
from chengxin.portal.frame import said, show
from chengxin.portal.mine import download
from chengxin.portal.own import Own, own_page, subject_name
from chengxin.ui import clock


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def own_report(request: HttpRequest, own: Own) -> HttpResponse:
    """Offer a report, or make one.

    The answer to the POST is the document itself: it is kept nowhere, so there is no address to redirect to.
    """
    if request.method != "POST":
        return show(request, "mine/report_offer", {"name": subject_name(own.subject)})
    made = report.build_own(own.subject, own.user, now=clock.now(), today=clock.today())
    if request.POST.get("format") == "json":
        return download(made.as_json(), f"{made.number}.json")
    return show(request, "mine/report", {"report": made, "sections": _sections(made), "data": _data(made)})


def _sections(made: CreditReport) -> list[dict[str, Any]]:
    nothing = said(NOTHING_ZH, NOTHING_EN)
    return [
        {"name": said(each.zh, each.en), "rows": [_entry(row) for row in each.rows], "nothing": nothing}
        for each in made.sections
    ]


def _entry(row: RowShown) -> dict[str, Any]:
    """Return the card of a record in a report: its facts, its last day of use, then every field."""
    until = row.use_until.isoformat() if row.use_until else _("长期有效")
    facts = [{"term": _("决定日期"), "text": row.document_date.isoformat()}, {"term": _("共享使用到"), "text": until}]
    return {
        "what": title(row),
        "kind": said(row.item_zh, row.item_en),
        "grade": str(words.GRADES.get(row.grade, "")),
        "document": row.document_no,
        "authority": row.authority_name,
        "basis": row.basis,
        "states": states(row),
        "rows": [*facts, *_statement(row), *details(row.fields)],
    }


def _statement(row: RowShown) -> list[dict[str, Any]]:
    return [{"term": _("当事人声明"), "text": row.statement}] if row.statement else []


def _data(made: CreditReport) -> str:
    """Return the same report as a data address, so that the file kept is the report shown, without a second one."""
    plain = json.dumps(made.as_json(), ensure_ascii=False, indent=1).encode()
    return "data:application/json;base64," + base64.b64encode(plain).decode()
