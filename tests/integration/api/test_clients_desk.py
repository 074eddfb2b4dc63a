"""The doors through which the centre issues clients: a desk and commands. A token is shown once and written nowhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.contrib.sessions.models import Session
from django.test import Client
from tests import factories

from chengxin.accounts import clients
from chengxin.accounts.clients import ClientNotStanding
from chengxin.accounts.models import ApiClient, Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.intake.exchange import peers
from chengxin.intake.models import ExchangePeer
from chengxin.ledger.models import Entry
from chengxin.ui import clock
from chengxin.vault import sm2

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r"cx_[0-9a-f]{32}_[A-Za-z0-9_-]{43}")
DESK = "/console/clients/"


@pytest.fixture
def desk(world) -> Client:
    made = Client()
    made.force_login(world.operator)
    return made


def issue(desk: Client, **changed):
    given = {"uscc": factories.AGENCY, "purposes": ["submission"], "days": "30"} | changed
    return desk.post(f"{DESK}new/", given)


def token_in(text: str) -> str:
    (found,) = TOKEN.findall(text)
    return found


def test_a_token_is_issued_at_the_desk_works_and_is_never_shown_again(world, desk, caplog):
    page = issue(desk)
    token = token_in(page.content.decode())
    client = clients.authenticate(token, clock.now())
    assert client is not None and client.purposes == ["submission"] and client.issued_by == world.operator
    assert clients.authenticate(token, clock.now() + timedelta(days=30)) is None
    assert "no-store" in page["Cache-Control"]
    for address in (DESK, f"{DESK}{client.pk}/"):
        assert token not in desk.get(address).content.decode()
    kept = [*Entry.objects.values(), *Message.objects.values(), *(each.get_decoded() for each in Session.objects.all())]
    assert token not in caplog.text and token.rpartition("_")[2] not in str(kept)


@pytest.mark.parametrize(
    "wrong", [{"uscc": "x"}, {"purposes": []}, {"purposes": ["all"]}, {"days": "91"}, {"days": "0"}]
)
def test_what_is_not_in_order_issues_nothing(world, desk, wrong):
    before = ApiClient.objects.count()
    assert issue(desk, **wrong).status_code == 422
    assert ApiClient.objects.count() == before


def test_a_renewed_token_works_beside_the_old_one_for_the_overlap(world, desk):
    old = world.ours
    page = desk.post(f"{DESK}{old.client.pk}/", {"act": "rotate", "overlap": "7"})
    fresh = token_in(page.content.decode())
    now = clock.now()
    assert clients.authenticate(old.token, now) and clients.authenticate(fresh, now)
    later = now + timedelta(days=7)
    assert clients.authenticate(old.token, later) is None
    successor = clients.authenticate(fresh, later)
    assert successor is not None
    assert (successor.agency, successor.purposes) == (old.client.agency, old.client.purposes)
    assert Entry.objects.filter(kind="client.rotated").count() == 1


def test_without_an_overlap_the_old_token_is_dead_at_once(world, desk):
    desk.post(f"{DESK}{world.ours.client.pk}/", {"act": "rotate", "overlap": "0"})
    assert clients.authenticate(world.ours.token, clock.now()) is None


def test_an_overlap_never_lengthens_a_token_nor_goes_beyond_a_fortnight(world):
    now = clock.now()
    short = clients.issue(world.ours.client.agency, ["feed"], world.operator, now, life=timedelta(days=2))
    clients.rotate(short.client.pk, world.operator, now, overlap=timedelta(days=7))
    assert clients.authenticate(short.token, now + timedelta(days=2)) is None
    clients.rotate(world.theirs.client.pk, world.operator, now, overlap=timedelta(days=60))
    assert clients.authenticate(world.theirs.token, now + timedelta(days=14)) is None


def test_what_is_disabled_or_expired_cannot_be_renewed(world, desk):
    clients.disable(world.ours.client.pk, world.operator, clock.now())
    with pytest.raises(ClientNotStanding):
        clients.rotate(world.ours.client.pk, world.operator, clock.now(), overlap=timedelta(days=1))
    assert desk.post(f"{DESK}{world.ours.client.pk}/", {"act": "rotate", "overlap": "1"}).status_code == 422
    with pytest.raises(ClientNotStanding):
        clients.rotate(
            world.theirs.client.pk, world.operator, clock.now() + timedelta(days=90), overlap=timedelta(days=1)
        )


def test_a_client_is_ended_at_the_desk(world, desk):
    desk.post(f"{DESK}{world.ours.client.pk}/", {"act": "disable"})
    assert clients.authenticate(world.ours.token, clock.now()) is None
    assert "已停用" in desk.get(f"{DESK}{world.ours.client.pk}/").content.decode()


def test_a_public_key_is_pinned_and_removed_at_the_desk(world, desk):
    key = sm2.generate().public.hex()
    given = {"uscc": factories.AGENCY, "public_key": f"04{key[:60]}\n{key[60:]}", "checked": "on"}
    assert desk.post(f"{DESK}peers/new/", given | {"checked": ""}).status_code == 422
    assert desk.post(f"{DESK}peers/new/", given | {"public_key": "00" * 64}).status_code == 422
    made = desk.post(f"{DESK}peers/new/", given)
    peer = ExchangePeer.objects.get()
    assert made.url == f"{DESK}peers/{peer.pk}/" and peers.standing(key) is not None
    assert desk.post(f"{DESK}peers/new/", given).status_code == 422
    desk.post(f"{DESK}peers/{peer.pk}/")
    assert peers.standing(key) is None
    assert "已停用" in desk.get(f"{DESK}peers/{peer.pk}/").content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CENTRE_OPERATOR])
def test_to_anybody_else_the_desk_does_not_exist(world, role):
    stranger = Client()
    stranger.force_login(factories.user("stranger", role, of=world.ours.client.agency))
    before = ApiClient.objects.count()
    places = ["", "new/", f"{world.ours.client.pk}/", "peers/new/", f"peers/{world.ours.client.pk}/"]
    assert {stranger.get(DESK + place).status_code for place in places} == {404}
    assert issue(stranger).status_code == 404
    assert stranger.post(f"{DESK}{world.ours.client.pk}/", {"act": "disable"}).status_code == 404
    assert ApiClient.objects.count() == before and clients.authenticate(world.ours.token, clock.now())
    with pytest.raises(NotPermitted):
        clients.rotate(world.ours.client.pk, world.ours.client.user, clock.now(), overlap=timedelta(days=1))


def test_the_commands_issue_list_rotate_and_disable(world):
    who = ["--as", world.operator.username]

    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, ["client", *arguments, *who]).output

    issued = run("issue", "--agency", factories.AGENCY, "--purpose", "submission", "--purpose", "feed")
    client = clients.authenticate(token_in(issued), clock.now())
    assert client is not None and client.purposes == ["feed", "submission"]
    listed = run("list")
    assert str(client.pk) in listed and "standing" in listed and not TOKEN.search(listed)
    fresh = token_in(run("rotate", str(client.pk), "--overlap", "0"))
    assert clients.authenticate(token_in(issued), clock.now()) is None
    successor = clients.authenticate(fresh, clock.now())
    assert successor is not None
    assert "disabled" in run("disable", str(successor.pk))
    assert clients.authenticate(fresh, clock.now()) is None


def test_the_commands_refuse_with_a_sentence(world):
    clerk = factories.user("clerk", Role.SOURCE_CLERK, of=world.ours.client.agency)
    issue_for = ["client", "issue", "--agency", factories.AGENCY, "--purpose"]
    for arguments in (
        [*issue_for, "all", "--as", world.operator.username],
        [*issue_for, "feed", "--as", clerk.username],
        ["client", "list", "--as", clerk.username],
        ["client", "disable", "00000000-0000-4000-8000-000000000000", "--as", world.operator.username],
    ):
        told = CliRunner().invoke(main, arguments)
        assert told.exit_code == 1 and "Error:" in told.output and not TOKEN.search(told.output)
