"""Writing down that a record was found eligible, once, with its leaf: the base of the key figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chengxin.cases.models import Notice
from chengxin.ledger import services as ledger
from chengxin.registry.models import RecordVersion
from chengxin.rights.models import Outreach


@dataclass(frozen=True)
class Found:
    """A record that the law would restore now; ``eligible_on`` is the day on which it opened."""

    version: RecordVersion
    eligible_on: date


def write(found: Found, way: str, notice: Notice | None, *, now: datetime, today: date) -> None:
    """Write down how the subject of a found record was served; must run inside the caller's transaction."""
    record = found.version.record
    payload = {"record": str(record.id), "way": way, "notice": notice.sha256 if notice else ""}
    entry = ledger.append("outreach", payload, now=now, public={"act": way}, key=record.subject.key)
    Outreach.objects.create(
        record=record,
        subject=record.subject,
        grade=found.version.grade,
        eligible_on=found.eligible_on,
        found_on=today,
        found_at=now,
        way=way,
        notice=notice,
        entry=entry,
    )
