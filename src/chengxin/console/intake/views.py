"""Sending a file and reading what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.console.intake import shown
from chengxin.console.intake.entry import enter
from chengxin.console.intake.forms import BlankForm, SubmissionForm
from chengxin.intake import selectors, services
from chengxin.intake.blanks import blank_csv
from chengxin.intake.policies import check_may_see
from chengxin.intake.returns import returned_csv
from chengxin.intake.selectors import RowView
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 50
STATES = ("admitted", "returned", "waiting", "duplicate", "corrected", "withdrawn")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List what was sent and offer the form to send a file; a POST sends one."""
    user: Any = request.user
    may_send, may_judge = can_may(user, Permission.SUBMIT_RECORDS), can_may(user, Permission.MATCH_SUBJECT)
    if not may_judge:
        enter(user, Permission.SUBMIT_RECORDS)
    form = SubmissionForm(request.POST or None, request.FILES or None, today=clock.today()) if may_send else None
    if request.method == "POST" and form is not None and form.is_valid():
        answer = _sent(request, form)
        if answer is not None:
            return answer
    found = selectors.submissions() if may_judge else selectors.submissions_of(user.agency)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "blank_form": BlankForm(today=clock.today()) if may_send else None,
        "page": page,
        "columns": shown.file_columns(with_agency=may_judge),
        "rows": shown.file_rows(page, with_agency=may_judge),
        "open_questions": selectors.open_questions().count() if may_judge else None,
    }
    return render(request, "console/intake/home.html", context)


def _sent(request: HttpRequest, form: SubmissionForm) -> HttpResponse | None:
    """Send the file of a valid form; a refusal becomes an error of the form, so that the page says what to do."""
    user: Any = request.user
    file = form.cleaned_data["file"]
    now, today = clock.now(), clock.today()
    place = (user.agency, form.cleaned_data["item"], file.name, file)
    try:
        if form.cleaned_data["dry_run"]:
            return _rehearsed(request, services.rehearse(*place, actor=user, now=now, today=today))
        submission = services.submit(*place, actor=user, now=now, today=today)
    except Refusal as refusal:
        form.add_error("file", refusal.in_language(get_language() or ""))
        return None
    again = submission.submitted_at != now
    messages.success(request, shown.told_sentence(selectors.summary(submission), again=again))
    return redirect("console:intake:result", submission_id=submission.id)


def _rehearsed(request: HttpRequest, rehearsal: services.Rehearsal) -> HttpResponse:
    """Show what would become of a file; nothing was stored, so there is nothing to redirect to."""
    submission = rehearsal.submission
    told = [
        RowView(line.row_no, line.state, selectors.findings_in_words(submission, line.findings))
        for line in rehearsal.told[:PER_PAGE]
    ]
    context = _figures(submission) | {
        "rehearsal": True,
        "columns": shown.finding_columns(),
        "rows": shown.finding_rows(submission, told),
        "more": max(0, len(rehearsal.told) - PER_PAGE),
    }
    return render(request, "console/intake/result.html", context)


def _figures(submission: Any, href: str = "") -> dict[str, Any]:
    figures = selectors.summary(submission)
    return {
        "submission": submission,
        "item_name": submission.item.name_en if shown.english() else submission.item.name_zh,
        "basis": f"《{submission.item.basis_instrument}》{submission.item.basis_article}",
        "figures": figures,
        "tiles": shown.tiles(figures, href),
        "notes": shown.notes(submission),
        "bars": shown.reason_bars(submission, figures),
    }


@login_required
def result(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show what became of a file: five figures, and row by row what was found and what to do."""
    submission = _visible(request, submission_id)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    page = Paginator(selectors.rows(submission, state), PER_PAGE).get_page(request.GET.get("page"))
    refusal = submission.refusal or {}
    context = _figures(submission, request.path) | {
        "state": state,
        "filters": _filters(request.path, state),
        "page": page,
        "page_base": f"?state={state}&page=",
        "columns": shown.finding_columns(),
        "rows": shown.finding_rows(submission, selectors.in_words(submission, list(page))),
        "refusal": refusal.get("en" if shown.english() else "zh"),
        "returned_href": f"{request.path}returned.csv",
        "own": request.user.agency_id == submission.agency_id,  # type: ignore[union-attr]  # Signed in.
        "file_state": shown.file_state(submission),
    }
    return render(request, "console/intake/result.html", context)


def _filters(path: str, state: str) -> list[dict[str, Any]]:
    named = [("", _("有提示的行")), *((each, shown.state_word(each)) for each in STATES)]
    return [
        {"text": text, "href": f"{path}?state={each}", "current": each == state, "exact": True} for each, text in named
    ]


@login_required
def returned(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Hand an agency its own returned rows with the reasons beside them."""
    submission = _visible(request, submission_id)
    try:
        content = returned_csv(submission, actor=request.user, language="en" if shown.english() else "zh")  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:result", submission_id=submission_id)
    return _download(content, f"returned-{submission_id}.csv")


@login_required
def blank(request: HttpRequest) -> HttpResponse:
    """Hand out the headings of an item's table."""
    enter(request.user, Permission.SUBMIT_RECORDS)
    item_code = request.GET.get("item", "")
    try:
        return _download(blank_csv(item_code, clock.today()), "blank.csv")
    except Refusal as refusal:
        raise Http404(refusal.code) from refusal


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _visible(request: HttpRequest, submission_id: UUID) -> Any:
    """Return a submission this user may see; to others it does not exist."""
    submission = selectors.submission(submission_id)
    if submission is None:
        raise Http404
    try:
        check_may_see(submission, request.user)  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        raise Http404 from refusal
    return submission
