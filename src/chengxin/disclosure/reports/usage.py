"""The usage page: by whom the file was read, as far as its subject may know it today."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure import own_looks
from chengxin.disclosure.own_looks import Look
from chengxin.disclosure.reports.shapes import Usage, UsageRow


def usage_of(subject_id: UUID, actor: User, *, now: datetime, today: date) -> Usage:
    """Return the newest reads by others, how many there were, how many were one's own, and those withheld."""
    most = lawbook.current().integer("report.looks_listed", today)
    found = own_looks.counted(subject_id, actor, now=now)
    newest = own_looks.page(subject_id, actor, now=now, size=most)
    return Usage(
        rows=tuple(_row(look) for look in newest.looks),
        others=found.others,
        own=found.own,
        withheld=tuple((each.basis, each.count) for each in found.withheld),
    )


def _row(look: Look) -> UsageRow:
    return UsageRow(
        at=look.at,
        agency_zh=look.agency_zh,
        agency_en=look.agency_en,
        purpose_zh=look.purpose_zh or look.purpose,
        purpose_en=look.purpose_en or look.purpose,
        basis_kind=look.basis_kind,
        basis="" if look.basis_kind == "authorisation" else look.basis_ref,
        outcome=look.outcome,
        records=look.record_count,
    )
