"""A department's system for tests: it speaks the exchange as its vendor would, and misbehaves when told to."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client

from chengxin.intake.exchange import envelope
from chengxin.intake.exchange.envelope import Envelope
from chengxin.vault import sm2
from chengxin.vault.sm2 import KeyPair

PATH = "/api/v1/exchange/filings"


@dataclass
class PeerSystem:
    """One system with its own key pair, knowing the platform's public key."""

    sender: str
    receiver: str
    platform_key: bytes
    pair: KeyPair = field(default_factory=sm2.generate)

    @property
    def public_key(self) -> str:
        """Return the key as it is told to the credit centre."""
        return f"04{self.pair.public.hex()}"

    def message(self, code: str, rows: Sequence[dict[str, Any]], at: datetime, **changed: Any) -> dict[str, Any]:
        """Return a filing of rows for an item; ``changed`` replaces parts of it."""
        columns = [{"columnname": name, "dataitemname": name, "datatype": "字符型"} for name in rows[0]]
        whole = {
            "nonce": secrets.token_hex(16),
            "timestamp": at.isoformat(),
            "sender": self.sender,
            "receiver": self.receiver,
            "item": code,
            "dryRun": False,
            "column": columns,
            "data": list(rows),
        }
        return {**whole, **changed}

    def sealed(self, message: Any) -> dict[str, str]:
        """Return the body of the request that carries a message."""
        plain = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        sent = asdict(envelope.seal(plain, self.pair, self.platform_key))
        names = {"public_key": "publicKey", "key": "key", "signature": "signatureData", "body": "requestData"}
        return {names[name]: text for name, text in sent.items()}

    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Send a body and return the answer."""
        response = Client().post(PATH, body, content_type="application/json")
        assert response.status_code == 200, response.content
        return response.json()

    def opened(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Return what the platform says inside a reply, checked against the key that we know."""
        given = Envelope(reply["publicKey"], reply["key"], reply["signatureData"], reply["data"])
        return json.loads(envelope.open_envelope(given, self.pair, self.platform_key))

    def refused(self, reply: dict[str, Any]) -> dict[str, Any]:
        """Return why a message was refused, which only its sender can read."""
        told = self.opened(reply)
        assert not reply["success"] and told["errorCode"] == reply["errorCode"], reply["errorCode"]
        return told
