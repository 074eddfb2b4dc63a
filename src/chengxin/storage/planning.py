"""What the database knows about the size and the spread of its tables, by which it chooses how to read them.

A table that grew by a file of a million rows is otherwise read as if it were empty. PostgreSQL looks again by itself
after a while; SQLite never does unless it is asked.
"""

from __future__ import annotations

from django.db import connection

MANY = 100_000
"""After so many new rows at once the database should look again."""
# SQLite looks at so many rows of each index and no more, so that it is done in seconds whatever the tables hold.
_LOOKED_AT = 1_000
_ALL_TABLES = 0x10002


def look_again() -> int:
    """Let the database look at the tables that changed much since it last looked; must not run in a transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        else:
            cursor.execute(f"PRAGMA analysis_limit={_LOOKED_AT}")
            cursor.execute(f"PRAGMA optimize={_ALL_TABLES}")
    return 1
