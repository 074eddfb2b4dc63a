"""What of a record its case page shows: fields in the order of their table, personal ones masked, money in its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chengxin.catalogue import lawbook
from chengxin.registry.models import RecordVersion
from chengxin.registry.sealing import open_content
from chengxin.rules import masks
from chengxin.rules.layouts import Field
from chengxin.rules.money import WAN, parse_wan, parse_yuan


@dataclass(frozen=True)
class Shown:
    """One field of a record: its code, its headings, and its value as a person reads it."""

    code: str
    zh: str
    en: str
    text: str
    unit: str = ""
    masked: bool = False


def fields(version: RecordVersion) -> list[Shown]:
    """Return the fields a version has, as the page of a case shows them."""
    content = open_content(version, version.record.subject)
    known = lawbook.layout(version.record.item.layout).fields
    return [_shown(field, content[field.code]) for field in known if field.code in content]


def _shown(field: Field, value: Any) -> Shown:
    text, unit = as_text(value), value.get("unit", "") if isinstance(value, Mapping) else ""
    cut = masks.by_class(field.klass, text)
    return Shown(field.code, field.zh, field.en, cut, unit, masked=cut != text)


def as_text(value: Any) -> str:
    """Return a content value as text; an amount as it was filed."""
    return str(value["original"]) if isinstance(value, Mapping) and "original" in value else str(value)


def changed(version: RecordVersion, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return what a corrected form really changes, typed like the present values; blank or equal texts change nothing.

    Raises the money refusal for an amount that cannot be read without guessing.
    """
    content = open_content(version, version.record.subject)
    found = {code: text.strip() for code, text in texts.items() if text.strip()}
    return {code: _typed(text, content.get(code)) for code, text in found.items() if text != as_text(content.get(code))}


def _typed(text: str, present: Any) -> Any:
    if not isinstance(present, Mapping) or "fen" not in present:
        return text
    money = parse_wan(text) if present.get("unit") == WAN else parse_yuan(text)
    return {"fen": money.fen, "original": money.original, "unit": money.unit}
