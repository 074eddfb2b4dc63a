"""Checking open data that was downloaded: with files and the key only."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner
from tests.factories import NOW, TODAY

from chengxin.cli.opendata import opendata
from chengxin.disclosure import open_data
from chengxin.ledger import services as ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def downloaded(world, settings, tmp_path):
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    edition = open_data.make(now=NOW, today=TODAY)
    folder = tmp_path / "here"
    folder.mkdir()
    for each in edition.files:
        shutil.copy(open_data.path_of(edition, each.name), folder)
    (folder / "manifest.json").write_text(edition.manifest)
    (folder / "manifest.sig").write_text(edition.signature)
    return folder


def verified(folder, key=None):
    return CliRunner().invoke(opendata, ["verify", str(folder), "--key", key or ledger.vkey()])


def test_what_was_offered_holds(downloaded):
    found = verified(downloaded)
    assert (found.exit_code, "全部核对无误" in found.output) == (0, True)


def test_a_changed_file_list_or_key_does_not_hold(downloaded):
    table = next(downloaded.glob("*.csv.gz"))
    original = table.read_bytes()
    table.write_bytes(original[:-1] + b"x")
    assert (verified(downloaded).exit_code, "内容与清单不符" in verified(downloaded).output) == (1, True)
    table.write_bytes(original)
    assert verified(downloaded, ledger.vkey()[:-2] + "==").exit_code == 1
    manifest = downloaded / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"rows":1', '"rows":2', 1))
    assert "签名不符" in verified(downloaded).output


def test_a_folder_without_the_listed_files_does_not_hold(downloaded):
    for path in downloaded.glob("*.gz"):
        path.unlink()
    assert verified(downloaded).exit_code == 1
    (downloaded / "manifest.sig").unlink()
    assert verified(downloaded).exit_code == 1
