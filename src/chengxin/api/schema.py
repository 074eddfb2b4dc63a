"""The OpenAPI document: generated from the operations, sorted, and the same on every machine."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from chengxin.api.main import api

PREFIX = "api/"


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API with sorted keys."""
    plain: dict[str, Any] = json.loads(text())
    return plain


@cache
def text() -> str:
    """Return the document as JSON text that ends in a newline."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
    found.pop("servers", None)
    for operation in _operations(found):
        _mark_problems(operation["responses"])
    return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _operations(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in found["paths"].values() for operation in methods.values()]


def _mark_problems(responses: dict[str, Any]) -> None:
    """Declare problems under their own media type; ninja knows one media type for all answers."""
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {"application/problem+json": response["content"]["application/json"]}
