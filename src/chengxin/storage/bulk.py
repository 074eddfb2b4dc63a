"""Bulk rows without building one object a row: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, connections, models, transaction

Row = Sequence[Any]


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows of Python values and return how many; must run inside the caller's transaction.

    ``columns`` are field attnames (``subject_id`` for a foreign key). Values are prepared by the model's own fields,
    so a UUID, a date, bytes or JSON goes in as it would through the ORM. Columns left out must have a database default
    or be an automatic key.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("insert_rows needs the caller's transaction")
    fields = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in columns]
    prepared = _prepared([_preparer(field) for field in fields], rows)
    return insert_prepared(model._meta.db_table, [column for field in fields if (column := field.column)], prepared)


def insert_prepared(table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows of values the driver itself understands, for the few tables where preparing costs too much."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    quoted = connection.ops.quote_name(table)
    return _copy(quoted, names, rows) if connection.vendor == "postgresql" else _many(quoted, names, rows)


def _preparer(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes a value ready for the driver; what the driver understands already skips the field's own way."""
    here = connections[connection.alias]  # The proxy would be looked up again for every value.

    def slow(value: Any) -> Any:
        return field.get_db_prep_save(value, here)

    kind = getattr(field, "target_field", field)
    if isinstance(kind, models.CharField | models.TextField | models.IntegerField | models.BooleanField):
        return lambda value: value if value.__class__ in _PLAIN else slow(value)
    if isinstance(kind, models.JSONField):
        return _once_each(slow)
    if isinstance(kind, models.UUIDField) and not here.features.has_native_uuid_field:
        return lambda value: value.hex if value.__class__ is UUID else slow(value)
    # A batch holds few different days and moments, so each is prepared once.
    return lru_cache(maxsize=512)(slow) if isinstance(kind, models.DateField) else slow


def _once_each(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Prepare a structure once for all rows that share it; what is remembered is held, so no identity is reused."""
    known: dict[int, tuple[Any, Any]] = {}

    def prepared(value: Any) -> Any:
        if id(value) not in known:
            if len(known) == _REMEMBERED:
                known.clear()
            known[id(value)] = (value, prepare(value))
        return known[id(value)][1]

    return prepared


_REMEMBERED = 512
_PLAIN = frozenset({str, int, bool, type(None)})


def _prepared(preparers: Sequence[Callable[[Any], Any]], rows: Iterable[Row]) -> Iterator[list[Any]]:
    for row in rows:
        yield [prepare(value) for prepare, value in zip(preparers, row, strict=True)]


def _many(table: str, names: str, rows: Iterable[Row]) -> int:
    batch = list(rows)
    marks = ", ".join(["%s"] * (names.count(",") + 1))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)  # noqa: S608 — quoted identifiers only.
    return len(batch)


def _copy(table: str, names: str, rows: Iterable[Row]) -> int:
    count = 0
    # The driver's own errors would pass by every caller that expects Django's, such as IntegrityError.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
