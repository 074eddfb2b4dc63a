"""Taking away an index that another one makes needless, without copying the table and losing its guards."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def without_pattern_index(room: str, model: str, name: str) -> migrations.RunPython:
    """Return the operation that drops the second index PostgreSQL gives a unique text, for searches by its beginning.

    A keyed digest is only ever searched whole.
    """

    def drop(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(room, model)
        if editor.connection.vendor != "postgresql":
            return
        stem = editor._create_index_name(table._meta.db_table, [table._meta.get_field(name).column], suffix="_like")  # type: ignore[attr-defined]  # Not in the stubs.
        editor.execute(f"DROP INDEX {editor.quote_name(stem)}")

    def restore(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(room, model)
        if editor.connection.vendor == "postgresql":
            editor.execute(editor._create_like_index_sql(table, table._meta.get_field(name)))  # type: ignore[attr-defined]  # Not in the stubs.

    return migrations.RunPython(drop, restore)


def without_index(
    room: str, model: str, name: str, field: models.Field[Any, Any]
) -> migrations.SeparateDatabaseAndState:
    """Return the operation that drops the index of one column; ``field`` is the field as it is without it.

    Django would build an SQLite table anew for this, and the triggers that guard it would be gone.
    """

    def drop(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(room, model)
        column = table._meta.get_field(name).column
        for index in editor._constraint_names(table, [column], index=True, unique=False, primary_key=False):  # type: ignore[attr-defined]  # Not in the stubs.
            editor.execute(f"DROP INDEX {editor.quote_name(index)}")

    def restore(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(room, model)
        editor.execute(editor._create_index_sql(table, fields=[table._meta.get_field(name)]))  # type: ignore[attr-defined]  # Not in the stubs.

    return migrations.SeparateDatabaseAndState(
        [migrations.RunPython(drop, restore)], [migrations.AlterField(model, name, field)]
    )
