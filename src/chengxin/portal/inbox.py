"""站内信: everything that was served on the subject or its representative."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from chengxin.accounts import selectors
from chengxin.accounts.services import mark_read
from chengxin.portal.frame import mailboxes, show
from chengxin.portal.own import Own, own_page
from chengxin.ui import clock

PER_PAGE = 20


@require_safe
@own_page
def inbox(request: HttpRequest, own: Own) -> HttpResponse:
    """Show the letters of every mailbox of the user, newest first."""
    page = Paginator(selectors.inbox(mailboxes(request)), PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "mine/inbox", {"page": page})


@require_POST
@own_page
def open_letter(request: HttpRequest, own: Own, message_id: UUID) -> HttpResponse:
    """Mark a letter as read and go where it points."""
    letter = selectors.inbox(mailboxes(request)).filter(pk=message_id).first()
    if letter is None:
        raise Http404
    mark_read(letter.pk, mailboxes(request), clock.now())
    here = url_has_allowed_host_and_scheme(letter.link, allowed_hosts=None)
    return redirect(letter.link if letter.link and here else "/mine/inbox/")


@require_POST
@own_page
def read_all(request: HttpRequest, own: Own) -> HttpResponse:
    """Mark every letter as read."""
    boxes = mailboxes(request)
    for letter in selectors.inbox(boxes).filter(read_at=None):
        mark_read(letter.pk, boxes, clock.now())
    return redirect("/mine/inbox/")
