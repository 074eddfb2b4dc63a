"""代理: an agent, a guardian, or a close relative of somebody who has died acts for a person on a proof of power.

One officer checks the proof, another decides; only then is there a mandate, and it ends on its day. Free of charge.
Source: 民法典 161, 165 (agency), 个人信息保护法 49 (the deceased).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.cases import services as cases
from chengxin.catalogue import lawbook
from chengxin.ledger import services as ledger
from chengxin.registry import hot, subjects
from chengxin.registry.models import Mandate, SubjectKind
from chengxin.registry.selectors import may_act_for, subject
from chengxin.rights.models import Power
from chengxin.rules.errors import Refusal
from chengxin.rules.file_kinds import media_type
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.reach import WHOLE
from chengxin.vault import services as vault
from chengxin.vault.services import Place

LARGEST_PROOF = 5 * 1024 * 1024
LONGEST_YEARS = 3
BASES = {
    Power.AGENT: "erasure.agents_may_act",
    Power.GUARDIAN: "erasure.agents_may_act",
    Power.RELATIVE: "erasure.relatives_may_act",
}
LINK = "/mine/agents/"
DESK = (Permission.REVIEW_CASE, Permission.DECIDE_CASE)


class PowerRefused(Refusal):
    """A proof, check or decision that lacks what it needs."""

    code = "power_refused"


class PowerUnknown(PowerRefused):
    """There is no such power, or none that this person reaches: one answer for both."""

    code = "power_unknown"


@dataclass(frozen=True)
class Claim:
    """What somebody declares: for whom, by which certificate number, in which capacity, until when, on which proof."""

    capacity: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    ends_on: date
    proof: bytes = field(repr=False)
    certificate: CodeKind = CodeKind.CITIZEN_ID


@dataclass(frozen=True)
class Opened:
    """A claim as an officer reads it, its proof beside it."""

    power: Power
    certificate: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    proof: bytes = field(repr=False)
    proof_type: str
    reason: str


def claim(claimed: Claim, *, actor: User, now: datetime, today: date) -> Power:
    """Hand in a proof of power; the answer is the same whether or not such a file exists, until officers looked."""
    check_may(actor, Permission.REQUEST_ERASURE)
    _check_claim(claimed, today)
    with transaction.atomic():
        key, identifier = vault.new_key(now), uuid4()
        sealer = vault.sealer_for(key)
        declared = json.dumps([claimed.certificate.value, claimed.number.strip(), claimed.name.strip()])
        power = Power.objects.create(
            id=identifier,
            applicant=actor,
            capacity=claimed.capacity,
            subject_id=_found(claimed, actor),
            key=key,
            sealed_claim=sealer.seal(declared.encode(), _place("sealed_claim", identifier)),
            sealed_proof=sealer.seal(claimed.proof, _place("sealed_proof", identifier)),
            proof_sha256=hashlib.sha256(claimed.proof).hexdigest(),
            ends_on=claimed.ends_on,
            filed_at=now,
        )
        _commit(power, "filed", actor, now)
        _tell(
            power,
            "power_filed",
            _("代理证明已收到"),
            _("代理证明已收到，由两名工作人员先后核对，结果将在此通知。"),
            now,
        )
    return power


def _check_claim(claimed: Claim, today: date) -> None:
    if claimed.capacity not in BASES:
        raise PowerRefused("请选择以什么身份代为办理。", "Choose in which capacity you act.")
    if not claimed.name.strip() or not claimed.number.strip():
        raise PowerRefused("请填写被代理人的姓名和证件号码。", "Enter the person's name and certificate number.")
    if not today <= claimed.ends_on <= today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28)):
        raise PowerRefused(
            f"代理期限应在今天以后、{LONGEST_YEARS} 年以内。",
            f"The power must end within {LONGEST_YEARS} years from today.",
        )
    if not claimed.proof or len(claimed.proof) > LARGEST_PROOF or not proof_type(claimed.proof):
        raise PowerRefused(
            "请上传证明文件：PDF、JPEG 或 PNG，不超过 5 MB。", "Upload the proof as PDF, JPEG or PNG of at most 5 MB."
        )


def proof_type(content: bytes) -> str:
    """Return the media type of a proof by what it begins with; empty for anything else."""
    return media_type(content)


def _found(claimed: Claim, actor: User) -> UUID | None:
    """Return the person with exactly this certificate and an agreeing name; nobody is found by a name (charter C06)."""
    found = hot.find(claimed.certificate, claimed.number.strip().upper(), claimed.name, actor.pk)
    return found.id if found and found.kind == SubjectKind.PERSON and found.key.wrapped is not None else None


def waiting(officer: User) -> QuerySet[Power]:
    """Return the powers that wait for a step of this officer, the oldest first.

    A file is fed from every region, so who acts for its person is judged by officers of the whole platform.
    """
    turns = Q(pk=None)
    if can_may(officer, Permission.REVIEW_CASE, WHOLE):
        turns |= Q(checked_at=None)
    if can_may(officer, Permission.DECIDE_CASE, WHOLE):
        turns |= Q(checked_at__isnull=False)
    open_ones = Power.objects.filter(turns, decided_at=None, ended_at=None).select_related("applicant", "key")
    return open_ones.order_by("filed_at")


def own(user: User) -> QuerySet[Power]:
    """Return the powers a user handed in, newest first."""
    return Power.objects.filter(applicant=user).select_related("key").order_by("-filed_at")


def over(subject_id: UUID, user: User) -> list[Power]:
    """Return the powers that let others act for a subject today, to whoever may act for it."""
    if not may_act_for(user, subject_id):
        return []
    standing = Power.objects.filter(subject_id=subject_id, granted=True, ended_at=None).select_related("applicant")
    return list(standing.order_by("decided_at"))


def read(power_id: UUID, officer: User, *, now: datetime) -> Opened:
    """Open a claim and its proof for an officer; the look is committed first (charter C09)."""
    _check_officer(officer)
    power = _power(power_id)
    with transaction.atomic():
        _commit(power, "read", officer, now)
    certificate, number, name = json.loads(_open(power, "sealed_claim"))
    proof = _open(power, "sealed_proof")
    return Opened(power, certificate, number, name, proof, proof_type(proof), reason(power))


def reason(power: Power) -> str:
    """Return the reason of the decision, empty before there is one and after the person's file was erased."""
    if power.sealed_reason is None or power.key.wrapped is None:
        return ""
    return _open(power, "sealed_reason").decode()


def check(power_id: UUID, holds: bool, *, officer: User, now: datetime) -> Power:
    """Say as the first officer whether the proof holds: paper, person, capacity and days."""
    check_may(officer, Permission.REVIEW_CASE, WHOLE)
    power = _locked(power_id, officer)
    if power.checked_at is not None:
        raise PowerRefused("已有人核对，请等待决定。", "Somebody checked it already; it waits for its decision.")
    if holds and power.subject_id is None:
        raise PowerRefused(
            "没有与所填证件号码和姓名一致的档案，不能认定成立。", "No file agrees with the declared number and name."
        )
    with transaction.atomic():
        Power.objects.filter(pk=power.pk, checked_at=None).update(checked_by=officer, checked_at=now, holds=holds)
        _commit(power, "checked", officer, now, holds=holds)
    return _power(power_id)


def decide(power_id: UUID, grant: bool, why: str, *, officer: User, now: datetime, today: date) -> Power:
    """Decide as the second officer; a grant gives the mandate, a refusal names reason and remedy."""
    check_may(officer, Permission.DECIDE_CASE, WHOLE)
    with transaction.atomic():
        power = _locked(power_id, officer)
        _check_decision(power, grant, why, officer, today)
        sealed = vault.seal(power.key, why.strip().encode(), _place("sealed_reason", power.pk))
        mandate = _grant(power, now) if grant else None
        Power.objects.filter(pk=power.pk, decided_at=None).update(
            decided_by=officer, decided_at=now, granted=grant, sealed_reason=sealed, mandate=mandate
        )
        _commit(power, "granted" if grant else "refused", officer, now)
        _tell_decision(power, grant, why, today, now)
    return _power(power_id)


def _check_decision(power: Power, grant: bool, why: str, officer: User, today: date) -> None:
    if power.checked_at is None or power.decided_at is not None:
        raise PowerRefused("尚未核对或者已经决定。", "Not checked yet, or decided already.")
    if officer.pk == power.checked_by_id:
        raise PowerRefused("核对人与决定人须为两人。", "Who checked cannot decide.")
    if not why.strip():
        raise PowerRefused("请写明理由。", "Give the reason.")
    if grant and (not power.holds or power.ends_on < today):
        raise PowerRefused("核对认为不成立，或者期限已过，不能准予。", "It was found wanting or has run out.")


def _grant(power: Power, now: datetime) -> Mandate:
    assert power.subject_id is not None
    person = subject(power.subject_id)
    assert person is not None
    if power.capacity == Power.RELATIVE:  # Who has died acts no more, whoever still knows the password.
        subjects.end_own_mandates(person, now)
    return subjects.give_mandate(power.applicant, person, now, power.capacity)


def withdraw(power_id: UUID, *, actor: User, now: datetime) -> None:
    """End a power: by whoever holds it, or by the person it speaks for; it counts from this moment no more."""
    power = Power.objects.filter(pk=power_id, granted=True, ended_at=None).first()
    theirs = power and (power.applicant_id == actor.pk or (power.subject_id and may_act_for(actor, power.subject_id)))
    if power is None or not theirs:
        raise _unknown()
    with transaction.atomic():
        _end(power, now)
        _commit(power, "withdrawn", actor, now)
        _tell(power, "power_ended", _("代理已终止"), _("代理已终止，自即时起不能再代为办理。"), now)


def lapse(*, now: datetime, today: date) -> int:
    """End every power whose last day has passed; return how many."""
    late = list(Power.objects.filter(granted=True, ended_at=None, ends_on__lt=today).order_by("ends_on"))
    for power in late:
        with transaction.atomic():
            _end(power, now)
            _commit(power, "lapsed", None, now)
            _tell(power, "power_ended", _("代理期限已满"), _("代理期限已满，不能再代为办理。"), now)
    return len(late)


def _end(power: Power, now: datetime) -> None:
    if power.mandate_id:
        subjects.end_mandate(power.mandate_id, now)
    Power.objects.filter(pk=power.pk, ended_at=None).update(ended_at=now)


def _power(power_id: UUID) -> Power:
    found = Power.objects.select_related("applicant", "key", "checked_by__agency").filter(pk=power_id).first()
    if found is None:
        raise _unknown()
    return found


def _unknown() -> PowerUnknown:
    return PowerUnknown("没有这项代理。", "There is no such power.")


def _locked(power_id: UUID, officer: User) -> Power:
    power = _power(power_id)
    if power.applicant_id == officer.pk or (power.subject_id and may_act_for(officer, power.subject_id)):
        raise PowerRefused("涉及您本人，应当回避。", "It concerns yourself; stand aside.")
    return power


def _check_officer(officer: User) -> None:
    if not any(can_may(officer, each) for each in DESK):
        check_may(officer, Permission.DECIDE_CASE)
    if not any(can_may(officer, each, WHOLE) for each in DESK):
        raise _unknown()


def _open(power: Power, column: str) -> bytes:
    return vault.open_sealed(power.key, bytes(getattr(power, column)), _place(column, power.pk))


def _place(column: str, identifier: UUID) -> Place:
    return Place("rights_power", column, str(identifier))


def _commit(power: Power, act: str, actor: User | None, now: datetime, **more: object) -> None:
    """Append the leaf of an act: the digest of the proof is committed to, and nobody is named in the open."""
    who = str(actor.pk) if actor else "system"
    payload = {"power": str(power.pk), "proof": power.proof_sha256, "actor": who, **more}
    ledger.append("power", payload, now=now, public={"act": act, "capacity": power.capacity}, key=power.key)


def _tell(power: Power, kind: str, title: str, sentence: str, now: datetime) -> None:
    cases.serve_notice(power.applicant_id, kind, title, sentence, now=now, link=LINK)


def _tell_decision(power: Power, grant: bool, why: str, today: date, now: datetime) -> None:
    """Tell both sides of a grant, and the applicant of a refusal, with rule, remedy and that it is free."""
    basis = lawbook.current().value(BASES[power.capacity], today).basis
    facts = {"reason": why.strip(), "basis": str(basis), "day": power.ends_on.isoformat()}
    if not grant:
        sentence = _(
            "代理不予认可。理由：%(reason)s。依据：%(basis)s。可补正后再次免费提出；如不服，可依法申请行政复议，"
            "或者向人民法院提起行政诉讼。"
        )
        return _tell(power, "power_decided", _("代理证明的核对结果"), sentence % facts, now)
    sentence = _("代理已认可，至 %(day)s 止。依据：%(basis)s。被代理人可以随时终止。办理免费。") % facts
    _tell(power, "power_decided", _("代理证明的核对结果"), sentence, now)
    assert power.subject_id is not None
    cases.serve_notice(power.subject_id, "power_decided", _("有人获准代您办理"), sentence, now=now, link=LINK)
    return None
