"""Keys and signed assertions of a system that is not ours, for the tests of the door."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from chengxin.accounts.clients import ApiClient

TOKEN = "/api/v1/oauth/token"
AUDIENCE = "http://127.0.0.1:8000" + TOKEN
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAKERS = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "PS256": lambda: RSAKey.generate_key(2048),
}


@dataclass
class Signer:
    """A system that holds a private key, the kid under which its public part is registered, and whom it speaks for."""

    key: Any
    kid: str
    client: ApiClient
    algorithm: str = "ES256"

    def claims(self, now: datetime, **changed: Any) -> dict[str, Any]:
        """Return proper claims with some changed; a value of None leaves the claim out."""
        at, line = int(now.timestamp()), str(self.client.line)
        proper = {"iss": line, "sub": line, "aud": AUDIENCE, "iat": at, "exp": at + 120, "jti": uuid.uuid4().hex}
        return {name: value for name, value in {**proper, **changed}.items() if value is not None}

    def assertion(self, now: datetime, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """Return a signed assertion."""
        head = {"alg": self.algorithm, "kid": self.kid, **(header or {})}
        claims = json.dumps(self.claims(now, **changed)).encode()
        return jws.serialize_compact(head, claims, self.key, algorithms=[head["alg"]])


def pair(algorithm: str = "ES256") -> tuple[Any, str]:
    """Return a private key and the text of its public JWK."""
    key = MAKERS[algorithm]()
    return key, json.dumps(key.as_dict(private=False))


def ask(assertion: str, headers: dict[str, str] | None = None, path: str = TOKEN, **more: str) -> HttpResponse:
    """Ask for a token, or for what else takes an assertion."""
    form = {"client_assertion_type": TYPE, "client_assertion": assertion, **more}
    if path == TOKEN:
        form.setdefault("grant_type", "client_credentials")
    return Client().post(path, form, headers=headers or {})


def minutes(number: float) -> int:
    """Return seconds."""
    return int(timedelta(minutes=number).total_seconds())
