"""Sending files: whole with a form, or piece by piece where script runs; and what is said about them afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.accounts.policies import NotPermitted
from chengxin.console.intake import mapping, rehearsals, shown
from chengxin.console.intake.forms import OwnFileForm
from chengxin.intake import archives, mappings, selectors, uploads
from chengxin.intake.policies import NotASource, NotYourAgency
from chengxin.intake.readers.faults import FileTooLarge
from chengxin.intake.uploads import Described, NoSuchUpload, PieceWrong, WrongOffset
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

_STATUSES: tuple[tuple[type[Refusal], int], ...] = (
    (NoSuchUpload, 404),
    (WrongOffset, 409),
    (FileTooLarge, 413),
    (NotPermitted, 403),
    (NotYourAgency, 403),
    (NotASource, 403),
)


def answering(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """Answer in JSON: what the view returns, or the refusal as a sentence and, for a wrong place, the right one."""

    @login_required
    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return JsonResponse(view(request, *args, **kwargs))
        except Refusal as refusal:
            status = next((status for kind, status in _STATUSES if isinstance(refusal, kind)), 400)
            told = {"text": said(refusal)}
            place = {"offset": refusal.facts["offset"]} if isinstance(refusal, WrongOffset) else {}
            return JsonResponse(told | place, status=status)

    return answered


def said(refusal: Refusal) -> str:
    """Return a refusal in the language of the page."""
    return refusal.in_language(get_language() or "")


@require_POST
@answering
def begin(request: HttpRequest) -> dict[str, Any]:
    """Open an upload or find the one that a break left open."""
    user: Any = request.user
    asked = request.POST
    size = asked.get("size", "")
    file = Described(asked.get("name", ""), int(size) if size.isdigit() else 0, asked.get("mark", ""))
    upload = uploads.begin(
        user.agency, asked.get("item", ""), file,
        actor=user, now=clock.now(), today=clock.today(), anew="anew" in asked,
    )  # fmt: skip
    return _state(upload) | {"pieces": uploads.pieces(upload)}


@require_http_methods(["GET", "PUT"])
@answering
def one(request: HttpRequest, upload_id: UUID) -> dict[str, Any]:
    """Say how far an upload is; a PUT brings the piece that begins at ``?offset=``."""
    user: Any = request.user
    if request.method == "GET":
        return _state(uploads.one(upload_id, actor=user, now=clock.now()))
    offset = request.GET.get("offset", "")
    place = int(offset) if offset.isdigit() else -1
    return _state(uploads.append(upload_id, place, _body(request), actor=user, now=clock.now()))


def _body(request: HttpRequest) -> bytes:
    """Return a piece; one that is too long or broke off is as wrong as one that is too short."""
    try:
        return request.body
    except (RequestDataTooBig, UnreadablePostError) as fault:
        raise PieceWrong(
            f"分片应为 {uploads.PIECE} 字节，没有收全。请重发这一片。",
            f"A piece has {uploads.PIECE} bytes; this one did not arrive whole. Send it again.",
        ) from fault


def _state(upload: Any) -> dict[str, Any]:
    return {"id": str(upload.id), "offset": upload.received, "size": upload.size, "piece": uploads.PIECE}


@login_required
@require_POST
def give_up(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Let go of an upload that is not filed."""
    try:
        uploads.give_up(upload_id, actor=request.user, now=clock.now())  # type: ignore[arg-type]  # Signed in.
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("已放弃，传上来的内容已销毁。"))
    return redirect("console:intake:home")


def of_form(request: HttpRequest, form: Any) -> HttpResponse | None:
    """File what a form brought whole; a refusal becomes an error of the form, so that the page says what to do."""
    user: Any = request.user
    files, item, dry_run = (form.cleaned_data[name] for name in ("file", "item", "dry_run"))
    now, today = clock.now(), clock.today()
    named = [(file.name, file) for file in files]
    try:
        outcomes = list(
            archives.submit_many(user.agency, item, named, actor=user, now=now, today=today, dry_run=dry_run)
        )
    except Refusal as refusal:
        form.add_error("file", said(refusal))
        return None
    if len(outcomes) > 1:
        return told_each(request, outcomes, dry_run=dry_run)
    only = outcomes[0]
    if only.refusal:
        page = mapping.led(request, item, files[0], only.refusal)
        if page is None:
            form.add_error("file", said(only.refusal))
        return page
    return rehearsed(request, only) if dry_run else _done(request, only, again=only.submission.submitted_at != now)  # type: ignore[union-attr]  # There is one.


def of_uploads(request: HttpRequest) -> HttpResponse:
    """File uploads that are here in full; a refused one leads to its columns or back with the reason."""
    user: Any = request.user
    dry_run, now = bool(request.POST.get("dry_run")), clock.now()
    try:
        chosen = [UUID(each) for each in request.POST.getlist("upload")]
        outcomes = uploads.finish(chosen, actor=user, now=now, today=clock.today(), dry_run=dry_run)
    except ValueError:
        return redirect("console:intake:home")
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("console:intake:home")
    if len(outcomes) != 1:
        return told_each(request, outcomes, dry_run=dry_run, chosen=chosen)
    only = outcomes[0]
    if only.refusal:
        return _led(request, chosen[0], only.refusal) or _refused(request, only)
    if dry_run:
        return rehearsed(request, only, chosen)
    return _done(request, only, again=only.submission.submitted_at != now)  # type: ignore[union-attr]  # There is one.


def _led(request: HttpRequest, upload_id: UUID, refusal: Refusal) -> HttpResponse | None:
    """Hand a whole upload over to the page where its columns are matched; None when they are not what is missing."""
    if refusal.code != mapping.MATCH_COLUMNS:
        return None
    user: Any = request.user
    upload = uploads.one(upload_id, actor=user, now=clock.now())
    with uploads.opened(upload) as file:
        page = mapping.led(request, upload.item.code, _Named(file, upload.filename), refusal)
    # What is too large to be kept beside its columns stays an upload, which can be filed once they are matched.
    if page and upload.size <= mappings.HELD_BYTES:
        uploads.give_up(upload_id, actor=user, now=clock.now())
    return page


class _Named:
    """An unnamed file with the name under which it was sent."""

    def __init__(self, file: Any, name: str) -> None:
        self.name, self.read, self.seek = name, file.read, file.seek


def _refused(request: HttpRequest, outcome: archives.Outcome) -> HttpResponse:
    assert outcome.refusal
    messages.error(request, f"{outcome.name}: {said(outcome.refusal)}")
    return redirect("console:intake:home")


def _done(request: HttpRequest, outcome: archives.Outcome, *, again: bool) -> HttpResponse:
    assert outcome.submission
    messages.success(request, shown.told_sentence(selectors.summary(outcome.submission), again=again))
    return redirect("console:intake:result", submission_id=outcome.submission.id)


def told_each(
    request: HttpRequest, outcomes: Sequence[archives.Outcome], *, dry_run: bool, chosen: Sequence[UUID] = ()
) -> HttpResponse:
    """Show file by file what became of several."""
    context = {
        "rehearsal": dry_run,
        "files": [_file(at, each, dry_run) for at, each in enumerate(outcomes)],
        "chosen": chosen if any(not each.refusal for each in outcomes) else (),
        "refused": sum(1 for each in outcomes if each.refusal),
    }
    return render(request, "console/intake/sent.html", context)


def _file(at: int, outcome: archives.Outcome, dry_run: bool) -> dict[str, Any]:
    shared = {"name": outcome.name, "id": f"file-{at}"}
    if outcome.refusal or not outcome.submission:
        refusal = outcome.refusal
        match_columns = bool(refusal) and refusal.code == mapping.MATCH_COLUMNS  # type: ignore[union-attr]  # Asked.
        return shared | {"refusal": said(refusal) if refusal else "", "match_columns": match_columns}
    figures = selectors.summary(outcome.submission)
    return shared | {
        "submission": None if dry_run else outcome.submission,
        "sentence": shown.figures_sentence(figures),
        "how": rehearsals.in_words(outcome.how),
        "strip": shown.strip(figures),
        "tiles": shown.tiles(figures),
    }


def rehearsed(request: HttpRequest, outcome: archives.Outcome, chosen: Sequence[UUID] = ()) -> HttpResponse:
    """Show what would become of a file; nothing was stored, so there is nothing to redirect to."""
    assert outcome.submission
    form = OwnFileForm(auto_id="copy_%s")
    return rehearsals.page(request, outcome.submission, outcome.told, outcome.how, chosen=chosen, copy_form=form)


def waiting(user: Any) -> list[dict[str, Any]]:
    """Return what a user has under way: how far it is, and until when it is kept."""
    return [
        {
            "id": each.id,
            "name": each.filename,
            "item": each.item.code,
            "whole": each.received == each.size,
            "done": filesizeformat(each.received),
            "size": filesizeformat(each.size),
            "until": each.expires_at,
        }
        for each in uploads.under_way(user, clock.now())
    ]


def words() -> str:
    """Return the sentences that the script says, as JSON."""
    return json.dumps(
        {
            "chosen": _("已选 {n} 个文件，合计 {size}。"),
            "remove": _("移除 {name}"),
            "remove_short": _("移除"),
            "ready": _("待传"),
            "reading": _("正在核对…"),
            "sending": _("已传 {done}，共 {size}"),
            "resumed": _("从断开处继续：已传 {done}，共 {size}"),
            "sent": _("已传完"),
            "waiting": _("连接中断，{seconds} 秒后自动重试；已传的 {done} 不会丢失。"),
            "broken": _("连接中断，已传 {done}。联网后再按一次“报送”，会从这里继续。"),
            "signed_out": _("登录已过期。请在新窗口重新登录，再按一次“报送”，会从断开处继续。"),
            "none": _("请先选择文件。"),
            "too_large": _("文件是空的或者超过 {most}，没有传。请移除或拆分后再传。"),
            "all_sent": _("文件都已传完，正在逐行处理，请稍候。"),
        },
        ensure_ascii=False,
    )
