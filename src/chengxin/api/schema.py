"""The OpenAPI document: generated from the operations, sorted, and the same on every machine."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from chengxin.api import oauth
from chengxin.api.keyless import takes_key
from chengxin.api.main import api
from chengxin.api.problems import TITLES
from chengxin.api.security import IDEMPOTENCY_KEY

PREFIX = "api/"
_TEXT, _NUMBER = {"type": "string"}, {"type": "string", "pattern": "^[0-9]+$"}
LIMIT_HEADERS = {
    "RateLimit-Policy": {"description": "每分钟的次数 · Requests a minute: q, and w seconds", "schema": _TEXT},
    "RateLimit": {"description": "剩余次数 · What is left: r, and t seconds to the reset", "schema": _TEXT},
}
RETRY = {"Retry-After": {"description": "多少秒后重试 · Seconds to wait", "schema": _NUMBER}}
CHALLENGE = {"WWW-Authenticate": {"description": "RFC 6750", "schema": _TEXT}}


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API with sorted keys."""
    plain: dict[str, Any] = json.loads(text())
    return plain


@cache
def text() -> str:
    """Return the document as JSON text that ends in a newline."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    found.pop("servers", None)
    _name_schemes(found)
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _name_schemes(found: dict[str, Any]) -> None:
    """Say how a caller proves itself: a token the centre issued, or one got for a signed assertion."""
    scopes = {"submission": "报送 · File", "feed": "领取 · Receive", "licensing": "等用途代码 · and codes of purposes"}
    schemes = found["components"]["securitySchemes"]
    schemes["ClientToken"]["description"] = "信用中心签发的令牌 · The token issued by the credit centre"
    schemes["AccessToken"] = {
        "type": "oauth2",
        "description": "private_key_jwt (RFC 7523); RFC 8705 where mutual TLS is on",
        "flows": {"clientCredentials": {"tokenUrl": oauth.PATH, "scopes": scopes}},
    }


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what the door does for all of them."""
    statuses = ["429", "503"]
    if operation.get("security"):
        operation["security"] = [{"ClientToken": []}, {"AccessToken": []}]
    if takes_key(method.upper(), path):
        schema = {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$", "default": ""}
        key = {"in": "header", "name": "Idempotency-Key", "required": False, "schema": schema}
        operation.setdefault("parameters", []).append(key)
        statuses += ["409", "422"]
    responses = operation["responses"]
    for status in statuses:
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(status, {"description": TITLES[int(status)], "content": content})
    for status, response in responses.items():
        _mark_problem(int(status), response)


def _mark_problem(status: int, response: dict[str, Any]) -> None:
    """Declare headers, and problems under their own media type; ninja knows one media type for all answers."""
    headers = dict(LIMIT_HEADERS)
    if status in (429, 503):
        headers |= RETRY
    if status == 401:
        headers |= CHALLENGE
    response["headers"] = headers
    if status >= 400:
        response["content"] = {"application/problem+json": response["content"]["application/json"]}
