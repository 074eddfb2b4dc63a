"""Rules with versions, what a finding cites, and the everyday spellings of dates and amounts."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import yaml

from chengxin.rules.layouts import LayoutFault, parse_layout
from chengxin.rules.validation.codes import INTAKE_CODES, RuleFault, parse_rules
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.dates import UNLIMITED, end_of_validity, parse_date
from chengxin.rules.validation.rows import check_row, typed_row

LAW = Path(__file__).parents[3] / "law" / "national"
TEXTS = yaml.safe_load((LAW / "validation.yaml").read_text())
CASES = yaml.safe_load((LAW / "cases" / "rows" / "cf.yaml").read_text())
LAYOUTS = {path.stem: yaml.safe_load(path.read_text()) for path in (LAW / "layouts").glob("*.yaml")}
CF = parse_layout(LAYOUTS["cf"])
TODAY = date(2026, 11, 22)
CHANGED = date(2021, 7, 15)


def simple(decided: date, yuan: int, filed: date = TODAY) -> list[tuple[str, str]]:
    """What is cited, and the figure compared with, for a fine of a firm decided on a day."""
    row = CASES["base"] | {"CF_JDRQ": decided.isoformat(), "CF_NR_FK": str(yuan / 10_000), "CF_NR": "罚款"}
    found = check_row(row, CF, Context(parse_rules(TEXTS, filed), filed, filed))
    return [(each.cited, "3000" if "3000" in each.zh else "1000") for each in found if each.code == "penalty.simple"]


def test_a_decision_is_judged_by_the_law_of_its_own_day_whenever_it_is_filed() -> None:
    before = date(2021, 7, 14)
    assert simple(before, 3000) == []
    assert simple(before, 1000) == [("行政处罚法（修订前）第三十三条", "1000")]
    assert simple(CHANGED, 3000) == [("行政处罚法第五十一条", "3000")]
    assert simple(before, 1000, filed=date(2021, 7, 20)) == simple(before, 1000)


def test_versions_that_overlap_are_refused() -> None:
    law = deepcopy(TEXTS)
    law["rules"]["penalty.simple"][0]["until"] = CHANGED
    with pytest.raises(RuleFault, match="重叠"):
        parse_rules(law)
    law["rules"]["penalty.simple"][0]["until"] = None
    with pytest.raises(RuleFault):
        parse_rules(law)


def test_of_several_versions_the_one_in_force_leads_to_the_others() -> None:
    then, now = (parse_rules(TEXTS, day)["penalty.simple"] for day in (date(2020, 1, 1), TODAY))
    assert (then.limits["organisation"], now.limits["organisation"]) == (1000, 3000)
    assert {each.since for each in then.versions} == {each.since for each in now.versions}
    assert parse_rules(TEXTS)["penalty.simple"].since == CHANGED


def test_what_intake_finds_besides_is_law_with_basis_and_remedy_too() -> None:
    rules = parse_rules(yaml.safe_load((LAW / "intake.yaml").read_text()), codes=INTAKE_CODES)
    assert all(rule.basis and rule.remedy_zh and rule.remedy_en for rule in rules.values())
    assert rules["record.withdrawn"].cited == "行政处罚法第四十八条"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-18T00:00:00Z", date(2026, 11, 18)),
        ("2026-11-17T16:00:00.000Z", date(2026, 11, 18)),
        ("2026-11-18t00:00:00+08:00", date(2026, 11, 18)),
        ("2026-11-18 23:30+0800", date(2026, 11, 18)),
        ("2026-11-18T23:30:00-05:00", date(2026, 11, 19)),
        ("2026-11-18T25:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
    ],
)
def test_a_moment_with_its_zone_is_the_day_it_was_in_china(written: str, day: date | None) -> None:
    assert parse_date(written) == day


def test_the_last_moment_of_all_time_still_means_no_end() -> None:
    assert end_of_validity("9999-12-31T23:59:59Z") == UNLIMITED


def test_an_amount_with_its_unit_is_told_so_before_what_it_looks_like() -> None:
    rules = Context(parse_rules(TEXTS), TODAY, TODAY)
    found = check_row(CASES["base"] | {"CF_NR_FK": "5万元"}, CF, rules)[0]
    assert found.code == "amount.unreadable"
    assert "金额栏内写了单位，3 个字符" in found.zh and "The cell holds a unit beside the number" in found.en


@pytest.mark.parametrize("name", ["ry", "generic", "cf", "xk"])
@pytest.mark.parametrize(("written", "kind"), [("1", "person"), ("2", "organisation"), ("4", "individual_business")])
def test_kinds_may_come_as_one_digit_in_every_table(name: str, written: str, kind: str) -> None:
    layout = parse_layout(LAYOUTS[name])
    field = next(each for each in layout.fields if each.role == "subject_kind")
    choice = field.choice(written)
    assert choice and choice.means == kind


def test_a_column_that_may_stand_in_is_enough_for_the_file() -> None:
    licence = parse_layout(LAYOUTS["xk"])
    without = [code for code in licence.codes if code != "XK_WSH"]
    assert licence.absent(without) == ()
    assert licence.absent([code for code in without if code != "XK_XKBH"]) == ("XK_WSH",)


def test_a_stand_in_that_the_table_does_not_have_is_refused() -> None:
    odd = deepcopy(LAYOUTS["xk"])
    next(each for each in odd["fields"] if each["code"] == "XK_WSH")["fallback"] = "XK_NICHTS"
    with pytest.raises(LayoutFault):
        parse_layout(odd)


def test_the_code_says_who_is_an_individual_business_where_the_table_does_not_ask() -> None:
    register, rules = parse_layout(LAYOUTS["jbxx"]), Context(parse_rules(TEXTS), TODAY, TODAY)
    kinds = [
        typed_row({"UNISCID": code}, register, rules).kind for code in ("92320199MA0000023X", "91320199MA00000156", "")
    ]
    assert kinds == ["individual_business", "organisation", "organisation"]
