"""What a change of the catalogue moves, told before it is approved: in the register, in the feed and in the duties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests import factories as make
from tests.desks import BASIS, LATER, Desk, as_it_stands
from tests.factories import NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.catalogue import overlay
from chengxin.disclosure import feed
from chengxin.intake.quality import entries
from chengxin.monitoring import catalogue_impact
from chengxin.monitoring.models import ImpactShown
from chengxin.registry.selectors import published

pytestmark = pytest.mark.django_db
DEBTORS, TAX = "JS-SF-01", "CF_XDR_SWDJ"
AFTER = LATER + timedelta(days=31)
COLUMN = {"layout": "CF", "basis": BASIS, "since": LATER.isoformat(), "verified": False}
RENAME = {"layout": COLUMN | {
    "operation": "rename", "field": "CF_JDRQ", "heading": "决定作出日", "heading_en": "Decided on",
    "since": TODAY.isoformat(),
}}  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Desk]:
    make.law()
    overlay.put(overlay.Overlay())
    yield Desk()
    overlay.put(overlay.Overlay())


def redefined(code: str, day: Any = LATER, **changed: Any) -> dict[str, Any]:
    whole = as_it_stands(code) | {"since": day.isoformat()} | changed
    return {"item": {key: value for key, value in whole.items() if value is not None}}


def counted(desk: Desk, content: dict[str, Any], day: Any = TODAY) -> dict[str, Any]:
    return catalogue_impact.count(desk.propose(content), day)


def figures(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {each["key"]: (each["before"], each["after"]) for each in found["figures"]}


def test_persons_leave_the_portal_when_no_law_is_cited_and_the_preview_says_how_many(desk: Desk) -> None:
    make.record(make.person(), item=DEBTORS)
    make.record(make.firm(), item=DEBTORS)
    content = redefined(DEBTORS, person_public_basis=None)
    found = counted(desk, content)
    assert (found["published"], found["hidden"], found["reopened"]) == (2, 1, 0)
    assert figures(found)["published"] == (2, 1)
    before = published(LATER).count()
    desk.in_force(content)
    assert before - published(LATER).count() == found["hidden"]
    assert counted(desk, content | {"item": content["item"] | {"since": AFTER.isoformat()}}, LATER)["hidden"] == 0
    again = counted(desk, redefined(DEBTORS, AFTER), LATER)
    assert (again["hidden"], again["reopened"], figures(again)["published"]) == (0, 1, (1, 2))


def test_a_retired_column_says_how_many_published_records_lose_what_they_say(desk: Desk) -> None:
    make.record(make.firm(), content=make.penalty_content() | {TAX: "3201998800", "BZ": "没有公示的备注"})
    make.record(make.firm(make.OTHER_FIRM, "另一家有限公司"))
    found = counted(desk, {"layout": COLUMN | {"operation": "retire", "field": TAX}})
    assert (found["hidden"], found["blanked"], found["filled"], found["published"]) == (0, 1, 1, 2)
    before, after = figures(found)["columns"]
    assert before - after == 1
    assert "/statistics/" in found["pages"] and "/organisations/ × 2" in found["pages"]
    kept = counted(desk, {"layout": COLUMN | {"operation": "retire", "field": "BZ"}})
    assert (kept["filled"], kept["blanked"]) == (1, 0)
    assert figures(kept)["columns"][0] == figures(kept)["columns"][1]


def test_recipients_are_foreseen_as_they_will_be_told(desk: Desk) -> None:
    make.record(make.firm(), content=make.penalty_content() | {TAX: "3201998800"})
    until = LATER + timedelta(days=900)
    holder = feed.contract(make.agency(make.OTHER_AGENCY), "supervision", "GX-1", since=TODAY, until=until)
    feed.contract(make.agency(), "supervision", "GX-2", since=TODAY, until=until)
    feed.collect(NOW, TODAY)
    feed.pull(holder, 0, now=NOW, today=TODAY)
    column = counted(desk, {"layout": COLUMN | {"operation": "retire", "field": TAX}})
    assert column["feed"] == {"withdrawn": 0, "changed": 1, "recipients": 1}
    closing = redefined(make.PENALTY, publicity="shared")
    assert counted(desk, closing)["feed"] == {"withdrawn": 1, "changed": 0, "recipients": 1}
    assert counted(desk, redefined(make.PENALTY))["feed"] == {"withdrawn": 0, "changed": 0, "recipients": 0}
    desk.in_force(closing)
    assert feed.collect(NOW, LATER) == 1
    opening = counted(desk, redefined(make.PENALTY, AFTER), LATER)
    assert opening["feed"] == {"withdrawn": 0, "changed": 1, "recipients": 1}
    assert (opening["hidden"], opening["reopened"]) == (0, 1) and "/organisations/ × 1" in opening["pages"]


def test_a_retirement_says_who_need_not_supply_the_item_any_more(desk: Desk) -> None:
    source = make.agency()
    operator = make.user("operator", Role.CENTRE_OPERATOR)
    entries.set_duties(source, [make.LICENCE], actor=operator, now=NOW, today=TODAY)
    ended = {"retirement": {"code": make.LICENCE, "basis": BASIS, "since": LATER.isoformat(), "verified": False}}
    assert counted(desk, ended)["duties"] == 1
    ended["retirement"]["code"] = make.PENALTY
    assert counted(desk, ended)["duties"] == 0


def test_equal_records_are_computed_once_and_counted_each(desk: Desk) -> None:
    """Three penalties of one day end alike; a fourth of another day is a group of its own."""
    for number in range(3):
        make.record(make.firm(), document_no=f"示交罚〔2026〕{number}号")
    make.record(make.firm(), document_no="示交罚〔2026〕9号", decided=TODAY)
    make.record(make.person(), document_no="示交罚〔2026〕10号")
    found = counted(desk, redefined(make.PENALTY, publicity="shared"))
    # The person's record was never published, so that nothing of its days changes.
    assert (found["records"], found["periods"]) == (5, 4)
    assert counted(desk, redefined(make.PENALTY))["periods"] == 0


def test_the_newest_records_are_listed_by_item_day_and_agency_and_nothing_else(desk: Desk) -> None:
    make.record(make.person(), item=DEBTORS)
    make.record(make.firm(), item=DEBTORS, document_no="示法〔2026〕2号")
    found = catalogue_impact.newest(desk.propose(redefined(DEBTORS, person_public_basis=None)), TODAY)
    assert len(found) == 1  # The one that leaves the portal, and not its neighbour.
    assert len(catalogue_impact.newest(desk.propose(redefined(DEBTORS)), TODAY)) == 2
    text = repr(found)
    assert DEBTORS in text and "示例省交通运输厅" in text
    assert "沈清和" not in text and make.CITIZEN not in text and "示交罚" not in text


def test_one_count_is_shown_for_some_minutes_and_another_draft_is_counted_anew(desk: Desk) -> None:
    change = desk.to_comment(RENAME)
    first = catalogue_impact.shown(change, now=NOW, today=TODAY)
    assert catalogue_impact.shown(change, now=NOW + timedelta(minutes=4), today=TODAY) == first
    assert catalogue_impact.shown(change, now=NOW + timedelta(minutes=4), today=TODAY, anew=True) != first
    desk.act(change, "note", desk.author)
    change.refresh_from_db()
    assert catalogue_impact.shown(change, now=NOW, today=TODAY).version == change.version
    catalogue_impact.shown(change, now=NOW + timedelta(hours=3), today=TODAY)
    assert ImpactShown.objects.count() == 1


def approve(desk: Desk, change: Any, seen: Any, later: timedelta = timedelta(0)) -> Any:
    return catalogue_impact.approve(change.id, "同意", str(seen), actor=desk.decider, now=NOW + later, today=TODAY)


def test_what_moved_by_more_than_a_hundredth_is_looked_at_again(desk: Desk) -> None:
    make.record(make.firm(), content=make.penalty_content() | {"CF_JDRQ": "2026-11-12"})
    change = desk.to_comment(RENAME)
    seen = catalogue_impact.shown(change, now=NOW, today=TODAY)
    assert seen.content["filled"] == 1
    make.record(make.firm(), document_no="2号", content=make.penalty_content() | {"CF_JDRQ": "2026-11-12"})
    with pytest.raises(catalogue_impact.ImpactMoved, match="百分之一"):
        approve(desk, change, seen.pk)


def test_a_register_that_lives_does_not_stand_in_the_way(desk: Desk) -> None:
    change = desk.to_comment(RENAME)
    seen = catalogue_impact.shown(change, now=NOW, today=TODAY)
    make.record(make.firm())
    approved = approve(desk, change, seen.pk, timedelta(minutes=59))
    assert approved.state == "in_force"
    assert approved.impact["records"] == 0
    assert datetime.fromisoformat(approved.impact["counted_at"]) == NOW


def test_a_look_of_yesterday_or_at_another_change_is_no_look(desk: Desk) -> None:
    change = desk.to_comment(RENAME)
    seen = catalogue_impact.shown(change, now=NOW, today=TODAY).pk
    with pytest.raises(catalogue_impact.ImpactMoved, match="一小时"):
        approve(desk, change, seen, timedelta(minutes=61))
    other = desk.to_comment({"layout": RENAME["layout"] | {"heading": "作出决定日"}})
    for wrong in (seen, "", "0" * 32):
        with pytest.raises(catalogue_impact.ImpactMoved):
            approve(desk, other, wrong)
