"""The words that only the catalogue desk uses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from chengxin.rules.errors import Refusal
from chengxin.rules.masks import FieldClass

CLASSES: dict[FieldClass, Any] = {
    FieldClass.PUBLIC: lazy("不含个人信息"),
    FieldClass.NAME: lazy("姓名"),
    FieldClass.CITIZEN_ID: lazy("身份证号"),
    FieldClass.MOBILE: lazy("手机号"),
    FieldClass.ADDRESS: lazy("住址"),
    FieldClass.BIRTH_DATE: lazy("出生日期"),
    FieldClass.FREE_TEXT: lazy("自由文字"),
    FieldClass.SECRET: lazy("一律不显示"),
}
TONES = {
    "draft": "neutral", "legal_check": "waiting", "comment": "open", "approved": "waiting",
    "in_force": "accepted", "retired": "neutral", "discarded": "refused",
}  # fmt: skip
FIGURES: dict[str, Any] = {
    "published": lazy("所涉目录项公示中的记录"),
    "items": lazy("生效的目录项"),
    "columns": lazy("这张表公示的列"),
}


def said(refusal: Refusal) -> str:
    """Return a refusal in the language of the page."""
    return refusal.in_language(get_language() or "")
