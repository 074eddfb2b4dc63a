"""Who a system's token belongs to, in hand-written SQL: every request of every system asks this first.

The object mapper composes the same statement anew each time, which costs more than the rest of a short request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from chengxin.accounts.models import Agency, ApiClient, User

Converter = Callable[[Any], Any]
_READ: tuple[tuple[type[models.Model], str], ...] = ((ApiClient, "c"), (User, "u"), (Agency, "a"))


def client(identifier: UUID) -> ApiClient | None:
    """Return a client with its account and its agency, which are those of one unit, or None."""
    key = identifier if connection.features.has_native_uuid_field else identifier.hex
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [key])
        row = cursor.fetchone()
    return _client(row) if row else None


def _client(row: Sequence[Any]) -> ApiClient:
    found: list[Any] = []
    at = 0
    for model, converters in _readers(connection.vendor):
        own = row[at : at + len(converters)]
        values = [convert(value) if convert else value for convert, value in zip(converters, own, strict=True)]
        found.append(model.from_db(connection.alias, [f.attname for f in model._meta.concrete_fields], values))
        at += len(converters)
    holder: ApiClient
    holder, user, agency = found
    user.agency = holder.agency = agency
    holder.user = user
    return holder


@lru_cache(maxsize=1)
def _statement() -> str:
    columns = ", ".join(f'{alias}."{field.column}"' for model, alias in _READ for field in model._meta.concrete_fields)
    client_table, user_table, agency_table = (model._meta.db_table for model, _alias in _READ)
    return (
        f'SELECT {columns} FROM "{client_table}" c JOIN "{user_table}" u ON u.id = c.user_id '  # noqa: S608 — the models' own names only.
        f'JOIN "{agency_table}" a ON a.id = c.agency_id AND a.id = u.agency_id WHERE c.id = %s'
    )


@lru_cache(maxsize=2)
def _readers(_vendor: str) -> list[tuple[type[models.Model], list[Converter | None]]]:
    return [(model, [_converter(field) for field in model._meta.concrete_fields]) for model, _alias in _READ]


def _converter(field: Any) -> Converter | None:
    """Return what makes a column's value what the field holds, as the object mapper would; None where nothing does."""
    column = field.get_col(field.model._meta.db_table)
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    if not steps:
        return None

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert
