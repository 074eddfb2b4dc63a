"""The desk's front page: what this user may do, and what waits."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import selectors
from chengxin.console.areas import areas_for


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the areas this user may enter and the newest messages of the user's mailboxes."""
    user: Any = request.user
    mailboxes = [user.pk, user.agency_id] if user.agency_id else [user.pk]
    context = {"areas": areas_for(user), "letters": selectors.inbox(mailboxes)[:10]}
    return render(request, "console/home.html", context)
