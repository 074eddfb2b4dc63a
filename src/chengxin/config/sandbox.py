"""A sandbox takes nobody's real data: a request that holds a real identity number is refused unread (ADR 10)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import IO
from urllib.parse import unquote_plus

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from chengxin.api.problems import problem
from chengxin.rules.synthetic import holds_a_real_number

MOST_READ = 64 * 1024 * 1024
PIECE = 1024 * 1024
OVERLAP = 64  # So that a number lying across two pieces is seen.


class OnlySynthetic:
    """Middleware of a sandbox: refuses real numbers, and marks every answer as one of a sandbox."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.CHENGXIN_SANDBOX:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        response = _refusal(request) if _is_real(request) else self.get_response(request)
        response["Chengxin-Sandbox"] = "synthetic-data-only"
        return response


def _is_real(request: HttpRequest) -> bool:
    if holds_a_real_number(unquote_plus(request.META.get("QUERY_STRING", ""))):
        return True
    if request.content_type == "multipart/form-data":
        fields = [value for name in request.POST for value in request.POST.getlist(name)]
        files = [file for name in request.FILES for file in request.FILES.getlist(name)]
        texts = (text for file in files for text in _texts(file))
        return any(map(holds_a_real_number, (*fields,))) or any(map(holds_a_real_number, texts))
    return holds_a_real_number(unquote_plus(request.body.decode("utf-8", "replace")))


def _texts(file: IO[bytes]) -> Iterator[str]:
    """Yield the text of a file in pieces; of a workbook or a ZIP, that of its members."""
    if zipfile.is_zipfile(file):
        file.seek(0)
        with zipfile.ZipFile(file) as pack:
            for name in pack.namelist():
                with pack.open(name) as member:
                    yield from _pieces(member)
    else:
        file.seek(0)
        yield from _pieces(file)
    file.seek(0)


def _pieces(file: IO[bytes]) -> Iterator[str]:
    before, read = b"", 0
    while (piece := file.read(PIECE)) and read < MOST_READ:
        read += len(piece)
        # Digits are digits in every encoding a file may have, once the zeros of UTF-16 are left out.
        yield (before + piece).replace(b"\0", b"").decode("ascii", "replace")
        before = piece[-OVERLAP:]


def _refusal(request: HttpRequest) -> HttpResponse:
    zh = "测试环境只收合成数据：请求里有真实地区的身份证号，未办理，也未保存。请换用合成数据。"
    en = "A sandbox takes synthetic data only: the request holds an identity number of a real region. Nothing was kept."
    if request.path.startswith("/api/"):
        return problem(422, "sandbox_only_synthetic", zh, en)
    return HttpResponse(render_to_string("sandbox_refused.html"), status=422)
