"""Evidence that anyone can check: the log's signed head, and whether a credit report still holds."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.disclosure import report
from chengxin.ledger import services as ledger
from chengxin.portal.forms import ReportCheckForm
from chengxin.portal.frame import show
from chengxin.ui import clock


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the newest signed head of the log and how to check it."""
    head = ledger.latest_checkpoint()
    context = {"head": head, "root": bytes(head.root).hex() if head else "", "vkey": ledger.vkey() if head else ""}
    return show(request, "ledger", context)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the newest signed head as the text that verifiers read."""
    head = ledger.latest_checkpoint()
    if head is None:
        raise Http404
    return _text(head.note, "checkpoint.txt")


@require_safe
def verifier_key(request: HttpRequest) -> HttpResponse:
    """Return the log's verifier key."""
    return _text(ledger.vkey() + "\n", "vkey.txt")


def _text(content: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_report(request: HttpRequest) -> HttpResponse:
    """Say whether a report still holds. The code is posted, never put into an address; nothing is changed by asking."""
    form = ReportCheckForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = report.verify(_typed(form, "number"), _typed(form, "code"), clock.today())
    return show(request, "check_report", {"form": form, "found": found}, status=422 if form.errors else 200)


def _typed(form: ReportCheckForm, name: str) -> str:
    """Return what was typed without the spaces that numbers are printed with."""
    return "".join(form.cleaned_data[name].split())
