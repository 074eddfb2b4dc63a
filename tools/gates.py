"""The gates a change must pass besides its tests; each is one command, all are run, and what failed is listed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

GATES: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "import contracts": [str(BIN / "lint-imports")],
    "budgets": [sys.executable, "tools/budgets.py"],
    "migrations": [sys.executable, "-m", "chengxin.config.manage", "makemigrations", "--check", "--dry-run"],
    "generated documents": [sys.executable, "tools/documents.py", "--check"],
    "translations": [sys.executable, "tools/translations.py", "--check"],
    "charter": [sys.executable, "tools/charter.py", "--check"],
}


def passes(name: str, command: list[str]) -> bool:
    """Run one gate, and show its output only when it fails."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<22} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main() -> int:
    """Run every gate and return 1 when any failed."""
    failed = [name for name, command in GATES.items() if not passes(name, command)]
    print("all gates passed" if not failed else f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
