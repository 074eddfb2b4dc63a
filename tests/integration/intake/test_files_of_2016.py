"""A complete file of 2016 is asked about once, filled as its agency confirmed, and says where every value is from."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests import factories as make
from tests import filings, old_layouts, registers
from tests.old_layouts import FIRM_LICENCE, FIRM_PENALTY, LICENCES, PENALTIES, Row

from chengxin.accounts.models import User
from chengxin.intake import lineage, mappings, mending, selectors, services
from chengxin.intake.checking import ColumnsUnknown
from chengxin.intake.mappings import MappingIncomplete
from chengxin.intake.models import Admission, ColumnMapping, RowState, Submission, SubmissionRow

pytestmark = pytest.mark.django_db
LICENCE = make.LICENCE
OF_ITEM: dict[str, tuple[Mapping[str, str], Sequence[Row]]] = {
    make.PENALTY: (old_layouts.PENALTY_HEADINGS, PENALTIES),
    LICENCE: (old_layouts.LICENCE_HEADINGS, LICENCES),
}
DECIDED = {"CF_YXQ": "=长期"}


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def content(item: str, rows: Sequence[Row] | None = None, *, chinese: bool = True) -> bytes:
    headings, usual = OF_ITEM[item]
    return old_layouts.as_csv(headings, usual if rows is None else rows, chinese=chinese)


def file(item: str, data: bytes, actor: User) -> Submission:
    assert actor.agency
    return services.submit(
        actor.agency, item, "2016.csv", io.BytesIO(data), actor=actor, now=make.NOW, today=make.TODAY
    )


def confirm(item: str, data: bytes, actor: User, **changed: str) -> ColumnMapping:
    """Confirm what is proposed, the validity of penalties having been decided, with some of it said otherwise."""
    assert actor.agency
    found = mappings.propose(actor.agency, item, io.BytesIO(data), actor=actor, today=make.TODAY)
    ways = {gap.field: gap.proposed for gap in found.gaps}
    ways |= {code: way for code, way in DECIDED.items() if code in ways} | changed
    chosen = {each.heading: each.field for each in found.columns.columns}
    return mappings.confirm(
        actor.agency, item, chosen, found.stored(), supplied=ways, actor=actor, now=make.NOW, today=make.TODAY
    )


def said() -> dict[str, dict[str, Any]]:
    """Return what the register says, by document number."""
    found = (each["content"] for each in registers.contents())
    return {content.get("CF_WSH") or content["XK_WSH"]: content for content in found}


@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize("item", OF_ITEM)
def test_a_complete_file_is_asked_about_and_then_admitted_whole(item: str, chinese: bool, clerk: User) -> None:
    data = content(item, chinese=chinese)
    with pytest.raises(ColumnsUnknown) as refused:
        file(item, data, clerk)
    assert refused.value.code == "columns.mapping"
    confirm(item, data, clerk)
    sent = file(item, data, clerk)
    returned = [row.findings for row in SubmissionRow.objects.filter(submission=sent, state=RowState.RETURNED)]
    assert returned == []
    assert sent.counts["admitted"] == sent.counts["received"] == len(OF_ITEM[item][1])


def test_what_the_file_does_not_say_is_filled_as_confirmed(clerk: User) -> None:
    confirm(make.PENALTY, content(make.PENALTY), clerk)
    file(make.PENALTY, content(make.PENALTY), clerk)
    firm, person, shop = (said()[row["CF_WSH"]] for row in PENALTIES)
    assert [each["CF_XDR_LB"] for each in (firm, person, shop)] == ["法人及非法人组织", "自然人", "个体工商户"]
    assert {each["CF_CFJGDM"] for each in (firm, person, shop)} == {make.AGENCY}
    assert (firm["CF_SJLY"], firm["CF_SJLYDM"]) == (clerk.agency.name_zh, make.AGENCY)
    assert firm["CF_YXQ"] == "长期"
    assert (firm["CF_NR_FK"]["fen"], firm["CF_NR_FK"]["original"]) == (500_000, "0.5")
    assert person["CF_NR_FK"]["fen"] == 20_000
    assert person["CF_XDR_ZJLX"] == "身份证"
    assert "CF_NR_FK" not in shop


def test_the_states_of_2016_are_read_by_the_codes_of_2016(clerk: User) -> None:
    """Nought stood for a living licence then, and one for a revoked one; today one stands for a living one."""
    gone = [FIRM_LICENCE | {"XK_WSH": f"示交许〔2026〕4{state}号", "XK_ZT": state} for state in ("1", "2", "3", "撤销")]
    data = content(LICENCE, [*LICENCES, *gone])
    confirm(LICENCE, data, clerk)
    sent = file(LICENCE, data, clerk)
    assert set(said()) == {row["XK_WSH"] for row in LICENCES}
    assert {each["XK_ZT"] for each in said().values()} == {"1"}
    assert {each["XK_YXQZ"] for each in said().values()} == {"2026-11-17"}
    returned = SubmissionRow.objects.filter(submission=sent, state=RowState.RETURNED)
    assert sent.counts["returned"] == len(gone)
    assert {found["code"] for row in returned for found in row.findings} >= {"row.not_current"}


def test_by_which_codes_a_state_is_read_has_to_be_said(clerk: User) -> None:
    with pytest.raises(MappingIncomplete, match="哪一年的代码"):
        confirm(LICENCE, content(LICENCE), clerk, XK_ZT="")
    confirm(LICENCE, content(LICENCE, [FIRM_LICENCE | {"XK_ZT": "1"}]), clerk, XK_ZT="as_written")
    assert file(LICENCE, content(LICENCE, [FIRM_LICENCE | {"XK_ZT": "1"}]), clerk).counts["admitted"] == 1


def test_rows_that_nothing_can_be_told_of_come_back(clerk: User) -> None:
    rows = [
        FIRM_PENALTY,
        FIRM_PENALTY | {"CF_WSH": "示交罚〔2026〕51号", "CF_XZJG": "示例市城市管理局"},
        FIRM_PENALTY | {"CF_WSH": "示交罚〔2026〕52号", "CF_XDR_SFZ": make.CITIZEN},
        FIRM_PENALTY | {"CF_WSH": "示交罚〔2026〕53号", "CF_JG": "对单位罚款5000元，对责任人罚款1000元"},
        FIRM_PENALTY | {"CF_WSH": "示交罚〔2026〕54号", "CF_JG": "罚款伍仟元"},
    ]
    data = content(make.PENALTY, rows)
    confirm(make.PENALTY, data, clerk)
    sent = file(make.PENALTY, data, clerk)
    assert sent.counts["admitted"] == 1
    returned = {
        row.row_no: {(found["code"], found.get("field")) for found in row.findings}
        for row in SubmissionRow.objects.filter(submission=sent, state=RowState.RETURNED)
    }
    assert ("cell.required", "CF_CFJGDM") in returned[3]
    assert ("cell.required", "CF_XDR_LB") in returned[4]
    assert ("fine.amount", "CF_NR_FK") in returned[5] & returned[6]


def test_a_returned_row_is_mended_in_a_column_the_file_never_had(clerk: User) -> None:
    data = content(make.PENALTY, [FIRM_PENALTY | {"CF_JG": "罚款伍仟元"}])
    confirm(make.PENALTY, data, clerk)
    sent = file(make.PENALTY, data, clerk)
    row = SubmissionRow.objects.get(submission=sent)
    made, count = mending.mend(sent, {row.pk: {"+CF_NR_FK": "0.5"}}, actor=clerk, now=make.NOW, today=make.TODAY)
    assert made is not None and count == 1
    assert made.counts["admitted"] == 1
    (record,) = said().values()
    assert (record["CF_NR_FK"]["fen"], record["CF_SJLYDM"]) == (500_000, make.AGENCY)
    origin = lineage.of_record(Admission.objects.get().record_id, actor=clerk).steps[0].origin
    assert origin is not None
    assert "CF_NR_FK" in {cell.code for cell in origin.cells} - {each.code for each in origin.supplied}


def test_lineage_and_notes_say_what_did_not_come_from_the_file(clerk: User) -> None:
    data = content(LICENCE)
    confirm(LICENCE, data, clerk)
    sent = file(LICENCE, data, clerk)
    origin = lineage.of_record(Admission.objects.get(row__row_no=2).record_id, actor=clerk).steps[0].origin
    assert origin is not None
    filled = {each.code: each.how_zh for each in origin.supplied}
    assert filled["XK_LYDWDM"] == "报送单位的统一社会信用代码"
    assert "2016" in filled["XK_ZT"]
    assert {cell.code for cell in origin.cells} & set(filled) == {"XK_ZT"}
    assert any("数据来源单位" in note.zh and "报送单位的名称" in note.zh for note in selectors.notes(sent))


def test_only_what_is_offered_can_be_confirmed_and_nothing_needed_be_left_out(clerk: User) -> None:
    data = content(make.PENALTY)
    with pytest.raises(MappingIncomplete, match="处罚有效期"):
        confirm(make.PENALTY, data, clerk, CF_YXQ="")
    for code, way in (("CF_YXQ", "=2027-01-01"), ("CF_SJLYDM", f"={make.AGENCY}")):
        with pytest.raises(MappingIncomplete, match="不能这样补上"):
            confirm(make.PENALTY, data, clerk, **{code: way})
    assert not ColumnMapping.objects.exists()


def test_a_column_goes_before_what_could_stand_in_for_it(clerk: User) -> None:
    text = content(make.PENALTY, [FIRM_PENALTY]).decode("gb18030").splitlines()
    data = f"{text[0]},有效到\r\n{text[1]},2027-01-31\r\n".encode()
    confirm(make.PENALTY, data, clerk)
    found = mappings.propose(clerk.agency, make.PENALTY, io.BytesIO(data), actor=clerk, today=make.TODAY)
    chosen = {each.heading: each.field for each in found.columns.columns} | {"有效到": "CF_YXQ"}
    ways = {gap.field: gap.proposed for gap in found.gaps} | DECIDED
    made = mappings.confirm(
        clerk.agency, make.PENALTY, chosen, supplied=ways, actor=clerk, now=make.NOW, today=make.TODAY
    )
    assert "CF_YXQ" not in made.supplied
    file(make.PENALTY, data, clerk)
    (record,) = said().values()
    assert record["CF_YXQ"] == "2027-01-31"


def test_it_is_versioned_can_be_taken_back_and_moves_no_other_agency(clerk: User) -> None:
    data = content(make.PENALTY)
    first = confirm(make.PENALTY, data, clerk)
    second = confirm(make.PENALTY, data, clerk, CF_XDR_ZJLX="")
    assert (first.version, second.version) == (1, 2)
    assert first.supplied != second.supplied
    mappings.withdraw(second.id, actor=clerk, now=make.NOW)
    with pytest.raises(ColumnsUnknown):
        file(make.PENALTY, data, clerk)
    third = mappings.revert(first.id, actor=clerk, now=make.NOW, today=make.TODAY)
    assert (third.restores, third.supplied) == (1, first.supplied)
    with pytest.raises(ColumnsUnknown):
        file(make.PENALTY, data, filings.clerk(make.agency(make.OTHER_AGENCY), "other"))
    with pytest.raises(DatabaseError), transaction.atomic():
        ColumnMapping.objects.filter(id=third.id).update(supplied={})
