"""信用报告: made under an article or an authorisation, and checked by anyone who holds one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.api.enquiries import Asked, enquiry_of, needed
from chengxin.api.fields import answers
from chengxin.api.problems import of_refusal
from chengxin.api.repeats import claimed
from chengxin.api.results import IdempotencyKey
from chengxin.api.security import client_of
from chengxin.disclosure import report
from chengxin.disclosure.services import Refused, ServiceRefused
from chengxin.ui import clock
from chengxin.ui.chance import chance

router = Router(tags=["reports"])


class ReportAsked(Asked):
    """An enquiry that is answered with a report; ``since`` leaves out what was decided before that day."""

    since: Annotated[date | None, Field(description="只要这一天以后的决定 · Decided from this day on")] = None


class Verified(Schema):
    """``valid``, ``superseded`` (the file has changed since), ``withdrawn`` or ``unknown``.

    ``digest`` compares two copies. Whose report it is, is not said here.
    """

    validity: str
    made_at: datetime | None
    digest: str
    form: str
    as_of: date | None
    since: date | None
    domains: list[str]
    withdrawn_at: datetime | None


class Evidence(Schema):
    """The signed content: ``text`` is the report as canonical JSON, of which ``sha256`` and ``signature`` are."""

    v: int
    number: str
    text: str
    sha256: str
    signature: str
    index: int | None
    vkey: str


class Issued(Schema):
    """A report just made; ``verify_at`` is the address of its QR code."""

    number: str
    verify_code: str
    verify_at: str
    made_at: datetime
    as_of: date
    ledger_entry: int
    evidence: Evidence


@router.post(
    "/reports",
    response=answers(Issued, 400, 401, 403, 409, 415, 422, 503),
    operation_id="issue_report",
    summary="出具信用报告 · Issue a credit report",
)
def issue(
    request: HttpRequest, asked: ReportAsked, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """依据与查询相同；只答“有无”或者只列命中的用途不出具报告。同一幂等键再发一次，答复同一份报告，另行留痕。

    On the same bases as an enquiry; a purpose that is answered with less than records gets no report. Sent again under
    the same key it is the same report, as long as it holds and is kept; that look is written down, too.
    """
    try:
        return _issued_once(request, asked, idempotency_key)
    except Refused as refusal:
        return of_refusal(refusal, ledger_entry=refusal.entry, needed=needed(asked.purpose, clock.today()))


def _issued_once(request: HttpRequest, asked: ReportAsked, key: str) -> dict[str, Any]:
    """Make the report, or give again the one made under this key, be it a moment ago by an equal request."""
    client = client_of(request)
    if not key:
        return _issued(request, asked, client, lambda made: None)
    with claimed(request, key) as fresh:
        if not fresh and (number := clients.answered(client, key)):
            return _again(client, number)
        try:
            return _issued(request, asked, client, lambda made: clients.keep_answer(client, key, made.number))
        except (Refused, ServiceRefused):
            if fresh or not (number := clients.answered(client, key)):
                raise
            return _again(client, number)


def _again(client: ApiClient, number: str) -> dict[str, Any]:
    return _shown(report.data_again(number, client.user, now=clock.now(), today=clock.today()))


def _issued(
    request: HttpRequest, asked: ReportAsked, client: ApiClient, kept: Callable[[report.CreditReport], None]
) -> dict[str, Any]:
    now, today, site = clock.now(), clock.today(), request.build_absolute_uri("/")
    enquiry = enquiry_of(client, asked)
    made = report.build(enquiry, asked.since, now=now, today=today, rng=chance(), site=site, kept=kept)
    return _shown(report.data(made, now=now))


def _shown(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return the answer, read from the signed content, so that it is the same each time it is given."""
    signed = json.loads(evidence["text"])
    told = {name: signed[name] for name in ("number", "verify_code", "verify_at", "made_at", "as_of")}
    return told | {"ledger_entry": signed["entry"], "evidence": evidence}


@router.get(
    "/reports/verify",
    response=answers(Verified, 422),
    auth=None,
    operation_id="verify_report",
    summary="核验信用报告 · Check a credit report",
)
def verify(
    request: HttpRequest,
    number: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{1,30}$")],
    code: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{1,16}$")],
) -> dict[str, Any]:
    """编号不存在与验证码不符的答复相同。 A wrong code and an unknown number are answered alike."""
    found = report.verify(number, code, clock.today())
    return {
        "validity": found.validity.value,
        "made_at": found.made_at,
        "digest": found.digest,
        "form": found.form,
        "as_of": found.as_of,
        "since": found.since,
        "domains": list(found.domains),
        "withdrawn_at": found.withdrawn_at,
    }
