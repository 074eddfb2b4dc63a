"""The small client against the real door: asked, answered, fed back, watched, told, taken off."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.test import Client as Browser
from tests.factories import CITIZEN, FIRM
from tests.screenings import MATTER_NO, PERSON_NAME, article, listing

from chengxin.disclosure.models import ScreeningFeedback
from chengxin.disclosure.screening import services
from chengxin.ui import clock

sys.path.insert(0, str(Path(__file__).parents[3] / "client" / "src"))

from chengxin_client import Answer, Client, Failed, Subject

pytestmark = pytest.mark.django_db
ABOUT = ("market_entry", MATTER_NO)


def through_django(method, path, headers, body):
    kind = headers.pop("Content-Type", "application/json")
    answer = Browser().generic(method, path, body or b"", content_type=kind, headers=headers)
    return Answer(answer.status_code, {name.lower(): text for name, text in answer.headers.items()}, answer.content)


def test_a_hall_asks_reports_back_and_follows_what_changes(world):
    record, statute = listing(world.person), article("market_entry")
    client = Client("https://x.example", world.ours.token, through_django)
    subjects = [Subject.organisation(FIRM), Subject.person(CITIZEN, PERSON_NAME)]
    reply = client.screen(*ABOUT, statute, subjects)
    assert [each["status"] for each in reply.results] == ["no_hit", "hit"] and reply.warning == "" and record
    assert client.feedback(reply.hits[0]["number"], applied=False, reason="仅变更地址")["applied"] is False
    assert ScreeningFeedback.objects.count() == 1
    assert len(client.watch(*ABOUT, statute, subjects)["watches"]) == 2
    listing(world.firm)
    services.run(clock.now(), clock.today())
    assert [each["kind"] for each in client.events()] == ["struck"]
    assert sorted(each["state"] for each in client.watched()) == ["struck", "struck"]
    assert client.unwatch_subjects(*ABOUT, subjects[:1]) == 1 and client.pushing()["registered"] is False
    with pytest.raises(Failed) as told:
        client.screen(*ABOUT, "无", subjects)
    assert told.value.code == "statute_not_for_purpose" and CITIZEN not in str(told.value)
