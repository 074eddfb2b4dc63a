"""Portable reports: issued from one's own file, shown in parts, and told of when they hold no more."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import CITIZEN, NOW, TODAY
from verifier import chengxin_portable

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, PortableReport
from chengxin.disclosure.own_file import NotYours
from chengxin.disclosure.portable import making
from chengxin.disclosure.portable import services as portable
from chengxin.disclosure.portable.services import Ended, Incomplete, NotForMandates, Showing, Wish
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import hiding
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.registry.subjects import give_mandate
from chengxin.vault import services as vault
from chengxin.vault.sdjwt import issuing, jose

pytestmark = pytest.mark.django_db
SITE = "https://credit.example"
LATER = NOW + timedelta(hours=1)
CHANCE = random.Random(5)


def made(world, user=None, subject=None, **changed):
    """Issue the person's report for ten days."""
    wish = Wish(SITE, **{"days": 10, **changed})
    subject = subject or world.person
    return portable.issue(subject.id, user or world.citizen, wish, now=NOW, today=TODAY, chance=CHANCE)


def parts(world, report, **wanted):
    """Return the keys of the parts whose values have these members; a claim is wanted by ``claim``."""
    claim = wanted.pop("claim", None)
    opened = portable.open_report(report.pk, world.citizen, now=NOW)
    if claim:
        return [part.key for part in opened.parts if part.claim == claim]
    listed = [part for part in opened.parts if not part.claim]
    return [part.key for part in listed if wanted.items() <= part.value.items()]


def shown(world, report, keys, **changed):
    """Show parts to a bank."""
    showing = Showing(tuple(keys), **{"audience": "栖云示范银行", "nonce": "8317", "days": 2, **changed})
    return portable.show(report.pk, world.citizen, showing, now=NOW, today=TODAY)


def listed(report, now=LATER):
    """Return the status list of a report as anybody fetches it."""
    return portable.publish(report.list_no, making.list_uri(SITE, report.list_no), now=now).token


def checked(text, report, now=LATER, **changed):
    """Check with the platform's code and the one that stands alone; both must say the same."""
    keys = json.dumps(portable.keys())
    found = portable.check(text, keys, listed(report, now), now=now, audience="栖云示范银行", nonce="8317", **changed)
    plain, seconds = chengxin_portable.keys_of(json.loads(keys)), int(now.timestamp())
    claims, said = chengxin_portable.check(text, plain, seconds, audience="栖云示范银行", nonce="8317")
    value, made_at = chengxin_portable.status_of(claims, listed(report, now), plain, seconds)
    assert (claims, said["aud"]) == (found.claims, found.audience)
    assert {"valid": 0, "withdrawn": 1, "superseded": 3}[found.status] == value and made_at == seconds
    return found


def test_a_stranger_sees_what_was_chosen_and_nothing_else(world):
    report = made(world)
    keys = parts(world, report, **{"is": "record"}) + parts(world, report, **{"is": "section", "code": "lists"})
    found = checked(shown(world, report, keys), report)
    record, section = sorted(found.claims["contents"], key=lambda each: each["is"])
    assert (record["item"], record["authority"]) == (factories.PENALTY, "示例省交通运输厅")
    assert (section["code"], section["count"], section["as_of"]) == ("lists", 0, TODAY.isoformat())
    assert not {"name", "code", "code_masked"} & set(found.claims)
    assert (found.status, found.claims["holder_key"], found.claims["iss"]) == ("valid", "platform", SITE)


def test_name_and_code_are_the_holders_to_show(world):
    report = made(world)
    found = checked(shown(world, report, parts(world, report, claim="name")), report)
    assert found.claims["name"] == "沈清和" and "code" not in found.claims
    whole = checked(shown(world, report, parts(world, report, claim="code")), report)
    masked = checked(shown(world, report, parts(world, report, claim="code_masked")), report)
    assert whole.claims["code"] == CITIZEN and masked.claims["code_masked"] != CITIZEN


def test_a_field_of_the_administration_can_be_shown_to_be_clean(world):
    report = made(world)
    (key,) = parts(world, report, **{"is": "domain", "code": "tax"})
    (said,) = checked(shown(world, report, [key]), report).claims["contents"]
    assert said["count"] == 0 and "查询期内无违法失信记录" in said["zh"] and said["until"] == TODAY.isoformat()


def test_how_much_is_kept_back_cannot_be_counted(world):
    other = factories.firm(factories.OTHER_FIRM, "观澜建材有限公司")
    report, bare = made(world), made(world, factories.citizen(other, "x"), other)
    lengths = {len(_contents(world, each, user)) for each, user in ((report, world.citizen), (bare, bare.issued_by))}
    assert len(lengths) == 1 and lengths.pop() % 16 == 0


def _contents(world, report, user):
    text = portable.open_report(report.pk, user, now=NOW)
    plain = vault.open_sealed(report.subject.key, bytes(text.report.sealed), making._place_of(report.pk))
    return jose.as_object(json.loads(plain)["token"].split(".")[1])["contents"]


@pytest.mark.parametrize("change", ["repaired", "hidden", "disputed"])
def test_a_record_that_changes_makes_the_report_superseded(world, change):
    report = made(world)
    text = shown(world, report, parts(world, report, **{"is": "record"}))
    record = report.contents.get().record_id
    assert portable.refresh(now=LATER) == 0 and checked(text, report).status == "valid"
    if change == "repaired":
        registry.end_record(record, Cause.RESTORED, ref="T-1", now=LATER)
    elif change == "hidden":
        hiding.hide(record, Cause.DISPLAY_SUSPENDED, ref="T-1", now=LATER)
    else:
        registry.annotate(record, "disputed", ref="T-1", now=LATER)
    assert portable.refresh(now=LATER) == 1
    assert checked(text, report).status == "superseded"
    assert portable.refresh(now=LATER) == 0
    with pytest.raises(Ended):
        shown(world, report, ["x"])
    report.refresh_from_db()
    assert report.sealed is None


def test_a_record_decided_before_contradicts_none_and_a_later_one_does_not(world):
    report = made(world)
    factories.record(world.person, document_no="示交罚〔2026〕9号")
    assert portable.refresh(now=LATER) == 0  # The section of penalties was not said to be empty.
    factories.record(world.person, item=factories.HONOUR, document_no="示荣〔2026〕1号", content={})
    assert portable.refresh(now=LATER) == 1
    report.refresh_from_db()
    assert portable.state(report, LATER) == "superseded"


def test_the_holder_and_the_centre_withdraw_and_nobody_else(world):
    report, other = made(world), made(world)
    text = shown(world, report, parts(world, report, claim="name"))
    with pytest.raises(NotYours):
        portable.withdraw(report.pk, world.officer, now=LATER)
    portable.withdraw(report.pk, world.citizen, now=LATER)
    portable.withdraw(report.pk, world.citizen, now=LATER)
    centre = factories.user("centre", Role.CENTRE_OPERATOR, of=factories.agency())
    portable.withdraw(other.pk, centre, now=LATER)
    assert Entry.objects.filter(kind=making.WITHDRAWN).count() == 2
    assert checked(text, report).status == "withdrawn"


def test_an_erased_file_withdraws_its_reports(world):
    report = made(world)
    text = shown(world, report, parts(world, report, claim="name"))
    vault.destroy(world.person.key, LATER)
    assert checked(text, report).status == "withdrawn"
    with pytest.raises(NotYours):
        portable.open_report(report.pk, world.citizen, now=LATER)


def test_only_the_person_and_who_represents_an_organisation(world):
    agent = factories.user("agent", Role.CITIZEN)
    give_mandate(agent, world.person, NOW, capacity="agent")
    with pytest.raises(NotForMandates):
        made(world, agent)
    with pytest.raises(NotYours):
        made(world, factories.citizen(world.firm, "boss"))
    report = made(world)
    for user in (agent, factories.citizen(factories.person(factories.OTHER_CITIZEN, "顾南星"), "other")):
        with pytest.raises((NotForMandates, NotYours)):
            portable.open_report(report.pk, user, now=NOW)
        with pytest.raises((NotForMandates, NotYours)):
            portable.show(report.pk, user, Showing(("x",), "a", "b"), now=NOW, today=TODAY)


def test_a_holder_with_a_wallet_signs_alone(world):
    wallet = ec.generate_private_key(ec.SECP256R1())
    report = made(world, own_jwk=json.dumps(jose.public_jwk(wallet.public_key())))
    text = shown(world, report, parts(world, report, claim="name"))
    assert text.endswith("~")
    bound = issuing.bind(text, wallet, audience="栖云示范银行", nonce="8317",
                         now=int(NOW.timestamp()), until=int(LATER.timestamp()) + 60)  # fmt: skip
    assert checked(bound, report).claims["holder_key"] == "own"


@pytest.mark.parametrize("jwk", ["{", "[]", '{"kty":"EC"}', '{"kty":"RSA"}'])
def test_a_wrong_wallet_key_is_refused(world, jwk):
    with pytest.raises(Incomplete):
        made(world, own_jwk=jwk)


@pytest.mark.parametrize(
    "wrong", [{"audience": " "}, {"nonce": ""}, {"days": 0}, {"days": 99}, {"audience": "a" * 201}, {"keys": []}]
)
def test_an_incomplete_showing_is_refused(world, wrong):
    report = made(world)
    with pytest.raises(Incomplete):
        shown(world, report, wrong.pop("keys", ["x"]), **wrong)


def test_a_report_ends_with_the_first_of_its_records(world):
    factories.record(world.person, item=factories.HONOUR, document_no="示荣〔2026〕1号", content={})
    report = made(world, days=30)
    uses = [content.version.use_until for content in report.contents.select_related("version")]
    last = min(day for day in uses if day)
    assert report.expires_at.date() <= max(last + timedelta(days=1), TODAY + timedelta(days=30))
    with pytest.raises(Incomplete):
        made(world, days=31)


def test_issuing_reading_showing_and_withdrawing_leave_their_leaves(world):
    report = made(world)
    shown(world, report, parts(world, report, claim="name"))
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))[-4:]
    assert kinds == ["access", "portable_issued", "access", "portable_shown"]
    bodies = "".join(bytes(each).decode() for each in Entry.objects.values_list("body", flat=True))
    assert "栖云示范银行" not in bodies and "8317" not in bodies and CITIZEN not in bodies and "沈清和" not in bodies
    assert portable.showings(report)[0]["audience"] == "栖云示范银行"
    assert Access.objects.filter(purpose="own_file").count() == 2


def test_no_leaf_no_portable_report(world, monkeypatch):
    report = made(world)

    def broken(*_args, **_kwargs):
        raise DatabaseError("沈清和")

    monkeypatch.setattr(ledger, "append", broken)
    monkeypatch.setattr(ledger, "append_many", broken)
    for act in (
        lambda: portable.open_report(report.pk, world.citizen, now=NOW),
        lambda: shown(world, report, ["x"]),
        lambda: made(world),
    ):
        with pytest.raises((ServiceRefused, DatabaseError)) as refusal:
            act()
        assert CITIZEN not in str(refusal.value)
    assert PortableReport.objects.count() == 1


def test_places_are_drawn_at_random_and_never_twice(world):
    places = [made(world).position for _ in range(12)]
    assert len(set(places)) == 12 and places != sorted(places)
    with pytest.raises(portable.NoSuchList):
        portable.publish(2, "x", now=NOW)


def test_what_was_issued_cannot_be_rewritten(world):
    report = made(world)
    for change in ({"digest": "0" * 64}, {"position": 1}, {"sealed": b"x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PortableReport.objects.filter(pk=report.pk).update(**change)
