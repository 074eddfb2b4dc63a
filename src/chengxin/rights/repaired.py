"""主动修复的关键指标: of the subjects who became eligible, how many were repaired in so many days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from chengxin.catalogue import lawbook
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rights.models import Outreach

GOAL = "repair.outreach_goal_days"
SMALLEST_COUNT = 10
CHUNK = 5_000


@dataclass(frozen=True)
class Share:
    """A share with its base; ``None`` in a public one stands for a count too small to be shown (charter C26)."""

    eligible: int | None
    repaired: int | None

    @property
    def percent(self) -> float | None:
        """Return the share in percent; ``None`` while there is nobody to count or the count is hidden."""
        if not self.eligible or self.repaired is None:
            return None
        return round(100 * self.repaired / self.eligible, 1)

    def public(self) -> Share:
        """Return the share as anyone may see it: nothing that counts fewer than ten, on either side of the line."""
        eligible, repaired = self.eligible or 0, self.repaired or 0
        parts = (repaired, eligible - repaired)
        return Share(None, None) if any(0 < part < SMALLEST_COUNT for part in parts) else self


@dataclass(frozen=True)
class KeyFigure:
    """The figure on a day. ``too_early``: subjects found less than ``days`` ago, whom nobody can count yet."""

    on: date
    days: int
    subjects: Share
    records: Share
    by_grade: dict[str, Share]
    by_way: dict[str, Share]
    too_early: int | None

    def public(self) -> KeyFigure:
        """Return the figure with small counts hidden, and all grades with the smallest, lest a rest gives it away."""
        grades = {name: share.public() for name, share in self.by_grade.items()}
        hidden = any(share.eligible is None for share in grades.values())
        subjects, records = self.subjects.public(), self.records.public()
        early = None if 0 < (self.too_early or 0) < SMALLEST_COUNT else self.too_early
        return KeyFigure(self.on, self.days, subjects, records, {} if hidden else grades, {}, early)


@dataclass(frozen=True, slots=True)
class _Line:
    subject: UUID
    grade: str
    way: str
    repaired: bool


def key_figure(today: date) -> KeyFigure:
    """Return the share of eligible subjects repaired within the days the platform sets itself, counted from finding.

    A subject counts as repaired when every record found eligible was; only those found long enough ago are counted.
    """
    days = lawbook.current().integer(GOAL, today)
    before = today - timedelta(days=days)
    lines = list(_lines(before, days))
    subjects = defaultdict(list)
    for line in lines:
        subjects[line.subject].append(line.repaired)
    early = Outreach.objects.filter(found_on__gt=before, found_on__lte=today)
    return KeyFigure(
        on=today,
        days=days,
        subjects=Share(len(subjects), sum(all(each) for each in subjects.values())),
        records=_share(lines),
        by_grade={grade: _share(x for x in lines if x.grade == grade) for grade in sorted({x.grade for x in lines})},
        by_way={way: _share(x for x in lines if x.way == way) for way, _name in Outreach.WAYS},
        too_early=early.values("subject_id").distinct().count(),
    )


def _share(lines: Iterable[_Line]) -> Share:
    repaired = [line.repaired for line in lines]
    return Share(len(repaired), sum(repaired))


def _lines(before: date, days: int) -> Iterable[_Line]:
    found = Outreach.objects.filter(found_on__lte=before).order_by("pk")
    rows = list(found.values_list("record_id", "subject_id", "grade", "way", "found_on"))
    restored = _restored([row[0] for row in rows])
    for record, subject, grade, way, found_on in rows:
        end = restored.get(record)
        yield _Line(subject, grade, way, end is not None and end <= found_on + timedelta(days=days))


def _restored(records: list[UUID]) -> dict[UUID, date]:
    """Return the day on which each record was restored, where the restoration still stands."""
    days: dict[UUID, date] = {}
    for start in range(0, len(records), CHUNK):
        ended = RecordVersion.objects.filter(
            record_id__in=records[start : start + CHUNK], known_until=None, cause=Cause.RESTORED, ended_at__isnull=False
        )
        days |= {record: timezone.localtime(end).date() for record, end in ended.values_list("record_id", "ended_at")}
    return days
