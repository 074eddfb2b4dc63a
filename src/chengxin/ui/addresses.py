"""Where a request comes from. A header is believed only from a proxy the operator named; else it is as if not there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

LONGEST = 45
"""No address is written with more characters; a proxy that hands on anything longer is cut short."""


def address_of(request: HttpRequest) -> str:
    """Return the caller's address; behind trusted proxies the last one that none of them bears."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    while nearest in settings.CHENGXIN_PROXIES and hops and hops[-1]:
        nearest = hops.pop()
    return nearest[:LONGEST]
