"""The columns of one item, as rows of its form: each says its heading, what it holds, and who sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengxin.catalogue.change_words import TYPES
from chengxin.console.catalogue.words import CLASSES
from chengxin.rules.layouts import FieldType, Must
from chengxin.rules.own_columns import LISTED

SPARE = 4
"""Rows that stand empty below those there are; who needs more saves the draft and opens it again."""
PREFIX = "column"
_NOT_PERSONAL = ("public", "free_text")


class ColumnRow(forms.Form):
    """One column; a row without code and heading says nothing."""

    zh = forms.CharField(label=_("列名"), max_length=60, required=False)
    en = forms.CharField(label=_("列名（英文）"), max_length=120, required=False)
    code = forms.CharField(
        label=_("字段代码"), max_length=32, required=False, help_text=_("大写字母、数字和下划线，如 SL_DJ。")
    )
    type = forms.ChoiceField(label=_("填什么"), choices=list(TYPES.items()), required=False)
    must = forms.BooleanField(label=_("必填"), required=False)
    choices = forms.CharField(
        label=_("允许的取值"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只在选项类的列填写，每行一个；下载的模板里会有下拉选择。"),
    )  # fmt: skip
    klass = forms.ChoiceField(
        label=_("含有什么个人信息"), required=False, choices=[(each.value, name) for each, name in CLASSES.items()]
    )
    published = forms.BooleanField(label=_("在公示页显示"), required=False)

    @property
    def blank(self) -> bool:
        """Tell whether nobody wrote a column here."""
        return not any(self[name].value() for name in ("code", "zh", "choices"))

    def clean(self) -> dict[str, Any]:
        """Ask for what a column needs."""
        given = super().clean() or {}
        if self.blank:
            return given
        for name, problem in (("zh", _("请填写列名。")), ("code", _("请填写字段代码。"))):
            if not given.get(name):
                self.add_error(name, problem)
        if (given.get("type") in LISTED) != bool(_lines(given.get("choices", ""))):
            self.add_error("choices", _("选项类的列，每行填一个允许的取值；其他类的列不填。"))
        return given

    def content(self) -> dict[str, Any]:
        """Return the column as a table describes it."""
        given = self.cleaned_data
        listed, klass = _lines(given["choices"]), given["klass"] or "public"
        return {
            "code": given["code"], "zh": given["zh"], "en": given["en"] or given["zh"],
            "type": given["type"] or FieldType.TEXT.value, "klass": klass, "personal": klass not in _NOT_PERSONAL,
            "must": (Must.ALWAYS if given["must"] else Must.OPTIONAL).value, "published": given["published"],
            **({"choices": listed} if listed else {}),
        }  # fmt: skip


def rows(data: Any, columns: Sequence[dict[str, Any]]) -> list[ColumnRow]:
    """Return a row for each column there is, those that were handed in, and some to spare."""
    sent = [name for name in data or () if name.startswith(PREFIX) and name.endswith("-code")]
    count = len(sent) if data else len(columns) + SPARE
    given = [_initial(each) for each in columns] + [{}] * max(count - len(columns), 0)
    return [ColumnRow(data, initial=given[at], prefix=f"{PREFIX}{at + 1}") for at in range(count)]


def problems(found: Sequence[ColumnRow]) -> list[str]:
    """Return a sentence for every row that is not in order."""
    wrong = [number for number, row in enumerate(found, 1) if not row.is_valid()]
    return [gettext("本项自己的第 %(number)s 列没有填对，请展开修改。") % {"number": number} for number in wrong]


def _initial(column: dict[str, Any]) -> dict[str, Any]:
    listed = [each if isinstance(each, str) else each["value"] for each in column.get("choices", ())]
    must = column.get("must", Must.OPTIONAL) != Must.OPTIONAL
    return {**column, "choices": "\n".join(listed), "must": must}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
