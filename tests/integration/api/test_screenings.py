"""Screening over HTTP: single and batch, refusals, feedback, another unit's hit, and no number anywhere."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client as Browser
from tests.factories import CITIZEN, FIRM, NOW, TODAY
from tests.integration.api.conftest import problem
from tests.screenings import MATTER_NO, PERSON_NAME, article, listing

from chengxin.accounts import selectors as accounts
from chengxin.api import screening as api_screening
from chengxin.disclosure.models import Access, ScreeningFeedback, ScreeningHit
from chengxin.disclosure.screening import services
from chengxin.disclosure.screening.services import remind, run, waiting
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
THE_FIRM = {"subject_kind": "organisation", "code_kind": "uscc", "code": FIRM}
THE_PERSON = {"subject_kind": "person", "code_kind": "citizen_id", "code": CITIZEN, "name": PERSON_NAME}


def asked(*subjects, **changed):
    whole = {"matter": "market_entry", "matter_no": MATTER_NO, "statute": article("market_entry")}
    return {**whole, "subjects": list(subjects or (THE_FIRM,)), **changed}


def hit(world):
    listing(world.firm)
    return world.ours.post("/screenings", asked()).json()["results"][0]["hits"][0]


def test_a_batch_is_answered_in_its_order_and_repeats_no_code_and_no_name(world):
    listing(world.person)
    nobody = {"subject_kind": "organisation", "code_kind": "uscc", "name": "栖云望舒食品有限公司"}
    response = world.ours.post("/screenings", asked(THE_FIRM, THE_PERSON, nobody))
    body, text = response.json(), response.content.decode()
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    assert [each["status"] for each in body["results"]] == ["no_hit", "hit", "needs_code"]
    found = body["results"][1]["hits"][0]
    assert found["basis"].startswith("《") and found["remedy_zh"] and found["feedback_due"] > str(TODAY)
    assert body["as_of"] == str(TODAY) and not any(word in text for word in (CITIZEN, PERSON_NAME, FIRM, "示列"))
    assert Access.objects.filter(entry_id=body["ledger_entry"]).count() == 3


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"statute": "无"}, 403, "statute_not_for_purpose"),
        ({"matter": "weather"}, 403, "not_permitted"),
        ({"matter": "government_procurement"}, 403, "not_permitted"),
        ({"matter_no": CITIZEN}, 403, "matter_not_plain"),
        ({"subjects": []}, 422, "invalid"),
        ({"names_only": True}, 422, "invalid"),
    ],
)
def test_what_is_refused_says_why_and_repeats_nothing(world, changed, status, code, caplog):
    listing(world.person)
    with caplog.at_level(logging.DEBUG):
        response = world.ours.post("/screenings", {**asked(THE_PERSON), **changed})
    body = problem(response, status, code)
    assert not any(word in response.content.decode() + caplog.text for word in (CITIZEN, PERSON_NAME))
    assert status == 422 or Access.objects.get().entry_id == body["ledger_entry"]


def test_a_key_stands_for_one_request_and_the_hit_keeps_its_number(world):
    listing(world.firm)
    key = {"Idempotency-Key": "screening-0001"}
    first, again = (world.ours.post("/screenings", asked(), **key).json() for _ in range(2))
    assert first["results"] == again["results"] and first["ledger_entry"] != again["ledger_entry"]
    problem(world.ours.post("/screenings", asked(THE_PERSON), **key), 409, "idempotency_key_reused")
    assert ScreeningHit.objects.count() == 1


def test_feedback_is_taken_once_and_the_same_again_changes_nothing(world):
    given = {"number": hit(world)["number"], "applied": False, "reason": "该许可不涉及准入限制"}
    first, again = (world.ours.post("/screenings/feedback", given).json() for _ in range(2))
    assert first == again and ScreeningFeedback.objects.count() == 1
    problem(world.ours.post("/screenings/feedback", {**given, "applied": True}), 409, "hit_answered_already")
    assert waiting(world.ours.client.agency_id, TODAY) == []


@pytest.mark.parametrize(
    ("changed", "code"), [({"reason": " "}, "feedback_needs_reason"), ({"reason": CITIZEN}, "feedback_not_plain")]
)
def test_feedback_lacks_something(world, changed, code):
    given = {"number": hit(world)["number"], "applied": False, **changed}
    problem(world.ours.post("/screenings/feedback", given), 422, code)
    assert not ScreeningFeedback.objects.exists()


def test_another_units_hit_is_as_good_as_none(world):
    given = {"number": hit(world)["number"], "applied": True}
    theirs = world.theirs.post("/screenings/feedback", given)
    nothing = world.theirs.post("/screenings/feedback", {**given, "number": str(uuid4())})
    assert problem(theirs, 404, "not_found") == problem(nothing, 404, "not_found")
    assert not ScreeningFeedback.objects.exists()


def test_overdue_feedback_is_counted_reminded_again_listed_and_warned_of_but_never_refused(world, monkeypatch):
    number = hit(world)["number"]
    one = ScreeningHit.objects.get(pk=number)
    late, later = TODAY + timedelta(days=30), NOW + timedelta(days=30)
    assert remind(NOW, TODAY) == 0
    assert (remind(later, late), remind(later, late)) == (1, 0)
    assert [m.kind for m in accounts.inbox([one.agency_id])] == ["screening_overdue"]
    assert [remind(later, late + timedelta(days=n)) for n in (1, 6, 7, 8)] == [0, 0, 1, 0], "again after a week"
    assert [(each.since, each.count) for each in services.late_units(late)] == [(one.due_on, 1)]
    assert world.ours.client.agency.name_zh in anybody("/laggards/", late)
    for n in range(9):
        world.ours.post("/screenings", asked(matter_no=f"苏许〔2026〕{n}号"))
    with clock.moved_to(late):
        body = world.ours.post("/screenings", asked()).json()
    assert body["overdue_feedback"] == 10 and "逾期" in body["warning"] and body["results"][0]["status"] == "hit"


def test_what_has_ended_is_still_to_be_answered_but_no_longer_shown(world):
    number = hit(world)["number"]
    before = waiting(world.ours.client.agency_id, TODAY)[0]
    registry.end_record(ScreeningHit.objects.get(pk=number).record_id, Cause.RESTORED, ref="XF-1", now=NOW)
    after = waiting(world.ours.client.agency_id, TODAY)[0]
    assert before.hit is not None and before.hit.code == "JS-YZ-01"
    assert after.hit is None and "JS-YZ-01" not in repr(after)


def test_hits_and_feedback_are_never_changed_or_deleted(world):
    world.ours.post("/screenings/feedback", {"number": hit(world)["number"], "applied": True})
    for rows in (ScreeningHit.objects.all(), ScreeningFeedback.objects.all()):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            rows.update(at=NOW)


def test_a_large_batch_fits_into_a_body(world):
    body = json.dumps(asked(*[{**THE_PERSON, "name": "沈" * 10}] * 4000), ensure_ascii=False).encode()
    assert len(body) < 1024 * 1024


def test_a_portfolio_is_told_of_changes_only_and_only_to_its_unit(world, settings):
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    body = world.ours.post("/screenings/portfolio", asked(THE_FIRM, THE_PERSON)).json()
    assert sorted(body["watches"]) == ["0", "1"] and body["screening"]["results"][0]["status"] == "no_hit"
    assert world.ours.get("/screenings/events").json() == {"items": [], "next_cursor": "0"}
    listing(world.firm)
    assert run(clock.now(), TODAY) == 1
    page = world.ours.get("/screenings/events").json()
    assert [(each["kind"], each["watch"]) for each in page["items"]] == [("struck", body["watches"]["0"])]
    assert world.ours.get("/screenings/events", cursor=page["next_cursor"]).json()["items"] == []
    assert world.theirs.get("/screenings/events").json()["items"] == []
    numbers = {"watches": list(body["watches"].values())}
    assert world.theirs.post("/screenings/portfolio/close", numbers).json() == {"closed": 0}
    assert world.ours.post("/screenings/portfolio/close", numbers).json() == {"closed": 2}


def test_events_are_sent_to_listed_hosts_only(world, settings):
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    good = {"url": "https://hall.example/events", "replay_after": 0}
    assert world.ours.post("/screenings/webhook", good).json() == {"registered": True}
    problem(world.ours.post("/screenings/webhook", {"url": "https://other.example/"}), 403, "address_not_allowed")


def test_watching_is_refused_as_screening_is(world):
    problem(world.ours.post("/screenings/portfolio", asked(statute="无")), 403, "statute_not_for_purpose")
    assert Access.objects.get().outcome == "refused"


def test_the_register_is_listed_changed_by_code_and_is_the_units_own(world):
    listing(world.person)
    asked_for = asked(THE_FIRM, THE_PERSON)
    assert world.ours.post("/screenings/portfolio", asked_for).status_code == 200
    page = world.ours.get("/screenings/portfolio").json()
    assert [(each["subject_kind"], each["code"], each["state"]) for each in page["items"]].count(
        ("organisation", FIRM, "clear")
    ) == 1
    assert [each["code"] for each in page["items"] if each["state"] == "struck"] == [""] and page["total"] == 2
    assert CITIZEN not in json.dumps(page) and PERSON_NAME not in json.dumps(page) and page["next_cursor"] == ""
    gone = {"matter": "market_entry", "matter_no": MATTER_NO, "subjects": [THE_PERSON]}
    assert world.theirs.get("/screenings/portfolio").json()["total"] == 0
    assert world.theirs.post("/screenings/portfolio/remove", gone).json() == {"closed": 0}
    reads = Access.objects.count()
    assert [world.ours.post("/screenings/portfolio/remove", gone).json()["closed"] for _ in range(2)] == [1, 0]
    assert Access.objects.count() == reads and world.ours.get("/screenings/portfolio").json()["total"] == 1


def test_how_the_pushing_stands_is_told(world, settings):
    assert world.ours.get("/screenings/webhook").json()["registered"] is False
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    world.ours.post("/screenings/webhook", {"url": "https://hall.example/in"})
    stands = world.ours.get("/screenings/webhook").json()
    assert (stands["registered"], stands["url"], stands["taken"], stands["newest"]) == (
        True,
        "https://hall.example/in",
        0,
        0,
    )


def anybody(path, day):
    with clock.moved_to(day):
        return Browser().get(path).content.decode()


def test_what_waits_is_listed_to_its_unit_page_by_page_whatever_is_answered_meanwhile(world, monkeypatch):
    monkeypatch.setattr(api_screening, "PAGE", 2)
    listing(world.firm)
    for n in range(5):
        world.ours.post("/screenings", asked(matter_no=f"苏许〔2026〕{n}号"))
    page = world.ours.get("/screenings/waiting").json()
    assert (page["total"], page["overdue"], len(page["items"])) == (5, 0, 2)
    assert page["items"][0]["code"] == "JS-YZ-01" and page["items"][0]["stands"]
    seen = [each["number"] for each in page["items"]]
    while page["next_cursor"]:
        world.ours.post("/screenings/feedback", {"number": page["items"][0]["number"], "applied": True})
        page = world.ours.get("/screenings/waiting", cursor=page["next_cursor"]).json()
        seen += [each["number"] for each in page["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert world.theirs.get("/screenings/waiting").json()["items"] == []
    problem(world.theirs.get("/screenings/waiting", cursor=seen[-1]), 404, "not_found")
    problem(world.ours.get("/screenings/waiting", cursor="1"), 422, "invalid")


def test_of_what_has_ended_the_list_says_only_that_it_waits(world):
    number = hit(world)["number"]
    registry.end_record(ScreeningHit.objects.get(pk=number).record_id, Cause.RESTORED, ref="XF-1", now=NOW)
    (item,) = world.ours.get("/screenings/waiting").json()["items"]
    assert (item["number"], item["stands"], item["code"], item["zh"]) == (number, False, "", "")
