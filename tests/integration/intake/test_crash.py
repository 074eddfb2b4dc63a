"""Killed at any moment and started again, a load loses nothing and doubles nothing."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chengxin.vault.keyfiles import create_keys

ROWS = 1_500
ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("CHENGXIN_KILLS", "10"))


def child(folder: Path, action: str) -> subprocess.Popen[str]:
    """Start a process that works on a database of its own."""
    environment = os.environ | {
        "CHENGXIN_VAR": str(folder),
        "CHENGXIN_DATABASE": f"sqlite:///{folder / 'crash.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "chengxin.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", "tests.integration.intake.crash_child", action]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    assert child(tmp_path, "prepare").wait() == 0
    return tmp_path


def killed_while_loading(folder: Path, chance: random.Random) -> bool:
    """Start a load, kill it at a random moment, and tell whether it was killed before it was done."""
    process = child(folder, "send")
    assert process.stdout is not None
    assert process.stdout.readline() == "begin\n"
    time.sleep(chance.uniform(0.02, 0.5))
    process.kill()
    return "done" not in process.communicate()[0]


def count(folder: Path, query: str) -> int:
    with sqlite3.connect(folder / "crash.sqlite3") as database:
        return int(database.execute(query).fetchone()[0])


@pytest.mark.slow
def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled(folder: Path) -> None:
    chance = random.Random(20261120)
    killed = sum(killed_while_loading(folder, chance) for _ in range(KILLS))
    assert killed, "no process was killed in the middle of its work, so this would prove nothing"
    said, _ = child(folder, "send").communicate()
    assert said == f"begin\ndone {ROWS}\n"
    assert count(folder, "SELECT COUNT(*) FROM intake_submission") == 1
    assert count(folder, "SELECT COUNT(*) FROM intake_submissionrow WHERE state = 'admitted'") == ROWS
    assert count(folder, "SELECT COUNT(*) FROM registry_record") == ROWS
    assert count(folder, "SELECT COUNT(*) FROM registry_recordversion") == ROWS
    assert count(folder, "SELECT COUNT(DISTINCT record_id) FROM intake_admission") == ROWS
    assert count(folder, "SELECT COUNT(*) FROM accounts_message") == ROWS
    assert count(folder, "SELECT COUNT(*) FROM ledger_entry WHERE kind = 'submission'") == 1
    assert count(folder, "SELECT COUNT(*) FROM ledger_entry WHERE kind = 'submission.settled'") == 1
    assert count(folder, "SELECT COUNT(*) FROM ledger_entry WHERE kind = 'registry.record'") == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_harness_of_the_bench_finds_a_careless_loader(database: str) -> None:
    """The long harness in short: nothing lost by our loader, and rows lost by one that commits in two halves."""
    short = {"CRASHES": "4", "CRASH_CONTROL": "1", "CRASH_PARCEL": "100", "BENCH_ROWS": "1500"}
    environment = os.environ | {f"CHENGXIN_{name}": value for name, value in short.items()}
    environment["CHENGXIN_CRASH_DATABASE"] = database
    command = [sys.executable, "-m", "bench.crash"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["kills"], found["lost"], found["doubled"], found["amiss"], found["fell_back"]) == (4, 0, 0, 0, 0)
    assert found["control_lost"] > 0
    assert done.returncode == 0, done.stderr[-2000:]
