"""The sections of a report: what a purpose may not see is never called "no record"; page, sheet and JSON agree."""

from __future__ import annotations

import html
import json
import random
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from tests import factories
from tests.disclosures import about_firm, about_person
from tests.factories import NOW, TODAY

from chengxin.cases.documents_pdf import Evidence
from chengxin.catalogue import lawbook
from chengxin.disclosure import publication, report
from chengxin.disclosure.models import ReportPaper
from chengxin.disclosure.report import Validity, Wanted
from chengxin.disclosure.reports import sheets
from chengxin.disclosure.reports.sections import OUTSIDE_ZH

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(world):
    return factories.citizen(world.firm, "owner")


def generic(subject, item: str, number: str, text: str, **changed):
    content = {"TY_MC": text, "TY_XDR_MC": "栖云望舒食品有限公司", "TY_WSH": number}
    return factories.record(subject, item=item, document_no=number, content=content, **changed)


def whole_file(world):
    """Give the firm a record of every kind that a section is made for."""
    factories.record(world.firm, item="JS-RY-01", document_no="示表〔2026〕1号", content={"RY_MC": "守合同重信用单位"})
    generic(world.firm, "JS-SW-01", "示税〔2026〕1号", "偷逃税款")
    generic(world.firm, "JS-SF-02", "（2026）示民终2号", "买卖合同纠纷，判决支付货款")
    generic(world.firm, "JS-GB-01", "示评〔2026〕3号", "公共信用综合评价")
    generic(world.firm, "JS-DS-06", "示检〔2026〕4号", "产品抽检合格")
    generic(world.firm, "JS-JC-01", "示查〔2026〕5号", "日常检查")


def sections(made):
    return {each.code: each for each in made.sections}


def theirs(world, purpose="licensing", **changed):
    return report.build(about_firm(world.officer, purpose, **changed), now=NOW, today=TODAY)


def own(world, owner, since=None):
    return report.build_own(world.firm.id, owner, Wanted(since=since), now=NOW, today=TODAY, site="https://x.cn/")


def test_what_the_purpose_may_not_see_is_never_called_no_record(world):
    whole_file(world)
    found = sections(theirs(world))
    assert found["honours"].said_zh == OUTSIDE_ZH and found["evaluation"].said_zh == OUTSIDE_ZH
    assert [each.item for each in found["lists"].outside] == ["JS-SW-01"]
    assert "重大税收违法失信主体信息" in found["lists"].said_zh and found["lists"].said_zh != report.NOTHING_ZH
    assert found["abnormal"].said_zh == report.NOTHING_ZH and found["penalties"].rows
    assert "行政处罚信息（简易程序）" in found["penalties"].said_zh


def test_an_authorisation_narrows_what_is_said(world):
    from tests.disclosures import allowed

    consent = allowed(world.officer, world.citizen)
    asked = about_person(world.officer, "bank_credit", authorisation_id=consent.pk, statute="", matter_no="")
    found = sections(report.build(asked, now=NOW, today=TODAY))
    assert found["licences"].said_zh == OUTSIDE_ZH and found["lists"].said_zh == OUTSIDE_ZH and found["penalties"].rows


def test_in_ones_own_report_nothing_is_outside(world, owner):
    assert not any(each.outside for each in own(world, owner).sections)


def test_every_record_stands_in_exactly_one_section_and_a_judgment_is_no_list(world, owner):
    whole_file(world)
    found = sections(own(world, owner))
    assert {code: [row.item for row in each.rows] for code, each in found.items() if each.rows} == {
        "penalties": ["JS-CF-01"],
        "honours": ["JS-RY-01"],
        "lists": ["JS-SW-01"],
        "evaluation": ["JS-GB-01"],
        "judgments": ["JS-SF-02"],
        "others": ["JS-JC-01"],
        "local": ["JS-DS-06"],
    }
    assert publication.group_of("JS-SF-02") == "others" and publication.group_of("JS-SF-01") == "lists"


def test_no_page_of_lists_shows_a_judgment(world):
    whole_file(world)
    serious = publication.listed("serious", TODAY + timedelta(days=1)).rows
    assert {row.item for row in serious} == {"JS-SW-01"}
    page = publication.organisation_page(factories.FIRM, TODAY + timedelta(days=1))
    assert {row.item for row in page.groups["lists"]} == {"JS-SW-01"}


def test_a_citizens_report_has_the_sections_of_citizens(world):
    made = report.build_own(world.person.id, world.citizen, now=NOW, today=TODAY)
    codes = [each.code for each in made.sections]
    assert codes == [each.code for each in lawbook.report_layout("person", TODAY).sections]
    assert not {"registration", "abnormal", "evaluation"} & set(codes)


def test_a_record_is_printed_under_the_labels_of_its_form(world, owner):
    whole_file(world)
    found = sections(own(world, owner))
    (penalty,), (judgment,) = found["penalties"].rows, found["judgments"].rows
    labels = [each.zh for each in lawbook.report_layout("organisation", TODAY).labels_of("JS-CF-01")]
    assert [each.zh for each in penalty.fields] == labels
    shown = {each.zh: each.value for each in penalty.fields}
    assert shown["行政处罚决定书文号"] == "示交罚〔2026〕1号" and shown["处罚机关"] == "示例省交通运输厅"
    assert shown["数据来源单位"] == ""
    assert [each.zh for each in judgment.fields][:2] == ["案号", "案由和裁判结果"]


def test_advice_names_each_breach_and_is_no_record(world, owner):
    advice = sections(own(world, owner))["advice"]
    assert not advice.rows and len(advice.notes) == 2 and "示交罚〔2026〕1号" in advice.notes[0].zh


def test_a_first_day_leaves_older_decisions_out_but_not_what_is_so_today(world, owner):
    factories.record(world.firm, item="JS-XK-01", document_no="示许〔2019〕1号", decided=date(2019, 5, 6),
                     content={"XK_XKWS": "食品经营许可", "valid_until": "2030-01-01"})  # fmt: skip
    since = date(2026, 11, 13)
    made = own(world, owner, since)
    found = sections(made)
    assert not found["penalties"].rows and found["licences"].rows and made.since == since
    assert report.verify(made.number, made.verify_code, TODAY).validity is Validity.VALID
    assert ReportPaper.objects.get(pk=made.number).since == since
    factories.record(world.firm, document_no="示交罚〔2026〕9号", decided=date(2026, 11, 14))
    assert report.verify(made.number, made.verify_code, TODAY).validity is Validity.SUPERSEDED


@pytest.mark.parametrize("wanted", [Wanted(since=TODAY + timedelta(days=1)), Wanted(until=TODAY - timedelta(days=1))])
def test_a_report_on_the_whole_file_ends_today(world, owner, wanted):
    with pytest.raises(report.PeriodUnfit):
        report.build_own(world.firm.id, owner, wanted, now=NOW, today=TODAY)


def plain(markup: str) -> str:
    """Return a page as its words, without any white space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def test_page_sheet_and_json_say_the_same(world, owner):
    whole_file(world)
    made = report.build_own(world.firm.id, owner, now=NOW, today=TODAY, chance=random.Random(5), site="https://x.cn/")
    body = json.loads(report.data(made, now=NOW)["text"])
    sheet = sheets._paper(body, Evidence(made.number, made.digest, "", 1, ""))
    client = Client()
    client.force_login(owner)
    page = plain(client.post("/mine/report/", {"format": "page"}).content.decode())
    for told, drawn in zip(body["sections"], sheet["sections"], strict=True):
        assert (told["zh"], told["said_zh"]) == (drawn["name"], drawn["said"])
        assert [note["zh"] for note in told["notes"]] == drawn["notes"]
        assert plain(told["zh"] + told["said_zh"]) in page
        assert all(plain(note["zh"]) in page for note in told["notes"])
        for row, printed in zip(told["rows"], drawn["rows"], strict=True):
            facts = [(each["zh"], each["value"] or report.NOT_FILED_ZH) for each in row["fields"]]
            assert printed["facts"][: len(facts)] == facts
            assert plain("".join(term + text for term, text in facts)) in page
