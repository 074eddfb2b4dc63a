"""What people type into an address goes no further (charter C27): into no log and into no redirect."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from types import TracebackType
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse

from chengxin.ui.personal_numbers import looks_personal

OF_DJANGO = ("django.request", "django.security")
Fault = tuple[type[BaseException], BaseException, TracebackType | None]


class SaysLittle(logging.Filter):
    """Let a line about a request name status and page, never the address, and a fault its kind and place only."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Reword the record; it is always written."""
        if record.name.startswith(OF_DJANGO):
            record.msg, record.args = "%s %s", (getattr(record, "status_code", 0), _page_of(record))
        if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            record.exc_text, record.exc_info = _without_words(record.exc_info), None
        return True


def _page_of(record: logging.LogRecord) -> str:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return match.view_name if match else "nowhere"


def _without_words(fault: Fault) -> str:
    """Return a traceback without what the fault says: its message may hold a value it stumbled over."""
    return "".join(traceback.format_tb(fault[2])) + fault[0].__qualname__


class LeadsNowhereTelling:
    """Middleware: a redirect that would carry what looks like a person's number leaves it behind.

    It comes from the address that was asked for, to which the sign-in page and the change of language lead back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with a place to go on that is safe to be written down on the way."""
        response = self.get_response(request)
        if "Location" in response:
            response["Location"] = without_numbers(response["Location"])
        return response


def without_numbers(place: str) -> str:
    """Return an address as it is, without its query, or the front page, whichever is the first that tells no number."""
    kept = (place, place.partition("?")[0], "/")
    # What leads back stands in a query as an address with a query of its own, hence quoted twice.
    return next(each for each in kept if not looks_personal(unquote(unquote(each))))
