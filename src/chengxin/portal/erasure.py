"""“Erase my file”: what the law says of each record today, the request, its answer, and the proof that it was done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.portal import words
from chengxin.portal.forms import LONGEST_TEXT, NoteForm
from chengxin.portal.frame import said, sentence, show
from chengxin.portal.mine import download
from chengxin.portal.own import subject_name
from chengxin.portal.progress import event_of, stages
from chengxin.registry import selectors as registry
from chengxin.rights import erasure, erasure_pages, handling
from chengxin.rights.erasure_pages import Page
from chengxin.rights.next_steps import progress
from chengxin.rules.errors import Refusal
from chengxin.rules.retention import FATE_NAMES, Fate
from chengxin.ui import clock

View = Callable[..., HttpResponse]
SCOPES = {"file": gettext_lazy("整份档案"), "record": gettext_lazy("一条记录")}
TONES = {"refused": "refused", "frozen": "waiting", "erased": "accepted"}
OWN_STEPS: dict[str, type[forms.Form]] = {"contest": NoteForm, "withdraw": forms.Form}


class ErasureForm(forms.Form):
    """Which file, what of it, and why; a reason may be given and need not be."""

    target = forms.ChoiceField(label=gettext_lazy("请求删除"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy("可以不填。内容加密保存，只有办理人员能看到。"),
        widget=forms.Textarea(attrs={"rows": 4, "width": "full"}),
    )


def signed_in(view: View) -> View:
    """Let a signed-in person in, with a file or without one: an answer outlives the file it was about."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return show(request, "refused", {"sentence": sentence(refusal)}, status=403)

    return guarded


def user_of(request: HttpRequest) -> Any:
    """Return the signed-in user."""
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """Show one's requests and what would become of each record today, or file a request."""
    form = ErasureForm(request.POST or None)
    files = [mandate.subject_id for mandate in registry.subjects_of(user_of(request))]
    found = {each: erasure_pages.preview(each, user_of(request), clock.today()) for each in files}
    _offer(form, found)
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
    rows = [_row(row) for row in erasure_pages.own(user_of(request))]
    columns = [{"text": _("编号")}, {"text": _("范围")}, {"text": _("现在")}]
    sorted_out = [_finding(each.stored(), each.record.item) for every in found.values() for each in every]
    context = {"form": form if files else None, "rows": rows, "columns": columns, "findings": sorted_out}
    return show(request, "mine/erasure", {**context, "finding_columns": finding_columns()}, status=_status(form))


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200


def _offer(form: ErasureForm, found: dict[UUID, Any]) -> None:
    """Offer the whole file and every record of it, for each file the user may act for."""
    choices = []
    for subject, findings in found.items():
        choices.append((f"{subject}", _("整份档案：%(name)s") % {"name": subject_name(subject)}))
        choices += [(f"{subject}/{each.record.pk}", _record_words(each)) for each in findings]
    form.fields["target"].choices = choices  # type: ignore[attr-defined]  # It is a choice field.


def _record_words(finding: Any) -> str:
    item = finding.record.item
    return _("只删除一条：%(item)s") % {"item": said(item.name_zh, item.name_en)}


def _file(request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    subject, _slash, record = given["target"].partition("/")
    case = erasure.request(
        UUID(subject),
        actor=user_of(request),
        record_id=UUID(record) if record else None,
        text=given["text"],
        now=clock.now(),
        today=clock.today(),
    )
    messages.success(request, _("删除请求已提交。以后的进展和答复都在这一页。"))
    return redirect(f"/mine/erasure/{case.pk}/")


def _row(row: Any) -> list[Any]:
    href = f"/mine/erasure/{row.case.pk}/"
    return [{"text": row.case.number, "href": href}, str(SCOPES[row.scope]), said(row.state.zh, row.state.en)]


def finding_columns() -> list[dict[str, str]]:
    """Return the columns of what the law says of each record."""
    return [{"text": _("记录")}, {"text": _("结果")}, {"text": _("为什么")}, {"text": _("依据")}]


def _finding(stored: dict[str, Any], item: Any = None) -> list[Any]:
    name = said(item.name_zh, item.name_en) if item else words.item_name(stored["item"], clock.today())
    zh, en = FATE_NAMES[Fate(stored["fate"])]
    tag = {"tone": TONES[stored["fate"]], "text": said(zh, en)}
    return [name, tag, said(stored["zh"], stored["en"]), "；".join(stored["basis"])]


@require_safe
@signed_in
def one(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one request: where it stands, what the law says of each record, the answer and the proof."""
    page = _page(request, case_id)
    due = [each for each in page.deadlines if not each.met_at and not each.superseded_at]
    context = {
        "page": page,
        "scope": SCOPES[page.erasure.scope],
        "state": said(page.state.zh, page.state.en),
        "due_on": due[0].due_on if due else None,
        "steps": stages(page.case.kind, page.case.state, closed=page.case.closed_at is not None),
        "events": [event_of(page.case.kind, line) for line in page.timeline][::-1],
        "next": said(*_next(page)),
        "remedy": erasure.remedy(_ended(page), page.case.state),
        "findings": [_finding(each) for each in page.findings],
        "finding_columns": finding_columns(),
        "actions": _actions(page),
        "proved": page.erasure.erased_at is not None,
    }
    return show(request, "mine/erasure_case", context)


def _next(page: Page) -> tuple[str, str]:
    found = progress(page.case, clock.today())
    return found.zh, found.en


def _ended(page: Page) -> Fate:
    """Return what became of the request as far as remedies go; an undecided one can still be refused."""
    return {"erased": Fate.ERASE, "approved": Fate.ERASE, "frozen": Fate.FREEZE}.get(page.case.state, Fate.KEEP)


def _page(request: HttpRequest, case_id: UUID) -> Page:
    if not erasure_pages.is_own(case_id, user_of(request)):
        raise Http404
    page = erasure_pages.read(case_id, user_of(request), now=clock.now(), today=clock.today())
    if page is None:
        raise Http404
    return page


def _actions(page: Page) -> list[dict[str, str]]:
    open_ones = [each.step for each in page.actions if each.open and each.step.action in OWN_STEPS]
    base = f"/mine/erasure/{page.case.pk}/"
    return [{"text": said(step.zh, step.en), "href": f"{base}{step.action}/"} for step in open_ones]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def step(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Withdraw a request, or contest its refusal."""
    page = _page(request, case_id)
    found = next((each for each in page.actions if each.open and each.step.action == action), None)
    if found is None or action not in OWN_STEPS:
        raise Http404
    form = OWN_STEPS[action](request.POST if request.method == "POST" else None)
    back = f"/mine/erasure/{case_id}/"
    if request.method == "POST" and form.is_valid():
        try:
            handling.take(
                case_id,
                action,
                actor=user_of(request),
                now=clock.now(),
                today=clock.today(),
                fields={name: str(value) for name, value in form.cleaned_data.items()},
            )
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            return redirect(back)
    name = said(found.step.zh, found.step.en)
    return show(request, "mine/erasure_step", {"form": form, "name": name, "back": back}, status=_status(form))


@require_safe
@signed_in
def proof(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send the proof of an erasure to whoever asked for it."""
    found = erasure_pages.proof(case_id, user_of(request), now=clock.now())
    if found is None:
        raise Http404
    return download(found, f"erasure-{case_id}.json")
