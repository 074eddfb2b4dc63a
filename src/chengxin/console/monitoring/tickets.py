"""One ticket: the evidence side by side, and the steps of the auditors and of the unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.console.monitoring.frame import (
    agency_name,
    columns,
    desk,
    in_words,
    officer_of,
    rule_name,
    said,
    state_tag,
    verdict_name,
)
from chengxin.console.monitoring.views import read_row
from chengxin.monitoring import desk as audit
from chengxin.monitoring import tickets
from chengxin.rules.errors import Refusal
from chengxin.rules.workflows.misuse import MISUSE, VERDICTS
from chengxin.ui import clock
from chengxin.ui.formats import day

written = sensitive_post_parameters("reason", "text", "why")


@require_safe
@desk
def one(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show a ticket with what it rests on, its history, and what this auditor can do now."""
    return _page(request, ticket_id)


def _page(request: HttpRequest, ticket_id: int, **more: Any) -> HttpResponse:
    actor = officer_of(request)
    found = audit.evidence(ticket_id, actor=actor, now=clock.now())
    ticket = found.ticket
    context = {
        **_head(ticket),
        "row_columns": columns(_("时间"), _("单位"), _("用途"), _("事项编号"), _("主体编号"), _("结果")),
        "rows": [read_row(each) for each in found.rows],
        "steps": [_step(step, note) for step, note in found.steps],
        "conflict": found.conflict,
        "overdue": ticket.due_on is not None and clock.today() > ticket.due_on,
        "mine": ticket.judged_by_id == actor.pk,
        "verdict": verdict_name(ticket.verdict) if ticket.verdict else "",
        "verdicts": [{"value": code, "text": verdict_name(code)} for code in VERDICTS],
        **more,
    }
    return render(request, "console/monitoring/ticket.html", context)


def _head(ticket: Any) -> dict[str, Any]:
    facts = [{"term": said(fact["zh"], fact["en"]), "text": fact["value"]} for fact in ticket.facts]
    return {
        "ticket": ticket,
        "rule": rule_name(ticket.rule),
        "sentence": said(ticket.zh, ticket.en),
        "weight_why": said(ticket.weight_zh, ticket.weight_en),
        "state": state_tag(ticket.state),
        "agency": agency_name(ticket.agency),
        "facts": facts,
        "subject": str(ticket.subject_id)[:8] if ticket.subject_id else "",
    }


def _step(step: Any, note: str) -> dict[str, Any]:
    names = {each.action: (each.zh, each.en) for each in MISUSE.transitions}
    zh, en = names.get(step.action, ("规则提示", "Opened by a rule"))
    verdict = verdict_name(step.verdict) if step.verdict else ""
    return {
        "when": step.at,
        "title": "：".join(filter(None, (said(zh, en), verdict if step.action == "judge" else ""))),
        "text": note,
        "by": step.actor.display_name if step.actor else _("系统"),
        "stage": "done",
    }


@written
@require_POST
@desk
def act(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take one step; what is refused is said on the ticket's own page."""
    given, actor, now = request.POST, officer_of(request), clock.now()
    reason, version = given.get("reason", ""), _version(request)
    steps: dict[str, Callable[[], object]] = {
        "ask": lambda: tickets.ask(ticket_id, actor=actor, version=version, now=now, today=clock.today()),
        "silent": lambda: tickets.note_silence(ticket_id, actor=actor, version=version, now=now, today=clock.today()),
        "judge": lambda: tickets.judge(
            ticket_id, given.get("verdict", ""), reason, actor=actor, version=version, now=now
        ),
        "confirm": lambda: tickets.confirm(ticket_id, reason, actor=actor, version=version, now=now),
        "return": lambda: tickets.send_back(ticket_id, reason, actor=actor, version=version, now=now),
    }
    step = steps.get(given.get("act", ""))
    if step is not None:
        try:
            step()
        except Refusal as refusal:
            messages.error(request, in_words(refusal))
        else:
            messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:monitoring_ticket", ticket_id=ticket_id)


@written
@require_POST
@desk
def identify(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show who the subject is on the answer to this form only; it is a read of the file, seen by its subject."""
    reason = request.POST.get("why", "")
    try:
        known = audit.identify(ticket_id, reason, actor=officer_of(request), now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return _page(request, ticket_id, error=in_words(refusal))
    return _page(request, ticket_id, known=known)


@require_safe
@desk
def asked(request: HttpRequest) -> HttpResponse:
    """Show a unit the tickets that were put to it."""
    found = audit.put_to(officer_of(request))
    context = {
        "columns": columns(_("核查单"), _("规则"), _("查询人"), _("现状"), _("请于何时前说明")),
        "rows": [_asked_row(each) for each in found],
    }
    return render(request, "console/monitoring/asked.html", context)


def _asked_row(each: Any) -> list[Any]:
    return [
        {"text": each.number, "href": f"/console/monitoring/asked/{each.pk}/", "note": day(each.day)},
        rule_name(each.rule),
        each.actor.display_name,
        state_tag(each.state),
        day(each.due_on),
    ]


@written
@require_http_methods(["GET", "HEAD", "POST"])
@desk
def explain(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show a unit what it is asked, and take what it says."""
    actor, error = officer_of(request), ""
    found = audit.asked_of(ticket_id, actor=actor)
    text = request.POST.get("text", "")
    if request.method == "POST":
        try:
            tickets.explain(ticket_id, text, actor=actor, version=_version(request), now=clock.now())
        except Refusal as refusal:
            error = in_words(refusal)
        else:
            messages.success(request, _("说明已提交，并写入存证日志。"))
            return redirect("console:monitoring_explain", ticket_id=ticket_id)
    context = {
        **_head(found.ticket),
        "row_columns": columns(_("时间"), _("单位"), _("用途"), _("事项编号"), _("主体编号"), _("结果")),
        "rows": [_own_row(each) for each in found.rows],
        "error": error,
        "text": text,
    }
    return render(request, "console/monitoring/explain.html", context, status=422 if error else 200)


def _own_row(each: Any) -> list[Any]:
    """Return a read for its own unit, without the way into the auditor's log."""
    row = read_row(each)
    row[1] = {"text": row[1]["text"], "note": row[1]["note"]}
    return row


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
