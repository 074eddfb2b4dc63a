"""A look that cannot be written down is not given: the page says so, with 503, and holds nothing of what was read."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from chengxin.disclosure.services import ServiceRefused

logger = logging.getLogger(__name__)
RETRY_SECONDS = 30


class SaysSo:
    """Middleware: a page whose database or ledger failed ends as a plain page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; faults of later middleware come here as exceptions too."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Return the page for a fault of the database or the ledger, nothing for any other fault."""
        if not isinstance(fault, DatabaseError | ServiceRefused):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        logger.error("page %s was not given: %s", name, type(fault).__name__)
        # Drawn without the request: what a page usually shows of the person signed in would have to be read first.
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        response["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]  # Addresses may hold what people typed.
        return response
