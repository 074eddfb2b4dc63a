"""Killing the process loses nothing that was acknowledged, and signs no second history."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def crash(folder, kills, *flags):
    """Run the crash harness in a process tree of its own and return its findings."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), *sys.path])}
    command = [sys.executable, "-m", "tests.integration.ledger.crash", str(folder), str(kills), *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_30_kills_lose_double_and_rewrite_nothing(tmp_path):
    found = crash(tmp_path, 30)
    assert found["acknowledged"] >= 150 and found["heads"] >= 30
    assert (found["lost"], found["doubled"], found["heads_rewritten"]) == (0, 0, 0)
    assert found["sound"] and not found["gaps"]


@pytest.mark.slow
def test_the_harness_sees_losses_where_there_are_some(tmp_path):
    """Negative control: a worker that acknowledges before its commit must be caught losing."""
    found = crash(tmp_path, 30, "hasty")
    assert found["lost"] > 0
    assert found["sound"]
