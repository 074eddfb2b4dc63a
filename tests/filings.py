"""Files as agencies send them, for tests: rows of the penalty layout under Chinese headings, in CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.intake import services
from chengxin.intake.models import Submission
from tests import factories as make

Row = dict[str, str]
FIRM_ROW: Row = {
    "CF_XDR_MC": "栖云望舒食品有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": make.FIRM,
    "CF_FRDB": "沈清和",
    "CF_WSH": "示交罚〔2026〕1号",
    "CF_WFXW": "超限运输货物",
    "CF_SY": "运输车辆超限百分之十",
    "CF_YJ": "公路法第七十六条",
    "CF_CFLB": "罚款",
    "CF_NR": "罚款",
    "CF_NR_FK": "0.5",
    "CF_JDRQ": "2026-11-18",
    "CF_YXQ": "2099-12-31",
    "CF_CFJG": "示例省交通运输厅",
    "CF_CFJGDM": make.AGENCY,
    "CF_SJLY": "示例省交通运输厅",
    "CF_SJLYDM": make.AGENCY,
}
PERSON_ROW: Row = FIRM_ROW | {
    "CF_XDR_MC": "沈清和",
    "CF_XDR_LB": "自然人",
    "CF_XDR_SHXYM": "",
    "CF_FRDB": "",
    "CF_XDR_ZJLX": "身份证",
    "CF_XDR_ZJHM": make.CITIZEN,
    "CF_WSH": "示交罚〔2026〕2号",
}
MINOR = "320199202402299998"


def headings(rows: Sequence[Row]) -> dict[str, str]:
    """Return the Chinese heading of every field that the rows use, by field code."""
    layout = lawbook.layout("cf")
    used = [field for field in layout.fields if any(field.code in row for row in rows)]
    return {field.code: field.zh for field in used}


def grid(rows: Sequence[Row]) -> list[list[str]]:
    """Return headings and cells."""
    heads = headings(rows)
    return [list(heads.values()), *([row.get(code, "") for code in heads] for row in rows)]


def as_csv(rows: Sequence[Row], encoding: str = "utf-8") -> bytes:
    """Return the rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(grid(rows))
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Row]) -> bytes:
    """Return the rows as a workbook whose cells are text."""
    return workbook(grid(rows))


def workbook(cells: Sequence[Sequence[object]]) -> bytes:
    """Return a workbook of one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell) if isinstance(cell, str) else sheet.write(number, column, cell)
    return out.getvalue()


def rows(count: int, start: int = 1) -> list[Row]:
    """Return many rows about firms and persons, every one in order and different."""
    made = []
    for number in range(start, start + count):
        base = PERSON_ROW if number % 4 == 0 else FIRM_ROW
        made.append(base | {"CF_WSH": f"示交罚〔2026〕{number}号"})
    return made


def clerk(of: Agency, name: str = "clerk") -> User:
    """Return a clerk of an agency."""
    return make.user(name, Role.SOURCE_CLERK, of=of, region="320100")


def file(
    content: bytes, actor: User, *, name: str = "处罚.csv", dry_run: bool = False, item: str = make.PENALTY
) -> Submission:
    """Send a file as a clerk of the actor's agency."""
    assert actor.agency
    return services.submit(
        actor.agency, item, name, io.BytesIO(content),
        actor=actor, now=make.NOW, today=make.TODAY, dry_run=dry_run,
    )  # fmt: skip
