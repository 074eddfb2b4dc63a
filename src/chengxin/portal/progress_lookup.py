"""进度查询: a query code from a paper shows where a case stands; no sign-in, and nothing about a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chengxin.cases import query_codes
from chengxin.portal import words
from chengxin.portal.frame import said, sentence, show
from chengxin.portal.open_site import open_page
from chengxin.rights.next_steps import PAUSED, Progress, progress
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.addresses import address_of


class CodeForm(forms.Form):
    """The code on the paper."""

    code = forms.CharField(
        label=_("查询码"),
        max_length=40,
        help_text=_("印在窗口回执上，13 位字母和数字；大小写和横线不影响。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "width": "short"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@open_page(records=False)
@never_cache
@sensitive_post_parameters("code")
def lookup(request: HttpRequest) -> HttpResponse:
    """Show where the case of a code stands; the code comes by POST and is never shown again."""
    form = CodeForm(request.POST or None)
    found: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            address = address_of(request)
            case = query_codes.find(form.cleaned_data["code"], address, clock.now())
            found = _shown(progress(case, clock.today()))
        except Refusal as refusal:
            form.add_error("code", sentence(refusal))
    status = 422 if form.errors else 200
    return show(request, "progress", {"form": CodeForm() if found else form, "found": found}, status=status)


def _shown(where: Progress) -> dict[str, Any]:
    return {
        "kind": words.CASE_KINDS[where.kind],
        "state": said(where.state.zh, where.state.en),
        "tone": "neutral" if where.closed else "open",
        "due_on": where.due_on,
        "overdue": where.overdue,
        "paused": said(*PAUSED) if where.paused and not where.closed else "",
        "next": said(where.zh, where.en),
    }
