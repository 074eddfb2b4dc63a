"""Who a system's token belongs to, in hand-written SQL: every request of every system asks this first.

The object mapper composes the same statement anew each time, which costs more than the rest of a short request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState

from chengxin.accounts.models import Agency, ApiClient, User
from chengxin.storage import statements

Converter = Callable[[Any], Any]
_READ: tuple[tuple[type[models.Model], str], ...] = ((ApiClient, "c"), (User, "u"), (Agency, "a"))


def client(identifier: UUID) -> ApiClient | None:
    """Return a client with its account and its agency, which are those of one unit, or None."""
    key = identifier if connection.features.has_native_uuid_field else identifier.hex
    row = statements.row(_statement(), (key,))
    return _client(row) if row else None


def _client(row: Sequence[Any]) -> ApiClient:
    found: list[Any] = []
    at = 0
    for model, converters in _readers(connection.vendor):
        own = row[at : at + len(converters)]
        found.append(_loaded(model, converters, own))
        at += len(converters)
    holder: ApiClient
    holder, user, agency = found
    user.agency = holder.agency = agency
    holder.user = user
    return holder


def _loaded(model: type[models.Model], converters: Sequence[Converter | None], row: Sequence[Any]) -> Any:
    """Return an object as it was stored. It is made as a copied one is, without the signals nobody listens to."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.db, made._state.adding = DEFAULT_DB_ALIAS, False
    for field, convert, value in zip(model._meta.concrete_fields, converters, row, strict=True):
        made.__dict__[field.attname] = convert(value) if convert else value
    return made


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
