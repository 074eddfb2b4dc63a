"""The rules for a reported penalty, one sentence per test. Persons are synthetic: nobody lives in region 320199."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from chengxin.rules.layouts import parse_layout
from chengxin.rules.validation.codes import CODES, Finding, RuleFault, Severity, parse_rules
from chengxin.rules.validation.columns import check_headers, check_shift
from chengxin.rules.validation.context import Context, earliest_on_time
from chengxin.rules.validation.dates import UNLIMITED
from chengxin.rules.validation.rows import check_row, duplicate_key, is_refused, typed_row

LAW = Path(__file__).parents[3] / "law" / "national"
CF = parse_layout(yaml.safe_load((LAW / "layouts" / "cf.yaml").read_text()))
XK = parse_layout(yaml.safe_load((LAW / "layouts" / "xk.yaml").read_text()))
TEXTS = yaml.safe_load((LAW / "validation.yaml").read_text())
RULES = parse_rules(TEXTS)
TODAY = date(2026, 11, 22)
CONTEXT = Context(RULES, TODAY, TODAY, on_time_from=date(2026, 11, 12), prohibited=("宗教信仰", "指纹", "血型", "病史"))

FIRM = {
    "CF_XDR_MC": "江苏示例食品有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": "91320199MA00000156",
    "CF_FRDB": "王某",
    "CF_WSH": "苏示市监罚〔2026〕1号",
    "CF_WFXW": "销售不合格食品",
    "CF_SY": "销售不符合标准的食品。",
    "CF_YJ": "《中华人民共和国食品安全法》",
    "CF_CFLB": "罚款",
    "CF_NR": "处罚款 5 万元",
    "CF_NR_FK": "5",
    "CF_JDRQ": "2026-11-18",
    "CF_YXQ": "2099-12-31",
    "CF_CFJG": "示例市市场监督管理局",
    "CF_CFJGDM": "113201990000000438",
    "CF_SJLY": "示例市市场监督管理局",
    "CF_SJLYDM": "113201990000000438",
}
PERSON = FIRM | {
    "CF_XDR_MC": "张某",
    "CF_XDR_LB": "自然人",
    "CF_XDR_SHXYM": "",
    "CF_FRDB": "",
    "CF_XDR_ZJLX": "身份证",
    "CF_XDR_ZJHM": "320199199912310021",
}


def found(row: dict[str, str], context: Context = CONTEXT) -> dict[str, str]:
    """Rule → field of every finding."""
    return {finding.code: finding.field for finding in check_row(row, CF, context)}


def value(row: dict[str, str], code: str) -> object:
    return typed_row(row, CF, CONTEXT).values[code]


def test_a_proper_row_about_a_firm_or_a_person_has_no_finding() -> None:
    assert found(FIRM) == {}
    assert found(PERSON) == {}


@pytest.mark.parametrize("code", [field.code for field in CF.fields if field.must.value == "always"])
@pytest.mark.parametrize("nothing", ["", "  ", "\\N", "暂无", "/", "\u3000"])
def test_a_required_field_must_say_something(code: str, nothing: str) -> None:
    assert found(FIRM | {code: nothing})["cell.required"] == code


def test_nought_is_an_answer_not_an_empty_cell() -> None:
    assert "cell.required" not in found(FIRM | {"CF_WFXW": "0"})


def test_text_over_the_length_is_refused_and_the_message_shows_only_the_length() -> None:
    finding = check_row(FIRM | {"CF_XDR_MC": "甲" * 201}, CF, CONTEXT)[0]
    assert (finding.code, finding.shape_zh) == ("text.too_long", "201 个字符")
    assert "200" in finding.remedy_zh
    assert found(FIRM | {"CF_XDR_MC": "甲" * 200}) == {}


@pytest.mark.parametrize("text", ["甲\x00乙", "甲\u202e乙"])
def test_characters_nobody_can_see_are_refused(text: str) -> None:
    assert found(FIRM | {"CF_SY": text}) == {"text.control": "CF_SY"}


class TestCodes:
    def test_a_mistyped_code_is_refused(self) -> None:
        assert found(FIRM | {"CF_XDR_SHXYM": "91320199MA10000156"}) == {"uscc.wrong": "CF_XDR_SHXYM"}

    def test_full_width_and_small_letters_are_put_right(self) -> None:
        assert value(FIRM | {"CF_XDR_SHXYM": "９1320199ma00000156"}, "CF_XDR_SHXYM") == "91320199MA00000156"

    def test_a_legacy_code_is_accepted_with_a_warning(self) -> None:
        row = FIRM | {"CF_XDR_SHXYM": "91350203M0001FUE2P"}
        assert found(row) == {"uscc.exempt": "CF_XDR_SHXYM"}
        assert not is_refused(check_row(row, CF, CONTEXT))

    @pytest.mark.parametrize("number", ["320199197106253780", "320199198207213985", "32019919970719237X"])
    def test_an_identity_number_that_passes_the_check_of_a_code_is_still_refused(self, number: str) -> None:
        assert found(FIRM | {"CF_XDR_SHXYM": number}) == {"uscc.citizen_id": "CF_XDR_SHXYM"}

    def test_an_organisation_needs_a_code(self) -> None:
        assert found(FIRM | {"CF_XDR_SHXYM": ""}) == {"cell.required": "CF_XDR_SHXYM"}

    def test_the_column_is_empty_for_a_person(self) -> None:
        row = PERSON | {"CF_XDR_SHXYM": "91320199MA00000156"}
        assert found(row) == {"uscc.on_person": "CF_XDR_SHXYM"}

    def test_a_code_of_the_other_kind_is_pointed_out(self) -> None:
        assert found(FIRM | {"CF_XDR_SHXYM": "92320199MA0000023X"}) == {"uscc.kind": "CF_XDR_SHXYM"}
        assert found(FIRM | {"CF_XDR_LB": "个体工商户"}) == {"uscc.kind": "CF_XDR_SHXYM"}

    def test_an_individual_business_needs_its_code_and_a_registration_number_is_no_substitute(self) -> None:
        row = FIRM | {"CF_XDR_LB": "04", "CF_XDR_SHXYM": ""}
        assert found(row) == {"subject.no_code": "CF_XDR_SHXYM"}
        assert found(row | {"CF_XDR_GSZC": "320199600000001"}) == {"subject.no_code": "CF_XDR_SHXYM"}

    def test_the_authority_is_held_to_the_same_check(self) -> None:
        assert found(FIRM | {"CF_CFJGDM": "111111111111111111"}) == {"uscc.wrong": "CF_CFJGDM"}


class TestPersons:
    def test_type_and_number_are_both_needed(self) -> None:
        assert found(PERSON | {"CF_XDR_ZJHM": ""}) == {"cell.required": "CF_XDR_ZJHM"}
        assert found(PERSON | {"CF_XDR_ZJLX": ""}) == {"cell.required": "CF_XDR_ZJLX"}

    def test_a_wrong_check_digit_is_refused(self) -> None:
        assert found(PERSON | {"CF_XDR_ZJHM": "320199199912310022"}) == {"person.number_wrong": "CF_XDR_ZJHM"}

    def test_an_old_number_is_brought_to_eighteen_digits_with_a_warning(self) -> None:
        row = PERSON | {"CF_XDR_ZJHM": "320199991231002"}
        assert found(row) == {"person.number_old": "CF_XDR_ZJHM"}
        assert value(row, "CF_XDR_ZJHM") == "320199199912310021"

    def test_minors_have_no_credit_file(self) -> None:
        assert found(PERSON | {"CF_XDR_ZJHM": "320199202402299998"}) == {"person.minor": "CF_XDR_ZJHM"}

    def test_a_passport_is_judged_as_a_passport(self) -> None:
        assert found(PERSON | {"CF_XDR_ZJLX": "02", "CF_XDR_ZJHM": "E12345678"}) == {}
        assert found(PERSON | {"CF_XDR_ZJHM": "E12345678"}) == {"person.number_wrong": "CF_XDR_ZJHM"}


class TestDates:
    @pytest.mark.parametrize(
        "text",
        ["2026-11-18", "2026/11/18", "20261118", "2026年11月18日", "2026-11-18 09:30:00", "46344", "２０２６-11-18"],
    )
    def test_every_usual_way_of_writing_is_read(self, text: str) -> None:
        assert value(FIRM | {"CF_JDRQ": text}, "CF_JDRQ") == date(2026, 11, 18)

    @pytest.mark.parametrize("text", ["2026-02-30", "18.11.2026", "昨天", "2026-11"])
    def test_anything_else_is_refused(self, text: str) -> None:
        assert found(FIRM | {"CF_JDRQ": text}) == {"date.unreadable": "CF_JDRQ"}

    @pytest.mark.parametrize("text", ["2099-12-31", "9999-09-09", "长期"])
    def test_stand_ins_for_no_end_become_one_value(self, text: str) -> None:
        assert value(FIRM | {"CF_YXQ": text}, "CF_YXQ") == UNLIMITED

    @pytest.mark.parametrize("text", ["1899-12-31", "1900-01-01"])
    def test_stand_ins_for_no_date_count_as_empty(self, text: str) -> None:
        assert found(FIRM | {"CF_JDRQ": text}) == {"cell.required": "CF_JDRQ"}

    def test_a_decision_lies_between_1949_and_today(self) -> None:
        assert found(FIRM | {"CF_JDRQ": "2026-11-22"}) == {}
        assert found(FIRM | {"CF_JDRQ": "2026-11-23"}) == {"date.future": "CF_JDRQ"}
        assert found(FIRM | {"CF_JDRQ": "1948-12-31"}) == {"date.too_old": "CF_JDRQ"}

    def test_a_late_report_is_accepted_with_a_warning(self) -> None:
        row = FIRM | {"CF_JDRQ": "2026-11-11"}
        assert found(row) == {"date.late": "CF_JDRQ"}
        assert not is_refused(check_row(row, CF, CONTEXT))
        assert found(FIRM | {"CF_JDRQ": "2026-11-12"}) == {}

    def test_without_a_calendar_lateness_is_not_judged(self) -> None:
        assert found(FIRM | {"CF_JDRQ": "2020-01-01"}, Context(RULES, TODAY, TODAY)) == {}

    def test_validity_does_not_end_before_the_decision(self) -> None:
        assert found(FIRM | {"CF_YXQ": "2026-11-17"}) == {"date.order": "CF_YXQ"}

    def test_the_earliest_date_on_time_is_found_by_counting_back(self) -> None:
        assert earliest_on_time(TODAY, lambda day: day + timedelta(days=9)) == date(2026, 11, 13)


class TestMoney:
    def test_an_amount_is_kept_in_fen(self) -> None:
        assert value(FIRM | {"CF_NR_FK": "0.123456"}, "CF_NR_FK") == 123456

    @pytest.mark.parametrize("text", ["5 000", "伍万元", "5万", "约5", "1e3", "5,000", "0.1234567"])
    def test_what_is_no_plain_number_is_refused(self, text: str) -> None:
        assert found(FIRM | {"CF_NR_FK": text}) == {"amount.unreadable": "CF_NR_FK"}

    def test_a_negative_amount_is_refused(self) -> None:
        assert found(FIRM | {"CF_NR_FK": "-5"}) == {"amount.negative": "CF_NR_FK"}

    def test_a_figure_the_decision_states_in_yuan_is_pointed_out(self) -> None:
        row = FIRM | {"CF_NR_FK": "5000", "CF_NR": "罚款5,000元"}
        assert found(row) == {"amount.unit": "CF_NR_FK"}
        assert found(row | {"CF_NR": "罚款5000万元"}) == {}
        assert found(row | {"CF_NR": "罚款15000元"}) == {}

    def test_an_implausible_amount_is_pointed_out(self) -> None:
        assert found(FIRM | {"CF_NR_FK": "50000"}) == {"amount.unit": "CF_NR_FK"}

    @pytest.mark.parametrize(
        ("category", "code", "field"),
        [
            ("罚款", "fine.amount", "CF_NR_FK"),
            ("警告；没收违法所得", "confiscation.amount", "CF_NR_WFFF"),
            ("吊销", "licence.text", "CF_NR_ZKDX"),
        ],
    )
    def test_a_category_demands_its_figure(self, category: str, code: str, field: str) -> None:
        assert found(FIRM | {"CF_CFLB": category, "CF_NR_FK": ""}) == {code: field}

    def test_nought_is_no_fine(self) -> None:
        assert found(FIRM | {"CF_NR_FK": "0"}) == {"fine.amount": "CF_NR_FK"}


class TestCategories:
    @pytest.mark.parametrize("text", ["罚款;警告", "罚款；警告", "罚款、警告", " 罚款 ； 警告 ；"])
    def test_both_semicolons_separate(self, text: str) -> None:
        assert value(FIRM | {"CF_CFLB": text}, "CF_CFLB") == "罚款;警告"

    def test_other_may_be_explained(self) -> None:
        assert found(FIRM | {"CF_CFLB": "其他-责令改正、罚款"}) == {}

    def test_an_unknown_category_is_refused(self) -> None:
        assert found(FIRM | {"CF_CFLB": "批评教育"}) == {"choice.unknown": "CF_CFLB"}


def test_a_strange_document_number_is_only_pointed_out() -> None:
    row = FIRM | {"CF_WSH": "没有文号"}
    assert found(row) == {"document_no.shape": "CF_WSH"}
    assert not is_refused(check_row(row, CF, CONTEXT))


class TestTheSameRow:
    def key(self, row: dict[str, str]) -> object:
        return duplicate_key(typed_row(row, CF, CONTEXT), CF)

    def test_brackets_and_width_do_not_make_another_document(self) -> None:
        assert self.key(FIRM) == self.key(FIRM | {"CF_WSH": "苏示市监罚（2026）１号"})

    def test_one_decision_about_two_parties_is_two_rows(self) -> None:
        assert self.key(FIRM) != self.key(FIRM | {"CF_XDR_SHXYM": "91320199MA00000T4W"})

    def test_one_number_of_two_authorities_is_two_decisions(self) -> None:
        assert self.key(FIRM) != self.key(FIRM | {"CF_CFJGDM": "123201990000000510"})

    def test_a_row_without_identity_is_never_called_the_same(self) -> None:
        assert self.key(FIRM | {"CF_XDR_SHXYM": ""}) is None


class TestColumns:
    def codes(self, headers: list[str]) -> dict[str, str]:
        return {finding.field: finding.code for finding in check_headers(headers, CF, CONTEXT)}

    @pytest.mark.parametrize("header", ["血型", "当事人宗教信仰", "指 纹", "既往病史（必填）"])
    def test_forbidden_content_refuses_the_whole_column(self, header: str) -> None:
        findings = [f for f in check_headers([*CF.codes, header], CF, CONTEXT) if f.field == header]
        assert Severity.ERROR in {finding.severity for finding in findings}
        assert "column.prohibited" in {finding.code for finding in findings}

    def test_missing_doubled_and_unknown_columns_are_named(self) -> None:
        headers = [code for code in CF.codes if code != "CF_WSH"] + ["处罚机关", "批次号"]
        assert self.codes(headers) == {
            "CF_WSH": "column.missing",
            "处罚机关": "column.doubled",
            "批次号": "column.unknown",
        }

    def test_proper_columns_and_a_few_slips_are_not_called_shifted(self) -> None:
        slipped = FIRM | {"CF_XDR_SHXYM": "自然人"}
        assert check_shift([FIRM] * 9, CF, CONTEXT) == []
        assert check_shift([FIRM] * 9 + [slipped] * 3, CF, CONTEXT) == []

    def test_a_kind_standing_in_the_code_column_is_noticed(self) -> None:
        slipped = FIRM | {"CF_XDR_SHXYM": "自然人", "CF_XDR_LB": "91320199MA00000156"}
        findings = check_shift([slipped] * 9, CF, CONTEXT)
        assert {(f.code, f.field) for f in findings} == {
            ("column.shifted", "CF_XDR_LB"),
            ("column.shifted", "CF_XDR_SHXYM"),
        }
        assert all(finding.row == 0 for finding in findings)


class TestWords:
    def findings(self) -> list[Finding]:
        rows = [dict.fromkeys(CF.codes, secret) for secret in ("320199197106253780", "张三丰", "5 000", "\x00秘密")]
        return [finding for row in rows for finding in check_row(row, CF, CONTEXT)]

    def test_no_message_shows_what_a_cell_holds(self) -> None:
        for finding in self.findings():
            said = " ".join(str(getattr(finding, name)) for name in ("zh", "en", "remedy_zh", "shape_zh", "shape_en"))
            assert not any(secret in said for secret in ("320199197106253780", "张三丰", "5 000", "秘密"))

    def test_every_finding_speaks_both_languages_and_names_a_remedy(self) -> None:
        for finding in self.findings():
            assert finding.zh and finding.en and finding.remedy_zh and finding.remedy_en and finding.basis
            assert "{" not in finding.zh + finding.en + finding.remedy_zh + finding.remedy_en

    def test_the_english_names_the_field_in_english(self) -> None:
        finding = check_row(FIRM | {"CF_WSH": ""}, CF, CONTEXT)[0]
        assert finding.en == "Number of the penalty decision is empty."
        assert finding.zh == "行政处罚决定书文号未填写。"


class TestRuleList:
    def test_the_file_and_the_programme_name_the_same_rules(self) -> None:
        assert set(RULES) == CODES

    def test_a_missing_or_unknown_rule_is_refused(self) -> None:
        fewer, more = deepcopy(TEXTS), deepcopy(TEXTS)
        del fewer["rules"]["uscc.wrong"]
        more["rules"]["uscc.rong"] = more["rules"]["uscc.wrong"]
        for law in (fewer, more):
            with pytest.raises(RuleFault):
                parse_rules(law)

    def test_a_rule_that_has_ended_is_silent(self) -> None:
        law = deepcopy(TEXTS)
        law["rules"]["document_no.shape"]["until"] = date(2026, 1, 1)
        fewer = Context(parse_rules(law, TODAY), TODAY, TODAY)
        assert found(FIRM | {"CF_WSH": "没有文号"}, fewer) == {}


def test_a_licence_is_read_by_the_same_rules() -> None:
    licence = {
        "XK_XDR_MC": "江苏示例食品有限公司",
        "XK_XDR_LB": "02",
        "XK_XDR_SHXYM": "91320199MA00000156",
        "XK_FRDB": "王某",
        "XK_XKWS": "食品经营许可证",
        "XK_WSH": "苏示许〔2026〕1号",
        "XK_XKLB": "01",
        "XK_NR": "食品销售",
        "XK_JDRQ": "2026-11-18",
        "XK_YXQZ": "2026-11-19",
        "XK_YXQZI": "2026-11-18",
        "XK_XKJG": "示例市市场监督管理局",
        "XK_XKJGDM": "113201990000000438",
        "XK_ZT": "有效",
        "XK_LYDW": "示例市市场监督管理局",
        "XK_LYDWDM": "113201990000000438",
    }
    assert [finding.code for finding in check_row(licence, XK, CONTEXT)] == ["date.order"]
    assert check_row(licence | {"XK_YXQZI": "长期"}, XK, CONTEXT) == []
