"""One's own cases: where each stands, what comes next and by when, and the steps the applicant may take."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.cases.workflows import kind_name
from chengxin.portal import words
from chengxin.portal.forms import CompletionForm, NoteForm, SpeakingForm
from chengxin.portal.frame import said, show
from chengxin.portal.own import Own, own_page
from chengxin.portal.progress import events, stages
from chengxin.rights import handling, own_cases, texts
from chengxin.rights import selectors as rights
from chengxin.rights.materials import may_hand_in
from chengxin.rights.matters import own_page as page_address
from chengxin.rights.next_steps import PAUSED, Progress, progress
from chengxin.rights.own_cases import Row
from chengxin.rights.selectors import CasePage
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

FORMS: dict[str, type[forms.Form]] = {
    "contest": NoteForm,
    "complete": CompletionForm,
    "speak": SpeakingForm,
    "withdraw": forms.Form,
}
CONSEQUENCES = {
    "contest": gettext_lazy(
        "复核会重新拟定意见、重新作出决定，由没有参加过初次办理的两个人分别办理；免费，每个办件一次；记录会重新标注“异议处理中”。"
    ),
    "complete": gettext_lazy("补正以后，申请会继续办理。"),
    "speak": gettext_lazy("您的意见会写进办件的经过，决定人必须看到；可以说几次，也可以附上材料。"),
    "withdraw": gettext_lazy("撤回以后本办件结束，记录上的标注随之取消；以后仍可以再次提出。"),
}

# A restoration that was carried out was granted, and stays so unless it is cancelled.
RESTORED = dict.fromkeys(("approved", "executed", "closed", "false_material"), "approved")


@require_safe
@own_page
def listing(request: HttpRequest, own: Own) -> HttpResponse:
    """Show the user's cases, newest first."""
    columns = [{"text": _("办件")}, {"text": _("事项")}, {"text": _("现在")}, {"text": _("最近的期限")}]
    rows = [_line(row) for row in own_cases.cases_of(own.user, clock.today())]
    return show(request, "mine/cases", {"columns": columns, "rows": rows})


def _line(row: Row) -> list[Any]:
    state = said(row.state.zh, row.state.en)
    late = _("已超过期限") if row.overdue else ""
    return [
        {"text": row.case.number, "href": page_address(row.case.kind, row.case.pk)},
        {"text": said(*kind_name(row.case.kind)), "note": said(*row.about)},
        {"tone": "neutral" if row.case.closed_at else "open", "text": state},
        {"text": row.due_on, "note": late} if row.due_on else "—",
    ]


@require_safe
@own_page
def case(request: HttpRequest, own: Own, case_id: UUID) -> HttpResponse:
    """Show one case: what is happening now, what comes next, every date and how it was derived."""
    elsewhere = own_cases.page_elsewhere(case_id, own.user)
    if elsewhere:
        return redirect(elsewhere)
    page = _page(own, case_id)
    context = {
        "page": page,
        "kind": said(*kind_name(page.case.kind)),
        "item": said(page.record.item.name_zh, page.record.item.name_en),
        "state": said(page.state.zh, page.state.en),
        "steps": stages(page.case.kind, page.case.state, closed=page.case.closed_at is not None),
        "events": events(page),
        "next_due": _next_due(page),
        "where": _where(progress(page.case, clock.today())),
        "deadlines": [_deadline(each) for each in page.deadlines],
        "actions": _actions(page),
        "yours": _yours(page),
        "effects": [_effect(each) for each in page.effects],
        "record_href": _record_href(page),
        "remedy": _remedy(page),
        "may_hand_in": may_hand_in(page.case, own.user),
    }
    return show(request, "mine/case", context)


def _yours(page: CasePage) -> str:
    """Return what the applicant is asked for now, if anything."""
    open_ones = {action.step.action for action in page.actions if action.open}
    asked = {"complete": _("需要您补正材料，请点下面的按钮。"), "speak": _("您可以陈述、申辩，请点下面的按钮。")}
    return next((text for action, text in asked.items() if action in open_ones), "")


def _remedy(page: CasePage) -> str:
    """Return what can be done against the outcome; a restoration has no review, and an objection only one."""
    if page.case.kind == "restoration":
        return texts.restoration_remedy(RESTORED.get(page.case.state, page.case.state))
    if page.case.state in texts.REVIEWED:
        return texts.remedy(page.case.state)
    return _("对异议的处理结果不服，办结后可以在这一页免费申请复核一次；也可以依法申请行政复议，或者提起行政诉讼。")


def _where(found: Progress) -> dict[str, Any]:
    """Return who must act now and what the subject has to do, in one sentence, and whether the office is late."""
    paused = said(*PAUSED) if found.paused and not found.closed else ""
    return {"next": said(found.zh, found.en), "overdue": found.overdue, "paused": paused}


def _page(own: Own, case_id: UUID) -> CasePage:
    page = rights.case_page(case_id, own.user, clock.today())
    if page is None or page.case.subject_ref not in own.subjects:
        raise Http404
    return page


def _record_href(page: CasePage) -> str:
    version = page.version
    used_up = version.use_until is not None and version.use_until < clock.today()
    return "" if version.ended_at or used_up else f"/mine/records/{page.record.pk}/"


def _next_due(page: CasePage) -> date | None:
    return min((each.due_on for each in page.deadlines if not each.met_at and not each.superseded_at), default=None)


def _deadline(each: Any) -> dict[str, Any]:
    return {
        "name": words.DEADLINES.get(each.key, each.key),
        "due_on": each.due_on,
        "met_at": each.met_at,
        "met_late": bool(each.met_at) and timezone.localtime(each.met_at).date() > each.due_on,
        "superseded": bool(each.superseded_at),
        "late": not each.met_at and not each.superseded_at and each.due_on < clock.today(),
        "derivation": each.derivation,
    }


def _actions(page: CasePage) -> list[dict[str, str]]:
    open_ones = [action.step for action in page.actions if action.open and action.step.action in FORMS]
    return [
        {"text": said(step.zh, step.en), "href": f"/mine/cases/{page.case.pk}/{step.action}/"} for step in open_ones
    ]


def _effect(effect: Any) -> dict[str, Any]:
    return {"name": words.EFFECTS.get(effect.kind, effect.kind), "at": effect.done_at, "entry": effect.entry_id}


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def step(request: HttpRequest, own: Own, case_id: UUID, action: str) -> HttpResponse:
    """Show what a step means and take it once the applicant confirms."""
    page = _page(own, case_id)
    found = next((each for each in page.actions if each.open and each.step.action == action), None)
    if found is None or action not in FORMS:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FORMS[action](*sent)
    if request.method == "POST" and form.is_valid():
        try:
            _take(page, action, form, own, request.POST.get("version", ""))
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            messages.success(request, _("已办理。下面是最新的进展。"))
            return redirect(f"/mine/cases/{case_id}/")
    context = {
        "page": page,
        "form": form,
        "name": said(found.step.zh, found.step.en),
        "consequence": CONSEQUENCES[action],
        "back": f"/mine/cases/{case_id}/",
    }
    return show(request, "mine/step", context, status=422 if form.errors else 200)


def _take(page: CasePage, action: str, form: forms.Form, own: Own, version: str) -> None:
    given = dict(form.cleaned_data)
    files = given.pop("evidence", ())
    fields = {name: str(value) for name, value in given.items()}
    seen = int(version) if version.isascii() and version.isdigit() else page.case.version
    now, today = clock.now(), clock.today()
    handling.take(page.case.pk, action, actor=own.user, version=seen, now=now, today=today, fields=fields, files=files)
