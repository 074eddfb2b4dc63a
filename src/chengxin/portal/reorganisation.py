"""破产重整信用修复 for an organisation: what the track is, the application, and each case with its next step."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.cases.services import lines
from chengxin.portal import words
from chengxin.portal.forms import LONGEST_TEXT, SpeakingForm, evidence_field
from chengxin.portal.frame import said, sentence, show
from chengxin.portal.own import Own, own_page, subject_name
from chengxin.portal.progress import stages
from chengxin.registry import selectors as registry
from chengxin.rights import bankruptcy, handling, reorganisation_pages, texts
from chengxin.rights.bankruptcy import Ruling
from chengxin.rights.materials import may_hand_in
from chengxin.rights.reorganisation_pages import Page, Row
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


class ReorganisationForm(forms.Form):
    """The court ruling that approved the plan, and what shows it."""

    court = forms.CharField(label=gettext_lazy("作出裁定的法院"), max_length=100)
    number = forms.CharField(
        label=gettext_lazy("裁定书文号"),
        max_length=100,
        help_text=gettext_lazy("批准重整计划或者认可和解协议的裁定书。"),
    )
    ruled_on = forms.DateField(label=gettext_lazy("裁定日期"), widget=forms.DateInput(attrs={"type": "date"}))
    perform_by = forms.DateField(
        label=gettext_lazy("计划执行期限的最后一天"), widget=forms.DateInput(attrs={"type": "date"})
    )
    text = forms.CharField(
        label=gettext_lazy("证明材料说明"),
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy(
            "写明裁定书、重整计划的主要内容和管理人的联系方式，供信用中心向法院核对。内容加密保存。"
        ),
        widget=forms.Textarea(attrs={"rows": 5, "width": "full"}),
    )
    evidence = evidence_field()


class PerformedForm(forms.Form):
    """Which document of the court or the administrator says that the plan has been performed."""

    note = forms.CharField(
        label=gettext_lazy("怎样证明计划已经执行完毕"),
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("写明法院文书的文号和日期，或者管理人监督报告的名称和日期。"),
        widget=forms.Textarea(attrs={"rows": 5, "width": "full"}),
    )
    evidence = evidence_field()


OWN_STEPS: dict[str, type[forms.Form]] = {"report": PerformedForm, "speak": SpeakingForm, "withdraw": forms.Form}


def is_organisation(subject_id: UUID) -> bool:
    """Tell whether a file is that of an organisation, for which alone this track exists."""
    subject = registry.subject(subject_id)
    return subject is not None and subject.kind != "person"


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def listing(request: HttpRequest, own: Own) -> HttpResponse:
    """Explain the track, show the organisation's cases and take an application."""
    subject = _organisation(own)
    form = ReorganisationForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, own, subject, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
    rows, allowed = reorganisation_pages.own(subject, own.user, clock.today()), bankruptcy.allowed(clock.today())
    open_one = any(not row.where.closed for row in rows)
    context = {
        "name": subject_name(subject),
        "basis": bankruptcy.basis(clock.today()),
        "allowed": allowed,
        "form": form if allowed and not open_one else None,
        "rows": [_row(row) for row in rows],
        "columns": [{"text": _("编号")}, {"text": _("现在")}, {"text": _("下一步")}, {"text": _("最近的期限")}],
        "open_one": open_one,
    }
    return show(request, "mine/reorganisation", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """Return what was posted and the files with it; nothing for a page that is only opened."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _organisation(own: Own) -> UUID:
    """Return the organisation whose file is open, or the first one the user may act for."""
    found = next((each for each in (own.subject, *own.subjects) if is_organisation(each)), None)
    if found is None:
        raise Http404
    return found


def _file(request: HttpRequest, own: Own, subject: UUID, given: dict[str, Any]) -> HttpResponse:
    more = {"text": given.pop("text"), "evidence": given.pop("evidence")}
    case = bankruptcy.file(subject, Ruling(**given), actor=own.user, now=clock.now(), today=clock.today(), **more)
    messages.success(request, _("申请已提交，不收取任何费用。以后的进展和决定都在这一页。"))
    return redirect(f"/mine/reorganisation/{case.pk}/")


def _row(row: Row) -> list[Any]:
    state = row.where.state
    return [
        {"text": row.case.number, "href": f"/mine/reorganisation/{row.case.pk}/"},
        {"tone": "neutral" if row.where.closed else "open", "text": said(state.zh, state.en)},
        said(row.where.zh, row.where.en),
        _due(row.where.due_on, row.where.overdue),
    ]


def _due(due_on: date | None, late: bool) -> Any:
    return {"text": due_on, "note": _("已超过期限") if late else ""} if due_on else "—"


@require_safe
@own_page
def one(request: HttpRequest, own: Own, case_id: UUID) -> HttpResponse:
    """Show one case: where it stands, what comes next, the decisions and the applicant's steps."""
    page = _page(own, case_id)
    facts = page.case.facts
    context = {
        "page": page,
        "state": said(page.where.state.zh, page.where.state.en),
        "next": said(page.where.zh, page.where.en),
        "ruled_on": date.fromisoformat(facts["ruled_on"]),
        "perform_by": date.fromisoformat(facts["perform_by"]),
        "deadlines": [_deadline(each) for each in page.deadlines],
        "events": [_event(line) for line in page.timeline][::-1],
        "actions": _actions(page),
        "remedy": texts.reorganisation_remedy(page.case.state),
        "steps": stages(page.case.kind, page.case.state, closed=page.case.closed_at is not None),
        "hearing_steps": lines(page.hearing.time) if page.hearing else [],
        "may_hand_in": may_hand_in(page.case, own.user),
    }
    return show(request, "mine/reorganisation_case", context)


def _page(own: Own, case_id: UUID) -> Page:
    page = reorganisation_pages.page(case_id, own.user, clock.today())
    if page is None or page.case.subject_ref not in own.subjects:
        raise Http404
    return page


def _deadline(each: Any) -> dict[str, Any]:
    name = words.DEADLINES.get(each.key, each.key)
    return {"name": name, "due_on": each.due_on, "met": bool(each.met_at), "derivation": each.derivation}


def _event(line: Any) -> dict[str, Any]:
    event = line.event
    by = str(event.actor.agency or _("申请人")) if event.actor else _("平台自动")
    title = said(*reorganisation_pages.step_name(event.action))
    return {"when": event.at, "title": title, "text": line.note, "by": by, "stage": "done"}


def _actions(page: Page) -> list[dict[str, str]]:
    open_ones = [each.step for each in page.actions if each.open and each.step.action in OWN_STEPS]
    base = f"/mine/reorganisation/{page.case.pk}/"
    return [{"text": said(step.zh, step.en), "href": f"{base}{step.action}/"} for step in open_ones]


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def step(request: HttpRequest, own: Own, case_id: UUID, action: str) -> HttpResponse:
    """Report that the plan has been performed, or withdraw the application."""
    page = _page(own, case_id)
    found = next((each.step for each in page.actions if each.open and each.step.action == action), None)
    if found is None or action not in OWN_STEPS:
        raise Http404
    form = OWN_STEPS[action](*_sent(request))
    back = f"/mine/reorganisation/{case_id}/"
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        files = given.pop("evidence", ())
        try:
            handling.take(
                case_id, action, actor=own.user, now=clock.now(), today=clock.today(), fields=given, files=files
            )
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("已办理，并写入存证日志。"))
            return redirect(back)
    context = {"form": form, "name": said(found.zh, found.en), "back": back, "number": page.case.number}
    return show(request, "mine/reorganisation_step", context, status=422 if form.errors else 200)
