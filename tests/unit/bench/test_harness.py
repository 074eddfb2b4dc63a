"""The memory a bench states is that of all its processes, and a bench that passes its bound fails."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from bench import harness

HELD_MB = 120
HOLDS = f"held = bytes([1]) * ({HELD_MB} << 20); print('held', flush=True); input()"
RESULT = harness.Result("admit", 1.0, None, None, "rows/s", harness.BOUNDED_ROWS, peak_mb=harness.BOUND_MB + 1.0)


def test_the_memory_of_helpers_is_counted() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as helper:
        assert helper.stdout is not None
        assert helper.stdout.readline() == b"held\n"
        assert harness.tree_peak_mb() > harness.peak_mb() + HELD_MB
        helper.kill()


def test_a_bound_that_is_passed_ends_the_bench(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"1,501 MB at 1,000,000 rows, bound 1,500 MB: EXCEEDED"):
        harness.check_bounded(RESULT)
    harness.check_bounded(replace(RESULT, peak_mb=harness.BOUND_MB - 1.0))
    assert "peak memory 1,499 MB at 1,000,000 rows, bound 1,500 MB" in capsys.readouterr().out


def test_the_bound_is_that_of_a_million_rows() -> None:
    harness.check_bounded(replace(RESULT, n=harness.BOUNDED_ROWS + 1))
