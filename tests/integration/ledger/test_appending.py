"""Appending: only inside the caller's transaction, only commitments in the leaf, gap-free order afterwards."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import transaction

from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry, Opening
from chengxin.vault import services as vault

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CANARY = "320199199003074518"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_appended():
    with pytest.raises(transaction.TransactionManagementError):
        ledger.append("disclosure.enquiry", {}, now=NOW)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_stands_or_falls_with_the_act_it_witnesses(fill):
    fill(2)
    with pytest.raises(RuntimeError, match="the act failed"), transaction.atomic():
        ledger.append("disclosure.enquiry", {}, now=NOW)
        raise RuntimeError("the act failed")
    fill(2)
    assert list(Entry.objects.order_by("index").values_list("index", flat=True)) == [0, 1, 2, 3]
    assert ledger.check(NOW).sound


@pytest.mark.django_db
def test_the_body_is_canonical_and_holds_kind_time_public_part_and_commitment():
    entry = ledger.append("disclosure.enquiry", {"name": "张三"}, now=NOW, public={"unit": "示例单位", "a": 1})
    body = json.loads(entry.body)
    assert body["kind"] == "disclosure.enquiry" and body["at"] == "2026-11-23T09:00:00.000000Z"
    assert body["public"] == {"unit": "示例单位", "a": 1} and body["v"] == 1 and len(body["commitment"]) == 64
    again = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert entry.body == again


@pytest.mark.django_db
def test_an_appended_entry_is_the_stored_one():
    entry = ledger.append("disclosure.enquiry", {}, now=NOW)
    stored = Entry.objects.get(pk=entry.pk)
    assert bytes(stored.body) == entry.body and bytes(stored.leaf_hash) == entry.leaf_hash
    assert stored.written_at == entry.written_at == NOW and stored.index is None


@pytest.mark.django_db
def test_no_payload_reaches_the_leaf_or_any_stored_byte_in_clear():
    key = vault.new_key(NOW)
    for chosen in (None, key):
        entry = ledger.append("disclosure.enquiry", {"id": CANARY, "name": "王测试"}, now=NOW, key=chosen)
        stored = bytes(Opening.objects.get(pk=entry.pk).sealed) + bytes(Entry.objects.get(pk=entry.pk).body)
        assert CANARY.encode() not in stored and "王测试".encode() not in stored


@pytest.mark.django_db
@pytest.mark.parametrize("public", [{"id": CANARY}, {"a": [{"b": f"编号{CANARY}。"}]}, {CANARY: 1}])
def test_an_identity_number_in_the_public_part_is_refused_and_not_repeated(public):
    with pytest.raises(ledger.PersonalContent) as refusal:
        ledger.append("disclosure.enquiry", {}, now=NOW, public=public)
    assert CANARY not in str(refusal.value) + refusal.value.en + str(refusal.value.facts)


@pytest.mark.django_db
def test_organisation_codes_are_welcome_in_the_public_part():
    assert ledger.append("disclosure.enquiry", {}, now=NOW, public={"unit": "91320199MA1TEST06X"}).pk


@pytest.mark.django_db
def test_the_same_payload_twice_gives_unrelated_leaves():
    first, second = (ledger.append("a.b", {"id": CANARY}, now=NOW) for _ in range(2))
    assert first.leaf_hash != second.leaf_hash


@pytest.mark.django_db
def test_dates_identifiers_and_numbers_become_json():
    payload = {"on": date(2026, 1, 2), "id": UUID(int=7), "at": NOW, "share": 0.5, "list": (1, None, True)}
    entry = ledger.append("a.b", payload, now=NOW)
    assert ledger.payloads([entry.pk])[entry.pk] == {
        "on": "2026-01-02",
        "id": "00000000-0000-0000-0000-000000000007",
        "at": "2026-11-23T09:00:00.000000Z",
        "share": 0.5,
        "list": [1, None, True],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, b"bytes", {1: 2}, {1, 2}, object(), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ledger.NotCanonical):
        ledger.append("a.b", {"x": value}, now=NOW)


@pytest.mark.django_db
def test_a_leaf_that_no_bundle_can_carry_is_refused():
    with pytest.raises(ledger.LeafTooLarge):
        ledger.append("a.b", {}, now=NOW, public={"x": "y" * 65_500})


@pytest.mark.django_db
def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        ledger.append("a.b", {}, now=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.django_db(transaction=True)
def test_bulk_under_many_keys_opens_under_each():
    keys = vault.new_keys(3, NOW)
    drafts = [ledger.Draft("a.b", {"n": n}, None, keys[n % 3]) for n in range(30)]
    with transaction.atomic():
        ids = ledger.append_many(drafts, now=NOW)
    assert ids == sorted(ids)
    assert [ledger.payloads(ids)[i]["n"] for i in ids] == list(range(30))
    vault.destroy(keys[1], NOW)
    assert {p["n"] % 3 for p in ledger.payloads(ids).values()} == {0, 2}


@pytest.mark.django_db
def test_nothing_is_appended_under_a_destroyed_key():
    key = vault.new_key(NOW)
    vault.destroy(key, NOW)
    with pytest.raises(vault.Erased):
        ledger.append("a.b", {}, now=NOW, key=key)


@pytest.mark.django_db
def test_an_opening_moved_to_another_entry_is_noticed():
    first, second = (ledger.append("a.b", {"n": n}, now=NOW) for n in range(2))
    moved = bytes(Opening.objects.get(pk=first.pk).sealed)
    Opening.objects.filter(pk=second.pk).delete()
    Opening.objects.create(entry=second, sealed=moved)
    with pytest.raises(vault.Tampered):
        ledger.payloads([second.pk])


@pytest.mark.django_db
def test_an_empty_batch_is_nothing():
    assert ledger.append_many([], now=NOW) == []
