"""The small client against the real door: asked, answered, fed back, watched, told, taken off."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client as Browser
from tests import factories
from tests.factories import CITIZEN, FIRM, TODAY
from tests.screenings import MATTER_NO, PERSON_NAME, article, listing

from chengxin.disclosure import feed
from chengxin.disclosure.models import ScreeningFeedback
from chengxin.disclosure.screening import services
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.ui import clock
from chengxin.vault import services as vault

sys.path.insert(0, str(Path(__file__).parents[3] / "client" / "src"))

from chengxin_client import Answer, Client, Failed, Feed, NotFromThere, Subject

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
    assert [each["number"] for each in client.waiting()] == [reply.hits[0]["number"]]
    assert client.feedback(reply.hits[0]["number"], applied=False, reason="仅变更地址")["applied"] is False
    assert ScreeningFeedback.objects.count() == 1 and list(client.waiting()) == []
    assert len(client.watch(*ABOUT, statute, subjects)["watches"]) == 2
    listing(world.firm)
    services.run(clock.now(), clock.today())
    assert [each["kind"] for each in client.events()] == ["struck"]
    assert sorted(each["state"] for each in client.watched()) == ["struck", "struck"]
    assert client.unwatch_subjects(*ABOUT, subjects[:1]) == 1 and client.pushing()["registered"] is False
    with pytest.raises(Failed) as told:
        client.screen(*ABOUT, "无", subjects)
    assert told.value.code == "statute_not_for_purpose" and CITIZEN not in str(told.value)


def signed_by_the_platform(signature, text):
    try:
        Ed25519PublicKey.from_public_bytes(vault.public_key()).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def test_a_recipient_takes_the_whole_set_follows_and_finds_out_where_it_differs(world):
    feed.contract(world.ours.client.agency, "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=9))
    record = factories.record(world.firm, document_no="示交罚〔2026〕77号")
    feed.collect(clock.now(), TODAY)
    taker = Feed("https://x.example", world.ours.token, signed_by_the_platform, "GX-1", through_django)
    pages = list(taker.snapshot())
    held = {each["record"]: each["number"] for page in pages for each in page["records"]}
    number = pages[-1]["snapshot"]
    assert str(record) in held and taker.compare(number, held) == []
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=clock.now())
    feed.collect(clock.now(), TODAY)
    (delta,) = taker.deltas(number)
    assert (delta["kind"], delta["record"]) == ("withdraw", str(record))
    assert taker.compare(delta["number"], held) == [str(record)[:2]]
    held = {name: each for name, each in held.items() if name != str(record)}
    assert taker.compare(delta["number"], held) == [] and taker.confirm([delta["number"]])[0]["verified"]
    assert taker.deletions()["count"] == 0
    with pytest.raises(NotFromThere):
        list(Feed("https://x.example", world.ours.token, lambda *_: False, "", through_django).snapshot())
