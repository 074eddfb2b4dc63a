"""How identifiers are tidied before a check, and described without being shown."""

from __future__ import annotations

import re

_LOWER = {ord("a") + i: ord("A") + i for i in range(26)}
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
# Full-width small letters must end as ASCII capitals in one pass.
_FULL_WIDTH_LOWER = {0xFF41 + i: ord("A") + i for i in range(26)}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_TABLE: dict[int, int | None] = {**_FULL_WIDTH, **_FULL_WIDTH_LOWER, **_LOWER, **_INVISIBLE}


def tidy(text: str) -> str:
    """Fold full width to half width and letters to capitals, drop invisible characters and outer blanks.

    Blanks inside a number stay: they are an error the sender should see, not one to be guessed away.
    """
    return text.translate(_TABLE).strip()


def describe(text: str) -> tuple[str, str]:
    """Say in Chinese and English how long a tidied text is and what it is made of, never what it says."""
    size = len(text)
    if not text:
        return "空", "empty"
    if re.fullmatch(r"[0-9]+", text):
        return f"{size} 位数字", f"{size} digits"
    if re.fullmatch(r"[0-9]+X", text):
        return f"{size - 1} 位数字加 X", f"{size - 1} digits and X"
    if re.fullmatch(r"[0-9A-Z]+", text):
        return f"{size} 位字母与数字", f"{size} letters and digits"
    return f"{size} 个字符，含其他符号", f"{size} characters, not only letters and digits"
