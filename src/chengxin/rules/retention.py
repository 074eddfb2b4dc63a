"""Whether what is held of a person may go: kept while its purpose stands, frozen while the law says so, else erased.

Source: 个人信息保护法, articles 13, 47 and 50. Freezing is the second paragraph of article 47: nothing but storage and
security. Refusal names its reason and the way to a court.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengxin.rules.dated import Basis, LawBook
from chengxin.rules.periods import add_months

KEEP_YEARS, DUTY, OVER, CONSENT, UNLAWFUL = (
    "erasure.keep_after_use_years",
    "erasure.refused_while_duty_lasts",
    "erasure.when_purpose_is_over",
    "erasure.when_consent_ends",
    "erasure.when_held_unlawfully",
)
"""Keys of the law: how long, and the articles that decide each way."""

MISTAKEN = frozenset({"deleted", "withdrawn"})
"""Causes of an end that say the record should not have been held."""


class Fate(StrEnum):
    """What the law does with a record whose subject asks for erasure."""

    KEEP = "refused"
    FREEZE = "frozen"
    ERASE = "erased"


FATE_NAMES: dict[Fate, tuple[str, str]] = {
    Fate.KEEP: ("不予删除", "erasure refused"),
    Fate.FREEZE: ("封存", "frozen"),
    Fate.ERASE: ("删除", "erased"),
}
_WEIGHT = {Fate.ERASE: 0, Fate.FREEZE: 1, Fate.KEEP: 2}


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What is known of one record: last day of use, the day and cause of an earlier end, whether consent carries it."""

    use_until: date | None
    ended_on: date | None = None
    ended_cause: str = ""
    by_consent: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """The fate of one record, why, until which day (inclusive), and the articles."""

    fate: Fate
    until: date | None
    zh: str
    en: str
    basis: tuple[Basis, ...]


def rule(facts: HeldFacts, law: LawBook, on: date) -> Ruling:
    """Return what the law of a day does with one record when its subject asks for erasure."""
    if facts.ended_on is not None and facts.ended_cause in MISTAKEN:
        return Ruling(
            Fate.ERASE,
            None,
            "该记录已因错误或撤回而终止，不应再保存",
            "The record ended as mistaken or withdrawn and must not be held",
            (_basis(UNLAWFUL, law, on),),
        )
    over = _purpose_over(facts, on)
    if over is None:
        return _kept(facts, law, on)
    ground = CONSENT if facts.by_consent and facts.ended_on is None else OVER
    until = add_months(over, 12 * law.integer(KEEP_YEARS, on))
    if on <= until:
        return Ruling(
            Fate.FREEZE,
            until,
            f"处理目的已于 {over.isoformat()} 结束，法定保存期限至 {until.isoformat()}，期间只存储、不作任何其他处理",
            f"Its purpose ended on {over}; the law keeps it until {until}, for storage and security only",
            (_basis(ground, law, on), _basis(KEEP_YEARS, law, on)),
        )
    return Ruling(
        Fate.ERASE,
        None,
        f"处理目的已于 {over.isoformat()} 结束，保存期限已于 {until.isoformat()} 届满",
        f"Its purpose ended on {over} and the keeping period on {until}",
        (_basis(ground, law, on), _basis(KEEP_YEARS, law, on)),
    )


def _purpose_over(facts: HeldFacts, on: date) -> date | None:
    """Return the last day on which the purpose stood, or None while it stands."""
    if facts.ended_on is not None:
        return facts.ended_on
    if facts.use_until is not None and facts.use_until < on:
        return facts.use_until
    return on if facts.by_consent else None


def _kept(facts: HeldFacts, law: LawBook, on: date) -> Ruling:
    until = facts.use_until
    zh = f"使用期限至 {until.isoformat()}" if until else "没有使用期限"
    en = f"it may be used until {until}" if until else "it has no last day of use"
    return Ruling(
        Fate.KEEP,
        until,
        f"该记录由法定职责所需，{zh}，处理目的尚未实现",
        f"A statutory duty carries the record and {en}: its purpose stands",
        (_basis(DUTY, law, on),),
    )


def whole(rulings: Iterable[Ruling]) -> Fate:
    """Return the fate of a whole file: the strictest of its records; a file without records has no purpose left."""
    return max((ruling.fate for ruling in rulings), key=_WEIGHT.__getitem__, default=Fate.ERASE)


def frozen_until(rulings: Iterable[Ruling]) -> date | None:
    """Return the last day for which anything among frozen records is kept."""
    return max((ruling.until for ruling in rulings if ruling.fate is Fate.FREEZE and ruling.until), default=None)


def _basis(key: str, law: LawBook, on: date) -> Basis:
    return law.value(key, on).basis
