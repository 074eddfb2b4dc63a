"""A throw-away PostgreSQL for one command: ``python tools/postgres.py -- pytest ...``; found, or installed by apt."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c listen_addresses='' -c shared_buffers=256MB -c max_connections=60"
FORGETFUL = f"{OPTIONS} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
"""For tests: they end processes, never the machine, so nothing has to reach the disk."""


def binaries() -> Path | None:
    """Return the folder that holds initdb, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).resolve().parent if on_path else None


def apt_install(*packages: str) -> None:
    """Install Debian packages, as root or by a sudo that asks nothing."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {"stdout": subprocess.DEVNULL}
    patience = ["-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10", "-o", "Acquire::Retries=0"]
    subprocess.run([*sudo, "apt-get", *patience, "update"], check=False, **quiet)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*sudo, "apt-get", *patience, "install", "-y", *packages], check=True, env=environment, **quiet)


def ready() -> Path:
    """Return PostgreSQL's binaries, installing them when they are missing."""
    if binaries() is None:
        print("PostgreSQL not found; installing it …", flush=True)
        apt_install("postgresql")
    folder = binaries()
    if folder is None:
        raise SystemExit("PostgreSQL could not be found or installed; install it and run again / 请先安装 PostgreSQL")
    return folder


def _owner() -> str | None:
    """Return the account that may run the server; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def cluster(options: str = OPTIONS) -> Iterator[str]:
    """Run a fresh cluster on a private socket, durable unless the options say otherwise, and yield its URL."""
    folder, owner = ready(), _owner()
    home = Path(tempfile.mkdtemp(prefix="chengxin-pg-"))
    if owner:
        shutil.chown(home, owner)
    run = {"check": True, "cwd": home, "stdout": subprocess.DEVNULL, "user": owner}
    subprocess.run([folder / "initdb", "-D", home / "data", "-A", "trust", "-U", "chengxin", "-E", "UTF8", "-k"], **run)
    start = [folder / "pg_ctl", "-D", home / "data", "-w", "-o", f"{options} -k {home}", "-l", home / "log", "start"]
    subprocess.run(start, **run)
    try:
        subprocess.run([folder / "createdb", "-h", home, "-U", "chengxin", "chengxin"], **run)
        yield f"postgresql://chengxin@/chengxin?host={home}"
    finally:
        subprocess.run([folder / "pg_ctl", "-D", home / "data", "-m", "fast", "-w", "stop"], **{**run, "check": False})
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run the command after ``--`` with CHENGXIN_DATABASE pointing at a fresh cluster."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    with cluster() as url:
        return subprocess.run(command, env={**os.environ, "CHENGXIN_DATABASE": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
