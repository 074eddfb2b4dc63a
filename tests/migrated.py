"""A migrated SQLite file made once for the whole suite, of which tests and the processes they start take copies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def laid_at(path: Path | str) -> bool:
    """Copy the migrated file to where a database is expected, if the suite has made one; migrating stays right."""
    made = os.environ.get("CHENGXIN_MIGRATED_FILE")
    if made:
        shutil.copyfile(made, path)
    return bool(made)
