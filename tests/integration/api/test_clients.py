"""API clients: issued by the centre, for purposes, shown once, dead at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.integration.api.conftest import problem

from chengxin.accounts import clients, hot
from chengxin.accounts.models import ApiClient, User
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.ledger.models import Entry
from chengxin.ui import clock

pytestmark = pytest.mark.django_db


def test_the_token_is_kept_nowhere(world):
    row = ApiClient.objects.filter(pk=world.ours.client.pk).values().get()
    secret = world.ours.token.rpartition("_")[2]
    assert all(secret not in str(value) for value in row.values())
    assert world.ours.token not in repr(clients.Issued(world.ours.client, world.ours.token))
    assert Entry.objects.filter(kind="client.issued").count() == 2


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "Bearer cx_0_0", "Bearer cx_" + "0" * 32 + "_abc",
        "Bearer " + "x" * 5000, "Bearer cx_\u00e9_x",
    ],
)  # fmt: skip
def test_a_wrong_token_is_a_plain_401(world, header):
    response = Client().get("/api/v1/feed", headers={"Authorization": header} if header else {})
    problem(response, 401, "unauthorised")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_the_secret_of_another_client_does_not_open_this_one(world):
    mine, other = world.ours.token.split("_", 2), world.theirs.token.split("_", 2)
    mixed = "_".join([mine[0], mine[1], other[2]])
    assert clients.authenticate(mixed, clock.now()) is None
    assert clients.authenticate(world.ours.token[:-1], clock.now()) is None


def test_disabling_stops_the_next_request(world):
    unknown = "00000000-0000-0000-0000-000000000000"
    problem(world.ours.get(f"/submissions/{unknown}"), 404, "not_found")
    clients.disable(world.ours.client.pk, world.operator, clock.now())
    clients.disable(world.ours.client.pk, world.operator, clock.now())
    problem(world.ours.get(f"/submissions/{unknown}"), 401, "unauthorised")
    assert Entry.objects.filter(kind="client.disabled").count() == 1


def test_a_service_account_that_is_switched_off_ends_its_token(world):
    User.objects.filter(pk=world.ours.client.user_id).update(is_active=False)
    assert clients.authenticate(world.ours.token, clock.now()) is None


def test_a_token_ends_by_itself_and_never_later_than_ninety_days(world):
    now = clock.now()
    issued = clients.issue(world.ours.client.agency, ["feed"], world.operator, now, life=timedelta(days=4000))
    assert clients.authenticate(issued.token, now + timedelta(days=90, seconds=-1))
    assert clients.authenticate(issued.token, now + timedelta(days=90)) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CENTRE_OPERATOR])
def test_only_the_centre_issues(world, role):
    other = factories.user("other", role, of=world.ours.client.agency)
    with pytest.raises(NotPermitted):
        clients.issue(world.ours.client.agency, ["feed"], other, clock.now())
    with pytest.raises(NotPermitted):
        clients.disable(world.ours.client.pk, other, clock.now())


def test_a_service_account_holds_only_what_its_purposes_need(world):
    from chengxin.accounts.selectors import roles_of

    def roles(*purposes: str) -> set[Role]:
        return set(roles_of(world.system(factories.AGENCY, *purposes).client.user))

    assert roles("feed") == set()
    assert roles("submission") == {Role.SOURCE_CLERK}
    assert roles("licensing", "feed") == {Role.ENQUIRER}


def test_a_client_for_one_thing_can_do_no_other(world):
    feeder = world.system(factories.AGENCY, "feed")
    problem(feeder.get("/submissions/00000000-0000-0000-0000-000000000000"), 403, "purpose_not_covered")
    filer = world.system(factories.AGENCY, "submission")
    problem(filer.get("/feed"), 403, "purpose_not_covered")
    problem(filer.post("/feed/receipts", {"numbers": [1]}), 403, "purpose_not_covered")


def test_a_session_of_the_desk_opens_nothing_here(world):
    officer = factories.user("officer", Role.ENQUIRER, Role.SOURCE_CLERK, of=world.ours.client.agency)
    desk = Client()
    desk.force_login(officer)
    for path in ("/feed", "/submissions/00000000-0000-0000-0000-000000000000"):
        problem(desk.get(f"/api/v1{path}"), 401, "unauthorised")
    problem(desk.post("/api/v1/enquiries", {}, content_type="application/json"), 401, "unauthorised")


def test_the_quick_look_finds_what_the_object_mapper_finds(world):
    client = world.ours.client
    mapped = ApiClient.objects.select_related("user__agency", "agency").get(pk=client.pk)
    quick = hot.client(client.pk)
    assert quick is not None
    for here, there in ((quick, mapped), (quick.user, mapped.user), (quick.agency, mapped.agency)):
        values = [[getattr(each, f.attname) for f in each._meta.concrete_fields] for each in (here, there)]
        assert values[0] == values[1]
    assert quick.user.agency == mapped.agency
    assert hot.client(uuid.uuid4()) is None
