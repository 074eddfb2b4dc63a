"""What a credit report is made of, and what can be learned about one."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

import rfc8785
from django.core.serializers.json import DjangoJSONEncoder

from chengxin.disclosure.models_reports import CLEARANCE, FULL
from chengxin.disclosure.shapes import RowShown
from chengxin.rules.errors import Refusal
from chengxin.rules.report_advice import Said
from chengxin.rules.report_domains import Statement

NOTHING_ZH, NOTHING_EN = "查询期内无相关信息", "No information in the period of the enquiry"
NOT_FILED_ZH, NOT_FILED_EN = "未报送", "Not filed"
SIGNED_APART = ("digest",)
"""What the digest cannot cover: itself."""


class Random(Protocol):
    """Whatever chooses a verification code."""

    def choice(self, alphabet: str, /) -> str:
        """Return one character."""


CHANCE: Random = secrets.SystemRandom()


class Form(StrEnum):
    """Which of the two papers is issued."""

    FULL = FULL
    CLEARANCE = CLEARANCE


class Validity(StrEnum):
    """What checking a report answers."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class NotForReport(Refusal):
    """The purpose answers with less than a report."""

    code = "purpose_gives_no_report"


class PeriodUnfit(Refusal):
    """The period of a certificate does not run forward, reaches into the future, or is too long."""

    code = "report_period_unfit"


class NoDomain(Refusal):
    """A certificate was asked for about no branch, or about one that is not known."""

    code = "report_domain_unknown"


class NoFile(Refusal):
    """There is no file to report on."""

    code = "no_file"

    def __init__(self) -> None:
        super().__init__(
            "没有与所填证件和姓名（名称）一致的档案，未出具报告。请核对后再试。",
            "No file agrees with this code and name; no report was made. Check both.",
        )


class NoReport(Refusal):
    """There is no such report for this reader, or its content is not kept any more."""

    code = "no_such_report"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which paper is wanted: the whole file, or a certificate about some branches and a period, both days included.

    A report on the whole file may begin with a day too: what was decided before it is left out, what is so today stays.
    """

    form: Form = Form.FULL
    since: date | None = None
    until: date | None = None
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outside:
    """An item that belongs into a section, but whose records the purpose may not see."""

    item: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a report. ``said`` tells what an empty one means, and which of its items were not looked at.

    The fields of its rows are the labels of the layout, in its order; a label nobody files has an empty value.
    """

    code: str
    zh: str
    en: str
    rows: tuple[RowShown, ...]
    said_zh: str = ""
    said_en: str = ""
    outside: tuple[Outside, ...] = ()
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One read of the file, as the usage page of one's own report tells it."""

    at: datetime
    agency_zh: str
    agency_en: str
    purpose_zh: str
    purpose_en: str
    basis_kind: str
    basis: str
    outcome: str
    records: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Who looked: the newest reads by others, how many in all, one's own, and those withheld by an article."""

    rows: tuple[UsageRow, ...]
    others: int
    own: int
    withheld: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CreditReport:
    """A report for showing, printing or handing over as JSON."""

    number: str
    verify_code: str
    digest: str
    form: str
    kind: str
    purpose: str
    purpose_zh: str
    purpose_en: str
    basis_kind: str
    basis_ref: str
    matter_no: str
    subject_name: str = field(repr=False)
    subject_code: str = field(repr=False)
    requested_for: str
    made_at: datetime
    since: date | None
    until: date
    as_of: date
    entry: int
    verify_at: str
    sections: tuple[Section, ...] = field(repr=False)
    statements: tuple[Statement, ...]
    usage: Usage | None

    @property
    def clean(self) -> bool:
        """Tell whether a certificate has nothing to list; a report on the whole file never claims to be clean."""
        return self.form == Form.FULL or not any(each.count or each.unsorted for each in self.statements)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder, ensure_ascii=False))
        return plain

    def body(self) -> bytes:
        """Return what is signed and kept: everything but the digest, as canonical JSON (RFC 8785)."""
        return rfc8785.dumps({name: each for name, each in self.as_json().items() if name not in SIGNED_APART})


@dataclass(frozen=True, slots=True)
class Verified:
    """What anyone learns from a number and a code: whether the report still holds, its days, and its digest.

    ``name`` is that of an organisation, and empty unless it was asked for; a natural person is not named.
    """

    validity: Validity
    made_at: datetime | None = None
    digest: str = ""
    number: str = ""
    form: str = Form.FULL.value
    as_of: date | None = None
    since: date | None = None
    domains: tuple[str, ...] = ()
    withdrawn_at: datetime | None = None
    name: str = field(default="", repr=False)


def digest_of(body: bytes) -> str:
    """Return the SHA-256 by which a printed or saved report can be compared with the one that was made."""
    return hashlib.sha256(body).hexdigest()
