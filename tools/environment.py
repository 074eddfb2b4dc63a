"""Make or complete the virtual environment from the hashed lock files. Standard library only."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
OLDEST = (3, 11)


def pip(*arguments: str) -> None:
    """Run the environment's own pip."""
    command = [str(HOME / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", *arguments]
    subprocess.run(command, check=True, cwd=ROOT)


def main(kind: str) -> None:
    """Install ``runtime`` or ``dev`` and leave a stamp that make compares with the lock."""
    if sys.version_info < OLDEST:
        raise SystemExit("Chengxin needs Python 3.11 or newer: make PYTHON=python3.11 … / 需要 Python 3.11 以上")
    if not (HOME / "bin" / "python").exists():
        print("making .venv …", flush=True)
        venv.create(HOME, with_pip=True)
    print(f"installing {kind} dependencies (locked, hashed) …", flush=True)
    pip("--require-hashes", "-r", f"requirements/{kind}.lock")
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    (HOME / f".{kind}").write_text("installed\n")


if __name__ == "__main__":
    main(sys.argv[1])
