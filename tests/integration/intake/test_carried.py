"""A corrected file sent whole: rows that are the same keep their verdict, and only the others are judged."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.catalogue import overlay
from chengxin.catalogue.lawbook import layout
from chengxin.intake import selectors, services
from chengxin.intake.models import Carried, Recurrence, RowDigests, Submission, SubmissionRow
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, Record
from chengxin.rules.catalogue_changes import read_proposal

pytestmark = pytest.mark.django_db
LATER = make.TODAY + timedelta(days=30)


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def row(number: int, **changed: str) -> filings.Row:
    return filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{number}号"} | changed


def send(
    clerk: User, *rows: filings.Row, day: date = make.TODAY, name: str = "甲.csv", dry: bool = False
) -> Submission:
    assert clerk.agency
    content = io.BytesIO(filings.as_csv(rows))
    now = make.NOW + (day - make.TODAY)
    return services.submit(
        clerk.agency, make.PENALTY, name, content, actor=clerk, now=now, today=day, dry_run=dry
    )  # fmt: skip


def codes(sent: Submission) -> dict[int, list[str]]:
    return {each.row_no: [f["code"] for f in each.findings] for each in SubmissionRow.objects.filter(submission=sent)}


def notes(sent: Submission) -> list[str]:
    return [note.zh for note in selectors.notes(sent)]


BAD = {"CF_YXQ": "昨天"}


def test_of_a_corrected_file_only_the_corrected_row_is_judged(clerk: User) -> None:
    first = send(clerk, row(1), row(2), row(3, **BAD), row(4, **BAD))
    again = send(clerk, row(1), row(2), row(3), row(4, **BAD), day=LATER)
    figures = selectors.summary(again)
    assert (figures.received, figures.admitted, figures.duplicate, figures.returned) == (4, 1, 2, 1)
    kept = Carried.objects.filter(row__submission=again).values_list("row__row_no", "kept__submission", "kept__row_no")
    assert sorted(kept) == [(2, first.id, 2), (3, first.id, 3), (5, first.id, 5)]
    # A row that is judged a month later is late; one that keeps its verdict is not.
    assert codes(again)[5] == codes(first)[5] and "date.late" not in codes(again)[5]
    assert "date.late" in codes(again)[4]
    assert notes(again) == ["沿用上次结论 3 行：与 2026-11-20 报送的内容完全相同，没有重新校验。"]
    assert again.counts["carried"] == 3 and Record.objects.count() == 3
    assert Recurrence.objects.filter(row__submission=again).count() == 2


def test_order_other_files_and_a_third_sending_do_not_matter(clerk: User) -> None:
    send(clerk, row(1), row(2, **BAD))
    send(clerk, row(7), name="乙.csv")
    second = send(clerk, row(2, **BAD), row(1), row(5))
    assert second.counts["carried"] == 2
    third = send(clerk, row(5), row(2, **BAD), row(1))
    assert third.counts["carried"] == 3 and selectors.summary(third).returned == 1


def test_a_file_without_anything_new_is_not_judged_at_all(clerk: User) -> None:
    send(clerk, row(1), row(2, **BAD))
    again = send(clerk, row(2, **BAD), row(1))
    assert (again.counts["carried"], again.counts["received"], again.state) == (2, 2, Submission.State.ADMITTED)


def test_a_trial_says_the_same_and_stores_nothing(clerk: User) -> None:
    send(clerk, row(1), row(2, **BAD))
    trial = send(clerk, row(1), row(2), dry=True)
    assert (trial.counts["carried"], trial.counts["duplicate"], trial.counts["valid"]) == (1, 1, 1)
    assert notes(trial)[0].startswith("沿用上次结论 1 行")
    assert not Carried.objects.exists() and RowDigests.objects.count() == 1


def test_when_the_table_or_the_rules_have_moved_everything_is_judged_anew_and_the_file_says_so(clerk: User) -> None:
    send(clerk, row(1), row(2, **BAD))
    basis = [{"instrument": "示例省公共信用信息条例", "article": "第九条", "rank": "local_regulation"}]
    change: dict[str, Any] = {
        "layout": "CF", "operation": "synonym", "field": "BZ", "heading": "说明",
        "basis": basis, "since": make.TODAY.isoformat(), "verified": False,
    }  # fmt: skip
    overlay.put(overlay.of(0, [], [read_proposal({"layout": change}, "jiangsu")]))
    try:
        assert layout("cf", make.TODAY).named("说明")
        again = send(clerk, row(1), row(2, **BAD), row(3))
    finally:
        overlay.put(overlay.Overlay())
    assert notes(again) == ["有 2 行以前报送过，但校验规则、表格或列对应已经变更，按现行规定重新校验。"]
    assert not Carried.objects.exists() and selectors.summary(again).duplicate == 1


def test_what_may_be_otherwise_by_now_is_judged_again(clerk: User) -> None:
    tomorrow = {"CF_JDRQ": "2026/11/25", "CF_YXQ": "2027/11/25"}
    twice = [row(8), row(8, CF_NR_FK="9")]
    first = send(clerk, row(1, **tomorrow), *twice)
    assert {code for found in codes(first).values() for code in found} >= {"date.future", "file.duplicate"}
    again = send(clerk, row(1, **tomorrow), twice[0], day=make.TODAY + timedelta(days=6))
    assert (selectors.summary(again).admitted, Carried.objects.count()) == (2, 0)


@pytest.mark.parametrize("cause", [Cause.WITHDRAWN, Cause.DELETED])
def test_a_row_whose_record_has_ended_is_judged_again(clerk: User, cause: Cause) -> None:
    send(clerk, row(1), row(2))
    registry.end_record(Record.objects.order_by("pk")[0].pk, cause, ref="T-1", now=make.NOW)
    again = send(clerk, row(2), row(1), row(3))
    assert again.counts["carried"] == 1


def test_another_agency_with_the_same_rows_is_judged_by_itself(clerk: User) -> None:
    send(clerk, row(1), row(2, **BAD))
    other = filings.clerk(make.agency(make.OTHER_AGENCY), "other")
    assert "carried" not in send(other, row(1), row(2, **BAD)).counts
