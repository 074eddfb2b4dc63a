"""A new item brings columns of its own: template, checks, mapping and the public page know them without a release."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from tests import factories as make
from tests import filings
from tests.desks import BASIS, LATER, Desk

from chengxin.accounts.models import User
from chengxin.catalogue import change_reading, change_words, lawbook, overlay, selectors
from chengxin.catalogue.services import load_law
from chengxin.disclosure import publication
from chengxin.intake import mappings, services
from chengxin.intake import selectors as intake
from chengxin.intake.blanks import blank_csv, blank_xlsx
from chengxin.intake.checking import ColumnsUnknown
from chengxin.intake.models import Submission
from chengxin.rules.catalogue_changes import ChangeDoesNotFit
from chengxin.rules.catalogue_items import UnlawfulItem
from chengxin.rules.errors import Refusal
from chengxin.rules.lawreader import LawFileFault

pytestmark = pytest.mark.django_db
CODE = "JS-SL-01"
LEVEL = {
    "code": "SL_DJ",
    "zh": "认定等级",
    "en": "Level",
    "type": "choice",
    "choices": ["甲级", "乙级"],
    "published": True,
}
FEE = {"code": "SL_JE", "zh": "保证金(万元)", "en": "Deposit", "type": "wan", "must": "always"}
COLUMNS = [LEVEL | {"must": "always"}, FEE]
ROW = {
    "主体名称": "栖云望舒食品有限公司", "主体类别": "法人及非法人组织", "统一社会信用代码": make.FIRM,
    "事项内容": "认定", "文书号": "示认〔2026〕1号", "文书日期": "2026-11-12", "出具单位": "示例单位",
    "出具单位统一社会信用代码": make.AGENCY, "认定等级": "甲级", "保证金(万元)": "0.8",
}  # fmt: skip


def item(columns: list[dict[str, Any]] | None = None, **changed: Any) -> dict[str, Any]:
    base = {
        "code": CODE, "zh": "示例认定信息", "en": "Demo findings", "act": "认定", "national_class": 10,
        "nature": "neutral", "subject_kinds": ["organisation"], "layout": "generic", "publicity": "public",
        "basis": BASIS, "contents": ["认定事项"], "source": "示例部门", "sharing": "社会公开", "update": "每月",
        "periods": "standing", "since": LATER.isoformat(), "verified": False,
        "columns": COLUMNS if columns is None else columns,
    }  # fmt: skip
    return {"item": base | changed}


@pytest.fixture
def desk() -> Iterator[Desk]:
    make.law()
    overlay.put(overlay.Overlay())
    yield Desk()
    overlay.put(overlay.Overlay())


@pytest.fixture
def clerk(desk: Desk) -> User:
    """A clerk of an agency, on the day on which the item is in force."""
    desk.in_force(item())
    return filings.clerk(make.agency())


def as_file(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def sent(clerk: User, content: bytes) -> Submission:
    assert clerk.agency
    stream = io.BytesIO(content)
    return services.submit(clerk.agency, CODE, "认定.csv", stream, actor=clerk, now=make.NOW, today=LATER)


def codes(submission: Submission) -> set[tuple[str, str]]:
    """Return code and field of what was found."""
    return {(found["code"], found.get("field", "")) for row in intake.rows(submission) for found in row.findings}


def test_the_template_has_the_columns_with_must_and_drop_down(clerk: User) -> None:
    assert blank_csv(CODE, LATER).decode("utf-8-sig").strip().endswith("备注,认定等级,保证金(万元)")
    book = openpyxl.load_workbook(io.BytesIO(blank_xlsx(CODE, LATER)))
    heads = {cell.value: cell for cell in book.worksheets[0][1]}
    assert "必填" in heads["认定等级"].comment.text
    listed = [str(each.sqref) for each in book.worksheets[0].data_validations.dataValidation if each.type == "list"]
    assert any(heads["认定等级"].column_letter in each for each in listed)


def test_rows_are_checked_by_the_columns_and_shown_as_far_as_they_say(clerk: User) -> None:
    good = sent(clerk, as_file(ROW))
    assert (intake.summary(good).admitted, codes(good)) == (1, set())
    page = publication.organisation_page(make.FIRM, LATER)
    assert page is not None
    shown = [field.zh for records in page.groups.values() for record in records for field in record.fields]
    assert "认定等级" in shown and "保证金(万元)" not in shown
    wrong = sent(
        clerk,
        as_file(
            ROW | {"认定等级": "丙级", "文书号": "示认〔2026〕2号"},
            ROW | {"保证金(万元)": "", "文书号": "示认〔2026〕3号"},
        ),
    )
    assert intake.summary(wrong).returned == 2
    assert codes(wrong) == {("choice.unknown", "SL_DJ"), ("cell.required", "SL_JE")}


def test_a_heading_nobody_knows_is_asked_about_and_the_answer_remembered(clerk: User) -> None:
    content = as_file({("级别评定结果" if name == "认定等级" else name): text for name, text in ROW.items()})
    with pytest.raises(ColumnsUnknown):
        sent(clerk, content)
    assert clerk.agency
    found = mappings.propose(clerk.agency, CODE, io.BytesIO(content), actor=clerk, today=LATER)
    assert "SL_DJ" in {field.code for field in found.layout.fields}
    chosen = {column.heading: column.field for column in found.columns.columns} | {"级别评定结果": "SL_DJ"}
    mappings.confirm(clerk.agency, CODE, chosen, found.stored(), actor=clerk, now=make.NOW, today=LATER)
    assert intake.summary(sent(clerk, content)).admitted == 1


def test_other_items_of_the_same_table_know_nothing_of_it(clerk: User) -> None:
    assert "SL_DJ" not in lawbook.layout("generic", LATER).codes
    assert selectors.version_in_force(CODE, LATER).layout == CODE.casefold()
    assert lawbook.layout(CODE).zh == "示例认定信息"
    # A version kept before items could have columns is the same as one without any.
    assert "columns" not in selectors.version_in_force(make.PENALTY, LATER).definition
    assert load_law(make.NOW).added == 0


def test_its_column_is_renamed_and_added_to_by_later_changes(desk: Desk, clerk: User) -> None:
    rename = {
        "layout": CODE, "operation": "rename", "field": "SL_DJ", "heading": "评定等级", "heading_en": "Grade",
        "basis": BASIS, "since": LATER.isoformat(), "verified": False,
    }  # fmt: skip
    desk.in_force({"layout": rename}, LATER)
    assert lawbook.layout(CODE, LATER).get("SL_DJ").zh == "评定等级"
    assert intake.summary(sent(clerk, as_file(ROW))).admitted == 1
    more, day = {"code": "SL_BM", "zh": "认定部门", "en": "Office"}, LATER + timedelta(days=40)
    desk.in_force(item([*COLUMNS, more], since=day.isoformat()), day)
    assert "SL_BM" in lawbook.layout(CODE, day).codes and "SL_BM" not in lawbook.layout(CODE, LATER).codes
    assert publication.organisation_page(make.FIRM, day) is not None


def test_what_it_changes_is_told_in_words(desk: Desk) -> None:
    change = desk.propose(item())
    told = {name: after for name, _before, after in change_words.lines(change_reading.change(change.id), make.TODAY)}
    assert told["本项自己的列"] == (
        "认定等级（SL_DJ，选项，只能选一个，必填，甲级/乙级，公示页显示）；保证金(万元)（SL_JE，金额（万元），必填）"
    )


REFUSED: list[tuple[str, list[dict[str, Any]], dict[str, Any], type[Refusal]]] = [
    ("content nobody may collect", [LEVEL | {"zh": "宗教信仰"}], {}, UnlawfulItem),
    ("a listed value nobody may collect", [LEVEL | {"choices": ["血型"]}], {}, UnlawfulItem),
    ("a heading of the table", [FEE | {"zh": "文书号"}], {}, ChangeDoesNotFit),
    ("a heading twice", [LEVEL, FEE | {"zh": "认定 等级"}], {}, ChangeDoesNotFit),
    ("the code of a table", COLUMNS, {"code": "CF"}, ChangeDoesNotFit),
    ("a table of another item", COLUMNS, {"layout": "js-xx-99"}, Refusal),
    ("what ties it to rules", [FEE | {"role": "fine"}], {}, LawFileFault),
    ("a list without values", [LEVEL | {"choices": []}], {}, LawFileFault),
    ("values without a list", [FEE | {"choices": ["甲"]}], {}, LawFileFault),
    ("no heading", [FEE | {"zh": " "}], {}, LawFileFault),
    ("an unknown class", [FEE | {"klass": "nonsense"}], {}, LawFileFault),
    ("no list of columns", {"code": "SL_DJ"}, {}, LawFileFault),  # type: ignore[list-item]  # Wrong on purpose.
]


@pytest.mark.parametrize("columns,changed,refused", [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_columns_that_cannot_be_are_refused(
    desk: Desk, columns: list[dict[str, Any]], changed: dict[str, Any], refused: type[Refusal]
) -> None:
    with pytest.raises(refused):
        desk.propose(item(columns, **changed))


@pytest.mark.parametrize("kept", [[FEE], [LEVEL | {"type": "text", "choices": []}, FEE]], ids=["lost", "another kind"])
def test_a_column_there_is_is_not_lost_by_the_way(desk: Desk, clerk: User, kept: list[dict[str, Any]]) -> None:
    day = LATER + timedelta(days=40)
    with pytest.raises(ChangeDoesNotFit):
        desk.propose(item(kept, since=day.isoformat()))
