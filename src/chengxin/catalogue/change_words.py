"""A change of the catalogue in the words of people: what its properties are called and what it alters, line by line."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengxin.catalogue import change_reading, lawbook
from chengxin.catalogue.models import Change
from chengxin.rules.catalogue_changes import LAYOUT, OPERATIONS, Operation
from chengxin.rules.dated import RANK_NAMES, Rank
from chengxin.rules.layouts import FieldType, Must, parse_field
from chengxin.rules.own_columns import COLUMNS

KEYS: dict[str, Any] = {
    "code": lazy("代码"),
    "zh": lazy("名称（中文）"),
    "en": lazy("名称（英文）"),
    "act": lazy("对应的行为或者决定"),
    "national_class": lazy("国家基础目录类别"),
    "nature": lazy("性质"),
    "subject_kinds": lazy("信用主体"),
    "layout": lazy("报送表格"),
    "publicity": lazy("公开程度"),
    "person_public_basis": lazy("公开自然人信息的依据"),
    "basis": lazy("依据"),
    "contents": lazy("归集的内容"),
    "columns": lazy("本项自己的列"),
    "source": lazy("由谁提供"),
    "sharing": lazy("共享方式"),
    "update": lazy("更新频率"),
    "periods": lazy("期限怎样计算"),
    "term_months": lazy("期限（月）"),
    "grade": lazy("失信程度"),
    "procedure": lazy("程序"),
    "decision_needed": lazy("须有决定文书"),
    "opt_in": lazy("本人同意后公开"),
    "needs_consent": lazy("须经本人书面同意"),
    "since": lazy("生效日"),
    "until": lazy("截止日"),
    "verified": lazy("依据已核对原文"),
    "scope": lazy("适用地区"),
    "in_force_until": lazy("最后生效日"),
}
VALUES: dict[str, Any] = {
    "positive": lazy("守信"),
    "negative": lazy("失信"),
    "neutral": lazy("中性"),
    "public": lazy("社会公开"),
    "shared": lazy("政务共享"),
    "authorised": lazy("授权查询"),
    "organisation": lazy("法人及非法人组织"),
    "individual_business": lazy("个体工商户"),
    "person": lazy("自然人"),
    "graded": lazy("按失信程度"),
    "validity": lazy("到文书自身的有效期"),
    "term": lazy("固定月数"),
    "standing": lazy("登记状态存续期间"),
    "retention": lazy("只有保存期限"),
    "minor": lazy("轻微"),
    "general": lazy("一般"),
    "serious": lazy("严重"),
    "ordinary": lazy("普通程序"),
    "simple": lazy("简易程序"),
}
TYPES: dict[FieldType, Any] = {
    FieldType.TEXT: lazy("文字"),
    FieldType.DATE: lazy("日期"),
    FieldType.WAN: lazy("金额（万元）"),
    FieldType.CHOICE: lazy("选项，只能选一个"),
    FieldType.CHOICES: lazy("选项，可以选几个，用分号隔开"),
    FieldType.USCC: lazy("统一社会信用代码"),
}


def english() -> bool:
    """Tell whether the page is in English."""
    return (get_language() or "").startswith("en")


def word(pair: tuple[str, str]) -> str:
    """Return the word of the page's language."""
    return pair[1] if english() else pair[0]


def key(name: str) -> str:
    """Return what a property is called; a column's operation is called by its own name."""
    if name in set(Operation):
        return word(OPERATIONS[Operation(name)])
    return str(KEYS.get(name, name))


def value(data: Any) -> str:
    """Return plain data as people read it; what is absent is a dash."""
    if isinstance(data, bool):
        return _("是") if data else _("否")
    if isinstance(data, list):
        return "、".join(value(each) for each in data) or "—"
    if isinstance(data, dict):
        return f"《{data['instrument']}》{data['article']}（{word(RANK_NAMES[Rank(data['rank'])])}）"
    return str(VALUES.get(data, data)) if data not in (None, "") else "—"


def lines(change: Change, today: date) -> list[list[str]]:
    """Return what a change alters: property, what is in force today, what would be. Raises what reading it raises."""
    found = change_reading.altered(change, today)
    told = [[key(each.key), _side(each.key, each.before), _side(each.key, each.after)] for each in found]
    if change.kind == LAYOUT:
        inner = change.content[LAYOUT]
        column = inner.get("field") or (inner.get("added") or {}).get("code", "")
        told.insert(0, [_("列"), f"{inner['layout']} › {column}", f"{inner['layout']} › {column}"])
    return told


def bases(change: Change) -> list[str]:
    """Return the legal bases that a change cites."""
    return [value(each) for each in change.content[change.kind]["basis"]]


def _side(name: str, data: Any) -> str:
    """Return one side of a difference as the form calls it: a table by its name, a place by how far it reaches."""
    if name == "layout" and data:
        table = lawbook.layout(data)
        return f"{word((table.zh, table.en))}（{data.upper()}）"
    if name == COLUMNS and data:
        return "；".join(_column(each) for each in data)
    if name == "scope" and data:
        return _("全国") if data == "national" else _("本省")
    return value(data)


def _column(data: dict[str, Any]) -> str:
    """Return one column in a line: heading, code, and what is not as usual with it."""
    field = parse_field(data)
    told = [
        str(TYPES.get(field.type, field.type)),
        _("必填") if field.must is not Must.OPTIONAL else "",
        "/".join(each.value for each in field.choices),
        _("公示页显示") if field.published else "",
    ]
    return f"{word((field.zh, field.en))}（{field.code}，{'，'.join(filter(None, told))}）"
