"""What an agency filed is found through the record and never through everything it filed, however much that is."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import filed, withdrawals
from chengxin.intake.models import Admission, Submission, SubmissionRow
from chengxin.intake.withdrawal_files import withdraw_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    make.person()
    return filings.clerk(make.agency())


def row(number: int, base: filings.Row = filings.FIRM_ROW) -> filings.Row:
    return base | {"CF_WSH": f"示交罚〔2026〕{number}号"}


def send(clerk: User, *rows: filings.Row, name: str = "甲.csv") -> Submission:
    return filings.file(filings.as_csv(rows), clerk, name=name)


def pages(clerk: User, most: int) -> list[list[str]]:
    found, after = [], 0
    while True:
        page = filed.newest(clerk, after=after, most=most)
        found.append([version.document_no for version in page.versions])
        if not page.following:
            return found
        after = page.following


def test_pages_go_through_every_record_once_the_newest_file_first(clerk: User) -> None:
    send(clerk, row(1), row(2), row(3) | {"CF_YXQ": "昨天"})
    send(clerk, row(4) | {"CF_YXQ": "昨天"}, name="空.csv")
    send(clerk, row(5), row(6), row(7), name="乙.csv")
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    send(stranger, row(8), name="丙.csv")
    flat = [number for page in pages(clerk, 2) for number in page]
    assert [len(page) for page in pages(clerk, 2)] == [2, 2, 1]
    assert sorted(flat) == [f"示交罚〔2026〕{n}号" for n in (1, 2, 5, 6, 7)]
    files = Submission.objects.filter(agency=clerk.agency).order_by("-submitted_at", "-pk")
    first = next(each for each in files if each.counts["admitted"])
    assert flat[0] in {f"示交罚〔2026〕{n}号" for n in ((5, 6, 7) if first.filename == "乙.csv" else (1, 2))}
    assert pages(stranger, 50) == [["示交罚〔2026〕8号"]]


def test_the_place_of_another_agency_s_row_leads_nowhere(clerk: User) -> None:
    sent = send(clerk, row(1), row(2))
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    send(stranger, row(8), name="丙.csv")
    place = SubmissionRow.objects.filter(submission=sent).order_by("row_no")[0].pk
    assert [v.document_no for v in filed.newest(clerk, after=place).versions] == ["示交罚〔2026〕2号"]
    assert filed.newest(stranger, after=place).versions == []


def test_by_document_pages_too_and_finds_only_the_agency_s_own(clerk: User) -> None:
    other = {"CF_XDR_SHXYM": make.OTHER_FIRM, "CF_XDR_MC": "临渊商贸有限公司"}
    send(clerk, row(1), row(1) | other)
    first = filed.by_document("示交罚〔2026〕1号", actor=clerk, most=1)
    second = filed.by_document("示交罚〔2026〕1号", actor=clerk, after=first.following, most=1)
    assert len({first.versions[0].record_id, second.versions[0].record_id}) == 2 and not second.following
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    assert filed.by_document("示交罚〔2026〕1号", actor=stranger).versions == []


def test_the_page_leads_on_and_back(clerk: User, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("chengxin.console.intake.records.PER_PAGE", 2)
    send(clerk, row(1), row(2), row(3))
    client.force_login(clerk)
    first = client.get("/console/intake/records/").content.decode()
    place = first.split('href="?after=')[1].split('"')[0]
    second = client.get(f"/console/intake/records/?after={place}").content.decode()
    assert "示交罚〔2026〕3号" in second and "示交罚〔2026〕1号" not in second and "回到最新" in second
    assert client.get("/console/intake/records/?after=9999999999999999999").status_code == 200


def table(rows: list[tuple[str, str]]) -> io.BytesIO:
    out = io.StringIO()
    csv.writer(out).writerows(
        [("文号", "主体代码", "撤回原因", "说明"), *((*each, "报送有误", "报错了") for each in rows)]
    )
    return io.BytesIO(out.getvalue().encode())


def looked_up(clerk: User, rows: list[tuple[str, str]]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        filed.find_each(rows, actor=clerk)
    return len(asked)


def test_a_table_of_withdrawals_is_looked_up_together_however_long(clerk: User) -> None:
    send(clerk, *(row(n) for n in range(1, 41)), *(row(n, filings.PERSON_ROW) for n in range(41, 44)))
    firms = [(f"示交罚〔2026〕{n}号", make.FIRM) for n in range(1, 41)]
    persons = [(f"示交罚〔2026〕{n}号", make.CITIZEN) for n in range(41, 44)]
    assert looked_up(clerk, firms) == looked_up(clerk, firms[:2])
    assert all(len(found) == 1 for found in filed.find_each([*firms, *persons], actor=clerk))
    told = withdraw_file(table([firms[0], persons[0], firms[0]]), actor=clerk, now=make.NOW, today=make.TODAY)
    assert [each.done for each in told] == [True, True, False]
    assert told[2].refusal is not None and "已经撤回" in told[2].refusal.zh


def test_a_trial_of_a_table_knows_that_a_record_is_named_twice(clerk: User) -> None:
    send(clerk, row(1))
    named = ("示交罚〔2026〕1号", make.FIRM)
    told = withdraw_file(table([named, named]), actor=clerk, now=make.NOW, today=make.TODAY, dry_run=True)
    assert [bool(each.refusal) for each in told] == [False, True]


def test_the_figures_of_a_file_follow_a_withdrawal_and_its_undoing(clerk: User) -> None:
    sent = send(clerk, row(1), row(2))
    record: Any = Admission.objects.get(row__submission=sent, row__row_no=2).record_id
    ground = withdrawals.Ground("mistake", None, "", "报错了")
    withdrawals.withdraw(record, ground, actor=clerk, now=make.NOW, today=make.TODAY)
    sent.refresh_from_db()
    assert (sent.counts["admitted"], sent.counts["withdrawn"], sent.counts["received"]) == (1, 1, 2)
    withdrawals.undo(record, "撤错了", actor=clerk, now=make.NOW)
    sent.refresh_from_db()
    assert (sent.counts["admitted"], sent.counts["withdrawn"]) == (2, 0)
