"""Signed tokens in compact form (RFC 7515) under ES256, the one suite that every browser can check offline.

Reading is strict: whatever two programs could read in two ways is refused, before and after the signature is checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal

ALGORITHM: Final = "ES256"
COORDINATE_BYTES: Final = 32

Keys = Mapping[str, ec.EllipticCurvePublicKey]

REASONS: Final[dict[str, tuple[str, str]]] = {
    "malformed": ("格式有误，不是完整的凭证", "it is malformed, not a whole token"),
    "algorithm": ("签名算法不是 ES256", "it is not signed with ES256"),
    "type": ("凭证的类型不对", "it is of another type"),
    "key": ("没有与它对应的公钥", "no known key belongs to it"),
    "signature": ("签名无效", "its signature does not hold"),
    "time": ("尚未生效，或者时间写法有误", "it is not valid yet, or its times are malformed"),
    "expired": ("已过有效期", "it has expired"),
    "issuer": ("签发机构与预期不符", "another issuer made it than expected"),
    "hash": ("摘要算法未知", "its digest algorithm is unknown"),
    "disclosure": ("披露项格式有误", "a disclosure is malformed"),
    "repeated": ("同一披露项或摘要出现两次", "a disclosure or a digest occurs twice"),
    "unreferenced": ("披露项不属于这份凭证，或者被改动", "a disclosure is not of this token, or was changed"),
    "collision": ("披露项的名称与已有名称相同或不允许", "a disclosed name is taken or not allowed"),
    "hidden_claim": ("必须公开的项目被藏成了披露项", "a claim that must be open was made disclosable"),
    "binding": ("持有人签名缺失或无效", "the holder's signature is missing or does not hold"),
    "audience": ("这份出示不是给这个对象的", "this presentation was made for somebody else"),
    "nonce": ("这份出示不是为这一次请求做的", "this presentation was made for another request"),
    "status": ("状态清单与这份凭证对不上", "the status list is not that of this token"),
}


class NotSound(Refusal):
    """A token that must not be believed; ``code`` says why and nothing of what it holds."""

    code = "not_sound"

    def __init__(self, reason: str) -> None:
        zh, en = REASONS[reason]
        super().__init__(f"核验不通过：{zh}。", f"Not sound: {en}.", reason)


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature holds."""

    header: dict[str, Any]
    claims: dict[str, Any]


def encode(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str, reason: str = "malformed") -> bytes:
    """Return the bytes of base64url text; padding, other characters and loose bits at the end are refused."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise NotSound(reason) from None
    if encode(raw) != text:
        raise NotSound(reason)
    return raw


def as_object(text: str, reason: str = "malformed") -> dict[str, Any]:
    """Return the JSON object in base64url text."""
    value = as_json(text, reason)
    if not isinstance(value, dict):
        raise NotSound(reason)
    return value


def as_json(text: str, reason: str = "malformed") -> Any:
    """Return the JSON value in base64url text."""
    try:
        return strict_json.loads(decode(text, reason))
    except strict_json.NotStrict:
        raise NotSound(reason) from None


def sign(header: Mapping[str, Any], claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey) -> str:
    """Return a compact token; ``alg`` is put into the header here and nowhere else."""
    body = f"{_packed({'alg': ALGORITHM, **header})}.{_packed(claims)}"
    first, second = decode_dss_signature(key.sign(body.encode(), ec.ECDSA(hashes.SHA256())))
    halves = (each.to_bytes(COORDINATE_BYTES, "big") for each in (first, second))
    return f"{body}.{encode(b''.join(halves))}"


def check(text: str, keys: Keys, types: Sequence[str | None]) -> Token:
    """Return the token if one of the keys signed it and its type is one of ``types``; raise NotSound."""
    parts = text.split(".")
    if len(parts) != 3:
        raise NotSound("malformed")
    header = as_object(parts[0])
    if header.get("alg") != ALGORITHM:
        raise NotSound("algorithm")
    if "crit" in header:  # An extension that must be understood, and none is.
        raise NotSound("malformed")
    if header.get("typ") not in types:
        raise NotSound("type")
    _check_signature(_key_for(header, keys), f"{parts[0]}.{parts[1]}".encode(), decode(parts[2]))
    return Token(header, as_object(parts[1]))


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return a public key as a JWK with the members that its thumbprint is made of."""
    numbers = key.public_numbers()
    x, y = (encode(each.to_bytes(COORDINATE_BYTES, "big")) for each in (numbers.x, numbers.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def key_of(jwk: Any) -> ec.EllipticCurvePublicKey:
    """Return the public key of a JWK; raise NotSound for another kind of key and for points off the curve."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise NotSound("key")
    x, y = (_coordinate(jwk.get(name)) for name in ("x", "y"))
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        raise NotSound("key") from None


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Return the thumbprint of a key (RFC 7638), by which tokens name it."""
    members = json.dumps(public_jwk(key), sort_keys=True, separators=(",", ":"))
    return encode(hashlib.sha256(members.encode()).digest())


def _key_for(header: dict[str, Any], keys: Keys) -> ec.EllipticCurvePublicKey:
    name = header.get("kid")
    if name is None and len(keys) == 1:
        return next(iter(keys.values()))
    found = keys.get(name) if isinstance(name, str) else None
    if found is None:
        raise NotSound("key")
    return found


def _check_signature(key: ec.EllipticCurvePublicKey, body: bytes, signature: bytes) -> None:
    if len(signature) != 2 * COORDINATE_BYTES:
        raise NotSound("signature")
    first, second = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    pair = encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))
    try:
        key.verify(pair, body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise NotSound("signature") from None


def _coordinate(text: Any) -> int:
    raw = decode(text, "key") if isinstance(text, str) else b""
    if len(raw) != COORDINATE_BYTES:
        raise NotSound("key")
    return int.from_bytes(raw, "big")


def _packed(value: Mapping[str, Any]) -> str:
    return encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
