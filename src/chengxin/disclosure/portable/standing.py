"""Whether issued reports still hold: found by comparing with the register, told by the public status lists.

What makes a report hold no more stands in ``comparing``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from chengxin.disclosure.models_portable import PortableReport
from chengxin.disclosure.portable import comparing, law
from chengxin.disclosure.portable.making import LIST_SIZE
from chengxin.rules.errors import Refusal
from chengxin.vault import portable_key
from chengxin.vault.sdjwt import jose, statuslist
from chengxin.vault.sdjwt.statuslist import Status


class NoSuchList(Refusal):
    """No report has a place in a list of that number."""

    code = "no_such_status_list"

    def __init__(self) -> None:
        super().__init__("没有这份状态清单。", "There is no such status list.")


@dataclass(frozen=True, slots=True)
class Published:
    """A status list as it is given to anybody."""

    number: int
    uri: str
    token: str
    made_at: datetime
    ends_at: datetime


def refresh(*, now: datetime) -> int:
    """Mark the reports that hold no more, blank the content of those that have ended, and return how many were marked.

    Everything is compared anew, so that a step that was missed is caught up with by the next one.
    """
    open_reports = PortableReport.objects.filter(superseded_at=None, withdrawn_at=None, expires_at__gt=now)
    marked = PortableReport.objects.filter(pk__in=comparing.stale(open_reports, now), superseded_at=None).update(
        superseded_at=now
    )
    ended = Q(superseded_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lte=now)
    PortableReport.objects.filter(ended, sealed__isnull=False).update(sealed=None)
    return marked


def publish(number: int, uri: str, *, now: datetime) -> Published:
    """Return the signed list of a number for its address; raises NoSuchList."""
    reports = PortableReport.objects.filter(list_no=number)
    if not reports.exists():
        raise NoSuchList
    today = now.date()
    ends = now + timedelta(hours=law.list_hours(today))
    token = statuslist.make(
        _values(reports),
        LIST_SIZE,
        portable_key.signing_key(),
        kid=portable_key.key_name(),
        uri=uri,
        now=int(now.timestamp()),
        ttl=60 * law.list_minutes(today),
        until=int(ends.timestamp()),
    )
    return Published(number, uri, token, now, ends)


def _values(reports: QuerySet[PortableReport]) -> dict[int, int]:
    """Return what is not valid; a file that was erased counts as withdrawn."""
    gone = Q(withdrawn_at__isnull=False) | Q(subject__key__wrapped__isnull=True)
    superseded = reports.filter(superseded_at__isnull=False).values_list("position", flat=True)
    withdrawn = reports.filter(gone).values_list("position", flat=True)
    return _all(superseded, Status.SUPERSEDED) | _all(withdrawn, Status.WITHDRAWN)


def _all(positions: Iterable[int], status: Status) -> dict[int, int]:
    return dict.fromkeys(positions, int(status))


def keys() -> dict[str, Any]:
    """Return the public keys under which reports and lists are signed, as a JWK set."""
    found = portable_key.public_keys().items()
    return {"keys": [{**jose.public_jwk(key), "kid": name, "alg": "ES256", "use": "sig"} for name, key in found]}
