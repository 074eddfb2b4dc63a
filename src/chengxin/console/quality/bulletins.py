"""Issuing the bulletin of a month, and sending its PDF and its table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chengxin.console.quality.desk import desk, in_words, month_of, officer_of
from chengxin.intake.quality import access, bulletin, bulletin_pdf
from chengxin.intake.quality.entries import MonthNotOver
from chengxin.monitoring import appraisal
from chengxin.ui import clock


@require_POST
@desk
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the bulletin of a month that is over; unchanged figures give the one there is."""
    month = month_of(request)
    try:
        made = bulletin.issue(
            month, actor=officer_of(request), now=clock.now(), today=clock.today(), uses=appraisal.uses
        )
    except MonthNotOver as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, _("通报 %(number)s 已签发。") % {"number": made.number})
    return redirect(f"{reverse('console:quality')}?month={month:%Y-%m}")


@require_safe
@desk
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Send a bulletin as PDF."""
    found = _found(request, number)
    return _file(bulletin_pdf.pdf(found, now=clock.now()), "application/pdf", f"{number}.pdf")


@require_safe
@desk
def data(request: HttpRequest, number: str) -> HttpResponse:
    """Send the very bytes whose digest the bulletin carries."""
    return _file(_found(request, number).table.encode(), "text/csv; charset=utf-8", f"{number}.csv")


def _found(request: HttpRequest, number: str) -> Any:
    access.check_may_read_bulletins(officer_of(request))
    found = bulletin.one(number)
    if found is None:
        raise Http404
    return found


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
