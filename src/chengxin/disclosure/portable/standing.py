"""Whether issued reports still hold: found by comparing with the register, told by the public status lists.

A report is superseded when a record in it has another version or other marks than when it was issued, and when a record
turns up that was decided before the report and belongs where the report said there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chengxin.disclosure.models_portable import PortableContent, PortableReport
from chengxin.disclosure.portable import law
from chengxin.disclosure.portable.contents import DOMAIN, SECTION, domains_of, section_of
from chengxin.disclosure.portable.making import LIST_SIZE
from chengxin.registry.models import Annotation, RecordVersion
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
    stale = _changed(open_reports) | _marked(open_reports) | _contradicted(open_reports, now)
    marked = PortableReport.objects.filter(pk__in=stale, superseded_at=None).update(superseded_at=now)
    ended = Q(superseded_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lte=now)
    PortableReport.objects.filter(ended, sealed__isnull=False).update(sealed=None)
    return marked


def _changed(open_reports: QuerySet[PortableReport]) -> set[UUID]:
    """Return the reports with a record that was repaired, corrected, withdrawn, moved or hidden since."""
    found = PortableContent.objects.filter(report__in=open_reports, version__known_until__isnull=False)
    return set(found.values_list("report_id", flat=True))


def _marked(open_reports: QuerySet[PortableReport]) -> set[UUID]:
    """Return the reports with a record that has other open marks than it had."""
    standing = Annotation.objects.filter(until=None, record_id=OuterRef("record_id"))
    contents = PortableContent.objects.filter(Q(Exists(standing)) | ~Q(marks=[]), report__in=open_reports)
    told = list(contents.values_list("report_id", "record_id", "marks"))
    present: dict[UUID, list[str]] = defaultdict(list)
    marks = Annotation.objects.filter(until=None, record_id__in={record for _report, record, _marks in told})
    for record, kind in marks.values_list("record_id", "kind"):
        present[record].append(kind)
    return {report for report, record, kinds in told if sorted(present[record]) != kinds}


def _contradicted(open_reports: QuerySet[PortableReport], now: datetime) -> set[UUID]:
    """Return the reports that say "none" where a record decided before them has come in since."""
    later = RecordVersion.objects.filter(
        known_until=None, ended_at=None, link_suspended=False,
        record__subject_id=OuterRef("subject_id"), known_from__gte=OuterRef("issued_at"),
        document_date__lte=OuterRef("as_of"),
    ).exclude(use_until__lt=now.date())  # fmt: skip
    return {report.pk for report in open_reports.filter(Exists(later)) if _contradicts(report, now)}


def _contradicts(report: PortableReport, now: datetime) -> bool:
    known = set(report.contents.values_list("record_id", flat=True))
    come = RecordVersion.objects.filter(
        known_until=None, ended_at=None, link_suspended=False, record__subject_id=report.subject_id,
        known_from__gte=report.issued_at, document_date__lte=report.as_of,
    ).exclude(record_id__in=known).exclude(use_until__lt=now.date())  # fmt: skip
    rows = come.annotate(code=F("record__item__item__code")).values_list("code", "authority_name", "nature")
    return any(_speaks_against(report.nothing, *row, now) for row in rows)


def _speaks_against(nothing: list[str], item: str, authority_name: str, nature: str, now: datetime) -> bool:
    """Tell whether a record contradicts a "none"; a breach of an unknown field contradicts that of every field."""
    if f"{SECTION}:{section_of(item)}" in nothing:
        return True
    branch = domains_of(authority_name, now.date())
    return nature == "negative" and any(each.startswith(f"{DOMAIN}:{branch}") for each in nothing)


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
