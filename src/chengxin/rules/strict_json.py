"""Strict JSON (RFC 8259, read as I-JSON, RFC 7493): whatever two programs could read in two ways is refused."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from chengxin.rules.errors import Refusal

DEEPEST = 32
LONGEST_INTEGER = 15


class NotStrict(Refusal):
    """A text that is not JSON meaning one thing only; ``zh`` and ``en`` say what is wrong, never what it holds."""

    code = "malformed_json"


def loads(body: bytes) -> Any:
    """Return JSON values; duplicate keys, NaN, long integers, depth and broken text raise NotStrict."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        _refuse("不是 UTF-8 编码", "it is not UTF-8")
    _check_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
        )
    except ValueError:  # The message of the cause would repeat a piece of the body.
        _refuse("语法有误", "its syntax is wrong")
    _check_text(value)
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the reader recurses; brackets inside texts do not count."""
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                _refuse(f"嵌套超过 {DEEPEST} 层", f"it is nested deeper than {DEEPEST}")
        elif character in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("同一对象中有重复的键", "an object holds a key twice")
    return found


def _constant(_name: str) -> NoReturn:
    _refuse("含有 NaN 或 Infinity", "it holds NaN or Infinity")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > LONGEST_INTEGER:
        _refuse(f"整数超过 {LONGEST_INTEGER} 位", f"an integer is longer than {LONGEST_INTEGER} digits")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse("数值过大", "a number is too large")
    return number


def _check_text(value: Any) -> None:
    """Refuse half of a surrogate pair, which no database and no other reader can keep."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse("含有不完整的字符", "it holds half of a character")


def _refuse(zh: str, en: str) -> NoReturn:
    raise NotStrict(f"不是可接受的 JSON：{zh}。", f"This is not acceptable JSON: {en}.")
