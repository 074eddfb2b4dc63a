"""Requests that come again under their idempotency key: done once, and answered as before."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.api.security import client_of
from chengxin.ui import clock

Told = HttpResponse | dict[str, Any]


def answered_once(request: HttpRequest, key: str, act: Callable[[], Told]) -> Told:
    """Do a keyed request once and give its answer again when it is repeated; raises KeyReused.

    Only for answers that say nothing of anybody, since they are kept. ``act`` is done in the transaction that notes
    the key; what it refuses leaves the key unused.
    """
    if not key:
        return act()
    client = client_of(request)
    with clients.once(client, key, digest_of(request), clock.now()) as fresh:
        # A key that was used before answers were kept has none; then the act is one that bears being done again.
        if not fresh and (kept := clients.answered(client, key)) is not None:
            return dict(json.loads(kept))
        told = act()
        if isinstance(told, HttpResponse):
            transaction.set_rollback(True)
        else:
            clients.keep_answer(client, key, json.dumps(told, default=str))
    return told


@contextmanager
def claimed(request: HttpRequest, key: str) -> Iterator[bool]:
    """Yield whether a keyed request is new, for an act with transactions of its own; a failure lets the key go."""
    client = client_of(request)
    fresh = not key or clients.use_key(client, key, digest_of(request), clock.now())
    try:
        yield fresh
    except Exception:
        if key and fresh:
            clients.free_key(client, key)
        raise


def name_of(client: ApiClient, act: str, key: str) -> UUID:
    """Return the identifier of what a keyed request makes, the same each time; without a key a new one."""
    return uuid.uuid5(client.line, f"{act} {key}") if key else uuid.uuid4()


def digest_of(request: HttpRequest) -> str:
    """Return the SHA-256 of where a request goes and of its body."""
    return hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
