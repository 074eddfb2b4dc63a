"""文书 as PDF: numbered, signed, with the leaf that commits to it; the same document is the same bytes, always.

There are two signatures by the same key. The printed one is over :func:`signed_text`, three short lines that anyone can
write down again: it does not depend on the PDF, so it can be checked with the text alone. The other is inside the PDF
and covers the file. The offline verifier checks both.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from chengxin.cases import pdf_signing
from chengxin.cases.models import Document
from chengxin.cases.sealing import open_body
from chengxin.cases.typesetting import typeset
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

SHEET = Path(__file__).with_name("paper.typ")
HEAD = "chengxin document v1"


class DocumentDiffers(Refusal):
    """The sealed text of a document is not the text its digest was taken of."""

    code = "document_differs"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a document can be checked by; ``index`` is that of its leaf in the log, ``signature`` is base64."""

    number: str
    sha256: str
    signature: str
    index: int | None
    vkey: str


def evidence_file(document: Document, *, now: datetime) -> dict[str, object]:
    """Return what the offline verifier reads: the text, and number, digest, signature, leaf and key."""
    return as_file(evidence(document, now=now), open_body(document))


def as_file(proof: Evidence, text: str) -> dict[str, object]:
    """Return evidence together with the text it is of, as the offline verifier reads it."""
    return {
        "v": 1,
        "number": proof.number,
        "text": text,
        "sha256": proof.sha256,
        "signature": proof.signature,
        "index": proof.index,
        "vkey": proof.vkey,
    }


def evidence(document: Document, *, now: datetime) -> Evidence:
    """Return number, digest, signature and leaf of a document; its leaf is numbered first if nobody did so yet."""
    return evidence_of(document.number, document.sha256, document.entry_id, now=now)


def evidence_of(number: str, sha256: str, entry_id: int | None, *, now: datetime) -> Evidence:
    """Return the evidence of anything that has a number, a digest and a leaf; credit reports are signed so too."""
    index = ledger.proof(entry_id, now=now, with_payload=False)["index"] if entry_id else None
    signature = base64.b64encode(vault.sign(signed_text(number, sha256))).decode()
    return Evidence(number, sha256, signature, index, ledger.vkey())


def signed_text(number: str, sha256: str) -> bytes:
    """Return the bytes the signature is over: a fixed head, the document's number and its text's SHA-256."""
    return f"{HEAD}\n{number}\n{sha256}\n".encode()


def signature_holds(number: str, sha256: str, signature: str) -> bool:
    """Tell whether a signature over number and digest is this installation's; nothing is looked up."""
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
        message = signed_text(number.strip(), sha256.strip().lower())
        Ed25519PublicKey.from_public_bytes(vault.public_key()).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def pdf(document: Document, *, now: datetime) -> bytes:
    """Return the document as PDF, in Chinese, the language of the act; ``now`` only numbers a leaf without a number."""
    text = open_body(document)
    if hashlib.sha256(text.encode()).hexdigest() != document.sha256:
        raise DocumentDiffers(
            "文书内容与其摘要不符，不能出具；请报告安全负责人。",
            "The text of the document does not match its digest; tell the person in charge of security.",
        )
    with override("zh-hans"):
        paper = _paper(document, text, evidence(document, now=now))
    return pdf_signing.signed(typeset(SHEET, paper), document.number, document.issued_at)


def _paper(document: Document, text: str, proof: Evidence) -> dict[str, object]:
    agency = document.issued_by.agency
    day = timezone.localtime(document.issued_at).date()
    return {
        "title": document.title,
        "number": document.number,
        "authority": agency.name_zh if agency else _("公共信用信息平台"),
        "date": _("%(year)d 年 %(month)d 月 %(day)d 日") % {"year": day.year, "month": day.month, "day": day.day},
        "lines": [line for line in text.split("\n") if line.strip()],
        "proof": _proof_rows(proof),
    }


def _proof_rows(proof: Evidence) -> list[tuple[str, str]]:
    leaf = str(proof.index) if proof.index is not None else _("无")
    return [
        (_("正文 SHA-256"), proof.sha256),
        (_("存证序号"), leaf),
        (_("平台签名（Ed25519）"), proof.signature),
        (_("核验"), _("网站“文书核验”页输入编号、摘要和签名；或离线运行 chengxin_document.py；文件本身另有电子签名")),
    ]
