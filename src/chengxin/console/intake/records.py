"""What an agency filed: finding a record, taking it back, undoing that, correcting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.console.intake import shown
from chengxin.console.intake.entry import enter
from chengxin.console.intake.record_forms import CorrectionForm, NoteForm, WithdrawalFileForm, WithdrawalForm
from chengxin.intake import corrections, filed, selectors, withdrawal_files, withdrawals
from chengxin.intake.filed import OwnFile, RecordUnknown
from chengxin.rules.errors import Refusal
from chengxin.ui import clock, formats

PER_PAGE = 50
# No key of a row has more digits.
_LONGEST = 19
View = Callable[..., HttpResponse]


def of_own(view: View) -> View:
    """Sign-in, no caching, and: what is not this agency's does not exist, what is not permitted says why."""

    @login_required
    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RecordUnknown as refusal:
            raise Http404 from refusal
        except (NotPermitted, OwnFile) as refusal:
            raise PermissionDenied(said(refusal)) from refusal

    return guarded


def said(refusal: Refusal) -> str:
    """Return a refusal in the language of the page."""
    return refusal.in_language(get_language() or "")


@of_own
def home(request: HttpRequest) -> HttpResponse:
    """List the agency's records, newest first, or those that a POST asks for: a number never stands in an address."""
    user: Any = request.user
    enter(user, Permission.SUBMIT_RECORDS)
    asked = request.POST.get("q", "").strip()
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < _LONGEST else 0
    page = filed.newest(user, after=place, most=PER_PAGE) if not asked else None
    found = page.versions if page else filed.find(asked, actor=user)
    today = clock.today()
    context = {
        "asked": asked,
        "following": f"?after={page.following}" if page and page.following else "",
        "first": not place,
        "columns": [{"text": text} for text in (_("决定日期"), _("记录"), _("主体"), _("状态"))],
        "rows": [_row(version) for version in found],
        "punctual": withdrawals.punctuality(user.agency, today.replace(month=1, day=1), today),
        "year": today.year,
    }
    return render(request, "console/intake/records.html", context)


def _row(version: Any) -> list[Any]:
    record = version.record
    item = record.item.name_en if shown.english() else record.item.name_zh
    link = {
        "text": version.document_no or _("自然人记录（文号封存）"),
        "href": reverse("console:intake:record", args=[record.id]),
        "note": item,
    }
    person = record.subject.kind == "person"
    return [version.document_date, link, _("自然人") if person else _("单位"), state_cell(version)]


def state_cell(version: Any) -> dict[str, str]:
    """Return the cell that shows how a record stands."""
    if version.ended_at is None:
        return {"tone": "accepted", "text": _("在用")}
    return {"tone": "neutral", "text": _("已撤回") if version.cause == "withdrawn" else _("已终止或暂停展示")}


@of_own
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show one record of the agency and what may be done with it."""
    user: Any = request.user
    version = filed.own(record_id, Permission.SUBMIT_RECORDS, actor=user)
    made = withdrawals.of_record(record_id)
    fields = [] if version.cause == "erased" else filed.shown(version, actor=user, now=clock.now())
    context = {
        "version": version,
        "title": _title(version),
        "item": version.record.item.name_en if shown.english() else version.record.item.name_zh,
        "state": state_cell(version),
        "made": made,
        "reason": withdrawals.reason_word(made.reason) if made else "",
        "rows": [{"term": f.en if shown.english() else f.zh, "text": f.text} for f in fields],
        "open_to_change": version.ended_at is None,
        "may_withdraw": can_may(user, Permission.WITHDRAW_RECORDS) and not made,
        "may_correct": can_may(user, Permission.CORRECT_RECORDS),
    }
    return render(request, "console/intake/record.html", context)


def _title(version: Any) -> str:
    return version.document_no or _("一条自然人记录")


@of_own
def withdraw(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask why; then show the clock and what follows; then withdraw."""
    user: Any = request.user
    version = filed.own(record_id, Permission.WITHDRAW_RECORDS, actor=user)
    form = WithdrawalForm(request.POST or None)
    context: dict[str, Any] = {"version": version, "title": _title(version), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("step") == "confirm":
                return _withdrawn(request, record_id, form)
            counted = withdrawals.look(record_id, form.ground(), actor=user, today=clock.today())
        except (NotPermitted, OwnFile, RecordUnknown):
            raise
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            context |= {"counted": counted, "hidden": hidden(request.POST), "consequences": _consequences()}
    return render(request, "console/intake/withdraw.html", context)


def hidden(posted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was filled in as hidden fields of the confirmation; nothing of it stands in an address."""
    left_out = ("csrfmiddlewaretoken", "step")
    return [{"name": name, "value": value} for name, value in posted.items() if name not in left_out]


def _consequences() -> list[str]:
    return [
        _("从确认的这一刻起，这条记录不再公示、共享和使用。"),
        _("收到过这条记录的单位会收到撤回通知；据此采取的措施失去依据。"),
        _("当事人会收到通知，写明撤回的单位和原因。"),
    ]


def _withdrawn(request: HttpRequest, record_id: UUID, form: WithdrawalForm) -> HttpResponse:
    user: Any = request.user
    made = withdrawals.withdraw(record_id, form.ground(), actor=user, now=clock.now(), today=clock.today())
    if made.days_late:
        late = ngettext(
            "已撤回。比法定期限晚 %(n)d 天，已计入本单位的统计。",
            "已撤回。比法定期限晚 %(n)d 天，已计入本单位的统计。",
            made.days_late,
        )
        messages.warning(request, late % {"n": made.days_late})
    else:
        messages.success(request, _("已撤回。这条记录不再出现在任何结果中，当事人已收到通知。"))
    return redirect("console:intake:record", record_id=record_id)


@of_own
def undo(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Undo a withdrawal that was made by mistake."""
    user: Any = request.user
    version = filed.own(record_id, Permission.WITHDRAW_RECORDS, actor=user)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdrawals.undo(record_id, form.cleaned_data["note"], actor=user, now=clock.now())
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            messages.success(request, _("已撤销撤回，记录恢复；当事人已收到通知。"))
            return redirect("console:intake:record", record_id=record_id)
    context = {"version": version, "title": _title(version), "form": form}
    return render(request, "console/intake/undo.html", context)


@of_own
def correct(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Offer the fields; then show what changes and what the rules say; then correct."""
    user: Any = request.user
    try:
        editable = corrections.form(record_id, actor=user)
    except (NotPermitted, OwnFile, RecordUnknown):
        raise
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("console:intake:record", record_id=record_id)
    _note_shown(record_id, user)
    form = CorrectionForm(request.POST or None, editable=editable)
    context: dict[str, Any] = {"record_id": record_id, "form": form}
    if request.method == "POST" and form.is_valid():
        proposal = _offered(record_id, form, user)
        if proposal and request.POST.get("step") == "confirm" and _corrected(request, record_id, form):
            return redirect("console:intake:record", record_id=record_id)
        context |= _proposed(request, proposal) if proposal else {}
    return render(request, "console/intake/correct.html", context)


def _offered(record_id: UUID, form: CorrectionForm, user: Any) -> Any:
    """Return what the correction would change, or None when the form says why it cannot be one."""
    try:
        return corrections.propose(record_id, form.texts(), actor=user, today=clock.today())
    except (NotPermitted, OwnFile, RecordUnknown):
        raise
    except Refusal as refusal:  # A value stands in the wrong field, say.
        form.add_error(None, said(refusal))
        return None


def _note_shown(record_id: UUID, user: Any) -> None:
    """Write down that a person's record is shown, before the page is drawn (charter C09)."""
    with transaction.atomic():
        version = filed.own(record_id, Permission.CORRECT_RECORDS, actor=user)
        filed.note_shown(version, actor=user, now=clock.now())


def _corrected(request: HttpRequest, record_id: UUID, form: CorrectionForm) -> bool:
    user: Any = request.user
    number = request.POST.get("number", "")
    try:
        corrections.correct(
            record_id,
            form.texts(),
            form.cleaned_data["note"],
            number=int(number) if number.isdigit() else 0,
            actor=user,
            now=clock.now(),
            today=clock.today(),
        )
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return False
    messages.success(request, _("已更正，当事人已收到通知。"))
    return True


def _proposed(request: HttpRequest, proposal: Any) -> dict[str, Any]:
    found = selectors.findings_of(proposal.version.record.item, proposal.line.findings)
    posted = {name: value for name, value in request.POST.items() if name != "number"}
    return {
        "proposal": proposal,
        "columns": change_columns(),
        "rows": [change_row(change) for change in proposal.changes],
        "findings": [f"{f.en} {f.remedy_en}" if shown.english() else f"{f.zh}{f.remedy_zh}" for f in found],
        "ready": bool(proposal.changes) and proposal.line.reading is not None,
        "hidden": [*hidden(posted), {"name": "number", "value": proposal.number}],
        "consequences": [
            _("记录写成新的一版，原来的一版留存可查。"),
            _("等次和期限按改后的内容重新计算。"),
            _("当事人会收到通知，写明改了哪些项。"),
        ],
    }


def change_columns() -> list[dict[str, str]]:
    """Return the columns of a table of changes."""
    return [{"text": text} for text in (_("项目"), _("现在"), _("改为"))]


def change_row(change: Any) -> list[Any]:
    """Return one change as a table line."""
    name = change.en if shown.english() else change.zh
    after = {"text": change.after or "—", "note": _("有内容被遮盖")} if change.masked else change.after or "—"
    return [name, change.before or "—", after]


@of_own
def withdraw_file(request: HttpRequest) -> HttpResponse:
    """Take a table of withdrawals and answer row by row."""
    user: Any = request.user
    enter(user, Permission.WITHDRAW_RECORDS)
    form = WithdrawalFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        rehearsal = form.cleaned_data["dry_run"]
        try:
            told = withdrawal_files.withdraw_file(
                form.cleaned_data["file"], actor=user, now=clock.now(), today=clock.today(), dry_run=rehearsal
            )
        except Refusal as refusal:
            form.add_error("file", said(refusal))
        else:
            columns = [{"text": _("行"), "number": True}, {"text": _("结果")}, {"text": _("说明")}]
            rows = [_outcome(each, rehearsal) for each in told]
            context |= {"rehearsal": rehearsal, "told": told, "columns": columns, "rows": rows}
    return render(request, "console/intake/withdraw_file.html", context)


def _outcome(each: Any, rehearsal: bool) -> list[Any]:
    if each.refusal is not None:
        return [str(each.row_no), {"tone": "refused", "text": _("未撤回")}, said(each.refusal)]
    late = ngettext("比法定期限晚 %(n)d 天。", "比法定期限晚 %(n)d 天。", each.days_late) % {"n": each.days_late}
    word = _("可以撤回") if rehearsal else _("已撤回")
    return [str(each.row_no), {"tone": "accepted", "text": word}, late if each.days_late else "—"]


def moment(at: Any) -> str:
    """Return a moment as pages write it."""
    return formats.moment(at)
