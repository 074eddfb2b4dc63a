"""C05: a complaint, a rating or a report is a lead; only a decision document becomes a record of dishonesty."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import receiving, selectors
from chengxin.intake.checking import Checked
from chengxin.intake.models import Submission
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


@pytest.mark.parametrize("field", ["CF_WSH", "CF_JDRQ", "CF_CFJG", "CF_CFJGDM"])
def test_without_number_date_or_authority_of_the_decision_nothing_negative_is_stored(clerk: User, field: str) -> None:
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {field: ""}]), clerk)
    assert selectors.summary(sent).returned == 1
    assert not Record.objects.exists()


def test_it_does_not_hang_on_the_table_saying_that_a_field_is_required(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the table's own rules pass everything: the room still refuses a penalty without a decision."""
    lines = receiving.lines

    def lenient(checked: Checked, submission: Submission, today: object) -> object:
        blind = Checked(checked.table, checked.layout, checked.codes, checked.typed, {}, frozenset(), [])
        return lines(blind, submission, today)

    monkeypatch.setattr(receiving, "lines", lenient)
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": ""}]), clerk)
    assert selectors.summary(sent).by_code == {"decision.missing": 1}
    assert not Record.objects.exists()


def test_the_reason_says_that_complaints_are_leads(clerk: User) -> None:
    from chengxin.intake import rulebook

    assert "只是线索" in rulebook.besides()["decision.missing"].zh


def test_a_decision_in_order_becomes_a_record(clerk: User) -> None:
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert Record.objects.count() == 1
