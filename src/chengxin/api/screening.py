"""自动比对: subjects by exact code against the lists and measures that count for one matter; and what came of hits."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from ninja import Header, Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.api.enquiries import KINDS, Certificate, SubjectKind
from chengxin.api.fields import LARGEST, NO_CONTROLS, Cursor, Given, answers
from chengxin.api.problems import of_refusal
from chengxin.api.security import client_of
from chengxin.catalogue import lawbook
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Asked, Reply, Report, Result, Screening
from chengxin.disclosure.services import Refused
from chengxin.rules.screening import STATUS_WORDS
from chengxin.ui import clock

router = Router(tags=["screening"])
MOST, PAGE = 5000, 100
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^([A-Za-z0-9_-]{8,64})?$")]


class ScreenedSubject(Given):
    """One subject. Without a code nothing is looked up: a name is never enough. A person needs code and name."""

    subject_kind: SubjectKind
    code_kind: Certificate
    code: Annotated[str, Field(max_length=40, pattern=NO_CONTROLS)] = ""
    name: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS)] = ""


class ScreeningAsked(Given):
    """One or many subjects, for one matter, with the number of the case in hand and the article."""

    matter: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$", description="事项代码 · Matter")]
    matter_no: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS, description="办理事项编号 · Case number")]
    statute: Annotated[str, Field(max_length=400, pattern=NO_CONTROLS, description="所依据的条款 · Article")]
    subjects: Annotated[list[ScreenedSubject], Field(min_length=1, max_length=MOST)]


class HitShown(Schema):
    """A hit is advice to the person who handles the case; ``number`` is what feedback is reported under."""

    number: UUID
    kind: str
    code: str
    zh: str
    en: str
    basis: str
    authority: str
    since: date
    until: date | None
    disputed: bool
    under_repair: bool
    statement: str
    remedy_zh: str
    remedy_en: str
    feedback_due: date


class ResultShown(Schema):
    """What became of one subject, in the order asked. ``position`` counts from 0; the subject is not repeated."""

    position: int
    status: str
    zh: str
    en: str
    name_agrees: bool
    hits: list[HitShown]


class ScreeningReply(Schema):
    """The least that answers. ``overdue_feedback`` counts the unit's unanswered hits; ``warning`` says too many are."""

    at: datetime
    as_of: date
    matter: str
    matter_zh: str
    matter_en: str
    matter_no: str
    basis: str
    results: list[ResultShown]
    overdue_feedback: int
    warning: str
    ledger_entry: int


class FeedbackGiven(Given):
    """What the unit did about one hit. Not applied: say why. The amount is in fen, if it was about money."""

    number: UUID
    applied: bool
    reason: Annotated[str, Field(max_length=500, pattern=NO_CONTROLS)] = ""
    amount_fen: Annotated[int | None, Field(ge=0, le=LARGEST)] = None


class FeedbackTaken(Schema):
    """What stands in the books; ``ledger_entry`` proves it."""

    number: UUID
    applied: bool
    at: datetime
    ledger_entry: int


@router.post(
    "/screenings",
    response=answers(ScreeningReply, 400, 401, 403, 409, 415, 422, 503),
    operation_id="screen",
    summary="名单比对，单个或批量 · Screen one or many subjects",
)
def screen(
    request: HttpRequest, asked: ScreeningAsked, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """只按准确代码比对；只有姓名（名称）的不比对。每个主体都能看到谁比对过。命中须在期限内反馈。

    By exact code only. Every subject sees who screened it. A hit must be answered in time. Asking again with the same
    key is another read with another leaf; the hits keep their numbers.
    """
    client, now, today = client_of(request), clock.now(), clock.today()
    if idempotency_key:
        clients.use_key(client, idempotency_key, hashlib.sha256(request.body).hexdigest(), now)
    try:
        return _shown(services.ask(_screening(client, asked), now=now, today=today))
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry)


@router.post(
    "/screenings/feedback",
    response=answers(FeedbackTaken, 400, 401, 403, 404, 409, 415, 422),
    operation_id="screening_feedback",
    summary="反馈比对结果的处理 · Report what was done about a hit",
)
def feedback(request: HttpRequest, given: FeedbackGiven) -> dict[str, Any]:
    """同样的反馈再次提交不改变记录；其他单位的命中视同不存在。 The same report again changes nothing."""
    report = Report(given.number, given.applied, given.reason, given.amount_fen)
    taken = services.answer(report, actor=client_of(request).user, now=clock.now())
    return {"number": given.number, "applied": taken.applied, "at": localtime(taken.at), "ledger_entry": taken.entry_id}


class PortfolioReply(Schema):
    """The screening that registering is, and the number of the watch for each position that is watched now."""

    screening: ScreeningReply
    watches: dict[int, UUID]
    until: date


class WatchesClosed(Given):
    """Which watches to end."""

    watches: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class Closed(Schema):
    """How many watches ended; another unit's, and those ended before, are not counted."""

    closed: int


class EventShown(Schema):
    """That an outcome changed: struck, changed or cleared. No content: ask again, through the gate."""

    number: int
    watch: UUID
    matter: str
    matter_no: str
    kind: str
    at: datetime


class Events(Schema):
    """A page of events in their order; ``next_cursor`` goes on from there, now or later."""

    items: list[EventShown]
    next_cursor: str


class HookGiven(Given):
    """Where events are to be sent. ``replay_after`` sends again what came after a number."""

    url: Annotated[str, Field(max_length=300, pattern=NO_CONTROLS)]
    replay_after: Annotated[int | None, Field(ge=0, le=LARGEST)] = None


class HookSet(Schema):
    """The address is registered."""

    registered: bool


@router.post(
    "/screenings/portfolio",
    response=answers(PortfolioReply, 400, 401, 403, 415, 422, 503),
    operation_id="watch",
    summary="登记持续监测 · Watch subjects for one matter",
)
def watch(request: HttpRequest, asked: ScreeningAsked) -> HttpResponse | dict[str, Any]:
    """登记即比对一次；此后结果有变化才告知，不因时间重复告知。

    Registering screens once; later only changes are told.
    """
    try:
        done = services.register(_screening(client_of(request), asked), now=clock.now(), today=clock.today())
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry)
    return {"screening": _shown(done.reply), "watches": done.watches, "until": done.until}


@router.post(
    "/screenings/portfolio/close",
    response=answers(Closed, 400, 401, 403, 415, 422),
    operation_id="unwatch",
    summary="结束持续监测 · End watches",
)
def unwatch(request: HttpRequest, closed: WatchesClosed) -> dict[str, Any]:
    """不再监测；其他单位的监测视同不存在。 Another unit's watches are as good as none."""
    return {"closed": services.close(closed.watches, client_of(request).agency, clock.now())}


@router.get(
    "/screenings/events",
    response=answers(Events, 401, 403, 422),
    operation_id="screening_events",
    summary="监测变化 · What changed",
)
def events(request: HttpRequest, cursor: Cursor = "") -> dict[str, Any]:
    """按序给出本单位的变化，可从任一编号重取。 In order, from any number, as often as needed."""
    found = services.events(client_of(request).agency, int(cursor or 0), PAGE)
    lines = [services.as_line(each) for each in found]
    return {"items": lines, "next_cursor": str(found[-1].number) if found else cursor or "0"}


@router.post(
    "/screenings/webhook",
    response=answers(HookSet, 400, 401, 403, 415, 422),
    operation_id="screening_webhook",
    summary="登记推送地址或重放 · Where events are sent, and again",
)
def webhook(request: HttpRequest, given: HookGiven) -> dict[str, Any]:
    """只能向运维登记过的主机推送；每次推送都签名，失败重试，可按编号重放。 Signed, retried, in order, replayable."""
    agency = client_of(request).agency
    services.register_hook(agency, given.url)
    if given.replay_after is not None:
        services.replay(agency, given.replay_after)
    return {"registered": True}


def _screening(client: ApiClient, asked: ScreeningAsked) -> Screening:
    purpose = next((each.purpose for each in lawbook.matters(clock.today()) if each.code == asked.matter), "")
    subjects = tuple(
        Asked(each.subject_kind.value, KINDS[each.code_kind.value], each.code, each.name) for each in asked.subjects
    )
    actor = clients.actor_for(client, purpose)
    return Screening(actor, asked.matter, asked.matter_no, asked.statute, subjects)


def _shown(reply: Reply) -> dict[str, Any]:
    return {
        "at": reply.at,
        "as_of": reply.as_of,
        "matter": reply.matter.code,
        "matter_zh": reply.matter.zh,
        "matter_en": reply.matter.en,
        "matter_no": reply.matter_no,
        "basis": reply.basis_ref,
        "results": [_result(each) for each in reply.results],
        "overdue_feedback": reply.overdue,
        "warning": _warning(reply) if reply.warned else "",
        "ledger_entry": reply.entry,
    }


def _warning(reply: Reply) -> str:
    return (
        f"贵单位有 {reply.overdue} 条命中逾期未反馈，请尽快反馈。"
        f" Your unit has {reply.overdue} hits without feedback in time; report back soon."
    )


def _result(result: Result) -> dict[str, Any]:
    zh, en = STATUS_WORDS[result.status]
    return {
        "position": result.position,
        "status": result.status.value,
        "zh": zh,
        "en": en,
        "name_agrees": result.name_agrees,
        "hits": [_hit(given) for given in result.hits],
    }


def _hit(given: services.GivenHit) -> dict[str, Any]:
    hit = given.hit
    return {
        "number": given.number,
        "kind": hit.kind.value,
        "code": hit.code,
        "zh": hit.zh,
        "en": hit.en,
        "basis": hit.basis,
        "authority": hit.authority,
        "since": hit.since,
        "until": hit.until,
        "disputed": hit.disputed,
        "under_repair": hit.under_repair,
        "statement": hit.statement,
        "remedy_zh": hit.remedy_zh,
        "remedy_en": hit.remedy_en,
        "feedback_due": given.due_on,
    }
