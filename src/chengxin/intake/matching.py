"""主体匹配: whose row is it. By declared type and number with agreement of the name; never by a name (charter C06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chengxin.intake.reading import Reading
from chengxin.registry import bulk, naming
from chengxin.registry.bulk import Certificate, KnownOrganisation, KnownPerson, NewOrganisation
from chengxin.registry.drafts import Holder
from chengxin.registry.models import Subject, SubjectKind
from chengxin.registry.selectors import name_index
from chengxin.registry.subjects import PersonFacts
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.names import NameAgreement, agreement

BY_NAME = "code+name"
BY_FORMER_NAME = "code+former_name"
BY_JUDGED_NAME = "code+judged_name"
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
    return judged(readings, organisations, persons)


def judged(
    readings: Sequence[Reading],
    organisations: Mapping[str, KnownOrganisation],
    persons: Mapping[Certificate, KnownPerson],
) -> list[Match]:
    """Match readings in order to the subjects that bear their codes and certificates; nothing is registered."""
    found = [
        _judge_person(r, persons[certificate_of(r)])
        if r.kind == SubjectKind.PERSON
        else _judge_organisation(r, organisations[r.number])
        for r in readings
    ]
    return _by_judged_names(readings, found)


def certificate_of(reading: Reading) -> tuple[CodeKind, str]:
    """Return the declared certificate kind and number of a person's row."""
    return _CERTIFICATES[reading.certificate], reading.number


def again(name: str, subject: Subject) -> Match:
    """Grade a declared name against what is known of a subject by now."""
    if subject.kind == SubjectKind.PERSON:
        return Match(subject, BY_JUDGED_NAME if name_index(name) in _indexes(subject) else "")
    borne = naming.names_of(subject)
    graded = agreement(name, borne[0].name, [each.name for each in borne[1:]])
    return Match(subject, _EVIDENCE.get(graded, ""))


def _indexes(subject: Subject) -> frozenset[str]:
    return naming.judged({subject.id}).get(subject.id, frozenset()) | {subject.person.name_index}


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


def _by_judged_names(readings: Sequence[Reading], found: list[Match]) -> list[Match]:
    """Make those matches certain whose number somebody has judged to be known under the declared name too."""
    doubted = [i for i, each in enumerate(found) if not each.certain and readings[i].kind == SubjectKind.PERSON]
    judged = naming.judged({found[i].candidate for i in doubted}) if doubted else {}
    for i in doubted:
        if name_index(readings[i].name) in judged.get(found[i].candidate, ()):
            found[i] = Match(found[i].subject, BY_JUDGED_NAME)
    return found
