"""Whether a record may be restored: every condition by itself, met, not met or not yet known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chengxin.rules.dated import Basis, LawBook
from chengxin.rules.grading import Grade


@dataclass(frozen=True, slots=True)
class RestorationFacts:
    """What the case file shows; None means nobody has established it yet."""

    grade: Grade
    restorable_from: date | None
    duty_performed: bool | None = None
    commitment_made: bool | None = None
    penalty_kinds: tuple[str, ...] = ()
    ban_until: date | None = None
    list_entry_open: bool | None = None
    barred_until: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the law: `met` is None while nobody can say."""

    code: str
    met: bool | None
    zh: str
    en: str
    basis: Basis


def restorable(facts: RestorationFacts, law: LawBook, on: date) -> list[Condition]:
    """List the conditions for restoration under the law in force on a day, in the order a person meets them.

    Source: 信用修复管理办法 (Order 36): shortest period over, duty performed in full, public commitment, nothing
    excluded by law, the entry in a serious list removed first.
    """
    return [
        _date_reached(facts, law, on),
        _duty_performed(facts, law, on),
        _commitment_made(facts, law, on),
        _not_excluded(facts, law, on),
        _list_entry_removed(facts, law, on),
        _not_barred(facts, law, on),
    ]


def eligible(conditions: Iterable[Condition]) -> bool:
    """Say whether every condition is known to be met."""
    return all(condition.met is True for condition in conditions)


def _date_reached(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    basis = law.value(f"grade.{facts.grade}.min_months", on).basis
    if facts.restorable_from is None:
        return Condition("date_reached", False, "该信息没有可修复的期限", "This record has no period to restore", basis)
    day = facts.restorable_from.isoformat()
    return Condition(
        "date_reached",
        on >= facts.restorable_from,
        f"最短期限届满（{day} 起）",
        f"Shortest period over (from {day})",
        basis,
    )


def _duty_performed(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    return Condition(
        "duty_performed", facts.duty_performed, "义务已全部履行，违法行为已改正",
        "The duty is performed in full and the conduct corrected", law.value("repair.duty_required", on).basis,
    )  # fmt: skip


def _commitment_made(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    return Condition(
        "commitment_made", facts.commitment_made, "已公开作出信用承诺", "A credit commitment has been made in public",
        law.value("repair.commitment_required", on).basis,
    )  # fmt: skip


def _not_excluded(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    excluded = [
        kind for kind in law.names("repair.excluded_kinds", on) if any(kind in each for each in facts.penalty_kinds)
    ]
    running = facts.ban_until is not None and on <= facts.ban_until
    return Condition(
        "not_excluded", not excluded and not running, "法律没有禁止修复，限制期已满",
        "The law does not exclude restoration and no ban is running", law.value("repair.excluded_kinds", on).basis,
    )  # fmt: skip


def _list_entry_removed(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    met = None if facts.list_entry_open is None else not facts.list_entry_open
    return Condition(
        "list_entry_removed", met, "同一事项未在严重失信主体名单内，或者已经移出",
        "The same matter is not, or no longer, in a list of seriously dishonest subjects",
        law.value("repair.list_removed_first", on).basis,
    )  # fmt: skip


def _not_barred(facts: RestorationFacts, law: LawBook, on: date) -> Condition:
    free = facts.barred_until is None or on > facts.barred_until
    basis = law.value("repair.false_material_bar_months", on).basis
    return Condition(
        "not_barred", free, "没有因材料虚假或违背承诺被暂停申请",
        "No bar for false material or a broken commitment is running", basis,
    )  # fmt: skip
