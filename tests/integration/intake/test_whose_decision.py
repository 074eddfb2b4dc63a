"""谁产生、谁负责: whose decision a row says it is, and by which procedure it says it was made."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import selectors
from chengxin.intake.models import Submission
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def sent(clerk: User, changed: filings.Row, item: str = make.PENALTY) -> Submission:
    return filings.file(filings.as_csv([filings.FIRM_ROW | changed]), clerk, item=item)


def with_column(heading: str, value: str) -> bytes:
    head, row, *_ = filings.as_csv([filings.FIRM_ROW]).decode().split("\r\n")
    return f"{head},{heading}\r\n{row},{value}\r\n".encode()


def codes(submission: Submission) -> dict[str, int]:
    return dict(selectors.summary(submission).by_code)


def test_another_agency_s_decision_is_taken_with_a_warning(clerk: User) -> None:
    found = sent(clerk, {"CF_CFJGDM": make.OTHER_AGENCY})
    assert (selectors.summary(found).admitted, codes(found)) == (1, {"authority.differs": 1})


def test_a_firm_is_no_authority(clerk: User) -> None:
    found = sent(clerk, {"CF_CFJGDM": make.OTHER_FIRM, "CF_SJLYDM": make.OTHER_AGENCY})
    assert codes(found) == {"authority.kind": 1, "authority.differs": 1, "source.differs": 1}
    row = selectors.in_words(found, selectors.rows(found))[0]
    assert {told.field for told in row.findings} == {"CF_CFJGDM", "CF_SJLYDM"}


@pytest.mark.parametrize(("item", "value"), [(make.PENALTY, "01"), (make.PENALTY, "简易"), (make.SIMPLE_PENALTY, "02")])
def test_a_decision_by_another_procedure_than_the_item_s_goes_back_to_the_right_item(
    clerk: User, item: str, value: str
) -> None:
    found = filings.file(with_column("CASE_PROCESS_TYPE", value), clerk, item=item)
    assert selectors.summary(found).returned == 1
    told = selectors.in_words(found, selectors.rows(found))[0].findings[-1]
    assert told.code == "row.procedure" and "JS-CF-02" in told.remedy_zh
    assert told.cited == "行政处罚法第五十一条、第五十四条"
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("item", "value"), [(make.PENALTY, "02"), (make.PENALTY, ""), (make.PENALTY, "99"), (make.SIMPLE_PENALTY, "01")]
)
def test_the_procedure_of_the_item_and_words_nobody_knows_keep_no_row_out(clerk: User, item: str, value: str) -> None:
    found = filings.file(with_column("CASE_PROCESS_TYPE", value), clerk, item=item)
    assert selectors.summary(found).admitted == 1


def test_a_large_fine_beside_a_warning_alone_is_not_admitted_as_a_mild_penalty(clerk: User) -> None:
    found = sent(clerk, {"CF_CFLB": "警告", "CF_NR_FK": "50"})
    assert (selectors.summary(found).returned, codes(found)) == (1, {"fine.category": 1})
    assert not Record.objects.exists()


def test_what_is_filed_as_simple_is_not_advised_to_be_filed_as_simple(clerk: User) -> None:
    small = {"CF_NR_FK": "0.1", "CF_NR": "罚款1000元"}
    assert codes(sent(clerk, small)) == {"penalty.simple": 1}
    assert codes(sent(clerk, small | {"CF_WSH": "示交罚〔2026〕9号"}, make.SIMPLE_PENALTY)) == {}
