"""持续监测: the register of watched subjects, both ways of changing it, the events, and where they are pushed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from chengxin.accounts.clients import ApiClient
from chengxin.api.fields import LARGEST, NO_CONTROLS, Cursor, Given, answers
from chengxin.api.problems import of_refusal
from chengxin.api.repeats import answered_once
from chengxin.api.results import IdempotencyKey
from chengxin.api.screening_parts import (
    MOST,
    ScreenedSubject,
    ScreeningAsked,
    ScreeningReply,
    router,
    screening_of,
    shown,
)
from chengxin.api.security import client_of
from chengxin.disclosure.screening import services
from chengxin.disclosure.services import Refused
from chengxin.ui import clock

PAGE = 100
NO_HOOK = {"url": "", "taken": 0, "newest": 0, "failures": 0, "failure": "", "retry_at": None}


class PortfolioReply(Schema):
    """The screening that registering is, and the number of the watch for each position that is watched now.

    ``pending`` are the positions of codes without a file: each is watched from the day its file is opened.
    """

    screening: ScreeningReply
    watches: dict[int, UUID]
    pending: list[int]
    until: date


class WatchesClosed(Given):
    """Which watches to end."""

    watches: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class WatchedShown(Schema):
    """One watch. ``code`` is an organisation's, empty for a person; ``state`` is the outcome last told."""

    watch: UUID
    subject_kind: str
    code: str
    matter: str
    matter_no: str
    since: datetime
    until: date
    state: str


class Portfolio(Schema):
    """A page of the register, the newest first; ``total`` counts all that are watched, ``pending`` who has no file."""

    items: list[WatchedShown]
    total: int
    pending: int
    next_cursor: str


class WatchesEnded(Given):
    """Which subjects to watch no longer, by their codes, in one matter."""

    matter: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$", description="事项代码 · Matter")]
    matter_no: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS, description="办理事项编号 · Case number")]
    subjects: Annotated[list[ScreenedSubject], Field(min_length=1, max_length=MOST)]


class Closed(Schema):
    """How many watches ended; another unit's, and those ended before, are not counted."""

    closed: int


class EventShown(Schema):
    """That an outcome changed: struck, changed or cleared; or filed: the file of a code that waited was opened.

    No content: ask again, through the gate.
    """

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


class HookStands(Schema):
    """Events up to ``taken`` of ``newest`` were taken; after a failure the next attempt is at ``retry_at``."""

    registered: bool
    url: str
    taken: int
    newest: int
    failures: int
    failure: str
    retry_at: datetime | None


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
        done = services.register(
            screening_of(client_of(request), asked, asked.statute), now=clock.now(), today=clock.today()
        )
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry)
    return {"screening": shown(done.reply), "watches": done.watches, "pending": list(done.pending), "until": done.until}


@router.post(
    "/screenings/portfolio/close",
    response=answers(Closed, 400, 401, 403, 409, 415, 422),
    operation_id="unwatch",
    summary="结束持续监测 · End watches",
)
def unwatch(
    request: HttpRequest, closed: WatchesClosed, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """不再监测；其他单位的监测视同不存在。 Another unit's watches are as good as none."""
    agency = client_of(request).agency
    return answered_once(
        request, idempotency_key, lambda: {"closed": services.close(closed.watches, agency, clock.now())}
    )


@router.get(
    "/screenings/portfolio",
    response=answers(Portfolio, 401, 403, 422),
    operation_id="portfolio",
    summary="监测名册 · What is watched",
)
def listed(request: HttpRequest, cursor: Cursor = "") -> dict[str, Any]:
    """本单位登记监测的主体和最近一次告知的结果。 What the unit watches, and the outcome last told."""
    agency, today, start = client_of(request).agency, clock.today(), int(cursor or 0)
    found = services.watched(agency, today, start=start, limit=PAGE)
    more = str(start + PAGE) if len(found) == PAGE else ""
    return {
        "items": [_watched(each) for each in found],
        "total": services.count(agency, today),
        "pending": services.pending_count(agency, today),
        "next_cursor": more,
    }


@router.post(
    "/screenings/portfolio/remove",
    response=answers(Closed, 400, 401, 403, 409, 415, 422),
    operation_id="unwatch_subjects",
    summary="按号码移出监测名册 · Take subjects off the register",
)
def remove(
    request: HttpRequest, ended: WatchesEnded, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """按号码结束本单位在该事项下的监测，不返回主体的任何信息。 By code; nothing is told of anybody."""
    asked = screening_of(client_of(request), ended)
    return answered_once(
        request, idempotency_key, lambda: {"closed": services.remove(asked, now=clock.now(), today=clock.today())}
    )


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


@router.get(
    "/screenings/webhook",
    response=answers(HookStands, 401, 403),
    operation_id="screening_webhook_state",
    summary="推送的状态 · How the pushing stands",
)
def webhook_state(request: HttpRequest) -> dict[str, Any]:
    """推送到第几条，上一次为什么失败。 How far it has come, and why the last attempt failed."""
    stands = services.delivery(client_of(request).agency)
    return {"registered": bool(stands), **(asdict(stands) if stands else NO_HOOK)}


@router.post(
    "/screenings/webhook",
    response=answers(HookSet, 400, 401, 403, 409, 415, 422),
    operation_id="screening_webhook",
    summary="登记推送地址或重放 · Where events are sent, and again",
)
def webhook(
    request: HttpRequest, given: HookGiven, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """只能向运维登记过的主机推送；每次推送都签名，失败重试，可按编号重放。 Signed, retried, in order, replayable."""
    return answered_once(request, idempotency_key, lambda: _hooked(client_of(request), given))


def _hooked(client: ApiClient, given: HookGiven) -> dict[str, Any]:
    agency = client.agency
    services.register_hook(agency, given.url)
    if given.replay_after is not None:
        services.replay(agency, given.replay_after)
    return {"registered": True}


def _watched(each: services.Watched) -> dict[str, Any]:
    return {
        "watch": each.number,
        "subject_kind": each.kind,
        "code": each.code,
        "matter": each.matter,
        "matter_no": each.matter_no,
        "since": each.since,
        "until": each.until,
        "state": "struck" if each.struck else "clear",
    }
