"""How open pages are given: so many a minute for each address, from caches where nothing can be stale, and to robots.

A page with records is checked again at every visit, so that no cache shows what has ended (charter C13, C14), and no
search engine keeps it: what is over must be shown and used no longer, elsewhere too (domain facts 1.3, P10).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.timezone import localtime
from django.views.defaults import page_not_found

from chengxin.accounts import quota
from chengxin.accounts.quota import Left, OverQuota
from chengxin.catalogue import lawbook
from chengxin.portal.frame import show
from chengxin.ui import clock
from chengxin.ui.addresses import address_of

View = Callable[..., HttpResponse]
LIMIT, FOR_SECONDS = "portal.requests_per_minute", "portal.cache_seconds"
NOT_INDEXED = "noindex, noarchive"
SAFE = ("GET", "HEAD")


def open_page(*, records: bool) -> Callable[[View], View]:
    """Wrap a view of the open site; ``records`` tells that it shows records, or where they are.

    A page that is missing is answered here too, so that whoever tries addresses is counted and told like anybody.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                left = _count(request)
            except OverQuota as refusal:
                return _too_many(request, refusal.left)
            response = _answered(view, request, *args, **kwargs)
            _tell(response, left)
            if records:
                response["X-Robots-Tag"] = NOT_INDEXED
            return _cached(request, response, records=records)

        return answer

    return wrap


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Http404 as missing:
        return page_not_found(request, missing)


def kept(response: HttpResponseBase, etag: str, made_at: datetime) -> Any:
    """Give an answer the mark of its content and the moment it was made; a caller that has it is told so."""
    response["ETag"] = f'"{etag}"'
    response["Last-Modified"] = http_date(made_at.timestamp())
    return response


def _count(request: HttpRequest) -> Left | None:
    if not settings.CHENGXIN_QUOTAS:
        return None
    limit = lawbook.current().integer(LIMIT, clock.today())
    return quota.draw(quota.caller_at(f"portal {address_of(request)}"), limit, clock.now())


def _tell(response: HttpResponse, left: Left | None) -> None:
    """Say how often one may ask, and what is left (draft-ietf-httpapi-ratelimit-headers)."""
    if left is not None:
        response["RateLimit-Policy"] = f'"minute";q={left.limit};w={quota.SECONDS}'
        response["RateLimit"] = f'"minute";r={left.remaining};t={left.reset}'


def _too_many(request: HttpRequest, left: Left) -> HttpResponse:
    response = show(request, "too_many", {"left": left}, status=429)
    _tell(response, left)
    response["Retry-After"] = str(left.reset)
    response["Cache-Control"] = "no-store"
    return response


def _cached(request: HttpRequest, response: HttpResponse, *, records: bool) -> HttpResponse:
    """Let caches keep a page nobody's session shows in, and answer 304 to who has it already.

    A view that knows better has said so itself. The answer to something typed or uploaded is kept by no cache.
    """
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    if response.has_header("Cache-Control"):
        return response
    passing = response.status_code != 200 or request.method not in SAFE
    if passing or (not response.has_header("ETag") and _is_somebodys(request)):
        response["Cache-Control"] = "private, no-store"
        return response
    response["Cache-Control"] = "public, no-cache" if records else f"public, max-age={_seconds()}"
    if not response.has_header("ETag"):
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _is_somebodys(request: HttpRequest) -> bool:
    """Tell whether the page may show something of a session: who is signed in, a message, a token of a form."""
    cookies = {settings.SESSION_COOKIE_NAME, "messages"}
    return bool(cookies & set(request.COOKIES)) or bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))


def _seconds() -> int:
    """Return how long a page without records may be kept: never past the end of the day it speaks of."""
    now = localtime(clock.now())
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return min(lawbook.current().integer(FOR_SECONDS, clock.today()), max(0, int((midnight - now).total_seconds())))
