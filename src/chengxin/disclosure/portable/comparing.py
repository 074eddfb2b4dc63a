"""Whether what a report says still stands in the register.

A report is superseded when a record in it has another version or other marks than when it was issued, and when a record
turns up that was decided before the report and belongs where the report said there is none.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chengxin.disclosure.models_portable import PortableContent, PortableReport
from chengxin.disclosure.portable.contents import DOMAIN, SECTION, domains_of, section_of
from chengxin.registry.models import Annotation, RecordVersion


def stale(open_reports: QuerySet[PortableReport], now: datetime) -> set[UUID]:
    """Return which of these reports say what the register no longer says."""
    return _changed(open_reports) | _marked(open_reports) | _contradicted(open_reports, now)


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
    placed = come.annotate(code=F("record__item__item__code"), kind=F("record__subject__kind"))
    for code, kind, authority_name, nature in placed.values_list("code", "kind", "authority_name", "nature"):
        section = section_of(code, kind, report.as_of)
        if _speaks_against(report.nothing, section, authority_name, nature, now):
            return True
    return False


def _speaks_against(nothing: list[str], section: str, authority_name: str, nature: str, now: datetime) -> bool:
    """Tell whether a record contradicts a "none"; a breach of an unknown field contradicts that of every field."""
    if f"{SECTION}:{section}" in nothing:
        return True
    branch = domains_of(authority_name, now.date())
    return nature == "negative" and any(each.startswith(f"{DOMAIN}:{branch}") for each in nothing)
