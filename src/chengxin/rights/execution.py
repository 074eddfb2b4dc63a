"""Carrying a restoration out: one act, three effects of the law, all or none, each with its receipt (charter C14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from chengxin.registry import services as registry
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rights import overdue
from chengxin.rights.models import Effect, EffectKind, Matter
from chengxin.supervision import services as supervision


def carry_out(matter: Matter, now: datetime) -> list[Effect]:
    """End publication, sharing and use, lift every measure, and leave the word for those who were given the record.

    The wing that gave the record out follows the registry's version; its own receipts arrive there, not here.
    """
    with transaction.atomic():
        # A record that is hidden for a time ends for good now.
        overdue.show_for_decision(matter.record_id, ref=matter.case.number, now=now)
        version = registry.end_record(matter.record_id, Cause.RESTORED, ref=matter.case.number, now=now)
        lifted = supervision.lift(matter.record_id, ref=matter.case.number, now=now)
        measures = [str(each) for each in lifted.measures]
        return [
            _effect(matter, EffectKind.PUBLISH, now, version.entry_id, {**_ended(version), "stopped": "publication"}),
            _effect(matter, EffectKind.SHARE_USE, now, version.entry_id, {**_ended(version), "stopped": "sharing,use"}),
            _effect(matter, EffectKind.MEASURES, now, lifted.entry, {"lifted": measures}),
            _effect(matter, EffectKind.RECIPIENTS, now, version.entry_id, {**_ended(version), "sent_by": "feed"}),
        ]


def _ended(version: RecordVersion) -> dict[str, Any]:
    assert version.ended_at is not None
    return {"version": version.number, "ended_at": version.ended_at.isoformat(), "cause": version.cause}


def _effect(matter: Matter, kind: EffectKind, now: datetime, entry: int, receipt: dict[str, Any]) -> Effect:
    return Effect.objects.create(
        case=matter.case,
        kind=kind,
        started_at=now,
        done_at=now,
        entry_id=entry,
        receipt={**receipt, "entry": entry, "record": str(matter.record_id)},
    )
