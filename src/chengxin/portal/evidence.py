"""Evidence that anyone can check: the log's signed head."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chengxin.ledger import services as ledger
from chengxin.portal.frame import show
from chengxin.portal.open_site import open_page


@require_safe
@open_page(records=False)
def log(request: HttpRequest) -> HttpResponse:
    """Show the newest signed head of the log and how to check it."""
    head = ledger.latest_checkpoint()
    context = {"head": head, "root": bytes(head.root).hex() if head else "", "vkey": ledger.vkey() if head else ""}
    return show(request, "ledger", context)


@require_safe
@open_page(records=False)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the newest signed head as the text that verifiers read."""
    head = ledger.latest_checkpoint()
    if head is None:
        raise Http404
    answer = _text(head.note, "checkpoint.txt")
    answer["Cache-Control"] = "public, no-cache"  # The newest head, or none: a witness must not be shown an old one.
    return answer


@require_safe
@open_page(records=False)
def verifier_key(request: HttpRequest) -> HttpResponse:
    """Return the log's verifier key."""
    return _text(ledger.vkey() + "\n", "vkey.txt")


def _text(content: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
