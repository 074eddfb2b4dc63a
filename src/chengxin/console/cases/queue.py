"""The queue: filters as plain links, the earliest due date first, the first case one key away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.accounts.policies import can_may
from chengxin.cases.workflows import WORKFLOWS, kind_name
from chengxin.console.cases.desk import desk_page, in_english, signed_in
from chengxin.console.cases.pages import address, word
from chengxin.rights import kinds, queues
from chengxin.rights.queues import Filters, Queue, Waiting
from chengxin.ui import clock
from chengxin.ui.formats import day

FIRST_KINDS = ("objection", "restoration")
KINDS_IN_ORDER = (*FIRST_KINDS, *(kind for kind in WORKFLOWS if kind not in FIRST_KINDS))
"""Every kind there is, the commonest first."""


@login_required
@require_safe
@desk_page
def queue(request: HttpRequest) -> HttpResponse:
    """Show the open cases that wait for one of the user's roles."""
    filters = _filters(request)
    found = queues.queue(signed_in(request), filters, page_number(request), clock.today())
    english = in_english()
    context = {
        "found": found,
        "rows": [_row(each, english) for each in found.rows],
        "columns": [{"text": text} for text in (_("到期日"), _("编号"), _("事项"), _("状态"), _("信源单位"))],
        "tabs": _tabs(filters, found, english),
        "states": _states(filters, found, english),
        "first": address(found.rows[0].case) if found.rows else "",
        "base": f"?{_query(filters)}&page=",
        "settles_kinds": any(can_may(signed_in(request), each) for each in kinds.DESK),
    }
    return render(request, "console/cases/queue.html", context)


def _filters(request: HttpRequest) -> Filters:
    given = request.GET
    kind = given.get("kind", "")
    return Filters(
        kind=kind if kind in WORKFLOWS else "",
        state=given.get("state", ""),
        overdue=given.get("overdue") == "1",
        mine=given.get("mine") == "1",
    )


def page_number(request: HttpRequest) -> int:
    """Return the page asked for, the first when nothing sensible was."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _query(filters: Filters) -> str:
    pairs = {"kind": filters.kind, "state": filters.state}
    flags = {"overdue": "1" if filters.overdue else "", "mine": "1" if filters.mine else ""}
    return urlencode({name: value for name, value in {**pairs, **flags}.items() if value})


def _tabs(filters: Filters, found: Queue, english: bool) -> list[dict[str, Any]]:
    """Return the filters, each with how many cases it would leave; the kinds are those of the workflow tables."""
    kinds = [(Filters(kind=code), word(kind_name(code), english), found.counts[code]) for code in KINDS_IN_ORDER]
    offered = [
        (Filters(), _("全部"), found.counts["all"]),
        *kinds,
        (Filters(overdue=True), _("已逾期"), found.counts["overdue"]),
        (Filters(mine=True), _("我办过的"), found.counts["mine"]),
    ]
    now = Filters(filters.kind, "", filters.overdue, filters.mine)
    return [
        {"text": text, "href": f"?{_query(each)}", "count": count, "current": each == now}
        for each, text, count in offered
    ]


def _states(filters: Filters, found: Queue, english: bool) -> list[dict[str, Any]]:
    if not found.states:
        return []
    named = [("", _("所有状态")), *((state.code, state.en if english else state.zh) for state in found.states)]
    return [
        {
            "text": text,
            "href": f"?{_query(Filters(filters.kind, code, filters.overdue, filters.mine))}",
            "current": code == filters.state,
        }
        for code, text in named
    ]


def _row(each: Waiting, english: bool) -> list[Any]:
    agency = each.case.respondent
    source = (agency.name_en if english else agency.name_zh) if agency else "—"
    return [
        _due(each),
        {"text": each.case.number, "href": address(each.case)},
        _what(each, english),
        {"tone": "waiting", "text": each.state.en if english else each.state.zh},
        source,
    ]


def _what(each: Waiting, english: bool) -> str:
    kind, about = word(kind_name(each.case.kind), english), word(each.about, english)
    return kind if about == kind else f"{kind} · {about}"


def _due(each: Waiting) -> Any:
    due = day(each.due_on) if each.due_on else _("没有期限")
    if each.overdue:
        return {"tone": "refused", "text": _("%(day)s 已逾期") % {"day": due}}
    return {"text": due, "note": _("计时暂停中")} if each.paused else due
