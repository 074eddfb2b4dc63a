"""Credit reports: made through a basis, checkable by anyone with number and code, stale as soon as the file changes.

A report's content is not kept: only its digest, and a digest of the record versions it was made from.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure import gate, own_file, policies
from chengxin.disclosure.accesses import OWN_FILE
from chengxin.disclosure.models import Access, Authorisation, Outcome, Report
from chengxin.disclosure.rows import EVERYTHING, Sight, sight_of
from chengxin.disclosure.shapes import Enquiry, RowShown
from chengxin.ledger import services as ledger
from chengxin.registry import hot
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import AnswerKind, Ground

LEAF_KIND = "report"
# Letters and digits that are not mistaken for one another when a code is typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NOTHING_ZH, NOTHING_EN = "查询期内无相关信息", "No information in the period of the enquiry"

SECTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("registration", "一、登记注册基本信息", "1. Registration", ("DJ",)),
    ("licences", "二、行政许可信息", "2. Licences", ("XK",)),
    ("penalties", "三、行政处罚信息", "3. Penalties", ("CF",)),
    ("honours", "四、诚实守信信息", "4. Good standing", ("RY", "ZY", "ZQ", "CS", "JY")),
    ("lists", "五、严重失信主体名单信息", "5. Serious-dishonesty lists", ("YZ", "SF", "SW")),
    ("abnormal", "六、经营（活动）异常名录信息", "6. Abnormal operation", ("YC",)),
    ("commitments", "七、信用承诺信息", "7. Commitments", ("CN",)),
    ("others", "八、其他信息", "8. Other information", ()),
)


class Random(Protocol):
    """Whatever chooses a verification code."""

    def choice(self, alphabet: str, /) -> str:
        """Return one character."""


CHANCE: Random = secrets.SystemRandom()


class NotForReport(Refusal):
    """The purpose answers with less than a report."""

    code = "purpose_gives_no_report"


class NoFile(Refusal):
    """There is no file to report on."""

    code = "no_file"

    def __init__(self) -> None:
        super().__init__(
            "没有与所填证件和姓名（名称）一致的档案，未出具报告。请核对后再试。",
            "No file agrees with this code and name; no report was made. Check both.",
        )


class Validity(StrEnum):
    """What checking a report answers."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a report; an empty one says so in words."""

    code: str
    zh: str
    en: str
    rows: tuple[RowShown, ...]


@dataclass(frozen=True, slots=True)
class CreditReport:
    """A report for showing, printing or handing over as JSON."""

    number: str
    verify_code: str
    digest: str
    kind: str
    purpose: str
    subject_name: str
    subject_code: str
    requested_for: str
    made_at: datetime
    as_of: date
    entry: int
    sections: tuple[Section, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder, ensure_ascii=False))
        return plain


@dataclass(frozen=True, slots=True)
class Verified:
    """What anyone learns from a number and a code: whether the report still holds, and its digest."""

    validity: Validity
    made_at: datetime | None = None
    digest: str = ""


def build(enquiry: Enquiry, *, now: datetime, today: date, chance: Random = CHANCE) -> CreditReport:
    """Make a report about somebody else, through the gate; raises Refused, ServiceRefused or NotForReport."""
    purpose = policies.known_purpose(enquiry.purpose, today)
    if purpose and purpose.answer not in (AnswerKind.RECORDS, AnswerKind.FILE):
        raise NotForReport(
            "这一用途只需要最小结果，不出具信用报告。", "This purpose needs less than a report; none is made."
        )
    answer = gate.disclose(enquiry, now=now, today=today)
    subject = Access.objects.get(pk=answer.access).subject_id
    if answer.outcome == Outcome.NO_FILE or subject is None:
        raise NoFile
    agency = enquiry.actor.agency
    facts = _Facts(
        subject=subject,
        kind=answer.subject.kind,
        purpose=answer.purpose,
        name=answer.subject.name,
        code=answer.subject.code,
        requested_for=agency.name_zh if agency else "",
        access=answer.access,
        entry=answer.entry,
    )
    return _made(facts, answer.rows, enquiry.actor, now, today, chance)


def build_own(subject_id: UUID, actor: User, *, now: datetime, today: date, chance: Random = CHANCE) -> CreditReport:
    """Make the subject's own report, free of charge; third parties and numbers in it are masked."""
    own = own_file.read(subject_id, actor, now=now, today=today)
    masked = own.kind == "person"
    name = masks.name(own.name) if masked else own.name
    facts = _Facts(subject_id, own.kind, OWN_FILE, name, "", "", own.access, own.entry)
    rows = tuple(each.row for each in own.held if not each.link_suspended)
    return _made(facts, rows, actor, now, today, chance)


def verify(number: str, code: str, today: date) -> Verified:
    """Say whether a report still holds; a wrong code and an unknown number answer alike."""
    report = Report.objects.select_related("access").filter(pk=number.strip().upper()).first()
    expected = report.verify_code if report else "-" * 8
    if not hmac.compare_digest(expected.encode(), code.strip().upper().encode()) or report is None:
        return Verified(Validity.UNKNOWN)
    same = versions_digest(report.subject_id, report.access, today) == report.versions_digest
    return Verified(Validity.VALID if same else Validity.SUPERSEDED, report.made_at, report.digest)


@dataclass(frozen=True, slots=True)
class _Facts:
    subject: UUID
    kind: str
    purpose: str
    name: str
    code: str
    requested_for: str
    access: UUID
    entry: int


def _made(
    facts: _Facts, rows: Iterable[RowShown], actor: User, now: datetime, today: date, chance: Random
) -> CreditReport:
    sections = _sections(tuple(rows))
    access = Access.objects.get(pk=facts.access)
    report = Report(
        number=_number(today, chance),
        subject_id=facts.subject,
        kind=facts.kind,
        purpose=facts.purpose,
        requested_by=actor,
        access=access,
        made_at=now,
        digest=_digest(facts, sections, now),
        versions_digest=versions_digest(facts.subject, access, today),
        verify_code=_random(8, chance),
    )
    with transaction.atomic():
        report.save(force_insert=True)
        payload = {"report": report.number, "subject": facts.subject, "access": facts.access}
        ledger.append(LEAF_KIND, payload, now=now, public={"digest": report.digest, "purpose": facts.purpose})
    return CreditReport(
        report.number, report.verify_code, report.digest, facts.kind, facts.purpose, facts.name, facts.code,
        facts.requested_for, now, today, facts.entry, sections,
    )  # fmt: skip


def _sections(rows: tuple[RowShown, ...]) -> tuple[Section, ...]:
    named = {prefix for _code, _zh, _en, prefixes in SECTIONS for prefix in prefixes}
    return tuple(
        Section(code, zh, en, tuple(row for row in rows if _belongs(row.item, prefixes, named)))
        for code, zh, en, prefixes in SECTIONS
    )


def _belongs(item: str, prefixes: tuple[str, ...], named: set[str]) -> bool:
    prefix = item.split("-")[1] if item.count("-") >= 2 else ""
    return prefix in prefixes if prefixes else prefix not in named


def versions_digest(subject: UUID, access: Access, today: date) -> str:
    """Return a digest of the record versions this report would be made of today; expiry and new marks change it too."""
    sight = _sight(access)
    seen = [row for row in hot.standing(subject, today) if sight.sees(row)]
    versions = sorted([row.version, *sorted(mark.kind for mark in row.marks)] for row in seen)
    return hashlib.sha256(json.dumps(versions).encode()).hexdigest()


def _sight(access: Access) -> Sight:
    """Return what the read behind a report could see: all for the subject, else what purpose and consent allowed."""
    if access.basis_kind == Ground.OWN:
        return Sight(EVERYTHING, None, frozenset(), consented=True)
    purpose = next(each for each in lawbook.purposes() if each.code == access.purpose)
    if access.basis_kind != Ground.AUTHORISATION:
        return sight_of(purpose, None)
    return sight_of(purpose, Authorisation.objects.get(pk=access.basis_ref).item_codes)


def _digest(facts: _Facts, sections: tuple[Section, ...], now: datetime) -> str:
    """Return the SHA-256 by which a printed or saved report can be compared with the one that was made."""
    plain = json.dumps([asdict(facts), [asdict(each) for each in sections], now], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _number(today: date, chance: Random) -> str:
    return f"XB{today:%Y%m%d}{_random(10, chance)}"


def _random(length: int, chance: Random) -> str:
    return "".join(chance.choice(_ALPHABET) for _ in range(length))
