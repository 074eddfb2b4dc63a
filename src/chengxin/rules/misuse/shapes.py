"""What the rules of misuse read and what they find: ids, days and counts; never a name, a number or a content.

A finding is a question for people, not a verdict: nothing follows from it by itself, and nobody has a score.
Source: 江苏省公共信用信息 访问日志与异常处理的要求 (P8 of the province's rules); GB/T 35273-2020 11.7 d).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

RULES: dict[str, tuple[str, str]] = {
    "self": ("查询本人", "Looking at one's own file"),
    "household": ("查询亲属或者代理关系人", "Looking at family or those one acts for"),
    "wrong_case": ("事项编号不符", "A matter number that does not fit"),
    "spike": ("查询量突增", "A sudden rise"),
    "repeated": ("反复查询同一主体", "The same subject again and again"),
}
"""Every rule there is, with its name in both languages."""


class NoReason(ValueError):
    """A weight or a finding was about to travel without saying why."""


@dataclass(frozen=True, slots=True)
class Look:
    """One read, or one refused read. ``act`` is shared by everything that one click or one call asked for.

    ``machine`` tells that an interface client acted, which speaks for a unit and has no family.
    """

    access: UUID
    act: int
    day: date
    order: float
    actor: UUID
    unit: UUID
    purpose: str
    matter_no: str
    subject: UUID | None
    refused: bool = False
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Weight:
    """How strong a finding is, 1 to 100, never without the sentence that says why."""

    points: int
    zh: str
    en: str

    def __post_init__(self) -> None:
        if not (self.zh.strip() and self.en.strip()):
            raise NoReason("a weight says why")
        if not 1 <= self.points <= 100:
            raise ValueError("a weight lies between 1 and 100")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a finding rests on: what it is called, and its figure or code."""

    zh: str
    en: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: who, of which unit, which reads, on which facts; ``key`` is equal for the same thing again."""

    rule: str
    key: str
    actor: UUID
    unit: UUID
    subject: UUID | None
    day: date
    accesses: tuple[UUID, ...]
    zh: str
    en: str
    facts: tuple[Fact, ...]
    weight: Weight

    def __post_init__(self) -> None:
        if self.rule not in RULES or not self.accesses or not self.facts:
            raise NoReason("a finding names its rule, its reads and its facts")
        if not (self.zh.strip() and self.en.strip()):
            raise NoReason("a finding says what was found")


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures the rules count by; each is a dated value of the law files (``misuse.*``), none of them verified."""

    matter_subjects: int
    matter_days: int
    spike_tenths: int
    spike_unit_tenths: int
    spike_least: int
    spike_history: int
    repeat_days: int
    repeat_window: int


def month_of(day: date) -> str:
    """Return the month of a day as in 2026-11."""
    return f"{day:%Y-%m}"
