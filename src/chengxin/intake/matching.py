"""主体匹配: whose row is it. By declared type and number with agreement of the name; never by a name (charter C06)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chengxin.intake.models import Question
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
BY_JUDGED_KIND = "code+judged_kind"
BY_ANSWER = "code+answered_question"
NAME_DIFFERS, KIND_DIFFERS = "subject.name_differs", "subject.kind_differs"
_CERTIFICATES = {kind.value: kind for kind in CodeKind if kind.is_personal}
_EVIDENCE = {
    NameAgreement.SAME: BY_NAME,
    NameAgreement.SAME_AFTER_NORMALISING: BY_NAME,
    NameAgreement.FORMER: BY_FORMER_NAME,
}


@dataclass(frozen=True, slots=True)
class Match:
    """The subject of a row and the grade of evidence (charter C07); without evidence it is a question for a person.

    ``doubt`` says what that question would be about.
    """

    subject: Subject | Holder
    evidence: str
    doubt: str = NAME_DIFFERS

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
    return _by_judged_kinds(_by_judged_names(readings, found))


def certificate_of(reading: Reading) -> tuple[CodeKind, str]:
    """Return the declared certificate kind and number of a person's row."""
    return _CERTIFICATES[reading.certificate], reading.number


def again(name: str, kind: str, subject: Subject) -> Match:
    """Grade a declared name and kind against what is known of a subject by now."""
    if subject.kind == SubjectKind.PERSON:
        return Match(subject, BY_JUDGED_NAME if name_index(name) in _indexes(subject) else "")
    borne = naming.names_of(subject)
    graded = agreement(name, borne[0].name, [each.name for each in borne[1:]])
    return _by_judged_kinds([_graded(subject, graded, kind)])[0]


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
    return _graded(known.subject, agreement(reading.name, known.name, known.former), reading.kind)


def _graded(subject: Subject | Holder, graded: NameAgreement, kind: str) -> Match:
    """A code belongs to one kind of subject; a row that declares another is about somebody else, or wrong."""
    evidence = _EVIDENCE.get(graded, "")
    if evidence and kind != subject.kind:
        return Match(subject, "", KIND_DIFFERS)
    return Match(subject, evidence)


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


def _by_judged_kinds(found: list[Match]) -> list[Match]:
    """Make those matches certain of which somebody has judged that the subject is declared as the other kind too."""
    doubted = {each.candidate for each in found if not each.certain and each.doubt == KIND_DIFFERS}
    judged = _judged_kinds(doubted) if doubted else frozenset()
    return [
        Match(each.subject, BY_JUDGED_KIND) if each.doubt == KIND_DIFFERS and each.candidate in judged else each
        for each in found
    ]


def _judged_kinds(subjects: Collection[UUID]) -> frozenset[UUID]:
    """Return the subjects among these about whose kind an answer stands; there are few such answers."""
    standing = Question.objects.filter(reason=KIND_DIFFERS, same_subject=True, undone_at=None)
    asked = (UUID(candidates[0]) for candidates in standing.values_list("candidates", flat=True))
    return frozenset(subjects).intersection(asked)
