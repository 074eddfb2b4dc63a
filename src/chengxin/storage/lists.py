"""One parameter for a long list in hand-written SQL: an array on PostgreSQL, a JSON text on SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection


def among(column: str) -> str:
    """Return the condition that a column is one of the values of one parameter, made by ``listed`` or ``listed_ids``.

    ``column`` is written by us, never given from outside.
    """
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 — a column name of ours.


def listed(values: Iterable[str | int]) -> Any:
    """Return texts or whole numbers as that one parameter."""
    found = list(values)
    return found if connection.vendor == "postgresql" else json.dumps(found)


def listed_ids(values: Iterable[UUID]) -> Any:
    """Return identities as that one parameter, in the form this database keeps them in."""
    if connection.vendor == "postgresql":
        return list(values)
    return json.dumps([value.hex for value in values])


def as_uuid(value: UUID | str) -> UUID:
    """Return an identity as it came from either database: itself, or 32 hexadecimal digits."""
    return value if isinstance(value, UUID) else UUID(int=int(value, 16))
