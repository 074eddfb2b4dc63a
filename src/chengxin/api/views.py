"""Pages around the operations: the list of operations, the document, and what lies nowhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from chengxin.accounts import quota
from chengxin.api import schema
from chengxin.api.problem_codes import MEANINGS
from chengxin.api.problems import TITLES, not_found, problem, too_large, unlogged
from chengxin.api.security import left_of
from chengxin.intake.readers.limits import FILE_BYTES, MIB

View = Callable[..., HttpResponse]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every operation on a page without script."""
    paths = schema.document()["paths"]
    operations = [_line(path, method, told) for path, each in paths.items() for method, told in each.items()]
    columns = [{"text": _("操作")}, {"text": _("方法")}, {"text": _("地址")}, {"text": _("令牌")}]
    return render(request, "api/index.html", {"operations": operations, "columns": columns})


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document."""
    return HttpResponse(schema.text(), content_type="application/json")


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """List the codes of problems."""
    english = (get_language() or "").startswith("en")
    rows = [
        [str(status), {"text": code, "href": f"/api/problems/{code}/"}, en if english else zh]
        for code, (status, zh, en) in sorted(MEANINGS.items(), key=lambda each: (each[1][0], each[0]))
    ]
    columns = [{"text": _("状态")}, {"text": _("代码")}, {"text": _("含义和办法")}]
    return render(request, "api/problems.html", {"rows": rows, "columns": columns})


@require_safe
def one_problem(request: HttpRequest, code: str) -> HttpResponse:
    """Say what one code means and what to do."""
    if code not in MEANINGS:
        raise Http404
    status, zh, en = MEANINGS[code]
    english = (get_language() or "").startswith("en")
    title_zh, _dot, title_en = TITLES[status].partition(" · ")
    context = {"code": code, "status": status, "meaning": en if english else zh}
    return render(request, "api/problem.html", context | {"title": title_en if english else title_zh})


@csrf_exempt
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that is none."""
    return not_found()


def guarded(view: View) -> View:
    """Keep answers out of caches, refuse a vast upload unread, and let a method not allowed end as a problem too."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = too_large() if _is_vast(request) else view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response["Allow"]
            zh, en = "这个地址不支持该方法。", "This address does not take that method."
            response = problem(405, "method_not_allowed", zh, en)
            response["Allow"] = allowed
        response["Cache-Control"] = "no-store"
        _tell_limit(request, response)
        return unlogged(response)

    return answer


def _tell_limit(request: HttpRequest, response: HttpResponse) -> None:
    """Say how often the caller may ask, and what is left (draft-ietf-httpapi-ratelimit-headers)."""
    left = left_of(request)
    if left is not None:
        response["RateLimit-Policy"] = f'"minute";q={left.limit};w={quota.SECONDS}'
        response["RateLimit"] = f'"minute";r={left.remaining};t={left.reset}'


def _is_vast(request: HttpRequest) -> bool:
    """Tell whether an upload says it is larger than any file that is taken; parsing would first fill the disk."""
    length = request.META.get("CONTENT_LENGTH") or ""
    known = int(length) if length.isascii() and length.isdigit() else 0
    return request.content_type == "multipart/form-data" and known > FILE_BYTES + MIB


def _line(path: str, method: str, told: dict[str, Any]) -> dict[str, Any]:
    zh, _dot, en = told["summary"].partition(" · ")
    return {"method": method.upper(), "path": path, "zh": zh, "en": en, "token": bool(told.get("security"))}
