"""Bulk rows without building one object a row: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, connections, models, transaction

Row = Sequence[Any]
Prepare = Callable[[Sequence[Any]], Sequence[Any]]
_PIECE = 2_000
_REMEMBERED = 512
_PLAIN: frozenset[type] = frozenset({str, int, bool, type(None)})

_BYTES: frozenset[type] = frozenset({bytes, type(None)})
_UUID: frozenset[type] = frozenset({UUID})


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


def _prepared(preparers: Sequence[Prepare], rows: Iterable[Row]) -> Iterator[Row]:
    """Prepare rows piece by piece, a column at a time: a column that needs nothing costs next to nothing."""
    source = iter(rows)
    while piece := list(islice(source, _PIECE)):
        columns = zip(*piece, strict=True)
        yield from zip(*(prepare(column) for prepare, column in zip(preparers, columns, strict=True)), strict=True)


def _preparer(field: models.Field[Any, Any]) -> Prepare:
    """Return what makes a column ready for the driver; what it understands already skips the field's own way."""
    here = connections[connection.alias]  # The proxy would be looked up again for every value.

    def slow(value: Any) -> Any:
        return field.get_db_prep_save(value, here)

    kind = getattr(field, "target_field", field)
    if isinstance(kind, models.CharField | models.TextField | models.IntegerField | models.BooleanField):
        return _unless(_PLAIN, slow)
    if isinstance(kind, models.BinaryField):
        return _unless(_BYTES, slow)
    if isinstance(kind, models.JSONField):
        return _each(_once_each(slow))
    if isinstance(kind, models.UUIDField):
        return _unless(_UUID, slow) if here.features.has_native_uuid_field else _each(_hex(slow))
    # A batch holds few different days and moments, so each is prepared once.
    return _each(lru_cache(maxsize=_REMEMBERED)(slow) if isinstance(kind, models.DateField) else slow)


def _each(prepare: Callable[[Any], Any]) -> Prepare:
    return lambda column: [prepare(value) for value in column]


def _unless(understood: frozenset[type], slow: Callable[[Any], Any]) -> Prepare:
    """Leave a column alone whose every value the driver understands."""

    def prepared(column: Sequence[Any]) -> Sequence[Any]:
        if understood.issuperset(map(type, column)):
            return column
        return [value if type(value) in understood else slow(value) for value in column]

    return prepared


def _hex(slow: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the form of a UUID where the database has no such type."""
    return lambda value: value.hex if type(value) is UUID else slow(value)


def _once_each(prepare: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Prepare a structure once for all rows that share it; what is remembered is held, so no identity is reused."""
    known: dict[int, tuple[Any, Any]] = {}

    def prepared(value: Any) -> Any:
        if (found := known.get(id(value))) is None:
            if len(known) == _REMEMBERED:
                known.clear()
            found = known[id(value)] = (value, prepare(value))
        return found[1]

    return prepared


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
