"""Who calls and how often: bearer tokens of both kinds, the limit of the caller, and keys of repeated requests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import ValidationError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from chengxin.accounts import access_tokens, clients, quota
from chengxin.accounts.clients import ApiClient
from chengxin.accounts.quota import Left, OverQuota
from chengxin.api.callers import address_of, certificate_of
from chengxin.catalogue import lawbook
from chengxin.ui import clock

LONGEST_TOKEN = 200
CLIENT_LIMIT, ANYONE_LIMIT = "api.requests_per_minute", "api.anonymous_requests_per_minute"
IDEMPOTENCY_KEY = re.compile(r"([A-Za-z0-9_-]{8,64})?", re.ASCII)


class ClientToken(HttpBearer):
    """Accepts the token of a client that stands, counts the request, and notes its idempotency key.

    ``keyless`` tells of operations that do not handle the key themselves: reads, and acts that change nothing when
    they are repeated. There the key only makes sure that it does not come back with another request.
    """

    def __init__(self, keyless: Callable[[HttpRequest], bool]) -> None:
        super().__init__()
        self.keyless = keyless

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient | None:
        """Return the client, or None; raises OverQuota, KeyReused, ValidationError."""
        client = _holder(request, token) if 0 < len(token) <= LONGEST_TOKEN else None
        if client is not None:
            _count(request, f"client:{client.line.hex}", client.per_minute or _limit(CLIENT_LIMIT))
            if self.keyless(request):
                _note_key(request, client)
        return client


class AnyoneQuota(BaseThrottle):
    """Counts the requests of an address that needs no token; a client's were counted when it was let in."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Tell whether the address is within its limit."""
        if getattr(request, "auth", None) is not None:
            return True
        try:
            _count(request, quota.caller_at(address_of(request)), _limit(ANYONE_LIMIT))
        except OverQuota as refusal:
            request.over_quota = refusal  # type: ignore[attr-defined]  # For the handler of Throttled.
            return False
        return True


def client_of(request: HttpRequest) -> ApiClient:
    """Return the client that an authenticated operation was called by."""
    client: ApiClient = request.auth  # type: ignore[attr-defined]  # Set by the bearer check.
    return client


def left_of(request: HttpRequest) -> Left | None:
    """Return what the caller of a request may still do, if it was counted."""
    return getattr(request, "quota_left", None)


def _holder(request: HttpRequest, token: str) -> ApiClient | None:
    now = clock.now()
    if token.startswith(access_tokens.PREFIX):
        return access_tokens.authenticate(token, certificate_of(request), now)
    return clients.authenticate(token, now)


def _limit(key: str) -> int:
    return lawbook.current().integer(key, clock.today())


def _count(request: HttpRequest, caller: str, limit: int) -> None:
    if not settings.CHENGXIN_QUOTAS:
        return
    try:
        left = quota.draw(caller, limit, clock.now())
    except OverQuota as refusal:
        request.quota_left = refusal.left  # type: ignore[attr-defined]  # The headers tell it, this time too.
        raise
    request.quota_left = left  # type: ignore[attr-defined]  # For the headers.


def _note_key(request: HttpRequest, client: ApiClient) -> None:
    key = request.headers.get("Idempotency-Key", "")
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise ValidationError([{"type": "string_pattern_mismatch", "loc": ("header", "Idempotency-Key"), "msg": ""}])
    if key:
        digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
        clients.use_key(client, key, digest, clock.now())
