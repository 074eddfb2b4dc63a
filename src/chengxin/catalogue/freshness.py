"""Keeping a process's overlay as new as the database, so that no restart is needed when a change comes into force."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from chengxin.catalogue import lawbook, overlay
from chengxin.catalogue.models import DESK, Change, ItemVersion
from chengxin.catalogue.selectors import definition_of
from chengxin.rules.catalogue_changes import LAYOUT, LayoutChange, read_proposal

SECONDS = 2.0  # No process is older than this; within it not even the number of changes is asked for.
_asked_at = [float("-inf")]


def refresh() -> None:
    """Read the overlay anew when a change has come into force since; costs one count otherwise."""
    _asked_at[0] = time.monotonic()
    revision = Change.objects.filter(started_at__isnull=False).count()
    if revision != overlay.present().revision:
        overlay.put(_read(revision))


def refresh_if_stale() -> None:
    """Refresh unless this process asked a moment ago."""
    if time.monotonic() - _asked_at[0] > SECONDS:
        refresh()


def refresh_if_there() -> None:
    """Refresh where the database is set up already; a command may be the one that sets it up."""
    if Change._meta.db_table in connection.introspection.table_names():
        refresh()


def _read(revision: int) -> overlay.Overlay:
    changes = Change.objects.filter(started_at__isnull=False, kind=LAYOUT).order_by("since", "started_at")
    columns = [read_proposal(each.content, lawbook.province()) for each in changes]
    items = [definition_of(v) for v in ItemVersion.objects.filter(origin=DESK).select_related("item").order_by("id")]
    return overlay.of(revision, items, [each for each in columns if isinstance(each, LayoutChange)])


class FreshCatalogue:
    """Middleware: every request sees the catalogue in force."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refresh, then answer."""
        refresh_if_stale()
        return self.get_response(request)
