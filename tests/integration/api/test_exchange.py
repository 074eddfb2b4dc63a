"""Exchange in: only a pinned key files, once, in time; nothing readable leaves or stays."""

from __future__ import annotations

import base64
import logging
import random
from datetime import timedelta

import pytest
from tests import factories, filings
from tests.exchange_peer import PeerSystem

from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.intake.exchange import filings as exchange
from chengxin.intake.exchange import outcomes, peers
from chengxin.intake.exchange.envelope import NotAuthentic
from chengxin.intake.models import ExchangeNonce, Submission
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record
from chengxin.ui import clock
from chengxin.vault.exchange_keys import exchange_keys

pytestmark = pytest.mark.django_db
ROWS = [filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕8号"}]


@pytest.fixture
def system():
    with clock.moved_to(factories.TODAY):
        factories.law()
        factories.firm()
        centre = factories.agency(factories.OTHER_AGENCY, runs_platform=True)
        source = factories.agency(factories.AGENCY)
        operator = factories.user("operator", Role.CENTRE_OPERATOR, of=centre)
        made = PeerSystem(source.uscc, centre.uscc, exchange_keys().public)
        peers.pin(source, made.public_key, operator, clock.now())
        yield made


def sealed(system, rows=ROWS, at=None, **changed):
    return system.sealed(system.message(factories.PENALTY, rows, at or clock.now(), **changed))


def refused(reply, code):
    """A stranger's refusal: nothing sealed, nothing said."""
    assert (reply["success"], reply["errorCode"], reply["data"], reply["key"]) == (False, code, "", "")
    assert reply["errorMessage"]


def told(system, reply, code):
    """A known sender's refusal: signed and sealed, and nothing of its reason in clear."""
    said = system.refused(reply)
    assert reply["errorCode"] == code and said["zh"] and said["en"]
    assert said["zh"] not in reply["errorMessage"] and said["en"] not in reply["errorMessage"]
    return said


def test_a_sealed_filing_is_admitted_and_its_answer_opens_for_the_sender_only(system):
    message = system.message(factories.PENALTY, ROWS, clock.now())
    reply = system.post(system.sealed(message))
    outcome = system.opened(reply)
    assert outcome["counts"]["admitted"] == 1 and outcome["nonce"] == message["nonce"]
    assert Submission.objects.get(id=outcome["submission"]).agency.uscc == system.sender
    assert "admitted" not in base64.b64decode(reply["data"]).decode("latin-1")
    stranger = PeerSystem(system.sender, system.receiver, system.platform_key)
    with pytest.raises(NotAuthentic):
        stranger.opened(reply)


def test_a_dry_run_stores_nothing(system):
    outcome = system.opened(system.post(sealed(system, dryRun=True)))
    assert outcome["submission"] is None and outcome["counts"]["valid"] == 1
    assert not Submission.objects.exists() and not Record.objects.exists()


def test_the_key_inside_the_message_proves_nothing(system):
    """The defect of the old protocol: whoever carries along a key of his own was believed."""
    stranger = PeerSystem(system.sender, system.receiver, system.platform_key)
    body = sealed(stranger)
    refused(stranger.post(body), "exchange_not_accepted")
    refused(stranger.post({**body, "publicKey": system.public_key}), "exchange_not_accepted")
    assert not Submission.objects.exists()


def test_a_message_is_taken_once(system):
    body = sealed(system)
    assert system.post(body)["success"]
    said = told(system, system.post(body), "exchange_replayed")
    assert len(said["nonce"]) == 32
    assert system.opened(system.post(sealed(system)))["counts"]["admitted"] == 1
    assert Record.objects.count() == 1


@pytest.mark.parametrize("late", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_message_out_of_time_is_refused_and_forgotten_nonces_cannot_return(system, late):
    told(system, system.post(sealed(system, at=clock.now() + late)), "exchange_time")
    assert not ExchangeNonce.objects.exists()


def test_nonces_are_kept_as_long_as_their_message_could_pass(system):
    assert system.post(sealed(system))["success"]
    assert exchange.forget_nonces(clock.now() + timedelta(minutes=9)) == 0
    assert exchange.forget_nonces(clock.now() + timedelta(minutes=11)) == 1


@pytest.mark.parametrize("part", ["sender", "receiver"])
def test_a_message_says_from_whom_and_to_whom(system, part):
    told(system, system.post(sealed(system, **{part: factories.FIRM})), "exchange_party")


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "ABC"},
        {"timestamp": "2026-11-20 10:00"},
        {"timestamp": "昨天"},
        {"dryRun": "no"},
        {"column": []},
        {"column": [{"columnname": "CF_WSH", "dataitemname": "文号", "datatype": "文本"}]},
        {"column": [{"columnname": 1, "dataitemname": "文号", "datatype": "字符型"}]},
        {"data": []},
        {"data": ["x"]},
        {"data": [{"没有的列": "x"}]},
        {"data": [{"CF_WSH": {"深": 1}}]},
        {"data": [{"CF_WSH": True}]},
        {"extra": 1},
    ],
)
def test_a_message_of_another_shape_is_refused_in_words(system, changed):
    told(system, system.post(sealed(system, **changed)), "exchange_message")


@pytest.mark.parametrize("plain", [b"\xff", b"{", b'{"a":1,"a":2}', b"[]", b"NaN", b"[" * 999])
def test_what_is_not_strict_json_inside_is_refused(system, plain):
    told(system, system.post(system.sealed(plain)), "exchange_message")


def test_refusals_of_intake_reach_the_sender(system):
    told(system, system.post(sealed(system, item="JS-XX-99")), "no_item_in_force")
    said = told(system, system.post(sealed(system, rows=[{"宗教信仰": "x"}])), "columns.prohibited")
    assert "不得归集" in said["zh"]


@pytest.mark.parametrize("dry_run", [False, True])
def test_every_row_sent_back_says_where_why_and_what_to_do(system, dry_run):
    wrong = ROWS[0] | {"CF_WSH": "示交罚〔2026〕9号", "CF_XDR_SHXYM": "91320199MA10000156"}
    outcome = system.opened(system.post(sealed(system, rows=[ROWS[0], wrong], dryRun=dry_run)))
    (row,) = [each for each in outcome["rows"] if each["state"] == "returned"]
    # The second row of ``data`` is the second, however a spreadsheet would count it.
    assert row["row"] == 2 and outcome["rowsLeftOff"] == 0
    found = next(each for each in row["findings"] if each["code"] == "uscc.wrong")
    assert found["field"] == "CF_XDR_SHXYM" and found["severity"] == "error"
    assert found["zh"] and found["en"] and found["remedy"]["zh"] and found["remedy"]["en"]
    assert "MA10000156" not in str(outcome)


def test_an_answer_explains_a_thousand_rows_and_says_how_many_it_left_off(system, monkeypatch):
    monkeypatch.setattr(outcomes, "MOST_ROWS", 2)
    rows = [{"CF_WSH": f"示交罚〔2026〕{n}号"} | {k: v for k, v in ROWS[0].items() if k != "CF_WSH"} for n in range(3)]
    wrong = [row | {"CF_XDR_SHXYM": "错"} for row in rows]
    for dry_run in (True, False):
        outcome = system.opened(system.post(sealed(system, rows=wrong, dryRun=dry_run)))
        assert [len(outcome["rows"]), outcome["rowsLeftOff"]] == [2, 1]
        assert outcome["counts"]["returned"] == 3


def test_a_thousand_changed_messages_are_all_refused_alike(system):
    rng, body = random.Random(7), sealed(system)
    for _ in range(1000):
        refused(system.post(_changed(body, rng)), "exchange_not_accepted")
    assert not Submission.objects.exists()


def _changed(body, rng):
    part = rng.choice(["key", "signatureData", "requestData"])
    raw = base64.b64decode(body[part]) if part == "requestData" else bytes.fromhex(body[part])
    changed = bytearray(raw)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    text = base64.b64encode(changed).decode() if part == "requestData" else changed.hex()
    return {**body, part: text}


def test_nothing_readable_is_logged(system, caplog, capfd):
    canary = "示交罚〔2026〕金丝雀号"
    with caplog.at_level(logging.DEBUG):
        system.post(sealed(system, rows=[ROWS[0] | {"CF_WSH": canary}]))
        system.post({**sealed(system, rows=[ROWS[0] | {"CF_WSH": canary}]), "signatureData": "00"})
    out, err = capfd.readouterr()
    assert canary not in caplog.text + out + err and "GmSSL" not in err
    assert all(canary.encode() not in bytes(body) for body in Entry.objects.values_list("body", flat=True))


def test_a_removed_key_files_no_more_and_is_never_pinned_again(system):
    operator = factories.user("other-operator", Role.CENTRE_OPERATOR)
    (peer,) = peers.all_peers()
    peers.remove(peer.id, operator, clock.now())
    peers.remove(peer.id, operator, clock.now())
    refused(system.post(sealed(system)), "exchange_not_accepted")
    with pytest.raises(peers.KeyPinned):
        peers.pin(peer.agency, system.public_key, operator, clock.now())
    assert Entry.objects.filter(kind="exchange.removed").count() == 1


def test_only_the_centre_pins_a_key(system):
    clerk = filings.clerk(factories.agency(factories.AGENCY))
    with pytest.raises(NotPermitted):
        peers.pin(clerk.agency, PeerSystem("", "", b"").public_key, clerk, clock.now())
