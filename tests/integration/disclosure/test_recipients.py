"""Recipients are registered at the centre with terms and a key; disabled ones get nothing more but what calls back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts import clients
from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure import chasing, feed, push, recipients
from chengxin.disclosure.feed import NoContract
from chengxin.disclosure.models import Chase, Endpoint, Terms
from chengxin.disclosure.recipients import RecipientRefused, Wanted
from chengxin.ledger.models import Entry
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:1/in"


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    settings.DEMO_DAY = TODAY.isoformat()


@pytest.fixture
def officer(world):
    factories.agency(factories.OTHER_AGENCY)
    return factories.user(
        "centre-desk", Role.CENTRE_OPERATOR, of=factories.agency("113201990000000518", runs_platform=True)
    )


def wanted(**changed) -> Wanted:
    end = TODAY + timedelta(days=900)
    parts = {
        "uscc": factories.OTHER_AGENCY, "contract_no": "GX-9", "purpose": "supervision", "since": TODAY, "until": end,
        "retention_days": 365, "url": URL,
    }  # fmt: skip
    return Wanted(**{**parts, **changed})


def test_a_registered_recipient_has_terms_an_address_a_key_that_works_and_a_leaf(officer):
    before = Entry.objects.count()
    keyed = recipients.add(wanted(), actor=officer, now=NOW)
    client = clients.authenticate(keyed.key, NOW)
    assert client is not None and client.agency == keyed.recipient.agency and client.purposes == [clients.FEED]
    assert Endpoint.objects.get().url == URL
    assert Entry.objects.count() >= before + 2
    (listed,) = recipients.listed(NOW, TODAY)
    assert (listed.state, listed.retention_days, listed.url) == ("in_force", 365, URL)
    assert keyed.key not in repr(keyed)


@pytest.mark.parametrize(
    "wrong",
    [{"uscc": "000000000000000000"}, {"contract_no": " "}, {"retention_days": 0}, {"until": TODAY - timedelta(days=1)}],
)
def test_what_is_not_a_contract_is_refused_whole(officer, wrong):
    with pytest.raises(RecipientRefused):
        recipients.add(wanted(**wrong), actor=officer, now=NOW)
    assert not Terms.objects.exists()


def test_an_address_off_the_list_registers_nothing_at_all(officer):
    with pytest.raises(push.wire.AddressNotAllowed):
        recipients.add(wanted(url="https://elsewhere.example/in"), actor=officer, now=NOW)
    assert not Terms.objects.exists() and recipients.listed(NOW, TODAY) == []


def test_only_the_centre_registers(officer):
    with pytest.raises(NotPermitted):
        recipients.add(wanted(), actor=factories.user("clerk", Role.SOURCE_CLERK, of=factories.agency()), now=NOW)


def test_after_rotation_only_the_new_key_works(officer):
    old = recipients.add(wanted(), actor=officer, now=NOW)
    new = recipients.rotate(old.recipient.pk, actor=officer, now=NOW)
    assert clients.authenticate(old.key, NOW) is None
    assert clients.authenticate(new.key, NOW) is not None


def test_a_disabled_recipient_gets_no_content_but_still_every_withdrawal(officer, world):
    keyed = recipients.add(wanted(), actor=officer, now=NOW)
    given = factories.record(world.firm, document_no="示交罚〔2026〕7号")
    feed.collect(NOW, TODAY)
    first = push.claim(keyed.recipient.pk, now=NOW, today=TODAY)
    push.settle(first, push.wire.Reply(applied=True), now=NOW)
    recipients.disable(keyed.recipient.pk, actor=officer, now=NOW)
    assert clients.authenticate(keyed.key, NOW) is None
    with pytest.raises(NoContract):
        feed.pull(keyed.recipient, 0, now=NOW, today=TODAY)
    factories.record(world.firm, document_no="示交罚〔2026〕8号")
    registry.end_record(given, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    job = push.claim(keyed.recipient.pk, now=NOW, today=TODAY)
    lines = json.loads(job.body)["deltas"]
    assert [(line["kind"], line["content"]) for line in lines] == [("withdraw", None)]
    with pytest.raises(RecipientRefused):
        recipients.rotate(keyed.recipient.pk, actor=officer, now=NOW)


def test_who_is_late_is_reminded_once_a_day(officer, world):
    keyed = recipients.add(wanted(), actor=officer, now=NOW)
    given = factories.record(world.firm, document_no="示交罚〔2026〕7号")
    feed.collect(NOW, TODAY)
    feed.pull(keyed.recipient, 0, now=NOW, today=TODAY)
    registry.end_record(given, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    assert chasing.run(now=NOW, today=TODAY) == 0, "nobody is late yet"
    later = NOW + timedelta(days=30)
    assert chasing.run(now=later, today=later.date()) == 1
    assert chasing.run(now=later, today=later.date()) == 0
    assert chasing.run(now=later + timedelta(days=1), today=later.date() + timedelta(days=1)) == 1
    letters = Message.objects.filter(mailbox=keyed.recipient.agency_id, kind="withdrawal_overdue")
    assert letters.count() == Chase.objects.count() == 2
    assert "GX-9" in letters[0].body and "依据" in letters[0].body


def test_the_desk_registers_shows_moves_rotates_and_disables(officer):
    browser = Client()
    browser.force_login(officer)
    sent = {
        "uscc": factories.OTHER_AGENCY, "contract_no": "GX-9", "purpose": "supervision", "since": "2026-11-20",
        "until": "2028-11-20", "retention_days": "365", "url": URL,
    }  # fmt: skip
    assert browser.post("/console/recipients/new/", {**sent, "url": "https://x.example/"}).status_code == 422
    answer = browser.post("/console/recipients/new/", sent)
    key = answer.context["key"]
    assert key in answer.content.decode() and "no-store" in answer["Cache-Control"]
    page = browser.get("/console/recipients/").content.decode()
    assert "GX-9" in page and URL in page and "365" in page and key not in page
    place = f"/console/recipients/{Terms.objects.get().pk}/"
    assert browser.get(place).status_code == 200
    assert browser.post(place, {"act": "move", "url": "https://x.example/"}).status_code == 422
    assert browser.post(place, {"act": "move", "url": ""}).status_code == 302
    assert Endpoint.objects.get().closed_at is not None
    assert browser.post(place, {"act": "rotate"}).context["key"] != key
    assert browser.post(place, {"act": "disable"}).status_code == 302
    assert "不能更改" in browser.get(place).content.decode()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SOURCE_CLERK, Role.ENQUIRER, Role.AUDITOR])
def test_to_anybody_else_there_is_no_such_desk(officer, role):
    browser = Client()
    browser.force_login(factories.user("other", role, of=factories.agency()))
    assert browser.get("/console/recipients/").status_code == 404
    assert browser.post("/console/recipients/new/", {}).status_code == 404


def test_the_command_adds_lists_rotates_and_disables(officer):
    def run(*words: str):
        with moved_to(TODAY):
            return CliRunner().invoke(main, ["recipient", *words], catch_exceptions=False)

    given = ("--agency", factories.OTHER_AGENCY, "--contract", "GX-9", "--purpose", "supervision", "--url", URL)
    days = ("--since", "2026-11-20", "--until", "2028-11-20", "--retention-days", "365", "--as", officer.username)
    added = run("add", *given, *days)
    assert added.exit_code == 0, added.output
    number = added.output.split()[0]
    assert "GX-9" in run("list").output and "in_force" in run("list").output
    assert "key" in run("rotate", number, "--as", officer.username).output
    assert run("disable", number, "--as", officer.username).exit_code == 0
    assert "disabled" in run("list").output
    assert run("rotate", number, "--as", officer.username).exit_code == 1
