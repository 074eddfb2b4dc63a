"""Whether and from when a record can be restored: every condition of the law by itself, with its basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.registry import selectors as records
from chengxin.registry.models import RecordVersion
from chengxin.registry.sealing import open_content
from chengxin.rights.matters import NoMatter
from chengxin.rules import eligibility as rules
from chengxin.rules.errors import Refusal
from chengxin.rules.grading import split_categories
from chengxin.rules.layouts import Role
from chengxin.rules.periods import add_months
from chengxin.rules.workflows.restoration import RESTORATION

SERIOUS_LISTS = 6
"""The class of the national catalogue that holds the lists of seriously dishonest subjects."""


class NotYetRestorable(Refusal):
    """A condition of the law is not met; the sentence names it, the earliest date and how it was derived."""

    code = "not_yet_restorable"


@dataclass(frozen=True)
class Eligibility:
    """The conditions of restoration for one record on a day, its earliest day and how that day was derived."""

    record_id: UUID
    conditions: tuple[rules.Condition, ...]
    earliest: date | None
    derivation: tuple[dict[str, str], ...]

    @property
    def met(self) -> bool:
        """Tell whether every condition is known to be met."""
        return rules.eligible(self.conditions)

    @property
    def failed(self) -> tuple[rules.Condition, ...]:
        """Return the conditions known not to be met; those nobody has established yet are not among them."""
        return tuple(condition for condition in self.conditions if condition.met is False)


def eligibility(
    record_id: UUID, today: date, *, duty_performed: bool | None = None, commitment_made: bool | None = None
) -> Eligibility:
    """Return the conditions for restoring a record on a day under the law in force."""
    version = records.present_version(record_id)
    if version is None or version.nature != "negative":
        raise NoMatter("没有可修复的记录。", "There is no such record that could be restored.")
    facts = rules.RestorationFacts(
        grade=version.grade or "general",  # type: ignore[arg-type]  # A record without a grade is held to the middle one.
        restorable_from=version.restorable_from,
        duty_performed=duty_performed,
        commitment_made=commitment_made,
        penalty_kinds=penalty_kinds(version),
        ban_until=ban_until(version),
        list_entry_open=_in_serious_list(version, today),
        barred_until=barred_until(version.record.subject_id, today),
    )
    conditions = rules.restorable(facts, lawbook.current(), today)
    return Eligibility(record_id, tuple(conditions), version.restorable_from, tuple(version.derivation))


def check_may_apply(found: Eligibility) -> None:
    """Raise when a condition is known not to be met, with the earliest date and its derivation."""
    if not found.failed:
        return
    first = found.failed[0]
    when = found.earliest.isoformat() if found.earliest else None
    # The sentence carries the whole derivation, because a date without its reason cannot be checked.
    steps_zh = "；".join(step["zh"] for step in found.derivation)
    steps_en = "; ".join(step["en"] for step in found.derivation)
    raise NotYetRestorable(
        f"条件未满足：{first.zh}（{first.basis}）。最早可申请日期：{when or '无'}。"
        f"推算过程：{steps_zh}。届时免费申请。",
        f"Not met: {first.en} ({first.basis}). Earliest date: {when or 'none'}. "
        f"Derivation: {steps_en}. Applying is free.",
        condition=first.code,
        earliest=when,
        derivation=found.derivation,
    )


def barred_until(subject_id: UUID, today: date) -> date | None:
    """Return until when false material bars a subject from restoration, if it does."""
    ended = Case.objects.filter(subject_ref=subject_id, workflow=RESTORATION.name, state="cancelled")
    last = ended.order_by("-closed_at").first()
    if last is None or last.closed_at is None:
        return None
    months = lawbook.current().integer("repair.false_material_bar_months", today)
    return add_months(_civil_day(last), months)


def _civil_day(case: Case) -> date:
    assert case.closed_at is not None
    return timezone.localtime(case.closed_at).date()


def penalty_kinds(version: RecordVersion) -> tuple[str, ...]:
    """Return the penalties of a record by name."""
    return split_categories(str(_value(version, Role.CATEGORY) or ""))


def ban_until(version: RecordVersion) -> date | None:
    """Return the last day of a running prohibition where the item says that its validity is one."""
    until = _value(version, Role.VALID_UNTIL) if version.record.item.definition.get("ban") else None
    return date.fromisoformat(until) if isinstance(until, str) and until[:1].isdigit() else None


def _value(version: RecordVersion, role: Role) -> Any:
    content = open_content(version, version.record.subject)
    fields = lawbook.layout(version.record.item.layout).fields
    return next((content[field.code] for field in fields if field.role == role and field.code in content), None)


def _in_serious_list(version: RecordVersion, today: date) -> bool:
    """Tell whether the same authority still lists the subject as seriously dishonest in another record."""
    others = records.in_use([version.record.subject_id], today).exclude(record_id=version.record_id)
    return others.filter(record__item__national_class=SERIOUS_LISTS, authority_code=version.authority_code).exists()
