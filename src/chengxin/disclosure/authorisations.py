"""Authorisations: asked for by a unit, granted, declined or withdrawn by the subject alone (charter C12).

Each is for one unit, one purpose and listed items, for at most ninety days; its end is a comparison, not a job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chengxin.accounts import policies as accounts
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.accounts.services import deliver
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure.models import LONGEST_DAYS, Authorisation
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.registry.models import Mandate
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome
from chengxin.rules.lawfiles import Ground, Purpose

TEXT_VERSION = "2026-2"
"""Of the sentences of the grant screen; 2026-2 says how often, and how long what was read may be kept."""
GRANTORS = frozenset({Mandate.SELF, Mandate.REPRESENTATIVE, Mandate.GUARDIAN})
UNIT_LINK = "/console/enquiry/authorisations/"
SUBJECT_LINK = "/mine/authorisations/"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CannotAuthorise(Refusal):
    """An authorisation that cannot be asked for, granted or withdrawn like this."""

    code = "cannot_authorise"


class NoSuchAuthorisation(CannotAuthorise):
    """There is none, or it is somebody else's: the words are the same."""

    code = "no_such_authorisation"

    def __init__(self) -> None:
        super().__init__("没有这项授权。", "There is no such authorisation.")


class NotTheirsToGrant(CannotAuthorise):
    """An agent or a relative may decline and withdraw for a subject, never grant."""

    code = "not_theirs_to_grant"

    def __init__(self) -> None:
        super().__init__(
            "代理人和近亲属不能代为同意，只能拒绝或者撤回。请由本人、监护人或者单位代表办理。",
            "An agent or a relative may decline or withdraw, not grant. The subject, a guardian or the representative "
            "of the organisation grants.",
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What a unit asks a subject to allow."""

    purpose: str
    code_kind: CodeKind
    code: str = field(repr=False)
    name: str = field(repr=False)
    item_codes: tuple[str, ...] = ()
    days: int = 30
    once: bool = False


def ask(
    request: Ask, actor: User, *, now: datetime, today: date, authorisation_id: UUID | None = None
) -> Authorisation:
    """Put an authorisation before the subject and tell their inbox; nothing may be read until it is granted."""
    accounts.check_may(actor, Permission.ASK_AUTHORISATION)
    agency = actor.agency
    if agency is None:
        raise _no("没有所属单位的用户不能申请授权。", "Only somebody acting for a unit may ask.")
    purpose = _purpose(request.purpose, today)
    items = _items(purpose, request.item_codes)
    _check_days(request.days)
    found = _found(request, actor)
    wanted = Authorisation(
        id=authorisation_id or uuid4(),
        subject_id=found.id,
        grantee=agency,
        purpose=purpose.code,
        item_codes=items,
        days=request.days,
        once=request.once,
        text_version=TEXT_VERSION,
        asked_by=actor,
        asked_at=now,
    )
    wanted.digest = wanted.computed_digest()
    with transaction.atomic():
        wanted.save(force_insert=True)
        artefact.sign(wanted, "asked", actor.pk, now=now)
        _tell_subject(wanted, purpose, now)
    return wanted


def grant(authorisation_id: UUID, actor: User, *, now: datetime, today: date) -> Authorisation:
    """Grant what was asked, from today on; only the subject, a guardian or the representative may."""
    with transaction.atomic():
        asked = _own(authorisation_id, actor)
        if not may_grant(actor, asked.subject_id):
            raise NotTheirsToGrant
        _check_open(asked)
        if asked.digest != asked.computed_digest():
            raise _no("授权内容与申请时不一致，请对方重新申请。", "What was asked has changed; they must ask again.")
        fresh = Authorisation.objects.filter(pk=asked.pk, granted_at=None, declined_at=None, withdrawn_at=None)
        if not fresh.update(since=today, granted_by=actor, granted_at=now):
            raise _no("这项申请已经办结。", "This request has been dealt with.")
        return _done(asked, "granted", actor, now)


def decline(authorisation_id: UUID, actor: User, *, now: datetime) -> Authorisation:
    """Decline what was asked; declining has no other consequence (PIPL 16)."""
    with transaction.atomic():
        asked = _own(authorisation_id, actor)
        _check_open(asked)
        Authorisation.objects.filter(pk=asked.pk, declined_at=None).update(declined_at=now)
        return _done(asked, "declined", actor, now)


def withdraw(authorisation_id: UUID, actor: User, *, now: datetime) -> Authorisation:
    """Withdraw with one action; the very next read is refused. Withdrawing twice changes nothing."""
    with transaction.atomic():
        granted = _own(authorisation_id, actor)
        if granted.withdrawn_at:
            return granted
        Authorisation.objects.filter(pk=granted.pk, withdrawn_at=None).update(withdrawn_at=now)
        return _done(granted, "withdrawn", actor, now)


def states(authorisations: Iterable[Authorisation], today: date) -> list[tuple[Authorisation, str]]:
    """Return each authorisation with its state today."""
    return [(each, state(each, today)) for each in authorisations]


def state(each: Authorisation, today: date) -> str:
    """Return asked, declined, withdrawn, used, ended or live."""
    if each.withdrawn_at:
        return "withdrawn"
    if each.declined_at:
        return "declined"
    if each.until is None:
        return "asked"
    if each.once and each.used_at:
        return "used"
    return "live" if each.until >= today else "ended"


def of_subject(subject_id: UUID) -> list[Authorisation]:
    """Return what a subject was asked for and allowed, newest first."""
    return list(Authorisation.objects.filter(subject_id=subject_id).select_related("grantee").order_by("-asked_at"))


def may_grant(actor: User, subject_id: UUID) -> bool:
    """Tell whether a person may grant for a subject: the subject, a guardian, the organisation's representative."""
    return registry.capacity_of(actor, subject_id) in GRANTORS


def of_unit(authorisation_id: UUID, actor: User) -> Authorisation:
    """Return an authorisation that a person's unit asked for; raises NoSuchAuthorisation for any other."""
    accounts.check_may(actor, Permission.ASK_AUTHORISATION)
    known = Authorisation.objects.select_related("grantee", "subject__key")
    found = known.filter(pk=authorisation_id, grantee_id=actor.agency_id).first()
    if found is None:
        raise NoSuchAuthorisation
    return found


def page(actor: User, purposes: Iterable[str], *, after: tuple[int, UUID] | None, limit: int) -> list[Authorisation]:
    """Return what a person's unit asked for under these purposes, newest first, from behind a place on."""
    accounts.check_may(actor, Permission.ASK_AUTHORISATION)
    known = Authorisation.objects.filter(grantee_id=actor.agency_id, purpose__in=list(purposes))
    if after is not None:
        at = _EPOCH + timedelta(microseconds=after[0])
        known = known.filter(Q(asked_at__lt=at) | Q(asked_at=at, pk__lt=after[1]))
    return list(known.order_by("-asked_at", "-pk")[:limit])


def position(at: datetime) -> int:
    """Return a moment in microseconds since 1970, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def of_agency(agency_id: UUID) -> list[Authorisation]:
    """Return what a unit has asked for, newest first."""
    return list(Authorisation.objects.filter(grantee_id=agency_id).select_related("asked_by").order_by("-asked_at"))


def _no(zh: str, en: str) -> CannotAuthorise:
    return CannotAuthorise(zh, en)


def _purpose(code: str, today: date) -> Purpose:
    purpose = lawbook.purpose(code, today)
    if purpose.ground is not Ground.AUTHORISATION:
        raise _no("这一用途依法查询，不以授权为依据。", "This purpose stands on a statute, not on an authorisation.")
    return purpose


def _items(purpose: Purpose, wanted: Iterable[str]) -> list[str]:
    items = sorted(set(wanted))
    if not items:
        raise _no("请逐项列出需要的目录项，不得概括授权。", "List the items; a general authorisation is not accepted.")
    if purpose.items and not set(items) <= set(purpose.items):
        raise _no("所列目录项超出这一用途的范围。", "Some items go beyond this purpose.")
    if not set(items) <= set(catalogue.all_codes()):
        raise _no("所列目录项不在目录内。", "Some items are not in the catalogue.")
    return items


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise _no(f"授权期限须为 1 至 {LONGEST_DAYS} 天。", f"An authorisation lasts 1 to {LONGEST_DAYS} days.")


def _found(request: Ask, actor: User) -> hot.Found:
    verdict = check(request.code_kind, request.code)
    if verdict.outcome is not Outcome.WRONG:
        found = hot.find(request.code_kind, verdict.normalised, request.name, actor.pk)
        if found and found.key.wrapped is not None:
            return found
    raise CannotAuthorise(
        "没有与所填证件和姓名（名称）一致的档案，申请未送出。请核对后再试。",
        "No file agrees with this code and name; nothing was sent. Check both.",
        "no_file",
    )


def _own(authorisation_id: UUID, actor: User) -> Authorisation:
    """Return an authorisation of a subject the actor may act for; another's looks the same as none."""
    accounts.check_may(actor, Permission.GRANT_AUTHORISATION)
    known = Authorisation.objects.filter(pk=authorisation_id).select_related("grantee", "subject__key").first()
    if known is None or not registry.may_act_for(actor, known.subject_id):
        raise NoSuchAuthorisation
    return known


def _check_open(asked: Authorisation) -> None:
    if asked.granted_at or asked.declined_at or asked.withdrawn_at:
        raise _no("这项申请已经办结。", "This request has been dealt with.")


def _done(authorisation: Authorisation, act: str, actor: User, now: datetime) -> Authorisation:
    authorisation.refresh_from_db()
    artefact.sign(authorisation, act, actor.pk, now=now)
    title = {"granted": _("授权已同意"), "declined": _("授权申请未获同意"), "withdrawn": _("授权已撤回")}[act]
    body = _("授权 %(number)s，用途“%(purpose)s”的状态有变化，请在“本单位授权”中查看。") % {
        "number": short(authorisation.pk),
        "purpose": purpose_name(authorisation.purpose),
    }
    deliver(authorisation.grantee_id, "authorisation", title, body, now=now, link=UNIT_LINK)
    return authorisation


def short(number: UUID) -> str:
    """Return the part of an authorisation's number that people compare."""
    return str(number)[:8].upper()


def purpose_name(code: str) -> str:
    """Return the Chinese name of a purpose, of one no longer in force too."""
    return next((each.zh for each in lawbook.purposes() if each.code == code), code)


def _tell_subject(wanted: Authorisation, purpose: Purpose, now: datetime) -> None:
    body = _(
        "%(agency)s申请查询您的信用信息，用途“%(purpose)s”，共 %(items)d 个目录项，期限 %(days)d 天，%(times)s。"
        "同意前对方看不到任何内容；不同意不影响您办理其他事项；同意后可随时一键撤回。"
    ) % {
        "agency": wanted.grantee.name_zh,
        "purpose": purpose.zh,
        "items": len(wanted.item_codes),
        "days": wanted.days,
        "times": _("只能查询一次") if wanted.once else _("期限内可以多次查询"),
    }
    deliver(wanted.subject_id, "authorisation", _("有单位申请查询您的信息"), body, now=now, link=SUBJECT_LINK)
