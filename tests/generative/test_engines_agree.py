"""The fast engine gives, for every row anyone can write, exactly the answer of the plain engine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from chengxin.engines import cellcolumns, columnar, reference
from chengxin.rules.layouts import Field, FieldType, Layout, parse_layout
from chengxin.rules.validation.cells import NOTHING
from chengxin.rules.validation.codes import parse_rules
from chengxin.rules.validation.context import Context

LAW = Path(__file__).parents[2] / "law" / "national"
LAYOUTS = {p.stem: parse_layout(yaml.safe_load(p.read_text())) for p in sorted((LAW / "layouts").glob("*.yaml"))}
RULES = parse_rules(yaml.safe_load((LAW / "validation.yaml").read_text()))
TODAY = date(2026, 11, 22)
CONTEXT = Context(RULES, TODAY, TODAY, on_time_from=date(2026, 11, 12))

USCCS = [
    *("91320199MA00000156", "91320199MA00000T4W", "92320199MA0000023X", "113201990000000438", "913400005957472253"),
    *("91350203M0001FUE2P", "320199197106253780", "32019919970719237X", "111111111111111111", "91320199MA0000015"),
    *("９１320199ma00000156", "91320199MA00000157", "9132019\u200b9MA00000156", "91320199MI00000156"),
]
NUMBERS = [
    *("320199198002290012", "320199199912310021", "329999200001010033", "320199202402299998", "320199800229001"),
    *("32019919970719237x", "320199198002290013", "E12345678", "H12345678", "320199190002290012", "911124199108030012"),
]
DATES = [
    *("2026-11-20", "2026/1/2", "20260102", "2026年1月2日", "1899-12-31", "1900-01-01", "2099-12-31", "9999-09-09"),
    *(
        "长期",
        "46000",
        "46000.0",
        "2026-02-30",
        "2027-01-01",
        "1948-12-31",
        "2026-11-12 10:00:00",
        "12",
        "２０２６-01-02",
    ),
]
AMOUNTS = [
    "5",
    "0",
    "0.000000",
    "5.123456",
    "5 000",
    "伍万元",
    "50000",
    "20000",
    "-5",
    "1,234,567",
    "1e3",
    "000150",
    "1.",
]
DOCUMENTS = [
    "X罚〔2025〕1号",
    "苏罚(2025)第12号",
    "X罰〔2025〕1號",
    "x罚[2025]1号",
    "无文号",
    "第1号",
    "某局罚〔2025〕007号",
]
SAID = [
    "罚款50000元",
    "罚款 5 万元",
    "罚款150.00元",
    "警告",
    "a\x00b",
    "左\u202e右",
    " 前后有空 ",
    "，\u3000",
    "\u200b",
]

OPEN = ["其他-责令改正", "", " 罚款 ", "警告、罚款"]
KNOWN = [*USCCS, *NUMBERS, *DATES, *AMOUNTS, *DOCUMENTS, *SAID]


def cell(field: Field) -> st.SearchStrategy[str | None]:
    """Values of the field's kind, values of other kinds, stand-ins for nothing, and anything at all."""
    listed = [spelling for choice in field.choices for spelling in (choice.value, *choice.also)]
    own = {
        FieldType.CHOICES: st.lists(st.sampled_from([*listed, "其他-责令改正", "", " 罚款 "]), max_size=3).map(
            "；".join
        ),
        FieldType.CHOICE: st.sampled_from([*listed, "04 "]),
        FieldType.DATE: st.sampled_from(DATES) | st.dates().map(str),
        FieldType.UNTIL: st.sampled_from(DATES) | st.dates().map(str),
        FieldType.WAN: st.sampled_from(AMOUNTS) | st.decimals(0, 10**6, places=6).map(str),
        FieldType.USCC: st.sampled_from(USCCS) | st.from_regex(r"\A[19][1-3][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}\Z"),
        FieldType.PERSON_CODE: st.sampled_from(NUMBERS) | st.from_regex(r"\A3201991[0-9]{10}[0-9X]\Z"),
        FieldType.DOCUMENT_NO: st.sampled_from(DOCUMENTS) | st.integers(1, 99).map(lambda n: f"X罚〔2025〕{n}号"),
        FieldType.ORG_CODE: st.sampled_from(["MA0000015", "MA000001-5", "123"]),
        FieldType.TEXT: st.sampled_from(SAID) | st.text(max_size=60),
    }[field.type]
    strange = st.sampled_from([*USCCS, *NUMBERS, *DATES, *AMOUNTS, *SAID, *NOTHING]) | st.text(max_size=30) | st.none()
    return st.integers(0, 9).flatmap(lambda n: strange if n == 0 else st.just("") if n == 1 else own)


def rows(layout: Layout) -> st.SearchStrategy[list[dict[str, str | None]]]:
    """A few rows of a layout, some of them repeated."""
    one = st.fixed_dictionaries({field.code: cell(field) for field in layout.fields})
    many = st.lists(one, min_size=1, max_size=4)
    return many.flatmap(lambda found: st.lists(st.sampled_from(found), min_size=1, max_size=8))


def frame(layout: Layout, lines: list[dict[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=dict.fromkeys(layout.codes, pl.String))


def assert_same(layout: Layout, file: pl.DataFrame, context: Context = CONTEXT) -> None:
    plain, fast = reference.validate(file, layout, context), columnar.validate(file, layout, context)
    assert_frame_equal(plain.findings, fast.findings)
    assert_frame_equal(plain.typed, fast.typed)
    assert_series_equal(plain.bad, fast.bad)


@pytest.fixture(autouse=True, params=[-1, cellcolumns.FEW], ids=["whole-columns", "distinct-texts"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files repeat themselves; without this the reading of whole columns would never be put to the test."""
    monkeypatch.setattr(cellcolumns, "FEW", request.param)


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_both_engines_agree_on_any_rows(name: str) -> None:
    layout = LAYOUTS[name]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows(layout))
    def agree(lines: list[dict[str, str | None]]) -> None:
        assert_same(layout, frame(layout, lines))

    agree()


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is said about rows (row 0 is the file, judged by its first rows) does not depend on the chunks."""
    layout = LAYOUTS["cf"]
    monkeypatch.setattr(columnar, "CHUNK", 3)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows(layout))
    def agree(lines: list[dict[str, str | None]]) -> None:
        file = frame(layout, lines * 2)
        plain, fast = reference.validate(file, layout, CONTEXT), columnar.validate(file, layout, CONTEXT)
        assert_frame_equal(plain.findings.filter(pl.col("row") > 0), fast.findings.filter(pl.col("row") > 0))
        assert_frame_equal(plain.typed, fast.typed)

    agree()


def test_every_type_reads_any_text_alike() -> None:
    """One column of each type, filled with the same arbitrary texts."""
    layout = LAYOUTS["cf"]

    @settings(max_examples=80, deadline=None)
    @given(st.lists(st.text(max_size=20) | st.sampled_from(KNOWN), min_size=1))
    def agree(texts: list[str]) -> None:
        assert_same(layout, frame(layout, [dict.fromkeys(layout.codes, text) for text in texts]))

    agree()


def test_the_comparison_can_fail() -> None:
    """Negative control: an engine that forgets the check digits would be caught."""
    layout = LAYOUTS["cf"]
    good = frame(layout, [{"CF_XDR_SHXYM": "91320199MA00000156"}])
    wrong = frame(layout, [{"CF_XDR_SHXYM": "91320199MA00000157"}])
    with pytest.raises(AssertionError):
        assert_frame_equal(
            reference.validate(wrong, layout, CONTEXT).findings, columnar.validate(good, layout, CONTEXT).findings
        )


def test_an_empty_file_is_an_answer() -> None:
    layout = LAYOUTS["cf"]
    assert_same(layout, frame(layout, []))


def test_absent_columns_count_as_empty() -> None:
    layout = LAYOUTS["xk"]
    assert_same(layout, pl.DataFrame({"XK_XDR_MC": ["甲公司", None]}))


def test_a_rule_not_in_force_is_silent() -> None:
    layout = LAYOUTS["cf"]
    fewer = Context({code: rule for code, rule in RULES.items() if code != "cell.required"}, TODAY, TODAY)
    file = frame(layout, [{"CF_XDR_LB": "自然人"}])
    assert_same(layout, file, fewer)
    assert "cell.required" not in columnar.validate(file, layout, fewer).findings["code"]
