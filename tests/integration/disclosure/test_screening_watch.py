"""Watching: told when the outcome changes, in both directions, once, in order, signed, and again when asked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests import factories
from tests.factories import CITIZEN, FIRM, NOW, TODAY
from tests.screenings import PERSON_NAME, THE_FIRM, listing, measure, officer, request

from chengxin.accounts.models import RoleAssignment
from chengxin.disclosure import push, wire
from chengxin.disclosure.models import Access, PendingWatch, ScreeningHook, ScreeningWatch
from chengxin.disclosure.screening import services, webhooks
from chengxin.disclosure.screening.shapes import Asked
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, Subject
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.supervision import services as supervision
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def actor():
    factories.law()
    factories.firm()
    return officer()


def watch(actor, **changed):
    return services.register(request(actor, THE_FIRM, **changed), now=NOW, today=TODAY)


def told(actor, after=0):
    return [(each.number, each.kind) for each in services.events(actor.agency, after, 100)]


def test_a_list_change_and_a_subject_change_are_told_once_each_and_time_alone_never(actor):
    watch(actor)
    assert services.run(LATER, TODAY) == 0
    record = listing(factories.firm())
    assert [services.run(LATER, TODAY) for _ in range(3)] == [1, 0, 0]
    held = measure(record)
    assert [services.run(LATER, TODAY + timedelta(days=n)) for n in (0, 1, 30)] == [1, 0, 0]
    registry.annotate(record, "disputed", ref="YY-1", now=NOW)
    assert services.run(LATER, TODAY) == 1
    assert services.run(LATER, held.ends_on + timedelta(days=1)) == 1
    registry.end_record(record, Cause.RESTORED, ref="XF-1", now=NOW)
    assert services.run(LATER, TODAY) == 1
    kinds = ["struck", "changed", "changed", "changed", "cleared"]
    assert told(actor) == list(enumerate(kinds, start=1))


def test_what_goes_and_comes_back_between_two_looks_is_nothing_to_tell(actor):
    record = listing(factories.firm())
    watch(actor)
    held = measure(record)
    supervision.lift(record, ref="XF-1", now=NOW)
    assert services.run(LATER, TODAY) == 0 and told(actor) == [] and held.pk


def test_every_change_told_is_a_read_the_subject_can_see(actor):
    watch(actor)
    listing(factories.firm())
    services.run(LATER, TODAY)
    rows = Access.objects.order_by("at")
    assert [row.record_count for row in rows] == [0, 1] and rows[1].subject_id == factories.firm().id
    assert rows[1].basis_ref == rows[0].basis_ref and rows[1].matter_no == rows[0].matter_no


def test_registering_twice_is_one_watch_and_a_closed_or_ended_one_tells_nothing(actor):
    first, second = watch(actor), watch(actor)
    assert first.watches == second.watches and ScreeningWatch.objects.count() == 1
    other = factories.agency()
    listing(factories.firm())
    assert services.close(first.watches.values(), other, NOW) == 0
    assert services.run(LATER, first.until + timedelta(days=1)) == 0
    assert services.close(first.watches.values(), actor.agency, NOW) == 1
    assert services.run(LATER, TODAY) == 0


def test_whoever_may_no_longer_ask_is_told_nothing_more(actor):
    watch(actor)
    listing(factories.firm())
    RoleAssignment.objects.filter(user=actor).delete()
    assert services.run(LATER, TODAY) == 0
    assert ScreeningWatch.objects.get().closed_at == LATER and Access.objects.count() == 1


class Address:
    """An address that fails when told to and keeps what it took."""

    def __init__(self):
        self.failing, self.taken, self.headers = False, [], {}

    def __call__(self, url, body, headers):
        if self.failing:
            return wire.Reply("http_500")
        self.taken += [each["number"] for each in json.loads(body)["events"]]
        self.headers, self.body = headers, body
        return wire.Reply(applied=True)


def test_events_are_pushed_in_order_signed_retried_and_replayed(actor, settings):
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    services.register_hook(actor.agency, "https://hall.example/events")
    watch(actor)
    record = listing(factories.firm())
    services.run(LATER, TODAY)
    address, now = Address(), LATER
    address.failing = True
    assert services.step(now, send=address) == 0
    assert ScreeningHook.objects.get().failures == 1 and services.step(now, send=address) == 0
    registry.end_record(record, Cause.WITHDRAWN, ref="CH-1", now=NOW)
    services.run(LATER, TODAY)
    address.failing, now = False, LATER + timedelta(hours=1)
    assert (services.step(now, send=address), services.step(now, send=address)) == (2, 0)
    assert address.taken == [1, 2]
    event, moment = address.headers["X-Chengxin-Event"], address.headers["X-Chengxin-Time"]
    signature = bytes.fromhex(address.headers["X-Chengxin-Signature"])
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(signature, webhooks.signed_text(event, moment, address.body))
    assert not any(word in address.body.decode() for word in (THE_FIRM.code, "栖云", "JS-YZ", "示列"))
    services.replay(actor.agency, 1)
    assert services.step(now, send=address) == 1 and address.taken == [1, 2, 2]


def test_a_dead_sender_holds_nothing_up_for_longer_than_its_lease(actor, settings):
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    services.register_hook(actor.agency, "https://hall.example/events")
    watch(actor)
    listing(factories.firm())
    services.run(LATER, TODAY)

    def dies(url, body, headers):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.step(LATER, send=dies)
    address, after = Address(), LATER + timedelta(seconds=push.Pace().lease)
    assert services.step(LATER, send=address) == 0
    assert services.step(after, send=address) == 1


def test_a_watched_file_that_was_merged_is_followed_into_the_one_that_stands_for_it(actor):
    watch(actor)
    other = factories.firm(factories.OTHER_FIRM, "另一家示例有限公司")
    Subject.objects.filter(pk=factories.firm().pk).update(forwarded_to=other)
    assert services.run(LATER, TODAY) == 0
    listing(other)
    assert services.run(LATER, TODAY) == 1 and told(actor) == [(1, "struck")]
    assert services.remove(request(actor, THE_FIRM), now=LATER, today=TODAY) == 1


def test_the_register_says_how_each_was_last_told_and_what_changed(actor):
    watch(actor)
    assert [(each.code, each.struck) for each in services.watched(actor.agency, TODAY)] == [(FIRM, False)]
    listing(factories.firm())
    assert not services.watched(actor.agency, TODAY)[0].struck  # Told is what was told, not what stands.
    services.run(LATER, TODAY)
    assert services.watched(actor.agency, TODAY)[0].struck
    assert [(each.number, each.kind, services.code_of(each.watch)) for each in services.history(actor.agency)] == [
        (1, "struck", FIRM)
    ]
    assert (
        services.watched(actor.agency, TODAY + timedelta(days=4000)) == [] and services.delivery(actor.agency) is None
    )


OTHER = "91320199MB00000435"
NEWCOMER = Asked("organisation", CodeKind.USCC, OTHER)
STRANGER = Asked("person", CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME)


def waits(actor, *subjects, matter="market_entry"):
    return services.register(request(actor, *subjects, matter=matter), now=NOW, today=TODAY)


def test_a_code_without_a_file_waits_for_it_and_is_then_watched_and_told_of(actor):
    done = waits(actor, THE_FIRM, NEWCOMER, STRANGER)
    assert list(done.watches) == [0] and done.pending == (1, 2)
    assert services.run(LATER, TODAY) == 0 and services.pending_count(actor.agency, TODAY) == 2
    firm, person = factories.firm(OTHER, "新立有限公司"), factories.person()
    listing(person)
    assert services.run(LATER, TODAY) == 2 and services.run(LATER, TODAY) == 0
    kinds = {each.watch.subject_id: each.kind for each in services.events(actor.agency, 0, 9)}
    assert kinds == {firm.id: "filed", person.id: "struck"}
    assert services.pending_count(actor.agency, TODAY) == 0 and services.count(actor.agency, TODAY) == 3
    assert set(Access.objects.exclude(subject=None).values_list("subject_id", flat=True)) >= {firm.id, person.id}
    assert [each.struck for each in services.watched(actor.agency, TODAY) if each.kind == "person"] == [True]


def test_of_a_person_nothing_that_waits_can_be_read_and_another_name_never_fits(actor):
    other = Asked("person", CodeKind.CITIZEN_ID, CITIZEN, "顾南星")
    assert waits(actor, other).pending == (0,)
    row = PendingWatch.objects.get()
    assert CITIZEN not in str(vars(row)) and "顾南星" not in str(vars(row))
    factories.person()
    assert services.run(LATER, TODAY) == 0 and ScreeningWatch.objects.count() == 0
    assert services.pending_count(actor.agency, TODAY) == 1


def test_what_waits_is_kept_once_taken_off_by_code_and_runs_out(actor):
    first = waits(actor, NEWCOMER)
    assert waits(actor, NEWCOMER, NEWCOMER).pending == (0, 1) and PendingWatch.objects.count() == 1
    assert services.remove(request(actor, NEWCOMER, matter="market_entry"), now=NOW, today=TODAY) == 1
    assert not PendingWatch.objects.exists()
    waits(actor, NEWCOMER)
    services.run(LATER, first.until + timedelta(days=1))
    assert not PendingWatch.objects.exists()


def test_a_code_that_cannot_be_one_does_not_wait_and_nobody_waits_for_their_own_unit(actor):
    wrong = Asked("organisation", CodeKind.USCC, "91320199MB00000043")
    assert waits(actor, wrong).pending == ()
    own = Asked("organisation", CodeKind.USCC, actor.agency.uscc)
    assert waits(actor, own).pending == (0,)
    factories.firm(actor.agency.uscc, "本单位")
    assert services.run(LATER, TODAY) == 0 and not PendingWatch.objects.exists()
    assert not ScreeningWatch.objects.exists()
