"""The file of results: a CSV that any spreadsheet programme reads, and the signed digest of it, in a ZIP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chengxin.disclosure.models import OrderLine
from chengxin.vault import services as vault

HEADINGS = ["序号", "结果", "存证序号", "主体", "证件号码", "有无", "条数", "内容"]


def table(results: Iterable[tuple[OrderLine, dict[str, Any]]]) -> bytes:
    """Return lines and what they show as CSV in UTF-8 with a mark, which spreadsheet programmes need."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for line, shown in results:
        writer.writerow([_plain_cell(each) for each in _cells(line, shown)])
    return ("\ufeff" + out.getvalue()).encode()


def _cells(line: OrderLine, shown: dict[str, Any]) -> list[object]:
    rows = json.dumps(shown.get("rows", []), ensure_ascii=False) if shown.get("rows") else shown.get("zh", "")
    said = shown.get("hit")
    hit = "" if said is None else "有" if said else "无"
    outcome = "changed" if shown.get("changed") else line.outcome
    cells = [line.number, outcome, line.entry_id, shown.get("name", ""), shown.get("code", ""), hit]
    return [*cells, shown.get("count", ""), rows]


def _plain_cell(value: object) -> str:
    """Return a cell that no spreadsheet programme takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def packed(order_id: UUID, content: bytes) -> bytes:
    """Return the table and its signed digest; the time on both is fixed, so that equal results are an equal archive."""
    digest = hashlib.sha256(content).hexdigest()
    seal = {"order": str(order_id), "sha256": digest, "key": vault.public_key().hex(),
            "signature": vault.sign(f"chengxin order v1\n{order_id}\n{digest}\n".encode()).hex()}  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("results.csv"), content, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("seal.json"), json.dumps(seal, indent=1), zipfile.ZIP_DEFLATED)
    return out.getvalue()
