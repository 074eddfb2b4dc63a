"""The leaf of a document is as fixed as the document."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chengxin.storage.guards import Guard, install

DOCUMENT = ("id", "case_id", "kind", "number", "title", "sealed_body", "sha256", "issued_by_id", "issued_at")
BEFORE = Guard("cases_document", DOCUMENT)
AFTER = Guard("cases_document", (*DOCUMENT, "entry_id"))


def _swap(editor: BaseDatabaseSchemaEditor, old: Guard, new: Guard) -> None:
    for statement in old.removal(editor.connection.vendor):
        editor.execute(statement, params=None)
    install(editor, [new])


def forwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the wider guard in the place of the narrower."""
    _swap(editor, BEFORE, AFTER)


def backwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the narrower guard back."""
    _swap(editor, AFTER, BEFORE)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_outbox")]

    operations = [migrations.RunPython(forwards, backwards)]
