"""Making a report: through the gate or from one's own file, numbered, sealed and committed, or not made at all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure import gate, own_file, policies
from chengxin.disclosure.accesses import OWN_FILE
from chengxin.disclosure.models import Access, Outcome, Report, ReportPaper
from chengxin.disclosure.reports import scope as scopes
from chengxin.disclosure.reports import sections, states
from chengxin.disclosure.reports.scope import Scope
from chengxin.disclosure.reports.sealing import seal_body
from chengxin.disclosure.reports.shapes import (
    CHANCE,
    CreditReport,
    Form,
    NoFile,
    NotForReport,
    Random,
    Section,
    Usage,
    Wanted,
    digest_of,
)
from chengxin.disclosure.reports.usage import usage_of
from chengxin.disclosure.rows import CODE_TAIL, full
from chengxin.disclosure.shapes import Enquiry, RowShown, ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.registry.models import Subject
from chengxin.registry.sealing import open_certificate
from chengxin.rules import masks
from chengxin.rules.lawfiles import AnswerKind, Ground
from chengxin.rules.masks import FieldClass
from chengxin.rules.report_domains import Statement
from chengxin.vault import services as vault

LEAF_KIND = "report"
# Letters and digits that are not mistaken for one another when a code is typed from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# A report is handed on. Of an organisation it shows deeds and names; of a person neither names nor numbers in full.
CLEAR_IN_ORGANISATIONS = frozenset(
    {FieldClass.PUBLIC.value, FieldClass.ORG_CODE.value, FieldClass.FREE_TEXT.value, FieldClass.NAME.value, CODE_TAIL}
)
CLEAR_IN_PERSONS = CLEAR_IN_ORGANISATIONS - {FieldClass.NAME.value}


Kept = Callable[[CreditReport], None]


@dataclass(frozen=True, slots=True)
class _Facts:
    """Whose report, for what, on which basis, and by which read."""

    subject: UUID
    kind: str
    purpose: str
    purpose_zh: str
    purpose_en: str
    basis_kind: str
    basis_ref: str
    matter_no: str
    name: str = field(repr=False)
    code: str = field(repr=False)
    requested_for: str
    access: UUID
    entry: int
    site: str
    usage: Usage | None = None


def build(
    enquiry: Enquiry,
    since: date | None = None,
    *,
    now: datetime,
    today: date,
    rng: random.Random | None = None,
    chance: Random = CHANCE,
    site: str = "",
    kept: Kept | None = None,
) -> CreditReport:
    """Make a report about somebody else, through the gate, of what was decided from a day on, if one is given.

    ``rng`` draws the enquiries that owe a written reason, as for any other enquiry; ``chance`` draws the numbers;
    ``kept`` notes the report in the transaction that makes it, and may keep it from being made by raising.
    Raises Refused, ServiceRefused, PeriodUnfit or NotForReport.
    """
    scope = scopes.of(Wanted(since=since), today)
    purpose = policies.known_purpose(enquiry.purpose, today)
    if purpose and purpose.answer not in (AnswerKind.RECORDS, AnswerKind.FILE):
        raise NotForReport(
            "这一用途只需要最小结果，不出具信用报告。", "This purpose needs less than a report; none is made."
        )
    answer = gate.disclose(enquiry, now=now, today=today, rng=rng)
    subject = Access.objects.get(pk=answer.access).subject_id
    if answer.outcome == Outcome.NO_FILE or subject is None:
        raise NoFile
    agency = enquiry.actor.agency
    facts = _Facts(
        subject=subject,
        kind=answer.subject.kind,
        purpose=answer.purpose,
        purpose_zh=answer.purpose_zh,
        purpose_en=answer.purpose_en,
        basis_kind=answer.basis_kind,
        basis_ref=answer.basis_ref,
        matter_no=answer.matter_no,
        name=answer.subject.name,
        code=answer.subject.code,
        requested_for=agency.name_zh if agency else "",
        access=answer.access,
        entry=answer.entry,
        site=site,
    )
    return _made(facts, answer.rows, scope, enquiry.actor, now, today, chance, kept)


def build_own(
    subject_id: UUID,
    actor: User,
    wanted: Wanted | None = None,
    *,
    now: datetime,
    today: date,
    chance: Random = CHANCE,
    site: str = "",
) -> CreditReport:
    """Make the subject's own report or certificate, free of charge; of a person, names and numbers are masked.

    Raises NotYours, PeriodUnfit, NoDomain or ServiceRefused.
    """
    scope = scopes.of(wanted or Wanted(), today)
    own = own_file.read(subject_id, actor, now=now, today=today)
    subject = registry.subject(subject_id)
    assert subject is not None
    person = own.kind == "person"
    facts = _Facts(
        subject=subject_id,
        kind=own.kind,
        purpose=OWN_FILE,
        purpose_zh="本人（本单位）申请",
        purpose_en="On the subject's own request",
        basis_kind=Ground.OWN.value,
        basis_ref="",
        matter_no="",
        name=masks.name(own.name) if person else own.name,
        code=_code(subject),
        requested_for="",
        access=own.access,
        entry=own.entry,
        site=site,
        usage=usage_of(subject_id, actor, now=now, today=today) if scope.form is Form.FULL else None,
    )
    return _made(facts, _own_rows(subject, today), scope, actor, now, today, chance)


def _own_rows(subject: Subject, today: date) -> tuple[RowShown, ...]:
    """Return the rows of one's own file as they may be handed on; contested links stay out."""
    clear = CLEAR_IN_PERSONS if subject.kind == "person" else CLEAR_IN_ORGANISATIONS
    return full(hot.standing(subject.id, today), cache(lambda: vault.sealer_for(subject.key)), clear)


def _code(subject: Subject) -> str:
    if subject.kind != "person":
        return subject.organisation.uscc
    number = open_certificate(subject)
    return masks.citizen_id(number) if subject.person.certificate_kind == "citizen_id" else masks.certificate(number)


def _made(
    facts: _Facts,
    rows: Iterable[RowShown],
    scope: Scope,
    actor: User,
    now: datetime,
    today: date,
    chance: Random,
    kept: Kept | None = None,
) -> CreditReport:
    covered = tuple(row for row in rows if scope.covers(row))
    under = _sections(facts, covered, scope, today)
    unsigned = _drawn_up(facts, covered, under, scope, now, today, chance)
    body = unsigned.body()
    made = replace(unsigned, digest=digest_of(body))
    try:
        with transaction.atomic():
            _commit(made, body, facts, scope, actor, now, today)
            if kept:
                kept(made)
    except Exception:
        # Whatever it was, the leaf does not stand, and so there is no report (charter C09).
        raise ServiceRefused from None
    return made


def _sections(facts: _Facts, rows: tuple[RowShown, ...], scope: Scope, today: date) -> tuple[Section, ...]:
    if scope.form is Form.CLEARANCE:
        return sections.breaches(rows, facts.kind, today)
    sight = states.sight_of_access(Access.objects.get(pk=facts.access))
    return sections.whole(rows, facts.kind, sight, today)


def _drawn_up(
    facts: _Facts,
    rows: tuple[RowShown, ...],
    under: tuple[Section, ...],
    scope: Scope,
    now: datetime,
    today: date,
    chance: Random,
) -> CreditReport:
    number, code = f"XB{today:%Y%m%d}{_random(10, chance)}", _random(8, chance)
    return CreditReport(
        number=number,
        verify_code=code,
        digest="",
        form=scope.form.value,
        kind=facts.kind,
        purpose=facts.purpose,
        purpose_zh=facts.purpose_zh,
        purpose_en=facts.purpose_en,
        basis_kind=facts.basis_kind,
        basis_ref=facts.basis_ref,
        matter_no=facts.matter_no,
        subject_name=facts.name,
        subject_code=facts.code,
        requested_for=facts.requested_for,
        made_at=now,
        since=scope.since,
        until=scope.until,
        as_of=today,
        entry=facts.entry,
        verify_at=f"{facts.site.rstrip('/')}/reports/verify/{number}/{code}/",
        sections=under,
        statements=_statements(facts, scope, rows),
        usage=facts.usage,
    )


def _statements(facts: _Facts, scope: Scope, rows: tuple[RowShown, ...]) -> tuple[Statement, ...]:
    """Return what is said about each branch, only in one's own report: no other reader sees the whole file."""
    return scope.statements(rows) if facts.basis_kind == Ground.OWN else ()


def _commit(
    made: CreditReport, body: bytes, facts: _Facts, scope: Scope, actor: User, now: datetime, today: date
) -> None:
    access = Access.objects.get(pk=facts.access)
    report = Report.objects.create(
        number=made.number,
        subject_id=facts.subject,
        kind=facts.kind,
        purpose=facts.purpose,
        requested_by=actor,
        access=access,
        made_at=now,
        digest=made.digest,
        versions_digest=states.versions_digest(facts.subject, access, today, scope),
        verify_code=made.verify_code,
    )
    payload = {"report": report.number, "subject": facts.subject, "access": facts.access}
    public: dict[str, Any] = {"digest": made.digest, "purpose": facts.purpose}
    entry = ledger.append(LEAF_KIND, payload, now=now, public=public)
    ReportPaper.objects.create(
        report=report,
        form=scope.form.value,
        since=scope.since,
        until=scope.until,
        domains=list(scope.domains),
        entry=entry,
        sealed=seal_body(report, body),
        keep_until=today + timedelta(days=lawbook.current().integer("report.keep_days", today)),
    )


def _random(length: int, chance: Random) -> str:
    return "".join(chance.choice(_ALPHABET) for _ in range(length))
