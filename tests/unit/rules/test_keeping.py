"""How long what was given may be kept: the contract's days, never beyond the contract itself."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules import keeping

END, GIVEN = date(2026, 12, 31), date(2026, 1, 10)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def test_the_term_or_the_contract_ends_it_whichever_is_first():
    assert keeping.keep_until(GIVEN, 30, END) == date(2026, 2, 9)
    assert keeping.keep_until(GIVEN, 3000, END) == END
    assert keeping.keep_until(GIVEN, None, END) == END


def test_the_last_day_itself_is_still_allowed_and_then_there_is_time_to_confirm():
    assert not keeping.is_due(END, END) and keeping.is_due(END, END + timedelta(1))
    assert not keeping.is_late(END, 10, END + timedelta(10)) and keeping.is_late(END, 10, END + timedelta(11))


@given(DAYS, st.none() | st.integers(1, 2000), DAYS, DAYS)
def test_what_was_given_before_the_day_is_exactly_what_is_due(given_on, days, end, today):
    due = keeping.is_due(keeping.keep_until(given_on, days, end), today)
    assert due == (given_on < keeping.given_before(days, end, today))
