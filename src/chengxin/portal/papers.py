"""Official documents: one's own as a sheet to keep, and a page where anybody can check one they were shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.cases import documents_pdf
from chengxin.portal.frame import show
from chengxin.portal.mine import download
from chengxin.portal.open_site import open_page
from chengxin.rights import papers
from chengxin.rights.papers import Paper
from chengxin.ui import clock


class DocumentCheckForm(forms.Form):
    """What is printed at the foot of a document."""

    number = forms.CharField(label=_("文书编号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    sha256 = forms.RegexField(r"^\s*[0-9A-Fa-f]{64}\s*$", label=_("正文 SHA-256"), max_length=80)
    signature = forms.CharField(label=_("平台签名（Ed25519）"), max_length=120)


def _own(request: HttpRequest, document_id: int) -> Paper:
    user: Any = request.user
    found = papers.own(document_id, user, now=clock.now())
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
@never_cache
def sheet(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send a document of one's own as PDF; anybody else's does not exist."""
    return as_pdf(_own(request, document_id))


def as_pdf(paper: Paper) -> HttpResponse:
    """Return a sheet as a file to keep."""
    response = HttpResponse(paper.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper.number}.pdf"'
    return response


@require_safe
@login_required
@never_cache
def evidence(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send what the offline verifier reads of a document of one's own."""
    found = _own(request, document_id)
    return download(found.evidence, f"{found.number}.json")


@require_http_methods(["GET", "HEAD", "POST"])
@open_page(records=False)
def check(request: HttpRequest) -> HttpResponse:
    """Tell whether a signature is the platform's; nothing is looked up, so nothing about anybody can be learned."""
    # A long digest copied from a sheet may carry the invisible marks at which its line was broken.
    typed = {name: str(value).replace("\u200b", "") for name, value in request.POST.items()}
    form, holds = DocumentCheckForm(typed or None), None
    if request.method == "POST" and form.is_valid():
        holds = documents_pdf.signature_holds(**form.cleaned_data)
    status = 422 if form.errors else 200
    return show(request, "check_document", {"form": form, "asked": holds is not None, "holds": holds}, status=status)
