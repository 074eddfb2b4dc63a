"""依据查询: one question about one subject, through the one gate."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.api.fields import NO_CONTROLS, Given, answers
from chengxin.api.problems import of_refusal
from chengxin.api.security import client_of
from chengxin.catalogue import lawbook
from chengxin.disclosure.services import Answer, Enquiry, Refused, RowShown, disclose
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground
from chengxin.storage import jsontext
from chengxin.ui import clock
from chengxin.ui.chance import chance

router = Router(tags=["enquiries"])


class SubjectKind(StrEnum):
    """Whom an enquiry is about."""

    ORGANISATION = "organisation"
    INDIVIDUAL_BUSINESS = "individual_business"
    PERSON = "person"


KINDS = {kind.value: kind for kind in CodeKind}
Certificate = StrEnum("Certificate", {kind.name: kind.value for kind in CodeKind})  # type: ignore[misc]  # Built at run time.


class Asked(Given):
    """One enquiry. The kind of code is declared, never guessed; an article with a matter, or an authorisation."""

    purpose: Annotated[str, Field(pattern=r"^[a-z_]{1,60}$", description="用途代码 · Purpose")]
    subject_kind: SubjectKind
    code_kind: Certificate
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=NO_CONTROLS)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
    statute: Annotated[str, Field(max_length=400, pattern=NO_CONTROLS, description="所依据的条款 · Article")] = ""
    matter_no: Annotated[str, Field(max_length=200, pattern=NO_CONTROLS, description="办理事项编号 · Matter")] = ""
    matter: Annotated[str, Field(pattern=r"^[a-z_]{0,60}$", description="办理什么事项（代码） · Kind of matter")] = ""
    authorisation: UUID | None = None
    reason: Annotated[str, Field(max_length=500, pattern=NO_CONTROLS, description="为什么查 · Why")] = ""
    approval: Annotated[UUID | None, Field(description="第二人批准的编号 · A second person's approval")] = None


class MaskedField(Schema):
    """One field; ``masked`` tells that the value was cut."""

    code: str
    zh: str
    en: str
    value: str
    masked: bool


class Row(Schema):
    """One record as this purpose may see it."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    basis: str
    nature: str
    grade: str
    authority_name: str
    document_no: str
    document_date: date
    public_until: date | None
    use_until: date | None
    disputed: bool
    under_repair: bool
    statement: str
    fields: list[MaskedField]


class Subject(Schema):
    """The subject, by masked name and masked code."""

    kind: str
    name: str
    code_kind: str
    code: str


class Answered(Schema):
    """The least that answers the purpose; ``ledger_entry`` proves the read, which the subject can see."""

    outcome: str
    at: datetime
    as_of: date
    purpose: str
    purpose_zh: str
    purpose_en: str
    answer: str
    basis_kind: str
    basis: str
    matter_no: str
    subject: Subject
    hit: bool
    disputed: bool
    count: int | None
    records: list[Row]
    ledger_entry: int


@router.post(
    "/enquiries",
    response=answers(Answered, 400, 401, 403, 415, 422, 503),
    operation_id="enquire",
    summary="依据或授权查询 · Enquire under an article or an authorisation",
)
def enquire(request: HttpRequest, asked: Asked) -> HttpResponse:
    """没有依据不予查询；每次查询（含被拒绝的）都写入存证日志，本人可见。

    No basis, no answer; every enquiry, refused ones too, is committed to the ledger and seen by the subject.
    """
    client, today = client_of(request), clock.today()
    try:
        answer = disclose(enquiry_of(client, asked), now=clock.now(), today=today, rng=chance())
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry, needed=needed(asked.purpose, today))
    return HttpResponse(body_of(answer), content_type="application/json; charset=utf-8")


def enquiry_of(client: clients.ApiClient, asked: Asked) -> Enquiry:
    """Return what a client asks, as the gate takes it."""
    return Enquiry(
        actor=clients.actor_for(client, asked.purpose),
        purpose=asked.purpose,
        subject_kind=asked.subject_kind.value,
        code_kind=KINDS[asked.code_kind.value],
        code=asked.code,
        name=asked.name,
        authorisation_id=asked.authorisation,
        statute=asked.statute,
        matter_no=asked.matter_no,
        matter=asked.matter,
        reason=asked.reason,
        approval_id=asked.approval,
    )


def needed(purpose: str, today: date) -> dict[str, Any] | None:
    """Return what an enquiry for this purpose must carry, or None when there is no such purpose."""
    known = next((each for each in lawbook.purposes(today) if each.code == purpose), None)
    if known is None:
        return None
    statute = known.ground is Ground.STATUTE
    return {
        "ground": known.ground.value,
        "statutes": [str(basis) for basis in known.basis] if statute else [],
        "matter_no": statute,
        "matters": list(known.matters),
        "authorisation": known.ground is Ground.AUTHORISATION,
    }


def body_of(answer: Answer) -> str:
    """Return the JSON of an answer, as ``Answered`` describes it; written directly, since every enquiry pays for it."""
    return _write(_shown(answer))


def _shown(answer: Answer) -> dict[str, Any]:
    subject = answer.subject
    return {
        "outcome": answer.outcome,
        "at": answer.at,
        "as_of": answer.as_of,
        "purpose": answer.purpose,
        "purpose_zh": answer.purpose_zh,
        "purpose_en": answer.purpose_en,
        "answer": answer.kind.value,
        "basis_kind": answer.basis_kind,
        "basis": answer.basis_ref,
        "matter_no": answer.matter_no,
        "subject": {
            "kind": subject.kind,
            "name": subject.name,
            "code_kind": subject.code_kind.value,
            "code": subject.code,
        },
        "hit": answer.hit,
        "disputed": answer.disputed,
        "count": answer.count,
        "records": [_row(each) for each in answer.rows],
        "ledger_entry": answer.entry,
    }


def _row(row: RowShown) -> dict[str, Any]:
    shown = dict(zip(_ROW, _values(row), strict=True))
    shown["fields"] = row.fields  # A field of an answer has the members of ``MaskedField`` and no others.
    return shown


_ROW = tuple(name for name in Row.model_fields if name != "fields")
_values = attrgetter(*_ROW)
_write = jsontext.writer(native=True)
