"""What screening and its register share at this door: what is asked, how an answer is shown, and where it is routed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.api.enquiries import KINDS, Certificate, SubjectKind
from chengxin.api.fields import NO_CONTROLS, Given
from chengxin.catalogue import lawbook
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import Asked, Reply, Result, Screening
from chengxin.rules.screening import STATUS_WORDS
from chengxin.ui import clock

router = Router(tags=["screening"])
MOST = 5000


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


class Naming(Protocol):
    """What names subjects in one matter."""

    matter: str
    matter_no: str
    subjects: list[ScreenedSubject]


def screening_of(client: ApiClient, asked: Naming, statute: str = "") -> Screening:
    purpose = next((each.purpose for each in lawbook.matters(clock.today()) if each.code == asked.matter), "")
    subjects = tuple(
        Asked(each.subject_kind.value, KINDS[each.code_kind.value], each.code, each.name) for each in asked.subjects
    )
    actor = clients.actor_for(client, purpose)
    return Screening(actor, asked.matter, asked.matter_no, statute, subjects)


def shown(reply: Reply) -> dict[str, Any]:
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
