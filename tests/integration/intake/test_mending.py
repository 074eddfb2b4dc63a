"""A row that was sent back is put right and filed again: only that row, by the one way in, and both texts are kept."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import mending, services
from chengxin.intake.models import Admission, Mending, RowState, Submission, SubmissionRow
from chengxin.intake.policies import NotYourAgency
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record
from chengxin.vault.services import Erased

pytestmark = pytest.mark.django_db(transaction=True)
WRONG_NUMBER = "320199198002290013"
WRONG = filings.PERSON_ROW | {"CF_XDR_ZJHM": WRONG_NUMBER, "CF_WSH": "示交罚〔2026〕7号"}
NO_FINE = filings.FIRM_ROW | {"CF_NR_FK": "伍千元", "CF_WSH": "示交罚〔2026〕8号"}


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def sent(clerk: User) -> Submission:
    """Rows 2 and 4 are wrong, row 3 is in order."""
    return filings.file(filings.as_csv([WRONG, filings.FIRM_ROW, NO_FINE]), clerk)


def opened(root: Submission, actor: User) -> mending.Sheet:
    return mending.sheet(root, mending.still_wrong(root), actor=actor, today=make.TODAY)


def key(found: mending.Sheet, code: str) -> str:
    return next(column.key for column in found.columns if column.code == code)


def mend(root: Submission, actor: User, row_no: int, **texts: str) -> tuple[Submission | None, int]:
    found = opened(root, actor)
    row = next(row for row in found.rows if row.row_no == row_no)
    changes = {row.pk: {key(found, code): text for code, text in texts.items()}}
    return mending.mend(root, changes, actor=actor, now=make.NOW, today=make.TODAY)


def test_the_sheet_holds_the_wrong_rows_with_what_is_wrong_in_which_column(sent: Submission, clerk: User) -> None:
    found = opened(sent, clerk)
    assert [row.row_no for row in found.rows] == [2, 4]
    assert {key(found, "CF_XDR_ZJHM"), key(found, "CF_NR_FK")} <= found.wrong
    assert found.rows[0].texts[key(found, "CF_XDR_ZJHM")] == WRONG_NUMBER
    assert found.rows[0].findings[0].remedy_zh


def test_a_mended_row_is_admitted_under_its_own_number_and_the_others_keep_their_verdict(
    sent: Submission, clerk: User
) -> None:
    before = SubmissionRow.objects.get(submission=sent, row_no=4).findings
    made, count = mend(sent, clerk, 2, CF_XDR_ZJHM=make.CITIZEN)
    assert made and count == 1
    assert list(SubmissionRow.objects.filter(submission=made).values_list("row_no", "state")) == [(2, "admitted")]
    left = SubmissionRow.objects.get(submission=sent, row_no=4)
    assert (left.state, left.findings) == (RowState.RETURNED, before)
    sent.refresh_from_db()
    assert (sent.counts["returned"], sent.counts["mended"], sent.counts["received"]) == (1, 1, 3)
    assert [row.row_no for row in opened(sent, clerk).rows] == [4]
    assert Record.objects.count() == 2


def test_what_the_file_said_stays_and_the_ledger_says_what_was_mended(sent: Submission, clerk: User) -> None:
    made, _ = mend(sent, clerk, 2, CF_XDR_ZJHM=make.CITIZEN)
    assert made
    kept = Mending.objects.get()
    old = SubmissionRow.objects.get(pk=kept.row_id)
    assert (old.state, old.submission_id, kept.changed) == ("mended", sent.id, ["证件号码"])
    assert len(kept.changed) == 1 and WRONG_NUMBER not in str(kept.changed)
    assert WRONG_NUMBER in mending._cells(SubmissionRow.objects.select_related("submission__key").get(pk=old.pk))
    leaf = Entry.objects.get(kind="submission.mended")
    body = json.loads(bytes(leaf.body))
    assert "1" in str(body) and WRONG_NUMBER not in str(body) and make.CITIZEN not in str(body)
    [was] = mending.earlier(made, 2)
    assert (was.submission.id, was.row_no) == (sent.id, 2)


def test_the_lineage_of_the_record_leads_back_to_the_row_of_the_file(
    sent: Submission, clerk: User, client: Client
) -> None:
    made, _ = mend(sent, clerk, 2, CF_XDR_ZJHM=make.CITIZEN)
    record = Admission.objects.get(row__submission=made).record_id
    client.force_login(clerk)
    page = client.get(f"/console/intake/records/{record}/lineage/").content.decode()
    assert "第 2 行，改了：证件号码" in page and f"/console/intake/{sent.id}/" in page


def test_the_same_request_again_changes_nothing(sent: Submission, clerk: User) -> None:
    found = opened(sent, clerk)
    changes = {found.rows[0].pk: {key(found, "CF_XDR_ZJHM"): make.CITIZEN}}
    first, _ = mending.mend(sent, changes, actor=clerk, now=make.NOW, today=make.TODAY)
    again, _ = mending.mend(sent, changes, actor=clerk, now=make.NOW, today=make.TODAY)
    assert first and again and first.id == again.id
    assert (Submission.objects.count(), Mending.objects.count(), Record.objects.count()) == (2, 1, 2)


def test_a_row_still_wrong_stays_with_its_new_finding_and_can_be_mended_again(sent: Submission, clerk: User) -> None:
    mend(sent, clerk, 4, CF_NR_FK="-3")
    row = next(row for row in opened(sent, clerk).rows if row.row_no == 4)
    assert [each.code for each in row.findings if each.severity == "error"] == ["amount.negative"]
    made, _ = mend(sent, clerk, 4, CF_NR_FK="0.5")
    assert made
    assert SubmissionRow.objects.get(submission=made, row_no=4).state == RowState.ADMITTED
    assert [was.submission.id == sent.id for was in mending.earlier(made, 4)] == [False, True]
    assert mending.root_of(made).id == sent.id


def test_nothing_changed_files_nothing(sent: Submission, clerk: User) -> None:
    assert mend(sent, clerk, 2, CF_XDR_ZJHM=WRONG_NUMBER) == (None, 0)
    assert Submission.objects.count() == 1


def test_two_clerks_cannot_mend_the_same_row_differently(sent: Submission, clerk: User) -> None:
    found = opened(sent, clerk)
    number = key(found, "CF_XDR_ZJHM")
    pk = found.rows[0].pk
    mending.mend(sent, {pk: {number: make.CITIZEN}}, actor=clerk, now=make.NOW, today=make.TODAY)
    with pytest.raises(mending.RowsMoved, match="第 2 行"):
        mending.mend(sent, {pk: {number: "1"}}, actor=clerk, now=make.NOW, today=make.TODAY)
    assert Submission.objects.count() == 2


def test_a_column_the_file_did_not_have_can_be_filled_in(clerk: User) -> None:
    row = {code: text for code, text in filings.FIRM_ROW.items() if code != "CF_NR_FK"}
    sent = filings.file(filings.as_csv([row]), clerk)
    found = opened(sent, clerk)
    assert key(found, "CF_NR_FK") == "+CF_NR_FK"
    made, _ = mend(sent, clerk, 2, CF_NR_FK="0.5")
    assert made and made.counts["admitted"] == 1
    assert made.headings[-1] == "罚款金额(万元)"


def test_rows_of_another_agency_or_file_are_out_of_reach(sent: Submission, clerk: User) -> None:
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    with pytest.raises(NotYourAgency):
        opened(sent, stranger)
    other = filings.file(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_ZJHM": "1"}]), clerk, name="另一个.csv")
    pk = SubmissionRow.objects.get(submission=other).pk
    assert mending.mend(sent, {pk: {"0": "x"}}, actor=clerk, now=make.NOW, today=make.TODAY) == (None, 0)


def test_forgotten_rows_cannot_be_mended(sent: Submission, clerk: User) -> None:
    pk = opened(sent, clerk).rows[0].pk
    later = make.NOW.replace(year=make.NOW.year + 1)
    services.forget_rows(later, now=later)
    assert not mending.still_wrong(sent).exists()
    with pytest.raises(Erased):
        mending.mend(sent, {pk: {"0": "x"}}, actor=clerk, now=later, today=make.TODAY)
