"""Registering subjects: organisations by their code, persons by declared certificate type and number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from chengxin.accounts.models import User
from chengxin.registry import forwarding, selectors
from chengxin.registry.models import Mandate, Organisation, OrganisationName, Person, Subject, SubjectKind
from chengxin.registry.sealing import certificate_place, name_place
from chengxin.rules import names
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.citizen import is_adult
from chengxin.rules.identifiers.uscc import INDIVIDUAL_PREFIX
from chengxin.rules.identifiers.verdict import CodeKind, Outcome, Verdict
from chengxin.vault import services as vault


class MinorHasNoFile(Refusal):
    """Charter C04: minors have no credit file."""

    code = "minor_has_no_file"


class CodeNotUsable(Refusal):
    """A declared code that is wrong for its declared kind."""

    code = "code_not_usable"


@dataclass(frozen=True)
class PersonFacts:
    """What a person is registered by: declared certificate kind and number, and a name."""

    certificate: CodeKind
    number: str
    name: str


def register_organisation(
    uscc: str,
    name: str,
    *,
    today: date,
    now: datetime,
    kind: SubjectKind | None = None,
    region: str = "",
) -> Subject:
    """Return the organisation with this code; a new name closes the former one and keeps it.

    Without a kind the code says whether it is an individual business.
    """
    verdict = usable(CodeKind.USCC, uscc)
    known = Organisation.objects.select_related("subject").filter(uscc=verdict.normalised).first()
    if known:
        standing = forwarding.stands_for(known.subject)
        if standing == known.subject:
            rename(known.subject, name, today)
        return standing
    subject = Subject.objects.create(kind=kind or _kind_by(verdict.normalised), since=now, key=vault.new_key(now))
    exempt = verdict.outcome is Outcome.LEGAL_BUT_CHECKSUM_FAILS
    Organisation.objects.create(subject=subject, uscc=verdict.normalised, code_exempt=exempt, region=region)
    OrganisationName.objects.create(subject=subject, name=name, key=names.organisation_key(name), since=today)
    return subject


def _kind_by(uscc: str) -> SubjectKind:
    individual = uscc.startswith(INDIVIDUAL_PREFIX)
    return SubjectKind.INDIVIDUAL_BUSINESS if individual else SubjectKind.ORGANISATION


def rename(subject: Subject, name: str, today: date) -> None:
    """Give an organisation another name from today on, unless it already bears it."""
    key = names.organisation_key(name)
    if OrganisationName.objects.filter(subject=subject, until=None, key=key).exists():
        return
    OrganisationName.objects.filter(subject=subject, until=None).update(until=today)
    OrganisationName.objects.create(subject=subject, name=name, key=key, since=today)


def register_person(facts: PersonFacts, *, today: date, now: datetime) -> Subject:
    """Return the file of an adult, created when there is none; raises :class:`MinorHasNoFile` for a minor."""
    verdict = usable(facts.certificate, facts.number)
    check_adult(facts.certificate, verdict.normalised, today)
    known = selectors.find_person(facts.certificate, verdict.normalised)
    return known or _create_person(facts.certificate, verdict.normalised, facts.name, now)


def usable(kind: CodeKind, code: str) -> Verdict:
    """Return the verdict on a declared code; raises :class:`CodeNotUsable`."""
    verdict = check(kind, code)
    if verdict.outcome is Outcome.WRONG:
        raise CodeNotUsable(
            f"证件号码与所申报的类型“{kind.zh}”不符：{verdict.shape}。请核对证件类型和号码后重报。",
            f"The number does not fit the declared kind “{kind.en}”: {verdict.shape_en}. Check kind and number.",
        )
    return verdict


def check_adult(kind: CodeKind, number: str, today: date) -> None:
    """Raise :class:`MinorHasNoFile` for an identity number whose bearer is not of age (charter C04)."""
    if kind is CodeKind.CITIZEN_ID and not is_adult(number, today):
        raise MinorHasNoFile(
            "未满十八周岁的自然人不建立信用档案；本条不予入库。",
            "No credit file is kept for anyone under eighteen; the row is not stored.",
        )


def _create_person(kind: CodeKind, number: str, name: str, now: datetime) -> Subject:
    key = vault.new_key(now)
    subject = Subject.objects.create(id=uuid.uuid4(), kind=SubjectKind.PERSON, since=now, key=key)
    sealer = vault.sealer_for(key)
    Person.objects.create(
        subject=subject,
        certificate_kind=kind.value,
        certificate_index=selectors.certificate_index(kind, number),
        name_index=selectors.name_index(name),
        sealed_name=sealer.seal(name.encode(), name_place(subject.id)),
        sealed_certificate=sealer.seal(number.encode(), certificate_place(subject.id)),
    )
    return subject


def give_mandate(user: User, subject: Subject, now: datetime, capacity: str = "") -> Mandate:
    """Let a user act for a subject: for themself if it is a person, as a representative otherwise, or in a capacity."""
    capacity = capacity or (Mandate.SELF if subject.kind == SubjectKind.PERSON else Mandate.REPRESENTATIVE)
    mandate, _ = Mandate.objects.get_or_create(
        user=user, subject=subject, until=None, defaults={"capacity": capacity, "since": now}
    )
    return mandate


def end_mandate(mandate_id: int, now: datetime) -> bool:
    """End a mandate; tell whether it was open."""
    return Mandate.objects.filter(pk=mandate_id, until=None).update(until=now) > 0


def end_own_mandates(subject: Subject, now: datetime) -> int:
    """End what let a person who has died act for themself; return how many there were."""
    return Mandate.objects.filter(subject=subject, capacity=Mandate.SELF, until=None).update(until=now)
