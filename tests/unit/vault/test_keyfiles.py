"""Key files: made once, private, and refused when anything about them is wrong."""

import stat

import pytest

from chengxin.vault import keyfiles


def test_four_files_are_made_and_only_their_owner_reads_them(tmp_path):
    made = keyfiles.create_keys(tmp_path / "keys")
    assert sorted(made) == ["index.key", "master.key", "secret.key", "signing.key"]
    assert {stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) for name in made} == {0o600}


def test_existing_files_are_never_overwritten(tmp_path):
    keyfiles.create_keys(tmp_path)
    (tmp_path / "signing.key").unlink()
    before = (tmp_path / "master.key").read_text()
    assert keyfiles.create_keys(tmp_path) == ["signing.key"]
    assert (tmp_path / "master.key").read_text() == before


def test_the_three_keys_differ(tmp_path):
    keyfiles.create_keys(tmp_path)
    keys = keyfiles.read_keys(tmp_path)
    assert len({keys.master, keys.index, keys.signing}) == 3


def test_a_missing_file_is_named_with_the_remedy(tmp_path):
    keyfiles.create_keys(tmp_path)
    (tmp_path / "index.key").unlink()
    with pytest.raises(keyfiles.KeysMissing, match=r"index\.key") as refusal:
        keyfiles.read_keys(tmp_path)
    assert "chengxin init" in refusal.value.en


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_others_can_read_is_refused(tmp_path, mode):
    keyfiles.create_keys(tmp_path)
    (tmp_path / "master.key").chmod(mode)
    with pytest.raises(keyfiles.KeysExposed):
        keyfiles.read_keys(tmp_path)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_short_or_unreadable_key_is_refused_without_showing_it(tmp_path, text):
    keyfiles.create_keys(tmp_path)
    (tmp_path / "master.key").write_text(text)
    with pytest.raises(keyfiles.KeysDamaged) as refusal:
        keyfiles.read_keys(tmp_path)
    assert not text or text not in refusal.value.zh + refusal.value.en


def test_key_material_does_not_print_itself(tmp_path):
    keyfiles.create_keys(tmp_path)
    keys = keyfiles.read_keys(tmp_path)
    assert keys.master.hex() not in repr(keys) and repr(keys.master) not in repr(keys)
