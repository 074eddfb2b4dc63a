"""A row that was sent back comes again in a file: it counts once, where it is now, and what it was before is known."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake import mending, selectors
from chengxin.intake.models import Mending, Submission, SubmissionRow
from chengxin.intake.quality import counting, months, reminders
from chengxin.intake.returns import returned_csv, returned_xlsx
from chengxin.rules.quality import Counts, first_of

pytestmark = pytest.mark.django_db(transaction=True)
BAD = {"CF_YXQ": "昨天"}


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


def row(number: int, **changed: str) -> filings.Row:
    return filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{number}号"} | changed


def send(clerk: User, *rows: filings.Row, name: str = "甲.csv") -> Submission:
    return filings.file(filings.as_csv(rows), clerk, name=name)


def states(submission: Submission) -> list[str]:
    return list(SubmissionRow.objects.filter(submission=submission).order_by("row_no").values_list("state", flat=True))


def counted(clerk: User) -> Counts:
    counting.count(make.NOW)
    return months.units(first_of(make.TODAY), [clerk.agency], make.TODAY)[0].facts.counts  # type: ignore[list-item]


def pairs() -> list[tuple[int, int, list[str]]]:
    return list(Mending.objects.order_by("row_no").values_list("row__row_no", "row_no", "changed"))


def test_a_file_sent_again_whole_counts_each_row_once_however_often_it_comes(clerk: User) -> None:
    first = send(clerk, row(1), row(2), row(3, **BAD), row(4, **BAD))
    assert (counted(clerk).supplied, counted(clerk).stored) == (4, 2)
    again = send(clerk, row(1), row(2), row(3), row(4, **BAD))
    figures = counted(clerk)
    assert (figures.supplied, figures.stored, figures.returned) == (4, 3, 1)
    assert states(first) == ["admitted", "admitted", "mended", "mended"]
    assert states(again) == ["duplicate", "duplicate", "admitted", "returned"]
    assert pairs() == [(4, 4, ["处罚有效期"]), (5, 5, [])]
    send(clerk, row(1), row(2), row(3), row(4))
    figures = counted(clerk)
    assert (figures.supplied, figures.stored, figures.returned) == (4, 4, 0)


def test_of_rows_mended_in_a_file_the_lineage_begins_with_the_file_that_was_wrong(clerk: User) -> None:
    first = send(clerk, row(3, **BAD))
    again = send(clerk, row(9), row(3))
    [was] = mending.earlier(again, 3)
    assert (was.submission, was.row_no, was.changed) == (first, 2, ("处罚有效期",))
    assert mending.root_of(again) == again and not mending.mended_in(again).exists()
    assert not mending.still_wrong(first).exists()


def test_a_row_that_may_be_either_of_two_is_linked_with_none(clerk: User) -> None:
    first = send(clerk, row(3, **BAD))
    send(clerk, row(3), row(3, CF_YXQ="2098-12-31"))
    assert states(first) == ["returned"] and pairs() == []


def test_a_row_whose_sound_cells_are_others_is_another_row(clerk: User) -> None:
    first = send(clerk, row(3, **BAD))
    send(clerk, row(3, CF_NR_FK="0.7"))
    assert states(first) == ["returned"]


def mended_csv(copy: bytes) -> bytes:
    return copy.replace("昨天".encode(), b"2099-12-31").replace("超限运输货物".encode(), "超限运输".encode())


def mended_xlsx(copy: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(copy))
    for line in book.worksheets[0].iter_rows(min_row=2):
        for cell in line:
            cell.value = {"昨天": "2099-12-31", "超限运输货物": "超限运输"}.get(cell.value, cell.value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("write", "mend"), [(returned_csv, mended_csv), (returned_xlsx, mended_xlsx)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mended_copy_takes_the_place_of_the_rows_it_was_made_from(
    clerk: User, write: Callable[..., bytes], mend: Callable[[bytes], bytes], language: str
) -> None:
    first = send(clerk, row(1), row(3, **BAD), row(4, **BAD))
    again = filings.file(mend(write(first, actor=clerk, language=language)), clerk, name="改.xlsx")
    assert selectors.summary(again).admitted == 2
    # A sound cell was changed too, so that only the reference can tell whose place each row takes.
    assert pairs() == [(3, 2, ["违法行为类型", "处罚有效期"]), (4, 3, ["违法行为类型", "处罚有效期"])]
    figures = counted(clerk)
    assert (figures.supplied, figures.stored, figures.returned) == (3, 3, 0)
    assert [limit for limit in reminders.limits(make.TODAY, [first.agency_id]) if limit.kind == "returned"] == []


def test_a_reference_to_another_agency_s_row_or_to_nothing_is_passed_over(clerk: User) -> None:
    other = filings.clerk(make.agency(make.OTHER_AGENCY), "other")
    theirs = filings.file(filings.as_csv([row(3, **BAD)]), other)
    cells: list[list[Any]] = filings.grid([row(3), row(4), row(5)])
    told = ["原报送行（请保留）", f"{theirs.pk}:2", "7", f"{theirs.pk}:999999"]
    sent = filings.file(filings.workbook([[a, *b] for a, b in zip(told, cells, strict=True)]), clerk, name="假.xlsx")
    assert selectors.summary(sent).admitted == 3
    assert states(theirs) == ["returned"] and pairs() == []
