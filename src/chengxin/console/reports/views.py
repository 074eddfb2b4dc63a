"""Reports made at a desk: one at a time, or a list of organisations step by step; every one through the gate."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.enquiry import pages as enquiry_pages
from chengxin.console.enquiry.second import DecisionForm
from chengxin.console.reports.forms import BatchForm, ReportForm
from chengxin.disclosure import report
from chengxin.disclosure.policies import SENTENCES
from chengxin.disclosure.reports import batch_approval, batches
from chengxin.disclosure.reports.batch_approval import BatchNotApproved
from chengxin.disclosure.reports.batches import Progress
from chengxin.disclosure.services import Enquiry, ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import AnswerKind, Ground, Purpose
from chengxin.ui import clock
from chengxin.ui.addresses import way_back
from chengxin.ui.chance import chance
from chengxin.ui.formats import moment
from chengxin.ui.uploads import attachment

View = Callable[..., HttpResponseBase]
ANSWERS = (AnswerKind.RECORDS, AnswerKind.FILE)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _actor(request: HttpRequest) -> Any:
    return request.user


def desk(view: View) -> View:
    """Let officers in who may enquire; to anybody else there is no such page. A refusal becomes a sentence."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_may(_actor(request), Permission.ENQUIRE):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except report.NoReport:
            raise Http404 from None
        except Refusal as refusal:
            return _refused(request, refusal)

    return guarded


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    sentence = refusal.in_language(get_language() or "zh-hans")
    context = {"sentence": sentence, "entry": getattr(refusal, "entry", 0), "again": way_back(request)}
    status = 503 if isinstance(refusal, ServiceRefused) else 403
    return render(request, "console/enquiry/refused.html", context, status=status)


def _purposes() -> list[Purpose]:
    known = lawbook.purposes(clock.today())
    return [each for each in known if each.answer in ANSWERS and each.ground is not Ground.OWN]


def _purpose(code: str) -> Purpose:
    found = next((each for each in _purposes() if each.code == code), None)
    if found is None:
        raise Http404
    return found


@require_safe
@desk
def home(request: HttpRequest) -> HttpResponse:
    """Show the purposes that give a report, and the officer's batches."""
    in_batches = {each.code for each in batches.purposes(clock.today())}
    cards = [
        {
            "name": enquiry_pages.name_of(each, _english()),
            "basis": enquiry_pages.stands_on(each),
            "code": each.code,
            "batch": each.code in in_batches,
        }
        for each in _purposes()
    ]
    context = {
        "purposes": cards,
        "rows": [_batch_row(each) for each in batches.listed(_actor(request))],
        "columns": [{"text": text} for text in (_("开始时间"), _("用途"), _("进度"), _("未出具"))],
        "to_decide": [_waiting_row(each) for each in batch_approval.for_decider(_actor(request), clock.today())],
        "waiting_columns": [{"text": text} for text in (_("送出时间"), _("用途"), _("送出人"), _("截止日期"))],
    }
    return render(request, "console/reports/home.html", context)


def _waiting_row(each: Any) -> list[Any]:
    start = {"text": moment(each.batch.at), "href": f"/console/reports/batches/{each.pk}/"}
    return [start, _name(each.batch.purpose), each.asked_by.display_name, each.expires_on]


def _batch_row(each: Progress) -> list[Any]:
    done = _("%(made)d / %(all)d 份") % {"made": each.made, "all": len(each.rows)}
    start = {"text": moment(each.at), "href": f"/console/reports/batches/{each.id}/"}
    return [start, _name(each.purpose), done, str(each.refused)]


def _name(code: str) -> str:
    found = next((each for each in lawbook.purposes() if each.code == code), None)
    return enquiry_pages.name_of(found, _english()) if found else code


@sensitive_post_parameters("code", "name", "matter_no", "reason")
@require_http_methods(["GET", "HEAD", "POST"])
@desk
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one purpose and, sent, the signed sheet."""
    purpose = _purpose(code)
    live = enquiry_pages.live(_actor(request).agency_id, purpose, clock.today())
    approved = enquiry_pages.approved(_actor(request), purpose, clock.today())
    form = ReportForm(purpose, live, approved, _english(), request.POST or None)
    del form.fields["for_approval"]  # A second person is asked at the desk of enquiries.
    if request.method == "POST" and form.is_valid():
        return _sheet(request, purpose, form.cleaned_data)
    context = _about(purpose) | {"form": form}
    return render(request, "console/reports/ask.html", context, status=422 if form.errors else 200)


def _about(purpose: Purpose) -> dict[str, Any]:
    return {"purpose_name": enquiry_pages.name_of(purpose, _english()), "basis": enquiry_pages.stands_on(purpose)}


def _sheet(request: HttpRequest, purpose: Purpose, typed: dict[str, Any]) -> HttpResponse:
    chosen, approval = typed.get("authorisation_id"), typed.get("approval_id")
    enquiry = Enquiry(
        actor=_actor(request),
        purpose=purpose.code,
        subject_kind=typed["subject_kind"],
        code_kind=next(kind for kind in CodeKind if kind.value == typed["code_kind"]),
        code=typed["code"],
        name=typed["name"],
        authorisation_id=UUID(chosen) if chosen else None,
        statute=typed.get("statute", ""),
        matter_no=typed["matter_no"],
        matter=typed.get("matter", ""),
        reason=typed["reason"],
        approval_id=UUID(approval) if approval else None,
    )
    site = request.build_absolute_uri("/")
    made = report.build(enquiry, typed["since"], now=clock.now(), today=clock.today(), rng=chance(), site=site)
    return attachment(report.pdf(made, now=clock.now()), f"{made.number}.pdf", "application/pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def new_batch(request: HttpRequest, code: str) -> HttpResponse:
    """Take a list of organisations; nothing is made before the whole list can be read."""
    purpose, today = _purpose(code), clock.today()
    form = BatchForm(purpose, _english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            lines = batches.read(typed["lines"], purpose.code, _actor(request), today)
            started = _started(request, purpose, lines, typed)
        except batches.BatchUnfit as refusal:
            form.add_error("lines", refusal.in_language(get_language() or "zh-hans"))
        except BatchNotApproved as refusal:
            form.add_error("reason", refusal.in_language(get_language() or "zh-hans"))
        else:
            return redirect("console:report_batch", batch_id=started)
    most = lawbook.current().integer("report.batch_most", today)
    context = _about(purpose) | {"form": form, "most": most}
    return render(request, "console/reports/new_batch.html", context, status=422 if form.errors else 200)


def _started(request: HttpRequest, purpose: Purpose, lines: Any, typed: dict[str, Any]) -> UUID:
    return batches.start(
        lines,
        purpose.code,
        _actor(request),
        statute=typed.get("statute", ""),
        matter_no=typed["matter_no"],
        matter=typed.get("matter", ""),
        reason=typed["reason"],
        site=request.build_absolute_uri("/"),
        now=clock.now(),
        today=clock.today(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show how far a batch has come; each press of the button makes the next ten, so a closed page loses nothing.

    To another person of the unit it shows the list, why, and the decision to take.
    """
    asked = batch_approval.of_unit(batch_id, _actor(request))
    if asked.asked_by_id != _actor(request).pk:
        return _to_decide(request, asked)
    if request.method == "POST":
        batches.go_on(batch_id, _actor(request), now=clock.now(), today=clock.today())
        return redirect("console:report_batch", batch_id=batch_id)
    return _batch(request, batches.progress(batch_id, _actor(request)), asked)


def _to_decide(request: HttpRequest, asked: Any) -> HttpResponse:
    if batch_approval.state(asked, clock.today()) != "asked":
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve, answer = form.cleaned_data["decision"] == "approve", form.cleaned_data["answer"]
        now, today = clock.now(), clock.today()
        batch_approval.decide(asked.pk, _actor(request), approve=approve, answer=answer, now=now, today=today)
        messages.success(request, _("已批准，送出人可以开始出具。") if approve else _("已不批准，并告知送出人。"))
        return redirect("console:reports")
    return _batch(request, batches.to_decide(asked.pk, _actor(request)), asked, form)


def _batch(request: HttpRequest, seen: Progress, asked: Any, form: Any = None) -> HttpResponse:
    columns = [{"text": text} for text in (_("行"), _("单位"), _("统一社会信用代码"), _("结果"))]
    rows = [[str(row.number), row.name, {"code": row.code}, _outcome(row)] for row in seen.rows]
    context = {
        "seen": seen,
        "asked": asked,
        "state": batch_approval.state(asked, clock.today()),
        "form": form,
        "purpose_name": _name(seen.purpose),
        "rows": rows,
        "columns": columns,
    }
    return render(request, "console/reports/batch.html", context)


def _outcome(row: batches.Row) -> dict[str, str]:
    if row.report:
        return {"tone": "accepted", "text": row.report}
    if not row.refusal:
        return {"tone": "waiting", "text": _("等待出具")}
    no_file = report.NoFile()
    known = {**SENTENCES, no_file.code: (no_file.zh, no_file.en)}
    zh, en = known.get(row.refusal, (row.refusal, row.refusal))
    return {"text": _("未出具"), "note": en if _english() else zh}


@require_safe
@desk
def archive(request: HttpRequest, batch_id: UUID) -> StreamingHttpResponse:
    """Send the sheets of a batch as one ZIP, piece by piece; those that no longer hold are left out."""
    batches.progress(batch_id, _actor(request))
    pieces = batches.archive(batch_id, _actor(request), now=clock.now(), today=clock.today())
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="reports-{str(batch_id)[:8]}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
