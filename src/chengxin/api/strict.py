"""Strict JSON at the door: a body says that it is JSON, is no larger than agreed, and means one thing only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal

LONGEST_BODY = 1024 * 1024


class Malformed(Refusal):
    """The body is not JSON that means one thing only."""

    code = "malformed_json"


class NotJson(Refusal):
    """The body says that it is something else than JSON."""

    code = "not_json"


class StrictParser(Parser):
    """Reads the bodies of requests for django-ninja."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body as JSON values; raises NotJson or Malformed."""
        if request.content_type != "application/json":
            raise NotJson(
                "请求正文须为 application/json。请设置 Content-Type。",
                "The body must be application/json. Set the Content-Type.",
            )
        return loads(request.body)


def loads(body: bytes) -> Any:
    """Return JSON values; a body that is too large or not strict raises Malformed."""
    if len(body) > LONGEST_BODY:
        raise Malformed("请求正文超过 1 MB。请分批发送。", "The body is larger than 1 MB. Send it in parts.")
    try:
        return strict_json.loads(body)
    except strict_json.NotStrict as refusal:
        raise Malformed(f"请求正文{refusal.zh}", f"The request body: {refusal.en}") from None
