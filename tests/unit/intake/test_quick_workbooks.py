"""The quick way through a workbook means what reading cell by cell means, or steps aside."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.intake.readers import faults
from chengxin.intake.readers.quick import Opening, number_text, quick_table
from chengxin.intake.readers.workbook import cell_by_cell, read_workbook

TEXTS = st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="_"), max_size=8)
NUMBERS = st.one_of(
    st.integers(-(10**14), 10**14), st.floats(-1e12, 1e12, allow_nan=False), st.sampled_from([1e-7, 0.1 + 0.2, -0.0])
)
FIRST, LAST = datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2099-12-31")
DAYS = st.datetimes(FIRST, LAST).map(lambda at: at.replace(microsecond=0))
KINDS = [TEXTS, NUMBERS, DAYS, st.booleans(), st.one_of(TEXTS, NUMBERS)]


def workbook(rows: list[list[Any]], at: tuple[int, int] = (0, 0)) -> bytes:
    """Return a workbook of these cells; None leaves a cell out."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                _write(sheet, at[0] + down, at[1] + right, value, moment)
    return made.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, moment)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value)


def quick(content: bytes) -> Any:
    file = io.BytesIO(content)
    with Opening() as opening:
        opening.begin(file)
        return quick_table(file, opening)


def slow(content: bytes) -> Any:
    return cell_by_cell("xlsx", io.BytesIO(content))


def same(content: bytes) -> None:
    found, meant = quick(content), slow(content)
    assert found is not None
    assert found.headings == meant.headings
    assert found.frame.equals(meant.frame.select(found.frame.columns))


@st.composite
def sheets(draw: st.DrawFn) -> list[list[Any]]:
    """Columns of one kind each, most of them, with blank cells and blank rows."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    columns = [st.none() | kind for kind in kinds]
    body = draw(st.lists(st.tuples(*columns), min_size=1, max_size=6))
    return [[f"列{at}" for at in range(len(kinds))], *map(list, body)]


@settings(max_examples=120, deadline=None)
@given(sheets())
def test_it_reads_what_reading_cell_by_cell_reads_or_steps_aside(rows):
    content = workbook(rows)
    found = quick(content)
    if found is not None:
        meant = slow(content)
        assert found.headings == meant.headings
        assert found.frame.equals(meant.frame.select(found.frame.columns))


def test_a_plain_table_goes_the_quick_way():
    days = [datetime.fromisoformat("2026-01-02"), datetime.fromisoformat("2026-01-03T04:05:06")]
    same(workbook([["名称", "金额", "日期"], ["甲", 1, days[0]], ["乙", 2.5, days[1]]]))


WORDS = ["#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"]


@pytest.mark.parametrize("beside", [1.5, datetime.fromisoformat("2026-01-02")], ids=["number", "day"])
@pytest.mark.parametrize("word", [*WORDS, "NULL", "NaN", "None", "n/a", "nan", "null"])
def test_a_word_among_numbers_or_days_is_read_and_not_taken_for_nothing(word, beside):
    """A row in which nothing else is written would vanish, and a word where an amount is due would not be told of."""
    content = workbook([["名称", "金额"], [None, word], ["甲", beside]])
    assert quick(content) is None
    assert read_workbook(io.BytesIO(content), len(content)).frame["1"].to_list()[0] == word


def test_a_blank_among_numbers_still_goes_the_quick_way():
    same(workbook([["名称", "金额"], ["甲NA", None], ["NA甲", 2.5]]))


def test_blank_rows_keep_their_numbers():
    content = workbook([["名称"], ["甲"], [None], ["乙"]])
    same(content)
    assert quick(content).frame["__row__"].to_list() == [2, 4]


@pytest.mark.parametrize(
    "content",
    [
        workbook([["名称"], ["甲"]], at=(2, 0)),
        workbook([["名称"], ["甲"]], at=(0, 1)),
        workbook([["名称", "名称"], ["甲", "乙"]]),
        workbook([["名称", None, "日期"], ["甲", "乙", "丙"]]),
        workbook([["名称"], ["甲", "多出一格"]]),
        workbook([["金额"], [1], ["五"]]),
        workbook([["是否"], [True], [False]]),
        workbook([["名称"]]),
    ],
)
def test_whatever_is_not_plain_is_read_cell_by_cell(content):
    assert quick(content) is None


@pytest.mark.parametrize("value", [12345678901234567, 1e300])
def test_a_number_that_lost_digits_is_refused_at_the_same_place(value):
    content = workbook([["名称", "号码"], ["甲", 1], ["乙", value]])
    told = []
    for read in (quick, slow):
        with pytest.raises(faults.DigitsLost) as refusal:
            read(content)
        told.append(refusal.value.zh)
    assert told[0] == told[1]


def test_the_door_gives_the_same_table_either_way():
    content = workbook([["名称", "金额"], ["甲", 1]])
    whole = read_workbook(io.BytesIO(content), len(content))
    assert whole.frame.equals(slow(content).frame.select(whole.frame.columns))


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (-0.0, "0"), (1e-7, "0.0000001"), (0.1, "0.1")])
def test_numbers_are_written_as_people_write_them(value, text):
    assert number_text(value) == text
