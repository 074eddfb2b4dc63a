"""Bulk rows without building one object a row: ``executemany`` on SQLite, ``COPY`` on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count, islice
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from chengxin.storage import copytext, jsontext, statements
from chengxin.storage.held import Held, holding

Row = Sequence[Any]
Prepare = Callable[[Sequence[Any]], Sequence[Any]]
_PIECE = 2_000
_REMEMBERED = 512
_COUNTED = 1 << 12
_PLAIN: frozenset[type] = frozenset({str, int, bool, type(None)})

_BYTES: frozenset[type] = frozenset({bytes, type(None)})
_UUID: frozenset[type] = frozenset({UUID})


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows of Python values and return how many; must run inside the caller's transaction.

    ``columns`` are field attnames (``subject_id`` for a foreign key). Values are prepared by the model's own fields,
    so a UUID, a date, bytes or JSON goes in as it would through the ORM. Columns left out must have a database default
    or be an automatic key.
    """
    if not connection.in_atomic_block and not holding():
        raise transaction.TransactionManagementError("insert_rows needs the caller's transaction")
    fields = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in columns]
    prepared = _prepared([_preparer(field) for field in fields], rows)
    return insert_prepared(model._meta.db_table, [column for field in fields if (column := field.column)], prepared)


def prepared_row(model: type[models.Model], columns: Sequence[str], row: Row) -> Row:
    """Return one row as the driver wants it, for what all rows of a batch have in common."""
    fields = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in columns]
    return tuple(next(_prepared([_preparer(field) for field in fields], [row])))


def insert_prepared(table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows of values the driver itself understands, for the few tables where preparing costs too much."""
    if (held := holding()) is not None:
        return held.add(table, columns, rows)
    here = connections[DEFAULT_DB_ALIAS]  # The proxy would be looked up again for every column.
    quoted, names = _quoted((table,)), _quoted(tuple(columns))
    return _copy(quoted, names, rows) if here.vendor == "postgresql" else _many(quoted, names, rows)


@lru_cache(maxsize=256)
def _quoted(names: tuple[str, ...]) -> str:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    return ", ".join(quote(name) for name in names)


def write_held(held: Held) -> None:
    """Write what was held back, in the caller's transaction."""
    held.write(insert_prepared, next_ids)


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
        return _each(_once_each(_json(slow) if kind.encoder is None else slow))
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


def _json(slow: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the text of a structure; both databases read it as what the field's own way would give them."""
    write = jsontext.writer()
    return lambda value: write(value) if type(value) is dict or type(value) is list else slow(value)


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
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 — quoted identifiers only.
    if len(batch) == 1:
        statements.write(statement, batch[0])
        return 1
    with connection.cursor() as cursor:
        cursor.executemany(statement, batch)
    return len(batch)


def _copy(table: str, names: str, rows: Iterable[Row]) -> int:
    count, source = 0, iter(rows)
    # The driver's own errors would pass by every caller that expects Django's, such as IntegrityError.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        while piece := list(islice(source, _PIECE)):
            count += len(piece)
            text = copytext.lines(piece)
            if text is not None:
                copy.write(text)
                continue
            for row in piece:
                copy.write_row(row)
    return count


def next_ids(table: str, count: int) -> list[int]:
    """Return fresh ids for a table with an automatic key; must run inside the caller's transaction.

    On SQLite that transaction holds the only write lock, so the largest id is final. Where rows are held back these are
    placeholders.
    """
    if (held := holding()) is not None:
        return held.draw(table, count)
    if connection.vendor == "sqlite":
        largest = statements.rows(f"SELECT COALESCE(MAX(id), 0) FROM {_quoted((table,))}")[0][0]  # noqa: S608 — quoted identifier only.
        return list(range(largest + 1, largest + 1 + count))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        # Named once: asked for in the same statement, the sequence would be looked up again for every id.
        cursor.execute(
            "SELECT array_agg(nextval(%s::regclass)) FROM generate_series(1, %s)", [*cursor.fetchone(), count]
        )
        return cursor.fetchone()[0] or []


_calls = count()


def ordered_uuids(number: int, now: datetime) -> list[UUID]:
    """Return UUIDs of version 7 (RFC 9562): fresh keys that begin with the moment lie side by side in an index.

    A long file has one moment for all its parcels; behind it the calls are counted (section 6.2, method 1), so that
    the keys of each parcel follow those of the one before instead of falling between them.
    """
    start = int(now.timestamp() * 1000) << 80 | 7 << 76 | next(_calls) % _COUNTED << 64 | 2 << 62
    chance = os.urandom(8 * number)
    return [UUID(int=start | int.from_bytes(chance[at : at + 8], "big") >> 2) for at in range(0, 8 * number, 8)]
