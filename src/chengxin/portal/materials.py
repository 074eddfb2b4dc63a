"""Evidence of one's own case: hand in more while it is open, and fetch back what was handed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.portal.forms import EvidenceForm
from chengxin.portal.frame import show
from chengxin.portal.own import Own, own_page
from chengxin.rights import materials
from chengxin.rights.acts import Act
from chengxin.rights.matters import own_page as own_address
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.uploads import attachment


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def hand_in(request: HttpRequest, own: Own, case_id: UUID) -> HttpResponse:
    """Show the form for more evidence, or take the files; a closed case and another's case have no such page."""
    page = materials.handed_in(case_id, own.user)
    if page is None:
        raise Http404
    back = own_address(page.case.kind, case_id)
    form = EvidenceForm(request.POST, request.FILES) if request.method == "POST" else EvidenceForm()
    if form.is_valid():
        try:
            materials.hand_in(Act(case_id, own.user, clock.now(), clock.today()), form.cleaned_data["evidence"])
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            messages.success(request, _("证据材料已收到，并写入存证日志。"))
            return redirect(back)
    context = {"page": page, "form": form, "back": back}
    return show(request, "mine/materials", context, status=422 if form.errors else 200)


@require_safe
@login_required
@never_cache
def download(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send a file of one's own case to keep; anybody else's does not exist."""
    user: Any = request.user
    found = materials.own(document_id, user)
    if found is None:
        raise Http404
    return attachment(found.content, found.name, found.media_type)
