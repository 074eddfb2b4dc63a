"""自动比对: what a screening may answer for one matter, and how a hit is described. Pure; days are arguments.

A hit is advice to the person who handles the matter (charter C20): it names the list or measure, its basis, its days,
its marks and the route of appeal, and nothing else. Sources: 国办发〔2020〕49号 第四部分; domain facts 4.4.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from chengxin.rules.dated import Basis
from chengxin.rules.lawreader import Entry


class Status(StrEnum):
    """What became of one subject that was asked about."""

    HIT = "hit"
    NO_HIT = "no_hit"
    NEEDS_CODE = "needs_code"
    NOT_USABLE = "not_usable"
    REFUSED = "refused"


class HitKind(StrEnum):
    """A list entry in force, or a measure decided and in force."""

    LISTING = "listing"
    MEASURE = "measure"


STATUS_WORDS: dict[Status, tuple[str, str]] = {
    Status.HIT: (
        "命中。请由经办人核对后决定，并反馈是否采取措施。",
        "Hit. Somebody must check it, decide, and report back whether a measure was applied.",
    ),
    Status.NO_HIT: (
        "在适用于本事项的名单和措施中没有命中。",
        "No hit in the lists and measures applicable to this matter.",
    ),
    Status.NEEDS_CODE: (
        "仅凭姓名（名称）不能比对：可能有同名者，须提供证件号码（代码）。",
        "A name alone cannot be screened: others may bear it. The code is needed.",
    ),
    Status.NOT_USABLE: (
        "号码（代码）与所申报的类型不符，或者主体类别不适用于本事项，未比对。请核对。",
        "The code does not fit its declared kind, or the matter does not reach this kind of subject. Not screened.",
    ),
    Status.REFUSED: (
        "不得以职务身份比对本人、本人代表的单位或者本单位，应当回避。",
        "Nobody screens themself, whom they represent, or their own unit by way of office.",
    ),
}
LISTING_REMEDY = (
    "主体对列入名单有异议的，可在“我的档案”提出异议；符合条件的可申请信用修复。均不收费。",
    "The subject may object under “My file”, and apply for restoration when the conditions are met. Both are free.",
)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of screening: the purpose it is asked for, and the lists and measures that count for it.

    ``codes`` are what halls call it in their own systems: numbers of powers and matters, each of one matter only.
    """

    code: str
    zh: str
    en: str
    purpose: str
    subject_kinds: tuple[str, ...]
    lists: tuple[str, ...]
    measures: tuple[str, ...]
    basis: tuple[Basis, ...]
    since: date
    until: date | None
    verified: bool
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One list entry or measure in force for the matter. ``record`` and ``measure`` identify it, and show nothing."""

    kind: HitKind
    record: UUID
    measure: UUID | None
    code: str
    zh: str
    en: str
    basis: str
    authority: str
    since: date
    until: date | None
    disputed: bool
    under_repair: bool
    statement: str
    remedy_zh: str
    remedy_en: str


def read_matter(entry: Entry) -> Matter:
    """Read one matter of law/*/matters.yaml."""
    matter = Matter(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        purpose=entry.text("purpose"),
        subject_kinds=entry.names("subject_kinds"),
        lists=entry.names("lists"),
        measures=entry.names("measures"),
        basis=entry.bases(),
        since=entry.day("since"),
        until=entry.maybe_day("until"),
        verified=entry.flag("verified"),
        codes=entry.names("codes", ()),
    )
    entry.finish()
    return matter


def in_order(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return hits as an answer gives them: measures before lists, then by first day, code and identity."""
    return tuple(
        sorted(hits, key=lambda hit: (hit.kind is HitKind.LISTING, hit.since, hit.code, hit.record, str(hit.measure)))
    )


def look_line(access: UUID, subject: UUID | None, outcome: str, reason: str, items: Sequence[str], count: int) -> bytes:
    """Return what a batch's leaf commits to for one subject: the row of who looked, as canonical JSON.

    The number of the access is random, so that nobody can guess a line and find out who was asked about. Outcome and
    reason are codes of ours, plain letters, so the text is put together without a writer of JSON.
    """
    whose = f'"{subject}"' if subject else "null"
    given = _ENCODER.encode(sorted(items)) if items else "[]"
    return f'["{access}",{whose},"{outcome}","{reason}",{given},{count}]'.encode()
