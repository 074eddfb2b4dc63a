"""帮手进程: processes beside this one that read parts of a long file, and admit parcels where several may write.

Each takes a parcel nobody else holds and admits it in one transaction, so a process that dies leaves its parcel to the
others. They are started for the first long file and kept; until they are ready this process goes on alone.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import current_process, get_context, parent_process
from typing import Any, TypeVar

from django.db import connection

Result = TypeVar("Result")
Part = tuple[Any, ...]
WORTH_IT = 3
"""Fewer parts than this are done sooner alone."""
MOST = 4
"""More processes than this wait for the database's log rather than for the processor."""


def mapped(work: Callable[..., Result], parts: Sequence[Part]) -> Iterator[Result]:
    """Do the same work on every part, here and beside, and yield what comes of each, in no order.

    ``work`` must be a function of a module that asks nothing of the database. What a helper dies over is done here.
    """
    waiting, given = deque(parts), deque[tuple[Part, Future[Result]]]()
    while waiting or given:
        while waiting and len(parts) >= WORTH_IT and len(given) <= _spare() and _ready():
            part = waiting.popleft()
            given.append((part, _given(work, *part)))
        yield work(*waiting.popleft()) if waiting else _result(work, *given.popleft())
        while given and given[0][1].done():
            yield _result(work, *given.popleft())


def _given(work: Callable[..., Result], *args: Any) -> Future[Result]:
    """Give work to a helper; when one has died since, the work comes back as what a helper died over."""
    try:
        return _pool().submit(work, *args)
    except BrokenExecutor as fault:
        fallen = Future[Result]()
        fallen.set_exception(fault)
        return fallen


def _result(work: Callable[..., Result], part: Part, given: Future[Result]) -> Result:
    try:
        return given.result()
    except BrokenExecutor:
        _dismiss()
        return work(*part)


def standing_by() -> int:
    """Return how many helpers could begin at once."""
    return _spare() if _ready() else 0


def lend(works: Sequence[tuple[Callable[..., None], Part]]) -> list[Future[None]]:
    """Let helpers do the first of some works beside the caller; each is a function of a module with what it is given.

    None help where there is one processor.
    """
    if not works or not _ready():
        return []
    database = str(connection.settings_dict["NAME"])
    return [_given(_on, database, work, *args) for work, args in works[: _spare()]]


def released(helpers: Iterable[Future[None]]) -> None:
    """Wait for helpers. What one of them could not do the caller finds undone; a helper's death is no error."""
    for helper in helpers:
        try:
            helper.result()
        except BrokenExecutor:
            _dismiss()


def _spare() -> int:
    """Return how many helpers this process may have; one that ends with its parent may start none."""
    return 0 if current_process().daemon else min(MOST, len(os.sched_getaffinity(0))) - 1


def _ready() -> bool:
    """Tell whether helpers stand by; the first who asks has them started."""
    if _spare() < 1:
        return False
    begun = _begun()
    if begun.done() and begun.exception():
        _dismiss()
        return False
    return begun.done()


@lru_cache(maxsize=1)
def _begun() -> Future[int]:
    return _pool().submit(os.getpid)


@lru_cache(maxsize=1)
def _pool() -> ProcessPoolExecutor:
    # A copy of this process would inherit the locks its threads hold, so helpers start afresh.
    return ProcessPoolExecutor(max_workers=_spare(), mp_context=get_context("spawn"), initializer=_begin)


def _dismiss() -> None:
    """Forget helpers one of whom has died, so that others are started for the next long file."""
    _begun.cache_clear()
    _pool.cache_clear()


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
