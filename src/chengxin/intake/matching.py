"""主体匹配: whose row is it. By declared type and number with agreement of the name; never by a name (charter C06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chengxin.intake.reading import Reading
from chengxin.registry import bulk
from chengxin.registry.bulk import KnownOrganisation, KnownPerson, NewOrganisation
from chengxin.registry.drafts import Holder
from chengxin.registry.models import Subject, SubjectKind
from chengxin.registry.selectors import name_index
from chengxin.registry.subjects import PersonFacts
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.names import NameAgreement, agreement

BY_NAME = "code+name"
BY_FORMER_NAME = "code+former_name"
BY_ANSWER = "code+answered_question"
_CERTIFICATES = {kind.value: kind for kind in CodeKind if kind.is_personal}
_EVIDENCE = {
    NameAgreement.SAME: BY_NAME,
    NameAgreement.SAME_AFTER_NORMALISING: BY_NAME,
    NameAgreement.FORMER: BY_FORMER_NAME,
}


@dataclass(frozen=True, slots=True)
class Match:
    """The subject of a row and the grade of evidence (charter C07); without evidence it is a question for a person."""

    subject: Subject | Holder
    evidence: str

    @property
    def certain(self) -> bool:
        """Tell whether the row may be linked without asking anybody."""
        return bool(self.evidence)

    @property
    def candidate(self) -> UUID:
        """The subject to ask about."""
        return self.subject.id


def match(readings: Sequence[Reading], *, today: date, now: datetime) -> list[Match]:
    """Match readings to subjects in order, registering the subjects of unknown codes; in the caller's transaction."""
    organisations = _organisations([r for r in readings if r.kind != SubjectKind.PERSON], today, now)
    persons = _persons([r for r in readings if r.kind == SubjectKind.PERSON], now)
    return [
        _judge_person(r, persons[certificate_of(r)])
        if r.kind == SubjectKind.PERSON
        else _judge_organisation(r, organisations[r.number])
        for r in readings
    ]


def certificate_of(reading: Reading) -> tuple[CodeKind, str]:
    """Return the declared certificate kind and number of a person's row."""
    return _CERTIFICATES[reading.certificate], reading.number


def _organisations(readings: Sequence[Reading], today: date, now: datetime) -> dict[str, KnownOrganisation]:
    if not readings:
        return {}
    known = bulk.organisations({r.number for r in readings})
    new = [NewOrganisation(r.number, r.name, SubjectKind(r.kind)) for r in readings if r.number not in known]
    return known | bulk.register_organisations(new, today=today, now=now) if new else known


def _persons(readings: Sequence[Reading], now: datetime) -> dict[tuple[CodeKind, str], KnownPerson]:
    if not readings:
        return {}
    known = bulk.persons({certificate_of(r) for r in readings})
    new = [PersonFacts(*certificate_of(r), r.name) for r in readings if certificate_of(r) not in known]
    return known | bulk.register_persons(new, now=now) if new else known


def _judge_organisation(reading: Reading, known: KnownOrganisation) -> Match:
    return Match(known.subject, _EVIDENCE.get(agreement(reading.name, known.name, known.former), ""))


def _judge_person(reading: Reading, known: KnownPerson) -> Match:
    return Match(known.subject, BY_NAME if name_index(reading.name) == known.name_index else "")
