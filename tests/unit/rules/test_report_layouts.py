"""The layouts of credit reports: where a record stands, what is printed of it, and what a layout may not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chengxin.catalogue import lawbook
from chengxin.catalogue.yamlfile import parse
from chengxin.rules.lawreader import Entry, LawFileFault
from chengxin.rules.report_advice import NO_BREACH, WHERE, advice
from chengxin.rules.report_layouts import LOCAL, OTHERS, Label, of_kind, printed, read_report_layout

LAW = Path(__file__).parents[3] / "law"
FILE = "national/report_layouts.yaml"
LIBRARY = lawbook.read(LAW)
BY_KIND = {kind: of_kind(LIBRARY.report_layouts, kind) for kind in ("organisation", "individual_business", "person")}


def place(item: str, kind: str = "organisation") -> str:
    found = next(each for each in LIBRARY.items if each.code == item)
    return BY_KIND[kind].section_of(item, found.national_class, found.scope)


@pytest.mark.parametrize(
    ("item", "section"),
    [
        ("JS-SF-01", "lists"),
        ("JS-SF-02", "judgments"),
        ("JS-GB-01", "evaluation"),
        ("JS-CF-02", "penalties"),
        ("JS-YC-01", "abnormal"),
        ("JS-CN-02", "commitments"),
        ("JS-JC-01", OTHERS),
        ("JS-DS-03", LOCAL),
        ("JS-KD-01", LOCAL),
    ],
)
def test_a_record_stands_by_its_item_then_its_class_then_who_knows_it(item, section):
    assert place(item) == section


def test_an_item_nobody_named_stands_by_its_class():
    assert BY_KIND["organisation"].section_of("JS-YZ-09", 6, "jiangsu") == "lists"


def test_the_sections_are_those_of_the_national_report_in_its_order():
    names = [each.zh for each in BY_KIND["organisation"].shown_to("organisation")]
    assert names == [
        *("登记注册基本信息", "行政许可信息", "行政处罚信息", "诚实守信信息", "严重失信主体名单信息"),
        *("经营（活动）异常名录信息", "信用承诺信息", "信用评价信息", "司法判决信息", "其他信息"),
        *("信用状况提升建议", "公共信用信息地方补充内容"),
    ]
    kept_from_persons = {"registration", "abnormal", "evaluation", "judgments"}
    assert not kept_from_persons & {each.code for each in BY_KIND["person"].sections}
    assert "evaluation" not in {each.code for each in BY_KIND["individual_business"].shown_to("individual_business")}


def test_a_heading_carries_its_number():
    headings = {each.code: each.heading for each in BY_KIND["organisation"].sections}
    assert headings["licences"] == ("二（一）行政许可信息", "2a. Licences")
    assert headings["lists"] == ("四、严重失信主体名单信息", "4. Serious-dishonesty lists")


def test_a_licence_is_printed_with_its_fourteen_labels_in_order():
    labels = [each.zh for each in BY_KIND["organisation"].labels_of("JS-XK-01")]
    assert len(labels) == 14 and labels[0] == "行政许可决定文书号"
    assert labels[9:] == [
        "许可机关",
        "许可机关统一社会信用代码",
        "审核类型",
        "数据来源单位",
        "数据来源单位统一社会信用代码",
    ]


def test_every_column_a_label_names_is_one_of_the_items_own_table():
    tables = {item.code: {field.code for field in lawbook.layout(item.layout).fields} for item in LIBRARY.items}
    for layout in LIBRARY.report_layouts:
        for form in (form for section in layout.sections for form in section.forms):
            for item in form.items:
                for label in form.labels:
                    assert not label.of or set(label.of) & tables[item], (item, label.zh)


def test_a_label_shows_its_column_else_what_the_record_has_else_nothing():
    labels = [
        Label("文号", "No.", ("A",), "document_no"),
        Label("机关", "Office", ("B",), ""),
        Label("类型", "Kind", (), ""),
    ]
    record = {"document_no": "示〔2026〕1号"}
    assert [each.text for each in printed(labels, {"A": ("示〔2025〕9号", False)}, record)] == ["示〔2025〕9号", "", ""]
    assert [each.text for each in printed(labels, {"A": ("", False), "B": ("某*", True)}, record)] == [
        *("示〔2026〕1号", "某*", "")
    ]


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("        classes: [11]\n", "        classes: [9]\n", "classes"),
        ("      - code: others\n", "      - code: other\n", "sections"),
        ("      - code: penalties\n", "      - code: licences\n", "sections"),
        ("record: document_no", "record: number", "record"),
        ("        classes: [11]\n", "        classes: [eleven]\n", "classes"),
        ("        standing: true\n", "        standing: ja\n", "standing"),
    ],
)
def test_a_layout_that_grades_persons_or_cannot_be_read_is_refused(tmp_path, before, after, key):
    text = (LAW / FILE).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "x.yaml").write_text(text.replace(before, after), encoding="utf-8")
    entries = Entry(parse(tmp_path / "x.yaml", FILE), FILE).entries("report_layouts")
    with pytest.raises(LawFileFault) as refusal:
        for each in entries:
            read_report_layout(each)
    assert refusal.value.facts["key"] == key


class Row:
    """A breach as advice looks at it."""

    nature, item_zh, item_en, document_no = "negative", "行政处罚", "Penalty", "示〔2026〕1号"
    restorable_from: date | None = date(2026, 11, 20)
    use_until: date | None = date(2029, 11, 20)
    under_repair = False

    def __init__(self, **changed: object) -> None:
        self.__dict__.update(changed)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row(), "现在就可以申请信用修复"),
        (Row(restorable_from=date(2026, 11, 21)), "2026-11-21 起可以申请信用修复"),
        (Row(under_repair=True), "正在办理"),
        (Row(restorable_from=None), "使用到 2029-11-20"),
        (Row(restorable_from=None, use_until=None), "移出或者撤销"),
    ],
)
def test_advice_says_from_when_and_where_each_breach_can_be_put_right(row, said):
    about, where = advice([Row(nature="neutral"), row], date(2026, 11, 20))
    assert said in about.zh and "示〔2026〕1号" in about.zh and about.en.isascii() is False and where == WHERE


def test_without_a_breach_there_is_nothing_to_advise():
    assert advice([Row(nature="positive")], date(2026, 11, 20)) == () and "没有失信信息" in NO_BREACH.zh


def test_of_two_layouts_for_a_kind_the_newer_holds():
    older = BY_KIND["person"]
    newer = replace(older, code="next", since=date(2027, 1, 1))
    assert of_kind([newer, older], "person").code == "next"
