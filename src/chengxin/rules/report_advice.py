"""信用状况提升建议: what can be done about each breach in a report, and from when. Pure; it judges nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Breach(Protocol):
    """What advice looks at in a record."""

    @property
    def nature(self) -> str:
        """Return positive, negative or neutral."""

    @property
    def item_zh(self) -> str:
        """Return the Chinese name of its catalogue item."""

    @property
    def item_en(self) -> str:
        """Return the English name of its catalogue item."""

    @property
    def document_no(self) -> str:
        """Return the number of the decision."""

    @property
    def restorable_from(self) -> date | None:
        """Return from when its restoration may be asked for, if ever."""

    @property
    def use_until(self) -> date | None:
        """Return until when it may be used."""

    @property
    def under_repair(self) -> bool:
        """Return whether its restoration is being decided."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages."""

    zh: str
    en: str


NO_BREACH = Said(
    "本报告所列记录中没有失信信息，没有需要改善的事项。", "No breach is listed here; there is nothing to improve."
)
WHERE = Said(
    "申请信用修复和提出异议都免费：在网站“我的档案”打开该条记录办理，或者向作出决定的机关、信用中心窗口提出。",
    "Restoration and objection are free: open the record under “My file”, or ask the authority or the service desk.",
)


def advice(rows: Iterable[Breach], today: date) -> tuple[Said, ...]:
    """Return a sentence for each breach in the order given, and where to turn; without a breach, nothing."""
    said = tuple(_about(row, today) for row in rows if row.nature == "negative")
    return (*said, WHERE) if said else ()


def _about(row: Breach, today: date) -> Said:
    zh, en = _what(row, today)
    return Said(f"{row.item_zh}（{row.document_no}）：{zh}", f"{row.item_en} ({row.document_no}): {en}")


def _what(row: Breach, today: date) -> tuple[str, str]:
    if row.under_repair:
        return "信用修复正在办理，请等待结论。", "its restoration is being decided."
    if row.restorable_from is None:
        return _no_restoration(row.use_until)
    if row.restorable_from <= today:
        return "现在就可以申请信用修复。", "its restoration may be asked for now."
    day = row.restorable_from.isoformat()
    return f"{day} 起可以申请信用修复。", f"its restoration may be asked for from {day}."


def _no_restoration(use_until: date | None) -> tuple[str, str]:
    if use_until is None:
        return "按规定办结移出或者撤销手续后不再使用。", "it ends when the authority takes it off or revokes it."
    day = use_until.isoformat()
    return f"没有可以提前申请修复的日期，使用到 {day}。", f"no day of restoration is set; it is used until {day}."
