"""The outbox: written with its notice or not at all, sent in order at least once, with nothing a log may not hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from tests.factories import NOW

from chengxin.accounts.models import Message
from chengxin.cases import channels, contacts, outbox, services
from chengxin.cases.contacts import ContactNotUsable
from chengxin.cases.models import Contact, Notice, OutboxMessage
from chengxin.ledger.models import Entry

MOBILE, EMAIL = "13800001234", "shen.qinghe@example.org"
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "outbox"


def lines(folder: Path, channel: str = "sms") -> list[dict[str, str]]:
    path = folder / f"{channel}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def told(box, title: str = "异议处理决定", now=NOW) -> Notice:
    return services.serve_notice(box, "objection_decided", title, "决定：维持原记录。", now=now, link="/mine/")


class Broken:
    """A gateway that is down."""

    def send(self, parcel) -> None:
        raise ConnectionError(parcel.address)


def test_a_mailbox_without_contacts_is_told_in_its_inbox_only():
    notice = told(uuid4())
    assert Message.objects.filter(mailbox=notice.mailbox).count() == 1
    assert outbox.state_of(notice.id) == []


def test_every_chosen_channel_gets_title_and_link_and_nothing_more(folder):
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    contacts.set_contact(box, "email", EMAIL, now=NOW)
    notice = told(box)
    assert outbox.state_of(notice.id) == [("email", "waiting"), ("sms", "waiting")]
    assert outbox.drain(now=NOW) == 2
    assert outbox.state_of(notice.id) == [("email", "sent"), ("sms", "sent")]
    sms, email = lines(folder)[0], lines(folder, "email")[0]
    assert sms["to"] == "138****1234"
    assert set(sms) == {"event", "channel", "to", "title", "link", "at"}
    written = json.dumps([sms, email], ensure_ascii=False)
    assert MOBILE not in written and EMAIL not in written and "维持" not in written
    assert (folder / "sms.jsonl").stat().st_mode & 0o077 == 0


def test_the_row_falls_with_its_notice():
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    with pytest.raises(RuntimeError), transaction.atomic():
        told(box)
        raise RuntimeError
    assert not Notice.objects.filter(mailbox=box).exists()
    assert not OutboxMessage.objects.filter(mailbox=box).exists()


@pytest.mark.django_db(transaction=True)
def test_no_row_outside_the_transaction_of_its_notice():
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    notice = told(box)
    with pytest.raises(transaction.TransactionManagementError):
        outbox.enqueue(notice, link="", now=NOW)


def test_a_gateway_that_is_down_is_tried_again_later_and_holds_up_only_its_own_mailbox(folder, settings, caplog):
    here, there = uuid4(), uuid4()
    contacts.set_contact(here, "email", EMAIL, now=NOW)
    contacts.set_contact(there, "sms", MOBILE, now=NOW)
    first, second, other = told(here, "一"), told(here, "二"), told(there)
    settings.CHENGXIN_CHANNELS = {"email": f"{__name__}.Broken"}
    assert outbox.drain(now=NOW) == 1
    assert outbox.state_of(other.id) == [("sms", "sent")]
    assert outbox.drain(now=NOW + timedelta(seconds=5)) == 0, "not before its time"
    row = OutboxMessage.objects.get(notice=first)
    assert (row.tries, row.fault) == (1, "ConnectionError")
    assert OutboxMessage.objects.get(notice=second).tries == 0, "the second waits behind the first"
    assert EMAIL not in caplog.text
    settings.CHENGXIN_CHANNELS = {}
    assert outbox.drain(now=NOW + outbox.FIRST_WAIT) == 2
    assert [line["title"] for line in lines(folder, "email")] == ["一", "二"]


def test_waits_double_up_to_six_hours():
    waits = [outbox.backoff(tries) for tries in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(waits) == outbox.LONGEST_WAIT
    assert waits == sorted(waits)


def test_what_nobody_could_hand_over_for_a_week_is_dropped_and_the_next_goes_on(folder, settings):
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    old = told(box, "旧")
    later = NOW + outbox.DROP_AFTER
    settings.CHENGXIN_CHANNELS = {"sms": f"{__name__}.Broken"}
    assert outbox.drain(now=later) == 0
    assert outbox.state_of(old.id) == [("sms", "dropped")]
    settings.CHENGXIN_CHANNELS = {}
    fresh = told(box, "新", now=later)
    assert outbox.drain(now=later) == 1
    assert outbox.state_of(fresh.id) == [("sms", "sent")]


def test_a_lease_keeps_others_off_until_it_ends(folder):
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    notice = told(box)
    held = outbox._lease(NOW)
    assert held is not None and outbox.drain(now=NOW) == 0
    assert outbox.drain(now=NOW + outbox.LEASE) == 1
    assert lines(folder)[0]["event"] == str(held.id)
    assert OutboxMessage.objects.get(notice=notice).tries == 2


def test_an_address_is_sealed_masked_replaced_and_deleted(folder):
    box = uuid4()
    contacts.set_contact(box, "sms", MOBILE, now=NOW)
    assert MOBILE.encode() not in bytes(Contact.objects.get(mailbox=box).sealed_address)
    contacts.set_contact(box, "sms", "13900005678", now=NOW)
    assert contacts.shown(box) == {"sms": "139****5678"}
    notice = told(box)
    contacts.set_contact(box, "sms", "", now=NOW)
    assert contacts.shown(box) == {}
    assert outbox.drain(now=NOW) == 0
    assert outbox.state_of(notice.id) == [("sms", "dropped")]
    leaves = Entry.objects.filter(kind="contact")
    assert leaves.count() == 3
    assert not any(b"138" in bytes(leaf.body) and MOBILE.encode() in bytes(leaf.body) for leaf in leaves)


@pytest.mark.parametrize(("channel", "text"), [
    ("sms", "1380000123"), ("sms", "02512345678"), ("email", "nobody"), ("email", "a@b"), ("fax", MOBILE),
])  # fmt: skip
def test_an_address_nothing_could_reach_is_refused_without_repeating_it(channel, text):
    with pytest.raises(ContactNotUsable) as refused:
        contacts.set_contact(uuid4(), channel, text, now=NOW)
    assert text not in refused.value.zh + refused.value.en


def test_the_default_channel_is_a_file():
    assert isinstance(channels.channel("sms"), channels.FileChannel)


def test_twenty_four_killed_workers_lose_nothing_and_repeat_under_the_same_event(tmp_path):
    """Real processes, real SIGKILL, a database of their own: before the send, after it, and after the note."""
    environment = {**os.environ, "CHENGXIN_VAR": str(tmp_path), "CHENGXIN_DATABASE": f"sqlite:///{tmp_path}/x.sqlite3"}
    environment.pop("CHENGXIN_KEYS", None)
    command = [sys.executable, "-m", "tests.integration.cases.outbox_kills", "24"]
    home = settings.HOME
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["kills"] == 24
    assert (found["lost"], found["unknown"], found["waiting"]) == (0, 0, 0)
    assert found["repeats"] >= 4, "a worker killed after the send makes a repeat, or the test kills nothing"
    assert (found["in_order"], found["boxes"]) == (True, 3)
