"""How dates, moments, money, codes and states are written, everywhere the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOTHING = "—"
FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000

# The states a reader meets, each with one plain word; the shape beside the word is drawn by the stylesheet.
STATE_WORDS = {
    "in_force": gettext_lazy("生效中"),
    "disputed": gettext_lazy("异议处理中"),
    "repairing": gettext_lazy("修复办理中"),
    "ended": gettext_lazy("已终止"),
    "pending": gettext_lazy("待处理"),
    "suspended": gettext_lazy("已暂停"),
    "withdrawn": gettext_lazy("已撤回"),
    "corrected": gettext_lazy("已更正"),
    "restored": gettext_lazy("已修复"),
    "accepted": gettext_lazy("已通过"),
    "refused": gettext_lazy("不予通过"),
}


def day(value: Any) -> str:
    """Write a date as 2026-11-22; a moment is first brought to the platform's time zone. Nothing becomes a dash."""
    if value in (None, ""):
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%Y-%m-%d")
    return value.isoformat() if isinstance(value, date) else str(value)


def moment(value: Any) -> str:
    """Write a moment as 2026-11-22 14:05 in the platform's time zone. Nothing becomes a dash."""
    if not isinstance(value, datetime):
        return day(value)
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return value.strftime("%Y-%m-%d %H:%M")


def yuan(fen: int) -> str:
    """Write fen as yuan with thousands separators and two decimals, without a unit."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{whole:,}.{rest:02d}"


def wan(fen: int) -> str:
    """Write fen as 万元 without trailing zeros, without a unit: 5, 0.35, 1.234567."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN_PER_WAN)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def money(value: Any) -> str:
    """Write an amount in 元 with the 万元 original beside it.

    ``value`` is an amount in fen, or an amount carrying ``fen`` and ``original`` (the text as it was filed).
    """
    if value in (None, ""):
        return NOTHING
    fen = getattr(value, "fen", value)
    if not isinstance(fen, int):
        return str(value)
    original = str(getattr(value, "original", "") or wan(fen)).removesuffix("万元").strip()
    unit = str(getattr(value, "unit", "万元"))
    if unit == "元":
        return _("%(yuan)s 元") % {"yuan": yuan(fen)}
    return _("%(yuan)s 元（%(wan)s 万元）") % {"yuan": yuan(fen), "wan": original}


def code_parts(value: Any) -> list[str]:
    """Cut a long identifier into parts for the eye: an 18-character code as 2-6-8-2, anything else in fours."""
    text = str(value or "")
    if len(text) == 18 and text.isalnum():
        return [text[:2], text[2:8], text[8:16], text[16:]]
    if not text.isalnum() or len(text) <= 8:
        return [text] if text else []
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def code_groups(value: Any) -> str:
    """Write a long identifier in parts with spaces between them. Nothing becomes a dash."""
    return " ".join(code_parts(value)) or NOTHING


def state_word(state: Any) -> str:
    """Return the plain word for a state; a state we have no word for is shown as it is, never hidden."""
    return str(STATE_WORDS.get(str(state), state))
