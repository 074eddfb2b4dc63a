"""Where a request comes from, and where it may go back to.

A header is believed only from a proxy the operator named; else it is as if not there.
"""

from __future__ import annotations

from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from chengxin.ui.personal_numbers import looks_personal

LONGEST = 45
"""No address is written with more characters; a proxy that hands on anything longer is cut short."""


def address_of(request: HttpRequest) -> str:
    """Return the caller's address; behind trusted proxies the last one that none of them bears."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    while nearest in settings.CHENGXIN_PROXIES and hops and hops[-1]:
        nearest = hops.pop()
    return nearest[:LONGEST]


def way_back(request: HttpRequest, place: str = "") -> str:
    """Return the address of the page for a link back to it, or its door when what was typed there tells a number."""
    place = place or request.path
    if not looks_personal(unquote(place)):
        return place
    return "/console/" if place.startswith("/console/") else "/"
