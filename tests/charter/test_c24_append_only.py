"""C24: deleting, editing or reordering any leaf is detected by a check that anyone can run."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from tests.unit.verifier.logs import verify

from chengxin.ledger import services as ledger

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EDITS = 300


@pytest.fixture
def exported(tmp_path):
    """A real log of 300 leaves as exported, with one receipt."""
    with transaction.atomic():
        drafts = [ledger.Draft("disclosure.enquiry", {"n": n}, {"unit": "示例单位"}) for n in range(300)]
        ids = ledger.append_many(drafts, now=NOW)
    ledger.sequence(now=NOW)
    ledger.export(tmp_path / "log", receipts=ids[40:41])
    return tmp_path / "log"


@pytest.mark.django_db(transaction=True)
def test_an_honest_export_and_its_receipt_are_sound(exported):
    key = ledger.vkey()
    assert verify(exported, "--key", key)[0] == 0
    assert verify("receipt", exported / "receipts" / "40.json", "--key", key)[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_log_exported_again_after_growing_continues_the_old_one(exported, tmp_path):
    shutil.copy(exported / "checkpoint", tmp_path / "kept")
    with transaction.atomic():
        ledger.append("disclosure.enquiry", {}, now=NOW)
    ledger.sequence(now=NOW)
    ledger.export(exported)
    assert verify("consistency", tmp_path / "kept", exported, "--key", ledger.vkey())[0] == 0


@pytest.mark.django_db(transaction=True)
def test_no_export_holds_any_payload(exported):
    assert all(b'"n":' not in path.read_bytes() for path in exported.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_300_random_edits_of_one_byte_are_all_noticed(exported):
    """Every file of the export is fair game, except receipts and the key, which the person checking holds elsewhere."""
    rng, key = random.Random(24), ledger.vkey()
    files = [p for p in sorted(exported.rglob("*")) if p.is_file() and p.parent.name != "receipts" and p.name != "vkey"]
    missed = [edit for edit in range(EDITS) if _unnoticed(rng, files, exported, key)]
    assert missed == []
    assert verify(exported, "--key", key)[0] == 0


def _unnoticed(rng: random.Random, files: list[Path], exported: Path, key: str) -> bool:
    path = rng.choice(files)
    honest = path.read_bytes()
    changed = bytearray(honest)
    changed[rng.randrange(len(changed))] ^= rng.randrange(1, 256)
    path.write_bytes(bytes(changed))
    code, _ = verify(exported, "--key", key)
    path.write_bytes(honest)
    return code == 0
