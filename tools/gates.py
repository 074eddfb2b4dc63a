"""The gates a change must pass besides its tests; each is one command, all are run, and what failed is listed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

GATES: dict[str, list[str]] = {
    "types": [str(BIN / "mypy")],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "import contracts": [str(BIN / "lint-imports")],
    "budgets": [sys.executable, "tools/budgets.py"],
    "migrations": [sys.executable, "-m", "chengxin.config.manage", "makemigrations", "--check", "--dry-run"],
    "generated documents": [sys.executable, "tools/documents.py", "--check"],
    "translations": [sys.executable, "tools/translations.py", "--check"],
    "charter": [sys.executable, "tools/charter.py", "--check"],
}


def passes(name: str, command: list[str]) -> bool:
    """Run one gate, and show what it said, in one piece, only when it fails."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    told = f"{name:<22} {verdict:<7} {time.monotonic() - began:5.1f} s\n"
    sys.stdout.write(told + (done.stdout + done.stderr + "\n" if done.returncode else ""))
    sys.stdout.flush()
    return done.returncode == 0


def main() -> int:
    """Run every gate, as many at a time as there are cores, and return 1 when any failed."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = dict(zip(GATES, pool.map(passes, GATES, GATES.values()), strict=True))
    failed = [name for name, passed in verdicts.items() if not passed]
    print("all gates passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
