"""Sending a file and reading what became of it."""

from __future__ import annotations

import json
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
from chengxin.console.intake import mapping, shown, upload
from chengxin.console.intake.entry import enter
from chengxin.console.intake.forms import BlankForm, SubmissionForm
from chengxin.intake import blanks, lineage, mending, receipts, resubmission, returns, rows_seen, selectors
from chengxin.intake.policies import check_may_see
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 50
STATES = ("admitted", "returned", "waiting", "duplicate", "corrected", "withdrawn", "mended", "retracted")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List what was sent and offer the form to send a file; a POST sends one."""
    user: Any = request.user
    may_send, may_judge = can_may(user, Permission.SUBMIT_RECORDS), can_may(user, Permission.MATCH_SUBJECT)
    if not may_judge:
        enter(user, Permission.SUBMIT_RECORDS)
    if request.method == "POST" and may_send and "upload" in request.POST:
        return upload.of_uploads(request)
    form = SubmissionForm(request.POST or None, request.FILES or None, today=clock.today()) if may_send else None
    if request.method == "POST" and form is not None and form.is_valid():
        answer = upload.of_form(request, form)
        if answer is not None:
            return answer
    found = selectors.submissions(user) if may_judge else selectors.submissions_of(user.agency)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "waiting": upload.waiting(user) if may_send else [],
        "words": upload.words(),
        "blank_form": BlankForm(today=clock.today()) if may_send else None,
        "page": page,
        "columns": shown.file_columns(with_agency=may_judge),
        "rows": shown.file_rows(page, with_agency=may_judge),
        "open_questions": selectors.open_questions(user).count() if may_judge else None,
    }
    return render(request, "console/intake/home.html", context)


@login_required
def result(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show what became of a file: five figures, and row by row what was found and what to do."""
    submission = visible(request, submission_id)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    page = Paginator(selectors.rows(submission, state), PER_PAGE).get_page(request.GET.get("page"))
    refusal = submission.refusal or {}
    root = mending.root_of(submission)
    context = shown.figures(submission, request.path) | {
        "state": state,
        "filters": _filters(request.path, state),
        "page": page,
        "page_base": f"?state={state}&page=",
        "columns": shown.finding_columns(),
        "rows": shown.finding_rows(submission, selectors.in_words(submission, list(page)), _records(submission, page)),
        "differing": resubmission.differing(submission).count(),
        "refusal": refusal.get("en" if shown.english() else "zh"),
        "match_columns": refusal.get("code") == mapping.MATCH_COLUMNS,
        "choices": _choices(request, submission),
        "root": root if root.id != submission.id else None,
        "mended_in": list(mending.mended_in(submission)) if root.id == submission.id else [],
        "own": request.user.agency_id == submission.agency_id,  # type: ignore[union-attr]  # Signed in.
        "file_state": shown.file_state(submission),
    }
    return render(request, "console/intake/result.html", context)


def _choices(request: HttpRequest, submission: Any) -> list[dict[str, Any]]:
    """Return the ways on from a result: each with its reason when it is not open."""
    own = request.user.agency_id == submission.agency_id  # type: ignore[union-attr]  # Signed in.
    wrong = own and mending.still_wrong(mending.root_of(submission)).exists()
    kept = own and selectors.kept(submission)
    not_own = "" if own else _("只有报送单位自己的账号可以看到和修改原文。")
    no_rows = not_own or _("没有退回的行，或者原文已按期销毁。")
    ways = (
        (_("在网页上改"), "mend/", wrong, no_rows, False),
        (_("标注我自己的文件"), "own-file/", own, not_own, False),
        (_("下载标注好的 XLSX"), "returned.xlsx", kept and wrong, no_rows, True),
        (_("下载退回的行（附原因）"), "returned.csv", kept and wrong, no_rows, True),
        (_("下载全部留存的行"), "returned.xlsx?all", kept, not_own or _("原文已入库或已销毁，没有留存的行。"), True),
        (_("下载签名回执"), "receipt.json", True, "", True),
        *_taking_back(request.user, submission, own),
    )
    return [
        {"text": text, "href": request.path + href, "closed": not is_open, "why": why, "download": download}
        for text, href, is_open, why, download in ways
    ]


def _taking_back(user: Any, submission: Any, own: bool) -> list[tuple[str, str, bool, str, bool]]:
    """Return the way to take back rows that wait, where there are any and the user is of their agency."""
    if not own or not selectors.summary(submission).waiting:
        return []
    may = can_may(user, Permission.WITHDRAW_RECORDS)
    return [(_("撤回待判定的行"), "retract/", may, _("您的角色不能撤回。"), False)]


def _records(submission: Any, page: Any) -> Any:
    """Return the records of the rows of a page, where they have one."""
    return lineage.records_of(submission, [row.row_no for row in page])


def _filters(path: str, state: str) -> list[dict[str, Any]]:
    named = [("", _("有提示的行")), *((each, shown.state_word(each)) for each in STATES)]
    return [
        {"text": text, "href": f"{path}?state={each}", "current": each == state, "exact": True} for each, text in named
    ]


@login_required
def returned(request: HttpRequest, submission_id: UUID, kind: str) -> HttpResponse:
    """Hand an agency its own rows with the reasons in them: those sent back, or with ``?all`` every row still kept."""
    submission = visible(request, submission_id)
    write = returns.returned_xlsx if kind == "xlsx" else returns.returned_csv
    language = "en" if shown.english() else "zh"
    try:
        content = write(submission, actor=request.user, language=language, every="all" in request.GET)  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:result", submission_id=submission_id)
    rows_seen.note(submission, actor=request.user, now=clock.now())  # type: ignore[arg-type]  # Signed in.
    return download(content, f"returned-{submission_id}.{kind}", kind)


@login_required
def receipt(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Hand out the signed receipt of a file; the verifier of documents checks it without asking us."""
    submission = visible(request, submission_id)
    try:
        paper = receipts.receipt(submission, now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.in_language(get_language() or ""))
        return redirect("console:intake:result", submission_id=submission_id)
    return download(json.dumps(paper, ensure_ascii=False, indent=1).encode(), f"receipt-{paper['number']}.json", "json")


@login_required
def blank(request: HttpRequest) -> HttpResponse:
    """Hand out the empty table of an item: headings as CSV, or with ``?format=xlsx`` a workbook with drop-downs."""
    enter(request.user, Permission.SUBMIT_RECORDS)
    item_code, kind = request.GET.get("item", ""), request.GET.get("format", "csv")
    if kind not in blanks.FORMATS:
        raise Http404
    try:
        return download(blanks.blank(item_code, clock.today(), kind), f"blank-{item_code}.{kind}", kind)
    except Refusal as refusal:
        raise Http404(refusal.code) from refusal


_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return an answer that a browser keeps as a file; ``kind`` is csv, json or xlsx."""
    answer = HttpResponse(content, content_type=_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def visible(request: HttpRequest, submission_id: UUID) -> Any:
    """Return a submission this user may see; to others it does not exist."""
    submission = selectors.submission(submission_id)
    if submission is None:
        raise Http404
    try:
        check_may_see(submission, request.user)  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        raise Http404 from refusal
    return submission
