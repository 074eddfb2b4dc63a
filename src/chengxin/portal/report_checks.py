"""核验信用报告: by number and code, by the address in the QR code, or by the file itself. No content is ever shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.disclosure import report
from chengxin.disclosure.report import Validity
from chengxin.portal.frame import sentence, show
from chengxin.portal.open_site import open_page
from chengxin.portal.report_forms import FileCheckForm, ReportCheckForm
from chengxin.portal.report_words import state
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


@require_http_methods(["GET", "HEAD", "POST"])
@open_page(records=False)
@never_cache
def check_report(request: HttpRequest) -> HttpResponse:
    """Say whether a report still holds, by number and code or by its file."""
    if request.method == "POST" and request.FILES:
        return _by_file(request)
    form = ReportCheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _answer(request, _typed(form, "number"), _typed(form, "code"))
    return _page(request, form=form, status=422 if form.errors else 200)


@require_safe
@open_page(records=False)
@never_cache
def by_address(request: HttpRequest, number: str, verify_code: str) -> HttpResponse:
    """Say whether a report still holds, for whoever followed the QR code; the address holds no personal number."""
    return _answer(request, number, verify_code)


def _answer(request: HttpRequest, number: str, code: str) -> HttpResponse:
    try:
        found = report.show(number, code, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return show(request, "refused", {"sentence": sentence(refusal)}, status=503)
    return _page(request, result=state(found))


def _by_file(request: HttpRequest) -> HttpResponse:
    form = FileCheckForm(None, request.FILES)
    if not form.is_valid():
        return _page(request, files=form, status=422)
    try:
        checked = report.check(form.cleaned_data["file"][0], clock.today())
    except Refusal as refusal:
        form.add_error("file", sentence(refusal))
        return _page(request, files=form, status=422)
    result = state(checked.report)
    if checked.report.validity is Validity.UNKNOWN:
        result |= {
            "title": _("这不是本平台出具的文件，或者已被改动。"),
            "meaning": _("它和本平台出具的任何一份报告文件都不完全相同；另存、打印再扫描、加批注都会改变文件。"),
            "remedy": _("请向对方索要原文件；或者用报告上的编号和核验码核验。不能核实的，请不要采信。"),
        }
    return _page(request, result=result, unaltered=checked.unaltered, signed=checked.signed)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"form": ReportCheckForm(), "files": FileCheckForm(), **context}
    response = show(request, "check_report", shown, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _typed(form: ReportCheckForm, name: str) -> str:
    """Return what was typed without the spaces that numbers are printed with."""
    return "".join(form.cleaned_data[name].split())
