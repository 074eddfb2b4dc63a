"""From a ledger receipt to the parameters of the proof panel."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any


def panel(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return what the proof panel shows of a receipt; the root is the third line of the signed checkpoint."""
    root = base64.b64decode(receipt["checkpoint"].splitlines()[2]).hex()
    return {
        "index": receipt["index"],
        "size": receipt["size"],
        "root": root,
        "leaf": receipt["leaf_hash"],
        "path": receipt["path"],
        "at": datetime.fromisoformat(json.loads(receipt["leaf_body"])["at"]),
    }
