"""The whole test suite: once on SQLite with a real Chromium, once on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from postgres import FORGETFUL, apt_install, cluster

ROOT = Path(__file__).resolve().parent.parent
DATABASE_TESTS = ["tests/integration", "tests/charter"]
"""What is run on PostgreSQL too; the rest touches no database, or is about pages."""
NOT_TWICE = [
    # Walks over every page and envelope: they ask nothing of a database that the other tests do not ask.
    "tests/integration/rights/test_canary.py",
    "tests/integration/api/test_exchange.py",
    # Processes that are killed while they work on an SQLite file of their own, whatever the others are run on.
    "tests/integration/intake/test_crash.py",
    "tests/integration/ledger/test_crash.py",
    "tests/integration/cases/test_outbox.py::test_twenty_four_killed_workers_lose_nothing_and_repeat_under_the_same_event",
    # The check of exported files by a program that knows no database.
    "tests/charter/test_c24_append_only.py::test_300_random_edits_of_one_byte_are_all_noticed",
]
SHELL = "chromium-headless-shell"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]


def chromium() -> None:
    """Find a Chromium, or install Debian's with a CJK font; CI takes the one without a desktop, three times as fast."""
    found = any(shutil.which(name) for name in BROWSERS)
    if shutil.which(SHELL) or (found and "CI" not in os.environ):
        return
    try:
        apt_install(SHELL, "fonts-noto-cjk")
    except (OSError, subprocess.CalledProcessError):
        if not found:
            apt_install("chromium", "fonts-noto-cjk")


def migrated(*urls: str) -> None:
    """Migrate fresh databases side by side; every test process then starts from a copy of its engine's one."""
    command = [sys.executable, "-m", "chengxin.config.manage", "migrate", "-v", "0"]
    started = [subprocess.Popen(command, cwd=ROOT, env={**os.environ, "CHENGXIN_DATABASE": url}) for url in urls]
    if max([process.wait() for process in started]):
        raise SystemExit("the migrations failed on a fresh database / 空库迁移失败")


def run(title: str, *arguments: str, **environment: str) -> int:
    """Run pytest under a title and return its exit code."""
    print(f"\n=== {title}", flush=True)
    return subprocess.run([*PYTEST, *arguments], cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    """Run both halves and fail when either fails."""
    chromium()
    # What is compiled once is read by the other test process, the other half, and every process that a test starts.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="chengxin-suite-") as home, cluster(FORGETFUL) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated")
        file = str(Path(home) / "migrated.sqlite3")
        migrated(f"sqlite:///{file}", url.replace("/chengxin?", "/migrated?"))
        sqlite = run("SQLite, pages in Chromium", *sys.argv[1:], CHENGXIN_MIGRATED_FILE=file)
        both = sys.argv[1:] or [*DATABASE_TESTS, *(f"--deselect={name}" for name in NOT_TWICE)]
        made = {"CHENGXIN_MIGRATED_DATABASE": "migrated", "CHENGXIN_MIGRATED_FILE": file}
        postgresql = run("PostgreSQL", *both, CHENGXIN_DATABASE=url, **made)
    return sqlite or postgresql


if __name__ == "__main__":
    sys.exit(main())
