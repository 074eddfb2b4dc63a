"""C28 on the whole path: a person's file is erased by decision; nothing of it is left to read, and the log stays sound.

The log is exported before and after and checked by the verifier that shares no code with the platform.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests import factories
from tests.factories import CITIZEN, NOW, TODAY
from tests.stages import objected, stage, take

from chengxin.cases import contacts
from chengxin.disclosure import own_file
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry, Opening
from chengxin.registry import selectors as registry
from chengxin.rights import erasure, erasure_pages
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db(transaction=True)
NAME, LETTER, MOBILE = "沈清和", "缴款单号 77120034", "13800001234"
VERIFIER = Path(settings.HOME) / "verifier" / "chengxin_verify.py"


def verify(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(VERIFIER), *map(str, arguments), "--key", ledger.vkey()]
    clean = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=clean, check=False)


def everything_stored() -> bytes:
    """Return every value of every table as the database holds it."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for r in cursor for v in r]
    return b"\n".join(parts)


def test_the_erased_file_cannot_be_read_found_or_guessed_and_every_proof_still_verifies(tmp_path):
    s = stage(factories.person(CITIZEN, NAME), decided=date(2022, 3, 2))
    contacts.set_contact(s.subject.id, "sms", MOBILE, now=NOW)
    take(objected(s, text=LETTER), "withdraw", s.applicant)
    own_file.read(s.subject.id, s.applicant, now=NOW, today=TODAY)
    index = registry.certificate_index(CodeKind.CITIZEN_ID, CITIZEN)
    own = list(Opening.objects.filter(key=s.subject.key).values_list("entry_id", flat=True))
    assert len(own) >= 2 and index.encode() in everything_stored(), "there was something to erase"
    before = {entry: ledger.proof(entry, now=NOW) for entry in own}
    assert all(receipt["payload"] for receipt in before.values())
    ledger.sequence(now=NOW)
    ledger.export(tmp_path / "before")

    case = erasure.request(s.subject.id, actor=s.applicant, now=NOW, today=TODAY)
    take(case, "propose", s.reviewer, outcome="erased", note="保存期限已满。")
    take(case, "approve", s.decider, note="同意删除。")
    later = NOW + timedelta(hours=1)
    ledger.sequence(now=later)
    ledger.export(tmp_path / "after")

    left = everything_stored()
    for part in (CITIZEN, NAME, LETTER, MOBILE, index):
        assert part.encode() not in left
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is None
    assert not Opening.objects.filter(entry_id__in=own).exists()
    assert ledger.payloads(own) == {}

    assert verify(tmp_path / "before").returncode == 0
    continued = verify(tmp_path / "after", "--seen", tmp_path / "before" / "checkpoint")
    assert continued.returncode == 0, continued.stdout
    assert ledger.check(later).sound
    for entry in own:
        receipt = ledger.proof(entry, now=later)
        assert receipt["payload"] is None and receipt["salt"] is None
        path = tmp_path / f"{entry}.json"
        path.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")
        assert verify("receipt", path).returncode == 0

    told = erasure_pages.proof(case.pk, s.applicant, now=later)
    (tmp_path / "proof.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    assert verify("receipt", tmp_path / "proof.json").returncode == 0
    tombstones = [json.loads(bytes(e.body))["public"]["leaves"] for e in Entry.objects.filter(kind="ledger.erased")]
    named = {leaf for leaves in tombstones for leaf in leaves}
    assert {bytes(e.leaf_hash).hex() for e in Entry.objects.filter(pk__in=own)} <= named
