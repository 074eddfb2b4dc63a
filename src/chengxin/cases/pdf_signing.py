"""PDF 电子签名: what we hand out as PDF carries our signature inside, which any reader of PDF shows, and its check.

The key is the installation's own, the one that signs the log; its certificate says the same name (ADR 11).
"""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.ledger import services as ledger
from chengxin.rules import pdf_signature
from chengxin.rules.pdf_signature import Signing
from chengxin.vault import services as vault


def signed(pdf: bytes, number: str, at: datetime) -> bytes:
    """Return a sheet of ours with its signature, made under its number; ``at`` is when it was issued, not now.

    The same sheet gives the same bytes again.
    """
    name = ledger.vkey().partition("+")[0]
    return pdf_signature.signed(pdf, Signing(number, name, at.astimezone(UTC), vault.public_key(), vault.sign))


def signed_number(content: bytes) -> str | None:
    """Return under which number we signed a PDF, or None if our signature does not cover the whole of it."""
    return pdf_signature.signed_number(content, _holds)


def _holds(message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(vault.public_key()).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
