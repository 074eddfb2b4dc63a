"""The P-256 key under which portable reports and their status lists are signed.

It is derived from the master key, so that an installation needs no further key file and a restored backup still signs
as itself. A new ``GENERATION`` makes a new key; the earlier ones stay published for as long as reports under them live.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from chengxin.vault import services as vault
from chengxin.vault.sdjwt import jose

GENERATION: Final = 1
# The order of P-256 (FIPS 186-5). Sixteen bytes more than it has keep the choice even (A.2.1, extra random bits).
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signing_key() -> ec.EllipticCurvePrivateKey:
    """Return the key that signs today."""
    return _key(GENERATION)


def public_keys() -> dict[str, ec.EllipticCurvePublicKey]:
    """Return every key that reports may have been signed with, by thumbprint, the present one first."""
    found = (_key(each).public_key() for each in range(GENERATION, 0, -1))
    return {jose.thumbprint(key): key for key in found}


def key_name() -> str:
    """Return the thumbprint of the key that signs today."""
    return jose.thumbprint(signing_key().public_key())


def _key(generation: int) -> ec.EllipticCurvePrivateKey:
    provider, label = vault.provider(), f"portable reports es256 {generation}"
    return _derived(provider.derive(f"{label} a") + provider.derive(f"{label} b")[:16])


@lru_cache(maxsize=8)
def _derived(drawn: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
