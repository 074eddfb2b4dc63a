"""第二人批准和批量查询: a unit's system puts an enquiry or a list before another person, and goes on once approved."""

from __future__ import annotations

import base64
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema, Status
from pydantic import Field

from chengxin.accounts import clients
from chengxin.api.enquiries import KINDS, Asked, Certificate, SubjectKind, enquiry_of, needed
from chengxin.api.fields import NO_CONTROLS, Given, answers
from chengxin.api.problems import not_found, of_refusal
from chengxin.api.repeats import claimed, digest_of, name_of
from chengxin.api.results import IdempotencyKey, body_digest
from chengxin.api.security import client_of
from chengxin.disclosure.orders import approvals, orders
from chengxin.disclosure.orders.services import CannotOrder, Progress, Wanted
from chengxin.disclosure.services import Refused
from chengxin.ui import clock

router = Router(tags=["enquiries"])
Identity = Annotated[UUID, Path()]


class ApprovalShown(Schema):
    """A request for approval; when ``state`` is approved, ``id`` is good for the one enquiry that was put."""

    id: UUID
    kind: str
    state: str
    expires_on: date
    answer: str


class Subject(Given):
    """One subject of an order."""

    code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]


class OrderGiven(Given):
    """Many subjects of one kind under one purpose, article and matter, with the reason another person reads."""

    purpose: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]
    statute: Annotated[str, Field(min_length=1, max_length=400, pattern=NO_CONTROLS)]
    matter_no: Annotated[str, Field(min_length=1, max_length=80, pattern=NO_CONTROLS)]
    matter: Annotated[str, Field(pattern=r"^[a-z_]{0,60}$")] = ""
    subject_kind: SubjectKind
    code_kind: Certificate
    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=NO_CONTROLS)]
    subjects: Annotated[list[Subject], Field(min_length=1, max_length=1000)]


class OrderShown(Schema):
    """How far an order has come: asked, approved, refused, finished, taken or ended."""

    id: UUID
    state: str
    subjects: int
    done: int
    answered: int
    expires_on: date
    answer: str


class Results(Schema):
    """The results, handed out once: ``archive`` is a ZIP in base64 that holds a CSV and the signed digest of it."""

    id: UUID
    archive: str


@router.post(
    "/enquiry-approvals",
    response=answers(ApprovalShown, 400, 401, 403, 409, 415, 422, 503),
    operation_id="ask_approval",
    summary="送请第二人批准 · Put an enquiry before a second person",
)
def ask_approval(
    request: HttpRequest, asked: Asked, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """只送请、不查询；批准后以 approval 字段原样再发一次。同一幂等键再发一次，答复同一份送请。

    Nothing is answered: once approved, send the very same enquiry with ``approval``. Sent again under the same key it
    is the same request for approval.
    """
    client, today = client_of(request), clock.today()
    name = name_of(client, "approval", idempotency_key)
    try:
        with claimed(request, idempotency_key) as fresh:
            made = None if fresh else approvals.asked_by(client.user, name)
            made = made or approvals.ask(enquiry_of(client, asked), now=clock.now(), today=today, approval_id=name)
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry, needed=needed(asked.purpose, today))
    return _approval(made, today)


@router.get(
    "/enquiry-approvals/{approval}",
    response=answers(ApprovalShown, 401, 403, 404, 422),
    operation_id="see_approval",
    summary="批准的进展 · How a request for approval stands",
)
def see_approval(request: HttpRequest, approval: Identity) -> HttpResponse | dict[str, Any]:
    """只看得到自己送请的。 Only what this client has put itself."""
    today = clock.today()
    sent = approvals.of_asker(client_of(request).user, today)
    found = next((each.approval for each in sent if each.approval.pk == approval), None)
    return not_found() if found is None else _approval(found, today)


@router.post(
    "/enquiry-orders",
    response={201: OrderShown, **answers(OrderShown, 400, 401, 403, 409, 415, 422)},
    operation_id="place_order",
    summary="送出批量查询 · Place an order for many subjects",
)
def place_order(
    request: HttpRequest, given: OrderGiven, idempotency_key: IdempotencyKey = ""
) -> Status[dict[str, Any]]:
    """由本单位另一人在控制台批准后才查询。同一幂等键再发一次，答复同一份。

    Another person of the unit approves it at the desk first. Sent again under the same key it is the same order.
    """
    client, now, today = client_of(request), clock.now(), clock.today()
    clients.check_covers(client, given.purpose)
    name = name_of(client, "order", idempotency_key)
    with clients.once(client, idempotency_key, body_digest("order", client.agency_id, given.dict()), now) as fresh:
        if fresh:
            orders.place(_wanted(given), client.user, now=now, today=today, order_id=name)
        order = orders.of_unit(name, client.user)
    return Status(201 if fresh else 200, _order(orders.progress(order, today)))


@router.get(
    "/enquiry-orders/{order}",
    response=answers(OrderShown, 401, 403, 404, 422),
    operation_id="see_order",
    summary="批量查询的进展 · How far an order has come",
)
def see_order(request: HttpRequest, order: Identity) -> HttpResponse | dict[str, Any]:
    """只看得到本单位的。 Only those of one's own unit."""
    found = _own(request, order)
    return not_found() if found is None else _order(orders.progress(found, clock.today()))


@router.post(
    "/enquiry-orders/{order}/next",
    response=answers(OrderShown, 401, 403, 404, 409, 422, 503),
    operation_id="go_on_with_order",
    summary="查询下一批 · Ask about the next subjects",
)
def go_on(request: HttpRequest, order: Identity, idempotency_key: IdempotencyKey = "") -> HttpResponse | dict[str, Any]:
    """每次一批，中断后从断处继续；每个主体单独留痕。同一幂等键再发一次，只答复进展，不再查下一批。

    One piece at a time, going on where it stopped; every subject has its own entry in the ledger. Sent again under the
    same key it only tells how far the order has come.
    """
    if (found := _own(request, order)) is None:
        return not_found()
    with claimed(request, idempotency_key) as fresh:
        if not fresh:
            return _order(orders.progress(found, clock.today()))
        return _order(orders.run(order, client_of(request).user, now=clock.now(), today=clock.today()))


@router.post(
    "/enquiry-orders/{order}/results",
    response=answers(Results, 401, 403, 404, 409, 422),
    operation_id="take_results",
    summary="取走结果 · Take the results, once",
)
def take(request: HttpRequest, order: Identity, idempotency_key: IdempotencyKey = "") -> HttpResponse | dict[str, Any]:
    """只给一次；带幂等键取的，连接中断后一天内可用同一键再取，此后平台不再保存。

    Given once. Taken under a key, they can be had again under that key until the next day has passed, should the
    connection break; every time is written down. Afterwards, and at once without a key, the platform keeps none of it.
    """
    if _own(request, order) is None:
        return not_found()
    client, now, today = client_of(request), clock.now(), clock.today()
    with clients.once(client, idempotency_key, digest_of(request), now) as fresh:
        if fresh:
            packed = orders.take(order, client.user, now=now, today=today, again=bool(idempotency_key))
        else:
            packed = orders.take_again(order, client.user, now=now, today=today)
    return {"id": order, "archive": base64.b64encode(packed).decode()}


def _own(request: HttpRequest, order: UUID) -> orders.EnquiryOrder | None:
    try:
        return orders.of_unit(order, client_of(request).user)
    except CannotOrder:
        return None


def _wanted(given: OrderGiven) -> Wanted:
    return Wanted(
        purpose=given.purpose,
        statute=given.statute,
        matter_no=given.matter_no,
        subject_kind=given.subject_kind.value,
        code_kind=KINDS[given.code_kind.value],
        reason=given.reason,
        subjects=tuple((each.code, each.name) for each in given.subjects),
        matter=given.matter,
    )


def _approval(made: approvals.EnquiryApproval, today: date) -> dict[str, Any]:
    return {
        "id": made.pk,
        "kind": made.kind,
        "state": approvals.state(made, today),
        "expires_on": made.expires_on,
        "answer": made.answer,
    }


def _order(found: Progress) -> dict[str, Any]:
    order = found.order
    return {
        "id": order.pk,
        "state": found.state,
        "subjects": order.lines,
        "done": found.done,
        "answered": found.answered,
        "expires_on": order.expires_on,
        "answer": order.answer,
    }
