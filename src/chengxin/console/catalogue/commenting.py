"""意见: an agency's officers comment on a change that is open; the centre reads every comment and answers it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.accounts.policies import NotPermitted
from chengxin.catalogue import change_reading, change_words, comments
from chengxin.catalogue.changes import NoSuchChange
from chengxin.catalogue.comments import NoSuchComment
from chengxin.console.catalogue import remarks
from chengxin.console.catalogue.views import desk, user_of
from chengxin.console.catalogue.words import said
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day


@never_cache
@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the changes that are open to comment, for the officers of any agency."""
    rows = [
        [
            {"text": each.subject, "note": _("第 %(n)s 号") % {"n": each.number},
             "href": f"/console/catalogue/comments/{each.pk}/"},
            each.why, day(each.comment_until),
        ]
        for each in change_reading.open_to_comment(clock.today())
    ]  # fmt: skip
    columns = [{"text": text} for text in (_("变更"), _("为什么提出"), _("意见截止日"))]
    return render(request, "console/catalogue/open.html", {"rows": rows, "columns": columns})


@never_cache
@login_required
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Show an agency one change with the comments it made itself, and take another."""
    actor, today = user_of(request), clock.today()
    try:
        comments.check_speaks_for_an_agency(actor)
        change = change_reading.change(change_id)
    except NoSuchChange as unknown:
        raise Http404 from unknown
    except NotPermitted as refusal:
        return render(request, "console/catalogue/refused.html", {"sentence": said(refusal)}, status=403)
    if change.comment_from is None:
        raise Http404
    errors = _given(request, change_id) if request.method == "POST" else []
    if request.method == "POST" and not errors:
        return redirect("console:catalogue_comment", change_id=change_id)
    context = {
        "change": change,
        "open": change in change_reading.open_to_comment(today),
        "columns": [{"text": text} for text in (_("项目"), _("现行"), _("变更后"))],
        "lines": change_words.lines(change, today),
        "bases": change_words.bases(change),
        "comments": [remarks.shown(each) for each in comments.of_change(change, actor.agency)],
        "errors": errors,
        "text": request.POST.get("text", ""),
    }
    return render(request, "console/catalogue/comment.html", context, status=422 if errors else 200)


def _given(request: HttpRequest, change_id: UUID) -> list[str]:
    """Take what an agency says, and return why not."""
    text = request.POST.get("text", "")
    try:
        number = comments.from_an_agency(change_id, text, actor=user_of(request), now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return [said(refusal)]
    messages.success(request, _("意见已收到，编号 %(number)s。批准以前会逐条答复。") % {"number": number})
    return []


@require_POST
@desk
@sensitive_post_parameters("text")
def answer(request: HttpRequest, change_id: UUID, comment_id: UUID) -> HttpResponse:
    """Answer one comment."""
    text = request.POST.get("text", "")
    try:
        comments.answer(comment_id, text, actor=user_of(request), now=clock.now(), today=clock.today())
    except NoSuchComment as unknown:
        raise Http404 from unknown
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("已答复，并写入存证日志。"))
    return redirect("console:catalogue_change", change_id=change_id)
