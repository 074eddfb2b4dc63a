"""自动比对: subjects by exact code against the lists and measures that count for one matter; and what came of hits."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from ninja import Query, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.api import portfolio as portfolio  # Its operations stand under the same router.
from chengxin.api.fields import LARGEST, NO_CONTROLS, Given, answers
from chengxin.api.problems import of_refusal
from chengxin.api.repeats import answered_once
from chengxin.api.results import IdempotencyKey
from chengxin.api.screening_parts import ScreeningAsked, ScreeningReply, router, screening_of, shown
from chengxin.api.security import client_of
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Report
from chengxin.disclosure.services import Refused
from chengxin.ui import clock

PAGE = 100
UUID_TEXT = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
AfterHit = Annotated[
    str, Query(pattern=f"^({UUID_TEXT})?$", description="上一页的 next_cursor · next_cursor of the last page")
]


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


class WaitingShown(Schema):
    """A hit the unit has not reported back on. ``stands`` is False when what it told of has ended; no more is said.

    ``code``, ``zh`` and ``en`` name the list or measure; what it is based on is asked anew, through the gate.
    """

    number: UUID
    at: datetime
    feedback_due: date
    overdue: bool
    matter: str
    matter_no: str
    stands: bool
    kind: str
    code: str
    zh: str
    en: str


class WaitingPage(Schema):
    """A page of them, the earliest due first; ``total`` and ``overdue`` count all of the unit's."""

    items: list[WaitingShown]
    total: int
    overdue: int
    next_cursor: str


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
        return shown(services.ask(screening_of(client, asked, asked.statute), now=now, today=today))
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry)


@router.get(
    "/screenings/waiting",
    response=answers(WaitingPage, 401, 403, 404, 422),
    operation_id="screening_waiting",
    summary="等待反馈的命中 · Hits to report back on",
)
def waiting(request: HttpRequest, cursor: AfterHit = "") -> dict[str, Any]:
    """本单位还没有反馈的命中，期限最早的在前；翻页之间反馈了的，不影响后面的页。

    What the unit has still to answer. Answering between two pages leaves nothing out.
    """
    agency, today = client_of(request).agency, clock.today()
    found = services.waiting(agency.pk, today, after=UUID(cursor) if cursor else None, limit=PAGE)
    return {
        "items": [_waiting(each) for each in found],
        "total": services.waiting_count(agency.pk),
        "overdue": services.overdue_count(agency.pk, today),
        "next_cursor": str(found[-1].number) if len(found) == PAGE else "",
    }


def _waiting(each: services.Waiting) -> dict[str, Any]:
    told = {"kind": "", "code": "", "zh": "", "en": ""}
    if each.hit:
        told = {"kind": each.hit.kind.value, "code": each.hit.code, "zh": each.hit.zh, "en": each.hit.en}
    return {
        "number": each.number,
        "at": localtime(each.at),
        "feedback_due": each.due_on,
        "overdue": each.overdue,
        "matter": each.matter,
        "matter_no": each.matter_no,
        "stands": each.hit is not None,
        **told,
    }


@router.post(
    "/screenings/feedback",
    response=answers(FeedbackTaken, 400, 401, 403, 404, 409, 415, 422),
    operation_id="screening_feedback",
    summary="反馈比对结果的处理 · Report what was done about a hit",
)
def feedback(
    request: HttpRequest, given: FeedbackGiven, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """同样的反馈再次提交不改变记录；其他单位的命中视同不存在。 The same report again changes nothing."""
    return answered_once(request, idempotency_key, lambda: _taken(client_of(request), given))


def _taken(client: clients.ApiClient, given: FeedbackGiven) -> dict[str, Any]:
    report = Report(given.number, given.applied, given.reason, given.amount_fen)
    taken = services.answer(report, actor=client.user, now=clock.now())
    return {"number": given.number, "applied": taken.applied, "at": localtime(taken.at), "ledger_entry": taken.entry_id}
