"""比对反馈: the unit that was given a hit says whether it applied the measure, or why not; the late are reminded.

A hit whose record or measure has ended meanwhile is still to be answered, but is no longer shown (charter C13).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import ScreeningFeedback, ScreeningHit, ScreeningReminder
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.hits import unanswered
from chengxin.disclosure.screening.matching import files_of
from chengxin.disclosure.screening.shapes import Asked
from chengxin.ledger import services as ledger
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.screening import Hit

LEAF_KIND, REMINDER, REMIND_DAYS = "screening_feedback", "screening_overdue", "screening.remind_days"


class UnknownHit(Refusal):
    """There is no such hit, or it was given to another unit: the words are the same."""

    code = "no_such_hit"

    def __init__(self) -> None:
        super().__init__("没有这条命中，或不属于贵单位。", "There is no such hit, or it is not your unit's.")


class FeedbackRefused(Refusal):
    """The feedback lacks something."""

    code = "feedback_refused"


class AnsweredAlready(Refusal):
    """The hit was answered with something else before; what was reported stands."""

    code = "hit_answered_already"


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit reports about one hit. ``amount_fen`` is what the measure concerned, if it was about money."""

    hit: UUID
    applied: bool
    reason: str = field(default="", repr=False)
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hit that is to be answered; ``hit`` is None when what it told of no longer stands."""

    number: UUID
    at: datetime
    due_on: date
    overdue: bool
    matter: str
    matter_zh: str
    matter_en: str
    matter_no: str
    hit: Hit | None


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit that has not answered hits in time: since when the oldest was due, and how many are."""

    agency_zh: str
    agency_en: str
    since: date
    count: int


def answer(report: Report, *, actor: User, now: datetime) -> ScreeningFeedback:
    """Write down what a unit did about a hit; the same report again changes nothing.

    Raises NotPermitted, UnknownHit, FeedbackRefused, AnsweredAlready.
    """
    check_may(actor, Permission.ENQUIRE)
    hit = ScreeningHit.objects.filter(pk=report.hit, agency_id=actor.agency_id).first() if actor.agency_id else None
    if hit is None:
        raise UnknownHit
    reason = _checked(report)
    known = ScreeningFeedback.objects.filter(hit=hit).first()
    try:
        known = known or _write(hit, report, reason, actor, now)
    except IntegrityError:  # Somebody else of the unit answered at the same moment, or nothing could be written down.
        known = ScreeningFeedback.objects.filter(hit=hit).first()
        if known is None:
            raise
    if (known.applied, known.reason, known.amount_fen) != (report.applied, reason, report.amount_fen):
        raise AnsweredAlready(
            "这条命中已经反馈过，内容不同；原反馈不变。",
            "This hit was answered before, otherwise; the first answer stands.",
        )
    return known


def waiting(
    agency_id: UUID, today: date, *, start: int = 0, after: UUID | None = None, limit: int = 200
) -> list[Waiting]:
    """Return what a unit has to answer, the earliest due first; only what still stands is described.

    From a place on, for a page; or after a hit, which keeps its place when it is answered in between.
    """
    found = unanswered(agency_id)
    if after is not None:
        found = found.filter(_behind(agency_id, after))
    return _shown(found.select_related("record")[start : start + limit], today)


def waiting_one(agency_id: UUID, number: UUID, today: date) -> Waiting | None:
    """Return one hit the unit has to answer, or None: answered, another unit's, or none at all."""
    found = _shown(unanswered(agency_id).filter(pk=number).select_related("record"), today)
    return found[0] if found else None


def _behind(agency_id: UUID, after: UUID) -> Q:
    """Match what comes after a hit of the unit in its list; raises UnknownHit."""
    last = ScreeningHit.objects.filter(pk=after, agency_id=agency_id).first()
    if last is None:
        raise UnknownHit
    same_day = Q(due_on=last.due_on) & (Q(at__gt=last.at) | Q(at=last.at, pk__gt=last.pk))
    return Q(due_on__gt=last.due_on) | same_day


def _shown(hits: Iterable[ScreeningHit], today: date) -> list[Waiting]:
    found = list(hits)
    matters = {each.code: each for each in lawbook.matters(today)}
    standing = _standing(found, matters, today)
    return [
        Waiting(
            hit.pk, hit.at, hit.due_on, hit.due_on < today, hit.matter,
            matters[hit.matter].zh if hit.matter in matters else hit.matter,
            matters[hit.matter].en if hit.matter in matters else hit.matter,
            hit.matter_no, standing.get((hit.matter, hit.record_id, hit.measure_id)),
        )
        for hit in found
    ]  # fmt: skip


def waiting_about(actor: User, asked: Asked, name: str, today: date) -> list[UUID]:
    """Return the numbers of the unit's unanswered hits on one subject under one list or measure, by name or code.

    For systems that do not keep the numbers they were given; a person is found by code and name only.
    """
    agency = actor.agency
    known = files_of((asked,), (asked.subject_kind,))[0]
    if agency is None or known is None:
        return []
    found = list(unanswered(agency.pk).filter(record__subject_id=known.id).select_related("record"))
    standing = _standing(found, [each.code for each in lawbook.matters(today)], today)
    told = {hit.pk: standing.get((hit.matter, hit.record_id, hit.measure_id)) for hit in found}
    return [number for number, hit in told.items() if hit and name in (hit.zh, hit.code)]


def hit_number(text: str) -> UUID:
    """Return the number of a hit as it was typed; raises UnknownHit."""
    try:
        return UUID(text)
    except ValueError:
        raise UnknownHit from None


def remind(now: datetime, today: date) -> int:
    """Tell every unit of the hits it has not answered in time, again and again; return how many hits that was.

    A unit is told when a hit has become late, and after every interval of the law until nothing is late.
    """
    return sum(_remind(agency, now, today) for agency in _to_remind(today))


def overdue(today: date) -> bool:
    """Tell whether anybody is to be reminded."""
    return bool(_to_remind(today))


def late_units(today: date) -> list[LateUnit]:
    """Return the units that have not answered hits in time, the longest overdue first; counts, nothing of the hits."""
    rows = _late(today).values_list("agency__name_zh", "agency__name_en").annotate(since=Min("due_on"), n=Count("pk"))
    return sorted((LateUnit(*row) for row in rows), key=lambda each: (each.since, each.agency_zh))


def _to_remind(today: date) -> list[UUID]:
    """Return the units with a hit that is late and was never spoken of, or that were not reminded for an interval."""
    days = lawbook.current().integer(REMIND_DAYS, today)
    lately = ScreeningReminder.objects.filter(day__gt=today - timedelta(days=days), agency=OuterRef("agency"))
    silent = _late(today).filter(Q(reminded_at=None) | ~Exists(lately))
    done = ScreeningReminder.objects.filter(day=today).values("agency_id")
    return sorted(silent.exclude(agency__in=done).values_list("agency_id", flat=True).distinct())


def _remind(agency: UUID, now: datetime, today: date) -> int:
    with transaction.atomic():
        list(Agency.objects.select_for_update().filter(pk=agency))  # Two rounds at once tell a unit once.
        late = _late(today).filter(agency=agency)
        count = late.count()
        if not count or ScreeningReminder.objects.filter(agency=agency, day=today).exists():
            return 0
        notice = serve_notice(
            agency, REMINDER, _("比对结果逾期未反馈"), _body(count), now=now, link="/console/screening/"
        )
        ScreeningReminder.objects.create(agency_id=agency, day=today, count=count, notice=notice)
        late.filter(reminded_at=None).update(reminded_at=now)
    return count


def _checked(report: Report) -> str:
    reason = report.reason.strip()
    if not report.applied and not reason:
        raise FeedbackRefused(
            "没有采取措施的，须写明理由。", "When no measure was applied, say why.", "feedback_needs_reason"
        )
    if masks.free_text(reason) != reason:
        raise FeedbackRefused(
            "理由中疑似含有身份证号或手机号。请删去号码后再提交。",
            "The reason seems to hold an identity or telephone number. Remove it and submit again.",
            "feedback_not_plain",
        )
    return reason


def _write(hit: ScreeningHit, report: Report, reason: str, actor: User, now: datetime) -> ScreeningFeedback:
    with transaction.atomic():
        payload = {"hit": hit.pk, "actor": actor.pk, "reason": reason, "amount_fen": report.amount_fen}
        agency = actor.agency.uscc if actor.agency else ""
        public = {"agency": agency, "matter": hit.matter, "applied": report.applied}
        entry = ledger.append(LEAF_KIND, payload, now=now, public=public)
        return ScreeningFeedback.objects.create(
            hit=hit, applied=report.applied, reason=reason, amount_fen=report.amount_fen, by=actor, at=now, entry=entry
        )


def _standing(
    hits: Iterable[ScreeningHit], known: Iterable[str], today: date
) -> dict[tuple[str, UUID, UUID | None], Hit]:
    by_matter: dict[str, set[UUID]] = {}
    for each in hits:
        by_matter.setdefault(each.matter, set()).add(each.record.subject_id)
    return {
        (matter, hit.record, hit.measure): hit
        for matter, subjects in by_matter.items()
        if matter in known
        for some in screen(subjects, matter, today).values()
        for hit in some
    }


def _late(today: date) -> QuerySet[ScreeningHit]:
    answered = Exists(ScreeningFeedback.objects.filter(hit=OuterRef("pk")))
    return ScreeningHit.objects.filter(~answered, due_on__lt=today).order_by()


def _body(count: int) -> str:
    return _(
        "贵单位有 %(count)d 条比对命中已过反馈期限。请在“名单比对”中逐条反馈：已采取措施，或者未采取及其理由。"
        "反馈之前，贵单位列于公开的逾期名单，并会再次收到催办。"
    ) % {"count": count}
