"""One's own credit report or certificate: signed sheet, page to read, or JSON; the list of them; withdrawing one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.disclosure import report
from chengxin.disclosure.report import NOT_FILED_EN, NOT_FILED_ZH, CreditReport, Form, Issued, Validity, Wanted
from chengxin.disclosure.shapes import RowShown
from chengxin.engines import qr
from chengxin.portal import words
from chengxin.portal.cards import states, title
from chengxin.portal.frame import said, sentence, show
from chengxin.portal.mine import download
from chengxin.portal.own import Own, own_page, subject_name
from chengxin.portal.report_forms import CertificateForm, WholeFileForm
from chengxin.portal.report_words import FORMS, REASONS, TAGS
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day, moment
from chengxin.ui.uploads import attachment


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def own_report(request: HttpRequest, own: Own) -> HttpResponse:
    """Offer a report or a certificate, or make one; the answer to the POST is the document itself."""
    if request.method != "POST":
        return _offer(request, own, WholeFileForm(), CertificateForm(clock.today()))
    if request.POST.get("what") == Form.CLEARANCE:
        return _certificate(request, own)
    form = WholeFileForm(request.POST)
    if form.is_valid():
        try:
            return _made(request, own, Wanted(since=form.cleaned_data["since"]))
        except report.PeriodUnfit as refusal:
            form.add_error("since", sentence(refusal))
    return _offer(request, own, form, CertificateForm(clock.today()))


def _certificate(request: HttpRequest, own: Own) -> HttpResponse:
    form = CertificateForm(clock.today(), request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            return _made(request, own, Wanted(Form.CLEARANCE, typed["since"], typed["until"], tuple(typed["domains"])))
        except (report.PeriodUnfit, report.NoDomain) as refusal:
            form.add_error(None, sentence(refusal))
    return _offer(request, own, WholeFileForm(), form)


def _offer(request: HttpRequest, own: Own, whole: WholeFileForm, form: CertificateForm) -> HttpResponse:
    issued = report.of_subject(own.subject, own.user, clock.today())
    context = {
        "name": subject_name(own.subject),
        "whole": whole,
        "form": form,
        "issued": [_issued(each) for each in issued],
    }
    return show(request, "mine/report_offer", context, status=422 if form.errors or whole.errors else 200)


def _issued(each: Issued) -> dict[str, Any]:
    return {
        "number": each.number,
        "form": FORMS[each.form],
        "made_at": each.made_at,
        "tag": TAGS[each.validity],
        "keep_until": each.keep_until,
        "checks": each.checks,
        "open": each.validity is not Validity.WITHDRAWN,
        "verify": f"/reports/verify/{each.number}/{each.verify_code}/",
    }


def _made(request: HttpRequest, own: Own, wanted: Wanted) -> HttpResponse:
    made = issue(request, own, wanted)
    kind = request.POST.get("format")
    if kind == "json":
        return download(report.data(made, now=clock.now()), f"{made.number}.json")
    if kind == "pdf":
        return attachment(report.pdf(made, now=clock.now()), f"{made.number}.pdf", "application/pdf")
    return show(request, "mine/report", shown(made))


def issue(request: HttpRequest, own: Own, wanted: Wanted) -> CreditReport:
    """Make a report of the file that is open, checkable at this site's own address."""
    site = request.build_absolute_uri("/")
    return report.build_own(own.subject, own.user, wanted, now=clock.now(), today=clock.today(), site=site)


def shown(made: CreditReport) -> dict[str, Any]:
    """Return a report as its page shows it."""
    path, side = qr.svg_path(made.verify_at)
    return {
        "report": made,
        "title": FORMS[Form(made.form)] if made.clean else _("违法违规信息查询证明"),
        "period": _period(made),
        "sections": _sections(made),
        "statements": [[said(each.name_zh, each.name_en), said(each.zh, each.en)] for each in made.statements],
        "statement_columns": [{"text": _("领域")}, {"text": _("结论")}],
        "usage": _usage(made),
        "qr_path": path,
        "qr_side": side,
    }


def _period(made: CreditReport) -> str:
    days = {"since": day(made.since), "until": day(made.until)}
    if made.form == Form.CLEARANCE:
        return _("%(since)s 至 %(until)s（按决定日期）") % days
    if made.since:
        return _("%(since)s 至 %(until)s（按决定日期；登记、许可等现状照列）") % days
    return _("截至 %(until)s 仍可使用的全部记录") % days


def _usage(made: CreditReport) -> dict[str, Any] | None:
    if made.usage is None:
        return None
    heads = (_("时间"), _("单位"), _("用途"), _("结果"))
    rows = [
        [
            moment(each.at),
            said(each.agency_zh, each.agency_en) or _("未注明单位"),
            {"text": said(each.purpose_zh, each.purpose_en), "note": str(words.BASIS_KINDS.get(each.basis_kind, ""))},
            str(words.OUTCOMES.get(each.outcome, each.outcome)),
        ]
        for each in made.usage.rows
    ]
    return {"columns": [{"text": text} for text in heads], "rows": rows, "all": made.usage}


def _sections(made: CreditReport) -> list[dict[str, Any]]:
    return [
        {
            "name": said(each.zh, each.en),
            "said": said(each.said_zh, each.said_en),
            "rows": [_entry(row) for row in each.rows],
            "notes": [said(note.zh, note.en) for note in each.notes],
        }
        for each in made.sections
    ]


def _entry(row: RowShown) -> dict[str, Any]:
    """Return the card of a record in a report: every label of its printed form in order, and its last day of use."""
    until = row.use_until.isoformat() if row.use_until else _("长期有效")
    empty = said(NOT_FILED_ZH, NOT_FILED_EN)
    labels = [{"term": said(each.zh, each.en), "text": each.value or empty} for each in row.fields]
    return {
        "what": title(row),
        "kind": said(row.item_zh, row.item_en),
        "grade": str(words.GRADES.get(row.grade, "")),
        "basis": row.basis,
        "states": states(row),
        "rows": [*labels, {"term": _("共享使用到"), "text": until}, *_statement(row)],
    }


def _statement(row: RowShown) -> list[dict[str, Any]]:
    return [{"term": _("当事人声明"), "text": row.statement}] if row.statement else []


@require_safe
@own_page
def again(request: HttpRequest, own: Own, number: str, kind: str) -> HttpResponse:
    """Send the same file once more while the report holds; a file one may not have does not exist."""
    today: date = clock.today()
    try:
        if kind == "json":
            return download(report.data_again(number, own.user, now=clock.now(), today=today), f"{number}.json")
        sheet = report.sheet_again(number, own.user, now=clock.now(), today=today)
    except report.NoReport:
        raise Http404 from None
    return attachment(sheet.content, f"{sheet.number}.pdf", "application/pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def withdraw(request: HttpRequest, own: Own, number: str) -> HttpResponse:
    """Ask whether a report is to be withdrawn, and withdraw it."""
    issued = report.of_subject(own.subject, own.user, clock.today())
    if not any(each.number == number and each.validity is not Validity.WITHDRAWN for each in issued):
        raise Http404
    if request.method == "POST":
        try:
            report.withdraw(number, own.user, request.POST.get("reason", ""), now=clock.now())
        except Refusal as refusal:
            messages.error(request, sentence(refusal))
        else:
            messages.success(request, _("已撤回。从现在起，核验这份报告的人会看到“已撤回”。"))
        return redirect("/mine/report/")
    options = [{"value": code, "text": str(text)} for code, text in REASONS.items() if code != "mistake"]
    return show(request, "mine/report_withdraw", {"number": number, "options": options})
