"""From one URL to Django's database settings, with the durability each engine needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
    "PRAGMA secure_delete=ON; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=32000;"
)
"""Full synchronisation keeps acknowledged commits through a power cut; erased bytes are overwritten with zeros.

A long file touches many pages of the indexes again and again; 64 MB of them stay in memory, and the log is copied back
every 128 MB.
"""


def from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for ``sqlite:///path`` or ``postgresql://user@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(url.removeprefix("sqlite:///"))
    if parts.scheme in {"postgres", "postgresql"}:
        return postgresql(url)
    raise ValueError(f"Unknown database scheme: {parts.scheme!r}; use sqlite:/// or postgresql://")


def sqlite(path: str) -> dict[str, Any]:
    """Return settings under which SQLite keeps what it acknowledged and does not lose contended writes."""
    if path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "ATOMIC_REQUESTS": False,
        # Closing the last connection copies the whole log back into the file; a request should not wait for that.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
        "TEST": {"NAME": path + ".test" if path != ":memory:" else None},
    }


def postgresql(url: str) -> dict[str, Any]:
    """Return settings for PostgreSQL; a ``host`` in the query may name a socket folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 600,
        "TEST": {"NAME": "test_" + parts.path.lstrip("/")},
    }
