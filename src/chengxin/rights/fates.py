"""What the law does today with each record of a person who asks for erasure, in words the person can check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from chengxin.catalogue import lawbook
from chengxin.registry.models import Cause, Record, RecordVersion
from chengxin.rules import retention
from chengxin.rules.retention import Fate, HeldFacts, Ruling


@dataclass(frozen=True)
class Finding:
    """One record and what the law of the day does with it."""

    record: Record
    standing: bool
    ruling: Ruling

    def stored(self) -> dict[str, Any]:
        """Return the finding as it is kept with the case; it names the record by its id and nothing personal."""
        ruling = self.ruling
        return {
            "record": str(self.record.pk),
            "item": self.record.item.item.code,
            "fate": ruling.fate.value,
            "until": ruling.until.isoformat() if ruling.until else "",
            "zh": ruling.zh,
            "en": ruling.en,
            "basis": [str(each) for each in ruling.basis],
        }


def of_file(subject_id: UUID, today: date) -> list[Finding]:
    """Return a finding for every record of a person that was not erased before, ended ones included."""
    present = RecordVersion.objects.filter(record__subject_id=subject_id, known_until=None)
    return _findings(present, today)


def of_record(record_id: UUID, today: date) -> list[Finding]:
    """Return the finding for one record; empty when it was erased before or there is none."""
    return _findings(RecordVersion.objects.filter(record_id=record_id, known_until=None), today)


def _findings(present: Any, today: date) -> list[Finding]:
    kept = present.exclude(cause=Cause.ERASED).select_related("record__item__item").order_by("-document_date", "pk")
    return [_finding(version, today) for version in kept]


def _finding(version: RecordVersion, today: date) -> Finding:
    ended = timezone.localtime(version.ended_at).date() if version.ended_at else None
    facts = HeldFacts(version.use_until, ended, version.cause if ended else "", version.record.item.opt_in)
    return Finding(version.record, version.ended_at is None, retention.rule(facts, lawbook.current(), today))


def fate(findings: list[Finding]) -> Fate:
    """Return what becomes of everything asked for together."""
    return retention.whole(finding.ruling for finding in findings)


def articles(findings: list[Finding], decided: Fate, today: date) -> list[str]:
    """Return the articles that carry a decision; with no record left, the one that says the purpose is over."""
    bases = [str(basis) for each in findings if each.ruling.fate is decided for basis in each.ruling.basis]
    return bases or [str(lawbook.current().value(retention.OVER, today).basis)]
