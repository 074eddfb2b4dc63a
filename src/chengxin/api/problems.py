"""Problems (RFC 9457): what was wrong, where, and the remedy, in both languages; never what was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from chengxin.accounts.access_tokens import ScopeNotCovered
from chengxin.accounts.assertions import AssertionRefused
from chengxin.accounts.clients import KeyReused, NotCovered
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.quota import OverQuota
from chengxin.api.problem_codes import page_of
from chengxin.api.strict import Malformed, NotJson
from chengxin.disclosure.authorisations import NoSuchAuthorisation
from chengxin.disclosure.feed import NoContract, UnknownDelta
from chengxin.disclosure.retention import NotYetDue
from chengxin.disclosure.screening.services import AnsweredAlready, UnknownHit
from chengxin.disclosure.services import Refused, ServiceRefused
from chengxin.disclosure.snapshot import NoSuchNumber
from chengxin.disclosure.wire import AddressNotAllowed
from chengxin.intake.corrections import NothingChanges, RecordMoved
from chengxin.intake.filed import OwnFile, RecordUnknown
from chengxin.intake.policies import NotASource, NotYourAgency
from chengxin.intake.readers import faults
from chengxin.intake.readers.faults import FileTooLarge
from chengxin.intake.readers.limits import FILE_BYTES, MIB
from chengxin.intake.receipts import NothingReceived
from chengxin.intake.retracting import NotWaiting
from chengxin.intake.services import ConsentNeeded
from chengxin.ledger.services import NotIntegrated
from chengxin.registry.services import RecordNotOpen
from chengxin.rules.errors import Refusal

logger = logging.getLogger(__name__)

TITLES: dict[int, str] = {
    400: "请求无法读取 · The request cannot be read",
    401: "须出示有效令牌 · A valid token is needed",
    403: "不予办理 · Refused",
    404: "没有找到 · Not found",
    405: "不支持的方法 · Method not allowed",
    409: "与现状冲突 · Conflict",
    413: "内容过大 · Too large",
    415: "不支持的格式 · Unsupported media type",
    422: "内容有误 · The content is wrong",
    429: "请求过于频繁 · Too many requests",
    500: "平台内部错误 · Internal error",
    503: "暂时不能办理 · Not available now",
}
STATUS_OF: dict[type[Refusal], int] = {
    Malformed: 400,
    ScopeNotCovered: 400,
    AssertionRefused: 401,
    NotJson: 415,
    Refused: 403,
    NotPermitted: 403,
    NotCovered: 403,
    NotASource: 403,
    NotYourAgency: 403,
    ConsentNeeded: 403,
    NoContract: 403,
    OwnFile: 403,
    NoSuchAuthorisation: 404,
    UnknownDelta: 404,
    NoSuchNumber: 404,
    RecordUnknown: 404,
    AddressNotAllowed: 403,
    UnknownHit: 404,
    KeyReused: 409,
    AnsweredAlready: 409,
    NotYetDue: 409,
    NothingChanges: 409,
    RecordMoved: 409,
    RecordNotOpen: 409,
    NothingReceived: 409,
    NotWaiting: 409,
    NotIntegrated: 409,
    FileTooLarge: 413,
    OverQuota: 429,
    ServiceRefused: 503,
}
# What RFC 6749, section 5.2, calls these; for programs that know OAuth and not our codes.
OAUTH_ERRORS: dict[type[Refusal], str] = {AssertionRefused: "invalid_client", ScopeNotCovered: "invalid_scope"}
RETRY_SECONDS = 30
# Sentences for what pydantic reports; its own messages may repeat a piece of what was sent (charter C27).
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("缺少必填项。", "It is required."),
    "extra_forbidden": ("含有未定义的字段。", "A field is not defined here."),
    "string_type": ("须为文本。", "It must be text."),
    "string_too_long": ("过长。", "It is too long."),
    "string_too_short": ("过短或未填写。", "It is too short or empty."),
    "string_pattern_mismatch": ("格式不符。", "It does not have the right form."),
    "literal_error": ("不在可选值之内。", "It is none of the allowed values."),
    "enum": ("不在可选值之内。", "It is none of the allowed values."),
    "less_than_equal": ("数值过大。", "The number is too large."),
    "greater_than_equal": ("数值过小。", "The number is too small."),
}
_UNREADABLE = (SuspiciousOperation, MultiPartParserError, UnreadablePostError, RawPostDataException)
_OTHERWISE = ("类型或格式不符。", "It has the wrong type or form.")


def problem(status: int, code: str, zh: str, en: str, **more: Any) -> HttpResponse:
    """Return an ``application/problem+json`` response."""
    body = {
        "type": f"urn:chengxin:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "code": code,
        "detail": zh,
        "detail_en": en,
        "errors": more.pop("errors", []),
        "help": page_of(code),
        **more,
    }
    text = json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder)
    response = HttpResponse(text, status=status, content_type="application/problem+json")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="chengxin"'
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return unlogged(response)


def unlogged(response: HttpResponse) -> HttpResponse:
    """Keep Django from logging the address of a refused request, into which people put numbers (charter C27)."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # Keeps it out of the log.
    return response


def not_found() -> HttpResponse:
    """Return the one answer for what does not exist and for what belongs to somebody else."""
    return problem(404, "not_found", "没有找到，或不属于贵单位。", "It does not exist, or is not your unit's.")


def of_refusal(refusal: Refusal, **more: Any) -> HttpResponse:
    """Return the problem that says what a refusal says."""
    status = next((STATUS_OF[kind] for kind in type(refusal).__mro__ if kind in STATUS_OF), 422)
    if (error := OAUTH_ERRORS.get(type(refusal))) is not None:
        more["error"] = error
    return not_found() if status == 404 else problem(status, refusal.code, refusal.zh, refusal.en, **more)


def over_quota(refusal: OverQuota) -> HttpResponse:
    """Return the problem for a caller that asked too often, with the seconds to wait."""
    response = of_refusal(refusal)
    response["Retry-After"] = str(refusal.left.reset)
    return response


def not_available(fault: DatabaseError) -> HttpResponse:
    """Return the problem for a database that does not write or read; log the kind of fault and nothing it says."""
    logger.error("the database did not serve: %s", type(fault).__name__)
    return problem(
        503,
        "not_available",
        "数据库或存证日志暂不可用，未办理，也未答复。请稍后重试。",
        "The database or the ledger cannot be used now; nothing was done or answered. Try again later.",
    )


def install(api: NinjaAPI) -> None:
    """Let every failure of an operation leave as a problem."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: lambda request, refusal: of_refusal(refusal),
        OverQuota: lambda request, refusal: over_quota(refusal),
        Throttled: lambda request, fault: over_quota(request.over_quota),  # type: ignore[attr-defined]  # Set with it.
        DatabaseError: lambda request, fault: not_available(fault),
        Http404: lambda request, fault: not_found(),
        ValidationError: lambda request, fault: _of_validation(fault.errors),
        AuthenticationError: lambda request, fault: _unauthorised(),
        HttpError: lambda request, fault: _of_http(fault),
        **dict.fromkeys(_UNREADABLE, lambda request, fault: unreadable()),
        Exception: _of_fault,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def unreadable() -> HttpResponse:
    """Return the problem for a body that cannot be taken apart."""
    return problem(
        400,
        "unreadable",
        "请求正文无法读取：过大，或不完整，或格式与 Content-Type 不符。",
        "The body cannot be read: too large, not complete, or not what its Content-Type says.",
    )


def too_large() -> HttpResponse:
    """Return the problem for an upload that is larger than any file that is taken."""
    return of_refusal(faults.too_large(FILE_BYTES // MIB))


def _unauthorised() -> HttpResponse:
    return problem(
        401,
        "unauthorised",
        "须在 Authorization 头中出示有效的 Bearer 令牌。令牌可能缺失、有误、到期或已停用。",
        "Send a valid bearer token in the Authorization header; it may be missing, wrong, expired or disabled.",
    )


def _of_http(fault: HttpError) -> HttpResponse:
    cause = fault.__cause__
    return of_refusal(cause) if isinstance(cause, Refusal) else unreadable()


def _of_validation(errors: Iterable[dict[str, Any]]) -> HttpResponse:
    return problem(
        422,
        "invalid",
        "请求内容有误，各处错误见 errors。",
        "The content of the request is wrong; errors says where.",
        errors=[_error(each) for each in errors],
    )


def _error(found: dict[str, Any]) -> dict[str, Any]:
    """Return one error; the name of an undefined field is the sender's own text, so it is left out."""
    zh, en = _WORDS.get(found["type"], _OTHERWISE)
    place = [str(part) for part in found["loc"]]
    if found["type"] == "extra_forbidden":
        place = place[:-1]
    return {"where": place, "code": found["type"], "zh": zh, "en": en}


def _of_fault(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Answer a fault of ours; log its kind and the operation, and nothing that it says."""
    operation = request.resolver_match.url_name if request.resolver_match else ""
    logger.error("operation %s failed: %s", operation, type(fault).__name__)
    return problem(500, "internal", "平台内部错误，未办理。请稍后重试。", "The platform failed; nothing was done.")
