"""Which unsafe operations do not handle an idempotency key themselves, so that the door does it for them."""

from __future__ import annotations

import inspect
import re

from django.http import HttpRequest
from ninja import Router

_CONVERTER = re.compile(r"<(?:[^>:]*:)?([^>]*)>")
_NAMED = re.compile(r"\{(?:[^}:]*:)?([^}]*)\}")
_keyless: set[tuple[str, str]] = set()


def learn(prefix: str, router: Router) -> None:
    """Remember the operations of a router that need a token, may change something, and declare no key."""
    for path, view in router.path_operations.items():
        for operation in view.operations:
            declared = "idempotency_key" in inspect.signature(operation.view_func).parameters
            open_to_all = operation.auth_param is None
            methods = () if declared or open_to_all else set(operation.methods) - {"GET", "HEAD"}
            _keyless.update((method, _NAMED.sub(r"{\1}", prefix + path)) for method in methods)


def is_keyless(request: HttpRequest) -> bool:
    """Tell whether the door notes the key of a request."""
    if request.resolver_match is None or request.method in {"GET", "HEAD"}:
        return False
    route = _CONVERTER.sub(r"{\1}", request.resolver_match.route)
    return takes_key(str(request.method), route)


def takes_key(method: str, path: str) -> bool:
    """Tell whether the door notes the key for a method of a path as the OpenAPI document writes it."""
    return (method, "/" + path.strip("/").removeprefix("api/")) in _keyless
