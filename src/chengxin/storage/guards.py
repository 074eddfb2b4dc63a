"""Append-only tables, guarded by the database itself so that no code path can overwrite what was known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Step = Callable[[Any, BaseDatabaseSchemaEditor], None]
_PG_FUNCTION = """
CREATE OR REPLACE FUNCTION chengxin_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""


@dataclass(frozen=True)
class Guard:
    """One append-only table: no row is deleted, and only ``open_columns`` may change, each once, from NULL.

    ``blanked_columns`` may lose their value for good, as an erasure asks, and never take another.
    """

    table: str
    columns: tuple[str, ...]
    open_columns: tuple[str, ...] = ()
    blanked_columns: tuple[str, ...] = ()

    def statements(self, vendor: str) -> list[str]:
        """Return the statements that put the guard up."""
        return self._postgresql() if vendor == "postgresql" else self._sqlite()

    def removal(self, vendor: str) -> list[str]:
        """Return the statements that take the guard down; only a test database is ever emptied this way."""
        on = f" ON {self.table}" if vendor == "postgresql" else ""
        kinds = ["delete", "frozen", *(f"once_{c}" for c in self.open_columns)]
        kinds += [f"blank_{c}" for c in self.blanked_columns]
        kinds += ["truncate"] if vendor == "postgresql" else []
        return [f"DROP TRIGGER IF EXISTS {self.table}_{kind}{on}" for kind in kinds]

    def _frozen(self) -> str:
        free = (*self.open_columns, *self.blanked_columns)
        return ", ".join(f'"{column}"' for column in self.columns if column not in free)

    def _sqlite(self) -> list[str]:
        refuse = "BEGIN SELECT RAISE(ABORT, 'append-only: refused'); END"
        t = self.table
        once = [
            f'CREATE TRIGGER {t}_once_{c} BEFORE UPDATE OF "{c}" ON {t} WHEN OLD."{c}" IS NOT NULL {refuse}'
            for c in self.open_columns
        ]
        once += [
            f'CREATE TRIGGER {t}_blank_{c} BEFORE UPDATE OF "{c}" ON {t} WHEN NEW."{c}" IS NOT NULL {refuse}'
            for c in self.blanked_columns
        ]
        return [
            f"CREATE TRIGGER {t}_delete BEFORE DELETE ON {t} {refuse}",
            f"CREATE TRIGGER {t}_frozen BEFORE UPDATE OF {self._frozen()} ON {t} {refuse}",
            *once,
        ]

    def _postgresql(self) -> list[str]:
        t, call = self.table, "EXECUTE FUNCTION chengxin_refuse()"
        once = [
            f'CREATE TRIGGER {t}_once_{c} BEFORE UPDATE OF "{c}" ON {t} '
            f'FOR EACH ROW WHEN (OLD."{c}" IS NOT NULL) {call}'
            for c in self.open_columns
        ]
        once += [
            f'CREATE TRIGGER {t}_blank_{c} BEFORE UPDATE OF "{c}" ON {t} '
            f'FOR EACH ROW WHEN (NEW."{c}" IS NOT NULL) {call}'
            for c in self.blanked_columns
        ]
        return [
            _PG_FUNCTION,
            f"CREATE TRIGGER {t}_delete BEFORE DELETE ON {t} FOR EACH ROW {call}",
            f"CREATE TRIGGER {t}_truncate BEFORE TRUNCATE ON {t} FOR EACH STATEMENT {call}",
            f"CREATE TRIGGER {t}_frozen BEFORE UPDATE OF {self._frozen()} ON {t} FOR EACH ROW {call}",
            *once,
        ]


def install(editor: BaseDatabaseSchemaEditor, guards: Sequence[Guard]) -> None:
    """Put guards up through a schema editor."""
    for guard in guards:
        for statement in guard.statements(editor.connection.vendor):
            editor.execute(statement, params=None)


def replacement(*guards: Guard) -> migrations.RunPython:
    """Return a migration operation that puts these guards in the place of earlier ones of the same tables."""

    def forwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for guard in guards:
            for statement in guard.removal(editor.connection.vendor):
                editor.execute(statement, params=None)
        install(editor, guards)

    return migrations.RunPython(forwards, migrations.RunPython.noop)


def operation(*guards: Guard) -> migrations.RunPython:
    """Return a migration operation that puts guards up, and takes them down when reversed."""
    return migrations.RunPython(*_both_ways(guards))


def taken_down(*guards: Guard) -> migrations.RunPython:
    """Return the reverse of ``operation``: guards go down while a migration changes their tables."""
    up, down = _both_ways(guards)
    return migrations.RunPython(down, up)


def _both_ways(guards: Sequence[Guard]) -> tuple[Step, Step]:
    def up(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        install(editor, guards)

    def down(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for guard in guards:
            for statement in guard.removal(editor.connection.vendor):
                editor.execute(statement, params=None)

    return up, down
