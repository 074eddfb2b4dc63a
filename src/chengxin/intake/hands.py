"""帮手进程: processes beside this one that admit parcels at the same time, on a database that lets several write.

Each takes a parcel nobody else holds and admits it in one transaction, so a process that dies leaves its parcel to the
others. They are started for the first long file and kept, because starting one costs a second.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context, parent_process
from typing import Any

from django.db import connection

MOST = 4
"""More processes than this wait for the database's log rather than for the processor."""


def lend(work: Callable[..., None], *args: Any, count: int) -> list[Future[None]]:
    """Let up to ``count`` helpers do the same work as the caller; ``work`` must be a function of a module.

    None help where the database has one writer at a time, or where there is one processor.
    """
    if connection.vendor != "postgresql" or count < 1 or _spare() < 1:
        return []
    database = str(connection.settings_dict["NAME"])
    try:
        return [_pool().submit(_on, database, work, *args) for _ in range(min(count, _spare()))]
    except BrokenExecutor:
        _pool.cache_clear()
        return []


def released(helpers: list[Future[None]]) -> None:
    """Wait for helpers. What one of them could not do the caller finds undone; a helper's death is no error."""
    for helper in helpers:
        try:
            helper.result()
        except BrokenExecutor:
            _pool.cache_clear()


def _spare() -> int:
    return min(MOST, len(os.sched_getaffinity(0))) - 1


@lru_cache(maxsize=1)
def _pool() -> ProcessPoolExecutor:
    # A copy of this process would inherit the locks its threads hold, so helpers start afresh.
    return ProcessPoolExecutor(max_workers=_spare(), mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    import django

    django.setup()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the process that started this one is gone; a killed parent cannot say so."""
    parent = parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _on(database: str, work: Callable[..., None], *args: Any) -> None:
    """Work on the caller's database, which need not be the one the settings name, and leave no connection behind."""
    if connection.settings_dict["NAME"] != database:
        connection.close()
        connection.settings_dict["NAME"] = database
    try:
        work(*args)
    finally:
        connection.close()
