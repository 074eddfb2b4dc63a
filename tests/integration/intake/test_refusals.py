"""A file that cannot be taken says why, leaves a line in the list, and no trace of anybody in it (charter C27)."""

from __future__ import annotations

import io
import json
import logging

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import selectors, services
from chengxin.intake.checking import ColumnsRefused, ProhibitedColumn
from chengxin.intake.models import Submission, SubmissionRow
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.returns import NothingReturned, returned_csv
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record
from chengxin.rules.errors import Refusal

pytestmark = pytest.mark.django_db
CANARY = "320199198207213985"  # Also satisfies the check character of an organisation's code.


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def test_a_refused_file_leaves_one_line_with_the_reason_and_may_come_again(clerk: User) -> None:
    for _ in range(2):
        with pytest.raises(FileRefused):
            filings.file("名称,号码\n甲,1\n乙".encode(), clerk)
    kept = selectors.submissions_of(clerk.agency)
    assert [submission.state for submission in kept] == ["refused", "refused"]
    assert "第 3 行" in kept[0].refusal["zh"]
    assert not SubmissionRow.objects.exists()
    assert Entry.objects.filter(kind="submission.refused").count() == 2


def test_a_half_written_file_takes_nothing_of_what_stands(clerk: User) -> None:
    whole = filings.as_csv(filings.rows(6))
    filings.file(whole, clerk)
    with pytest.raises(FileRefused):
        filings.file(whole[:-40], clerk)
    assert Record.objects.count() == 6


@pytest.mark.parametrize("heading", ["宗教信仰", "血型", "指纹", "疾病史"])
def test_a_prohibited_column_refuses_the_whole_file(clerk: User, heading: str) -> None:
    content = filings.as_csv(filings.rows(2)).decode().replace("\r\n", ",某\r\n").replace(",某", f",{heading}", 1)
    with pytest.raises(ProhibitedColumn) as refused:
        filings.file(content.encode(), clerk)
    assert "不得归集" in refused.value.zh
    assert not Record.objects.exists()


def test_missing_columns_are_named(clerk: User) -> None:
    with pytest.raises(ColumnsRefused, match="行政处罚决定书文号"):
        filings.file("行政相对人名称,行政相对人类别\n甲,自然人\n".encode(), clerk)


def test_data_where_headings_belong_is_not_repeated(clerk: User) -> None:
    with pytest.raises(ColumnsRefused) as refused:
        filings.file(f"沈清和,{CANARY},示交罚〔2026〕1号\n沈清和,{CANARY},示交罚〔2026〕1号\n".encode(), clerk)
    assert "不像表头" in refused.value.zh
    assert CANARY not in str(refused.value.__dict__)
    assert CANARY not in json.dumps(list(Submission.objects.values("refusal", "notes", "headings")))


def broken_rows() -> list[dict[str, str]]:
    """Return rows in which the canary stands in every place where a clerk may put it by mistake."""
    places = ("CF_XDR_SHXYM", "CF_XDR_ZJHM", "CF_WSH", "CF_JDRQ", "CF_NR_FK", "CF_CFLB", "CF_XDR_LB", "CF_CFJGDM")
    return [filings.PERSON_ROW | {place: CANARY} for place in places]


def test_no_identity_number_reaches_findings_logs_messages_or_leaves(
    clerk: User, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = filings.file(filings.as_csv(broken_rows()), clerk)
    told = selectors.in_words(sent, selectors.rows(sent))
    clear = [
        repr(told),
        json.dumps(list(SubmissionRow.objects.values("findings", "fingerprint"))),
        repr(list(Submission.objects.values())),
        repr([bytes(body) for body in Entry.objects.values_list("body", flat=True)]),
        repr([bytes(sealed or b"") for sealed in SubmissionRow.objects.values_list("sealed", flat=True)]),
        " ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends"),
        *capfd.readouterr(),
    ]
    assert told
    assert all(CANARY not in text for text in clear)


def test_returned_rows_go_back_to_their_sender_only_and_run_no_formula(clerk: User) -> None:
    wrong = filings.FIRM_ROW | {"CF_CFLB": "不存在的类别", "CF_WFXW": "=HYPERLINK(1)"}
    sent = filings.file(filings.as_csv([wrong]), clerk)
    text = returned_csv(sent, actor=clerk).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert text.splitlines()[1].startswith("退回（原第 2 行）,")
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    with pytest.raises(Refusal):
        returned_csv(sent, actor=stranger)


def test_a_file_without_returned_rows_has_nothing_to_hand_back(clerk: User) -> None:
    sent = filings.file(filings.as_csv([filings.FIRM_ROW]), clerk)
    with pytest.raises(NothingReturned):
        returned_csv(sent, actor=clerk)


@pytest.mark.parametrize(
    "name,kept", [("../../etc/passwd", "passwd"), ("C:\\a\\b.csv", "b.csv"), ("", "file"), ("x" * 300, "x" * 200)]
)
def test_a_file_name_is_only_ever_a_label(name: str, kept: str) -> None:
    assert services.safe_name(name) == kept


def test_an_unknown_item_is_refused_before_the_file_is_looked_at(clerk: User) -> None:
    with pytest.raises(Refusal):
        services.submit(clerk.agency, "XX-99", "x.csv", io.BytesIO(b""), actor=clerk, now=make.NOW, today=make.TODAY)
