"""Who calls: the bearer token of a unit's API client. Signed client assertions come with a later issue."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from chengxin.accounts import clients
from chengxin.accounts.clients import ApiClient
from chengxin.ui import clock

LONGEST_TOKEN = 200


class ClientToken(HttpBearer):
    """Accepts the opaque token of a client that is neither expired nor disabled."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient | None:
        """Return the client, or None."""
        return clients.authenticate(token, clock.now()) if 0 < len(token) <= LONGEST_TOKEN else None


def client_of(request: HttpRequest) -> ApiClient:
    """Return the client that an authenticated operation was called by."""
    client: ApiClient = request.auth  # type: ignore[attr-defined]  # Set by the bearer check.
    return client
