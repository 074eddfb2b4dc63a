"""A department sends a file; every row is admitted, returned with a reason, or waits for a person."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import Message, User
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.intake import policies, selectors, services
from chengxin.intake.models import Admission, Question, Submission, SubmissionRow
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record, RecordVersion
from chengxin.registry.subjects import rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def states(submission: Submission) -> dict[int, str]:
    return dict(SubmissionRow.objects.filter(submission=submission).values_list("row_no", "state"))


def standing() -> list[int]:
    """Count everything that a submission writes."""
    return [table.objects.count() for table in (Record, RecordVersion, Entry, Submission, SubmissionRow, Message)]


@pytest.mark.parametrize("write", [filings.as_csv, filings.as_xlsx])
def test_good_rows_become_records_whatever_the_format(clerk: User, write) -> None:
    sent = filings.file(write([filings.FIRM_ROW, filings.PERSON_ROW]), clerk)
    figures = selectors.summary(sent)
    assert (figures.received, figures.admitted, figures.returned) == (2, 2, 0)
    assert sent.state == Submission.State.ADMITTED
    firm = registry.find_organisation(make.FIRM)
    version = registry.held(firm.id, make.TODAY).get()
    assert version.content["CF_NR_FK"] == {"fen": 500_000, "original": "0.5", "unit": "万元"}
    assert version.content["CF_YXQ"] == "长期"
    assert version.record.evidence == "code+name"
    assert selectors.source_of(version.record_id) == (sent, 2)


def test_the_same_file_again_changes_nothing(clerk: User) -> None:
    content = filings.as_csv(filings.rows(5))
    first = filings.file(content, clerk)
    before = (
        Record.objects.count(),
        RecordVersion.objects.count(),
        Entry.objects.count(),
        SubmissionRow.objects.count(),
    )
    again = filings.file(content, clerk)
    assert again == first
    after = (
        Record.objects.count(),
        RecordVersion.objects.count(),
        Entry.objects.count(),
        SubmissionRow.objects.count(),
    )
    assert after == before


def test_the_same_rows_in_another_file_are_known_already(clerk: User) -> None:
    filings.file(filings.as_csv(filings.rows(5)), clerk)
    again = filings.file(filings.as_xlsx(list(reversed(filings.rows(5)))), clerk)
    assert selectors.summary(again).duplicate == 5
    assert Record.objects.count() == 5


def test_a_bracket_typed_differently_does_not_make_another_record(clerk: User) -> None:
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": "示交罚[2026] 1号"}]), clerk)
    assert Record.objects.count() == 1


def test_a_row_that_contradicts_a_record_is_returned_and_the_record_stays(clerk: User) -> None:
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk, name="九月.csv")
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_NR_FK": "0.6"}]), clerk)
    assert selectors.summary(sent).by_code == {"record.differs": 1}
    assert states(sent) == {2: "returned"}
    assert RecordVersion.objects.get().content["CF_NR_FK"]["fen"] == 500_000
    (row,) = selectors.in_words(sent, selectors.rows(sent))
    assert "已有记录来自“九月.csv”第 2 行" in row.findings[0].zh and "row 2 of “九月.csv”" in row.findings[0].en
    assert "看差异，确认更正" in row.findings[0].remedy_zh


def test_where_another_agency_filed_the_record_its_file_is_not_told(clerk: User) -> None:
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk, name="九月.csv")
    other = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_NR_FK": "0.6"}]), other)
    told = [found for row in selectors.in_words(sent, selectors.rows(sent)) for found in row.findings]
    assert "record.differs" in [found.code for found in told]
    assert not any("九月" in found.zh + found.en for found in told)


def test_bad_rows_are_returned_and_good_rows_of_the_same_file_are_admitted(clerk: User) -> None:
    bad = filings.FIRM_ROW | {"CF_XDR_SHXYM": "111111111111111111", "CF_WSH": "示交罚〔2026〕9号"}
    sent = filings.file(filings.as_csv([filings.FIRM_ROW, bad, filings.PERSON_ROW]), clerk)
    assert states(sent) == {2: "admitted", 3: "returned", 4: "admitted"}
    told = selectors.in_words(sent, selectors.rows(sent, "returned"))[0]
    assert told.row_no == 3
    assert told.findings[0].field == "CF_XDR_SHXYM"
    assert told.findings[0].zh and told.findings[0].remedy_zh and told.findings[0].en


def test_a_row_with_another_number_of_cells_is_that_rows_error_only(clerk: User) -> None:
    content = filings.as_csv(filings.rows(3)).replace("示交罚〔2026〕2号,".encode(), "示交罚〔2026〕2号,,,".encode())
    sent = filings.file(content, clerk)
    assert states(sent) == {2: "admitted", 3: "returned", 4: "admitted"}


def test_a_dry_run_stores_nothing(clerk: User) -> None:
    sent = filings.file(filings.as_csv(filings.rows(3)), clerk, dry_run=True)
    assert sent.counts["received"] == 3
    assert not Submission.objects.exists()
    assert not Record.objects.exists()
    assert not Entry.objects.exists()


def test_a_known_code_under_another_name_waits_for_a_person(clerk: User) -> None:
    make.firm(name="别名有限公司")
    sent = filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert states(sent) == {2: "waiting"}
    assert not Record.objects.exists()
    assert Question.objects.get().reason == "subject.name_differs"


def test_a_former_name_is_agreement_and_the_evidence_says_so(clerk: User) -> None:
    subject = make.firm()
    rename(subject, "新名有限公司", make.TODAY)
    filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    assert Record.objects.get().evidence == "code+former_name"


def test_a_stranger_may_not_submit(clerk: User) -> None:
    stranger = make.user("stranger", Role.ENQUIRER, of=clerk.agency)
    with pytest.raises(NotPermitted):
        filings.file(filings.as_csv(filings.rows(1)), stranger)
    other = filings.clerk(make.agency(make.OTHER_AGENCY, queries_records=True), "other")
    with pytest.raises(policies.NotASource):
        filings.file(filings.as_csv(filings.rows(1)), other)
    with pytest.raises(policies.NotYourAgency):
        services.submit(
            other.agency, make.PENALTY, "x.csv", io.BytesIO(b"x"), actor=clerk, now=make.NOW, today=make.TODAY
        )


def test_admitted_rows_keep_no_second_copy_and_returned_rows_can_be_forgotten(clerk: User) -> None:
    bad = filings.FIRM_ROW | {"CF_WSH": ""}
    sent = filings.file(filings.as_csv([filings.FIRM_ROW, bad]), clerk)
    sealed = dict(SubmissionRow.objects.filter(submission=sent).values_list("row_no", "sealed"))
    assert sealed[2] is None
    assert sealed[3] is not None
    assert services.forget_rows(make.NOW + timedelta(days=1), now=make.NOW + timedelta(days=1)) == 1


def test_a_filing_for_another_source_is_admitted_with_a_warning(clerk: User) -> None:
    sent = filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_SJLYDM": make.OTHER_AGENCY}]), clerk)
    assert selectors.summary(sent).by_code.get("source.differs") == 1
    assert Admission.objects.count() == 1
