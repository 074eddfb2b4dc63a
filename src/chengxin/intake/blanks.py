"""Empty tables to be filled in, generated from the catalogue: CSV headings, or a workbook with drop-downs and notes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import xlsxwriter

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake.examples import INVENTED, Source, example_rows
from chengxin.rules.layouts import Field, FieldType, Layout, Must

FORMATS = ("csv", "xlsx")
# Drop-downs and formats reach this far; further rows can be filled in all the same.
_PREPARED_ROWS = 100_000
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LIST_SHEET = "选项"
_MUST = {
    Must.ALWAYS: "必填",
    Must.OPTIONAL: "选填",
    Must.ORGANISATION: "法人及非法人组织必填",
    Must.REGISTERED: "法人及非法人组织、个体工商户必填",
    Must.PERSON: "自然人必填",
}
_TYPES = {
    FieldType.TEXT: "文字",
    FieldType.DATE: "日期，如 2026-11-18",
    FieldType.UNTIL: "日期，或“长期”",
    FieldType.WAN: "金额，单位万元",
    FieldType.CHOICE: "从下拉列表中选一项",
    FieldType.CHOICES: "从列表中选，多项以分号隔开",
    FieldType.USCC: "18 位统一社会信用代码，按文本填写",
    FieldType.ORG_CODE: "9 位组织机构代码，按文本填写",
    FieldType.PERSON_CODE: "证件号码，按文本填写",
    FieldType.DOCUMENT_NO: "文书号，如 示例〔2026〕1号",
}
_NOTES = ("列名", "字段代码", "英文名", "是否必填", "怎么填", "最大字数", "可选值", "示例")
_ADVICE = (
    "第一张表填数据，一行一条；不要改列名，不要合并单元格。可以不填的列请留空，不要填“无”“/”等。",
    "号码、代码各列已设为文本格式；从别处粘贴时请选“只粘贴值”，否则末几位可能丢失。",
    "“示例”页中的单位、姓名和号码都是虚构的，不要报送。",
)
_NARROW, _WIDE = 12, 32


def blank(item_code: str, today: date, kind: str, source: Source = INVENTED) -> bytes:
    """Return an empty table of an item in one of ``FORMATS``; raises NoItemInForce."""
    return blank_csv(item_code, today) if kind == "csv" else blank_xlsx(item_code, today, source)


def blank_csv(item_code: str, today: date) -> bytes:
    """Return the headings of an item's layout as CSV (UTF-8 with mark); raises NoItemInForce."""
    item = version_in_force(item_code, today)
    out = io.StringIO()
    csv.writer(out).writerow([field.zh for field in lawbook.layout(item.layout, today).fields])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def blank_xlsx(item_code: str, today: date, source: Source = INVENTED) -> bytes:
    """Return a workbook to fill in, with a sheet of notes and one of invented examples; raises NoItemInForce."""
    item = version_in_force(item_code, today)
    layout = lawbook.layout(item.layout, today)
    rows = example_rows(layout, item.subject_kinds, today, source)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        _Template(book, item, layout, rows).write()
    return out.getvalue()


class _Template:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, item: ItemVersion, layout: Layout, rows: list[dict[str, str]]) -> None:
        self._book, self._item, self._layout, self._rows = book, item, layout, rows
        self._text = book.add_format({"num_format": "@"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._plain = book.add_format({})
        heading = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"}
        self._must = book.add_format({**heading, "bg_color": "#DCE6F2"})
        self._may = book.add_format({**heading, "bg_color": "#F2F2F2"})
        self._wrap = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def write(self) -> None:
        """Write data sheet, notes, examples and the hidden lists, in the order of their tabs."""
        data = self._book.add_worksheet(_SHEET_NAME.sub("", self._item.name_zh)[:31] or "数据")
        notes, shown = self._book.add_worksheet("填写说明"), self._book.add_worksheet("示例")
        lists = self._book.add_worksheet(_LIST_SHEET)
        lists.hide()
        self._headings(data)
        self._headings(shown)
        for column, field in enumerate(self._layout.fields):
            data.write_comment(0, column, self._comment(field), {"x_scale": 2.2, "y_scale": 1.8})
            self._rules(data, lists, column, field)
        for number, row in enumerate(self._rows, 1):
            for column, field in enumerate(self._layout.fields):
                shown.write_string(number, column, row[field.code], self._text)
        self._explain(notes)

    def _headings(self, sheet: Any) -> None:
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 36)
        for column, field in enumerate(self._layout.fields):
            sheet.set_column(column, column, _width(field), self._format(field))
            sheet.write_string(0, column, field.zh, self._may if field.must is Must.OPTIONAL else self._must)

    def _format(self, field: Field) -> Any:
        if field.type is FieldType.WAN:
            return self._plain
        return self._day if field.type is FieldType.DATE else self._text

    def _rules(self, sheet: Any, lists: Any, column: int, field: Field) -> None:
        """Attach the drop-down, or the limit of length, to a column; a list that is not closed only warns."""
        if field.choices:
            for number, choice in enumerate(field.choices):
                lists.write_string(number, column, choice.value)
            letters = xlsxwriter.utility.xl_col_to_name(column)
            closed = field.type is FieldType.CHOICE and not field.open_prefix
            options: dict[str, str | int] = {
                "validate": "list",
                "source": f"={_LIST_SHEET}!${letters}$1:${letters}${len(field.choices)}",
                "error_type": "stop" if closed else "information",
                "error_title": "不在列表中",
                "error_message": "请从下拉列表中选择。" if closed else "多项以分号隔开；其他情形按填写说明填写。",
            }
        elif field.length and field.type is FieldType.TEXT:
            options = {
                "validate": "length",
                "criteria": "<=",
                "value": field.length,
                "error_title": "文字过长",
                "error_message": f"最多 {field.length} 字。",
            }
        else:
            return
        sheet.data_validation(1, column, _PREPARED_ROWS, column, options)

    def _comment(self, field: Field) -> str:
        return "\n".join(f"{name}：{value}" for name, value in zip(_NOTES, self._note(field), strict=True) if value)

    def _note(self, field: Field) -> tuple[str, ...]:
        values = "、".join(choice.value for choice in field.choices)
        if field.open_prefix:
            values += f"；也可以“{field.open_prefix}”开头另写"
        example = next((row[field.code] for row in self._rows if row[field.code]), "")
        length = str(field.length) if field.length else ""
        return field.zh, field.code, field.en, _MUST[field.must], _TYPES[field.type], length, values, example

    def _explain(self, sheet: Any) -> None:
        basis = f"依据：《{self._item.basis_instrument}》{self._item.basis_article}；格式：{self._layout.basis}"
        for number, line in enumerate((f"{self._item.name_zh}（{self._item.item.code}）", basis, *_ADVICE)):
            sheet.write_string(number, 0, line)
        top = len(_ADVICE) + 3
        sheet.set_column(0, len(_NOTES) - 1, _WIDE)
        for column, name in enumerate(_NOTES):
            sheet.write_string(top, column, name, self._must)
        for number, field in enumerate(self._layout.fields, top + 1):
            for column, text in enumerate(self._note(field)):
                sheet.write_string(number, column, text, self._wrap)


def _width(field: Field) -> int:
    return max(_NARROW, min(_WIDE, len(field.zh) * 2 + 2, field.length * 2 or _WIDE), 20 if field.length >= 18 else 0)
