"""A decision on paper: the same bytes every time, signed, with its leaf, and nothing in it is read as code."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from tests.factories import NOW
from tests.stages import decided, stage

from chengxin.cases import documents_pdf, pdf_signing, services, typesetting
from chengxin.cases.documents_pdf import DocumentDiffers
from chengxin.cases.models import Document
from chengxin.ledger import services as ledger

pytestmark = pytest.mark.django_db
VERIFIER = Path(settings.HOME) / "verifier" / "chengxin_verify.py"


@pytest.fixture
def decision() -> Document:
    case = decided(stage(), "upheld")
    return Document.objects.select_related("case__key", "issued_by__agency").get(case=case, kind="objection_decision")


def test_the_same_document_is_the_same_bytes_whenever_it_is_made(decision):
    first = documents_pdf.pdf(decision, now=NOW)
    typesetting.compiled.cache_clear()
    with transaction.atomic():
        ledger.append("later", {"n": 1}, now=NOW)
    ledger.sequence(now=NOW + timedelta(days=2))
    assert documents_pdf.pdf(decision, now=NOW + timedelta(days=2)) == first
    assert pdf_signing.signed_number(first) == decision.number
    assert first.startswith(b"%PDF-")
    assert b"NotoSansCJKsc" in first, "the font is embedded, not borrowed from the reader's machine"
    assert len(first) < 100_000


def test_two_documents_differ(decision):
    other = services.issue_document(decision.case, "note", "通知书", "内容", actor=decision.issued_by, now=NOW)
    assert documents_pdf.pdf(decision, now=NOW) != documents_pdf.pdf(other, now=NOW)


def test_the_sheet_says_who_decided_what_when_why_and_how_to_check_it(decision):
    proof = documents_pdf.evidence(decision, now=NOW)
    sheet = documents_pdf._paper(decision, documents_pdf.open_body(decision), proof)
    assert sheet["number"] == decision.number
    assert sheet["date"] == "2026 年 11 月 20 日"
    assert sheet["authority"] == decision.issued_by.agency.name_zh
    said = "\n".join(sheet["lines"])
    for part in ("决定：", "理由：", "依据：", "救济途径：", "不收取任何费用"):
        assert part in said
    rows = dict(sheet["proof"])
    assert rows["正文 SHA-256"] == decision.sha256
    assert rows["存证序号"] == str(ledger.index_of(decision.entry_id))
    assert rows["平台签名（Ed25519）"] == proof.signature


def test_text_that_looks_like_code_is_only_text(decision):
    wild = '#panic("x") $1/0$ <b> *重* _斜_ @ref \\ // /* `code` #import "a"'
    document = services.issue_document(decision.case, "note", wild, wild, actor=decision.issued_by, now=NOW)
    assert documents_pdf.pdf(document, now=NOW).startswith(b"%PDF-")


def test_the_signature_stands_for_number_and_text_only(decision):
    proof = documents_pdf.evidence(decision, now=NOW)
    good = (proof.number, proof.sha256, proof.signature)
    assert documents_pdf.signature_holds(*good)
    assert documents_pdf.signature_holds(f" {proof.number}\n", proof.sha256.upper(), proof.signature + " ")
    assert not documents_pdf.signature_holds(proof.number + "0", *good[1:])
    assert not documents_pdf.signature_holds(proof.number, "0" * 64, proof.signature)
    assert not documents_pdf.signature_holds(*good[:2], "AAAA")
    assert not documents_pdf.signature_holds(*good[:2], "不是签名")


def test_a_sealed_text_put_in_place_of_another_is_not_printed(decision):
    swapped = services.issue_document(decision.case, "note", "通知书", "内容", actor=decision.issued_by, now=NOW)
    swapped.sha256 = decision.sha256
    with pytest.raises(DocumentDiffers):
        documents_pdf.pdf(swapped, now=NOW)


def test_the_leaf_of_a_document_cannot_be_changed(decision):
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=decision.pk).update(entry=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_document")


def verify(tmp_path: Path, evidence: dict, *more: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "paper.json"
    path.write_text(json.dumps(evidence, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, str(VERIFIER.with_name("chengxin_document.py")), str(path), *more]
    clean = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=clean, cwd=tmp_path, check=False)


def test_the_offline_verifier_agrees_and_catches_every_change(decision, tmp_path):
    evidence = documents_pdf.evidence_file(decision, now=NOW)
    sound = verify(tmp_path, evidence, "--key", str(evidence["vkey"]))
    assert sound.returncode == 0, sound.stdout
    assert decision.number in sound.stdout
    text = str(evidence["text"]).replace("维持", "撤销")
    forged = {**evidence, "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    short = {**evidence, "signature": "AAAA"}
    for changed in (
        {**evidence, "text": text},
        short,
        forged,
        {**evidence, "number": "YY-2026-999999-1"},
        {"v": 1},
        [],
    ):
        told = verify(tmp_path, changed, "--key", str(evidence["vkey"]))
        assert told.returncode == 1 and "Traceback" not in told.stderr, told.stderr
