"""A small log to look at, and the verifier as anyone would run it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from chengxin.ledger import services as ledger

VERIFIER = Path(__file__).parents[3] / "verifier" / "chengxin_verify.py"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def fill():
    """Append n leaves in one transaction, integrate them, and return their ids."""

    def filling(n: int, kind: str = "disclosure.enquiry") -> list[int]:
        drafts = [ledger.Draft(kind, {"subject": f"张三{i}", "n": i}, {"unit": "示例单位"}) for i in range(n)]
        with transaction.atomic():
            ids = ledger.append_many(drafts, now=NOW)
        ledger.sequence(now=NOW)
        return ids

    return filling


@pytest.fixture
def verify():
    """Run the verifier as a process of its own and return its exit code and what it printed."""

    def running(*arguments: object) -> tuple[int, str]:
        command = [sys.executable, "-I", str(VERIFIER), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    return running
