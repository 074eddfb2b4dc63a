"""What a filing says inside its envelope: who, to whom, when, once only, for which item, and the rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from chengxin.intake.rowsets import as_csv
from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal

WINDOW: Final = timedelta(minutes=5)
"""How far a message's time may be from ours: the time in which its nonce has to be remembered."""

DATA_TYPES: Final = frozenset({"字符型", "数值型", "日期型"})
_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_FIELDS: Final = {"nonce": str, "timestamp": str, "sender": str, "receiver": str, "item": str, "dryRun": bool}
_LISTS: Final = ("column", "data")
_COLUMN: Final = frozenset({"columnname", "dataitemname", "datatype"})


class NotAFiling(Refusal):
    """The opened message is not a filing; says which part, never what it holds."""

    code = "exchange_message"


class OutOfTime(Refusal):
    """The message was made too long ago, or in the future."""

    code = "exchange_time"


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it was signed. ``headings`` and ``rows`` are texts in the order of ``column``."""

    nonce: str
    made_at: datetime
    sender: str
    receiver: str
    item: str
    dry_run: bool
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def table(self) -> bytes:
        """Return headings and rows as CSV in UTF-8; the same rows always give the same bytes."""
        return as_csv(self.headings, self.rows)


def read(plain: bytes) -> Filing:
    """Return the filing in an opened message; raise NotStrict or NotAFiling."""
    found = strict_json.loads(plain)
    if not isinstance(found, dict) or set(found) != {*_FIELDS, *_LISTS}:
        _refuse("字段应恰为 " + "、".join([*_FIELDS, *_LISTS]), "its fields must be " + ", ".join([*_FIELDS, *_LISTS]))
    for name, kind in _FIELDS.items():
        if not isinstance(found[name], kind):
            _refuse(f"{name} 的类型不对", f"{name} has the wrong type")
    if not _NONCE.fullmatch(found["nonce"]):
        _refuse("nonce 应为 32 位小写十六进制", "nonce must be 32 lower-case hexadecimal characters")
    headings = _headings(found["column"])
    return Filing(
        nonce=found["nonce"],
        made_at=_moment(found["timestamp"]),
        sender=found["sender"],
        receiver=found["receiver"],
        item=found["item"],
        dry_run=found["dryRun"],
        headings=headings,
        rows=_rows(found["data"], headings),
    )


def check_time(filing: Filing, now: datetime) -> None:
    """Raise OutOfTime unless the message was made within the window around ``now``."""
    if abs(now - filing.made_at) > WINDOW:
        minutes = int(WINDOW.total_seconds() // 60)
        raise OutOfTime(
            f"报文时间与平台时间相差超过 {minutes} 分钟。请校准时钟，用新的 nonce 重新生成报文。",
            f"The message's time is more than {minutes} minutes from ours. Set the clock right and make a new message "
            "with a new nonce.",
        )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _refuse("timestamp 应为带时区的 ISO 8601 时间", "timestamp must be ISO 8601 with a time zone")
    return moment


def _headings(columns: Any) -> tuple[str, ...]:
    if not isinstance(columns, list) or not columns:
        _refuse("column 应为非空数组", "column must be a list that is not empty")
    for at, column in enumerate(columns, 1):
        if not isinstance(column, dict) or set(column) != _COLUMN or column["datatype"] not in DATA_TYPES:
            names = "columnname、dataitemname、datatype（字符型、数值型、日期型）"
            _refuse(f"column 第 {at} 项应含 {names}", f"column {at} must hold columnname, dataitemname, datatype")
        if not isinstance(column["columnname"], str):
            _refuse(f"column 第 {at} 项的 columnname 应为文字", f"columnname of column {at} must be a text")
    return tuple(column["columnname"] for column in columns)


def _rows(data: Any, headings: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    if not isinstance(data, list) or not data:
        _refuse("data 应为非空数组", "data must be a list that is not empty")
    return tuple(_row(row, at, headings) for at, row in enumerate(data, 1))


def _row(row: Any, at: int, headings: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(row, Mapping) or not set(row) <= set(headings):
        _refuse(f"data 第 {at} 行的键应在 column 之内", f"the keys of row {at} must be among the columns")
    return tuple(_cell(row.get(heading), at) for heading in headings)


def _cell(value: Any, at: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _refuse(f"data 第 {at} 行只能是文字、数值或空", f"row {at} may hold only texts, numbers and null")
    return str(value)


def _refuse(zh: str, en: str) -> NoReturn:
    raise NotAFiling(f"报文内容不合格：{zh}。", f"The content of the message is not in order: {en}.")
