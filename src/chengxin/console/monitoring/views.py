"""The auditor's desk: tickets, the log of reads, and counts. Each look here is itself written into the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.accounts import selectors as accounts
from chengxin.console.monitoring.frame import (
    agency_name,
    columns,
    desk,
    officer_of,
    outcome_name,
    purpose_name,
    purposes,
    rule_name,
    said,
    state_tag,
)
from chengxin.monitoring import desk as audit
from chengxin.ui import clock
from chengxin.ui.formats import day, moment

OUTCOMES = ("answered", "no_file", "refused")


@require_safe
@desk
def home(request: HttpRequest) -> HttpResponse:
    """Show the tickets: those still open, the strongest first; or those closed, the newest first."""
    closed = request.GET.get("closed") == "1"
    found = audit.listed(officer_of(request), now=clock.now(), closed=closed)
    context = {
        "closed": closed,
        "columns": columns(_("核查单"), _("为什么"), _("单位"), _("现状"), _("强度")),
        "rows": [_ticket_row(each) for each in found],
    }
    return render(request, "console/monitoring/home.html", context)


def _ticket_row(each: Any) -> list[Any]:
    return [
        {"text": each.number, "href": f"/console/monitoring/tickets/{each.pk}/", "note": rule_name(each.rule)},
        {"text": said(each.zh, each.en), "note": day(each.day)},
        {"text": agency_name(each.agency), "note": each.actor.display_name},
        state_tag(each.state),
        {"text": str(each.weight), "note": said(each.weight_zh, each.weight_en)},
    ]


@require_safe
@desk
def reads(request: HttpRequest) -> HttpResponse:
    """Show the reads that fit the filters, newest first, subjects as ids only."""
    wanted = _wanted(request)
    shown = audit.reads(wanted, actor=officer_of(request), now=clock.now())
    kept = wanted.asked()
    following = urlencode({**kept, "after": f"{shown.after[0]}.{shown.after[1]}"}) if shown.after else ""
    context = {
        "filters": _filters(wanted),
        "user": kept.get("user", ""),
        "since": wanted.since,
        "until": wanted.until,
        "next": following,
        "columns": columns(_("时间"), _("单位"), _("用途"), _("事项编号"), _("主体编号"), _("结果")),
        "rows": [read_row(each) for each in shown.rows],
    }
    return render(request, "console/monitoring/reads.html", context)


def read_row(each: Any) -> list[Any]:
    """Return one read as a line; the subject stands there as the beginning of its id."""
    return [
        moment(each.at),
        {
            "text": agency_name(each.agency),
            "note": each.actor.display_name,
            "href": f"/console/monitoring/reads/?user={each.actor_id}",
        },
        {"text": purpose_name(each.purpose), "note": each.basis_ref if each.basis_kind == "statute" else _("凭授权")},
        each.matter_no or "—",
        str(each.subject_id)[:8] if each.subject_id else "—",
        {"text": outcome_name(each.outcome), "note": _("%(n)s 条记录") % {"n": each.record_count}},
    ]


def _wanted(request: HttpRequest) -> audit.Wanted:
    given = request.GET
    codes = {code for code, _name in purposes()}
    return audit.Wanted(
        unit=_uuid(given.get("unit", "")),
        user=_uuid(given.get("user", "")),
        purpose=given["purpose"] if given.get("purpose") in codes else "",
        outcome=given["outcome"] if given.get("outcome") in OUTCOMES else "",
        since=_date(given.get("since", "")),
        until=_date(given.get("until", "")),
        after=_after(given.get("after", "")),
    )


def _filters(wanted: audit.Wanted) -> dict[str, list[dict[str, Any]]]:
    every = {"value": "", "text": _("全部"), "selected": False}
    units = [(str(each.pk), agency_name(each)) for each in accounts.agencies(queries_records=True)]
    outcomes = [(code, outcome_name(code)) for code in OUTCOMES]
    groups = (
        ("unit", units, str(wanted.unit)),
        ("purpose", purposes(), wanted.purpose),
        ("outcome", outcomes, wanted.outcome),
    )
    return {
        name: [every, *({"value": code, "text": text, "selected": code == chosen} for code, text in options)]
        for name, options, chosen in groups
    }


@require_safe
@desk
def counts(request: HttpRequest) -> HttpResponse:
    """Show how often each unit read for each purpose in a period."""
    today = clock.today()
    until = _date(request.GET.get("until", "")) or today
    since = _date(request.GET.get("since", "")) or until - timedelta(days=29)
    found = audit.counts(since, until, actor=officer_of(request), now=clock.now())
    context = {
        "since": since,
        "until": until,
        "columns": columns(_("单位"), _("用途"), _("答复"), _("拒绝"), _("主体数"), numbers=(2, 3, 4)),
        "rows": [
            [said(row.agency_zh, row.agency_en), purpose_name(row.purpose), row.answered, row.refused, row.subjects]
            for row in found
        ],
    }
    return render(request, "console/monitoring/counts.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _after(text: str) -> tuple[int, UUID] | None:
    entry, _dot, access = text.partition(".")
    pk = _uuid(access)
    return (int(entry), pk) if pk and entry.isascii() and entry.isdigit() and len(entry) < 19 else None
