"""Fixed statements on the shortest way to the driver: for the few reads and writes that every request pays for.

A statement has ``%s`` for each value and reads the same on both databases. Values go to the driver as they are, and
what it gives comes back as it is; on SQLite a column the driver would convert is best cast to text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return every row of a statement."""
    here = connections[DEFAULT_DB_ALIAS]
    with here.wrap_database_errors:
        found: list[tuple[Any, ...]] = _cursor(here, statement, values).fetchall()
        return found


def row(statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a statement, or None."""
    return next(iter(rows(statement, values)), None)


def write(statement: str, values: Sequence[Any]) -> None:
    """Do a statement that gives no rows, in the caller's transaction."""
    here = connections[DEFAULT_DB_ALIAS]
    with here.wrap_database_errors:
        _cursor(here, statement, values)


def _cursor(here: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Any:
    """Return the driver's cursor; where queries are counted or transactions broken the framework's own way is gone."""
    if here.queries_logged or here.execute_wrappers or here.needs_rollback:
        cursor = here.cursor()
        cursor.execute(statement, values)
        return cursor
    here.ensure_connection()
    driver: Any = here.connection
    return driver.execute(_marked(statement) if here.vendor == "sqlite" else statement, values)


@lru_cache(maxsize=256)
def _marked(statement: str) -> str:
    """Return a statement with SQLite's own marks; no fixed statement holds a literal per cent sign."""
    return statement.replace("%s", "?")
