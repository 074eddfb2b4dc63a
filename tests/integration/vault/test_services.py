"""Data keys: sealing for one place, and destruction that nothing undoes."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from chengxin.vault import services as vault
from chengxin.vault.keyfiles import KeysMissing
from chengxin.vault.services import Place

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HERE = Place("registry_person", "name", "1")


def test_a_value_opens_under_its_key_at_its_place():
    key = vault.new_key(NOW)
    assert vault.open_sealed(key, vault.seal(key, "张三".encode(), HERE), HERE) == "张三".encode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("registry_person", "name", "2"),
        Place("registry_person", "phone", "1"),
        Place("registry_other", "name", "1"),
        Place("registry_personn", "ame", "1"),
    ],
)
def test_a_value_moved_elsewhere_is_refused(elsewhere):
    key = vault.new_key(NOW)
    with pytest.raises(vault.Tampered):
        vault.open_sealed(key, vault.seal(key, b"x", HERE), elsewhere)


def test_a_value_under_another_key_is_refused():
    mine, yours = vault.new_keys(2, NOW)
    with pytest.raises(vault.Tampered):
        vault.open_sealed(yours, vault.seal(mine, b"x", HERE), HERE)


def test_a_wrapped_key_cannot_take_another_keys_row():
    mine, yours = vault.new_keys(2, NOW)
    yours.wrapped = mine.wrapped
    with pytest.raises(vault.Tampered):
        vault.sealer_for(yours)


def test_a_destroyed_key_opens_nothing_ever_again():
    key = vault.new_key(NOW)
    blob = vault.seal(key, b"x", HERE)
    vault.destroy(key, NOW)
    again = vault.DataKey.objects.get(pk=key.pk)
    assert again.wrapped is None and again.destroyed_at == NOW
    for attempt in (key, again):
        with pytest.raises(vault.Erased):
            vault.open_sealed(attempt, blob, HERE)
        with pytest.raises(vault.Erased):
            vault.seal(attempt, b"new", HERE)


def test_destroying_twice_keeps_the_first_moment():
    key = vault.new_key(NOW)
    vault.destroy(key, NOW)
    vault.destroy(key, NOW.replace(year=2027))
    assert vault.DataKey.objects.get(pk=key.pk).destroyed_at == NOW


def test_a_key_is_whole_or_destroyed_never_between():
    with pytest.raises(IntegrityError), transaction.atomic():
        vault.DataKey.objects.create(id=uuid.uuid4(), wrapped=None, created_at=NOW)


def test_sealers_for_many_keys_leave_out_destroyed_ones():
    keys = vault.new_keys(3, NOW)
    vault.destroy(keys[1], NOW)
    assert set(vault.sealers_for(keys)) == {keys[0].pk, keys[2].pk}


def test_a_blind_index_is_stable_within_its_scope_and_unrelated_outside():
    index = vault.blind_index("citizen_id", "320199199001010011")
    assert index == vault.blind_index("citizen_id", "320199199001010011")
    assert len(index) == 64
    assert index != vault.blind_index("passport", "320199199001010011")
    assert vault.blind_index("ab", "c") != vault.blind_index("a", "bc")


def test_a_blind_index_depends_on_the_installation(settings, tmp_path):
    here = vault.blind_index("citizen_id", "x")
    vault.create_keys(tmp_path)
    settings.CHENGXIN_KEYS_DIR = tmp_path
    assert vault.blind_index("citizen_id", "x") != here


def test_without_keys_nothing_is_sealed(settings, tmp_path):
    settings.CHENGXIN_KEYS_DIR = tmp_path / "nowhere"
    with pytest.raises(KeysMissing):
        vault.new_key(NOW)


def test_platform_sealers_of_two_purposes_do_not_open_each_other():
    blob = vault.platform_sealer("a").seal(b"x", HERE)
    assert vault.platform_sealer("a").open(blob, HERE) == b"x"
    with pytest.raises(vault.Tampered):
        vault.platform_sealer("b").open(blob, HERE)


def test_the_sm_suite_seals_and_opens(settings):
    settings.CHENGXIN_CRYPTO = "sm"
    key = vault.new_key(NOW)
    blob = vault.seal(key, b"x", HERE)
    assert blob[:2] == b"\x01\x02" and vault.open_sealed(key, blob, HERE) == b"x"
