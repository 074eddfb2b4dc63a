"""The database itself refuses to change the log: entries and checkpoints stand, tiles only grow."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chengxin.storage import guards

REFUSE = "BEGIN SELECT RAISE(ABORT, 'append-only: refused'); END"
CALL = "FOR EACH ROW {when} EXECUTE FUNCTION chengxin_refuse()"

# INSERT OR REPLACE and UPDATE OR REPLACE delete rows in SQLite without firing a delete trigger, hence the look-ups.
SQLITE = {
    "ledger_entry_born": """BEFORE INSERT ON ledger_entry
        WHEN NEW."index" IS NOT NULL OR EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id)""",
    "ledger_entry_numbered": """BEFORE UPDATE OF "index" ON ledger_entry
        WHEN NEW."index" IS NULL OR EXISTS (SELECT 1 FROM ledger_entry WHERE "index" = NEW."index")""",
    "ledger_checkpoint_born": """BEFORE INSERT ON ledger_checkpoint
        WHEN EXISTS (SELECT 1 FROM ledger_checkpoint WHERE id = NEW.id OR size = NEW.size)""",
    "ledger_tile_grows": """BEFORE UPDATE ON ledger_tile
        WHEN OLD.level <> NEW.level OR OLD."index" <> NEW."index"
        OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
        OR substr(NEW."inner", 1, length(OLD."inner")) <> OLD."inner" """,
    "ledger_tile_delete": "BEFORE DELETE ON ledger_tile",
    "ledger_opening_frozen": "BEFORE UPDATE ON ledger_opening",
}
POSTGRESQL = {
    "ledger_entry_born": "BEFORE INSERT ON ledger_entry " + CALL.format(when='WHEN (NEW."index" IS NOT NULL)'),
    "ledger_entry_numbered": 'BEFORE UPDATE OF "index" ON ledger_entry '
    + CALL.format(when='WHEN (NEW."index" IS NULL)'),
    "ledger_tile_grows": "BEFORE UPDATE ON ledger_tile "
    + CALL.format(
        when="""WHEN (OLD.level <> NEW.level OR OLD."index" <> NEW."index"
        OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes
        OR substring(NEW."inner" FROM 1 FOR length(OLD."inner")) <> OLD."inner")"""
    ),
    "ledger_tile_delete": "BEFORE DELETE ON ledger_tile " + CALL.format(when=""),
    "ledger_tile_truncate": "BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION chengxin_refuse()",
    "ledger_opening_frozen": "BEFORE UPDATE ON ledger_opening " + CALL.format(when=""),
}


def put_up(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database's dialect."""
    postgresql = editor.connection.vendor == "postgresql"
    for name, rest in (POSTGRESQL if postgresql else SQLITE).items():
        editor.execute(f"CREATE TRIGGER {name} {rest} {'' if postgresql else REFUSE}")


def take_down(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers again when the migration is reversed."""
    postgresql = editor.connection.vendor == "postgresql"
    for name, rest in (POSTGRESQL if postgresql else SQLITE).items():
        table = rest.split(" ON ")[1].split()[0]
        editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))


class Migration(migrations.Migration):
    """Guards over the tables of 0001."""

    dependencies = [("ledger", "0001_initial")]
    operations = [
        guards.operation(
            guards.Guard("ledger_entry", ("id", "index", "kind", "body", "leaf_hash", "written_at"), ("index",)),
            guards.Guard("ledger_checkpoint", ("id", "size", "root", "peaks", "note", "at")),
        ),
        migrations.RunPython(put_up, take_down),
    ]
