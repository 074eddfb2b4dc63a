"""提出意见: anybody comments on a change of the catalogue while it is open, without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chengxin.catalogue import change_reading, comments
from chengxin.catalogue.comments import Said, TooManyComments
from chengxin.portal.frame import said, sentence, show
from chengxin.portal.open_site import open_page
from chengxin.rules.catalogue_changes import KINDS
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.addresses import address_of


class CommentForm(forms.Form):
    """What somebody says, and who they are if they want to say so."""

    text = forms.CharField(
        label=lazy("您的意见"),
        max_length=comments.LONGEST,
        help_text=lazy("写明同意还是不同意、哪一处、为什么。不要写别人的个人信息。"),
        widget=forms.Textarea(attrs={"rows": 6, "width": "full"}),
    )
    name = forms.CharField(
        label=lazy("姓名或者单位"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=lazy("联系方式"),
        max_length=200,
        required=False,
        help_text=lazy("可以不填。填了的，经办员可以向您了解情况。"),
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )


@open_page(records=False)
@never_cache
@sensitive_post_parameters("text", "name", "contact")
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Take a comment on one change that is open to comment today."""
    change = next((each for each in change_reading.open_to_comment(clock.today()) if each.number == number), None)
    if change is None:
        raise Http404
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = comments.from_the_public(
                number, Said(**form.cleaned_data), address_of(request), now=clock.now(), today=clock.today()
            )
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
            return show(request, "comment", _context(change, form), status=_status(refusal))
        messages.success(request, _("意见已收到，编号 %(number)s。批准以前会逐条答复。") % {"number": given})
        return redirect("portal:comment", number=number)
    return show(request, "comment", _context(change, form), status=422 if form.errors else 200)


def _status(refusal: Refusal) -> int:
    return 429 if isinstance(refusal, TooManyComments) else 422


def _context(change: Any, form: forms.Form) -> dict[str, Any]:
    return {"change": change, "kind": said(*KINDS[change.kind]), "form": form}
