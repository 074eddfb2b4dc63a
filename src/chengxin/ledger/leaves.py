"""What a leaf says: canonical JSON with a kind, a time, a public part and a commitment to what stays outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import rfc8785

from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers import citizen, uscc
from chengxin.storage import jsontext

VERSION: Final = 1
COMMITMENT_TAG: Final = b"chengxin ledger commitment v1\n"
SALT_BYTES: Final = 16
MAX_BODY_BYTES: Final = 65_535
"""Entry bundles carry two-byte lengths (C2SP tlog-tiles)."""

_encode: Final = jsontext.writer(sort_keys=True)
_BODY_END: Final = f',"v":{VERSION}}}'.encode()
_SIMPLE: Final = frozenset({str, bool, type(None)})
_EVERYDAY: Final = _SIMPLE | {int}
_SAFE_INTEGER: Final = 2**53
_IDENTITY_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?:18|19|20)\d\d[01]\d[0-3]\d{4}[\dXx](?![0-9A-Za-z])")


class NotCanonical(Refusal):
    """A value has no canonical JSON form."""

    code = "not_canonical"


class PersonalContent(Refusal):
    """The public part of a leaf looks as if it holds a citizen's number; leaves can never be erased (charter C27)."""

    code = "personal_content_in_leaf"


class LeafTooLarge(Refusal):
    """A leaf body is longer than a bundle can carry."""

    code = "leaf_too_large"


def canonical(value: object) -> bytes:
    """Return RFC 8785 canonical JSON; dates, UUIDs and enums become text first. Raises NotCanonical."""
    unusual: list[object] = []
    plain: Any = value if _is_plain(value) else _plain(value, unusual)
    try:
        if unusual:
            return rfc8785.dumps(plain)
        return _encode(plain).encode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        raise _not_canonical("number or text") from None  # The cause would repeat the value, which may be personal.


def commitment(salt: bytes, payload: bytes) -> str:
    """Return the salted commitment to a canonical payload, as hexadecimal text."""
    return sha256(COMMITMENT_TAG + salt + payload).hexdigest()


def public_part(kind: str, public: Mapping[str, Any] | None) -> bytes:
    """Return the canonical public part of a leaf; raises PersonalContent or NotCanonical."""
    shown = canonical(public or {})
    _refuse_identity_numbers(kind, shown)
    return shown


def body(kind: str, at: str, shown: bytes, committed: str) -> bytes:
    """Return the body of a leaf around its public part; raises LeafTooLarge."""
    start = f'{{"at":"{at}","commitment":"{committed}","kind":{_encode(kind)},"public":'.encode()
    whole = start + shown + _BODY_END
    if len(whole) > MAX_BODY_BYTES:
        raise LeafTooLarge(
            f"存证公开部分过大（{len(whole)} 字节，上限 {MAX_BODY_BYTES}）。请将内容放入 payload。",
            f"The public part of the leaf is too large ({len(whole)} bytes of {MAX_BODY_BYTES}); move it into payload.",
        )
    return whole


def moment(now: datetime) -> str:
    """Return an aware moment as RFC 3339 text in UTC."""
    if now.tzinfo is None:
        raise ValueError("a leaf needs an aware moment")
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _refuse_identity_numbers(kind: str, shown: bytes) -> None:
    if any(_is_citizens(found) for found in _IDENTITY_NUMBER.findall(shown.decode())):
        raise PersonalContent(
            f"存证 {kind} 的公开部分疑似含身份证号（18 位）。请放入 payload，存证本身不得含个人信息。",
            f"The public part of leaf {kind} seems to hold a citizen's number (18 characters). Move it into payload.",
            kind=kind,
        )


def _is_citizens(number: str) -> bool:
    """Whether eighteen characters with a date in the middle are a person's and not an organisation's code."""
    return citizen.is_citizen_id(number) or not uscc.has_check_char(number)


def _is_plain(value: object) -> bool:
    """Tell the common case of a bulk append: one mapping of plain names to texts and small whole numbers."""
    if type(value) is not dict or not _EVERYDAY.issuperset(map(type, value.values())):
        return False
    return all(type(key) is str and key.isascii() for key in value) and not any(
        type(item) is int and abs(item) >= _SAFE_INTEGER for item in value.values()
    )


def _plain(value: Any, unusual: list[object]) -> Any:
    """Return the value in JSON's own types, noting whatever only the full RFC 8785 algorithm writes right."""
    kind = type(value)
    if kind in _SIMPLE:
        return value
    if kind is int or kind is float:
        if kind is float or abs(value) >= _SAFE_INTEGER:
            unusual.append(value)
        return value
    if kind is dict or isinstance(value, Mapping):
        return _mapping(value, unusual)
    if isinstance(value, list | tuple):
        return [item if type(item) in _SIMPLE else _plain(item, unusual) for item in value]
    return _scalar(value, unusual)


def _mapping(value: Mapping[Any, Any], unusual: list[object]) -> dict[str, Any]:
    """Return a mapping in JSON's own types; the two shortcuts are the common case of a bulk append."""
    plain = {}
    for key, item in value.items():
        name = key if type(key) is str and key.isascii() else _key(key, unusual)
        plain[name] = item if type(item) in _SIMPLE else _plain(item, unusual)
    return plain


def _scalar(value: Any, unusual: list[object]) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value, unusual)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str):  # A lazy or enumerated kind of text.
        return str(value)
    raise _not_canonical(type(value).__name__)


def _key(key: object, unusual: list[object]) -> str:
    if not isinstance(key, str):
        raise _not_canonical(f"key {type(key).__name__}")
    if not key.isascii():  # RFC 8785 sorts by UTF-16, Python by code point; they differ beyond the basic plane.
        unusual.append(key)
    return str(key)


def _not_canonical(kind: str) -> NotCanonical:
    return NotCanonical(
        f"存证内容含无法规范化的类型：{kind}。请改用文本、整数、列表或字典。",
        f"The ledger cannot write a value of type {kind}. Use text, integers, lists or mappings.",
        type=kind,
    )
