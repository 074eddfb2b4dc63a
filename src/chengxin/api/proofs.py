"""存证: the signed tree head and inclusion proofs, for anyone; leaves hold no personal content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from chengxin.api.fields import Number, answers
from chengxin.api.problems import not_found
from chengxin.ledger import services as ledger

router = Router(tags=["ledger"])


class Head(Schema):
    """The newest signed tree head: a C2SP signed note, and the key that checks it."""

    size: int
    root: str
    at: datetime
    note: str
    vkey: str


class Proof(Schema):
    """That a leaf stands in the log of ``size`` leaves. ``path`` and hashes are hexadecimal."""

    v: int
    kind: str
    index: int
    size: int
    leaf_body: str
    leaf_hash: str
    path: list[str]
    checkpoint: str
    vkey: str


@router.get(
    "/ledger/checkpoint",
    response=answers(Head, 404),
    auth=None,
    operation_id="checkpoint",
    summary="最新签名树头 · The newest checkpoint",
)
def checkpoint(request: HttpRequest) -> HttpResponse | dict[str, Any]:
    """任何人可据此核验日志只增不改。 Anyone can check with it that the log only grew."""
    head = ledger.latest_checkpoint()
    if head is None:
        return not_found()
    return {
        "size": head.size,
        "root": bytes(head.root).hex(),
        "at": head.at,
        "note": head.note,
        "vkey": ledger.vkey(),
    }


@router.get(
    "/ledger/entries/{index}/proof",
    response=answers(Proof, 404, 422),
    auth=None,
    operation_id="proof_by_index",
    summary="按序号取存证证明 · Proof of the leaf at an index",
)
def by_index(request: HttpRequest, index: Number) -> HttpResponse | dict[str, Any]:
    """不含任何内容，只含承诺。 No content, only commitments."""
    entry = ledger.entry_at(index)
    return not_found() if entry is None else ledger.proof(entry, with_payload=False)


@router.get(
    "/ledger/receipts/{ledger_entry}/proof",
    response=answers(Proof, 404, 422),
    auth=None,
    operation_id="proof_by_entry",
    summary="按存证号取证明 · Proof of the entry that an answer names",
)
def by_entry(request: HttpRequest, ledger_entry: Number) -> HttpResponse | dict[str, Any]:
    """查询答复中的 ledger_entry 即存证号；编入日志前没有证明。 An entry has no proof before it is in the log."""
    index = ledger.index_of(ledger_entry)
    return not_found() if index is None else ledger.proof(ledger_entry, with_payload=False)
