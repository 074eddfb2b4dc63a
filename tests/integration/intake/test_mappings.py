"""An agency says once what its columns are; every word of it is kept, can be undone, and moves no other agency."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.intake import confirmed, lineage, mappings, returns
from chengxin.intake.checking import ColumnsUnknown, ProhibitedColumn
from chengxin.intake.mappings import MappingIncomplete, NoSuchMapping
from chengxin.intake.models import Admission, ColumnMapping, HeldFile, SubmissionRow
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record
from chengxin.rules.errors import Refusal

pytestmark = pytest.mark.django_db
STRANGE = "作出日期甲"


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def strange(heading: str = STRANGE, count: int = 3) -> bytes:
    """A file in which the date of the decision has a heading nobody knows."""
    return filings.as_csv(filings.rows(count)).decode().replace("处罚决定日期", heading, 1).encode()


def held(clerk: User, content: bytes) -> HeldFile:
    place = (clerk.agency, make.PENALTY, "处罚.csv", io.BytesIO(content))
    return mappings.hold(*place, actor=clerk, now=make.NOW, today=make.TODAY)


def said(clerk: User, content: bytes, **changed: str) -> ColumnMapping:
    """Confirm what is proposed, with the strange heading as the date of the decision unless told otherwise."""
    found = mappings.propose(clerk.agency, make.PENALTY, io.BytesIO(content), actor=clerk, today=make.TODAY)
    chosen = {each.heading: each.field for each in found.columns.columns} | {STRANGE: "CF_JDRQ"} | changed
    return mappings.confirm(
        clerk.agency, make.PENALTY, chosen, found.stored(), actor=clerk, now=make.NOW, today=make.TODAY
    )


def test_an_unknown_layout_is_asked_about_once_and_known_ever_after(clerk: User) -> None:
    with pytest.raises(ColumnsUnknown) as refused:
        filings.file(strange(), clerk)
    assert refused.value.code == "columns.mapping"
    said(clerk, strange())
    filings.file(strange(), clerk)
    assert Record.objects.count() == 3
    assert Entry.objects.filter(kind="mapping.confirmed").count() == 1


def test_a_mapping_moves_no_other_agency(clerk: User) -> None:
    said(clerk, strange())
    with pytest.raises(ColumnsUnknown):
        filings.file(strange(), filings.clerk(make.agency(make.OTHER_AGENCY), "other"))


def test_order_width_and_case_of_headings_do_not_ask_again(clerk: User) -> None:
    said(clerk, strange())
    lines = [line.split(",") for line in strange().decode().splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in lines).replace("备注", "备 注")
    filings.file(turned.encode(), clerk)
    assert Record.objects.count() == 3


def test_a_kept_file_goes_on_after_the_confirmation_without_being_sent_again(clerk: User) -> None:
    kept = held(clerk, strange())
    chosen = [each["field"] if each["heading"] != STRANGE else "CF_JDRQ" for each in kept.proposal]
    mappings.confirm_held(kept.id, chosen, actor=clerk, now=make.NOW, today=make.TODAY)
    sent = mappings.send_held(kept.id, actor=clerk, now=make.NOW, today=make.TODAY)
    assert sent is not None
    assert sent.counts["admitted"] == 3
    assert not HeldFile.objects.exists()


def test_a_kept_file_is_sealed_says_only_shapes_and_does_not_live_long(clerk: User) -> None:
    kept = held(clerk, strange())
    assert "沈清和".encode() not in bytes(kept.sealed or b"")
    assert "沈清和" not in repr(kept.proposal) and make.FIRM not in repr(kept.proposal)
    assert not SubmissionRow.objects.exists()
    assert mappings.forget_held(make.NOW + timedelta(hours=23)) == 0
    assert mappings.forget_held(make.NOW + timedelta(hours=24)) == 1
    assert kept.key is not None
    kept.key.refresh_from_db()
    assert kept.key.wrapped is None
    with pytest.raises(NoSuchMapping):
        mappings.send_held(kept.id, actor=clerk, now=make.NOW, today=make.TODAY)


def test_one_can_go_back_and_every_version_stays(clerk: User) -> None:
    first = said(clerk, strange())
    second = said(clerk, strange(), **{"罚款金额(万元)": ""})
    assert (first.version, second.version) == (1, 2)
    third = mappings.revert(first.id, actor=clerk, now=make.NOW, today=make.TODAY)
    assert (third.version, third.restores, third.mapping) == (3, 1, first.mapping)
    standing = ColumnMapping.objects.filter(withdrawn_at=None)
    assert [each.version for each in standing] == [3]
    assert len(mappings.mappings_of(clerk.agency)) == 3


def test_withdrawn_it_is_asked_about_again(clerk: User) -> None:
    made = said(clerk, strange())
    mappings.withdraw(made.id, actor=clerk, now=make.NOW)
    with pytest.raises(ColumnsUnknown):
        filings.file(strange(), clerk)
    assert Entry.objects.filter(kind="mapping.withdrawn").count() == 1


def test_the_database_itself_refuses_to_rewrite_a_mapping(clerk: User) -> None:
    made = said(clerk, strange())
    with pytest.raises(DatabaseError), transaction.atomic():
        ColumnMapping.objects.filter(id=made.id).update(mapping={})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({STRANGE: ""}, "处罚决定日期"),
        ({STRANGE: "CF_WSH"}, "同一字段"),
        ({STRANGE: "XX"}, "没有字段"),
    ],
)
def test_an_incomplete_mapping_is_refused_with_what_is_missing(clerk: User, changed: dict[str, str], told: str) -> None:
    with pytest.raises(MappingIncomplete, match=told):
        said(clerk, strange(), **changed)


def test_money_in_yuan_cannot_be_confirmed_as_ten_thousands(clerk: User) -> None:
    content = filings.as_csv(filings.rows(3)).decode().replace("罚款金额(万元)", "罚款金额（元）", 1).encode()
    with pytest.raises(MappingIncomplete, match="不是万元"):
        said(clerk, content, **{"罚款金额（元）": "CF_NR_FK"} | {STRANGE: ""})


def test_a_prohibited_column_is_neither_kept_nor_mapped(clerk: User) -> None:
    content = strange().decode().replace("\r\n", ",某\r\n").replace(",某", ",血型", 1).encode()
    with pytest.raises(ProhibitedColumn):
        held(clerk, content)
    assert not HeldFile.objects.exists()


def test_a_confirmed_mapping_does_not_make_slipped_values_right(clerk: User) -> None:
    said(clerk, strange())
    lines = [line.split(",") for line in strange().decode().splitlines()]
    slipped = [lines[0], *([*line[:6], "甲", *line[6:-1]] for line in lines[1:])]
    with pytest.raises(Refusal, match="错开"):
        filings.file("\n".join(",".join(line) for line in slipped).encode(), clerk)


def test_strangers_neither_see_nor_change_it(clerk: User) -> None:
    made, kept = said(clerk, strange()), held(clerk, strange(count=4))
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    for act in (
        lambda: mappings.revert(made.id, actor=stranger, now=make.NOW, today=make.TODAY),
        lambda: mappings.withdraw(made.id, actor=stranger, now=make.NOW),
        lambda: mappings.held_file(kept.id, actor=stranger, now=make.NOW),
        lambda: mappings.send_held(kept.id, actor=stranger, now=make.NOW, today=make.TODAY),
    ):
        with pytest.raises(NoSuchMapping):
            act()


def test_lineage_and_the_annotated_copy_follow_the_mapping_a_file_was_read_under(clerk: User) -> None:
    """The strange heading leads to its cell and is coloured in the copy, also after the agency changed its mind."""
    one, two, three = filings.rows(3)
    text = filings.as_csv([one, two | {"CF_JDRQ": "去年"}, three]).decode()
    content = text.replace("处罚决定日期", STRANGE, 1).encode()
    said(clerk, content)
    submission = filings.file(content, clerk)
    column = submission.headings.index(STRANGE)
    first = confirmed.used(submission, lawbook.layout(submission.item.layout))
    assert first is not None and first.version == 1
    found = mappings.propose(clerk.agency, make.PENALTY, io.BytesIO(content), actor=clerk, today=make.TODAY)
    turned = {each.heading: each.field for each in found.columns.columns}
    turned |= {STRANGE: turned["处罚有效期"], "处罚有效期": "CF_JDRQ"}
    later = make.NOW + timedelta(days=1)
    mappings.confirm(clerk.agency, make.PENALTY, turned, [], actor=clerk, now=later, today=make.TODAY)
    assert confirmed.used(submission, lawbook.layout(submission.item.layout)) == first
    record = Admission.objects.get(row__row_no=2).record_id
    origin = lineage.of_record(record, actor=clerk).steps[0].origin
    assert origin is not None
    cells = {cell.code: (cell.heading, cell.address) for cell in origin.cells}
    assert cells["CF_JDRQ"] == (STRANGE, lineage.address(column, 2))
    sheet = openpyxl.load_workbook(io.BytesIO(returns.returned_xlsx(submission, actor=clerk))).worksheets[0]
    marked = [cell.column for cell in sheet[2] if cell.fill.fgColor.rgb == "FFF8CBAD"]
    assert marked == [column + 4], "three columns of results stand before the agency's own"
