"""The catalogue desk without its pages: who may do what when, what is refused, and what a change does on its day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests import factories as make
from tests import filings
from tests.desks import BASIS, LATER, Desk

from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.catalogue import change_reading, changes, freshness, lawbook, overlay, selectors
from chengxin.catalogue.models import Change, ChangeStep, ItemVersion
from chengxin.catalogue.services import as_json, load_law
from chengxin.disclosure import publication
from chengxin.intake import services as intake
from chengxin.intake.blanks import blank_csv
from chengxin.ledger.models import Entry
from chengxin.registry import catalogue_impact
from chengxin.registry.models import Record
from chengxin.registry.selectors import published
from chengxin.rules.catalogue_changes import ChangeDoesNotFit
from chengxin.rules.catalogue_items import UnlawfulItem
from chengxin.rules.errors import Refusal
from chengxin.rules.lawreader import LawFileFault
from chengxin.rules.workflow import NeedsUnmet, NotThisRole

pytestmark = pytest.mark.django_db
NOW, TODAY = make.NOW, make.TODAY
RENAME = {
    "layout": {
        "layout": "CF", "operation": "rename", "field": "CF_JDRQ", "heading": "决定作出日",
        "heading_en": "Decided on", "basis": BASIS, "since": TODAY.isoformat(), "verified": False,
    }
}  # fmt: skip


def item(**changed: Any) -> dict[str, Any]:
    """A new item as a form or a file gives it."""
    base = {
        "code": "JS-SL-01", "zh": "示例认定信息", "en": "Demo findings", "act": "认定", "national_class": 10,
        "nature": "neutral", "subject_kinds": ["organisation"], "layout": "generic", "publicity": "public",
        "basis": BASIS, "contents": ["认定事项"], "source": "示例部门", "sharing": "社会公开", "update": "每月",
        "periods": "standing", "since": LATER.isoformat(), "verified": False,
    }  # fmt: skip
    return {"item": base | changed}


@pytest.fixture
def desk() -> Iterator[Desk]:
    make.law()
    overlay.put(overlay.Overlay())
    yield Desk()
    overlay.put(overlay.Overlay())


def send(rows: bytes, code: str, actor: Any, day: date) -> int:
    """Submit a file and return how many records it made."""
    before = Record.objects.count()
    intake.submit(actor.agency, code, "甲.csv", io.BytesIO(rows), actor=actor, now=NOW, today=day)
    return Record.objects.count() - before


def test_a_renamed_column_is_admitted_under_both_names_and_stands_in_the_template(desk: Desk) -> None:
    assert desk.in_force(RENAME, TODAY).state == "in_force"
    clerk = filings.clerk(make.agency())
    text = filings.as_csv([filings.FIRM_ROW]).decode()
    assert "决定作出日" in text  # The factory asks the lawbook for the headings, as templates do.
    assert "决定作出日" in blank_csv(make.PENALTY, TODAY).decode()
    assert send(text.encode(), make.PENALTY, clerk, TODAY) == 1
    old = text.replace("决定作出日", "处罚决定日期").replace("〔2026〕1号", "〔2026〕2号")
    assert send(old.encode(), make.PENALTY, clerk, TODAY) == 1


def test_before_its_day_a_change_does_nothing_and_on_its_day_the_daily_work_starts_it(desk: Desk) -> None:
    day = TODAY + timedelta(days=3)
    change = desk.in_force({"layout": RENAME["layout"] | {"since": day.isoformat()}}, TODAY)
    assert change.state == "approved"
    assert lawbook.layout("cf").get("CF_JDRQ").zh == "处罚决定日期"
    assert changes.start_due(NOW, day - timedelta(days=1)) == 0
    assert (changes.start_due(NOW, day), changes.start_due(NOW, day)) == (1, 0)
    assert lawbook.layout("cf", day).get("CF_JDRQ").zh == "决定作出日"
    assert lawbook.layout("cf", TODAY).get("CF_JDRQ").zh == "处罚决定日期"


def test_another_process_learns_of_it_by_counting(desk: Desk) -> None:
    desk.in_force(RENAME, TODAY)
    overlay.put(overlay.Overlay())  # As a process that started earlier.
    assert lawbook.layout("cf").get("CF_JDRQ").zh == "处罚决定日期"
    freshness.refresh()
    assert lawbook.layout("cf").get("CF_JDRQ").zh == "决定作出日"


def test_a_new_item_takes_files_and_is_shown_as_far_as_it_says(desk: Desk) -> None:
    desk.in_force(item())
    desk.in_force(item(code="JS-SL-02", publicity="shared"))
    clerk = filings.clerk(make.agency())
    for number, code in enumerate(("JS-SL-01", "JS-SL-02"), 1):
        assert send(generic(number), code, clerk, LATER) == 1
    shown = {version.record.item.item.code for version in published(LATER)}
    assert shown == {"JS-SL-01"}
    assert publication.group_of("JS-SL-01") == "others"
    assert {"JS-SL-01", "JS-SL-02"} <= {each.code for each in lawbook.items()}
    with pytest.raises(selectors.NoItemInForce):
        send(generic(3), "JS-SL-01", clerk, TODAY)


def generic(number: int) -> bytes:
    head = "主体名称,主体类别,统一社会信用代码,事项内容,文书号,文书日期,出具单位,出具单位统一社会信用代码"
    who = f"栖云望舒食品有限公司,法人及非法人组织,{make.FIRM}"
    return f"{head}\n{who},认定,示认〔2026〕{number}号,2026-11-12,示例单位,{make.AGENCY}\n".encode()


def test_loading_the_law_again_undoes_nothing(desk: Desk) -> None:
    desk.in_force(item())
    ended = {"retirement": {"code": make.LICENCE, "basis": BASIS, "since": LATER.isoformat(), "verified": False}}
    desk.in_force(ended)
    before = [each.item.code for each in selectors.items(LATER)]
    assert make.LICENCE not in before and "JS-SL-01" in before
    assert load_law(NOW).added == 0
    assert [each.item.code for each in selectors.items(LATER)] == before


def test_a_correction_of_the_law_file_does_not_bring_a_retired_item_back(desk: Desk) -> None:
    ended = {"retirement": {"code": make.LICENCE, "basis": BASIS, "since": LATER.isoformat(), "verified": False}}
    desk.in_force(ended)
    written = next(each for each in lawbook.library().items if each.code == make.LICENCE)
    assert load_law(NOW, [replace(written, en="Corrected")]).added == 1
    with pytest.raises(selectors.NoItemInForce):
        selectors.version_in_force(make.LICENCE, LATER)


def test_retiring_takes_no_new_record_and_keeps_the_old_ones(desk: Desk) -> None:
    clerk = filings.clerk(make.agency())
    assert send(filings.as_csv([filings.FIRM_ROW]), make.PENALTY, clerk, TODAY) == 1
    ended = {"retirement": {"code": make.PENALTY, "basis": BASIS, "since": LATER.isoformat(), "verified": False}}
    desk.in_force(ended)
    with pytest.raises(selectors.NoItemInForce):
        send(filings.as_csv([filings.FIRM_ROW]), make.PENALTY, clerk, LATER)
    assert published(LATER).filter(record__item__item__code=make.PENALTY).count() == 1
    assert selectors.version_in_force(make.PENALTY, LATER - timedelta(days=1)).version == 2


def test_a_later_change_of_an_item_retires_the_earlier_change(desk: Desk) -> None:
    first = desk.in_force(item())
    desk.in_force(item(zh="示例认定信息（修订）"))
    first.refresh_from_db()
    assert first.state == "retired"
    assert selectors.version_in_force("JS-SL-01", LATER).name_zh == "示例认定信息（修订）"


def test_closing_an_item_hides_its_records_and_the_preview_said_how_many(desk: Desk) -> None:
    make.record(make.firm())
    present = selectors.definition_of(selectors.version_in_force(make.PENALTY, TODAY))
    data = {key: value for key, value in as_json(present).items() if value is not None and key != "scope"}
    content = {"item": data | {"publicity": "shared", "since": LATER.isoformat()}}
    change = desk.to_comment(content)
    impact = catalogue_impact.preview(change, TODAY)
    assert (impact.records, impact.published, impact.hidden, impact.periods) == (1, 1, 1, 1)
    assert [(each.code, each.records) for each in impact.agencies] == [(make.AGENCY, 1)]
    assert [(f.key, f.before - f.after) for f in impact.figures] == [("published", 1), ("items", 0)]
    assert f"/catalogue/{make.PENALTY}/" in impact.pages and "/organisations/ × 1" in impact.pages
    assert published(LATER).count() == 1
    assert desk.approve(change, LATER).impact["hidden"] == 1
    assert published(LATER).count() == 0


def test_another_term_is_counted_and_the_same_is_not(desk: Desk) -> None:
    desk.in_force(item(periods="term", term_months=12))
    assert send(generic(1), "JS-SL-01", filings.clerk(make.agency()), LATER) == 1
    after = (LATER + timedelta(days=60)).isoformat()
    for months, moved in ((12, 0), (36, 1)):
        change = desk.propose(item(periods="term", term_months=months, since=after))
        assert catalogue_impact.preview(change, LATER).periods == moved


def test_nobody_approves_their_own_draft_nor_what_they_checked(desk: Desk) -> None:
    both = make.user("both", Role.CENTRE_OPERATOR, Role.REVIEWER, Role.DECIDER)
    own = changes.propose(RENAME, "来函", actor=both, now=NOW, today=TODAY)
    desk.author = both
    desk.act(own, "submit", both)
    with pytest.raises(NeedsUnmet, match="起草人以外"):
        desk.act(own, "pass", both)
    desk.act(own, "pass", desk.checker)
    with pytest.raises(NeedsUnmet, match="起草人以外"):
        desk.approve(own, TODAY, both)
    two = make.user("two", Role.REVIEWER, Role.DECIDER)
    other = changes.propose(RENAME, "来函", actor=both, now=NOW, today=TODAY)
    desk.act(other, "submit", both)
    desk.act(other, "pass", two)
    with pytest.raises(NeedsUnmet, match="审核人以外"):
        desk.approve(other, TODAY, two)
    with transaction.atomic(), pytest.raises(DatabaseError):
        Change.objects.filter(pk=other.pk).update(approver=two, impact={})


def test_roles_states_and_reasons_are_asked_for(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        changes.propose(RENAME, "来函", actor=desk.checker, now=NOW, today=TODAY)
    change = desk.propose(RENAME)
    desk.act(change, "submit", desk.author)
    with pytest.raises(NotPermitted):
        desk.act(change, "pass", desk.decider)
    with pytest.raises(NeedsUnmet):
        changes.act(change.id, "pass", " ", actor=desk.checker, now=NOW, today=TODAY)
    with pytest.raises(changes.ChangedMeanwhile):
        changes.act(change.id, "pass", "已核", actor=desk.checker, now=NOW, today=TODAY, version=1)
    desk.act(change, "pass", desk.checker)
    with pytest.raises(NeedsUnmet, match="影响"):  # Only the room that counts the impact approves.
        desk.act(change, "approve", desk.decider)
    with pytest.raises(NotThisRole):
        changes.act(desk.approve(change, TODAY).id, "retire", actor=desk.decider, now=NOW, today=TODAY)


def test_comments_are_waited_for_except_for_another_name_of_a_column(desk: Desk) -> None:
    change = desk.to_comment(item())
    assert change.comment_until == TODAY + timedelta(days=30)
    assert [each.number for each in change_reading.open_to_comment(TODAY)] == [change.number]
    desk.act(change, "note", desk.author)
    with pytest.raises(NeedsUnmet, match="征求意见"):
        desk.approve(change, change.comment_until)
    assert desk.approve(change, LATER).state == "in_force"
    assert desk.to_comment(RENAME).comment_until == TODAY
    with pytest.raises(changes.TooEarly):
        desk.propose(item(since=(TODAY + timedelta(days=29)).isoformat()))


def test_the_earliest_day_that_is_told_can_still_be_approved(desk: Desk) -> None:
    last, first = TODAY + timedelta(days=30), TODAY + timedelta(days=31)
    with pytest.raises(changes.TooEarly, match=first.isoformat()):
        desk.propose(item(since=last.isoformat()))
    change = desk.to_comment(item(since=first.isoformat()))
    assert change.comment_until == last
    assert desk.approve(change, first).state == "in_force"


def test_a_day_that_can_no_longer_be_reached_goes_back_at_the_legal_check(desk: Desk) -> None:
    change = desk.propose(item(since=(TODAY + timedelta(days=31)).isoformat()))
    desk.act(change, "submit", desk.author)
    step = {"actor": desk.checker, "now": NOW, "today": TODAY + timedelta(days=1)}
    with pytest.raises(changes.TooEarly, match="请改晚生效日"):
        changes.act(change.id, "pass", "已核对", **step)
    assert changes.act(change.id, "return", "生效日须改晚", **step).state == "draft"


@pytest.mark.parametrize(("content", "refusal"), [
    (item(contents=["宗教信仰"]), UnlawfulItem),
    (item(zh="人脸信息"), UnlawfulItem),
    (item(subject_kinds=["person"], contents=["个人收入"]), UnlawfulItem),
    (item(basis=[]), LawFileFault),
    (item(basis=[{"instrument": "甲", "article": "乙"}]), LawFileFault),
    (item(layout="nothing"), lawbook.NoSuchLayout),
    (item(nonsense=1), LawFileFault),
    (item(since="soon"), LawFileFault),
    ({"item": {}, "layout": {}}, LawFileFault),
    ([], LawFileFault),
    ({"layout": RENAME["layout"] | {"heading": "血型"}}, ChangeDoesNotFit),
    ({"layout": RENAME["layout"] | {"heading": "处罚内容"}}, ChangeDoesNotFit),
    ({"layout": RENAME["layout"] | {"field": "CF_NOTHING"}}, ChangeDoesNotFit),
    ({"layout": RENAME["layout"] | {"operation": "retire", "heading": None, "heading_en": None}}, Refusal),
    ({"retirement": {"code": "JS-NO-01", "basis": BASIS, "since": LATER.isoformat(), "verified": False}},
     selectors.NoItemInForce),
])  # fmt: skip
def test_what_the_law_or_the_tables_do_not_allow_is_not_even_a_draft(desk: Desk, content: Any, refusal: type) -> None:
    with pytest.raises(refusal):
        desk.propose(content)
    assert Change.objects.count() == 0


def test_every_step_has_its_leaf_and_is_written_once(desk: Desk) -> None:
    change = desk.in_force(RENAME, TODAY)
    steps = change_reading.steps(change)
    assert [each.action for each in steps] == ["propose", "submit", "pass", "approve", "start"]
    assert Entry.objects.filter(kind="catalogue.change").count() == len(steps)
    assert len({each.entry_id for each in steps}) == len(steps)
    with transaction.atomic(), pytest.raises(DatabaseError):
        ChangeStep.objects.filter(pk=steps[0].pk).update(reason="别的")


def test_a_column_is_added_and_another_retired_but_stays_readable(desk: Desk) -> None:
    added = {"code": "CF_SLXM", "zh": "示例项目", "en": "Demo project", "type": "text", "length": 20, "published": True}
    columns = {"layout": "CF", "basis": BASIS, "since": LATER.isoformat(), "verified": False}
    desk.in_force({"layout": columns | {"operation": "add", "added": added}})
    desk.in_force({"layout": columns | {"operation": "retire", "field": "BZ"}})
    assert "CF_SLXM" in lawbook.layout("cf", LATER).codes
    assert "BZ" not in lawbook.layout("cf", LATER).codes
    assert "BZ" in lawbook.layout("cf").codes and "BZ" in lawbook.layout("cf", TODAY).codes
    clerk, row = filings.clerk(make.agency()), filings.FIRM_ROW | {"BZ": "旧备注", "CF_SLXM": "一号"}
    assert send(filings.as_csv([row]), make.PENALTY, clerk, LATER) == 1
    content = published(LATER).get().content
    assert content.get("CF_SLXM") == "一号" and "BZ" not in content


def test_an_amount_and_a_list_are_added_checked_and_shown_in_the_template(desk: Desk) -> None:
    columns = {"layout": "CF", "basis": BASIS, "since": LATER.isoformat(), "verified": False, "operation": "add"}
    shown = {"en": "Demo", "published": True}
    amount = shown | {"code": "CF_SLJE", "zh": "示例金额(万元)", "type": "wan"}
    grade = shown | {"code": "CF_SLDJ", "zh": "示例等级", "type": "choice", "choices": ["甲级", "乙级"]}
    for added in (amount, grade):
        desk.in_force({"layout": columns | {"added": added}})
    assert "示例等级" in blank_csv(make.PENALTY, LATER).decode()
    clerk, row = filings.clerk(make.agency()), filings.FIRM_ROW | {"CF_SLJE": "0.8", "CF_SLDJ": "甲级"}
    assert send(filings.as_csv([row]), make.PENALTY, clerk, LATER) == 1
    content = published(LATER).get().content
    assert content["CF_SLJE"]["fen"] == 800_000 and content["CF_SLDJ"] == "甲级"
    for wrong in ({"CF_SLJE": "八千"}, {"CF_SLDJ": "丙级"}):
        assert send(filings.as_csv([row | wrong | {"CF_WSH": "示交罚〔2026〕3号"}]), make.PENALTY, clerk, LATER) == 0


def test_a_version_of_the_desk_is_read_back_as_it_was_proposed(desk: Desk) -> None:
    desk.in_force(item(periods="term", term_months=12))
    version = ItemVersion.objects.get(item__code="JS-SL-01")
    assert selectors.definition_of(version).term_months == 12
    assert (version.origin, version.definition["scope"]) == ("desk", "jiangsu")
