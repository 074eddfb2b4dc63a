"""Carrying an erasure or a freeze out, inside the decision's own transaction, each with its leaf and its receipt."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from chengxin.accounts.services import blank_mailbox
from chengxin.cases import contacts
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.ledger import services as ledger
from chengxin.registry import erasing, forwarding
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.rights import duties
from chengxin.rights.fates import Finding
from chengxin.rights.models import Erasure, Power
from chengxin.supervision import erasing as measures
from chengxin.vault import services as vault

ERASED_LEAF, FROZEN_LEAF = "rights.erasure", "rights.freeze"


def freeze(erasure: Erasure, found: list[Finding], until: date | None, now: datetime) -> None:
    """Stop every use: what still stood on consent ends, and a whole file can no longer be found by its number."""
    number = erasure.case.number
    with transaction.atomic():
        for finding in found:
            if finding.standing and finding.record.item.opt_in:
                registry.end_record(finding.record.pk, Cause.STOPPED, ref=number, now=now)
        located = asdict(erasing.hide_file(erasure.subject_id)) if erasure.scope == Erasure.FILE else None
        payload = {"case": number, "target": str(erasure.target)}
        public = {"scope": erasure.scope, "until": until.isoformat() if until else ""}
        ledger.append(FROZEN_LEAF, payload, now=now, public=public, key=erasure.case.key)
        Erasure.objects.filter(pk=erasure.pk).update(frozen_until=until, located=located)


def destroy(erasure: Erasure, action: str, now: datetime) -> Case:
    """Destroy what a request is about, write leaf and receipt, and move its case by ``action`` on the proof of both."""
    with transaction.atomic():
        number = erasure.case.number
        wiped, others = _wipe_file(erasure, now) if erasure.scope == Erasure.FILE else _wipe_record(erasure, now)
        counts = {**asdict(wiped), "openings": wiped.openings + others}
        payload = {"case": number, "target": str(erasure.target), **counts}
        public = {"scope": erasure.scope, "openings": counts["openings"]}
        entry = ledger.append(ERASED_LEAF, payload, now=now, public=public, key=erasure.case.key)
        receipt: dict[str, Any] = {**counts, "entry": entry.pk, "key_destroyed": erasure.scope == Erasure.FILE}
        Erasure.objects.filter(pk=erasure.pk).update(
            erased_at=now, receipt=receipt, entry=entry, located=None, frozen_until=erasure.frozen_until
        )
        met = ("key_destroyed", "deadline_passed") if action == "expire" else ("key_destroyed",)
        return cases.act_by_system(erasure.case_id, action, now=now, met=met, data={"entry": entry.pk})


def _wipe_file(erasure: Erasure, now: datetime) -> tuple[erasing.Wiped, int]:
    """Erase the file, and what was written about its person in other cases, letters and addresses."""
    wiped = erasing.wipe_file(erasure.subject_id, ref=erasure.case.number, now=now)
    family = forwarding.family(erasure.subject_id)
    powers = Power.objects.filter(subject_id__in=family)
    keys = [case.key for case in _other_cases(erasure, family)] + [each.key for each in powers.select_related("key")]
    openings = ledger.erase_under(keys, now)
    vault.destroy_many(keys, now)
    powers.filter(ended_at=None).update(ended_at=now)
    contacts.forget_all(family)
    for each in family:
        blank_mailbox(each)
        measures.blank_file(each)
    duties.blank(Q(record__subject_id__in=family))
    return wiped, openings


def _other_cases(erasure: Erasure, family: list[UUID]) -> list[Case]:
    others = Case.objects.filter(subject_ref__in=family).exclude(pk=erasure.case_id).select_related("key")
    # Earlier erasure cases hold the answers somebody was given, not the file; they stay readable to whoever asked.
    return list(others.exclude(kind="erasure"))


def _wipe_record(erasure: Erasure, now: datetime) -> tuple[erasing.Wiped, int]:
    assert erasure.record_id is not None
    if erasure.subject.key.wrapped is None:  # The whole file went in the meantime, and the record with it.
        return erasing.Wiped(0, 0, 0, 0), 0
    measures.blank_record(erasure.record_id)
    duties.blank(Q(record_id=erasure.record_id))
    return erasing.wipe_record(erasure.record_id, ref=erasure.case.number, now=now), 0
