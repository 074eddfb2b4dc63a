"""What the calls of an older shape have in common: bodies only, one answer's form, and who may call at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from chengxin.accounts.clients import COMPAT_SHANDONG, ApiClient
from chengxin.accounts.quota import OverQuota
from chengxin.api.security import ClientToken
from chengxin.api.strict import loads
from chengxin.api.views import guarded
from chengxin.disclosure.screening.services import UnknownHit
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal

Given = Mapping[str, str]
Answer = dict[str, Any]
LONGEST = 500
SUCCESS = "成功"


class CallRefused(Refusal):
    """The call lacks something, or says it in a way that is not allowed."""

    code = "compat_call_refused"


class NotLetIn(Refusal):
    """There is no such client, its secret is wrong, or this shape is not switched on for it: the words are the same."""

    code = "compat_not_let_in"

    def __init__(self) -> None:
        super().__init__("客户端或者令牌无效，或者未开通本接口。", "Unknown client or token, or not let in here.")


def call(operation: Callable[[HttpRequest, Given], Answer]) -> Callable[[HttpRequest], HttpResponse]:
    """Let an operation be called by POST with a form or JSON, and answer in the older form whatever happens."""

    @csrf_exempt
    @sensitive_post_parameters()
    @guarded
    @wraps(operation)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            response = HttpResponse(status=405)
            response["Allow"] = "POST"
            return response
        try:
            return JsonResponse({"code": "200", "msg": SUCCESS, **operation(request, _given(request))})
        except Refusal as refusal:
            status = _status(refusal)
            return JsonResponse({"code": str(status), "msg": refusal.zh, "reason": refusal.code}, status=status)

    return answer


def caller(request: HttpRequest, given: Given) -> ApiClient:
    """Return the client a token stands for, if this shape is on for it; raises NotLetIn, OverQuota."""
    header = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    client = ClientToken(_never).authenticate(request, given.get("access_token", "") or header)
    if client is None or COMPAT_SHANDONG not in client.purposes:
        raise NotLetIn
    return client


def needed(given: Given, *names: str) -> None:
    """Raise CallRefused unless these fields are filled; it names fields and never repeats what they hold."""
    missing = [name for name in names if not given.get(name, "").strip()]
    if missing:
        raise CallRefused(f"缺少：{'、'.join(missing)}。", f"Missing: {', '.join(missing)}.")


def _never(request: HttpRequest) -> bool:
    return False


def _given(request: HttpRequest) -> Given:
    """Return the fields of the body. The original put secrets and numbers into the address; here that is refused."""
    if request.META.get("QUERY_STRING"):
        raise CallRefused(
            "参数须放在请求正文中，不得放在网址里。", "Parameters go into the body, never into the address."
        )
    found = loads(request.body) if request.content_type == "application/json" else request.POST.dict()
    if not isinstance(found, dict) or not all(
        isinstance(text, str) and len(text) <= LONGEST and text.isprintable() for text in found.values()
    ):
        raise CallRefused("各字段须为不超过 500 字的文本。", "Every field is a text of at most 500 characters.")
    return found


def _status(refusal: Refusal) -> int:
    kinds = {NotLetIn: 401, OverQuota: 429, UnknownHit: 404, ServiceRefused: 503}
    if type(refusal) in kinds:
        return kinds[type(refusal)]
    return 403 if hasattr(refusal, "entry") else 400
