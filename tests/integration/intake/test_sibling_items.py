"""One decision is stored once, under whichever of the items of penalties it is filed first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import elsewhere, selectors, withdrawals
from chengxin.intake.models import Submission
from chengxin.intake.withdrawals import Ground
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def sent(clerk: User, item: str, *rows: filings.Row) -> Submission:
    found = list(rows) or [filings.FIRM_ROW]
    return filings.file(filings.as_csv(found), clerk, name=f"{item}-{len(found)}.csv", item=item)


def codes(submission: Submission) -> list[str]:
    view = selectors.in_words(submission, selectors.rows(submission))
    return [finding.code for row in view for finding in row.findings]


def take_back(clerk: User) -> None:
    ground = Ground("mistake", None, "", "报错了目录项")
    record, now = Record.objects.get().pk, make.NOW + timedelta(hours=1)
    withdrawals.withdraw(record, ground, actor=clerk, now=now, today=make.TODAY)


def test_a_decision_of_one_item_goes_back_from_the_other_and_names_where_it_stands(clerk: User) -> None:
    sent(clerk, make.PENALTY)
    again = sent(clerk, make.SIMPLE_PENALTY)
    assert (selectors.summary(again).returned, Record.objects.count()) == (1, 1)
    told = selectors.in_words(again, selectors.rows(again))[0].findings[-1]
    assert told.code == "record.other_item"
    assert "行政处罚信息（普通程序）" in told.zh and "ordinary procedure" in told.en
    assert "撤回" in told.remedy_zh


def test_the_same_number_about_another_subject_is_another_fact(clerk: User) -> None:
    sent(clerk, make.PENALTY)
    other = filings.FIRM_ROW | {"CF_XDR_SHXYM": make.OTHER_FIRM, "CF_XDR_MC": "澄江远山物流有限公司"}
    sent(clerk, make.SIMPLE_PENALTY, other)
    assert Record.objects.count() == 2


def test_after_the_source_took_the_first_back_the_right_item_takes_it(clerk: User) -> None:
    sent(clerk, make.PENALTY)
    take_back(clerk)
    again = sent(clerk, make.SIMPLE_PENALTY)
    assert (selectors.summary(again).admitted, codes(again)) == (1, [])


def test_a_record_of_its_own_is_told_of_before_one_of_the_sibling(clerk: User) -> None:
    sent(clerk, make.PENALTY)
    take_back(clerk)
    sent(clerk, make.SIMPLE_PENALTY)
    again = sent(clerk, make.PENALTY, filings.FIRM_ROW, filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕9号"})
    assert codes(again) == ["record.withdrawn"]


def test_asking_about_a_sibling_is_one_statement_for_all_rows(clerk: User) -> None:
    firm = make.firm()
    item = make.draft(firm).item
    facts = [(make.AGENCY, f"示交罚〔2026〕{n}号", firm.id) for n in range(50)]
    elsewhere.judged(item, facts)
    with CaptureQueriesContext(connection) as asked:
        assert elsewhere.judged(item, facts) == [None] * 50
    assert len(asked) == 1


def test_tables_in_which_a_document_says_many_things_have_no_siblings(clerk: User) -> None:
    firm = make.firm()
    draft = make.draft(firm, item=make.HONOUR, content={})
    with CaptureQueriesContext(connection) as asked:
        assert elsewhere.judged(draft.item, [(draft.authority_code, draft.document_no, firm.id)]) == [None]
    assert len(asked) == 0
