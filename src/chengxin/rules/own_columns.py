"""本项自己的列: columns that one catalogue item has beside those of the table it builds on, read as strictly as law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengxin.rules.lawreader import Entry, fault
from chengxin.rules.layouts import Field, FieldType, Must, parse_field
from chengxin.rules.masks import FieldClass

COLUMNS = "columns"
LISTED = (FieldType.CHOICE, FieldType.CHOICES)
_FOR_ROWS = ("role", "fallback", "public_body", "open_prefix")
"""What ties a column to the rules of a table; that is law, and no change of the catalogue gives it."""


def read_columns(entry: Entry) -> tuple[Field, ...]:
    """Read the columns of an item, none when there are none; raises LawFileFault that names the place."""
    given = entry.raw(COLUMNS)
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        raise fault(entry.where, COLUMNS, "应当是列表", "must be a list")
    return tuple(read_column(each, entry.where, f"{COLUMNS}[{n}]") for n, each in enumerate(given, 1))


def read_column(described: object, where: str, key: str) -> Field:
    """Read one column as layouts describe it, without what ties it to rules; raises LawFileFault."""
    if not isinstance(described, Mapping):
        raise fault(where, key, "应当写明新列", "must describe the new column")
    if tied := next((name for name in _FOR_ROWS if name in described), ""):
        raise fault(where, f"{key}.{tied}", "不能由目录变更指定", "cannot be given by a change")
    try:
        FieldClass(described.get("klass", "public"))
        field = parse_field(described)
    except (KeyError, TypeError, ValueError):
        raise fault(where, key, "写法不合表结构的要求", "is not a column as layouts describe it") from None
    if not field.code.strip() or not field.zh.strip():
        raise fault(where, key, "应当有字段代码和列名", "must have a code and a heading")
    if (field.type in LISTED) != bool(field.choices):
        zh = "取值只在“选项”类的列列出，且至少一个"
        raise fault(where, f"{key}.choices", zh, "belong to a column of listed values, which needs at least one")
    return field


def as_data(field: Field) -> dict[str, Any]:
    """Return a column as plain data that reads back to the same column; what is as usual is left out."""
    told: dict[str, Any] = {"code": field.code, "zh": field.zh, "en": field.en, "type": field.type.value}
    told |= {"length": field.length} if field.length else {}
    told |= {"must": field.must.value} if field.must is not Must.OPTIONAL else {}
    told |= {"klass": field.klass} if field.klass != FieldClass.PUBLIC.value else {}
    told |= {name: True for name in ("personal", "published", "informative") if getattr(field, name)}
    told |= {"choices": [_choice(each) for each in field.choices]} if field.choices else {}
    return told | ({"aliases": list(field.aliases)} if field.aliases else {})


def _choice(choice: Any) -> Any:
    also, means = list(choice.also), choice.means
    extra = ({"means": means} if means else {}) | ({"also": also} if also else {})
    return {"value": choice.value, **extra} if extra else choice.value


def names_of(field: Field) -> tuple[str, ...]:
    """Return every text of a column in which prohibited content could be named."""
    listed = tuple(name for choice in field.choices for name in (choice.value, *choice.also))
    return (field.code, field.zh, field.en, *field.aliases, *listed)
