"""本单位的记录: a unit's system finds what the unit filed, takes it back, undoes that, corrects it, and traces it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field, StrictBool

from chengxin.accounts import clients
from chengxin.accounts.clients import SUBMISSION, ApiClient
from chengxin.accounts.roles import Permission
from chengxin.api import record_views as views
from chengxin.api.fields import LARGEST, NO_CONTROLS, Cursor, Given, answers
from chengxin.api.record_views import (
    Corrected,
    Lineage,
    OwnRecord,
    OwnRecords,
    RecordShown,
    Reinstated,
    WithdrawalAnswer,
)
from chengxin.api.results import IdempotencyKey, body_digest
from chengxin.api.security import client_of
from chengxin.api.texts import WHOLE, Day, DocumentNo, Words
from chengxin.intake import corrections, filed, lineage, withdrawals
from chengxin.intake.corrections import CorrectionNotInOrder
from chengxin.intake.withdrawals import Ground
from chengxin.registry.services import RecordNotOpen
from chengxin.ui import clock

router = Router(tags=["records"])
PAGE = 50
MOST_FIELDS = 60

RecordId = Annotated[UUID, Path()]


class SearchGiven(Given):
    """Whose record: an organisation's code or a certificate number; with a document number only that decision's."""

    code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)]
    document_no: DocumentNo = ""


class WithdrawalGiven(Given):
    """Why a record is taken back; document and day are needed unless it was filed by mistake (``mistake``)."""

    reason: Literal["revoked", "changed", "illegal", "void", "mistake"]
    document_no: DocumentNo = ""
    decided_on: Day = None
    text: Words
    dry_run: StrictBool = False


class UndoGiven(Given):
    """Why a withdrawal was wrong."""

    text: Words


class CorrectionGiven(Given):
    """New texts by field code. ``number`` is the version the dry run was about; it is needed to correct.

    An empty text empties a field, except where a value stands that is not shown in full: that stays.
    """

    fields: Annotated[dict[str, Annotated[str, Field(max_length=5000)]], Field(min_length=1, max_length=MOST_FIELDS)]
    text: Annotated[str, Field(max_length=500)] = ""
    number: Annotated[int, Field(ge=0, le=2**31 - 1), WHOLE] = 0
    dry_run: StrictBool = False


@router.get(
    "/records",
    response=answers(OwnRecords, 401, 403, 422),
    operation_id="own_records",
    summary="本单位报送的记录 · Records the unit filed",
)
def own_records(
    request: HttpRequest,
    document_no: Annotated[str, Query(max_length=120, pattern=NO_CONTROLS, description="文号 · Document number")] = "",
    cursor: Cursor = "",
) -> dict[str, Any]:
    """新的在前；按文号只查得到单位的记录，自然人的文号封存，请用 POST /records/search。

    Newest first. A document number finds records about organisations; those of persons are sealed, and are found by
    POST /records/search, because a person's number never stands in an address.
    """
    client = _client(request)
    asked = document_no.strip()
    place = {"after": min(int(cursor or 0), LARGEST), "most": PAGE}
    page = filed.by_document(asked, actor=client.user, **place) if asked else filed.newest(client.user, **place)
    more = str(page.following) if page.following else ""
    return {"items": [views.own_record(each) for each in page.versions], "next_cursor": more}


@router.post(
    "/records/search",
    response=answers(list[OwnRecord], 400, 401, 403, 415, 422),
    operation_id="search_own_records",
    summary="按代码或证件号码查本单位的记录 · Find the unit's records by a code",
)
def search(request: HttpRequest, given: SearchGiven) -> list[dict[str, Any]]:
    """只查本单位报送的，最多 50 条；结果不含个人信息。 At most 50, the unit's own, without personal values."""
    client = _client(request)
    if given.document_no.strip():
        found = filed.find_exact(given.document_no, given.code, actor=client.user)
    else:
        found = filed.find(given.code, actor=client.user)
    return [views.own_record(each) for each in found[:PAGE]]


@router.get(
    "/records/{record}",
    response=answers(RecordShown, 401, 403, 404, 422),
    operation_id="own_record",
    summary="一条记录 · One record",
)
def one(request: HttpRequest, record: RecordId) -> dict[str, Any]:
    """个人信息遮盖；查看自然人的记录留痕。 Personal values are masked; opening a person's record is written down."""
    client = _client(request)
    version = filed.own(record, Permission.SUBMIT_RECORDS, actor=client.user)
    fields = [] if version.cause == "erased" else filed.shown(version, actor=client.user, now=clock.now())
    return views.own_record(version) | {"fields": fields, "withdrawal": views.standing_withdrawal(record)}


@router.get(
    "/records/{record}/lineage",
    response=answers(Lineage, 401, 403, 404, 422),
    operation_id="lineage",
    summary="来龙去脉 · Where a record came from",
)
def traced(request: HttpRequest, record: RecordId) -> dict[str, Any]:
    """每一版从哪个文件、哪一行、哪些单元格来，谁因为什么改动。 Version by version: file, row, cells, who and why."""
    client = _client(request)
    with transaction.atomic():
        version = filed.own(record, Permission.SEE_QUALITY, actor=client.user)
        filed.note_shown(version, actor=client.user, now=clock.now())
        found = lineage.of_record(record, actor=client.user)
    return views.lineage(found, client.agency_id)


@router.post(
    "/records/{record}/withdrawal",
    response={201: WithdrawalAnswer, **answers(WithdrawalAnswer, 400, 401, 403, 404, 409, 415, 422)},
    operation_id="withdraw_record",
    summary="撤回一条记录 · Withdraw a record",
)
def withdraw(
    request: HttpRequest, record: RecordId, given: WithdrawalGiven, idempotency_key: IdempotencyKey = ""
) -> Status[dict[str, Any]]:
    """立即退出一切结果，通知当事人和接收方；``dry_run`` 只算法定期限。同一幂等键再次发送不重复办理（200）。

    It leaves every answer at once; its subject and all recipients are told. ``dry_run`` only counts the statutory time.
    The same request under the same idempotency key does nothing again (200).
    """
    client, now, today = _client(request), clock.now(), clock.today()
    ground = Ground(given.reason, given.decided_on, given.document_no, given.text)
    if given.dry_run:
        return Status(200, _rehearsed_withdrawal(client, record, ground))
    with clients.once(client, idempotency_key, body_digest("withdrawal", record, given.dict()), now) as fresh:
        if fresh:
            withdrawals.withdraw(record, ground, actor=client.user, now=now, today=today)
        version = filed.own(record, Permission.WITHDRAW_RECORDS, actor=client.user)
        told = views.own_record(version) | {"withdrawal": views.standing_withdrawal(record)}
    return Status(201 if fresh else 200, told | {"dry_run": False, "repeated": not fresh})


@router.post(
    "/records/{record}/withdrawal/undo",
    response=answers(Reinstated, 400, 401, 403, 404, 409, 415, 422),
    operation_id="undo_withdrawal",
    summary="撤销撤回 · Undo a withdrawal",
)
def undo(
    request: HttpRequest, record: RecordId, given: UndoGiven, idempotency_key: IdempotencyKey = ""
) -> dict[str, Any]:
    """记录恢复，通知当事人。 The record stands again; its subject is told."""
    client, now = _client(request), clock.now()
    with clients.once(client, idempotency_key, body_digest("undo", record, given.dict()), now) as fresh:
        if fresh:
            withdrawals.undo(record, given.text, actor=client.user, now=now)
        version = filed.own(record, Permission.WITHDRAW_RECORDS, actor=client.user)
    return views.own_record(version) | {"repeated": not fresh}


@router.post(
    "/records/{record}/correction",
    response={201: Corrected, **answers(Corrected, 400, 401, 403, 404, 409, 415, 422)},
    operation_id="correct_record",
    summary="更正一条记录 · Correct a record",
)
def correct(
    request: HttpRequest, record: RecordId, given: CorrectionGiven, idempotency_key: IdempotencyKey = ""
) -> Status[dict[str, Any]]:
    """先以 ``dry_run`` 查看差异和版本号，再带版本号更正；版本已变的拒绝（409）。

    Send it as ``dry_run`` first: it answers with the differences and the version, with which it is then corrected.
    A record that changed in between is refused (409), and so is what the rules do not pass (422).
    """
    client, now, today = _client(request), clock.now(), clock.today()
    if given.dry_run:
        return Status(200, _proposed(client, record, given) | {"dry_run": True, "applied": False, "repeated": False})
    with clients.once(client, idempotency_key, body_digest("correction", record, given.dict()), now) as fresh:
        told: dict[str, Any] = {"changes": [], "findings": [], "ready": True}
        if fresh:
            told = _proposed(client, record, given)
            corrections.correct(
                record, given.fields, given.text, number=given.number, actor=client.user, now=now, today=today
            )
        version = filed.own(record, Permission.CORRECT_RECORDS, actor=client.user)
        told |= {"record": record, "number": version.number}
    return Status(201 if fresh else 200, told | {"dry_run": False, "applied": True, "repeated": not fresh})


def _client(request: HttpRequest) -> ApiClient:
    client = client_of(request)
    clients.check_covers(client, SUBMISSION)
    return client


def _rehearsed_withdrawal(client: ApiClient, record: UUID, ground: Ground) -> dict[str, Any]:
    counted = withdrawals.look(record, ground, actor=client.user, today=clock.today())
    version = filed.own(record, Permission.WITHDRAW_RECORDS, actor=client.user)
    if version.ended_at is not None:
        raise RecordNotOpen(
            "该记录已撤回、已终止或暂停展示，不能撤回。",
            "The record is withdrawn, ended or hidden already; it cannot be withdrawn.",
        )
    shown: dict[str, Any] = {
        "reason": ground.reason,
        "decided_on": ground.decided_on,
        "made_at": None,
        "due_on": counted.due_on,
    }
    shown |= {"derivation": counted.derivation, "days_late": counted.days_late}
    return views.own_record(version) | {"withdrawal": shown, "dry_run": True, "repeated": False}


def _proposed(client: ApiClient, record: UUID, given: CorrectionGiven) -> dict[str, Any]:
    """Return what a correction would change; showing it for a person's record leaves its leaf (charter C09)."""
    with transaction.atomic():
        allowed = [each.code for each in corrections.form(record, actor=client.user)]
        if set(given.fields) - set(allowed):
            raise CorrectionNotInOrder(
                f"含有没有或不能更正的字段。可更正的字段：{'、'.join(allowed)}。",
                f"There are fields that do not exist or cannot be corrected. These can be: {', '.join(allowed)}.",
            )
        proposal = corrections.propose(record, given.fields, actor=client.user, today=clock.today())
        filed.note_shown(proposal.version, actor=client.user, now=clock.now())
    return views.proposal(proposal)
