"""The way back to the clerk: one's own file with comments in its cells, and rows taken back while they wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chengxin.accounts.policies import NotPermitted, check_may
from chengxin.accounts.roles import Permission
from chengxin.console.intake import shown
from chengxin.console.intake.entry import enter
from chengxin.console.intake.forms import MappingForm, OwnFileForm
from chengxin.console.intake.record_forms import NoteForm
from chengxin.console.intake.views import download, visible
from chengxin.intake import own_copy, retracting, selectors, uploads
from chengxin.intake.policies import check_may_take_back
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 50


def _said(refusal: Refusal) -> str:
    return refusal.in_language(get_language() or "")


def _language() -> str:
    return "en" if shown.english() else "zh"


def _own(request: HttpRequest, submission_id: UUID) -> Any:
    """Return a submission of the user's own agency; to others it does not exist."""
    submission = visible(request, submission_id)
    try:
        check_may_take_back(submission, request.user)  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        raise Http404 from refusal
    return submission


@login_required
@never_cache
def own_file(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Take the very file that was filed and hand it back with comments in its cells; nothing of it is kept."""
    submission = _own(request, submission_id)
    form = OwnFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = own_copy.of_submission(
                submission,
                form.cleaned_data["file"],
                actor=request.user,  # type: ignore[arg-type]  # Signed in.
                language=_language(),
            )
        except Refusal as refusal:
            form.add_error("file", _said(refusal))
        else:
            return download(content, f"annotated-{submission_id}.xlsx", "xlsx")
    return render(request, "console/intake/own_file.html", {"submission": submission, "form": form})


@login_required
@never_cache
@require_POST
def of_trial(request: HttpRequest) -> HttpResponse:
    """Hand back a file that was tried, chosen again or still here in pieces, with what would become of its rows."""
    enter(request.user, Permission.SUBMIT_RECORDS)
    try:
        if "upload" in request.POST:
            return _of_upload(request, UUID(request.POST["upload"]))
        form = MappingForm(request.POST, request.FILES, today=clock.today())
        if form.is_valid():
            file = form.cleaned_data["file"]
            return _tried(request, form.cleaned_data["item"], file.name, file)
        messages.error(request, _("请先选择文件。"))
    except Refusal as refusal:
        messages.error(request, _said(refusal))
    except ValueError:
        pass
    return redirect("console:intake:home")


def _of_upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    user: Any = request.user
    upload = uploads.one(upload_id, actor=user, now=clock.now())
    with uploads.opened(upload) as file:
        return _tried(request, upload.item.code, upload.filename, file)


def _tried(request: HttpRequest, item: str, name: str, file: Any) -> HttpResponse:
    user: Any = request.user
    content = own_copy.of_trial(
        user.agency, item, name, file, actor=user, now=clock.now(), today=clock.today(), language=_language()
    )
    return download(content, f"trial-{item}.xlsx", "xlsx")


def _of_clerk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return login_required(never_cache(sensitive_post_parameters()(view)))


@_of_clerk
def retract(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """List the rows that wait for a person; a POST takes back the chosen ones with a reason."""
    submission = _own(request, submission_id)
    try:
        check_may(request.user, Permission.WITHDRAW_RECORDS)  # type: ignore[arg-type]  # Signed in.
    except NotPermitted as refusal:
        raise PermissionDenied(_said(refusal)) from refusal
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _retracted(request, submission, form):
        return redirect("console:intake:result", submission_id=submission_id)
    page = Paginator(retracting.waiting(submission), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"row_no": row.row_no, "told": [f.en if shown.english() else f.zh for f in row.findings]}
        for row in selectors.in_words(submission, list(page))
    ]
    chosen = set(request.POST.getlist("row"))
    context = {"submission": submission, "form": form, "page": page, "rows": rows, "chosen": chosen}
    return render(request, "console/intake/retract.html", context)


def _retracted(request: HttpRequest, submission: Any, form: NoteForm) -> bool:
    rows = {int(each) for each in request.POST.getlist("row") if each.isdecimal() and len(each) < 10}
    if not rows:
        form.add_error(None, _("请先勾选要撤回的行。"))
        return False
    user: Any = request.user
    try:
        done = retracting.retract(submission, rows, form.cleaned_data["note"], actor=user, now=clock.now())
    except Refusal as refusal:
        form.add_error(None, _said(refusal))
        return False
    told = ngettext(
        "已撤回 %(n)d 行；它们没有入库，也不再等待判定。", "已撤回 %(n)d 行；它们没有入库，也不再等待判定。", done
    )
    messages.success(request, told % {"n": done})
    return True
