"""How grave a piece of dishonesty is: minor 轻微, general 一般 or serious 严重, from dated law."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chengxin.rules.dated import Basis, LawBook, Step, Value

Grade = Literal["minor", "general", "serious"]
Procedure = Literal["simple", "ordinary"]

GRADE_NAMES: dict[Grade, tuple[str, str]] = {
    "minor": ("轻微", "minor"),
    "general": ("一般", "general"),
    "serious": ("严重", "serious"),
}

# A source that writes "暂扣/吊销" has not said which; only a person who reads the document can.
_EITHER = re.compile(r"暂扣\s*(?:/|或者?|、)\s*吊销")
_FINE = "罚款"
_BETWEEN = re.compile(r"[;；,，|\n]+")


@dataclass(frozen=True, slots=True)
class GradeFacts:
    """What the decision says. Fines are in fen; `sector` is one of the key sectors of the law or empty."""

    categories: tuple[str, ...] = ()
    procedure: Procedure = "ordinary"
    subject_kind: str = "organisation"
    fine_fen: int | None = None
    sector: str = ""
    in_serious_list: bool = False


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade, its basis and the reasons; `uncertain` asks a person to read the document before relying on it."""

    grade: Grade
    basis: Basis
    why: tuple[Step, ...]
    uncertain: bool = False
    verified: bool = True


def split_categories(text: str) -> tuple[str, ...]:
    """Split the penalty-kind column (several kinds joined by semicolons or commas, half or full width)."""
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())


def grade(facts: GradeFacts, law: LawBook, on: date) -> Graded:
    """Grade a decision by the law in force on a day: serious is looked for first, then minor; the rest is general.

    Source: NDRC Order 36 (信用修复管理办法) from 2026-04-01, Order 58 before; simple procedure by 行政处罚法 51.
    """
    found = _serious(facts, law, on) or _minor(facts, law, on)
    if found:
        return found
    return _general(facts, law, on)


def _graded(grade: Grade, value: Value, zh: str, en: str, *, uncertain: bool = False) -> Graded:
    return Graded(grade, value.basis, (Step(zh, en, value.basis),), uncertain, value.verified)


def _serious(facts: GradeFacts, law: LawBook, on: date) -> Graded | None:
    kinds = law.value("grade.serious.categories", on)
    for kind in _definite(facts.categories, law.names("grade.serious.categories", on)):
        return _graded("serious", kinds, f"处罚种类含“{kind}”", f'The penalties include "{kind}"')
    if facts.in_serious_list:
        return _graded("serious", law.value("grade.serious.lists", on), "已列入严重失信主体名单",
                       "Entered in a list of seriously dishonest subjects")  # fmt: skip
    if facts.sector in law.names("grade.serious.sectors", on):
        value = law.value("grade.serious.sectors", on)
        return _graded("serious", value, f"属重点领域“{facts.sector}”", f'In the key sector "{facts.sector}"')
    return _by_fine(facts, law, on)


def _by_fine(facts: GradeFacts, law: LawBook, on: date) -> Graded | None:
    key = f"grade.serious.fine_fen.{'person' if facts.subject_kind == 'person' else 'organisation'}"
    threshold = law.integer(key, on)
    if threshold == 0 or facts.fine_fen is None or facts.fine_fen < threshold:
        return None
    value = law.value(key, on)
    return _graded("serious", value, f"罚款达到 {threshold // 100} 元", f"The fine reaches {threshold // 100} yuan")


def _minor(facts: GradeFacts, law: LawBook, on: date) -> Graded | None:
    if facts.procedure == "simple":
        value = law.value("grade.minor.simple_procedure", on)
        return _graded("minor", value, "适用简易程序", "Decided by simple procedure") if value.value else None
    kinds = law.names("grade.minor.categories", on)
    mild = all(any(kind in category for kind in kinds) for category in facts.categories)
    if facts.categories and mild and not _has_unnamed_fine(facts):
        value = law.value("grade.minor.categories", on)
        named = "、".join(facts.categories)
        return _graded("minor", value, f"处罚种类仅为“{named}”", f'The only penalties are "{named}"')
    return None


def _general(facts: GradeFacts, law: LawBook, on: date) -> Graded:
    value = law.value("grade.general.min_months", on)
    unclear = not facts.categories or any(_is_unclear(category) for category in facts.categories)
    unclear = unclear or _has_unnamed_fine(facts)
    result = _graded("general", value, "不属于轻微，也不属于严重", "Neither minor nor serious", uncertain=unclear)
    if not unclear:
        return result
    step = Step(
        "处罚种类写得不明确，请经办人对照决定书核对等次",
        "The penalty kind is unclear; an officer must check the document",
    )
    return Graded(result.grade, result.basis, (*result.why, step), uncertain=True, verified=result.verified)


def _definite(categories: tuple[str, ...], kinds: tuple[str, ...]) -> list[str]:
    clear = [category for category in categories if not _EITHER.search(category)]
    return [kind for kind in kinds if any(kind in category for category in clear)]


def _has_unnamed_fine(facts: GradeFacts) -> bool:
    """An amount whose kind is missing contradicts a penalty that is said to be mild."""
    return bool(facts.fine_fen) and not any(_FINE in category for category in facts.categories)


def _is_unclear(category: str) -> bool:
    return bool(_EITHER.search(category)) or category.startswith("其他")
